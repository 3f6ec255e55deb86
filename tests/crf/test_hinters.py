"""Hinters say something of each token, the CRF learns what it is worth, and they travel in the model file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from crfner import CrfnerError, CRFRecognizer, Document, Span, load_model
from crfner.crf.tracing import trace
from crfner.hints import HINTERS

NAMES = ["lon", "bek", "dar", "mun", "tas", "gir", "vel", "pok", "nad", "sur", "hib", "fen"]
OTHERS = [
    "nol",
    "keb",
    "rad",
    "num",
    "sat",
    "rig",
    "lev",
    "kop",
    "dan",
    "rus",
    "bih",
    "nef",
]  # of the same letters: only the list tells


@dataclass(frozen=True)
class Known:
    """Says which words are on a list."""

    words: tuple[str, ...]
    kind: str = "known"

    def hints(self, documents: Sequence[Document]) -> Sequence[Sequence[Sequence[str]]]:
        return [[["yes"] if word in self.words else [] for word in document.words()] for document in documents]

    def to_bytes(self) -> bytes:
        return " ".join(self.words).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Known:
        return cls(tuple(data.decode().split()))


@pytest.fixture(autouse=True)
def known_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(HINTERS, "known", (__name__, "Known"))


def trained() -> CRFRecognizer:
    hinter = Known((*NAMES, "zuz"))
    documents = [Document(f"we met {name} there", spans=(Span(7, 10, "PER"),)) for name in NAMES]
    others = [Document(f"we met {name} there") for name in OTHERS]
    return CRFRecognizer("minimal", hinters={"list": hinter}).fit([*documents, *others])


def test_what_a_hinter_says_becomes_attributes_that_the_crf_weighs() -> None:
    recognizer = trained()

    assert any(attribute == "hit[0]=list/yes" for attribute in recognizer.fitted_.weights.attributes)
    assert recognizer.predict([Document("we saw zuz today")]) == [(Span(7, 10, "PER"),)]
    assert "hit[0]=list/yes" in trace(recognizer, Document("zuz")).attributes[0]


def test_a_tagged_document_shows_nothing_of_the_hints() -> None:
    (document,) = trained().recognize([Document("we saw zuz", meta={"page": 3})])

    assert document.meta == {"page": 3}


def test_hinters_travel_in_the_model_file(tmp_path: Path) -> None:
    recognizer = trained()
    recognizer.save(tmp_path / "model")

    loaded = load_model(tmp_path / "model")

    assert isinstance(loaded, CRFRecognizer)
    assert loaded.hinters == recognizer.hinters
    assert loaded.predict([Document("we saw zuz today")]) == [(Span(7, 10, "PER"),)]


def test_a_hinter_of_an_unknown_kind_is_a_model_that_cannot_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained().save(tmp_path / "model")
    monkeypatch.delitem(HINTERS, "known")

    with pytest.raises(CrfnerError, match=r"model: the model cannot be used here: .*'known'; upgrade crfner"):
        load_model(tmp_path / "model")
