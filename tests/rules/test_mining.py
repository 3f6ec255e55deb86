"""Rules learnt from labelled text: what is found, how it is measured, and that a person can read it."""

from dataclasses import replace
from pathlib import Path

import pytest

from crfner import read
from crfner.document import Document, Span
from crfner.errors import CrfnerError
from crfner.evaluation import evaluate
from crfner.rules import DictionaryRule, RuleRecognizer, RuleSet, read_rules, write_rules
from crfner.rules.checking.estimates import Tally, estimated
from crfner.rules.mining import crossfit, deal, mine
from crfner.rules.mining.patterns import mine_patterns
from crfner.rules.mining.terms import Sentence, mine_terms
from crfner.rules.values import Rule

CLINIC = Path(__file__).parents[2] / "data" / "clinic"
TRAIN, DEV = list(read(CLINIC / "train.jsonl")), list(read(CLINIC / "dev.jsonl"))


def sentence(text: str, *chunks: tuple[int, int, str]) -> Sentence:
    return Sentence(text.split(), chunks)


def terms(*sentences: Sentence) -> dict[str, tuple[str, ...]]:
    return {rule.name: rule.terms for rule in mine_terms(sentences)}


def names(*sentences: Sentence) -> list[str]:
    return [rule.name for rule in mine_patterns(sentences)]


def test_terms_are_graded_by_how_often_their_words_are_the_entity() -> None:
    found = terms(
        *[sentence("in Paris", (1, 2, "LOC"))] * 3,
        sentence("in Rome", (1, 2, "LOC")),
        *[sentence("Reading a book")] * 2,
        sentence("in Reading", (1, 2, "LOC")),
    )
    assert found == {"LOC terms, sure": ("Paris",), "LOC terms, seen": ("Rome",), "LOC terms, partly": ("Reading",)}


def test_case_is_heeded_where_it_tells_the_entity_from_the_word() -> None:
    assert terms(sentence("the US", (1, 2, "LOC")), *[sentence("it hit us all")] * 9) == {
        "LOC as written, seen": ("US",)
    }


def test_case_is_not_heeded_for_a_hair_of_precision() -> None:
    """A "paris" in small letters once in forty is no reason to tell "Paris" from it."""
    found = terms(*[sentence("in Paris", (1, 2, "LOC"))] * 39, sentence("in paris"))
    assert found == {"LOC terms, sure": ("Paris",)}


def test_a_term_is_written_as_it_is_written_most() -> None:
    found = terms(sentence("new york", (0, 2, "LOC")), *[sentence("New York", (0, 2, "LOC"))] * 2)
    assert found == {"LOC terms, sure": ("New York",)}


def test_words_that_are_an_entity_too_seldom_and_bare_punctuation_are_no_terms() -> None:
    assert terms(sentence("may be", (0, 1, "PER")), *[sentence("it may be")] * 9, sentence("!", (0, 1, "PER"))) == {}


def test_a_title_before_names_becomes_a_pattern() -> None:
    found = names(*[sentence(f"with dr {name} today", (2, 3, "PER")) for name in ("Ann", "Bob", "Cleo")])
    assert "PER: Capitalised+ after dr" in " ".join(found) or "PER: Capitalised+" in found


def test_context_is_asked_for_where_the_form_alone_says_too_little() -> None:
    people = [sentence(f"dr {name} came", (1, 2, "PER")) for name in ("Ann", "Bob", "Cleo")]
    others = [sentence(f"in {name} it rained") for name in ("Rome", "Oslo", "Bonn", "Kyiv", "Lima")]
    assert names(*people, *others) == ["PER: Capitalised+ after dr"]


def test_a_suffix_and_a_head_word_become_patterns() -> None:
    medicines = [sentence(f"took {word} daily", (1, 2, "MED")) for word in ("ramipril", "enalapril", "lisinopril")]
    others = [sentence(f"took {word} daily") for word in ("walks", "breakfast", "care", "water", "notice", "steps")]
    illnesses = [sentence(f"a {word} infection", (1, 3, "ILL")) for word in ("chest", "urinary", "wound")]
    assert names(*medicines, *others, *illnesses) == ["ILL: word infection", "MED: *pril"]


def test_a_shape_with_digits_becomes_a_pattern() -> None:
    found = names(*[sentence(f"part {part} broke", (1, 2, "PART")) for part in ("AB-12", "XY-77", "QQ-05")])
    assert found == ["PART: shape XX-dd"]


def test_numbers_are_no_context() -> None:
    rows = [sentence(f"{name} 1996-08-23", (0, 1, "LOC")) for name in ("ROME", "OSLO", "BONN")]
    assert not any("1996" in name for name in names(*rows, sentence("NOT HERE"), sentence("NOR"), sentence("HERE")))


def test_what_fits_one_text_only_is_no_pattern() -> None:
    assert names(*[sentence("dr Ann came", (1, 2, "PER"))] * 9) == []


def test_what_explains_one_entity_more_is_no_pattern() -> None:
    """Of ten people, nine come after "dr"; "before came" would explain the tenth."""
    people = [sentence(f"dr {name} came", (1, 2, "PER")) for name in ("Ann", "Bob", "Cleo", "Dan", "Eve", "Fay")]
    others = [sentence(f"in {name} it rained") for name in ("Rome", "Oslo", "Bonn", "Kyiv", "Lima", "Bern", "Riga")]
    tenth = sentence("yes Gil came", (1, 2, "PER"))
    wrong = [sentence(f"so {name} came") for name in ("Rome", "Oslo", "Bonn")]
    assert names(*people, tenth, *others, *wrong) == ["PER: Capitalised+ after dr"]


@pytest.fixture(scope="module")
def mined() -> RuleSet:
    return mine(TRAIN)


def test_mined_rules_find_entities_in_text_that_they_have_not_seen(mined: RuleSet) -> None:
    scores = evaluate(DEV, RuleRecognizer(mined).recognize(DEV), samples=1).micro
    assert scores.f1 > 0.45
    assert scores.precision > 0.7


def test_every_mined_rule_has_an_estimate_from_text_it_was_not_mined_from(mined: RuleSet) -> None:
    assert all(0 < rule.precision < 1 and 0 <= rule.coverage <= 1 for rule in mined)  # type: ignore[operator]
    precisions = [rule.precision or 0 for rule in mined]
    assert precisions == sorted(precisions, reverse=True)


def test_the_estimates_are_near_what_the_rules_do_on_dev(mined: RuleSet) -> None:
    """A dictionary is always right on the text it comes from; on other text this one is right nine times in ten."""
    on_dev, _ = estimated(RuleRecognizer(RuleSet(tuple(_unmeasured(rule) for rule in mined))), DEV)
    rule = mined.by_name["MEDICINE terms, seen"]
    assert rule.precision == pytest.approx(on_dev.by_name[rule.name].precision, abs=0.12)


def _unmeasured(rule: Rule) -> Rule:
    return replace(rule, precision=None)


@pytest.mark.parametrize("ending", ["yaml", "jsonl"])
def test_mined_rules_survive_their_file(mined: RuleSet, ending: str, tmp_path: Path) -> None:
    write_rules(mined, tmp_path / f"mined.{ending}")
    assert read_rules(tmp_path / f"mined.{ending}") == mined


def test_the_same_documents_and_seed_give_the_same_rules(mined: RuleSet) -> None:
    assert mine(TRAIN) == mined
    assert mine(TRAIN, seed=1) != mined


def test_held_out_hits_come_from_rules_that_have_not_seen_the_document() -> None:
    """A name that one document alone has is in no dictionary mined from the others."""
    documents = [Document(f"Dr {name} came.", spans=(Span(3, 3 + len(name), "PER"),)) for name in ("Ann", "Bob")] * 5
    documents.append(Document("We saw zyxw.", spans=(Span(7, 11, "PER"),)))
    found = crossfit(documents)
    assert found.hits[-1] == []
    assert len(found.hits) == len(found.documents) == len(documents)
    assert {hit.source for hits in found.hits for hit in hits} <= {rule.name for rule in found.rules}
    assert all(hit.score == found.rules.by_name[hit.source or ""].precision for hits in found.hits for hit in hits)


def test_a_precision_is_laplaces_over_the_held_out_hits() -> None:
    tally = Tally()
    rule = DictionaryRule(name="r", label="X", terms=("a",))
    for number in range(8):
        tally.add([Span(0, 1, "X")] if number else [Span(0, 1, "Y")], [Span(0, 1, "X", source="r")])
    measured = tally.estimated(rule)
    assert measured.precision == 0.8  # (7 + 1) / (8 + 2)
    assert measured.coverage == 1.0


def test_rules_that_lower_the_f1_of_the_whole_or_were_hardly_tried_are_left_out() -> None:
    names = ("good", "fair", "bad", "tried once", "never tried")
    rules = RuleSet(tuple(DictionaryRule(name=name, label="X", terms=("a",)) for name in names))
    tally = Tally()
    for number in range(10):
        hits = [Span(0, 1, "X", source="good"), Span(8, 9, "X", source="bad"), Span(10, 11, "X", source="bad")]
        hits.append(Span(2, 3, "X", source="fair") if number < 6 else Span(4, 5, "X", source="fair"))
        hits += [Span(6, 7, "X", source="tried once")] * (number == 0)
        tally.add([Span(0, 1, "X"), Span(2, 3, "X"), Span(6, 7, "X")], hits)
    assert [rule.name for rule in tally.chosen(rules)] == ["good", "fair"]


def test_every_number_is_dealt_once_and_no_part_is_empty() -> None:
    parts = deal(7, 3, seed=0)
    assert sorted(number for part in parts for number in part) == list(range(7))
    assert [len(part) for part in deal(2, 5, seed=0)] == [1, 1]


@pytest.mark.parametrize(
    ("documents", "message"),
    [
        ([], "two documents or more"),
        ([Document("Ann", spans=(Span(0, 3, "PER"),))], "two documents or more"),
        ([Document("Ann"), Document("Bob")], "no labelled span to mine rules from"),
    ],
)
def test_too_little_data_is_refused(documents: list[Document], message: str) -> None:
    with pytest.raises(CrfnerError, match=message):
        mine(documents)
