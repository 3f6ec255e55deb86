"""ExtendedRecognizer: a CRF that builds on an earlier model, and that model, for the labels that only it knows.

Public names: `ExtendedRecognizer`, `base_lexicons`, `built_on`, `KIND`.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import tee
from typing import TYPE_CHECKING, Any, Self

from crfner import store
from crfner.crf import CRFRecognizer, model_file
from crfner.document import Document, Span
from crfner.errors import CrfnerError, SettingError
from crfner.hints.base import BaseHints
from crfner.lazy import shown_by
from features import Function, Lexicon

if TYPE_CHECKING:
    from crfner.models import Model

KIND = "extended"
"""What the manifest of a model file says of it."""

_BASE = "base"  # the name of the hinter, and the source of the base model's spans


class ExtendedRecognizer:
    """A new CRF over an earlier model.

    base  the earlier model, of any kind that a model file can hold; it is not changed
    crf   the CRF that `fit` trains, which sees what the base finds and has its lexicons besides its own
    keep  the labels that still come from the base; None for all that the new data does not have

    The base's spans of these labels are given where they do not overlap a span of the CRF. After `fit`, `kept_` holds
    the labels in use. Raises SettingError for a label that the base does not have.
    """

    _repr_html_ = shown_by("model")

    def __init__(self, base: Model, crf: CRFRecognizer, *, keep: Iterable[str] | None = None) -> None:
        self.base = base
        self.crf = crf
        self.keep = None if keep is None else tuple(keep)
        unknown = sorted(set(self.keep or ()) - set(base.labels))
        if unknown:
            raise SettingError(f"the base model has no label {unknown[0]!r} to keep; it has {', '.join(base.labels)}")
        self.kept_: frozenset[str] = frozenset(base.labels if self.keep is None else self.keep)

    def fit(self, documents: Iterable[Document]) -> Self:
        """Train the CRF on documents that the base has not learnt from. Raises what `CRFRecognizer.fit` raises."""
        self.crf = built_on(self.base, self.crf).fit(documents)
        if self.keep is None:
            self.kept_ = frozenset(self.base.labels) - set(self.crf.labels)
        return self

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the CRF and those that come from the base, sorted. Raises NotFittedError before `fit`."""
        return tuple(sorted({*self.crf.labels, *self.kept_}))

    def recognize(self, documents: Iterable[Document]) -> Iterator[Document]:
        """The documents in order, with the CRF's spans, and the base's of the labels that are kept.

        The base reads each document twice, once for the CRF. Raises NotFittedError before `fit`.
        """
        if not self.kept_:
            yield from self.crf.recognize(documents)
            return
        ours, theirs = tee(self.crf.prepared(document.with_spans(())) for document in documents)
        for document, read in zip(self.crf.recognize(ours), self.base.recognize(theirs), strict=True):
            kept = [replace(span, source=_BASE) for span in read.spans if span.label in self.kept_]
            yield document.with_spans([*document.spans, *_clear_of(document.spans, kept)])

    @property
    def manifest(self) -> dict[str, Any]:
        """What a model file says of this recogniser. Raises NotFittedError before `fit`."""
        extended = {"base": self.base.manifest["kind"], "kept": sorted(self.kept_)}
        return {**self.crf.manifest, "kind": KIND, "extended": extended}

    def add_scores(self, name: str, scores: Mapping[str, Any]) -> None:
        """Keep scores in the model's manifest under a name such as "dev"."""
        self.crf.add_scores(name, scores)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model file, whole or not at all; it holds the base's. Raises CrfnerError when it cannot be written.

        The file of a base that is itself extended holds its own base too; `crfner.models.MAX_DEPTH` says how often.
        """
        manifest = self.manifest
        store.save(path, manifest, model_file.to_parts(self.crf.fitted_))

    @classmethod
    def load(cls, path: str | os.PathLike[str], functions: Mapping[str, Function] | None = None) -> Self:
        """Read a model file; `functions` are feature functions of your own by name, as its CRF was given them.

        Raises CrfnerError when it is missing, damaged, unsafe or of a newer version.
        """
        return cls.from_stored(store.load_kind(path, KIND, "an extended model"), path, functions)

    @classmethod
    def from_stored(
        cls, stored: store.Stored, path: str | os.PathLike[str], functions: Mapping[str, Function] | None = None
    ) -> Self:
        """The recogniser within a model file that is open already; `path` is what messages name."""
        crf = CRFRecognizer.from_stored(stored, path, functions)
        hinter = (crf.hinters or {}).get(_BASE)
        if not isinstance(hinter, BaseHints):
            raise CrfnerError(f"{path}: the model is damaged: it holds no base model")
        extended = stored.manifest.get("extended")
        kept = extended.get("kept") if isinstance(extended, dict) else None
        if not isinstance(kept, list) or not set(map(str, kept)) <= set(hinter.model.labels):
            raise CrfnerError(f"{path}: the model is damaged: its manifest lists no labels of the base model as kept")
        return cls(hinter.model, crf, keep=map(str, kept))


def built_on(base: Model, crf: CRFRecognizer) -> CRFRecognizer:
    """A CRF with the same parameters that sees what the base finds and has its lexicons; it has learnt nothing."""
    hinters = {**(crf.hinters or {}), _BASE: BaseHints(base)}
    lexicons = {**base_lexicons(base), **(crf.lexicons or {})}
    return CRFRecognizer(**{**crf.get_params(), "hinters": hinters, "lexicons": lexicons})


def base_lexicons(base: Model) -> dict[str, Lexicon]:
    """The lexicons of a model's CRF by name; none for a model that has no CRF."""
    crf = base if isinstance(base, CRFRecognizer) else getattr(base, "crf", None)
    return dict(crf.lexicons or {}) if isinstance(crf, CRFRecognizer) else {}


def _clear_of(taken: Sequence[Span], others: Iterable[Span]) -> Iterator[Span]:
    """Those of the others that overlap none of the taken spans, which are in order and apart."""
    ends = [span.end for span in taken]
    for span in others:
        place = bisect_left(ends, span.start + 1)
        if place == len(taken) or taken[place].start >= span.end:
            yield span
