"""EnsembleRecognizer: several CRFs in one recogniser and one file, that vote on every span.

Public names: `EnsembleRecognizer`, `KIND`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Self

from crfner import store
from crfner.batches import batches
from crfner.crf import CRFRecognizer, model_file
from crfner.crf.corpus import warn_of_few
from crfner.document import Document, Span
from crfner.ensemble.training import train_members
from crfner.ensemble.voting import Voters, proposed, voted
from crfner.errors import CrfnerError, SettingError
from crfner.hints.seen import SEEN
from crfner.lazy import shown_by
from crfner.scheduling import LEAST, f1_by_threshold
from crfner.stages import FIRST
from features import Function

KIND = "ensemble"
"""What the manifest of a model file says of it."""

MOST = 20
"""How many members there may be."""

_MEMBERS = "members/"  # and then the member's number


class EnsembleRecognizer:
    """CRFs that learn the same text, each in a tagging scheme and without attributes of its own, and vote.

    crf   its parameters are those of all members, but for scheme, seed and left_out; it is not trained itself
    size  how many members there are

    A span's score is the mean of the probabilities that the members give it. Of spans that overlap, those are given
    whose scores above a threshold add up to most. After `fit`, `members_` holds the CRFs and `threshold_` the
    threshold. Training takes as long as that of all members; a first stage and what was seen elsewhere are learnt once
    for all. Raises SettingError for a size that is not 2 to 20, and for a CRF with thresholds or consistency.
    """

    _repr_html_ = shown_by("model")

    def __init__(self, crf: CRFRecognizer, size: int = 3) -> None:
        if not isinstance(size, int) or not 2 <= size <= MOST:
            raise SettingError(f"an ensemble has 2 to {MOST} members, not {size!r}; choose a number such as 3")
        if crf.thresholds:
            raise SettingError("an ensemble has one threshold for all labels; leave out the CRF's own thresholds")
        if crf.consistency:
            raise SettingError(
                "the members of an ensemble vote by single spans; leave out consistency, or the ensemble"
            )
        self.crf = crf
        self.size = size
        self._voters: Voters | None = None  # made at first use: it holds functions that cannot be pickled

    def fit(self, documents: Iterable[Document], dev: Sequence[Document] | None = None) -> Self:
        """Train the members, several at a time, and set the threshold to half of F1.

        That is F1 of the vote on `dev`, or where there is none that of a further CRF on documents that it has not seen:
        a fifth of them, or of 3,000 sentences. The threshold is 0.5 where there is too little text for that. Ctrl-C
        keeps nothing. Warns of labels with fewer than 10 entities. Raises what `CRFRecognizer.fit` raises.
        """
        self.crf.check()
        prepared = [self.crf.prepared(document) for document in documents]
        members, other, held_out = train_members(self.crf, self.size, prepared, held_out=not dev)
        judges, judged = (members, dev) if dev else ([other] if other else [], held_out)
        warn_of_few(members[0].manifest["training"]["entities"])
        self.members_, self._voters = tuple(members), None
        self.threshold_ = _threshold(judges, judged) if judges and judged else 0.5
        return self

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that were learnt, sorted. Raises NotFittedError before `fit`."""
        return tuple(sorted({label for member in self._members() for label in member.labels}))

    def recognize(self, documents: Iterable[Document]) -> Iterator[Document]:
        """The documents in order, with the spans that the members agree on. Raises NotFittedError before `fit`."""
        return (document for document, _ in self.weigh((document, ()) for document in documents))

    def weigh(self, pairs: Iterable[tuple[Document, Sequence[Span]]]) -> Iterator[tuple[Document, list[float]]]:
        """As `recognize`, and the mean of the members' probabilities of each span that comes with a document.

        Raises NotFittedError before `fit`.
        """
        members = self._members()
        voters = self._voters  # once: another thread may train it anew
        if voters is None:
            voters = self._voters = Voters(members)
        prepared = ((self.crf.prepared(document.with_spans(())), asked) for document, asked in pairs)
        for batch in batches(prepared, lambda pair: len(pair[0].tokens)):
            yield from voted(voters, batch, self.threshold_)

    @property
    def manifest(self) -> dict[str, Any]:
        """What a model file says of this recogniser; settings and training are the first member's.

        Raises NotFittedError before `fit`.
        """
        members = self._members()
        schemes = [member.scheme for member in members]
        ensemble = {"size": len(members), "schemes": schemes, "threshold": self.threshold_}
        return {**members[0].manifest, "kind": KIND, "labels": list(self.labels), "ensemble": ensemble}

    def add_scores(self, name: str, scores: Mapping[str, Any]) -> None:
        """Keep scores in the model's manifest under a name such as "dev"."""
        self._members()[0].add_scores(name, scores)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model file, whole or not at all; what the members share is in it once.

        Raises CrfnerError when it cannot be written.
        """
        several = [member.fitted_ for member in self._members()]
        parts = {
            f"{_MEMBERS}{number}.crfner": store.to_bytes(fitted.manifest, model_file.weight_parts(fitted))
            for number, fitted in enumerate(several)
        }
        store.save(path, self.manifest, {**parts, **model_file.shared_parts(several)})

    @classmethod
    def load(cls, path: str | os.PathLike[str], functions: Mapping[str, Function] | None = None) -> Self:
        """Read a model file; `functions` are feature functions of your own by name, as its CRFs were given them.

        Raises CrfnerError when it is missing, damaged, unsafe or of a newer version.
        """
        return cls.from_stored(store.load_kind(path, KIND, "an ensemble"), path, functions)

    @classmethod
    def from_stored(
        cls, stored: store.Stored, path: str | os.PathLike[str], functions: Mapping[str, Function] | None = None
    ) -> Self:
        """The ensemble within a model file that is open already; `path` is what messages name."""
        about = stored.manifest.get("ensemble")
        size = about.get("size") if isinstance(about, dict) else None
        threshold = about.get("threshold") if isinstance(about, dict) else None
        if type(size) is not int or not 2 <= size <= MOST or type(threshold) is not float or not 0 < threshold <= 1:
            raise CrfnerError(f"{path}: the model is damaged: its manifest does not say how its members vote")
        try:
            shared = model_file.read_shared(stored, functions)
            parts = [stored.parts[f"{_MEMBERS}{number}.crfner"] for number in range(size)]
        except KeyError as error:
            raise CrfnerError(f"{path}: the model is damaged: it holds no {error.args[0]!r}") from None
        except (TypeError, ValueError) as error:
            raise CrfnerError(f"{path}: the model cannot be used here: {error}") from None
        names = [f"{os.fspath(path)}, member {number}" for number in range(1, size + 1)]
        members = tuple(
            CRFRecognizer.from_stored(store.from_bytes(part, name), name, functions, shared)
            for part, name in zip(parts, names, strict=True)
        )
        hinters = members[0].fitted_.hinters
        stages, seen = (2 if FIRST in hinters else 1), SEEN in hinters
        parameters = {**members[0].get_params(), "left_out": 0.0, "stages": stages, "seen": seen}
        recognizer = cls(CRFRecognizer(**parameters), size)
        recognizer.members_, recognizer.threshold_ = members, threshold
        return recognizer

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_voters": None}

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The constructor's parameters."""
        return {"crf": self.crf, "size": self.size}

    def _members(self) -> tuple[CRFRecognizer, ...]:
        if not hasattr(self, "members_"):
            from sklearn.exceptions import NotFittedError

            raise NotFittedError("this EnsembleRecognizer has learnt nothing yet; call fit or load a model")
        return self.members_


def _threshold(members: Sequence[CRFRecognizer], documents: Sequence[Document]) -> float:
    """Half of the best F1 on documents with gold spans: with that as a threshold expected F1 is greatest (Lewis 1995).

    The threshold that is best on the documents themselves is a matter of luck where they are few: F1 varies little
    around it, while half of F1 is much the same on any part of a text.
    """
    voters = Voters(members)
    prepared = [(members[0].prepared(document.with_spans(())), ()) for document in documents]
    proposals = [
        spans
        for batch in batches(prepared, lambda pair: len(pair[0].tokens))
        for _, spans, _ in proposed(voters, batch, LEAST)
    ]
    gold = (frozenset(document.spans) for document in documents)
    best = max(f1_by_threshold(list(zip(proposals, gold, strict=True))).values())
    return max(LEAST, round(best / 2, 4))
