"""Tagging schemes: what one writes it reads back, broken tags are read by a named rule, and seqeval agrees."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seqeval.metrics.sequence_labeling import get_entities
from seqeval.scheme import IOB2, IOBES, Entities

from crfner.document import Chunk
from crfner.schemes import (
    SCHEMES,
    Problem,
    continues,
    convert,
    decode,
    detect,
    encode,
    may_follow,
    repair,
    scheme_name,
    split_tag,
    validate,
)

LABELS = ("PER", "LOC")
PREFIXES = {"IO": "I", "IOB1": "IB", "IOB2": "BI", "BIOES": "BIES", "BILOU": "BILU"}

# A chunk of each kind: one token, two that touch and have one label, two of different labels, three tokens at the end.
CHUNKS: list[Chunk] = [(0, 1, "PER"), (1, 3, "PER"), (3, 4, "LOC"), (6, 9, "LOC")]
WRITTEN = {
    "IOB1": "I-PER B-PER I-PER I-LOC O O I-LOC I-LOC I-LOC",
    "IOB2": "B-PER B-PER I-PER B-LOC O O B-LOC I-LOC I-LOC",
    "BIOES": "S-PER B-PER E-PER S-LOC O O B-LOC I-LOC E-LOC",
    "BILOU": "U-PER B-PER L-PER U-LOC O O B-LOC I-LOC L-LOC",
}


@st.composite
def chunked(draw: st.DrawFn) -> tuple[list[Chunk], int]:
    """Chunks that do not overlap, and the length of their sequence."""
    borders = draw(st.lists(st.integers(0, 14), unique=True, max_size=9).map(sorted))
    chunks = [(first, last, draw(st.sampled_from(LABELS))) for first, last in pairwise(borders) if draw(st.booleans())]
    return chunks, 14


def tags_of(prefixes: str) -> st.SearchStrategy[list[str]]:
    """Any sequence of tags with these prefixes, mostly broken."""
    tags = ["O", *(f"{prefix}-{label}" for prefix in prefixes for label in LABELS)]
    return st.lists(st.sampled_from(tags), max_size=9)


any_scheme = pytest.mark.parametrize("scheme", SCHEMES)


# Writing and reading


@pytest.mark.parametrize("scheme", WRITTEN)
def test_each_scheme_writes_its_own_prefixes(scheme: str) -> None:
    assert " ".join(encode(CHUNKS, 9, scheme)) == WRITTEN[scheme]


def test_io_writes_the_prefix_i_alone() -> None:
    assert encode([(0, 1, "PER"), (1, 2, "LOC"), (3, 4, "LOC")], 4, "IO") == ["I-PER", "I-LOC", "O", "I-LOC"]


def test_io_reads_touching_chunks_of_one_label_as_one() -> None:
    assert decode(encode([(0, 1, "PER"), (1, 3, "PER")], 3, "IO"), "IO") == [(0, 3, "PER")]


@any_scheme
@settings(deadline=None)
@given(case=chunked())
def test_what_a_scheme_writes_it_reads_back_by_either_rule(scheme: str, case: tuple[list[Chunk], int]) -> None:
    chunks, length = case
    if scheme == "IO":
        chunks = [chunk for chunk in chunks if not any(chunk[0] == end and chunk[2] == lb for _, end, lb in chunks)]
    tags = encode(chunks, length, scheme)
    assert decode(tags, scheme, "conlleval") == chunks
    assert decode(tags, scheme, "strict") == chunks
    assert validate(tags, scheme) == []


@settings(deadline=None)
@given(case=chunked(), source=st.sampled_from(SCHEMES[1:]), target=st.sampled_from(SCHEMES[1:]))
def test_converting_to_another_scheme_and_back_loses_nothing(
    case: tuple[list[Chunk], int], source: str, target: str
) -> None:
    tags = encode(*case, source)
    assert convert(tags, source, target) == encode(*case, target)
    assert convert(convert(tags, source, target), target, source) == tags


def test_chunks_may_be_given_in_any_order() -> None:
    assert encode(reversed(CHUNKS), 9, "IOB2") == encode(CHUNKS, 9, "IOB2")


@pytest.mark.parametrize("chunks", [[(0, 2, "X"), (1, 3, "X")], [(0, 4, "X")], [(1, 1, "X")], [(-1, 1, "X")]])
def test_chunks_that_overlap_or_leave_the_sequence_are_refused(chunks: list[Chunk]) -> None:
    with pytest.raises(ValueError, match="overlaps another or leaves the 3 tokens"):
        encode(chunks, 3, "IOB2")


@any_scheme
def test_an_empty_sequence_has_no_tags_and_no_chunks(scheme: str) -> None:
    assert encode([], 0, scheme) == [] and decode([], scheme) == [] and validate([], scheme) == []


def test_a_label_may_hold_a_dash() -> None:
    assert split_tag("B-GENE-OR-PROTEIN") == ("B", "GENE-OR-PROTEIN")
    assert decode(encode([(0, 2, "A-B")], 2, "BIOES"), "BIOES") == [(0, 2, "A-B")]


# Broken tags: seqeval as an oracle


@settings(deadline=None)
@given(tags_of("BIES"))
def test_the_conlleval_rule_reads_as_seqeval_does_by_default(tags: list[str]) -> None:
    expected = [(first, last + 1, label) for label, first, last in get_entities(tags)]
    assert decode(tags, "BIOES", "conlleval") == expected


@pytest.mark.parametrize(("scheme", "oracle"), [("IOB2", IOB2), ("BIOES", IOBES)])
@settings(deadline=None)
@given(data=st.data())
def test_the_strict_rule_reads_as_seqeval_does_in_strict_mode(scheme: str, oracle: type, data: st.DataObject) -> None:
    tags = data.draw(tags_of(PREFIXES[scheme]))
    expected = [(entity.start, entity.end, entity.tag) for entity in Entities([tags], oracle).entities[0]]
    assert decode(tags, scheme, "strict") == expected


@any_scheme
@settings(deadline=None)
@given(data=st.data())
def test_what_the_strict_rule_keeps_the_conlleval_rule_keeps_too(scheme: str, data: st.DataObject) -> None:
    tags = data.draw(tags_of("BIESLU"))
    assert set(decode(tags, scheme, "strict")) <= set(decode(tags, scheme, "conlleval"))


# Validation and repair


@any_scheme
@settings(deadline=None)
@given(data=st.data())
def test_tags_are_valid_exactly_when_reading_and_writing_leaves_them(scheme: str, data: st.DataObject) -> None:
    tags = data.draw(tags_of(PREFIXES[scheme]))
    assert (not validate(tags, scheme)) == (encode(decode(tags, scheme), len(tags), scheme) == tags)


@any_scheme
@settings(deadline=None)
@given(data=st.data())
def test_tags_are_valid_exactly_when_each_may_follow_the_one_before(scheme: str, data: st.DataObject) -> None:
    tags = data.draw(tags_of(PREFIXES[scheme]))
    allowed = all(may_follow(a, b, scheme) for a, b in zip([None, *tags], [*tags, None], strict=True))
    assert allowed == (not validate(tags, scheme))


@any_scheme
@pytest.mark.parametrize("rule", ["conlleval", "strict"])
@settings(deadline=None)
@given(data=st.data())
def test_repaired_tags_are_valid_and_hold_the_chunks_of_the_rule(scheme: str, rule: str, data: st.DataObject) -> None:
    tags = data.draw(tags_of(PREFIXES[scheme]))
    repaired = repair(tags, scheme, rule)
    assert validate(repaired, scheme) == []
    assert decode(repaired, scheme) == decode(tags, scheme, rule)
    assert repair(repaired, scheme, rule) == repaired


def test_the_conlleval_rule_keeps_every_tagged_token_and_the_strict_rule_drops_what_is_broken() -> None:
    tags = ["I-PER", "I-PER", "O", "B-LOC", "I-LOC", "I-PER"]
    assert repair(tags, "IOB2", "conlleval") == ["B-PER", "I-PER", "O", "B-LOC", "I-LOC", "B-PER"]
    assert repair(tags, "IOB2", "strict") == ["O", "O", "O", "B-LOC", "I-LOC", "O"]


def test_a_problem_names_position_tag_and_what_should_stand_there() -> None:
    assert validate(["O", "I-PER"], "IOB2") == [Problem(1, "I-PER", "IOB2 would have B-PER here")]
    assert validate(["O", "S-PER"], "IOB2") == [Problem(1, "S-PER", "IOB2 has no prefix 'S'")]
    assert validate(["PER"], "IOB2")[0].reason.startswith("'PER' is not a tag")


# Detection


@pytest.mark.parametrize("scheme", WRITTEN)
def test_detection_finds_the_scheme_of_tags_that_show_it(scheme: str) -> None:
    assert detect([encode(CHUNKS, 9, scheme)]) == scheme


def test_tags_without_touching_chunks_are_taken_for_io() -> None:
    assert detect([["I-PER", "I-PER", "O"]]) == "IO"


def test_one_broken_tag_among_many_does_not_change_the_scheme_detected() -> None:
    assert detect([*[encode(CHUNKS, 9, "BIOES")] * 20, ["I-PER"]]) == "BIOES"


# Neighbours


@any_scheme
@settings(deadline=None)
@given(data=st.data())
def test_a_tag_continues_a_chunk_exactly_when_decoding_puts_both_into_one(scheme: str, data: st.DataObject) -> None:
    tags = data.draw(tags_of(PREFIXES[scheme]))
    chunks = decode(tags, scheme)
    for position, (before, tag) in enumerate(pairwise(tags)):
        together = any(first <= position and position + 1 < last for first, last, _ in chunks)
        assert continues(before, tag) == together


# Names


@pytest.mark.parametrize(
    ("name", "canonical"),
    [("bio", "IOB2"), ("BIO2", "IOB2"), ("iob", "IOB1"), ("IOBES", "BIOES"), ("biolu", "BILOU"), ("io", "IO")],
)
def test_schemes_are_known_by_their_other_names(name: str, canonical: str) -> None:
    assert scheme_name(name) == canonical
    assert encode([(0, 2, "X")], 2, name) == encode([(0, 2, "X")], 2, canonical)


def test_an_unknown_scheme_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"'BEIS'; known are IO, IOB1, IOB2, BIOES, BILOU"):
        scheme_name("BEIS")


def test_an_unknown_rule_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"'lenient'; known are conlleval, strict"):
        decode(["O"], "IOB2", "lenient")


@pytest.mark.parametrize("tag", ["", "PER", "B-", "-PER", "X-PER", "b-PER", "B_PER", "o"])
def test_what_is_not_a_tag_is_refused(tag: str) -> None:
    with pytest.raises(ValueError, match="is not a tag"):
        split_tag(tag)
