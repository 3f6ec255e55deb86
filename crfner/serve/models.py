"""The models of a worker: what is in use, and what has been loaded beside it and waits to take its place.

A change takes two steps, so that all workers change or none does: each loads the new file, and only when every one of
them could are they told to use it. A request keeps the model that it began with.

Public names: `Loaded`, `Models`, `fingerprint`.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crfner.document import Document
from crfner.models import load_model
from crfner.serve.refusals import Refusal

if TYPE_CHECKING:
    from crfner.models import Model


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """A model that is ready to tag.

    name         what requests call it
    fingerprint  SHA-256 of the file it was read from
    since        when it came into use, in seconds since 1970
    """

    name: str
    fingerprint: str
    since: float
    recognizer: Model

    def described(self) -> dict[str, Any]:
        """What `/v1/models` says of it, but for its being the default."""
        return {
            "name": self.name,
            "kind": self.recognizer.manifest["kind"],
            "labels": list(self.recognizer.labels),
            "fingerprint": self.fingerprint,
            "loaded": self.since,
        }


class Models:
    """The models in use, by name; the first is the default. Used in one thread, but for `prepare`."""

    def __init__(self) -> None:
        self._used: dict[str, Loaded] = {}
        self._waiting: dict[str, Loaded] = {}

    def __iter__(self) -> Iterator[Loaded]:
        return iter(self._used.values())

    def named(self, name: str | None) -> Loaded:
        """The model of this name, or the default for None. Raises Refusal when there is none."""
        if name is None:
            return next(iter(self._used.values()))
        try:
            return self._used[name]
        except KeyError:
            known = ", ".join(self._used)
            raise Refusal("unknown_model", f"there is no model of this name; there are {known}", "model") from None

    def prepare(self, name: str, path: str, since: float) -> None:
        """Load a file beside what is in use; may run in any thread. Raises CrfnerError when it is not a sound model."""
        recognizer = load_model(path)
        # what is made at first use is made now, and what only tagging can show to be damaged is shown
        list(recognizer.recognize([Document("Warm up, please.")]))
        self._waiting[name] = Loaded(name, fingerprint(path), since, recognizer)

    def use(self, name: str) -> None:
        """Put what was prepared in its place."""
        self._used[name] = self._waiting.pop(name)

    def drop(self, name: str) -> None:
        """Forget what was prepared, if anything was."""
        self._waiting.pop(name, None)


def fingerprint(path: str | os.PathLike[str]) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
