"""The weights of a linear-chain CRF, read from the binary file that CRFsuite writes.

Reading the file here, with every offset and count checked against its size, has two uses: a damaged or forged model
cannot crash the process (CRFsuite trusts what it opens), and tagging can sum weights per word type instead of looking
up every attribute of every token. The layout is that of `crf1d_model.c` and `cqdb.c` in CRFsuite 0.12 (Okazaki 2007).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from crfner.crf.attributes import Attributes, numbered

Floats = NDArray[np.float64]

_HEADER = struct.Struct("<4sI4sI8I")
_CHUNK = struct.Struct("<4sII")
_DATABASE = struct.Struct("<4sIIIII")
_RECORD = struct.Struct("<II")
_BYTE_ORDER = 0x62445371
_FEATURE = np.dtype([("kind", "<u4"), ("source", "<u4"), ("target", "<u4"), ("weight", "<f8")])
_STATE, _TRANSITION = 0, 1
MAX_TAGS = 2048  # a table of transitions has the square of it; 500 labels in BIOES make 2001


class DamagedModel(ValueError):
    """The bytes are not a CRFsuite model, or not a whole one."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A linear-chain CRF over L tags.

    tags         the L tags
    attributes   attribute string -> its number a
    starts       (attributes + 1,) where the weights of each attribute begin; those of a are starts[a]:starts[a + 1]
    targets      the tag that each weight is for
    values       the weights
    transitions  (L, L) weight of going from one tag (row) to the next (column)
    """

    tags: tuple[str, ...]
    attributes: Mapping[str, int]
    starts: NDArray[np.int64]
    targets: NDArray[np.int64]
    values: Floats
    transitions: Floats

    def summed(self, keys: list[list[str]]) -> Floats:
        """For each list of attribute strings the sum of their weights: (len(keys), L). Unknown attributes count 0."""
        size = len(self.tags)
        attributes = numbered(self.attributes, list(chain.from_iterable(keys)))
        known = attributes >= 0
        if not known.any():
            return np.zeros((len(keys), size))
        rows = np.repeat(np.arange(len(keys)), np.fromiter(map(len, keys), dtype=np.int64))[known]
        attributes = attributes[known]
        counts = self.starts[attributes + 1] - self.starts[attributes]
        # every attribute owns a run of weights: list the places of all the runs one after the other
        ends = np.cumsum(counts)
        places = np.arange(ends[-1]) + np.repeat(self.starts[attributes] - (ends - counts), counts)
        cells = np.repeat(rows, counts) * size + self.targets[places]
        sums = np.bincount(cells, self.values[places], len(keys) * size)
        return sums.reshape(len(keys), size).astype(np.float64, copy=False)


def joined(several: Sequence[Weights]) -> Weights:
    """The weights of several CRFs over the tags of all of them, one after the other; there are no transitions.

    Emissions of the one are those of the others side by side, and each attribute is looked up once.
    """
    attributes: dict[str, int] = {}
    rows, targets = [], []
    first = 0  # the number of a CRF's first tag among all
    for weights in several:
        numbers = [attributes.setdefault(attribute, len(attributes)) for attribute in weights.attributes]
        rows.append(np.repeat(np.array(numbers, dtype=np.int64), np.diff(weights.starts)))
        targets.append(weights.targets + first)
        first += len(weights.tags)
    row = np.concatenate(rows)
    order = np.argsort(row, kind="stable")
    return Weights(
        tags=tuple(tag for weights in several for tag in weights.tags),
        attributes=Attributes.of(attributes),
        starts=np.searchsorted(row[order], np.arange(len(attributes) + 1)).astype(np.int64),
        targets=np.concatenate(targets)[order],
        values=np.concatenate([weights.values for weights in several])[order],
        transitions=np.zeros((first, first)),
    )


def read_weights(data: bytes) -> Weights:
    """Parse a CRFsuite model file. Raises DamagedModel when anything in it does not fit."""
    try:
        return _read(data)
    except (struct.error, UnicodeDecodeError, OverflowError, IndexError, ValueError) as error:
        if isinstance(error, DamagedModel):
            raise
        raise DamagedModel(f"the CRFsuite part is damaged ({error})") from error


def _read(data: bytes) -> Weights:
    magic, size, kind, _, _, tag_count, attribute_count, *offsets = _HEADER.unpack_from(data)
    if magic != b"lCRF" or kind != b"FOMC":
        raise DamagedModel("this is not a CRFsuite model")
    if size > len(data):
        raise DamagedModel(f"the CRFsuite part is cut short: {len(data)} of {size} bytes")
    features_at, tags_at, attributes_at, *_ = offsets
    if tag_count > MAX_TAGS:
        raise DamagedModel(f"the CRFsuite part claims to have {tag_count} tags; no more than {MAX_TAGS} are read")
    tags = _read_strings(data, tags_at, tag_count)
    attributes = _read_strings(data, attributes_at, attribute_count)
    features = _read_features(data, features_at)
    if not np.isfinite(features["weight"]).all():
        raise DamagedModel("the CRFsuite part holds weights that are no numbers")
    state = features[features["kind"] == _STATE]
    transition = features[features["kind"] == _TRANSITION]
    if len(state) + len(transition) != len(features):
        raise DamagedModel("the CRFsuite part holds features of an unknown kind")
    _within(state["source"], len(attributes))
    _within(transition["source"], len(tags))
    _within(features["target"], len(tags))
    state = state[np.argsort(state["source"], kind="stable")]
    transitions = np.zeros((len(tags), len(tags)))
    transitions[transition["source"], transition["target"]] = transition["weight"]
    return Weights(
        tags=tuple(tags),
        attributes={attribute: number for number, attribute in enumerate(attributes)},
        starts=np.searchsorted(state["source"], np.arange(len(attributes) + 1)).astype(np.int64),
        targets=state["target"].astype(np.int64),
        values=state["weight"].astype(np.float64),
        transitions=transitions,
    )


def _read_features(data: bytes, offset: int) -> NDArray[np.void]:
    name, _, count = _CHUNK.unpack_from(data, offset)
    if name != b"FEAT" or _CHUNK.size + count * _FEATURE.itemsize > len(data) - offset:
        raise DamagedModel("the CRFsuite part has no whole table of features")
    return np.frombuffer(data, _FEATURE, count, offset + _CHUNK.size)


def _read_strings(data: bytes, offset: int, expected: int) -> list[str]:
    """The strings of a CQDB (constant quark database), by number."""
    name, size, _, order, count, table = _DATABASE.unpack_from(data, offset)
    if name != b"CQDB" or order != _BYTE_ORDER or size > len(data) - offset:
        raise DamagedModel("the CRFsuite part has a damaged table of strings")
    if count < expected or table + 4 * count > size:
        raise DamagedModel("the CRFsuite part has a table of strings that is cut short")
    places = struct.unpack_from(f"<{count}I", data, offset + table)
    strings = []
    room = size  # a forged table could point to one long string again and again
    for place in places[:expected]:
        _, length = _RECORD.unpack_from(data, offset + place)
        start = offset + place + _RECORD.size
        room -= length
        if not 0 < length <= offset + size - start or room < 0:
            raise DamagedModel("the CRFsuite part has a string that leaves its table")
        strings.append(data[start : start + length - 1].decode("utf-8"))  # without the final NUL
    return strings


def _within(numbers: NDArray[np.uint32], limit: int) -> None:
    if len(numbers) and int(numbers.max()) >= limit:
        raise DamagedModel("the CRFsuite part refers to a string that it does not hold")
