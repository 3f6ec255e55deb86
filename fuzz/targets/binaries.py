"""The readers of binary formats: the first byte says which, DocBin (0) or Parquet (1), and the second is for options.

DocBin is compressed as a whole, so an input is what is compressed, unless the third bit of the second byte is set.
"""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pyarrow  # noqa: F401 - without these there is nothing to test
import spacy  # noqa: F401

from crfner.document import Document, Span
from crfner.formats import read, write
from crfner.tokenize import tokenized

_FORMATS = ("docbin", "hf-parquet")

WORDS = (
    *(b"\x85", b"\xdf\xff\xff\xff\xff", b"\xdd\xff\xff\xff\xff", b"\xc6\xff\xff\xff\xff", b"\x81\xc4\x02nd\xc3"),
    *(b"attrs", b"tokens", b"spaces", b"lengths", b"strings", b"cats", b"flags", b"user_data", b"span_groups"),
    *(b"PAR1", b"huggingface", b"ner_tags", b"\xff\xff\xff\xff\x0f", b"\x15\x00", b"\x19"),
)


def seeds() -> list[bytes]:
    """Two documents in each format."""
    folder = Path(tempfile.mkdtemp(prefix="crfner-fuzz-"))
    documents = [
        Document("Apple is in Cork.", spans=(Span(0, 5, "ORG"), Span(12, 16, "LOC")), id="a"),
        Document("Nothing here."),
    ]
    found = []
    for number, format in enumerate(_FORMATS):
        write(map(tokenized, documents), folder / "seed", format)
        content = (folder / "seed").read_bytes()
        if format == "docbin":
            found.append(bytes([number, 4]) + content)
            content = zlib.decompress(content)
        found.append(bytes([number, 0]) + content)
    return found


def prepared() -> Callable[[bytes], object]:
    path = Path(tempfile.mkdtemp(prefix="crfner-fuzz-")) / "input"

    def run(data: bytes) -> None:
        if len(data) < 2:
            return
        format = _FORMATS[data[0] % 2]
        packed = format == "docbin" and not data[1] & 4
        path.write_bytes(zlib.compress(data[2:], 1) if packed else data[2:])
        for document in read(path, format, overlaps=bool(data[1] & 1)) if format == "docbin" else read(path, format):
            tokenized(document)

    return run
