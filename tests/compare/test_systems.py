"""Systems by their short names: what each stands for, and that those of crfner learn from labelled text."""

from __future__ import annotations

import pickle
import warnings
from pathlib import Path

import pytest

from crfner import CRFRecognizer, Recognizer, read
from crfner.compare import make_systems
from crfner.document import Document, Span
from crfner.errors import SettingError
from crfner.hybrid import HybridRecognizer
from crfner.rules import DictionaryRule, RuleRecognizer, RuleSet

MENU = Path(__file__).parents[2] / "data" / "menu"
RULES = RuleSet((DictionaryRule("drinks", "DRINK", terms=("tea", "coffee")),))


def trained(name: str, rules: RuleSet | None = None) -> Recognizer:
    (system,) = make_systems([name], rules)
    with warnings.catch_warnings(action="ignore"):
        return system.train(list(read(MENU / "train.jsonl"))[:60])


def test_each_has_the_name_that_reports_show() -> None:
    names = ["rules", "mined", "crf", "crf:minimal", "hybrid", "hybrid:override", "ensemble", "ensemble:5"]
    systems = make_systems(names, RULES)
    assert [system.name for system in systems] == [
        "rules",
        "mined rules",
        "crf default",
        "crf minimal",
        "hybrid union",
        "hybrid override",
        "ensemble 3",
        "ensemble 5",
    ]
    assert all(pickle.loads(pickle.dumps(system)).name == system.name for system in systems)


def test_rules_are_the_given_ones_alone() -> None:
    recognizer = trained("rules", RULES)
    assert isinstance(recognizer, RuleRecognizer) and recognizer.rules == RULES


def test_mined_rules_are_learnt() -> None:
    recognizer = trained("mined", RULES)
    assert isinstance(recognizer, RuleRecognizer) and len(recognizer.rules) > 0
    assert "drinks" not in recognizer.rules.by_name


def test_a_crf_has_the_preset_asked_for() -> None:
    recognizer = trained("crf:minimal")
    assert isinstance(recognizer, CRFRecognizer) and recognizer.features == "minimal"


def test_a_hybrid_has_the_given_rules_and_mined_ones() -> None:
    recognizer = trained("hybrid:features", RULES)
    assert isinstance(recognizer, HybridRecognizer) and recognizer.policy == "features"
    assert "drinks" in recognizer.rules_.by_name and len(recognizer.rules_) > 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("bert", "unknown system 'bert'; choose from rules, mined, crf:PRESET"),
        ("", "unknown system ''"),
        ("mined:all", "unknown system 'mined:all'"),
        ("ensemble:1", "an ensemble has 2 to 20 members"),
        ("ensemble:many", "an ensemble has 2 to 20 members"),
        ("crf:huge", "unknown preset 'huge'; choose from minimal, default"),
        ("hybrid:vote", "unknown policy 'vote'; choose from fallback, override, union, features"),
        ("rules", "the system 'rules' needs rules; give --rules FILE"),
    ],
)
def test_what_stands_for_no_system_is_refused(name: str, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        make_systems([name])


def test_a_system_that_comes_twice_is_refused() -> None:
    with pytest.raises(SettingError, match="the system 'crf default' is asked for twice"):
        make_systems(["crf", "crf:default"])


def test_hybrids_choose_their_settings_on_dev_where_there_is_one() -> None:
    """On a dev part in which every tea is a drink the rule gets nearly full marks, on the training part it does not."""
    dev = [Document("a tea", spans=(Span(2, 5, "DRINK"),))] * 98
    (system,) = make_systems(["hybrid:fallback"], RULES, dev=dev)
    with warnings.catch_warnings(action="ignore"):
        hybrid = system.train(list(read(MENU / "train.jsonl"))[:60])
    assert isinstance(hybrid, HybridRecognizer)
    assert hybrid.rules_.by_name["drinks"].precision == 0.99
