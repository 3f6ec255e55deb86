"""RuleRecognizer: three kinds of rules together, contexts, overlaps, and the model file."""

from __future__ import annotations

import itertools
import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crfner import read, store, tokenized
from crfner.document import Document, Span
from crfner.errors import CrfnerError, SettingError
from crfner.rules import Context, DictionaryRule, RegexRule, RuleRecognizer, RuleSet, TokenRule, read_rules
from crfner.rules.values import Rule

CASES = Path(__file__).parents[1] / "cases"
DATA = Path(__file__).parents[2] / "data"

DRUGS = DictionaryRule("drugs", "DRUG", terms=("aspirin", "aspirin cardio"), precision=0.9)
DOSE = RegexRule("dose", "DOSE", pattern=r"\d+ mg")
DOCTOR = TokenRule("doctor", "DOCTOR", alternatives=(({"LOWER": "dr"}, {"IS_TITLE": True, "OP": "+"}),))


def recognizer(*rules: Rule) -> RuleRecognizer:
    return RuleRecognizer(RuleSet(rules))


def found(rules: RuleRecognizer, text: str) -> list[tuple[str, str, str | None]]:
    """Text, label and source of each span."""
    (document,) = rules.recognize([Document(text)])
    return [(text[span.start : span.end], span.label, span.source) for span in document.spans]


# What is found


def test_all_kinds_of_rules_speak_and_sign_their_spans() -> None:
    assert found(recognizer(DRUGS, DOSE, DOCTOR), "Dr Mary Shaw gave 50 mg aspirin.") == [
        ("Dr Mary Shaw", "DOCTOR", "doctor"),
        ("50 mg", "DOSE", "dose"),
        ("aspirin", "DRUG", "drugs"),
    ]


def test_the_score_of_a_span_is_the_precision_of_its_rule() -> None:
    (document,) = recognizer(DRUGS, DOSE).recognize([Document("50 mg aspirin")])
    assert [span.score for span in document.spans] == [None, 0.9]


def test_a_hit_counts_only_where_its_context_holds() -> None:
    context = Context(left=({"LOWER": "dear"},))
    rules = recognizer(DictionaryRule("names", "PERSON", terms=("May",), context=context))
    assert found(rules, "Dear May, in May it rains.") == [("May", "PERSON", "names")]
    assert [span.start for span in rules.hits(Document("Dear May, in May it rains."))] == [5]


def test_a_pattern_file_of_spacys_entity_ruler_finds_what_it_finds_there() -> None:
    rules = RuleRecognizer(read_rules(CASES / "entity_ruler.jsonl"))
    assert found(rules, "Apple left San Francisco for San Fran; apple and Acme Anvils wrote to Alphabet Inc.") == [
        ("Apple", "ORG", "ORG"),
        ("San Francisco", "GPE", "san-francisco"),
        ("San Fran", "GPE", "san-francisco-2"),
        ("Acme Anvils", "ORG", "ORG-4"),
        ("Alphabet Inc.", "ORG", "ORG"),
    ]


def test_tokens_between_sentences_are_looked_at_too() -> None:
    document = Document("aspirin 50 mg", ((0, 7), (8, 10), (11, 13)), ((1, 3),))
    (tagged,) = recognizer(DRUGS).recognize([document])
    assert tagged.spans == (Span(0, 7, "DRUG"),)
    assert tagged.sentences == ((0, 1), (1, 3))


def test_no_rules_find_nothing() -> None:
    rules = recognizer()
    assert rules.labels == () and found(rules, "aspirin") == []


def test_hits_are_all_there_is_before_overlaps_are_resolved() -> None:
    word = RegexRule("word", "WORD", pattern=r"\w+")
    hits = recognizer(DRUGS, word).hits(Document("take aspirin", spans=(Span(0, 4, "GOLD"),)))
    assert [(span.start, span.end, span.source) for span in hits] == [(0, 4, "word"), (5, 12, "drugs"), (5, 12, "word")]


# Overlaps


STRENGTH: dict[str, tuple[dict[str, object], dict[str, object]]] = {
    "priority": ({"pattern": "mild pain", "precision": 1.0}, {"pattern": "pain", "priority": 1}),
    "length": ({"pattern": "mild", "precision": 1.0}, {"pattern": "mild pain"}),
    "a precision that is known": ({"pattern": "mild"}, {"pattern": "mild", "precision": 0.1}),
    "precision": ({"pattern": "mild", "precision": 0.5}, {"pattern": "mild", "precision": 0.6}),
    "being leftmost": ({"pattern": "d pai"}, {"pattern": "ild p"}),
}
"""What decides, with the weaker rule and the stronger one."""


@pytest.mark.parametrize("reason", STRENGTH)
def test_of_hits_that_overlap_the_stronger_stays(reason: str) -> None:
    weaker, stronger = STRENGTH[reason]
    rules = RegexRule("weaker", "A", **weaker), RegexRule("stronger", "B", **stronger)  # type: ignore[arg-type]
    for order in (rules, rules[::-1]):
        assert [source for *_, source in found(recognizer(*order), "mild pain")] == ["stronger"]


def test_of_hits_that_are_as_strong_that_of_the_first_rule_stays() -> None:
    rules = RegexRule("a", "A", pattern="pain"), RegexRule("b", "B", pattern="pain")
    assert found(recognizer(*rules), "pain") == [("pain", "A", "a")]
    assert found(recognizer(*reversed(rules)), "pain") == [("pain", "B", "b")]


def test_a_hit_that_loses_makes_room_for_no_weaker_one_but_does_not_block_it_either() -> None:
    rules = (
        RegexRule("a", "A", pattern="abc"),
        RegexRule("b", "B", priority=1, pattern="bc"),
        RegexRule("c", "C", pattern="a"),
    )
    assert found(recognizer(*rules), "abc") == [("a", "C", "c"), ("bc", "B", "b")]  # fmt: skip


RANKED = RuleSet(
    tuple(
        RegexRule(f"r{priority}{precision}", label, priority, precision, pattern="x")
        for priority, label in enumerate("AB")
        for precision in (None, 0.2, 0.9)
    )
)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 8), st.sampled_from(RANKED.rules)), max_size=15))
def test_what_stays_is_apart_and_everything_else_overlaps_something_as_strong(
    drawn: list[tuple[int, int, Rule]],
) -> None:
    hits = [Span(start, start + length, rule.label, rule.precision, rule.name) for start, length, rule in drawn]
    rules = RuleRecognizer(RANKED)
    kept = rules.resolve(hits)
    assert kept == sorted(kept)
    assert not any(one.overlaps(other) for one, other in itertools.pairwise(kept))

    def strength(hit: Span) -> tuple[int, int, float]:
        rule = RANKED.by_name[hit.source or ""]
        return rule.priority, hit.end - hit.start, -1 if rule.precision is None else rule.precision

    for hit in hits:
        assert any(hit.overlaps(winner) and strength(winner) >= strength(hit) for winner in kept)
    assert rules.resolve(reversed(hits)) == kept
    assert rules.resolve(kept) == kept


# Settings and rules that make no sense


def test_parameters_without_sense_are_refused() -> None:
    with pytest.raises(SettingError, match="unknown tokenizer 'spacy'; known are default"):
        RuleRecognizer(RuleSet(), tokenizer="spacy")
    with pytest.raises(SettingError, match="unknown sentences 'x'; known are rules, punkt"):
        RuleRecognizer(RuleSet(), sentences="x")


@pytest.mark.parametrize(
    "rule",
    [
        RegexRule("bad", "A", pattern="(a"),
        TokenRule("bad", "A", alternatives=(({"COLOUR": "red"},),)),
        DictionaryRule("bad", "A", terms=("a",), case="upper"),
        DictionaryRule("bad", "A", terms=("a",), context=Context(left=({"OP": "x"},))),
    ],
)
def test_a_rule_that_cannot_be_used_is_refused(rule: Rule) -> None:
    with pytest.raises(SettingError):
        recognizer(rule)


# The model file


@pytest.fixture
def golden() -> RuleRecognizer:
    return RuleRecognizer(read_rules(CASES / "rules.yaml"), tokenizer="whitespace", sentences="rules")


def test_a_saved_recogniser_comes_back_as_it_was(tmp_path: Path, golden: RuleRecognizer) -> None:
    golden.save(tmp_path / "rules.crfner")
    loaded = RuleRecognizer.load(tmp_path / "rules.crfner")
    assert (loaded.rules, loaded.tokenizer, loaded.sentences) == (golden.rules, golden.tokenizer, golden.sentences)
    golden.save(tmp_path / "again.crfner")
    assert (tmp_path / "again.crfner").read_bytes() == (tmp_path / "rules.crfner").read_bytes()


def test_the_manifest_tells_kind_labels_and_settings(tmp_path: Path, golden: RuleRecognizer) -> None:
    golden.save(tmp_path / "rules.crfner")
    manifest = store.load(tmp_path / "rules.crfner").manifest
    assert manifest["kind"] == "rules"
    assert manifest["labels"] == ["DOCTOR", "DOSE", "DRUG", "WARD"]
    assert manifest["settings"] == {"tokenizer": "whitespace", "sentences": "rules"}
    assert manifest["rules"] == 5


def test_a_pickled_recogniser_comes_back_as_it_was(golden: RuleRecognizer) -> None:
    copy = pickle.loads(pickle.dumps(golden))
    document = tokenized(Document("warfarin and 50 mg"))
    assert copy.rules == golden.rules and copy.hits(document) == golden.hits(document)


SETTINGS = {"tokenizer": "default", "sentences": "rules"}
SOUND = {"kind": "rules", "labels": ["A"], "settings": SETTINGS}
RULE = b'{"name": "a", "label": "A", "terms": ["a"]}'
READING = b'{"name": "a", "label": "A", "file": "x.txt"}'
BROKEN = b'{"name": "a", "label": "A", "regex": "("}'
DAMAGED = {
    "another kind": (SOUND | {"kind": "crf"}, RULE, "this is not a model of rules (kind 'crf')"),
    "no part": (SOUND, None, "it holds no 'rules.jsonl'"),
    "no settings": ({"kind": "rules"}, RULE, "its manifest lacks settings"),
    "a setting is missing": (SOUND | {"settings": {"tokenizer": "default"}}, RULE, "it holds no 'sentences'"),
    "an unknown tokenizer": (SOUND | {"settings": SETTINGS | {"tokenizer": "x"}}, RULE, "unknown tokenizer 'x'"),
    "a setting of another type": (SOUND | {"settings": SETTINGS | {"tokenizer": []}}, RULE, "its tokenizer should"),
    "no JSON": (SOUND, b"\n{", "rules.jsonl:2: invalid JSON"),
    "no UTF-8": (SOUND, b"\xff", "can't decode byte"),
    "no rule": (SOUND, b"[]", "rules.jsonl:1: rule 1 should be a mapping"),
    "a broken expression": (SOUND, BROKEN, "rules.jsonl:1: rule 1: the regular"),
    "a rule that reads a file": (SOUND, READING, "rules.jsonl:1: rule 1 names a file"),
    "two rules of a name": (SOUND, RULE + b"\n" + RULE, "rules.jsonl:2: the name 'a' is that of the rule in line 1"),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_a_file_that_is_wrong_is_refused_in_one_sentence(tmp_path: Path, case: str) -> None:
    manifest, part, message = DAMAGED[case]
    path = tmp_path / "rules.crfner"
    store.save(path, manifest, {} if part is None else {"rules.jsonl": part})
    with pytest.raises(CrfnerError) as error:
        RuleRecognizer.load(path)
    assert str(error.value).startswith(f"{path}: ") and message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(CrfnerError, match=r"none\.crfner: there is no such model file"):
        RuleRecognizer.load(tmp_path / "none.crfner")


@pytest.mark.parametrize("corpus", ["clinic", "menu"])
def test_the_shipped_rules_find_most_of_the_shipped_entities(corpus: str) -> None:
    rules = RuleRecognizer(read_rules(DATA / corpus / "rules.yaml"))
    gold = list(read(DATA / corpus / "dev.jsonl"))
    expected = {(number, span) for number, document in enumerate(gold) for span in document.spans}
    given = {(number, span) for number, document in enumerate(rules.recognize(gold)) for span in document.spans}
    assert len(expected & given) > 0.5 * len(expected)


def test_a_run_that_swallows_its_own_context_is_tried_again_from_later_tokens() -> None:
    titled = TokenRule(
        name="titled",
        label="PERSON",
        alternatives=(({"IS_TITLE": True, "OP": "{1,3}"},),),
        context=Context(left=({"LOWER": "dr"},)),
    )
    found = RuleRecognizer(RuleSet((titled,))).hits(Document("Seen by Dr Maria Okafor today."))
    assert [(hit.start, hit.end) for hit in found] == [(11, 23)]


def test_a_run_is_cut_short_where_only_that_lets_its_context_hold() -> None:
    street = TokenRule(
        name="street",
        label="STREET",
        alternatives=(({"IS_TITLE": True, "OP": "+"},),),
        context=Context(right=({"LOWER": "street"},)),
    )
    found = RuleRecognizer(RuleSet((street,))).hits(Document("in Old Mill Street today"))
    assert [(hit.start, hit.end) for hit in found] == [(3, 11)]
