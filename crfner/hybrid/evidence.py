"""What both sides say of a document, and what is true of it: the ground that policies decide on and are chosen by.

Public names: `Evidence`, `Labelled`.
"""

from __future__ import annotations

from dataclasses import dataclass

from crfner.document import Span


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is said of one document.

    spans          of the CRF, scored with their probability
    hits           of all rules, before overlaps are resolved; the score of a hit is its rule's precision, or None
    probabilities  what the CRF gives each hit
    """

    spans: tuple[Span, ...]
    hits: tuple[Span, ...]
    probabilities: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Labelled:
    """Evidence from a CRF and mined rules that have not seen the document, with the document's gold spans."""

    evidence: Evidence
    gold: frozenset[Span]
