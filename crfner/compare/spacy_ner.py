"""spaCy's entity recogniser in a blank pipeline, trained as a careful user would: the neural peer of a comparison.

Batches grow from 4 to 32 sentences, dropout is 0.1, a tenth of the documents is held out, and training ends when the F1
on them has not grown for some epochs; the best weights are kept. spaCy is optional: the extra `spacy` installs it.

Public names: `SpacyRecognizer`, `train_spacy`, `check_spacy`.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Iterator, Sequence
from importlib.util import find_spec
from itertools import islice
from typing import Any

from crfner.document import Document, Span, align, sentence_chunks
from crfner.errors import CrfnerError, SettingError
from crfner.evaluation import evaluate
from crfner.files import atomic_output
from crfner.schemes import encode
from crfner.tokenize import tokenized

_EPOCHS = 30
_PATIENCE = 5  # epochs without a better score
_BATCH = (4.0, 32.0, 1.001)  # sentences: at first, at most, and the factor from one batch to the next
_DROPOUT = 0.1
_HELD_OUT = 10  # one document in so many
_TOGETHER = 32  # documents that are tagged in one batch


class SpacyRecognizer:
    """A trained pipeline as a recogniser: it is given our tokens, sentence by sentence."""

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that were learnt, sorted."""
        return tuple(sorted(self._pipeline.get_pipe("ner").labels))

    def recognize(self, documents: Iterable[Document]) -> Iterator[Document]:
        """The documents with predicted spans; they have no score, as the pipeline gives none."""
        stream = iter(documents)
        while batch := [tokenized(document.with_spans(())) for document in islice(stream, _TOGETHER)]:
            words = [words for document in batch for words in document.sentence_words()]
            docs = self._pipeline.pipe(_as_doc(self._pipeline, sentence) for sentence in words)
            for document in batch:
                yield document.with_spans(_spans(document, islice(docs, len(document.sentences))))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the pipeline's bytes to one file."""
        with atomic_output(path, "wb") as file:
            file.write(self._pipeline.to_bytes())


def check_spacy(language: str) -> None:
    """Raise SettingError where spaCy is not installed or does not know the language's code."""
    if find_spec("spacy") is None:
        raise SettingError(
            "the system 'spacy' needs the package spaCy, which is not installed; run pip install 'crfner[spacy]', or "
            "leave it out"
        )
    if not language.isidentifier() or find_spec(f"spacy.lang.{language}") is None:
        raise SettingError(f"spaCy does not know the language {language!r}; give a code such as en, or xx for any")


def train_spacy(
    documents: Sequence[Document], *, language: str = "xx", seed: int = 0, dev: Sequence[Document] = ()
) -> SpacyRecognizer:
    """Train a blank pipeline's `ner`, up to the epoch that is best on `dev` or on a tenth of the documents held out.

    Raises CrfnerError when the documents hold no entity or overlapping ones.
    """
    import spacy
    from spacy.util import compounding, fix_random_seed, minibatch

    fix_random_seed(seed)
    shuffler = random.Random(seed)
    train, held_out = (documents, dev) if dev else _held_out(documents, shuffler)
    pipeline = spacy.blank(language)
    pipeline.add_pipe("ner")
    examples = [example for document in train for example in _examples(pipeline, document)]
    if not any(example.reference.ents for example in examples):
        raise CrfnerError("the training data holds no labelled span; annotate some entities first")
    optimizer = pipeline.initialize(lambda: examples)
    recognizer = SpacyRecognizer(pipeline)
    best, best_weights, since = -1.0, b"", 0
    sizes = compounding(*_BATCH)
    for _ in range(_EPOCHS):
        shuffler.shuffle(examples)
        for batch in minibatch(examples, sizes):
            pipeline.update(batch, sgd=optimizer, drop=_DROPOUT)
        if not held_out:
            continue
        f1 = evaluate(held_out, recognizer.recognize(held_out), samples=1).micro.f1
        since += 1
        if f1 > best:
            best, best_weights, since = f1, pipeline.to_bytes(), 0
        if since == _PATIENCE:
            break
    return SpacyRecognizer(pipeline.from_bytes(best_weights)) if held_out else recognizer


def _held_out(documents: Sequence[Document], shuffler: random.Random) -> tuple[list[Document], list[Document]]:
    """The documents to train on, and those to decide with when to end; of fewer than ten, none."""
    places = set(shuffler.sample(range(len(documents)), len(documents) // _HELD_OUT))
    parts: tuple[list[Document], list[Document]] = ([], [])
    for place, document in enumerate(documents):
        parts[place in places].append(document)
    return parts


def _examples(pipeline: Any, document: Document) -> Iterator[Any]:
    """One example a sentence."""
    from spacy.training import Example

    document, _ = align(tokenized(document))
    for words, chunks in zip(document.sentence_words(), sentence_chunks(document), strict=True):
        try:
            tags = encode(chunks, len(words), "IOB2")
        except ValueError:
            raise CrfnerError(
                f"document {document.id or document.text[:40]!r} has overlapping spans, which spaCy's ner cannot "
                "learn; keep one of them"
            ) from None
        yield Example(_as_doc(pipeline, words), _as_doc(pipeline, words, ents=tags))


def _spans(document: Document, docs: Iterable[Any]) -> Iterator[Span]:
    """The entities of each sentence, at the characters of their tokens."""
    for (first, _), found in zip(document.sentences, docs, strict=True):
        for entity in found.ents:
            start = document.tokens[first + entity.start][0]
            end = document.tokens[first + entity.end - 1][1]
            yield Span(start, end, entity.label_, source="spacy")


def _as_doc(pipeline: Any, words: list[str], **annotation: Any) -> Any:
    from spacy.tokens import Doc

    return Doc(pipeline.vocab, words=words, **annotation)
