"""The rule files that come with the corpora: they load, hold no visible mistake, and find what they are for."""

from __future__ import annotations

from pathlib import Path

import pytest

from crfner import evaluate, read
from crfner.document import Document
from crfner.rules import DictionaryRule, RuleRecognizer, RuleSet, lint, read_rules

DATA = Path(__file__).parent.parent / "data"
LABELS = {"clinic": ("CONDITION", "DEVICE", "DOSE", "MEDICINE", "PERSON"), "menu": ("DIET", "DRINK", "FOOD")}

corpora = pytest.mark.parametrize("corpus", LABELS)


@pytest.fixture(scope="module")
def rules() -> dict[str, RuleSet]:
    return {corpus: read_rules(DATA / corpus / "rules.yaml") for corpus in LABELS}


@pytest.fixture(scope="module")
def recognizers(rules: dict[str, RuleSet]) -> dict[str, RuleRecognizer]:
    return {corpus: RuleRecognizer(rules[corpus]) for corpus in LABELS}


def found(recognizer: RuleRecognizer, text: str) -> list[str]:
    [document] = recognizer.recognize([Document(text)])
    return [f"{span.label}: {text[span.start : span.end]}" for span in document.spans]


@corpora
def test_every_label_of_the_corpus_has_rules(rules: dict[str, RuleSet], corpus: str) -> None:
    assert rules[corpus].labels == LABELS[corpus]


@corpora
def test_no_rule_is_named_twice_and_none_says_how_precise_it_is(rules: dict[str, RuleSet], corpus: str) -> None:
    assert len({rule.name for rule in rules[corpus]}) == len(rules[corpus])
    assert {rule.precision for rule in rules[corpus]} == {None}


@corpora
def test_every_list_of_terms_is_sorted_and_named_by_a_rule(rules: dict[str, RuleSet], corpus: str) -> None:
    known = {term for rule in rules[corpus] if isinstance(rule, DictionaryRule) for term in rule.terms}
    for path in sorted((DATA / corpus).glob("*.txt")):
        terms = path.read_text(encoding="utf-8").splitlines()
        assert terms == sorted(terms, key=lambda term: (term.lower(), term)), path.name
        assert set(terms) <= known, path.name


@corpora
def test_lint_finds_nothing(rules: dict[str, RuleSet], corpus: str) -> None:
    assert lint(rules[corpus]) == []


@corpora
def test_most_of_what_is_labelled_in_the_training_part_is_found(
    recognizers: dict[str, RuleRecognizer], corpus: str
) -> None:
    gold = list(read(DATA / corpus / "train.jsonl"))
    scores = evaluate(gold, list(recognizers[corpus].recognize(gold)))
    assert scores.micro.f1 > 0.85
    assert all(score.f1 > 0.7 for score in scores.labels.values())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mrs Achebe takes enalapril, 5-10 mg daily.", ["PERSON: Achebe", "MEDICINE: enalapril", "DOSE: 5-10 mg"]),
        ("Seen with Dr. A. van Houten, no fever.", ["PERSON: A. van Houten", "CONDITION: fever"]),
        ("A sulfa allergy; her knee brace rubs.", ["CONDITION: sulfa allergy", "DEVICE: knee brace"]),
        ("Has a dull ache in the left shoulder.", ["CONDITION: dull ache in the left shoulder"]),
        ("He collected 56 tablets on Monday.", []),
    ],
)
def test_clinic_rules_keep_the_borders_of_the_guidelines(
    recognizers: dict[str, RuleRecognizer], text: str, expected: list[str]
) -> None:
    assert found(recognizers["clinic"], text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Maple-glazed parsnips, a large iced latte", ["FOOD: Maple-glazed parsnips", "DRINK: iced latte"]),
        ("A vegan lasagne, no onions", ["DIET: vegan", "FOOD: lasagne", "FOOD: onions"]),
        ("fish and chips with mushy peas", ["FOOD: fish and chips", "FOOD: mushy peas"]),
        ("He is allergic to mustard.", ["DIET: allergic to mustard"]),
    ],
)
def test_menu_rules_keep_the_borders_of_the_guidelines(
    recognizers: dict[str, RuleRecognizer], text: str, expected: list[str]
) -> None:
    assert found(recognizers["menu"], text) == expected
