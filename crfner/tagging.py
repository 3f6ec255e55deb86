"""Tagging by workers: texts go out in batches, spans come back, in order and with few batches under way.

Public names: `Tagging`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from crfner.crf.tagging import batches
from crfner.document import Document, Span
from crfner.parallel import Given, Pool
from crfner.recognizer import Recognizer

if TYPE_CHECKING:
    from crfner.models import Model

Found = tuple[Sequence[tuple[Any, ...]], int]
"""The spans of a document, as plain tuples, and how many tokens it has."""

_CHARACTERS = 5  # of a token, about
_READ = ("columns",)  # what recognisers read of `meta`
