"""Learning curves: how good each system is when it learns from so many sentences only.

A draw shuffles the documents and takes a sample from the front. So within a draw every smaller sample is part of every
larger one.

Public names: `learning_curves`, `parse_sizes`.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from tqdm import tqdm

from crfner.compare.systems import System
from crfner.compare.values import CurvePoint
from crfner.document import Document
from crfner.errors import CrfnerError, SettingError
from crfner.evaluation import evaluate
from crfner.parts import sample
from crfner.process import isolated
from crfner.splits import Fold
from crfner.tokenize import tokenized

_DIGITS = 18

Size = int | None
"""A number of sentences; None for all there are."""


def parse_sizes(text: str) -> list[Size]:
    """Sizes from a text such as "50,100,200,all". Raises SettingError when a part is neither a number nor "all"."""
    sizes: list[Size] = []
    for part in map(str.strip, text.split(",")):
        if part != "all" and not (part.isascii() and part.isdecimal() and len(part) <= _DIGITS and int(part) > 0):
            shown = part if len(part) <= _DIGITS else f"{part[:_DIGITS]}…"
            raise SettingError(f"a learning curve has sizes such as 50,100,200,all; {shown!r} is none")
        sizes.append(None if part == "all" else int(part))
    return sizes


def learning_curves(
    systems: Sequence[System],
    folds: Sequence[Fold],
    sizes: Sequence[Size],
    *,
    draws: int = 5,
    seed: int = 0,
    progress: bool = False,
) -> tuple[CurvePoint, ...]:
    """The curve of each system: its F1 on a fold's test documents for each size and draw.

    sizes  more sentences than there are count as all of them
    draws  how often each sample is drawn; draw i is from fold i modulo their number, shuffled with seed + i. All
           sentences of a single fold are drawn once, as they are always the same

    A system that cannot be trained on a sample, as it is too small or holds no entity, has an F1 of 0 there. Raises
    SettingError when `draws` is less than 1.
    """
    if draws < 1:
        raise SettingError(f"a learning curve needs at least 1 draw, not {draws}")
    parts = [[document for document in map(tokenized, fold.train) if document.sentences] for fold in folds]
    most = min(sum(len(document.sentences) for document in part) for part in parts)
    numbers = sorted({most if size is None else min(size, most) for size in sizes} - {0})
    f1: dict[tuple[str, int], list[float]] = {(system.name, number): [] for system in systems for number in numbers}
    total = len(systems) * draws
    with tqdm(total=total, desc="learning curve", unit=" draws", disable=None if progress else True) as bar:
        for system in systems:
            for draw in range(draws):
                fold, documents = folds[draw % len(folds)], list(parts[draw % len(folds)])
                random.Random(seed + draw).shuffle(documents)
                new = [number for number in numbers if not (draw and len(folds) == 1 and number == most)]
                # a process of its own takes no notice of Ctrl-C, which a CRF would end its training early for
                found = isolated(_scores, system, [sample(documents, number) for number in new], fold.test)
                for number, value in zip(new, found, strict=True):
                    f1[system.name, number].append(value)
                bar.update()
    return tuple(CurvePoint(name, number, tuple(values)) for (name, number), values in f1.items())


def _scores(system: System, samples: Sequence[Sequence[Document]], test: Sequence[Document]) -> list[float]:
    """Exact micro F1 on the test documents after training on each sample."""
    found = []
    for documents in samples:
        try:
            recognizer = system.train(documents)
        except CrfnerError:
            found.append(0.0)
        else:
            given = (document.with_spans(()) for document in test)
            found.append(evaluate(test, recognizer.recognize(given), samples=1).micro.f1)
    return found
