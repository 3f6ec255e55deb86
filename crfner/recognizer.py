"""The one protocol that rules, CRF and every mixture of them keep: documents in, the same documents with spans out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, runtime_checkable

from crfner.document import Document


@runtime_checkable
class Recognizer(Protocol):
    """Finds entities.

    `recognize` takes documents one by one and gives them back in the same order, each with the spans that were found
    (scored where the method has scores) in place of whatever spans it had; those are never looked at.
    """

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that it can give, sorted."""
        ...

    def recognize(self, documents: Iterable[Document]) -> Iterator[Document]:
        """The documents with predicted spans."""
        ...
