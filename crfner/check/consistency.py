"""The same text, annotated differently in different places.

Every string that is an entity somewhere is looked for everywhere. Where its reading (a label, not marked, or cut by an
entity of other borders) is not the one that it mostly has, one of the two may be a mistake: that of the minority.

Public names: `inconsistencies`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from crfner.check.chances import LEAST, mistake
from crfner.check.values import Finding, Place, place_of
from crfner.document import Chunk, Document, Span, align

_SHOWN = 5  # places of the majority that are given as evidence
_FREE = ""  # the reading of a string that no entity touches: no label is blank
_CUT = " "  # of one that shares some tokens with an entity of other borders
_CUTS = 0.1  # the least share of it that is expected: "acute renal failure" cuts "renal failure due to shock"

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Use:
    """Where a string stands, by its tokens, and how it is read there: a label, _FREE or _CUT.

    initial  whether it begins a sentence
    cutting  the entities that share some tokens with it, where it is cut
    """

    document: int
    first: int
    last: int
    reading: str
    initial: bool = False
    cutting: tuple[Chunk, ...] = ()


def inconsistencies(documents: Sequence[Document]) -> Iterator[Finding]:
    """Findings of the kinds "conflict", "missing" and "border", each about a place of a minority reading.

    Strings are compared word by word, case and all; the documents are tokenised. A word that begins a sentence may also
    be a usual one: where that is not marked in small letters, it is a peer, too.
    """
    documents = [align(document)[0] for document in documents]
    uses = _uses(documents)
    shares = _shares(uses.values())
    usual = _unmarked(documents)
    for words, places in uses.items():
        counts = Counter(use.reading for use in places)
        majority = max(counts, key=lambda reading: (reading != _CUT, counts[reading], shares[reading]))
        shown: tuple[Place, ...] | None = None
        for use in places:
            if use.reading == majority or (use.reading == _CUT and majority == _FREE):
                continue
            as_word = usual[words[0].lower()] if use.initial and use.reading == _FREE and len(words) == 1 else 0
            score = mistake(counts[use.reading] - 1 + as_word, len(places) - 1 + as_word, shares[use.reading])
            if score < LEAST:
                continue
            if shown is None:
                peers = [peer for peer in places if peer.reading == majority][:_SHOWN]
                shown = tuple(_place(documents, peer) for peer in peers)
            where = f"in {counts[majority]} of {len(places) - 1} other places"
            yield _finding(documents, use, " ".join(words), majority, score, where, shown)


def _finding(
    documents: Sequence[Document],
    use: _Use,
    text: str,
    majority: str,
    score: float,
    where: str,
    evidence: tuple[Place, ...],
) -> Finding:
    place = _place(documents, use)
    suggestion: tuple[Span, ...] | None = (Span(place.start, place.end, majority),) if majority else ()
    kind, usual = "conflict", majority or "not marked"
    if use.reading == _FREE:
        kind, message = "missing", f"{text!r} is not marked here, but is {majority} {where}"
    elif use.reading == _CUT:
        kind, (first, last, label) = "border", use.cutting[0]
        place = _place(documents, _Use(use.document, first, last, label))
        message = f"{place.text!r} is {label} here, but {text!r} as a whole is {majority} {where}"
        if len(use.cutting) > 1:
            suggestion = None
    else:
        message = f"{text!r} is {use.reading} here, but {usual} {where}"
    return Finding(kind, "warning", score, message, place, evidence, suggestion)


def _place(documents: Sequence[Document], use: _Use) -> Place:
    document = documents[use.document]
    start, end = document.tokens[use.first][0], document.tokens[use.last - 1][1]
    return place_of(document, use.document, start, end, use.reading.strip() or None)


def _shares(uses: Iterable[Sequence[_Use]]) -> Mapping[str, float]:
    """How often a string that is read one way in one place is read in each way in another, over all strings alike."""
    shares: dict[str, float] = defaultdict(float)
    strings = 0
    for places in uses:
        strings += 1
        for reading, count in Counter(use.reading for use in places).items():
            shares[reading] += count / len(places)
    found = {reading: share / strings for reading, share in shares.items()}
    return found | {_CUT: max(_CUTS, found.get(_CUT, 0.0))}


def _unmarked(documents: Sequence[Document]) -> Counter[str]:
    """How often each word in small letters is outside any entity, but not at the beginning of a sentence."""
    counts: Counter[str] = Counter()
    for document in documents:
        marked = {token for first, last, _ in document.chunks() for token in range(first, last)}
        marked.update(first for first, _ in document.sentences)
        counts.update(word for token, word in enumerate(document.words()) if word.islower() and token not in marked)
    return counts


def _uses(documents: Sequence[Document]) -> dict[Words, list[_Use]]:
    """Where each string stands that is an entity in some place, and in another too.

    Places within a longer entity or a longer such string are left out: they say nothing of the shorter.
    """
    words = [document.words() for document in documents]
    chunks = [document.chunks() for document in documents]
    strings = {tuple(words[number][first:last]) for number, of in enumerate(chunks) for first, last, _ in of}
    lengths: dict[str, set[int]] = defaultdict(set)  # by first word
    for string in strings:
        lengths[string[0]].add(len(string))
    longest_first = {word: sorted(of, reverse=True) for word, of in lengths.items()}
    uses: dict[Words, list[_Use]] = defaultdict(list)
    for number, document in enumerate(documents):
        over: dict[int, list[Chunk]] = defaultdict(list)  # the entities over a token
        for chunk in chunks[number]:
            for token in range(chunk[0], chunk[1]):
                over[token].append(chunk)
        for start, end in document.sentences:
            covered = start  # the tokens before it are in a string that is longer
            for first in range(start, end):
                for length in longest_first.get(words[number][first], ()):
                    last = first + length
                    string = tuple(words[number][first:last])
                    if last > end or string not in strings:
                        continue
                    touching = tuple(
                        dict.fromkeys(chunk for token in range(first, last) for chunk in over.get(token, ()))
                    )
                    reading = _reading(first, last, touching)
                    if reading in (_FREE, _CUT) and last <= covered:
                        continue
                    covered = max(covered, last)
                    if reading is not None:
                        cutting = touching if reading == _CUT else ()
                        uses[string].append(_Use(number, first, last, reading, first == start, cutting))
    return {string: places for string, places in uses.items() if len(places) > 1}


def _reading(first: int, last: int, touching: Sequence[Chunk]) -> str | None:
    """How the tokens are read that these entities share some of; None within a longer one."""
    if not touching:
        return _FREE
    for start, end, label in touching:
        if (start, end) == (first, last):
            return label
    return None if any(start <= first and last <= end for start, end, _ in touching) else _CUT
