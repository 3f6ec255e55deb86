"""Whether evidence beyond pairs of tags pays: second-order chains, and whole segments as a semi-Markov CRF weighs them.

Two trials on so many sentences of a corpus's train part, with the lexicons of its text, scored on its dev part. In the
first the tags are pairs of a tag and the one before it, so that a pair of them spans three tokens. In the second the
ten best analyses of each sentence are ranked again by a log-linear model of their segments (Collins 2002; Sarawagi and
Cohen 2004): strings, shapes, lengths, first and last words, matches of gazetteers. It learns from analyses of sentences
that their CRF has not learnt from.

    python benchmarks/higher_order.py --corpora FOLDER --corpus conll2003-en --sentences 1500
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
import pycrfsuite
from corpora import corpora_option, documents

from crfner import CRFRecognizer, Document
from crfner.crf.corpus import Corpus
from crfner.crf.crfsuite import TrainingSentence, train
from crfner.parts import sample
from crfner.recipes import Recipe, named
from crfner.recipes.training import resource_lexicons
from crfner.schemes import decode
from crfner.splits import make_folds
from features import Gazetteer
from features.words import compressed_shape

_N = 10  # analyses of a sentence
_FOLDS = 3
_PENALTIES = (1.0, 5.0, 20.0)
_LEAST = 1e-9  # probability

Spans = frozenset[tuple[int, int, str]]


@dataclass(frozen=True)
class Sentence:
    """A sentence's right spans, and its best analyses: probability, spans, and the features of their segments."""

    gold: Spans
    analyses: list[tuple[float, Spans, Counter[str]]]


@click.command(help=__doc__)
@corpora_option
@click.option("--corpus", default="conll2003-en", show_default=True, help="The corpus to measure on.")
@click.option("--sentences", default=1500, show_default=True, help="How many sentences to learn from.")
def main(corpora: Path, corpus: str, sentences: int) -> None:
    """Print both trials."""
    train_part = sample(documents(corpora, corpus, "train"), sentences)
    dev = documents(corpora, corpus, "dev")
    recipe = named("balanced", train_part)
    for order, f1 in _orders(recipe, train_part, dev):
        click.echo(f"{corpus}, {sentences} sentences, {order}: F1 {f1:.2f}")
    for name, f1 in _segments(recipe, train_part, dev):
        click.echo(f"{corpus}, {sentences} sentences, {name}: F1 {f1:.2f}")


def _orders(recipe: Recipe, train_part: Sequence[Document], dev: Sequence[Document]) -> Iterator[tuple[str, float]]:
    crf = _crf(Recipe({**recipe.settings, "seen": False}, recipe.resources))
    learning, test = (_sentences(crf, part) for part in (train_part, dev))
    gold = [frozenset(decode(tags, "IOB2")) for _, tags in test]
    for order, second in (("first order", False), ("second order", True)):
        tagger = _tagger(crf, [(words, _pairs(tags) if second else tags) for words, tags in learning])
        found = [[tag.partition("^")[0] for tag in tagger.tag(words)] for words, _ in test]
        yield order, _f1((frozenset(decode(tags, "IOB2")) for tags in found), gold)


def _pairs(tags: Sequence[str]) -> list[str]:
    return [f"{tag}^{before}" for before, tag in zip(["", *tags], tags, strict=False)]


def _sentences(crf: CRFRecognizer, part: Sequence[Document]) -> list[TrainingSentence]:
    return list(Corpus(part, crf.feature_set(), crf.prepared, "IOB2", None).sentences())


def _tagger(crf: CRFRecognizer, learning: Iterable[TrainingSentence]) -> Any:
    settings = {"algorithm": "lbfgs", "c1": crf.c1, "c2": crf.c2}
    tagger = pycrfsuite.Tagger()
    with tempfile.NamedTemporaryFile() as file:
        file.write(train(learning, settings, crf.iterations, 0, False).model)
        file.flush()
        tagger.open(file.name)
    return tagger


def _segments(recipe: Recipe, train_part: Sequence[Document], dev: Sequence[Document]) -> Iterator[tuple[str, float]]:
    folds = make_folds(train_part, _FOLDS, 0)
    learning = [one for fold in folds for one in _analysed(_crf(recipe).fit(fold.train), fold.test)]
    test = list(_analysed(_crf(recipe).fit(train_part), dev))
    gold = [sentence.gold for sentence in test]
    yield "the best analysis", _f1((sentence.analyses[0][1] for sentence in test), gold)
    for penalty in _PENALTIES:
        found = _ranked(learning, test, penalty)
        yield f"ranked again by segments, L2 {penalty:g}", _f1(found, gold)
    best = (max((spans for _, spans, _ in one.analyses), key=lambda s: _alike(s, one.gold)) for one in test)
    yield f"the best of {_N} analyses", _f1(best, gold)


def _crf(recipe: Recipe) -> CRFRecognizer:
    return CRFRecognizer(**recipe.settings, lexicons=resource_lexicons(recipe) or None)


def _analysed(crf: CRFRecognizer, part: Sequence[Document]) -> Iterator[Sentence]:
    gazetteers = {name: one for name, one in (crf.lexicons or {}).items() if isinstance(one, Gazetteer)}
    bare = (document.with_spans(()) for document in part)
    for document, found in zip(part, crf.nbest(bare, _N), strict=True):
        tokens = found.document.tokens
        for (first, last), analyses in zip(found.document.sentences, found.sentences, strict=True):
            start, end = tokens[first][0], tokens[last - 1][1]
            spans = (span for span in document.spans if start <= span.start and span.end <= end)
            rivals = []
            for analysis in analyses:
                own = frozenset((span.start, span.end, span.label) for span in analysis.spans)
                rivals.append((analysis.probability, own, _features(document.text, own, gazetteers)))
            yield Sentence(frozenset((span.start, span.end, span.label) for span in spans), rivals)


def _features(text: str, spans: Spans, gazetteers: dict[str, Gazetteer]) -> Counter[str]:
    found: Counter[str] = Counter({"segments": len(spans)})
    for start, end, label in spans:
        words = text[start:end].split()
        lowered = [word.lower() for word in words]
        shapes = "_".join(compressed_shape(word)[0] for word in words[:5])
        parts = [f"length {min(len(words), 6)}", f"shapes {shapes}", f"string {' '.join(lowered)}"]
        parts += [f"first {lowered[0]}", f"last {lowered[-1]}"]
        parts += [f"is in {name}" for name, gazetteer in gazetteers.items() if all(gazetteer.match(words))]
        found.update(f"{label} {part}" for part in parts)
    return found


def _ranked(learning: Sequence[Sentence], test: Sequence[Sentence], penalty: float) -> Iterator[Spans]:
    """The best analysis of each test sentence under the log-linear model."""
    from scipy.optimize import minimize

    vocabulary: dict[str, int] = {"probability": 0}
    for sentence in learning:
        for _, _, features in sentence.analyses:
            for name in features:
                vocabulary.setdefault(name, len(vocabulary))
    rows, groups = _matrix(learning, vocabulary), _groups(learning)
    likeness = [[_alike(spans, one.gold) for _, spans, _ in one.analyses] for one in learning]
    right = np.array([one == max(of_sentence) for of_sentence in likeness for one in of_sentence])
    begin = np.zeros(len(vocabulary))
    begin[0] = 1.0  # the CRF's own probability

    def loss(weights: Any) -> tuple[float, Any]:
        scores = rows @ weights
        all_, whole = _softmax(scores, groups)
        best, part = _softmax(np.where(right, scores, -np.inf), groups)
        gradient = rows.T @ (all_ - best) + penalty * (weights - begin)
        return float((whole - part).sum() + penalty / 2 * ((weights - begin) ** 2).sum()), gradient

    weights = minimize(loss, begin, jac=True, method="L-BFGS-B", options={"maxiter": 100}).x
    scores = _matrix(test, vocabulary) @ weights
    place = 0
    for sentence in test:
        own = scores[place : place + len(sentence.analyses)]
        place += len(own)
        yield sentence.analyses[int(own.argmax())][1]


def _matrix(sentences: Sequence[Sentence], vocabulary: dict[str, int]) -> Any:
    from scipy.sparse import csr_matrix

    values, columns, borders = [], [], [0]
    for sentence in sentences:
        for probability, _, features in sentence.analyses:
            known = [(vocabulary[name], float(count)) for name, count in features.items() if name in vocabulary]
            known.append((0, float(np.log(max(probability, _LEAST)))))
            columns += [column for column, _ in known]
            values += [value for _, value in known]
            borders.append(len(columns))
    return csr_matrix((values, columns, borders), shape=(len(borders) - 1, len(vocabulary)))


def _groups(sentences: Sequence[Sentence]) -> Any:
    return np.repeat(np.arange(len(sentences)), [len(sentence.analyses) for sentence in sentences])


def _softmax(scores: Any, groups: Any) -> tuple[Any, Any]:
    """The probabilities within each group, and the logarithms of their sums."""
    greatest = np.full(groups[-1] + 1, -np.inf)
    np.maximum.at(greatest, groups, scores)
    exponentials = np.exp(scores - greatest[groups])
    sums = np.bincount(groups, exponentials)
    return exponentials / sums[groups], np.log(sums) + greatest


def _alike(spans: Spans, gold: Spans) -> float:
    return 2 * len(spans & gold) / (len(spans) + len(gold)) if spans or gold else 1.0


def _f1(found: Iterable[Spans | frozenset[Any]], gold: Sequence[frozenset[Any]]) -> float:
    """Exact micro F1 in points."""
    given = list(found)
    correct = sum(len(spans & right) for spans, right in zip(given, gold, strict=True))
    return 200 * correct / max(sum(map(len, given)) + sum(map(len, gold)), 1)


if __name__ == "__main__":
    main()
