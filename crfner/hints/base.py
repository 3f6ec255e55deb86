"""Hints of an earlier model: what it finds in a document and how sure it is, as attributes for a CRF that builds on it.

The earlier model stays as it is, and the new one learns how far to trust it, whatever its own labels are (Daumé III
2007, the method PRED; Florian et al. 2004).

Public names: `BaseHints`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crfner.document import Document
from crfner.errors import CrfnerError
from crfner.hits import hits_of

if TYPE_CHECKING:
    from crfner.models import Model


class BaseHints:
    """What a trained model says of each token: label, place (B, I, E, S) and grade of the span that it finds there.

    model  any recogniser that a model file can hold; it travels in the file of the model that is built on it

    It should not have learnt from the documents that the hints are then learnt from: it would seem better than it is.
    """

    kind = "base"

    def __init__(self, model: Model) -> None:
        self.model = model

    def hints(self, documents: Sequence[Document]) -> list[Sequence[Sequence[str]]]:
        """For each token of each document the values that hold of it; none where the model finds nothing."""
        from crfner.crf.hinting import without_hits
        from crfner.hybrid.marking import marked

        bare = [without_hits(document.with_spans(())) for document in documents]
        read = zip(bare, self.model.recognize(bare), strict=True)
        return [hits_of(marked(document, found.spans)) for document, found in read]

    def to_bytes(self) -> bytes:
        """The content of the model's file."""
        from crfner.models import model_to_bytes

        return model_to_bytes(self.model)

    @classmethod
    def from_bytes(cls, data: bytes) -> BaseHints:
        """From the content of a model file. Raises ValueError when it cannot be opened, or models nest too deeply."""
        from crfner.models import model_from_bytes

        try:
            return cls(model_from_bytes(data, "its base model"))
        except CrfnerError as error:
            raise ValueError(str(error)) from None
