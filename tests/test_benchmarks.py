"""What the benchmarks rest on: the peer of the feature measure builds the features of the default preset, neither
more nor less, and the tutorial's features are those of its text."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from crfner import read, tokenized
from features import preset

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _benchmarks_importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))


@pytest.mark.parametrize("corpus", ["clinic", "menu"])
def test_one_dictionary_a_token_holds_what_the_default_preset_gives(corpus: str) -> None:
    plain = import_module("plain")
    features = preset("default")
    for document in read(ROOT / "data" / corpus / "dev.jsonl"):
        sentences = tokenized(document).sentence_words()
        assert plain.document_features(sentences) == features.dicts(sentences)


def test_one_dictionary_a_token_holds_them_for_hard_words_too() -> None:
    sentences = [["McKay", "ate", "Crème", "brûlée", "№7", "eBay", "J.", "e\u0301te\u0301", "3.5", "mg", "東京", "🙂"]]
    sentences += [["DAMAGES", "PAID", "TO", "MCKAY"], ["alone"], ["McKay", "McKay"]]
    assert import_module("plain").document_features(sentences) == preset("default").dicts(sentences)


def test_the_tutorials_features_see_the_word_and_one_neighbour_to_each_side() -> None:
    assert import_module("tutorial").sentence_features(["Sao", "PAULO", "2"])[1] == {
        "bias": 1.0,
        "lower": "paulo",
        "suffix3": "ULO",
        "suffix2": "LO",
        "isupper": True,
        "istitle": False,
        "isdigit": False,
        "-1:lower": "sao",
        "-1:istitle": True,
        "-1:isupper": False,
        "+1:lower": "2",
        "+1:istitle": False,
        "+1:isupper": False,
    }
