"""The weights of a CRF as a model file keeps them: strings and plain arrays, and nothing for looking them up.

CRFsuite's own file has tables for its tagger, which is not used here; without them a model is a third as large, and
weights that are pruned take no room at all. Numbers are little-endian; everything is checked against the part's size
before it is used.

Public names: `pack`, `unpack`, `pruned`.
"""

from __future__ import annotations

import struct
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from crfner.crf.attributes import SEPARATOR, Attributes
from crfner.crf.weights import MAX_TAGS, DamagedModel, Weights

_HEADER = struct.Struct("<4s5I")  # magic, bytes of the tags and of the attributes; tags, attributes, weights
_MAGIC = b"crfW"
_COUNT, _TARGET, _VALUE = np.dtype("<u4"), np.dtype("<u2"), np.dtype("<f8")


def pack(weights: Weights) -> bytes:
    """The part of a model file: tags, attributes, how many weights each has, their tags, values, transitions."""
    tags = SEPARATOR.join(weights.tags).encode()
    known = weights.attributes
    attributes = known.blob if isinstance(known, Attributes) else SEPARATOR.join(known).encode()
    sizes = len(tags), len(attributes), len(weights.tags), len(weights.attributes), len(weights.values)
    arrays = (
        np.diff(weights.starts).astype(_COUNT),
        weights.targets.astype(_TARGET),
        weights.values.astype(_VALUE),
        weights.transitions.astype(_VALUE),
    )
    return b"".join([_HEADER.pack(_MAGIC, *sizes), tags, attributes, *(array.tobytes() for array in arrays)])


def unpack(data: bytes) -> Weights:
    """The weights that `pack` gave the bytes of. Raises DamagedModel when anything in them does not fit."""
    if len(data) < _HEADER.size or not data.startswith(_MAGIC):
        raise DamagedModel("its weights are none")
    _, tags_size, attributes_size, tag_count, attribute_count, count = _HEADER.unpack_from(data)
    if not 0 < tag_count <= MAX_TAGS:
        raise DamagedModel(f"its weights are for {tag_count} tags; no more than {MAX_TAGS} are read")
    layout = (
        (_COUNT, attribute_count),
        (_TARGET, count),
        (_VALUE, count),
        (_VALUE, tag_count * tag_count),
    )
    place = _HEADER.size + tags_size + attributes_size
    if place + sum(dtype.itemsize * number for dtype, number in layout) != len(data):
        raise DamagedModel("its weights are cut short, or there are too many")
    tags = _strings(data[_HEADER.size : _HEADER.size + tags_size], tag_count)
    attributes = _attributes(data[_HEADER.size + tags_size : place], attribute_count)
    arrays: list[NDArray[np.generic]] = []
    for dtype, number in layout:
        arrays.append(np.frombuffer(data, dtype, number, place))
        place += dtype.itemsize * number
    counts, targets, values, transitions = arrays
    starts = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]).astype(np.int64)
    if starts[-1] != count or (count and int(targets.max()) >= tag_count):
        raise DamagedModel("its weights refer to what they do not hold")
    if not (np.isfinite(values).all() and np.isfinite(transitions).all()):
        raise DamagedModel("it holds weights that are no numbers")
    return Weights(
        tags=tuple(tags),
        attributes=attributes,
        starts=starts,
        targets=targets.astype(np.int64),
        values=values.astype(np.float64),
        transitions=transitions.astype(np.float64).reshape(tag_count, tag_count),
    )


def _attributes(data: bytes, count: int) -> Attributes:
    try:
        return Attributes(data, count)
    except ValueError as error:
        raise DamagedModel(f"its attributes are damaged ({error})") from None


def _strings(data: bytes, count: int) -> list[str]:
    try:
        strings = data.decode("utf-8").split(SEPARATOR) if count else []
    except UnicodeDecodeError as error:
        raise DamagedModel(f"its strings are damaged ({error})") from None
    if len(strings) != count or len(set(strings)) != count:
        raise DamagedModel("its strings are not as many as it says, or one comes twice")
    return strings


def pruned(weights: Weights, threshold: float) -> Weights:
    """The weights without those of a lower absolute value than the threshold, and the attributes without any left.

    A threshold, and not a share of the weights: a weight adds the same to a score in a small model as in a large one,
    so that one threshold costs about as much accuracy anywhere (pruning by magnitude).
    Transitions are few, and all are kept.
    """
    kept = np.abs(weights.values) >= threshold
    sources = np.repeat(np.arange(len(weights.attributes)), np.diff(weights.starts))
    left = np.bincount(sources[kept], minlength=len(weights.attributes))
    names = [name for name, number in weights.attributes.items() if left[number]]
    return replace(
        weights,
        attributes=Attributes.of(names),
        starts=np.concatenate([[0], np.cumsum(left[left > 0])]).astype(np.int64),
        targets=weights.targets[kept],
        values=weights.values[kept],
    )
