"""Documents and spans: frozen, ordered, checked when made; and the way from character offsets to tokens."""

from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crfner.document import Document, Offsets, Span, align, sentence_chunks


def split(text: str, *spans: Span, sentences: tuple[Offsets, ...] | None = None) -> Document:
    """A document with one token a character run between blanks, in one sentence unless told."""
    tokens: list[Offsets] = []
    for word in text.split():
        start = text.index(word, tokens[-1][1] if tokens else 0)
        tokens.append((start, start + len(word)))
    whole = ((0, len(tokens)),) if tokens else ()
    return Document(text, tuple(tokens), whole if sentences is None else sentences, spans)


# Spans


def test_a_span_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Span(0, 1, "X").start = 2  # type: ignore[misc]


def test_spans_are_ordered_by_start_then_end_then_label() -> None:
    spans = [Span(3, 4, "A"), Span(0, 5, "B"), Span(0, 5, "A"), Span(0, 2, "Z")]
    assert sorted(spans) == [Span(0, 2, "Z"), Span(0, 5, "A"), Span(0, 5, "B"), Span(3, 4, "A")]


def test_score_and_source_take_no_part_in_comparison() -> None:
    assert Span(0, 1, "X", 0.5, "crf") == Span(0, 1, "X")
    assert hash(Span(0, 1, "X", 0.5, "crf")) == hash(Span(0, 1, "X"))


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (2, 2), (3, 2)])
def test_a_span_needs_offsets_in_order(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=f"not {start}..{end}"):
        Span(start, end, "X")


@pytest.mark.parametrize("label", ["", " ", "\t\n"])
def test_a_span_needs_a_label(label: str) -> None:
    with pytest.raises(ValueError, match="blank label"):
        Span(0, 1, label)


@pytest.mark.parametrize(("other", "expected"), [((0, 2), False), ((0, 3), True), ((3, 4), True), ((5, 6), False)])
def test_spans_overlap_when_they_share_a_character(other: Offsets, expected: bool) -> None:
    assert Span(2, 5, "X").overlaps(Span(*other, "Y")) is expected
    assert Span(*other, "Y").overlaps(Span(2, 5, "X")) is expected


# Documents


def test_a_document_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Document("a").text = "b"  # type: ignore[misc]


def test_a_document_sorts_its_spans() -> None:
    assert Document("a b", spans=(Span(2, 3, "X"), Span(0, 1, "X"))).spans == (Span(0, 1, "X"), Span(2, 3, "X"))


def test_with_spans_replaces_the_spans_and_nothing_else() -> None:
    document = Document("a b", ((0, 1), (2, 3)), ((0, 2),), (Span(0, 1, "X"),), "id", {"key": 1})
    changed = document.with_spans([Span(2, 3, "Y"), Span(0, 1, "Y")])
    assert changed.spans == (Span(0, 1, "Y"), Span(2, 3, "Y"))
    assert changed.with_spans(document.spans) == document


@pytest.mark.parametrize("tokens", [((0, 2), (1, 3)), ((2, 3), (0, 1)), ((1, 1),), ((-1, 1),), ((0, 4),)])
def test_tokens_must_be_in_order_apart_and_inside_the_text(tokens: tuple[Offsets, ...]) -> None:
    with pytest.raises(ValueError, match="token"):
        Document("abc", tokens)


@pytest.mark.parametrize("sentences", [((0, 3),), ((1, 2), (0, 1)), ((0, 0),)])
def test_sentences_must_be_in_order_apart_and_inside_the_tokens(sentences: tuple[Offsets, ...]) -> None:
    with pytest.raises(ValueError, match="sentence"):
        Document("a b", ((0, 1), (2, 3)), sentences)


def test_spans_must_be_inside_the_text() -> None:
    with pytest.raises(ValueError, match="ends at 4, but the text has 3 characters"):
        Document("abc", spans=(Span(0, 4, "X"),))


def test_words_are_the_texts_of_the_tokens() -> None:
    document = split("Émile 😀 naïf", sentences=((0, 1), (1, 3)))
    assert document.words() == ["Émile", "😀", "naïf"]
    assert document.sentence_words() == [["Émile"], ["😀", "naïf"]]


# From offsets to tokens


def test_chunks_are_the_spans_as_token_ranges() -> None:
    assert split("New York is big", Span(0, 8, "LOC"), Span(12, 15, "ADJ")).chunks() == [(0, 2, "LOC"), (3, 4, "ADJ")]


def test_a_span_that_touches_a_token_takes_the_whole_of_it() -> None:
    assert split("alpha beta gamma", Span(3, 8, "X")).chunks() == [(0, 2, "X")]


def test_a_span_that_touches_no_token_has_no_chunk() -> None:
    assert split("a   b", Span(2, 3, "X")).chunks() == []


def test_sentence_chunks_count_from_the_first_token_of_the_sentence() -> None:
    document = split("a b c d e", Span(2, 3, "X"), Span(4, 7, "Y"), sentences=((0, 2), (2, 5)))
    assert sentence_chunks(document) == [[(1, 2, "X")], [(0, 2, "Y")]]


def test_sentence_chunks_cut_a_chunk_at_the_border_of_a_sentence() -> None:
    document = split("a b c d e f", Span(2, 9, "X"), sentences=((0, 2), (2, 4), (4, 6)))
    assert sentence_chunks(document) == [[(1, 2, "X")], [(0, 2, "X")], [(0, 1, "X")]]


def test_sentence_chunks_leave_out_tokens_between_sentences() -> None:
    document = split("a b c d", Span(2, 5, "X"), Span(6, 7, "Y"), sentences=((0, 1), (3, 4)))
    assert sentence_chunks(document) == [[], [(0, 1, "Y")]]


# Alignment


def test_align_leaves_an_aligned_document_alone() -> None:
    document = split("New York is big", Span(0, 8, "LOC"))
    assert align(document) == (document, 0)


def test_align_splits_a_token_at_both_borders_of_a_span_and_counts_the_span_once() -> None:
    aligned, off_border = align(split("take 100mg/d now", Span(8, 10, "UNIT")))
    assert aligned.words() == ["take", "100", "mg", "/d", "now"]
    assert aligned.sentences == ((0, 5),)
    assert aligned.chunks() == [(2, 3, "UNIT")]
    assert off_border == 1


def test_align_counts_every_span_that_is_off_the_borders() -> None:
    aligned, off_border = align(split("Paris-Rome Oslo", Span(0, 5, "LOC"), Span(6, 10, "LOC"), Span(11, 15, "LOC")))
    assert aligned.words() == ["Paris", "-", "Rome", "Oslo"]
    assert off_border == 2


def test_align_moves_the_sentences_after_a_split_token() -> None:
    aligned, _ = align(split("ab cd ef gh", Span(1, 2, "X"), Span(7, 8, "X"), sentences=((0, 2), (2, 4))))
    assert aligned.sentence_words() == [["a", "b", "cd"], ["e", "f", "gh"]]


def test_align_repeats_the_columns_of_a_split_token() -> None:
    document = Document(
        "ab c", ((0, 2), (3, 4)), ((0, 2),), (Span(1, 2, "X"),), meta={"columns": (("N", "V"),), "k": 1}
    )
    aligned, _ = align(document)
    assert aligned.meta == {"columns": (("N", "N", "V"),), "k": 1}
    assert document.meta["columns"] == (("N", "V"),)


def test_align_joins_all_sentences_that_a_span_crosses() -> None:
    document = split("a b c d e f g h", Span(2, 9, "X"), sentences=((0, 2), (2, 4), (4, 6), (6, 8)))
    aligned, off_border = align(document)
    assert aligned.sentences == ((0, 6), (6, 8))
    assert sentence_chunks(aligned) == [[(1, 5, "X")], []]
    assert off_border == 0


def test_align_does_not_join_sentences_that_a_span_only_touches() -> None:
    document = split("a b c d", Span(2, 3, "X"), Span(4, 5, "Y"), sentences=((0, 2), (2, 4)))
    assert align(document)[0].sentences == ((0, 2), (2, 4))


@pytest.mark.parametrize("span", [Span(2, 3, "X"), Span(0, 2, "X"), Span(3, 5, "X")])
def test_a_span_that_starts_or_ends_in_white_space_stays_and_is_counted(span: Span) -> None:
    document = split("a   b", span)
    assert align(document) == (document, 1)


def test_aligning_an_empty_document_gives_it_back() -> None:
    assert align(Document("")) == (Document(""), 0)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Any text of letters and blanks, with tokens, sentences and spans that fall anywhere."""
    text = draw(st.text("ab ", min_size=1, max_size=25))
    borders = draw(st.lists(st.integers(0, len(text)), unique=True, max_size=12).map(sorted))
    tokens = [(start, end) for start, end in zip(borders[::2], borders[1::2], strict=False)]
    ends = sorted({*draw(st.lists(st.integers(1, len(tokens)))), len(tokens)}) if tokens else []
    sentences = tuple(zip([0, *ends], ends, strict=False))
    cuts = draw(st.lists(st.integers(0, len(text)), unique=True, max_size=8).map(sorted))
    spans = tuple(Span(start, end, "X") for start, end in zip(cuts[::2], cuts[1::2], strict=False))
    return Document(text, tuple(tokens), sentences, spans)


@settings(deadline=None)
@given(documents())
def test_alignment_moves_no_span_and_leaves_no_border_inside_a_token_or_a_sentence(document: Document) -> None:
    aligned, off_border = align(document)
    borders = {border for span in aligned.spans for border in (span.start, span.end)}
    assert not [token for token in aligned.tokens if any(token[0] < border < token[1] for border in borders)]
    assert sum(len(chunks) for chunks in sentence_chunks(aligned)) == len(aligned.chunks())
    assert aligned.spans == document.spans
    assert "".join(aligned.words()) == "".join(document.words())
    assert off_border <= len(document.spans)
    assert align(aligned)[0] == aligned
