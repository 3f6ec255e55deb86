"""Finding out a format by what a file begins with.

Each format has one sign that the others cannot show by chance; where none is there, the answer is None and the
caller goes by the file's ending. Tags are looked for first, as a token may be a bracket.

Public names: `by_content`, `by_bytes`.
"""

from __future__ import annotations

import re
import zlib

from crfner import schemes

_LINES = 50  # lines that are looked at for tags
_PYTHON = re.compile(
    r"^[A-Za-z_]\w*[ \t]*(?::[^=\n]*)?=[ \t]*[\[(]\s*(?:#.*\s*)*[\[(]\s*[rRuUbBfF]?[\"']", re.MULTILINE
)


def by_content(head: str) -> str | None:
    """The format of a file that begins with `head`, or None when that does not tell.

    >>> by_content("Apple B-ORG\\nis O\\n")
    'conll'
    >>> by_content("Vitamin O")  # one line of words is text
    """
    if _has_tags(head):
        return "conll"
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
