"""Documents of two annotators in pairs: what belongs together, and what was left over.

Two documents belong together when they are the same text. The id only tells which of several equal texts is meant, so
a file that was sorted anew, lost its ids or went through CoNLL, which keeps words but no blanks, still finds its pair.

Public names: `pair`, `Pair`, `Pairing`, `common_tokens`.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from crfner.document import Document, Offsets, align, touched_by
from crfner.tokenize import tokenize

Pair = tuple[Document, Document]
"""The same text as the first and as the second annotator marked it."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """Which documents belong together.

    pairs        in the first annotator's order; the two have the same text, character by character
    only_first   documents of the first annotator that the second has not; only_second likewise
    other_texts  documents of the same id with different texts, which cannot be compared
    repeated     of each annotator, how many documents have the id or, without ids, the text of an earlier one
    renamed      how many pairs have different ids, and are paired as their texts are the same
    respaced     in how many pairs only white space differed; the second one's offsets were moved to the first's text
    """

    pairs: tuple[Pair, ...]
    only_first: tuple[Document, ...] = ()
    only_second: tuple[Document, ...] = ()
    other_texts: tuple[Pair, ...] = ()
    repeated: tuple[int, int] = (0, 0)
    renamed: int = 0
    respaced: int = 0

    def notes(self, names: tuple[str, str] = ("A", "B")) -> Counter[str]:
        """What is out of the ordinary: how often each, by a phrase; `names` are the annotators'."""
        first, second = names
        found = Counter(
            {
                f"documents of {first} only": len(self.only_first),
                f"documents of {second} only": len(self.only_second),
                "documents with the same id but different texts, not compared": len(self.other_texts),
                f"documents that {first} has twice": self.repeated[0],
                f"documents that {second} has twice": self.repeated[1],
                "documents with different ids, paired by their text": self.renamed,
                f"documents with other white space, where {second}'s spans were moved": self.respaced,
            }
        )
        return +found


def pair(first: Iterable[Document], second: Iterable[Document]) -> Pairing:
    """Pair the documents of two annotators.

    First those of the same id and text, then those of the same text; of several, the n-th goes with the n-th. Texts
    that differ in white space only count as the same. Nothing is dropped: what has no pair is in the `Pairing` too.
    """
    left, right = list(first), list(second)
    texts = [_squeezed(document.text) for document in left], [_squeezed(document.text) for document in right]
    partner: dict[int, int] = {}

    def match(key: Callable[[Document, str], Hashable | None]) -> None:
        """Pair what is still alone by a key; None is no key."""
        taken = set(partner.values())
        waiting: dict[Hashable, deque[int]] = {}
        for number, document in enumerate(right):
            if number not in taken:
                waiting.setdefault(key(document, texts[1][number]), deque()).append(number)
        waiting.pop(None, None)
        for number, document in enumerate(left):
            if number not in partner and (queue := waiting.get(key(document, texts[0][number]))):
                partner[number] = queue.popleft()

    match(lambda document, text: None if document.id is None else (document.id, text))
    match(lambda _, text: text)
    same_text = sorted(partner)
    found = [(left[number], right[partner[number]]) for number in same_text]
    match(lambda document, _: document.id)  # only those of different texts are left
    taken = set(partner.values())
    return Pairing(
        pairs=tuple((a, _on_text_of(a, b)) for a, b in found),
        only_first=tuple(document for number, document in enumerate(left) if number not in partner),
        only_second=tuple(document for number, document in enumerate(right) if number not in taken),
        other_texts=tuple((left[number], right[partner[number]]) for number in sorted(partner.keys() - set(same_text))),
        repeated=(_repeated(left), _repeated(right)),
        renamed=sum(a.id != b.id and None not in (a.id, b.id) for a, b in found),
        respaced=sum(a.text != b.text for a, b in found),
    )


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _repeated(documents: Sequence[Document]) -> int:
    keys = {(document.id, document.text if document.id is None else "") for document in documents}
    return len(documents) - len(keys)


def _on_text_of(first: Document, second: Document) -> Document:
    """The second document on the text of the first, from which it differs in white space only."""
    if first.text == second.text:
        return second
    places = [place for place, character in enumerate(first.text) if not character.isspace()]
    before = [0]  # how many characters that are no white space stand before each offset of the second text
    for character in second.text:
        before.append(before[-1] + (not character.isspace()))

    def moved(start: int, end: int) -> Offsets | None:
        """None for a stretch of white space."""
        return (places[before[start]], places[before[end] - 1] + 1) if before[start] < before[end] else None

    tokens = [moved(start, end) for start, end in second.tokens]
    spans = []
    for span in second.spans:
        if place := moved(span.start, span.end):
            spans.append(replace(span, start=place[0], end=place[1]))
    whole = None not in tokens
    return replace(
        second,
        text=first.text,
        tokens=tuple(token for token in tokens if token) if whole else (),
        sentences=second.sentences if whole else (),
        spans=tuple(spans),
    )


def common_tokens(first: Document, second: Document) -> Sequence[Offsets]:
    """The tokens on which two annotators of a text are compared, the same whichever of them is named first.

    They are those of the documents, cut where either has a border, or `tokenize`'s where neither has any; then spans
    cut those that they begin or end in.
    """
    tokens = first.tokens or second.tokens or tuple(tokenize(first.text))
    if first.tokens and second.tokens and first.tokens != second.tokens:
        tokens = _cut(first.tokens, second.tokens)
    aligned, _ = align(Document(first.text, tokens, spans=first.spans + second.spans))
    return aligned.tokens


def _cut(first: Sequence[Offsets], second: Sequence[Offsets]) -> tuple[Offsets, ...]:
    """What is in a token of either, cut at the borders of both."""
    borders = sorted({border for token in (*first, *second) for border in token})
    sides = touched_by(first), touched_by(second)
    return tuple(
        (start, end)
        for start, end in pairwise(borders)
        if any(low < high for low, high in (t(start, end) for t in sides))
    )
