"""What else a sentence may say: its most probable analyses into entities, each with the probability of the whole.

The span scores of a document tell how sure each span is; the analyses tell which spans go together. In a scheme's tags
every set of spans is written in one way only, so that no two tag sequences are the same analysis.

Public names: `Analysis`, `Alternatives`, `alternatives`, `to_data`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crfner.batches import batches
from crfner.crf.nbest import log_partition, n_best
from crfner.document import Document, Span
from crfner.errors import SettingError
from crfner.schemes import decode

if TYPE_CHECKING:
    from crfner.crf.estimator import CRFRecognizer

_BATCH = 8192  # tokens and ways to each that are decoded together
_LEAST = 256  # tokens that are decoded together, however many ways there are


@dataclass(frozen=True, slots=True)
class Analysis:
    """Spans that a sentence may hold, without scores of their own, and the probability that it holds exactly these."""

    spans: tuple[Span, ...]
    probability: float


@dataclass(frozen=True, slots=True)
class Alternatives:
    """A document, tokenised and without spans, and the most probable analyses of each of its sentences, best first."""

    document: Document
    sentences: tuple[tuple[Analysis, ...], ...]


def alternatives(crf: CRFRecognizer, documents: Iterable[Document], n: int) -> Iterator[Alternatives]:
    """The n most probable analyses of each sentence, or all where it has fewer; see `CRFRecognizer.nbest`."""
    if n < 1:
        raise SettingError(f"n, how many analyses a sentence gets, must be 1 or more, not {n!r}")
    prepared = (crf.prepared(document.with_spans(())) for document in documents)
    for batch in batches(prepared, lambda document: len(document.tokens), max(_BATCH // n, _LEAST)):
        yield from _of_batch(crf, batch, n)


def to_data(found: Alternatives) -> list[dict[str, Any]]:
    """The sentences as JSON takes them: start and end in the text, and the analyses with their spans."""
    tokens = found.document.tokens
    return [
        {
            "start": tokens[first][0],
            "end": tokens[last - 1][1],
            "analyses": [
                {
                    "probability": round(analysis.probability, 6),
                    "spans": [{"start": s.start, "end": s.end, "label": s.label} for s in analysis.spans],
                }
                for analysis in analyses
            ],
        }
        for (first, last), analyses in zip(found.document.sentences, found.sentences, strict=True)
    ]


def _of_batch(crf: CRFRecognizer, batch: list[Document], n: int) -> Iterator[Alternatives]:
    tagger = crf.tagger()
    emissions, lengths = tagger.emissions(batch)
    emissions, chain = emissions / tagger.temperature, tagger.chain.tempered(tagger.temperature)
    paths, scores = n_best(emissions, lengths, chain, n)
    probabilities = np.exp(np.minimum(scores - log_partition(emissions, lengths, chain), 0.0)).T.tolist()
    allowed = np.isfinite(scores).sum(axis=0).tolist()
    number = start = 0  # sentences and tokens of all documents stand one after the other
    for document in batch:
        found = []
        for first, last in document.sentences:
            end = start + last - first
            readings = [[tagger.tags[tag] for tag in path[start:end]] for path in paths[: allowed[number]]]
            found.append(
                tuple(
                    Analysis(_spans(document, first, tags, crf.scheme), probability)
                    for tags, probability in zip(readings, probabilities[number][: len(readings)], strict=True)
                )
            )
            number, start = number + 1, end
        yield Alternatives(document, tuple(found))


def _spans(document: Document, first: int, tags: list[str], scheme: str) -> tuple[Span, ...]:
    """The spans that the tags of the tokens from `first` on describe."""
    tokens = document.tokens
    return tuple(
        Span(tokens[first + start][0], tokens[first + end - 1][1], label, None, "crf")
        for start, end, label in decode(tags, scheme)
    )
