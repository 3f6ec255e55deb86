"""Entities of a column of texts: as a column beside it, or as a table with a row for each entity.

A column is a pandas or polars Series, and what is made of it is of its kind; any other iterable of strings gives lists.
The package is told by the column's own class, so that neither has to be installed for the other.

Public names: `entities`, `entity_table`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from tqdm import tqdm

from crfner.document import Document
from crfner.errors import CrfnerError
from crfner.integrations.opening import ModelLike, opened

_NAME = "entities"


def entities(column: Iterable[str | None], model: ModelLike, *, progress: bool = False) -> Any:
    """The entities of each text: a list of {"start", "end", "label", "text", "score"}, or None for a missing text.

    column    the texts; None, NaN and the like are missing
    model     the path of a model file, or a recogniser
    progress  show progress on standard error when that is a terminal

    A pandas Series gives a Series named "entities" with its index, a polars Series one of lists of structs, and
    anything else a list. Offsets count characters; a score is a probability, or None where the model gives none. Raises
    CrfnerError for a value that is no text, and for a model that cannot be opened.
    """
    found = list(_found(column, model, progress))
    package = _package(column)
    if package == "pandas":
        import pandas

        return pandas.Series(found, index=column.index, name=_NAME, dtype=object)  # type: ignore[attr-defined]
    if package == "polars":
        import polars

        fields = {"start": polars.Int64, "end": polars.Int64, "label": polars.String, "text": polars.String}
        struct = polars.Struct({**fields, "score": polars.Float64})
        return polars.Series(_NAME, found, dtype=polars.List(struct))
    return found


def entity_table(column: Iterable[str | None], model: ModelLike, *, progress: bool = False) -> Any:
    """A row for each entity of each text: row, start, end, label, text, score.

    Parameters and errors are those of `entities`. A pandas Series gives a DataFrame, whose index says which row of the
    column each entity is from (so that `frame.join(table)` puts them together) and which has no column "row"; a polars
    Series gives a DataFrame, and anything else a list of dictionaries, where "row" is counted from 0.
    """
    rows: list[int] = []
    values: dict[str, list[Any]] = {name: [] for name in ("start", "end", "label", "text", "score")}
    for row, found in enumerate(_found(column, model, progress)):
        for entity in found or ():
            rows.append(row)
            for name, value in entity.items():
                values[name].append(value)
    package = _package(column)
    if package == "pandas":
        import pandas

        kinds = {"start": "int64", "end": "int64", "score": "float64"}
        series = {name: pandas.Series(value, dtype=kinds.get(name, "str")) for name, value in values.items()}
        return pandas.DataFrame(series).set_index(column.index.take(rows))  # type: ignore[attr-defined]
    if package == "polars":
        import polars

        kinds = {"row": polars.UInt32, "label": polars.String, "text": polars.String, "score": polars.Float64}
        return polars.DataFrame(
            {"row": rows, **values}, schema={name: kinds.get(name, polars.Int64) for name in ("row", *values)}
        )
    return [
        {"row": row, **dict(zip(values, entity, strict=True))}
        for row, *entity in zip(rows, *values.values(), strict=True)
    ]


def _package(column: Any) -> str:
    """The package that the column's class is from, or one that it is derived from."""
    packages = {kind.__module__.partition(".")[0] for kind in type(column).__mro__ if kind.__name__ == "Series"}
    return next((name for name in ("pandas", "polars") if name in packages), "")


def _found(column: Iterable[Any], model: ModelLike, progress: bool) -> Iterator[list[dict[str, Any]] | None]:
    """The entities of each value of the column, in order; None for a missing one."""
    if isinstance(column, str):
        raise CrfnerError("a column is a series or list of texts, not one text; put it into a list")
    present: list[bool] = []  # of the values that the recogniser has read, and that are not given back yet

    def documents() -> Iterator[Document]:
        for row, value in enumerate(tqdm(column, "finding", unit=" texts", disable=None if progress else True)):
            text = _text(value, row)
            present.append(text is not None)
            if text is not None:
                yield Document(text)

    position = 0
    for document in opened(model).recognize(documents()):
        while not present[position]:
            yield None
            position += 1
        position += 1
        yield [
            {
                "start": span.start,
                "end": span.end,
                "label": span.label,
                "text": document.text[span.start : span.end],
                "score": span.score,
            }
            for span in document.spans
        ]
    yield from (None for _ in present[position:])


def _text(value: Any, row: int) -> str | None:
    """The text of a value, None for a missing one."""
    if isinstance(value, str):
        return value
    # NaN is what is not itself; pandas.NA, which is neither, and NaT are known by their names
    if value is None or type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, float) and value != value):
        return None
    raise CrfnerError(f"row {row} of the column holds {value!r}, which is no text; give texts or missing values")
