"""Recipes by name: each does what the one before it does and more, and what is asked for goes before it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from processes import one_process

from crfner import CRFRecognizer, Document, EnsembleRecognizer, read
from crfner.document import Span
from crfner.recipes import NAMED, Recipe, by_name, likely, named, train
from crfner.resources import available
from crfner.tokenize import tokenized

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture
def documents(monkeypatch: pytest.MonkeyPatch) -> list[Document]:
    """Documents of a language that no package knows."""
    monkeypatch.setattr(by_name, "likely_collections", lambda _: ())
    return [tokenized(Document("Ada came.", spans=(Span(0, 3, "PER"),)))]


def test_each_does_more_than_the_one_before(documents: list[Document]) -> None:
    fast, balanced, best = (named(name, documents) for name in NAMED)
    assert fast == Recipe({"seen": True, "iterations": 50})
    assert balanced == Recipe({"seen": True, "c1": 0.02, "c2": 0.02, "iterations": 50})
    assert best == replace(balanced, settings={**balanced.settings, "stages": 2}, ensemble=3)


def test_what_is_asked_for_goes_before_the_recipe(documents: list[Document]) -> None:
    wanted = Recipe({"c1": 1.0, "features": "minimal"}, resources=("en",), ensemble=5)
    found = named("best", documents, wanted)
    assert (found.settings["c1"], found.settings["features"]) == (1.0, "minimal")
    assert (found.resources, found.ensemble) == (("en",), 5)
    assert named("balanced", documents, Recipe({"algorithm": "ap"})).settings == {"algorithm": "ap", "seen": True}


def test_crfs_vote_only_where_nothing_stands_beside_them(documents: list[Document]) -> None:
    assert named("best", documents, alone=False).ensemble == 1


def test_columns_are_read_where_every_document_has_them(documents: list[Document]) -> None:
    (document,) = documents
    tagged = replace(document, meta={"columns": (("NNP", "VBD", "."),)})
    config = named("balanced", [tagged], Recipe({"features": "minimal"})).settings["features"]
    assert config == {"base": "minimal", "columns": {"window": 2}}
    assert named("balanced", [tagged, Document(" ")]).settings["features"] == {
        "base": "default",
        "columns": {"window": 2},
    }
    assert "features" not in named("balanced", [tagged, document]).settings
    assert "features" not in named("balanced", [Document("not cut into tokens yet")]).settings
    assert "features" not in named("fast", [tagged]).settings


def test_an_unknown_name_is_an_error(documents: list[Document]) -> None:
    with pytest.raises(KeyError):
        named("quickest", documents)


def test_a_recipe_by_name_trains(documents: list[Document]) -> None:
    menu = list(read(DATA / "menu/train.jsonl"))[:30]
    quick = Recipe({"features": "minimal", "iterations": 5})
    assert isinstance(train(named("fast", menu, quick), menu).model, CRFRecognizer)
    with one_process():
        best = train(named("best", menu, quick), menu).model
    assert isinstance(best, EnsembleRecognizer)
    assert {"first", "seen"} <= {*best.members_[0].fitted_.hinters}


@pytest.mark.skipif(not all(r.present for r in available("en")), reason="the packages of crfner[lexicons] are absent")
def test_the_language_of_a_text_is_likely() -> None:
    menu = list(read(DATA / "menu/train.jsonl"))[:60]
    assert "en" in likely.likely_collections(menu)
    assert likely.likely_collections([Document("Zxqv bbrt, kkwz!")]) == ()
