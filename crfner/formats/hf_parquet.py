"""Parquet files of tokens and tags, as the Hugging Face hub keeps its data sets.

Tags are numbers; their names stand in the metadata of the schema, under "huggingface", as `datasets` writes and reads
them. Files of one data set must number alike: give each of them the same `tags`. The file is held in memory, and its
rows are unpacked a thousand at a time.

Public names: `read`, `write`, `LIMIT`, `VALUES`. Both need the extra `parquet`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from crfner import schemes
from crfner.document import Document
from crfner.errors import CrfnerError, InputError
from crfner.files import atomic_output, read_bytes
from crfner.formats.checks import Notes, Place, Record, damage
from crfner.formats.huggingface import TAGS, TOKENS, Row, documents_of, rows_of
from crfner.formats.parquet_footer import claims
from crfner.formats.tag_names import names_in_features

LIMIT = 1 << 30
"""Bytes of a file that is read, and of what it says that it unpacks to."""

VALUES = 100_000_000
"""Values in all columns together; a small file can hold more of them than memory does, if they repeat."""

_KEY = b"huggingface"
_ROWS = 1000  # that are unpacked at a time

_DAMAGED = "this is not a Parquet file, or it is damaged ({error}); write it again"


def read(
    path: str | os.PathLike[str], name: str, *, notes: Notes, tags: Sequence[str] | None = None
) -> Iterator[Document]:
    """The documents of a file, or of standard input for "-".

    tags  the names of numbered tags, in their order; those of the file or its data set when None

    Raises InputError for what is not Parquet or has no such columns, and CrfnerError where pyarrow is missing.
    """
    arrow, parquet = _arrow()
    content = read_bytes(path, LIMIT)
    with damage(name, _DAMAGED):
        size, values = claims(content)
    if size > LIMIT or values > VALUES:
        message = f"the file unpacks to more than the {LIMIT >> 20} MiB, or {VALUES} values, that are read; split it"
        raise InputError(message, name)
    with damage(name, _DAMAGED):
        file = parquet.ParquetFile(arrow.BufferReader(content))
        features = _features(file.schema_arrow)
    yield from documents_of(
        _rows(file, name, notes), name, notes, tags, lambda column: names_in_features(features, column)
    )


def _arrow() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        message = "Parquet files need the package pyarrow, which is not installed; run pip install 'crfner[parquet]'"
        raise CrfnerError(message) from None
    return pyarrow, pyarrow.parquet


def _features(schema: Any) -> Any:
    """What `datasets` says of the columns; None where another program wrote the file."""
    try:
        return json.loads((schema.metadata or {})[_KEY])["info"]["features"]
    except (KeyError, TypeError, ValueError, RecursionError):
        return None


def _rows(file: Any, name: str, notes: Notes) -> Iterator[tuple[Row, Place]]:
    wanted = [column for column in file.schema_arrow.names if column in (*TOKENS, *TAGS, "id")]
    for column in file.schema_arrow.names:
        if column not in wanted:
            notes[f"columns left out ({column!r})"] += 1
    if not wanted:
        known = ", ".join(map(repr, file.schema_arrow.names[:8])) or "no column at all"
        raise InputError(f"there is no column 'tokens', but {known}; name the columns 'tokens' and 'ner_tags'", name)
    with damage(name, _DAMAGED):
        batches = file.iter_batches(batch_size=_ROWS, columns=wanted)
    number = 0
    while True:
        with damage(name, _DAMAGED):
            batch = next(batches, None)
            rows = batch.to_pylist() if batch is not None else []
        if batch is None:
            return
        for row in rows:
            number += 1
            yield row, Record(name, number, "row")


def write(
    documents: Iterable[Document],
    path: str | os.PathLike[str],
    *,
    notes: Notes,
    scheme: str = "IOB2",
    tags: Sequence[str] | None = None,
) -> None:
    """Write the documents to a file, whole or not at all, or to standard output for "-".

    tags  the names to number by; when None, O and every tag of the scheme for each label, in alphabetical order

    Raises CrfnerError for a tag that `tags` does not name, and where pyarrow is missing.
    """
    arrow, parquet = _arrow()
    rows = list(rows_of(documents, scheme, notes))
    used = {tag for row in rows for tag in row["ner_tags"]}
    if tags is None:
        tags = schemes.tags_of(sorted({schemes.split_tag(tag)[1] for tag in used} - {""}), scheme)
    if missing := sorted(used - set(tags)):
        raise CrfnerError(f"{os.fspath(path)}: the tag {missing[0]!r} is not among the names to number by; add it")
    number_of = {tag: number for number, tag in enumerate(tags)}
    table = arrow.table(
        [
            [row.get("id") for row in rows],
            [row["tokens"] for row in rows],
            [[number_of[tag] for tag in row["ner_tags"]] for row in rows],
        ],
        schema=_schema(arrow, tags),
    )
    with atomic_output(path, "wb") as stream:
        parquet.write_table(table, stream)


def _schema(arrow: Any, tags: Sequence[str]) -> Any:
    """The columns, with the description that `datasets` makes its features of."""
    text = {"dtype": "string", "_type": "Value"}
    features = {
        "id": text,
        "tokens": {"feature": text, "_type": "Sequence"},
        "ner_tags": {"feature": {"names": list(tags), "_type": "ClassLabel"}, "_type": "Sequence"},
    }
    columns = [
        ("id", arrow.string()),
        ("tokens", arrow.list_(arrow.string())),
        ("ner_tags", arrow.list_(arrow.int64())),
    ]
    return arrow.schema(columns, metadata={_KEY: json.dumps({"info": {"features": features}})})
