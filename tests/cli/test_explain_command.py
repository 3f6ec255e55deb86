"""`crfner explain`, end to end: every format, from arguments and standard input, to files and standard output."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from running import Run, left_over

from crfner import CRFRecognizer
from crfner.hybrid import HybridRecognizer
from crfner.rules.recognizer import RuleRecognizer
from crfner.rules.values import DictionaryRule, RuleSet

SENTENCE = "We split the fish and chips and a bottle of Chianti."


@pytest.fixture
def of_rules(tmp_path: Path) -> Path:
    """A model file of one rule."""
    path = tmp_path / "rules.crfner"
    RuleRecognizer(RuleSet((DictionaryRule("dishes", "FOOD", terms=("fish and chips",)),))).save(path)
    return path


def test_a_text_is_explained_token_by_token(crfner: Run, model: Path) -> None:
    result = crfner("explain", model, SENTENCE)
    assert (result.code, result.errors) == (0, [])
    assert re.search(r"^fish: B-FOOD 0\.\d{3}, runner-up \S+ 0\.\d{3}\n     \+\d\.\d\d  \S+=\S+$", result.out, re.M)
    assert "\nWe: O" not in result.out
    assert "\nWe: O" in crfner("explain", model, SENTENCE, "--all").out


def test_the_text_may_come_from_standard_input(crfner: Run, model: Path) -> None:
    given = crfner("explain", model, SENTENCE)
    assert crfner("explain", model, "-", stdin=SENTENCE.encode()) == given


def test_a_model_alone_is_explained_as_a_whole(crfner: Run, model: Path) -> None:
    result = crfner("explain", model, "--top", 3)
    assert result.code == 0
    assert "transitions from the tag on the left" in result.out
    assert "B-FOOD: " in result.out


def test_json_holds_every_token_whatever_is_shown(crfner: Run, model: Path) -> None:
    result = crfner("explain", model, SENTENCE, "--format", "json", "--top", 2)
    found = json.loads(result.out)
    assert [token["text"] for token in found["tokens"]] == SENTENCE.replace(".", " .").split()
    assert all(SENTENCE[token["start"] : token["end"]] == token["text"] for token in found["tokens"])
    for token in found["tokens"]:
        decision = token["decision"]
        assert 0 <= decision["runner_up_probability"] <= decision["probability"] + 1e-9 <= 1 + 1e-9
        assert len(decision["supporting"]) <= 2 and len(decision["opposing"]) <= 2
    assert crfner("explain", model, SENTENCE, "--format", "json", "--top", 2, "--all") == result


def test_json_of_a_model_has_null_for_what_is_forbidden(crfner: Run, model: Path) -> None:
    found = json.loads(crfner("explain", model, "--format", "json").out)
    tags = [tag["tag"] for tag in found["tags"]]
    assert found["transitions"][tags.index("O")][tags.index("I-FOOD")] is None
    assert isinstance(found["transitions"][tags.index("B-FOOD")][tags.index("I-FOOD")], float)


@pytest.mark.parametrize(
    ("name", "start"),
    [("why.html", "<!DOCTYPE html>"), ("why.HTM", "<!DOCTYPE html>"), ("why.json", "{"), ("why", "We ")],
)
def test_the_format_goes_by_the_ending_of_the_output(
    name: str, start: str, crfner: Run, model: Path, tmp_path: Path
) -> None:
    result = crfner("explain", model, SENTENCE, "-o", tmp_path / name)
    assert (result.code, result.out, result.err) == (0, "", "")
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(start)
    assert left_over(tmp_path) == []


def test_a_format_that_is_asked_for_beats_the_ending(crfner: Run, model: Path, tmp_path: Path) -> None:
    crfner("explain", model, "-o", tmp_path / "model.json", "--format", "html")
    assert (tmp_path / "model.json").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_rules_are_explained_too(crfner: Run, of_rules: Path) -> None:
    assert (
        "FOOD   -          -    kept     dictionary dishes  fish and chips" in crfner("explain", of_rules, SENTENCE).out
    )
    whole = crfner("explain", of_rules).out
    assert whole.startswith("rules; labels FOOD\n") and "dictionary dishes  fish and chips" in whole


def test_hybrids_are_explained_too(crfner: Run, model: Path, of_rules: Path, tmp_path: Path) -> None:
    crf, rules = CRFRecognizer.load(model), RuleRecognizer.load(of_rules).rules
    HybridRecognizer(crf, rules, "override").save(tmp_path / "hybrid.crfner")
    result = crfner("explain", tmp_path / "hybrid.crfner", SENTENCE)
    assert (result.code, result.err) == (0, "")
    assert "rules that fired" in result.out and "      rule  FOOD by dictionary dishes" in result.out
    assert "policy override" in crfner("explain", tmp_path / "hybrid.crfner").out


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_a_text_without_words_is_refused(text: str, crfner: Run, model: Path) -> None:
    for arguments, stdin in (((text,), b""), (("-",), text.encode())):
        result = crfner("explain", model, *arguments, stdin=stdin)
        assert result.code == 2
        assert result.errors == [
            "error: there is no text; give some words, or leave TEXT out to explain the model as a whole"
        ]


def test_a_bad_model_leaves_the_output_alone(crfner: Run, model: Path, tmp_path: Path) -> None:
    (tmp_path / "why.html").write_text("old", encoding="utf-8")
    model.write_bytes(model.read_bytes()[:1000])
    result = crfner("explain", model, SENTENCE, "-o", tmp_path / "why.html")
    assert result.code == 2 and len(result.errors) == 1 and "menu.crfner" in result.errors[0]
    assert (tmp_path / "why.html").read_text(encoding="utf-8") == "old"
    assert left_over(tmp_path) == []


def test_the_model_is_never_written_over(crfner: Run, model: Path) -> None:
    before = model.read_bytes()
    result = crfner("explain", model, SENTENCE, "-o", model)
    assert result.code == 2 and "would be replaced" in result.err
    assert model.read_bytes() == before


@pytest.mark.parametrize("arguments", [(), ("--top", "0"), ("--format", "pdf")])
def test_wrong_use_shows_the_usage(arguments: tuple[str, ...], crfner: Run, model: Path) -> None:
    given = (model, SENTENCE, *arguments) if arguments else ()
    result = crfner("explain", *given)
    assert result.code == 2 and "Usage: crfner explain" in result.err
