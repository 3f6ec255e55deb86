"""What a CRF doubts that has not seen the document: each fold is read by one that was trained on the others.

Where it contradicts an annotation, either of them is wrong. Span by span, how likely the annotation is follows from how
often the model is contradicted when it is as sure as here (see `noise`); token by token, confident learning says
whether the model is surer of another label than it usually is of that one (see `confident`), which raises or lowers
that likelihood.

Public names: `label_errors`.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from tqdm import tqdm

from crfner.check.chances import NOISE
from crfner.check.confident import confident_errors
from crfner.check.noise import excess, mistakes
from crfner.check.values import Finding, place_of
from crfner.crf import CRFRecognizer
from crfner.crf.decode import Bools, Floats, Ints
from crfner.document import Chunk, Document, Span, align, touched_by
from crfner.evaluation.errors import pair_errors
from crfner.parallel import Given, pool
from crfner.splits import make_folds
from crfner.tokenize import tokenized, whole

_ITERATIONS = 60  # training to the end finds no more, and takes half as long again
_ADDED = NOISE / 20  # entities that are none are far rarer than those that were overlooked
_FACTOR = 2.0  # by which confident learning raises or lowers the odds; measured on entities corrupted on purpose
_LIKELY, _UNLIKELY = 0.5, 0.02  # from where it is a warning; below it is not worth a look
_KINDS = {
    "type": "mislabelled",
    "both": "mislabelled",
    "boundary": "misplaced",
    "spurious": "unlabelled",
    "missed": "doubtful",
}


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is read at once: a document, or a sentence of one where there are too few documents for folds.

    number    of the document it is from
    shift     where it begins in that document's text
    document  tokenised, with spans that do not overlap and begin and end with tokens
    """

    number: int
    shift: int
    document: Document


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the CRF says of a piece, as chunks of characters.

    found   its own entities, with their probabilities
    gold    the annotated ones, with theirs
    tokens  (T, K) the probability of each label, "no entity" first
    """

    found: dict[Chunk, float]
    gold: dict[Chunk, float]
    tokens: Floats


@dataclass(frozen=True, slots=True)
class _Doubt:
    """A contradiction: its group (see `ERROR_GROUPS`), what the annotation has and what the CRF.

    more  further entities of the CRF that share characters with the annotated one
    """

    piece: int
    group: str
    gold: Chunk | None
    found: Chunk | None
    more: tuple[Chunk, ...] = ()

    @property
    def there(self) -> Chunk:
        """What the annotation has, or what the CRF has where that is nothing."""
        there = self.gold or self.found
        assert there is not None
        return there

    @property
    def instead(self) -> tuple[Chunk, ...]:
        """All that the CRF has there."""
        return tuple(sorted([*([self.found] if self.found else []), *self.more]))


def label_errors(
    documents: Sequence[Document], *, folds: int = 3, seed: int = 0, progress: bool = False
) -> Iterator[Finding]:
    """Findings of the kinds "mislabelled", "misplaced", "unlabelled" and "doubtful".

    Where there are fewer documents than folds, folds go by sentence. There are no findings when there is too little
    text for any fold to learn from. Raises SettingError when `folds` is less than 2.
    """
    pieces = _pieces(documents, folds)
    labels = sorted({span.label for piece in pieces for span in piece.document.spans})
    readings = dict(_read(pieces, labels, folds, seed, progress)) if len({p.document.text for p in pieces}) > 1 else {}
    if not readings:
        return
    doubts = [doubt for number, reading in readings.items() for doubt in _doubts(number, reading)]
    flagged = _flagged(pieces, readings, labels)
    for doubt, chance in zip(doubts, _chances(doubts, readings), strict=True):
        piece = pieces[doubt.piece]
        touched = touched_by(piece.document.tokens)
        flags = any(flagged[doubt.piece][slice(*touched(start, end))].any() for start, end, _ in _chunks(doubt))
        odds = chance / (1 - chance) * (_FACTOR if flags else 1 / _FACTOR)
        if (chance := odds / (1 + odds)) >= _UNLIKELY:
            yield _finding(documents[piece.number], piece, doubt, chance, readings[doubt.piece])


# Reading


def _pieces(documents: Sequence[Document], folds: int) -> list[_Piece]:
    prepared = [_prepared(document) for document in documents]
    if len({document.text for document in prepared}) >= folds:
        return [_Piece(number, 0, document) for number, document in enumerate(prepared)]
    return [piece for number, document in enumerate(prepared) for piece in _sentences(number, document)]


def _prepared(document: Document) -> Document:
    """Tokenised, with the longest of spans that overlap, cut to the tokens that they touch."""
    document, _ = align(whole(tokenized(document)))
    spans: list[Span] = []
    taken = np.zeros(len(document.tokens), dtype=np.bool_)
    for first, last, label in sorted(document.chunks(), key=lambda chunk: (chunk[0] - chunk[1], chunk)):
        if not taken[first:last].any():
            taken[first:last] = True
            spans.append(Span(document.tokens[first][0], document.tokens[last - 1][1], label))
    return document.with_spans(spans)


def _sentences(number: int, document: Document) -> Iterator[_Piece]:
    spans = iter([*document.spans, Span(len(document.text), len(document.text) + 1, "end")])
    span = next(spans)
    for first, last in document.sentences:
        start, end = document.tokens[first][0], document.tokens[last - 1][1]
        inside = []
        while span.end <= end:
            inside.append(Span(span.start - start, span.end - start, span.label))
            span = next(spans)
        tokens = tuple((left - start, right - start) for left, right in document.tokens[first:last])
        meta = {"columns": tuple(column[first:last] for column in document.meta.get("columns", ()))}
        sentence = Document(document.text[start:end], tokens, ((0, last - first),), tuple(inside), document.id, meta)
        yield _Piece(number, start, sentence)


def _read(
    pieces: Sequence[_Piece], labels: Sequence[str], folds: int, seed: int, progress: bool
) -> Iterator[tuple[int, _Reading]]:
    """The number and reading of each piece; those of a fold that leaves nothing to learn from are left out."""
    documents = [piece.document for piece in pieces]
    different = len({document.text for document in documents})
    parts = make_folds(documents, min(folds, different), seed)
    places = [fold.places for fold in parts if any(document.spans for document in fold.train)]
    with pool() as workers:
        done = workers.ordered(_asked, places, Given((documents, labels, seed)), usual=1)
        for held_out, readings in zip(
            places,
            tqdm(done, "asking a model", len(places), unit=" folds", disable=None if progress else True),
            strict=True,
        ):
            yield from zip(held_out, readings, strict=True)


def _asked(given: tuple[Sequence[Document], Sequence[str], int], held_out: tuple[int, ...]) -> list[_Reading]:
    """The readings of a fold's documents by a CRF that has learnt from the others."""
    documents, labels, seed = given
    without = set(held_out)
    crf = CRFRecognizer(iterations=_ITERATIONS, seed=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # labels with few examples are findings of their own
        crf.fit([document for number, document in enumerate(documents) if number not in without])
    if crf.manifest["training"]["interrupted"]:
        raise KeyboardInterrupt  # half a model would doubt too much
    return [_reading(crf, documents[number], labels) for number in held_out]


def _reading(crf: CRFRecognizer, document: Document, labels: Sequence[str]) -> _Reading:
    ((read, probabilities),) = crf.weigh([(document, document.spans)])
    tokens = np.zeros((len(document.tokens), len(labels) + 1))
    if len(tokens):
        tagger = crf.tagger()
        shares, _ = tagger.read(*tagger.emissions([crf.prepared(document.with_spans(()))]))
        tokens[:, [labels.index(label) + 1 for label in crf.labels]] = shares
        tokens[:, 0] = 1 - shares.sum(axis=1)
    return _Reading(
        {(span.start, span.end, span.label): span.score or 0.0 for span in read.spans},
        {
            (span.start, span.end, span.label): probability
            for span, probability in zip(document.spans, probabilities or [0.0] * len(document.spans), strict=True)
        },
        tokens,
    )


# Judging


def _doubts(piece: int, reading: _Reading) -> Iterator[_Doubt]:
    """The contradictions of a piece; where the CRF has several entities in place of one, they are one doubt."""
    doubts = [
        _Doubt(piece, *error)
        for error in pair_errors(set(reading.gold) - set(reading.found), set(reading.found) - set(reading.gold))
    ]
    about = [doubt for doubt in doubts if doubt.gold and doubt.found]
    more: dict[Chunk, list[Chunk]] = {}
    for doubt in doubts:
        if not doubt.gold:
            start, end, _ = found = doubt.there
            over = next((of.gold for of in about if of.gold and of.gold[0] < end and start < of.gold[1]), None)
            if over:
                more.setdefault(over, []).append(found)
            else:
                yield doubt
    for doubt in doubts:
        if doubt.gold:
            yield replace(doubt, more=tuple(more.get(doubt.gold, ())))


def _chunks(doubt: _Doubt) -> list[Chunk]:
    return [*([doubt.gold] if doubt.gold else []), *doubt.instead]


def _chances(doubts: Sequence[_Doubt], readings: Mapping[int, _Reading]) -> list[float]:
    """For each doubt the probability that the annotation is wrong."""
    chances = [0.0] * len(doubts)
    found = [(piece, chunk, p) for piece, reading in readings.items() for chunk, p in reading.found.items()]
    places = {(piece, chunk): place for place, (piece, chunk, _) in enumerate(found)}
    confidence = np.array([p for _, _, p in found])
    for kind in ("mislabelled", "misplaced", "unlabelled"):
        of_kind = {at: places[d.piece, d.found] for at, d in enumerate(doubts) if _KINDS[d.group] == kind and d.found}
        if of_kind:
            contradicted = np.zeros(len(confidence), dtype=np.bool_)
            contradicted[[*of_kind.values()]] = True
            by_place = mistakes(confidence, contradicted)
            for at, place in of_kind.items():
                chances[at] = float(by_place[place])
    missed = [at for at, doubt in enumerate(doubts) if doubt.group == "missed"]
    unsure = np.zeros(sum(len(reading.gold) for reading in readings.values()))  # in any order, 0 where both agree
    for place, at in enumerate(missed):
        unsure[place] = 1 - readings[doubts[at].piece].gold[doubts[at].there]
    for at, chance in zip(missed, excess(unsure, _ADDED).tolist(), strict=False):
        chances[at] = chance
    return chances


def _flagged(pieces: Sequence[_Piece], readings: Mapping[int, _Reading], labels: Sequence[str]) -> dict[int, Bools]:
    """For each piece which of its tokens confident learning takes for labelled wrongly."""
    given: list[Ints] = []
    for number in readings:
        document = pieces[number].document
        given.append(np.zeros(len(document.tokens), dtype=np.int64))
        for first, last, label in document.chunks():
            given[-1][first:last] = labels.index(label) + 1
    errors = confident_errors(np.concatenate(given), np.concatenate([reading.tokens for reading in readings.values()]))
    borders = np.cumsum([len(one) for one in given])[:-1]
    return dict(zip(readings, np.split(errors, borders), strict=True))


def _finding(document: Document, piece: _Piece, doubt: _Doubt, chance: float, reading: _Reading) -> Finding:
    start, end, _ = doubt.there
    shift = piece.shift
    return Finding(
        _KINDS[doubt.group],
        "warning" if chance >= _LIKELY else "info",
        chance,
        _message(doubt, piece.document.text, reading),
        place_of(document, piece.number, start + shift, end + shift, doubt.gold[2] if doubt.gold else None),
        suggestion=tuple(Span(first + shift, last + shift, label) for first, last, label in doubt.instead),
    )


def _message(doubt: _Doubt, text: str, reading: _Reading) -> str:
    who = "a model that has not seen it"
    if not doubt.instead:
        return f"{who} finds no entity here; {doubt.there[2]} has a probability of {reading.gold[doubt.there]:.2f}"
    if doubt.group == "type" and doubt.gold:
        sure = f"with a probability of {reading.found[doubt.instead[0]]:.2f}"
        return f"{who} reads {doubt.instead[0][2]}, not {doubt.gold[2]}, {sure}"
    read = " and ".join(
        f"{' '.join(text[start:end].split())!r}, {label}, with a probability of {reading.found[start, end, label]:.2f}"
        for start, end, label in doubt.instead
    )
    return f"{who} {'reads' if doubt.gold else 'finds'} {read}"
