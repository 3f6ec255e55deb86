"""Hints of a pretrained encoder that stays as it is: what its states say of each word, as a few signs for a CRF.

A word's state is the mean of the last layers at its first piece. The main directions of the states of the training text
are kept, and of each only what is clearly above or below its mean: a linear model gains more from such signs than from
the numbers themselves (Guo, Che, Wang and Liu 2014).

Public names: `EncoderHints`.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from crfner.document import Document
from crfner.encoder.network import padding, reach, rows_of
from crfner.encoder.pieces import Pieces
from crfner.encoder.pretrained import Pretrained, read_network, read_pretrained
from crfner.errors import CrfnerError, SettingError
from crfner.tokenize import tokenized, whole

Floats = NDArray[np.float32]

_MOST = 100_000  # tokens whose states the directions are found on
_ARRAYS = ("mean", "directions")


class EncoderHints:
    """Signs of the states of a frozen encoder.

    encoder     a folder in Hugging Face's layout, a pip package that holds one, or a name on the hub
    mean        (states,) the mean of the states of the training text
    directions  (states, dimensions) what the states are projected on; each has variance 1 there
    layers      how many layers, from the last, the state is the mean of
    digest      of the encoder's weights, or None to take it from the encoder that is there

    The encoder does not travel in a model file: the same one must be there when the file is opened, and no net is asked
    for it. Raises SettingError where it is not, or is another.
    """

    kind = "encoder"

    def __init__(
        self, encoder: str, mean: Floats, directions: Floats, *, layers: int = 4, digest: str | None = None
    ) -> None:
        self.encoder = encoder
        self.mean = mean
        self.directions = directions
        self.layers = layers
        self._states = _States(read_pretrained(encoder, local=digest is not None), layers)
        if len(mean) != self._states.width:
            raise SettingError(f"the encoder {encoder!r} has states of {self._states.width} numbers, not {len(mean)}")
        self.digest = self._states.digest()
        if digest not in (None, self.digest):
            raise SettingError(
                f"the encoder {encoder!r} that is here is not the one that was learnt with; install that one"
            )

    @classmethod
    def learn(cls, encoder: str, documents: Iterable[Document], *, dimensions: int = 96, layers: int = 4) -> Self:
        """Find the main directions of the encoder's states on a text; its spans are not looked at.

        documents   the training documents, and unlabelled ones where there are any
        dimensions  how many directions are kept

        Raises SettingError where the encoder cannot be opened, CrfnerError for a text of fewer words than directions.
        """
        states = _States(read_pretrained(encoder), layers)
        cut = (whole(tokenized(document.with_spans(()))) for document in documents)
        rows = np.array(list(islice((row for document in cut for row in states.of(document)), _MOST)))
        if not 1 <= dimensions <= min(len(rows), states.width):
            raise CrfnerError(
                f"{dimensions} directions need a text of at least as many words, and states of as many numbers; "
                f"there are {len(rows)} words and {states.width} numbers"
            )
        mean, directions = main_directions(rows, dimensions)
        return cls(encoder, mean, directions, layers=layers)

    def hints(self, documents: Sequence[Document]) -> list[list[list[str]]]:
        """For each token of each document the directions in which it lies apart, such as "12+" and "40-"."""
        states = map(self._states.of, documents)
        return [signs(((state - self.mean) @ self.directions).astype(np.float32)) for state in states]

    def to_bytes(self) -> bytes:
        """The encoder's name and digest and the projection, as an npz archive without pickled objects."""
        about = {"encoder": self.encoder, "layers": self.layers, "digest": self.digest}
        data = io.BytesIO()
        with_text = np.frombuffer(json.dumps(about, sort_keys=True).encode(), dtype=np.uint8)
        np.savez(data, about=with_text, mean=self.mean, directions=self.directions)
        return data.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> EncoderHints:
        """From what `to_bytes` gave. Raises ValueError when it is damaged or the encoder is not there or another."""
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                if sum(entry.file_size for entry in packed.infolist()) > len(data):
                    raise ValueError("it unpacks to more than it holds")  # savez, which made it, packs nothing
            with np.load(io.BytesIO(data), allow_pickle=False) as archive:
                about: dict[str, Any] = json.loads(archive["about"].tobytes())
                mean, directions = (archive[name] for name in _ARRAYS)
            encoder, layers, digest = about["encoder"], about["layers"], about["digest"]
        except Exception as error:  # zipfile, zlib, numpy and json each have errors of their own
            raise ValueError(f"its hints of an encoder are damaged ({error})") from None
        sound = isinstance(encoder, str) and type(layers) is int and layers > 0 and isinstance(digest, str)
        if not sound or mean.ndim != 1 or directions.ndim != 2 or len(directions) != len(mean):
            raise ValueError("its hints of an encoder are damaged: the projection has the wrong shape")
        if mean.dtype != np.float32 or directions.dtype != np.float32:
            raise ValueError("its hints of an encoder are damaged: the projection is not of float32")
        return cls(encoder, mean, directions, layers=layers, digest=digest)


_LEAST = 1e-6  # variance: a direction with less is noise of rounding
_APART = 0.5  # standard deviations from the mean that a word must be to be given the sign


def main_directions(rows: Floats, dimensions: int) -> tuple[Floats, Floats]:
    """The mean of the rows, and the directions in which they vary most, scaled to variance 1 (Pearson 1901).

    Each direction points to where its greatest number is positive, so that one text gives one result.
    """
    mean = rows.mean(axis=0, dtype=np.float64)
    apart = rows - mean.astype(np.float32)
    variances, axes = np.linalg.eigh((apart.T @ apart).astype(np.float64) / len(rows))
    variances, axes = variances[::-1][:dimensions], axes[:, ::-1][:, :dimensions]
    greatest = axes[np.abs(axes).argmax(axis=0), np.arange(dimensions)]
    scaled = axes * np.sign(greatest) / np.sqrt(np.maximum(variances, _LEAST))
    return mean.astype(np.float32), scaled.astype(np.float32)


def signs(values: Floats) -> list[list[str]]:
    """The signs of the values that are apart from 0, a list over the rows.

    >>> signs(np.array([[2.0, -0.1, -1.0]], dtype=np.float32))
    [['0+', '2-']]
    """
    found: list[list[str]] = [[] for _ in values]
    for row, column in zip(*np.nonzero(np.abs(values) > _APART), strict=True):
        found[row].append(f"{column}{'+' if values[row, column] > 0 else '-'}")
    return found


class _States:
    """What an encoder says of the words of a document."""

    def __init__(self, pretrained: Pretrained, layers: int) -> None:
        self._network = read_network(pretrained, "AutoModel", output_hidden_states=True).eval()
        self._pieces = Pieces(pretrained.tokenizer, reach(pretrained.config))
        self._layers = layers
        self.width = int(self._network.config.hidden_size)

    def of(self, document: Document) -> Floats:
        """(tokens, width); zeros for a token that the encoder sees nothing in."""
        windows = self._pieces.windows(document.sentence_words())
        pad = padding(self._network.config)
        return rows_of(windows, len(document.tokens), self.width, pad, self._run)

    def _run(self, given: dict[str, Any]) -> Any:
        import torch

        return torch.stack(self._network(**given).hidden_states[-self._layers :]).mean(0)

    def digest(self) -> str:
        """SHA-256 of the weights, as they are in memory: the same from a folder and from the hub."""
        digest = hashlib.sha256()
        for name, value in sorted(self._network.state_dict().items()):
            digest.update(name.encode())
            digest.update(value.numpy().tobytes())
        return digest.hexdigest()
