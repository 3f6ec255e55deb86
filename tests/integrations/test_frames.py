"""Entities of columns: of pandas, of polars and of anything else, with missing values and the index kept."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from crfner import RuleRecognizer
from crfner.errors import CrfnerError
from crfner.integrations import entities, entity_table
from crfner.rules import DictionaryRule, RuleSet

TEXTS = [None, "Fish oil and ibuprofen.", "", "Nothing.", "ibuprofen", None]
FIRST = [
    {"start": 0, "end": 8, "label": "DRUG", "text": "Fish oil", "score": 0.75},
    {"start": 13, "end": 22, "label": "DRUG", "text": "ibuprofen", "score": 0.75},
]
SECOND = [{"start": 0, "end": 9, "label": "DRUG", "text": "ibuprofen", "score": 0.75}]
LISTS = [None, FIRST, [], [], SECOND, None]
COLUMNS = ["start", "end", "label", "text", "score"]


def test_a_list_gives_lists(model: Path) -> None:
    assert entities(TEXTS, model) == LISTS
    assert entities(iter(TEXTS), str(model)) == LISTS
    assert entities([], model) == [] and entity_table([], model) == []
    assert entities([None, math.nan], model) == [None, None]


def test_a_table_has_a_row_for_each_entity(model: Path) -> None:
    assert entity_table(TEXTS, model) == [{"row": 1, **entity} for entity in FIRST] + [{"row": 4, **SECOND[0]}]


def test_pandas_gives_pandas_with_its_index(model: Path) -> None:
    pandas = pytest.importorskip("pandas")
    index = pandas.MultiIndex.from_product([["x", "y"], [1, 2, 3]], names=["letter", "number"])
    missing = [math.nan, *TEXTS[1:5], pandas.NA]
    for column in (
        pandas.Series(TEXTS, index=index),
        pandas.Series(missing, index=index, dtype=object),
        pandas.Series(TEXTS, index=index, dtype="category"),
    ):
        found = entities(column, model)
        assert found.index.equals(index) and found.name == "entities"
        assert list(found) == LISTS
        table = entity_table(column, model)
        assert list(table.columns) == COLUMNS
        assert list(table.index) == [("x", 2), ("x", 2), ("y", 2)] and table.index.names == ["letter", "number"]
        assert table.to_dict("records") == [*FIRST, *SECOND]
        joined = column.to_frame("note").join(table)
        assert len(joined) == 7 and joined["label"].count() == 3


def test_pandas_keeps_its_types_where_nothing_is_found(model: Path) -> None:
    pandas = pytest.importorskip("pandas")
    some, none = (entity_table(pandas.Series(texts), model) for texts in (TEXTS, ["Nothing."]))
    assert len(none) == 0 and (some.dtypes == none.dtypes).all()


def test_polars_gives_polars(model: Path) -> None:
    polars = pytest.importorskip("polars")
    column = polars.Series("note", TEXTS)
    found = entities(column, model)
    assert found.name == "entities" and found.to_list() == LISTS
    table = entity_table(column, model)
    assert table.columns == ["row", *COLUMNS] and table["row"].to_list() == [1, 1, 4]
    assert table.drop("row").to_dicts() == [*FIRST, *SECOND]
    empty = entity_table(column[:1], model)
    assert len(empty) == 0 and empty.schema == table.schema
    assert entities(column[:1], model).dtype == found.dtype


def test_a_recogniser_may_be_given_and_may_have_no_scores() -> None:
    pandas = pytest.importorskip("pandas")
    recognizer = RuleRecognizer(RuleSet((DictionaryRule("a", "A", terms=("x",)),)))
    assert entities(["x"], recognizer) == [[{"start": 0, "end": 1, "label": "A", "text": "x", "score": None}]]
    assert math.isnan(entity_table(pandas.Series(["x"]), recognizer)["score"][0])


def test_what_is_no_text_is_refused_with_its_row(model: Path) -> None:
    with pytest.raises(CrfnerError, match="row 1 of the column holds 3, which is no text"):
        entities(["a", 3], model)
    with pytest.raises(CrfnerError, match="not one text; put it into a list"):
        entity_table("abc", model)
    with pytest.raises(CrfnerError, match="not as a int"):
        entities(["a"], 4)
