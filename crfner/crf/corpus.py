"""The way of gold documents into training: cut into tokens, aligned, turned into features and tags, and counted."""

from __future__ import annotations

import hashlib
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from crfner.crf.crfsuite import TrainingSentence
from crfner.crf.layout import Laid, aligned, fits_crfsuite, laid_out
from crfner.document import Document, sentence_chunks
from crfner.errors import CrfnerError
from crfner.schemes import encode
from features import FeatureSet

FEW_EXAMPLES = 10
"""A label with fewer entities than this in training is warned of."""


@dataclass
class Corpus:
    """Gold documents as a stream of training sentences; what went by is counted while it does.

    prepare   cuts a document into tokens and sentences where it is not cut yet
    declared  the labels that must be there, or None
    """

    documents: Iterable[Document]
    features: FeatureSet
    prepare: Callable[[Document], Document]
    scheme: str
    declared: frozenset[str] | None
    counts: Counter[str] = field(default_factory=Counter)  # documents, sentences, tokens, spans off the token borders
    entities: Counter[str] = field(default_factory=Counter)  # by label
    fingerprint: str = ""

    def sentences(self) -> Iterator[TrainingSentence]:
        """Attribute strings and tags of each sentence, from `labelled`."""
        for laid, tags in self.labelled():
            yield from zip(self.features.lists(*laid), tags, strict=True)

    def labelled(self) -> Iterator[tuple[Laid, list[list[str]]]]:
        """Each document as features see it, and the tags of its sentences.

        At its end the stream raises CrfnerError when it held nothing to learn from or a declared label had no example,
        and warns of labels with few examples.
        """
        digest = hashlib.sha256()
        for document in self.documents:
            digest.update(repr((document.text, document.tokens, document.spans)).encode("utf-8", "surrogatepass"))
            document, off_border = aligned(self.prepare(document))
            self._count(document, off_border)
            lengths = [last - first for first, last in document.sentences]
            try:
                chunks = sentence_chunks(document)
                tags = [encode(found, length, self.scheme) for found, length in zip(chunks, lengths, strict=True)]
            except ValueError:
                raise CrfnerError(
                    f"document {document.id or document.text[:40]!r} has overlapping spans, which a sequence of "
                    "tags cannot express; keep one of them"
                ) from None
            yield laid_out(document), tags
        self.fingerprint = digest.hexdigest()
        self._check()

    def _count(self, document: Document, off_border: int) -> None:
        self.counts["documents"] += 1
        self.counts["sentences"] += len(document.sentences)
        self.counts["tokens"] += len(document.tokens)
        self.counts["spans_off_token_borders"] += off_border
        for span in document.spans:
            if span.label not in self.entities and not fits_crfsuite(span.label):
                raise CrfnerError(
                    f"the label {span.label!a} holds a NUL or half of a surrogate pair; give it another name"
                )
            self.entities[span.label] += 1

    def _check(self) -> None:
        if not self.counts["tokens"]:
            raise CrfnerError("the training data holds no text; give documents with labelled spans")
        if not self.entities:
            raise CrfnerError("the training data holds no labelled span; annotate some entities first")
        declared = self.declared if self.declared is not None else frozenset(self.entities)
        missing = sorted(declared - set(self.entities))
        if missing:
            raise CrfnerError(
                f"no example of the declared label {_listed(missing)}; annotate some or do not declare it"
            )
        surplus = sorted(set(self.entities) - declared)
        if surplus:
            raise CrfnerError(
                f"the data holds the label {_listed(surplus)}, which is not declared; add it or correct the data"
            )
        warn_of_few(self.entities)


def keeper(share: float, seed: int) -> Callable[[str], bool]:
    """Says of an attribute whether it is learnt from, where a share of all attributes is not."""
    salt = (seed % 2**64).to_bytes(8, "little")
    limit = round(share * 2**64)

    @lru_cache(maxsize=1 << 18)
    def kept(attribute: str) -> bool:
        digest = hashlib.blake2b(attribute.encode("utf-8", "surrogatepass"), digest_size=8, salt=salt).digest()
        return int.from_bytes(digest, "little") >= limit

    return kept


def thinned(sentences: Iterable[TrainingSentence], share: float, seed: int) -> Iterator[TrainingSentence]:
    """The sentences without a share of all attributes; an attribute is left out everywhere or nowhere."""
    kept = keeper(share, seed)
    for words, tags in sentences:
        yield [list(filter(kept, word)) for word in words], tags


def warn_of_few(entities: Mapping[str, int]) -> None:
    """Warn of labels with few entities, by how many each has."""
    few = {label: count for label, count in sorted(entities.items()) if count < FEW_EXAMPLES}
    if few:
        listed = ", ".join(f"{label} ({count})" for label, count in few.items())
        warnings.warn(f"labels with fewer than {FEW_EXAMPLES} examples will be learnt badly: {listed}", stacklevel=2)


def _listed(labels: list[str]) -> str:
    return ", ".join(repr(label) for label in labels)
