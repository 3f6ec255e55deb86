"""Output in shards with a manifest, so that work which was stopped at any moment goes on where it was.

Each shard is written whole or not at all, and after each the manifest, which tells what is in it and the digest of all
input up to its end. To resume is to read that input again, which costs little, and to tag what comes after it.

Public names: `Source`, `Shards`, `Shard`, `Entry`, `check_apart`, `digest_of`, `MANIFEST`, `SHARD_TOKENS`.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from crfner.document import Document
from crfner.errors import CrfnerError
from crfner.files import STANDARD_STREAM, atomic_output
from crfner.locking import lock
from crfner.version import __version__

MANIFEST = "manifest.json"
SHARD_TOKENS = 1_000_000
"""Tokens of a shard, unless otherwise said: some 100 MB of JSON lines at most, some seconds of work."""

_VERSION = 1
_CHUNK = 1 << 20  # bytes that are read together


@dataclass(frozen=True, slots=True)
class Source:
    """What a folder of shards is made of; all of it must be the same when work is resumed.

    model    SHA-256 of the model's file
    inputs   name and size of each input in order, the size None where it is a pipe
    options  everything else that decides what is written
    """

    model: str
    inputs: tuple[tuple[str, int | None], ...]
    options: Mapping[str, Any]

    @classmethod
    def of(cls, model: str, inputs: Sequence[str], options: Mapping[str, Any]) -> Source:
        """As it is on the disk now. Raises CrfnerError when a file cannot be read."""
        sizes = [os.path.getsize(path) if os.path.isfile(path) else None for path in inputs]
        return cls(digest_of(model), tuple(zip(inputs, sizes, strict=True)), options)


@dataclass(frozen=True, slots=True)
class Shard:
    """A shard that is finished.

    file              its name in the folder
    documents, tokens how many it has; bytes, sha256: of the file
    input_sha256      of all documents from the first of the input to this shard's last
    """

    file: str
    documents: int
    tokens: int
    bytes: int
    sha256: str
    input_sha256: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A document as it was read, what is to be written of it, and its number of tokens."""

    given: Document
    written: Any
    tokens: int


@dataclass
class Shards:
    """A folder of shards.

    ending  of their names, such as "jsonl"
    size    tokens from which on a shard is full; a document is never cut
    write   writes what entries hold to a file, whole or not at all
    """

    folder: str
    source: Source
    ending: str
    size: int
    write: Callable[[Iterator[Any], str], None]
    done: list[Shard] = field(default_factory=list)
    complete: bool = False

    @contextmanager
    def opened(self, resume: bool) -> Iterator[None]:
        """Within the block the folder is this process's alone.

        Raises CrfnerError when another process writes to it, when it holds anything and is not to be resumed, and when
        it was written by other input, options or another model, or a shard in it is not what was written.
        """
        os.makedirs(self.folder, exist_ok=True)
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            if not lock(handle):
                raise CrfnerError(f"{self.folder}: another crfner is writing shards here; wait for it")
            if resume:
                self._read()
            elif os.listdir(self.folder):
                raise CrfnerError(f"{self.folder}: this folder is not empty; add --resume to go on, or name a new one")
            yield
        finally:
            os.close(handle)

    def fill(
        self, documents: Iterable[Document], tagged: Callable[[Iterator[Document]], Iterator[Entry]]
    ) -> Iterator[Shard]:
        """Write the shards that are missing; each is given when it is there.

        documents  all of the input; those of finished shards are read, and not passed on
        tagged     makes the entries, in order

        Raises CrfnerError when the input does not begin with what the finished shards were made of.
        """
        if self.complete:
            return
        source = iter(documents)
        digest = self._skipped(source)
        with closing(_stream(tagged(source))) as entries:
            following = next(entries, None)
            while following is not None:
                shard = self._written(following, entries, digest)
                self.done.append(shard)
                self._save()
                yield shard
                following = next(entries, None)
        self.complete = True
        self._save()

    def _written(self, first: Entry, entries: Iterator[Entry], digest: Any) -> Shard:
        """The next shard."""
        name = f"part-{len(self.done):05d}.{self.ending}"
        path = os.path.join(self.folder, name)
        documents = tokens = 0

        def until_full() -> Iterator[Any]:
            nonlocal documents, tokens
            entry: Entry | None = first
            while entry is not None:
                _add(digest, entry.given)
                documents += 1
                tokens += entry.tokens
                yield entry.written
                entry = None if tokens >= self.size else next(entries, None)

        self.write(until_full(), path)
        return Shard(name, documents, tokens, os.path.getsize(path), digest_of(path), digest.hexdigest())

    def _skipped(self, documents: Iterator[Document]) -> Any:
        """The digest of the documents of finished shards, which are taken from the input."""
        digest = hashlib.sha256()
        for _ in range(sum(shard.documents for shard in self.done)):
            document = next(documents, None)
            if document is None:
                break
            _add(digest, document)
        if self.done and digest.hexdigest() != self.done[-1].input_sha256:
            raise CrfnerError(
                f"{self.folder}: the input does not begin with the text that the shards there were made of; give the "
                "same input, or name a new folder"
            )
        return digest

    def _read(self) -> None:
        """Take up what the manifest tells."""
        path = os.path.join(self.folder, MANIFEST)
        for name in os.listdir(self.folder):
            if name.startswith(".crfner-") and name.endswith(".tmp"):  # of a process that was killed
                os.unlink(os.path.join(self.folder, name))
        if not os.path.exists(path):
            if any(not name.startswith("part-") for name in os.listdir(self.folder)):
                raise CrfnerError(f"{self.folder}: there is no {MANIFEST} here to resume by; name another folder")
            return  # stopped within the first shard
        try:
            with open(path, encoding="utf-8") as file:
                found = json.load(file)
            source, version = found["source"], found["version"]
            before = Source(source["model"], tuple(map(tuple, source["inputs"])), source["options"])
            self.done = [Shard(**shard) for shard in found["shards"]]
            self.complete = found["complete"] is True
        except (ValueError, KeyError, TypeError) as error:
            raise CrfnerError(
                f"{path}: this is not a manifest of shards, or it is damaged ({error}); name another folder"
            ) from None
        self._compare(before, version)
        for shard in self.done:
            self._check(shard)

    def _compare(self, before: Source, version: Any) -> None:
        now = self.source
        changed = next(
            (
                what
                for what, same in (
                    ("another version of crfner", version == [_VERSION, __version__]),
                    ("another model", before.model == now.model),
                    ("other inputs (or inputs of another size)", before.inputs == now.inputs),
                    ("other options", before.options == dict(now.options)),
                )
                if not same
            ),
            None,
        )
        if changed is not None:
            raise CrfnerError(
                f"{self.folder}: the shards there were made by {changed}; give what they were made with, or name a new "
                "folder"
            )

    def _check(self, shard: Shard) -> None:
        path = os.path.join(self.folder, shard.file)
        if not os.path.isfile(path) or digest_of(path) != shard.sha256:
            raise CrfnerError(
                f"{path}: this is not what was written, or it is missing; restore it, or name a new folder"
            )

    def _save(self) -> None:
        content = {
            "version": [_VERSION, __version__],
            "complete": self.complete,
            "source": asdict(self.source),
            "shards": [asdict(shard) for shard in self.done],
        }
        with atomic_output(os.path.join(self.folder, MANIFEST)) as stream:
            stream.write(json.dumps(content, indent=1, ensure_ascii=True) + "\n")


def digest_of(path: str) -> str:
    """SHA-256 of the file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def check_apart(folder: str, inputs: Iterable[str]) -> None:
    """Raise CrfnerError when the folder is within one of the inputs, or they in it: shards would be read as text."""
    own = os.path.realpath(folder)
    for path in inputs:
        if path != STANDARD_STREAM and os.path.commonpath([own, os.path.realpath(path)]) in (
            own,
            os.path.realpath(path),
        ):
            raise CrfnerError(f"{folder}: the input {path} and this folder are within one another; name another")


def _add(digest: Any, document: Document) -> None:
    shown = repr((document.id, document.text, document.tokens, dict(document.meta)))
    digest.update(shown.encode("utf-8", "surrogatepass"))


def _stream(entries: Iterable[Entry]) -> Generator[Entry, None, None]:
    """The entries, as something that can be closed."""
    yield from entries
