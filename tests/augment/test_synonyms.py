"""Synonyms come from WordNet, and only where one can be sure of form and part of speech."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import nltk
import pytest
from nltk.corpus.reader.wordnet import WordNetCorpusReader
from nltk.corpus.util import LazyCorpusLoader

from crfner import Document, Span
from crfner.augment import METHODS, Pool, augmented
from crfner.augment.methods import synonyms
from crfner.augment.sentences import sentences_of
from crfner.errors import SettingError

SYNSETS = [  # part of speech, lemmas
    ("n", ["physician", "medical_man"]),
    ("n", ["walk", "stroll"]),
    ("v", ["walk", "go_on_foot"]),
    ("r", ["sometimes", "at_times"]),
    ("n", ["ibuprofen", "Advil"]),
]
TEXT = "the physician walks sometimes, the physician says walk after ibuprofen"


@pytest.fixture
def wordnet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A WordNet of five synsets, in the files that the real one has."""
    folder = tmp_path / "corpora" / "wordnet"
    folder.mkdir(parents=True)
    for part, letter in (("noun", "n"), ("verb", "v"), ("adj", "a"), ("adv", "r")):
        data, offsets = "", {}
        for kind, lemmas in SYNSETS:
            if kind == letter:
                for lemma in lemmas:
                    offsets.setdefault(lemma.lower(), []).append(len(data))
                named = " ".join(f"{lemma} 0" for lemma in lemmas)
                frames = "00 " if letter == "v" else ""
                data += f"{len(data):08} 00 {letter} {len(lemmas):02x} {named} 000 {frames}| a thing\n"
        index = "".join(
            f"{lemma} {letter} {len(at)} 0 {len(at)} 0 {' '.join(f'{offset:08}' for offset in at)}\n"
            for lemma, at in sorted(offsets.items())
        )
        (folder / f"data.{part}").write_text(data)
        (folder / f"index.{part}").write_text(index)
        (folder / f"{part}.exc").write_text("")
    (folder / "lexnames").write_text("00\tnoun.Tops\t1\n")
    (folder / "index.sense").write_text("")
    _only_data_in(tmp_path, monkeypatch)
    yield
    synonyms._of.cache_clear()


def _only_data_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let NLTK look for WordNet there, and nowhere else."""
    monkeypatch.setattr(nltk.data, "path", [str(folder)])
    monkeypatch.setattr(nltk.corpus, "wordnet", LazyCorpusLoader("wordnet", WordNetCorpusReader, None))
    synonyms._of.cache_clear()


@pytest.mark.filterwarnings("ignore:The multilingual functions")
def test_words_outside_mentions_become_other_lemmas_of_their_sense(wordnet: None) -> None:
    mention = TEXT.index("ibuprofen")
    (sentence,) = sentences_of(Document(TEXT, spans=(Span(mention, len(TEXT), "MEDICINE"),)))
    assert sentence is not None
    found = set()
    for seed in range(20):
        new = METHODS["synonyms"](sentence, Pool([sentence]), Random(seed))
        assert new is not None
        assert new.texts()[-1] == "ibuprofen" and new.chunks == ((len(new.words) - 1, len(new.words), "MEDICINE"),)
        found.update(new.texts())
    # "walks" is inflected, and "walk" may be noun or verb
    assert found - set(sentence.texts()) == {"medical", "man", "at", "times"}


def test_without_wordnet_the_method_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _only_data_in(tmp_path, monkeypatch)
    with pytest.raises(SettingError, match=r"needs WordNet.*nltk.downloader wordnet"):
        augmented([Document("the physician came", spans=(Span(14, 18, "X"),))], "synonyms", target=5)
