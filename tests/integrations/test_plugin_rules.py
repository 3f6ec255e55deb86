"""Rules of other packages: named where rule files are named, kept by name alone, and blamed by name."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from crfner import CRFRecognizer, Document, HybridRecognizer, RuleRecognizer, Span, load_model, read_rules
from crfner.errors import CrfnerError
from crfner.explain import explain_model
from crfner.rules import DictionaryRule, PluginRule, RuleSet, lint, write_rules

ROOT = Path(__file__).parents[2]
SOURCE = """
import re
from crfner import Span
from crfner.rules import DictionaryRule, RuleSet

def phones(document):
    assert document.tokens and not document.spans
    for found in re.finditer("[0-9-]{5,}", document.text):
        yield Span(*found.span(), "PHONE", 0.5 if "-" in found[0] else None)

def both(document):
    return [*phones(document), Span(0, 1, "FIRST")]

both.labels = ["PHONE", "FIRST"]
drinks = RuleSet((DictionaryRule("tea", "DRINK", terms=("tea",)),))

def wrong(document):
    found = {"no span": [3], "beyond": [Span(0, 99, "A")], "label": [Span(0, 1, "B")]}
    return found[document.text]

wrong.labels = ("A",)
number = 3
"""
TEXT = "Call 555-1234 or 99999 for tea."


@pytest.fixture
def site(install: Callable[..., Path]) -> Path:
    names = ("phones", "both", "drinks", "wrong", "number")
    return install("acme_rules", SOURCE, **{"crfner.rules": [f"{name} = acme_rules:{name}" for name in names]})


def found(recognizer: RuleRecognizer, text: str = TEXT) -> list[tuple[str, str, float | None, str | None]]:
    (document,) = recognizer.recognize([Document(text)])
    return [(text[span.start : span.end], span.label, span.score, span.source) for span in document.spans]


def test_a_function_is_a_rule_with_the_label_that_is_given(site: Path) -> None:
    rules = read_rules("plugin:phones", "TEL")
    assert rules.rules == (PluginRule("phones", "TEL", plugin="phones", package="acme_rules 1.2"),)
    assert found(RuleRecognizer(rules)) == [("555-1234", "TEL", 0.5, "phones"), ("99999", "TEL", None, "phones")]
    with pytest.raises(CrfnerError, match="plugin:phones: it does not say its labels; write LABEL=plugin:phones"):
        read_rules("plugin:phones")


def test_a_function_that_says_its_labels_is_a_rule_for_each(site: Path) -> None:
    rules = read_rules("plugin:both")
    assert [(rule.name, rule.label) for rule in rules] == [("both:FIRST", "FIRST"), ("both:PHONE", "PHONE")]
    expected = [("C", "FIRST"), ("555-1234", "PHONE"), ("99999", "PHONE")]
    assert [hit[:2] for hit in found(RuleRecognizer(rules))] == expected
    assert rules.labels == ("FIRST", "PHONE") and not lint(rules)


def test_a_set_of_rules_travels_as_it_is(site: Path, uninstall: Callable[[Path], None], tmp_path: Path) -> None:
    rules = read_rules("plugin:drinks")
    assert rules.rules == (DictionaryRule("tea", "DRINK", terms=("tea",)),)
    RuleRecognizer(rules).save(tmp_path / "m")
    uninstall(site)
    assert found(RuleRecognizer.load(tmp_path / "m")) == [("tea", "DRINK", None, "tea")]


def test_rule_files_name_plugins_and_weigh_them_like_other_rules(site: Path, tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(
        "rules:\n"
        "- {label: PHONE, plugin: both, precision: 0.8, context: {left: [{LOWER: or}]}}\n"
        "- {label: NUMBER, terms: ['555-1234'], priority: 1}\n"
    )
    rules = read_rules(path)
    expected = [("555-1234", "NUMBER", None, "NUMBER-2"), ("99999", "PHONE", 0.8, "PHONE-1")]
    assert found(RuleRecognizer(rules)) == expected
    for written in ("again.yaml", "again.jsonl"):
        write_rules(rules, tmp_path / written)
        assert read_rules(tmp_path / written) == rules
    path.write_text("rules: [{label: TEL, plugin: both}]")
    with pytest.raises(CrfnerError, match="wants TEL of the plugin 'both', which gives FIRST, PHONE; mend its label"):
        RuleRecognizer(read_rules(path))


def test_a_model_holds_the_name_of_a_function_and_of_its_package(
    site: Path, uninstall: Callable[[Path], None], tmp_path: Path
) -> None:
    recognizer = RuleRecognizer(read_rules("plugin:both"))
    recognizer.save(tmp_path / "m")
    expected = found(recognizer)
    assert found(RuleRecognizer.load(tmp_path / "m")) == found(pickle.loads(pickle.dumps(recognizer))) == expected
    assert explain_model(recognizer).rules[0].matches == "what both of the package acme_rules 1.2 finds"
    uninstall(site)
    with pytest.raises(CrfnerError, match=r"m: the rules 'both' are of .* not installed here; install acme_rules 1.2"):
        load_model(tmp_path / "m")


def test_functions_stand_beside_a_crf(site: Path, labelled: list[Document], tmp_path: Path) -> None:
    hybrid = HybridRecognizer(CRFRecognizer("minimal", iterations=20), read_rules("plugin:both"), "union")
    hybrid.fit(labelled).save(tmp_path / "m")
    (document,) = load_model(tmp_path / "m").recognize([Document("Take ibuprofen 555-1234")])
    assert {span.label for span in document.spans} >= {"DRUG"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("raises", r"'wrong' of the package acme_rules 1.2 .* failed on the document 'd' \(KeyError"),
        ("no span", "gave 3 for the document 'd', which is no Span"),
        ("beyond", r"gave the span 0\.\.99 beyond the text"),
        ("label", "gave the label 'B', which its attribute labels does not name"),
    ],
)
def test_a_function_that_goes_wrong_is_blamed_by_name(site: Path, text: str, message: str) -> None:
    recognizer = RuleRecognizer(read_rules("plugin:wrong"))
    with pytest.raises(CrfnerError, match=message):
        list(recognizer.recognize([Document(text, id="d")]))


def test_what_is_missing_or_no_rule_is_told(site: Path) -> None:
    with pytest.raises(CrfnerError, match=r"'phone' are of a package .* bring both, drinks, number, phones, wrong"):
        read_rules("plugin:phone", "PHONE")
    with pytest.raises(CrfnerError, match=r"'number' of the package .* should be a RuleSet or a function"):
        read_rules("plugin:number", "A")
    with pytest.raises(CrfnerError, match="'drinks' are a set, not one function; name them as plugin:drinks"):
        RuleRecognizer(RuleSet((PluginRule("a", "A", plugin="drinks"),)))


def test_spans_are_not_changed_by_the_labels_of_others(site: Path) -> None:
    rules = RuleSet((PluginRule("p", "PHONE", plugin="both"), PluginRule("q", "PHONE", plugin="both", priority=1)))
    recognizer = RuleRecognizer(rules)
    assert len(recognizer.hits(Document(TEXT))) == 4
    assert {source for _, _, _, source in found(recognizer)} == {"q"}
    assert recognizer.resolve([Span(0, 2, "PHONE", source="p")])


def test_commands_take_plugins_where_they_take_rule_files(site: Path, tmp_path: Path) -> None:
    path = os.pathsep.join([str(site), str(ROOT), os.environ.get("PYTHONPATH", "")])
    model = str(tmp_path / "m.crfner")

    def crfner(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "crfner", *arguments]
        environment = {**os.environ, "PYTHONPATH": path}
        return subprocess.run(command, env=environment, input=stdin, capture_output=True, text=True, timeout=60)

    packed = crfner("rules", "pack", "TEL=plugin:phones", "plugin:drinks", "-o", model)
    assert packed.returncode == 0 and "2 rules: 1 DRINK, 1 TEL" in packed.stdout, packed.stderr
    tagged = crfner("tag", model, "--format", "inline", stdin=TEXT)
    assert tagged.stdout == "Call [555-1234](TEL) or [99999](TEL) for [tea](DRINK).\n"
    missing = crfner("rules", "lint", "plugin:none")
    assert missing.returncode == 2 and "install what brings them" in missing.stderr
