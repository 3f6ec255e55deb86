"""Real, human-annotated corpora go through the readers and give the accuracy that was measured for the default preset.

They cannot be shipped: the environment variable CRFNER_CORPORA names the folder that holds CORPUS/train.conll and
CORPUS/dev.conll.
"""

from __future__ import annotations

import os
from itertools import chain
from pathlib import Path

import pytest

from crfner import CRFRecognizer, evaluate, read, write
from crfner.document import Document
from crfner.parts import sample

CORPORA = Path(os.environ.get("CRFNER_CORPORA", "no-such-folder"))
NAMES = ("conll2003-en", "conll2002-es", "conll2002-nl", "bc5cdr", "wnut17", "masakhaner-yor", "masakhaner-hau")

needs_corpora = pytest.mark.skipif(
    not CORPORA.is_dir(), reason="the environment variable CRFNER_CORPORA names no folder with the corpora"
)


def corpus(name: str, split: str) -> Path:
    path = CORPORA / name / f"{split}.conll"
    if not path.exists():
        pytest.skip(f"{name} is not among the corpora")
    return path


def essence(documents: list[Document]) -> list[tuple[object, ...]]:
    return [(d.text, d.tokens, d.sentences, d.spans, d.meta.get("columns")) for d in documents]


@needs_corpora
@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_a_real_corpus_survives_the_way_through_json_lines_and_back(name: str, tmp_path: Path) -> None:
    documents = list(read(corpus(name, "dev")))
    write(documents, tmp_path / "dev.jsonl")
    write(read(tmp_path / "dev.jsonl"), tmp_path / "dev.conll")
    assert essence(list(read(tmp_path / "dev.conll"))) == essence(documents)


@needs_corpora
@pytest.mark.parametrize("name", NAMES)
def test_every_token_and_every_entity_of_the_file_is_read(name: str) -> None:
    lines = corpus(name, "dev").read_text(encoding="utf-8").split("\n")
    rows = [line.rstrip() for line in lines if line.strip(" \t") and not line.startswith("-DOCSTART-")]
    documents = list(read(corpus(name, "dev")))
    assert sum(len(document.tokens) for document in documents) == len(rows)
    assert sum(row.split()[-1].startswith("B-") for row in rows) <= sum(len(document.spans) for document in documents)
    words = chain.from_iterable(document.words() for document in documents)
    assert all(row.startswith(word) for row, word in zip(rows, words, strict=True))


@needs_corpora
@pytest.mark.long
def test_the_default_preset_keeps_its_accuracy_on_news() -> None:
    learnt = sample(list(read(corpus("conll2003-en", "train"))), 1000)
    dev = list(read(corpus("conll2003-en", "dev")))
    assert evaluate(dev, CRFRecognizer().fit(learnt).recognize(dev)).micro.f1 >= 0.755
