"""What another system found, from a file: matched to the gold documents by their text.

Public names: `Predictions`, `read_predictions`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from crfner import formats
from crfner.document import Document, Span
from crfner.errors import InputError


@dataclass(frozen=True, slots=True)
class Predictions:
    """Documents with predicted spans; they take part in a comparison under a name, such as that of their file."""

    name: str
    documents: tuple[Document, ...]

    def spans_for(self, gold: Sequence[Document]) -> list[tuple[Span, ...]]:
        """The spans of each gold document. White space may differ, as in files that only hold tokens.

        Raises InputError, naming the first document that differs, when these are not the gold documents in their order.
        """
        for number, (truth, guess) in enumerate(zip(gold, self.documents, strict=False), start=1):
            if _solid(truth.text) != _solid(guess.text):
                raise InputError(_difference(number, truth, guess), self.name)
        if len(gold) != len(self.documents):
            raise InputError(
                f"there are predictions for {len(self.documents)} documents, but {len(gold)} are tested; give one "
                "document for each, in the same order",
                self.name,
            )
        return [_moved(guess, truth.text) for truth, guess in zip(gold, self.documents, strict=True)]


def read_predictions(path: str, name: str) -> Predictions:
    """Read a file of any labelled format. Raises InputError when it cannot be read."""
    return Predictions(name, tuple(formats.read(path)))


def _solid(text: str) -> str:
    return "".join(text.split())


def _difference(number: int, gold: Document, predicted: Document) -> str:
    truth, guess = _solid(gold.text), _solid(predicted.text)
    pairs = enumerate(zip(truth, guess, strict=False))
    position = next((i for i, (a, b) in pairs if a != b), min(len(truth), len(guess)))
    begin = max(position - 10, 0)
    name = f" ({gold.id})" if gold.id else ""
    return (
        f"document {number}{name} is not the tested one: it has {guess[begin : begin + 30]!r} (without white space) "
        f"where the gold text has {truth[begin : begin + 30]!r}; give the tested documents in their order"
    )


def _moved(predicted: Document, text: str) -> tuple[Span, ...]:
    """The spans, at the same characters of a text that differs in white space; of white space alone, they are lost."""
    if predicted.text == text:
        return predicted.spans
    places = [place for place, character in enumerate(text) if not character.isspace()]
    before = [0]  # before[i]: characters other than white space in front of i
    for character in predicted.text:
        before.append(before[-1] + (not character.isspace()))
    spans = []
    for span in predicted.spans:
        first, last = before[span.start], before[span.end]
        if first < last:
            spans.append(replace(span, start=places[first], end=places[last - 1] + 1))
    return tuple(spans)
