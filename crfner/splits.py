"""Identical splits for all systems: a training and a test file, or folds of one file, and whether they are apart.

Folds go by document. They are stratified by label, greedily from the rarest label on (Sechidis, Tsoumakas and Vlahavas
2011), over how many entities of each label a document has. Documents of the same text stay together.

Public names: `Fold`, `make_folds`, `leaks`.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crfner.document import Document
from crfner.errors import CrfnerError, SettingError
from crfner.tokenize import tokenized

_LONG = 5  # tokens; shorter sentences ("See above.") come again by themselves


@dataclass(frozen=True, slots=True)
class Fold:
    """What is learnt from and what is scored.

    places  where each test document stands among all documents that are tested, counted from 0
    """

    train: tuple[Document, ...]
    test: tuple[Document, ...]
    places: tuple[int, ...]


def make_folds(documents: Sequence[Document], k: int, seed: int = 0) -> list[Fold]:
    """k folds: each document is tested in exactly one of them and learnt from in all others.

    Every fold gets nearly the same number of entities of each label and of documents. The same seed gives the same
    folds. Raises SettingError when k is less than 2, CrfnerError when there are fewer different documents than folds.
    """
    if k < 2:
        raise SettingError(f"the number of folds must be at least 2, not {k}")
    groups: dict[str, list[int]] = {}
    for number, document in enumerate(documents):
        groups.setdefault(document.text, []).append(number)
    if len(groups) < k:
        raise CrfnerError(
            f"{k} folds need as many different documents, but there are only {len(groups)}; ask for fewer folds, or "
            "mark the borders of documents in the data"
        )
    fold_of: dict[int, int] = {}
    for members, fold in _stratified([*groups.values()], documents, k, seed):
        fold_of.update(dict.fromkeys(members, fold))
    folds = []
    for fold in range(k):
        places = tuple(number for number in range(len(documents)) if fold_of[number] == fold)
        train = tuple(document for number, document in enumerate(documents) if fold_of[number] != fold)
        folds.append(Fold(train, tuple(documents[number] for number in places), places))
    return folds


def _stratified(
    groups: list[list[int]], documents: Sequence[Document], k: int, seed: int
) -> Iterator[tuple[list[int], int]]:
    """Each group of documents and the fold that it goes to.

    The label with the fewest entities left is dealt with first, its richest documents first. Each goes to the fold
    whose counts, as shares of each label's total, then grow most evenly: where the sum of their squares is least.
    """
    random.Random(seed).shuffle(groups)
    counts = [Counter(span.label for number in group for span in documents[number].spans) for group in groups]
    total = sum(counts, Counter[str]())
    entities: list[Counter[str]] = [Counter() for _ in range(k)]
    sizes = [0] * k
    for unit in _rarest_first(counts, groups):
        fold = min(
            range(k),
            key=lambda fold: (
                math.fsum(count * entities[fold][label] / total[label] ** 2 for label, count in counts[unit].items()),
                sizes[fold],
            ),
        )
        entities[fold].update(counts[unit])
        sizes[fold] += len(groups[unit])
        yield groups[unit], fold


def _rarest_first(counts: Sequence[Counter[str]], groups: Sequence[list[int]]) -> Iterator[int]:
    """The units in the order in which they are dealt; those without entities come last, the largest first."""
    left = Counter[str]()  # entities in units that still wait
    having: dict[str, list[int]] = {}
    for unit, count in enumerate(counts):
        left.update(count)
        for label in count:
            having.setdefault(label, []).append(unit)
    waiting = dict.fromkeys(range(len(counts)))  # a dict, as it keeps the order
    while left:
        rarest = min(left, key=lambda label: (left[label], label))
        units = [unit for unit in having[rarest] if unit in waiting]
        for unit in sorted(units, key=lambda unit: -counts[unit][rarest]):
            del waiting[unit]
            left -= counts[unit]  # drops labels that none is left of
            yield unit
    yield from sorted(waiting, key=lambda unit: -len(groups[unit]))


def leaks(folds: Sequence[Fold]) -> list[str]:
    """A warning when test sentences (of 5 tokens or more) are found in what is learnt from; nothing otherwise.

    Sentences are compared by their words, whatever their case and the space between them.
    """
    found: list[str] = []
    total = 0
    for fold in folds:
        known = {key for key, _ in _sentences(fold.train)}
        for key, text in _sentences(fold.test):
            total += 1
            if key in known:
                found.append(text)
    if not found:
        return []
    return [
        f"{len(found)} of {total} test sentences of {_LONG} tokens or more are found in the training part too, the "
        f"first being {_shortened(found[0])!r}; the scores are too good by what was learnt by heart"
    ]


def _sentences(documents: Sequence[Document]) -> Iterator[tuple[str, str]]:
    """The normalised words and the text of each sentence that is long enough."""
    for document in map(tokenized, documents):
        words = document.words()
        for first, last in document.sentences:
            if last - first >= _LONG:
                text = document.text[document.tokens[first][0] : document.tokens[last - 1][1]]
                yield " ".join(words[first:last]).casefold(), text


def _shortened(text: str, limit: int = 60) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 3] + "..."
