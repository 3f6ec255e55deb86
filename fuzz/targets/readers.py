"""The readers of text formats, and finding out the format: the first line of an input says which.

It is the format's name, or that of a file whose format is to be found out, and may end in " overlaps".

What is read is written again in the same format, as `crfner convert` does with a stranger's file.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from zlib import crc32

from crfner.document import Document
from crfner.errors import CrfnerError
from crfner.formats import FORMATS, Notes, read
from crfner.tokenize import tokenized

_ROOT = Path(__file__).parents[2]
_GOLDEN = _ROOT / "tests" / "formats" / "golden"
_DATA = _ROOT / "data"

_TEXT = tuple(name for name, format in FORMATS.items() if format.read is not None and not format.by_path)
_SNIFFED = ("input", "input.json", "input.jsonl", "input.conll", "input.csv", "input.txt", "input.py", "input.yml")
_CHOICES = (*_TEXT, "brat", *_SNIFFED)
_GOLDEN_ENDINGS = {
    **{".hf.json": "hf-json", ".hf.jsonl": "hf-jsonl", ".json": "spacy-json", ".jsonl": "jsonl", ".py.txt": "spacy-py"},
    **{".markup": "markup", ".md": "inline", ".pubtator": "pubtator", ".yml": "rasa", ".txt": "text"},
    **{".csv": "spans-csv", ".tsv": "spans-tsv"},
}
_BETWEEN = b"\n=====\n"  # a text of brat, and its annotations

WORDS = (
    *(b'"text"', b'"spans"', b'"start"', b'"end"', b'"label"', b'"entities"', b'"tokens"', b'"meta"', b'"id"'),
    *(b'"data"', b'"annotations"', b'"result"', b'"value"', b'"predictions"', b'"labels"', b'"ner_tags"', b'"answer"'),
    *(b"B-PER", b"I-PER", b"E-PER", b"S-PER", b"U-PER", b"L-PER", b"O", b"-DOCSTART-", b"# id = ", b" -X- _ "),
    *(
        b"TRAIN_DATA = [(",
        b"{'entities': [(0, 5, 'ORG')]}",
        b"=[",
        b"|t|",
        b"|a|",
        b"T1\tPER 0 5\t",
        b"T1\tPER 0 2;3 5",
    ),
    *(b"nlu:\n- intent: x\n  examples: |\n    - ", b"[a](b)", b'{"entity": "x"}', b"<PER>", b"</PER>", b"&#", b"&amp;"),
    *(
        b'""',
        b'"',
        b"'",
        b"\\",
        b"[[",
        b"]]",
        b"null",
        b"true",
        b"1.0",
        b"1e5",
        b"&a",
        b"*a",
        b"!!python/name:os.system ",
    ),
)


def seeds() -> list[bytes]:
    """Every golden file under its format and with the format to be found out, and some lines of the shipped data."""
    found = []
    for path in sorted(_GOLDEN.iterdir()):
        if not path.is_file():
            continue
        content = path.read_bytes()[:4000]
        name = path.name.partition(".")[0].partition("_")[0]
        if name not in FORMATS:
            name = next((format for ending, format in _GOLDEN_ENDINGS.items() if path.name.endswith(ending)), "conll")
        found.append(name.encode() + b" overlaps\n" + content)
        found.append(b"input\n" + content)
    for folder in sorted((_GOLDEN / "brat").glob("*.ann")):
        both = folder.with_suffix(".txt").read_bytes() + _BETWEEN + folder.read_bytes()
        found.append(b"brat overlaps\n" + both)
    lines = (_DATA / "menu" / "dev.jsonl").read_bytes().splitlines(keepends=True)
    found.append(b"jsonl\n" + b"".join(lines[:3]))
    return found


def prepared() -> Callable[[bytes], object]:
    folder = Path(tempfile.mkdtemp(prefix="crfner-fuzz-"))
    (folder / "brat").mkdir()

    def run(data: bytes) -> None:
        head, _, content = data.partition(b"\n")
        name, *options = head.decode("latin-1").split(" ")
        if name not in _CHOICES:  # a fuzzer changes it too
            name = _CHOICES[crc32(head) % len(_CHOICES)]
        format = None if name in _SNIFFED else name
        path = folder / (name if format is None else "input")
        if format == "brat":
            path = folder / "brat"
            text, _, annotations = content.partition(_BETWEEN)
            (path / "a.txt").write_bytes(text)
            (path / "a.ann").write_bytes(annotations)
        else:
            path.write_bytes(content)
        documents: list[Document] = []
        try:
            documents.extend(read(path, format, overlaps=options == ["overlaps"]))
        finally:
            _used(documents, format)

    return run


def _used(documents: list[Document], format: str | None) -> None:
    """Cut into tokens, and written again."""
    for document in documents:
        tokenized(document)
    write = FORMATS[format if format in _TEXT else "jsonl"].write
    assert write is not None
    with suppress(CrfnerError):  # not every format can hold what was read
        write(documents, io.StringIO(), notes=Notes())
