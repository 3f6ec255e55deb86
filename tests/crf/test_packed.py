"""Weights are packed without loss, unpacked only when they fit, and pruned by how much they weigh."""

import random
import struct
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crfner import CRFRecognizer, read
from crfner.crf.packed import pack, pruned, unpack
from crfner.crf.weights import DamagedModel, Weights
from crfner.errors import SettingError

MENU = Path(__file__).parents[2] / "data" / "menu"
STRINGS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=8)


@st.composite
def weights(draw: st.DrawFn) -> Weights:
    tags = draw(st.lists(STRINGS, min_size=1, max_size=4, unique=True))
    names = draw(st.lists(STRINGS, max_size=8, unique=True))
    held = [draw(st.lists(st.integers(0, len(tags) - 1), max_size=len(tags), unique=True)) for _ in names]
    numbers = st.floats(-10, 10)
    values = [draw(numbers) for targets in held for _ in targets]
    return Weights(
        tuple(tags),
        {name: number for number, name in enumerate(names)},
        np.concatenate([[0], np.cumsum([len(targets) for targets in held])]).astype(np.int64),
        np.array([target for targets in held for target in targets], dtype=np.int64),
        np.array(values, dtype=np.float64),
        np.array([[draw(numbers) for _ in tags] for _ in tags], dtype=np.float64),
    )


def by_name(given: Weights) -> dict[tuple[str, int], float]:
    return {
        (name, int(given.targets[place])): float(given.values[place])
        for name, number in given.attributes.items()
        for place in range(given.starts[number], given.starts[number + 1])
    }


@given(weights())
def test_what_was_packed_is_unpacked_to_the_last_bit(given: Weights) -> None:
    found = unpack(pack(given))
    assert (found.tags, list(found.attributes.items())) == (given.tags, list(given.attributes.items()))
    for name in ("starts", "targets", "values", "transitions"):
        one, other = getattr(found, name), getattr(given, name)
        assert one.dtype == other.dtype and one.shape == other.shape and (one == other).all()


@given(weights(), st.floats(0, 5))
def test_exactly_the_weights_below_the_threshold_are_dropped(given: Weights, threshold: float) -> None:
    found = pruned(given, threshold)
    assert by_name(found) == {key: value for key, value in by_name(given).items() if abs(value) >= threshold}
    assert set(found.attributes) == {name for name, _ in by_name(found)}
    assert list(found.attributes.values()) == list(range(len(found.attributes)))
    keys = [list(given.attributes)]
    small = replace(given, values=np.where(np.abs(given.values) >= threshold, given.values, 0.0))
    assert found.summed(keys) == pytest.approx(small.summed(keys))


@given(weights(), st.randoms(use_true_random=False))
def test_damaged_bytes_are_refused_or_are_sound_weights(given: Weights, chance: random.Random) -> None:
    data = bytearray(pack(given))
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    try:
        found = unpack(bytes(data))
    except DamagedModel:
        return
    assert (
        len(found.starts) == len(found.attributes) + 1 and len(found.values) == len(found.targets) == found.starts[-1]
    )
    assert np.isfinite(found.summed([list(found.attributes)])).all()


@pytest.mark.parametrize("size", range(0, 60, 7))
def test_bytes_that_are_cut_short_are_refused(size: int) -> None:
    whole = pack(Weights(("O",), {"a": 0}, np.array([0, 1]), np.array([0]), np.array([1.0]), np.zeros((1, 1))))
    with pytest.raises(DamagedModel):
        unpack(whole[: min(size, len(whole) - 1)])


def test_a_part_that_claims_to_be_vast_is_refused_before_room_is_made() -> None:
    with pytest.raises(DamagedModel, match="cut short"):
        unpack(struct.pack("<4s5I", b"crfW", 1, 1, 2000, 2**32 - 1, 2**32 - 1) + b"ab")


def test_a_pruned_model_is_smaller_and_finds_nearly_the_same(tmp_path: Path) -> None:
    menu = list(read(MENU / "train.jsonl"))[:80]
    with warnings.catch_warnings(action="ignore"):
        whole, small = (CRFRecognizer("minimal", iterations=30, prune=prune).fit(menu) for prune in (0.0, 0.1))
    assert np.abs(small.fitted_.weights.values).min() >= 0.1
    for name, crf in (("whole", whole), ("small", small)):
        crf.save(tmp_path / name)
    assert (tmp_path / "small").stat().st_size < (tmp_path / "whole").stat().st_size
    assert CRFRecognizer.load(tmp_path / "small").prune == 0.1
    assert abs(whole.score(menu) - small.score(menu)) < 0.05


@pytest.mark.parametrize("prune", [-1, "much", None, float("inf")])
def test_a_threshold_is_a_weight(prune: object) -> None:
    with pytest.raises(SettingError, match="prune must be a weight, 0 or more"):
        CRFRecognizer(prune=prune).check()  # type: ignore[arg-type]
