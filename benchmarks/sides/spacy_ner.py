"""A blank spaCy pipeline with `ner`, from text to spans: the peer in tagging (`spacy_pipeline.py` trains it)."""

from __future__ import annotations

from pathlib import Path

from corpora import documents, sentences

from crfner import Span
from sides.common import Timer, mebibytes, points, size_of


def train(corpora: Path, corpus: str, model: Path, passes: int) -> dict[str, float]:
    """From parsed documents to a pipeline on disk."""
    from spacy_pipeline import train_pipeline

    learnt = documents(corpora, corpus, "train")
    timer = Timer()
    train_pipeline(sentences(learnt), model, passes)
    return {"seconds": timer.seconds(), "memory": mebibytes(), "bytes": size_of(model)}


def tag(model: Path, corpora: Path, corpus: str, processes: int) -> dict[str, float]:
    """Text in, spans out, loading included, importing not; `nlp.pipe` shares the texts out to so many processes."""
    import spacy

    dev = documents(corpora, corpus, "dev")
    texts = [document.text for document in dev]
    timer = Timer()
    found = list(spacy.load(model).pipe(texts, n_process=processes))
    seconds = timer.seconds()
    spans = [[Span(entity.start_char, entity.end_char, entity.label_) for entity in doc.ents] for doc in found]
    predicted = [document.with_spans(some) for document, some in zip(dev, spans, strict=True)]
    tokens = sum(len(document.tokens) for document in dev)
    memory = {"memory": mebibytes()} if processes == 1 else {}  # that of the others is not known
    return {"seconds": seconds, "tokens": tokens, "f1": points(dev, predicted), **memory}
