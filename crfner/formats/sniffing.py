"""Finding out a format by what a file begins with.

Each format has one sign that the others cannot show by chance; where none is there, the answer is None and the
caller goes by the file's ending. Tags are looked for early, as a token may be a bracket. Of JSON, the keys of the first
object tell.

Public names: `by_content`, `by_bytes`.
"""

from __future__ import annotations

import json
import re
import zlib
from typing import Any

from crfner import schemes

_COLUMNS = {"text", "start", "end", "label"}  # that a table of spans has at least
_LINES = 50  # lines that are looked at for tags
_PYTHON = re.compile(
    r"^[A-Za-z_]\w*[ \t]*(?::[^=\n]*)?=[ \t]*[\[(]\s*+(?:#.*+\s*+)*+[\[(]\s*+[rRuUbBfF]?[\"']", re.MULTILINE
)
_NLU = re.compile(r"^nlu:[ \t]*(?:#.*)?\r?$", re.MULTILINE)
_NLU_PART = re.compile(r"^[ \t]*-[ \t]+(?:intent|synonym|lookup|regex):", re.MULTILINE)


def by_content(head: str) -> str | None:
    """The format of a file that begins with `head`, or None when that does not tell.

    >>> by_content("Apple B-ORG\\nis O\\n")
    'conll'
    >>> by_content("Vitamin O")  # one line of words is text
    """
    if re.match(r"\s*[^|\s]+\|t\|", head):
        return "pubtator"
    if _has_tags(head):
        return "conll"
    if _NLU.search(head) and _NLU_PART.search(head):
        return "rasa"
    if found := _by_header(head) or _by_object(head):
        return found
    start = head.lstrip()
    if re.match(r"\{[ \t]*[\"}]", start):
        return "jsonl"
    if re.match(r"\[\s*\(", start) or _PYTHON.search(head):
        return "spacy-py"
    if re.match(r"\[\s*\"", start):
        return "spacy-jsonl"
    if re.match(r"\[\s*[\[{\]]|\{\s*\"", start):  # an object over many lines is a mistake that its reader names
        return "spacy-json"
    return None


def _rows_of_tokens(row: dict[str, Any], listed: bool) -> str | None:
    """Hugging Face's format when the first object, of a list or not, has a list of words and one of as many tags."""
    format = "hf-json" if listed else "hf-jsonl"
    if isinstance(row.get("data"), list) and row["data"] and isinstance(row["data"][0], dict):
        row, format = row["data"][0], "hf-json"
    from crfner.formats import huggingface  # most files are none of its, and need none of its readers

    words = [row[key] for key in huggingface.TOKENS if _is_list_of(row.get(key), str)]
    tags = [row[key] for key in huggingface.TAGS if _is_list_of(row.get(key), int | str)]
    return format if words and any(len(tag) == len(words[0]) for tag in tags) else None


def _is_list_of(value: Any, kind: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, kind) for item in value)


def by_bytes(head: bytes) -> str | None:
    """The binary format of a file that begins with `head`; None for all that may be text."""
    if head.startswith(b"PAR1"):
        return "hf-parquet"
    if head[:1] == b"x":  # zlib's usual window
        try:
            start = zlib.decompressobj().decompress(head, 64)
        except zlib.error:
            return None
        return "docbin" if b"\xa7version" in start or b"\xa5attrs" in start else None
    return None


def _by_header(head: str) -> str | None:
    """The format of a table whose first line names the columns that a table of spans needs."""
    header = re.split(r"[\r\n]", head.lstrip("\ufeff"), maxsplit=1)[0]
    for delimiter in "\t,;":
        names = [name.strip('" ') for name in header.split(delimiter)]
        if len(names) < len(_COLUMNS):
            continue
        from crfner.formats import span_table

        if span_table.header_columns(names).keys() >= _COLUMNS:
            return "spans-tsv" if delimiter == "\t" else "spans-csv"
    return None


def _by_object(head: str) -> str | None:
    """The format whose keys the first object has, alone in the file or first in a list."""
    opening = re.match(r"\s*(\[\s*)?(?=\{)", head)
    if opening is None:
        return None
    try:
        record, _ = json.JSONDecoder().raw_decode(head, opening.end())
    except (ValueError, RecursionError):  # cut off, as long texts make it, or no JSON: some keys are seen all the same
        studio = re.search(r'"(was_cancelled|completed_by|from_name)"\s*:', head)
        return "labelstudio" if studio and not re.match(r'\s*\{\s*"text"\s*:', head) else None
    if found := _rows_of_tokens(record, listed=opening[1] is not None):
        return found
    if isinstance(record.get("data"), dict) or {"annotation_id", "lead_time"} <= record.keys():
        return "labelstudio"
    text = isinstance(record.get("text"), str) or isinstance(record.get("data"), str)
    return (
        "doccano"
        if text and any(_is_doccanos(key, record.get(key)) for key in ("label", "labels", "entities"))
        else None
    )


def _is_doccanos(key: str, spans: Any) -> bool:
    """Whether the value is spans as doccano alone writes them: triples, or objects with its names of the offsets."""
    if not isinstance(spans, list) or not spans:
        return isinstance(spans, list) and key != "entities"
    first = spans[0]
    return (isinstance(first, list) and key != "entities") or (isinstance(first, dict) and "start_offset" in first)


def _has_tags(head: str) -> bool:
    """Whether most lines are columns of one number that end in a tag, or the file names its documents."""
    lines = [line.rstrip(" \t\r") for line in re.split(r"\r\n|\r|\n", head, maxsplit=_LINES)[:_LINES]]
    lines = [line for line in lines if line and not line.startswith("# ")]
    if lines and lines[0].startswith("-DOCSTART-"):
        return True
    separator = "\t" if any("\t" in line for line in lines) else " "
    rows = [[column for column in line.split(separator) if column or separator == "\t"] for line in lines]
    tagged = [len(row) for row in rows if len(row) > 1 and schemes.is_tag(row[-1])]
    one_line_of_words = separator == " " and len(rows) == 1
    return 2 * len(tagged) > len(rows) and len(set(tagged)) == 1 and not one_line_of_words
