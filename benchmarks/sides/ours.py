"""Our side: training, tagging, what a file loses, a small model, and how training grows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from time import process_time
from typing import Any

from corpora import documents

from crfner import CRFRecognizer, Document
from sides.common import Timer, mebibytes, points, size_of, together

_FIVE_MEGABYTES = (4.75e6, 5.25e6)  # "about 5 MB", in bytes


def train(corpora: Path, corpus: str, model: Path, settings: Mapping[str, Any]) -> dict[str, float]:
    """From parsed documents to a model, and what the saved model is worth."""
    learnt = documents(corpora, corpus, "train")
    timer = Timer()
    read: list[float] = []
    crf = CRFRecognizer(**settings).fit(_timed(learnt, timer, read))
    seconds = timer.seconds()
    memory = mebibytes()
    crf.save(model)
    dev = documents(corpora, corpus, "dev")
    f1 = points(dev, CRFRecognizer.load(model).recognize(dev))
    training = crf.manifest["training"]
    costs = {"seconds": seconds, "features": read[0], "fit": seconds - read[0], "memory": memory}
    return {**costs, "f1": f1, "iterations": training["iterations"], "bytes": size_of(model)}


def _timed(learnt: list[Document], timer: Timer, read: list[float]) -> Iterator[Document]:
    """The documents; when they have been read, and turned into features on the way, the time is added to `read`."""
    yield from learnt
    read.append(timer.seconds())


def losses(corpora: Path, corpus: str, model: Path, settings: Mapping[str, Any]) -> dict[str, float]:
    """F1 of the trained weights, none of them dropped or rounded, beside that of the file that is saved of them."""
    learnt, dev = documents(corpora, corpus, "train"), documents(corpora, corpus, "dev")
    whole = CRFRecognizer(**{**settings, "prune": 0.0}).fit(learnt)
    trained = points(dev, whole.recognize(dev))
    saved = CRFRecognizer(**settings)
    (whole if saved.prune == 0 else saved.fit(learnt)).save(model)
    filed = points(dev, CRFRecognizer.load(model).recognize(dev))
    return {
        "f1_trained": trained,
        "f1_file": filed,
        "bytes": size_of(model),
        "weights": len(whole.fitted_.weights.values),
    }


def tag(
    model: Path, corpora: Path, corpus: str, folder: Path | None = None, number: int = 0, count: int = 1
) -> dict[str, float]:
    """Text in, spans out, loading included; of `count` processes each takes its share of the texts at the same time."""
    dev = documents(corpora, corpus, "dev")[number::count]
    texts = [Document(document.text) for document in dev]
    if folder is not None:
        together(folder, number, count)
    timer = Timer()
    found = list(CRFRecognizer.load(model).recognize(texts))
    seconds = timer.seconds()
    memory = mebibytes()
    tokens = sum(len(document.tokens) for document in dev)
    ends = {"begin": timer.begin, "end": timer.begin + seconds}
    return {"seconds": seconds, "tokens": tokens, "memory": memory, "f1": points(dev, found), **ends}


def small_model(corpora: Path, corpus: str, model: Path) -> dict[str, float]:
    """A model of about 5 MB: without the L1 penalty all weights stay, and then as many are dropped as it takes.

    The corpus may be too small for that; then it is as large as it gets.
    """
    from crfner.crf.packed import pruned

    whole = CRFRecognizer(c1=0.0, iterations=30).fit(documents(corpora, corpus, "train"))
    fitted = whole.fitted_
    low, high, threshold = 0.0, 2.0, 0.0
    for _ in range(20):
        whole.fitted_ = replace(fitted, weights=pruned(fitted.weights, threshold))
        whole.save(model)
        size = size_of(model)
        if _FIVE_MEGABYTES[0] <= size <= _FIVE_MEGABYTES[1] or (size < _FIVE_MEGABYTES[0] and threshold == 0):
            break
        low, high = (threshold, high) if size > _FIVE_MEGABYTES[1] else (low, threshold)
        threshold = (low + high) / 2
    return {"bytes": size_of(model), "threshold": threshold}


def grow(learnt: list[Document], settings: Mapping[str, Any]) -> dict[str, float]:
    """Training on these documents: processor time, the passes made, and the memory held at most and before it."""
    held = mebibytes()
    timer = Timer(process_time)
    crf = CRFRecognizer(**settings).fit(learnt)
    seconds = timer.seconds()
    passes = crf.manifest["training"]["iterations"]
    return {"seconds": seconds, "iterations": passes, "memory": mebibytes(), "held": held}
