"""Thresholds for the labels whose entities must not be missed, tuned on documents that were not learnt from.

The best tags weigh a missed entity and a wrong one alike. Where a missed one costs more, or a label is rare, it pays to
give what is less probable too: F-beta with a beta of 2 counts recall as four times as important as precision.

Public names: `tune_thresholds`, `exact`, `BATCH`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from crfner.batches import batches
from crfner.crf.likely import Likely, apart
from crfner.document import Chunk, Document
from crfner.errors import SettingError

if TYPE_CHECKING:
    from crfner.crf.estimator import CRFRecognizer

_FLOOR = 0.02  # no threshold is lower: of fifty such spans one is right
_ROUNDS = 3
BATCH = 40_000
"""Characters of text that is not cut into tokens yet that are worth tagging together."""


def tune_thresholds(crf: CRFRecognizer, documents: Iterable[Document], *, beta: float = 2.0) -> dict[str, float]:
    """By label, the threshold with the best F-beta (van Rijsbergen 1979) on documents with gold spans.

    beta  how many times as important recall is as precision; 1 for F1

    A label that no threshold helps, or that the documents do not hold, has none. A span may lose its place to a more
    probable one of another label; so the labels are tuned one after the other, up to three times, each with what the
    others then give. Raises SettingError when beta is not positive, NotFittedError before `fit`.
    """
    if not beta > 0:
        raise SettingError(f"beta must be a number above 0, not {beta!r}")
    gold: set[Chunk] = set()
    total: Counter[str] = Counter()
    best: list[Likely] = []
    likely: list[Likely] = []
    offset = 0
    floor = dict.fromkeys(crf.labels, _FLOOR)
    for batch in batches(documents, lambda document: len(document.text), BATCH):
        prepared = [crf.prepared(document.with_spans(())) for document in batch]
        for collected, found in zip((best, likely), crf.tagger().chunks(prepared, floor), strict=True):
            collected.extend(
                Likely(chunk.first + offset, chunk.last + offset, chunk.label, chunk.probability) for chunk in found
            )
        for document, cut in zip(batch, prepared, strict=True):
            total.update(span.label for span in set(document.spans))
            gold.update(exact(document, cut, offset))
            offset += len(cut.tokens)
    thresholds: dict[str, float] = {}
    for _ in range(_ROUNDS):
        before = dict(thresholds)
        for label in crf.labels:
            thresholds.pop(label, None)
            plain = apart(_given(best, likely, thresholds))
            tried = apart(_given(best, likely, {**thresholds, label: _FLOOR}))
            score, threshold = _best_threshold(_of(tried, label), gold, total[label], beta)
            if score > _f(beta, _right(_of(plain, label), gold), len(_of(plain, label)), total[label]):
                thresholds[label] = threshold
        if thresholds == before:
            break
    return dict(sorted(thresholds.items()))


def exact(document: Document, prepared: Document, offset: int) -> Iterator[Chunk]:
    """The gold spans that begin and end with a token, as ranges of tokens counted from `offset`."""
    firsts = {start: number for number, (start, _) in enumerate(prepared.tokens, offset)}
    lasts = {end: number for number, (_, end) in enumerate(prepared.tokens, offset + 1)}
    for span in document.spans:
        if span.start in firsts and span.end in lasts:
            yield firsts[span.start], lasts[span.end], span.label


def _given(best: Sequence[Likely], likely: Sequence[Likely], thresholds: Mapping[str, float]) -> Iterator[Likely]:
    """What is given with these thresholds, as far as no more probable chunk overlaps it."""
    yield from (chunk for chunk in best if chunk.label not in thresholds)
    yield from (chunk for chunk in likely if chunk.probability >= thresholds.get(chunk.label, 2.0))


def _of(chunks: Sequence[Likely], label: str) -> list[Likely]:
    return [chunk for chunk in chunks if chunk.label == label]


def _right(chunks: Sequence[Likely], gold: set[Chunk]) -> int:
    return sum((chunk.first, chunk.last, chunk.label) in gold for chunk in chunks)


def _f(beta: float, right: int, given: int, wanted: int) -> float:
    return (1 + beta**2) * right / (beta**2 * wanted + given) if right else 0.0


def _best_threshold(chunks: list[Likely], gold: set[Chunk], wanted: int, beta: float) -> tuple[float, float]:
    """The best F-beta of all thresholds on one label's chunks, and the threshold: midway to the next chunk below."""
    falling = sorted(chunks, key=lambda chunk: -chunk.probability)
    best = (0.0, 1.0)
    right = 0
    for given, (chunk, below) in enumerate(pairwise([*falling, Likely(0, 1, "", _FLOOR)]), start=1):
        right += _right([chunk], gold)
        score = _f(beta, right, given, wanted)
        if chunk.probability > below.probability and score > best[0]:
            best = score, round((chunk.probability + below.probability) / 2, 4)
    return best
