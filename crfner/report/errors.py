"""Which sentences of the test part are worth looking at: those that some system got wrong, those first on which the
systems disagree.

Public names: `Case`, `Slip`, `cases`, `select`, `excerpt`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from crfner.compare.values import Comparison
from crfner.document import Chunk, Document, Offsets, Span, align
from crfner.evaluation.errors import pair_errors
from crfner.evaluation.values import ERROR_GROUPS
from crfner.tokenize import tokenized

LONGEST = 360
"""Sentences of more characters are cut around their errors."""
AROUND = 70
"""So many characters stay on each side of an error."""
PIECES = 8
"""A cut sentence shows no more pieces than that."""


@dataclass(frozen=True, slots=True)
class Slip:
    """One error: the number of the system that made it, its kind (see `ERROR_GROUPS`), and what was meant and found."""

    system: int
    kind: str
    gold: Chunk | None
    predicted: Chunk | None

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the gold and of the predicted entity."""
        return tuple(dict.fromkeys(place[2] for place in (self.gold, self.predicted) if place))

    @property
    def start(self) -> int:
        """Where the gold entity, or else the predicted one, starts."""
        place = self.gold or self.predicted
        assert place is not None
        return place[0]


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence that at least one system got wrong.

    name      the document's id, or its number among the test documents
    text      the text of the document
    place     where the sentence is in it
    gold      the gold entities of the sentence
    readings  what each system found there, in the order of `Comparison.systems`
    slips     the errors, at least one
    kind      what went wrong most often
    """

    name: str
    text: str
    place: Offsets
    gold: tuple[Span, ...]
    readings: tuple[tuple[Span, ...], ...]
    slips: tuple[Slip, ...]

    @property
    def kind(self) -> str:
        """The kind of most of the errors; of those as frequent, the first in `ERROR_GROUPS`."""
        counts = Counter(slip.kind for slip in self.slips)
        return max(ERROR_GROUPS, key=lambda kind: counts[kind])

    @property
    def disputed(self) -> bool:
        """Whether two systems read the sentence differently."""
        return len(set(self.readings)) > 1


def cases(comparison: Comparison) -> list[Case]:
    """Every sentence with an error, in the order of the text; a sentence that an entity crosses goes on in the next."""
    found = []
    for number, gold in enumerate(comparison.gold):
        guesses = [system.predicted[number] for system in comparison.systems]
        found += _cases(gold.id or f"document {number + 1}", gold, guesses)
    return found


def _cases(name: str, gold: Document, guesses: Sequence[Document]) -> list[Case]:
    truth = _chunks(gold.spans)
    slips = []
    for system, guess in enumerate(guesses):
        wrong = _chunks(guess.spans)
        slips += [Slip(system, *error) for error in pair_errors(truth - wrong, wrong - truth)]
    if not slips:
        return []
    every = {span for document in (gold, *guesses) for span in document.spans}
    whole = gold if gold.tokens and gold.sentences else tokenized(replace(gold, sentences=()))
    whole, _ = align(whole.with_spans(every))
    ranges = [(whole.tokens[first][0], whole.tokens[last - 1][1]) for first, last in whole.sentences]
    starts = [start for start, _ in ranges] or [0]

    def sentence(start: int) -> int:
        return max(bisect_right(starts, start) - 1, 0)

    slips_of: defaultdict[int, list[Slip]] = defaultdict(list)
    for slip in slips:
        slips_of[sentence(slip.start)].append(slip)
    found = []
    for index in sorted(slips_of):
        here = [tuple(dict.fromkeys(s for s in doc.spans if sentence(s.start) == index)) for doc in (gold, *guesses)]
        borders = [border for spans in here for span in spans for border in (span.start, span.end)]
        start, end = ranges[index] if ranges else (0, len(gold.text))
        place = (min(start, *borders), max(end, *borders))
        found.append(Case(name, gold.text, place, here[0], tuple(here[1:]), tuple(slips_of[index])))
    return found


def _chunks(spans: Sequence[Span]) -> set[Chunk]:
    return {(span.start, span.end, span.label) for span in spans}


def select(found: Sequence[Case], limit: int) -> list[Case]:
    """At most so many cases, in their order: disputed ones first, and each sort taken evenly from the whole text."""
    disputed = [number for number, case in enumerate(found) if case.disputed]
    shared = [number for number, case in enumerate(found) if not case.disputed]
    chosen = _evenly(disputed, limit)
    chosen += _evenly(shared, limit - len(chosen))
    return [found[number] for number in sorted(chosen)]


def _evenly(numbers: Sequence[int], limit: int) -> list[int]:
    size = min(len(numbers), limit)
    return [numbers[index * len(numbers) // size] for index in range(size)]


def excerpt(case: Case) -> list[Offsets]:
    """The parts of the text to show: the whole sentence, or, where it is very long, what is around its errors."""
    start, end = case.place
    if end - start <= LONGEST:
        return [case.place]
    borders = {border for slip in case.slips for place in (slip.gold, slip.predicted) if place for border in place[:2]}
    pieces: list[Offsets] = []
    for border in sorted(borders):
        first, last = max(start, border - AROUND), min(end, border + AROUND)
        if pieces and first <= pieces[-1][1] + AROUND:
            pieces[-1] = (pieces[-1][0], max(last, pieces[-1][1]))
        else:
            pieces.append((first, last))
    return [_at_words(case.text, piece, case.place) for piece in pieces[:PIECES]]


def _at_words(text: str, piece: Offsets, place: Offsets) -> Offsets:
    """The piece without the broken words at its ends, as far as they are of usual length."""
    start, end = piece
    if start > place[0]:
        space = text.find(" ", start, start + AROUND // 2)
        start = space + 1 if space >= 0 else start
    if end < place[1]:
        space = text.rfind(" ", end - AROUND // 2, end)
        end = space if space >= 0 else end
    return start, end
