"""Sound archives with forged content: every value of a manifest swapped, counts without bound, and code in data."""

from __future__ import annotations

import ast
import copy
import io
import json
import pickle
import struct
import sys
import tracemalloc
import warnings
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from crfner import store
from crfner.crf.packed import unpack
from crfner.crf.weights import DamagedModel, read_weights
from crfner.document import Document
from crfner.errors import CrfnerError
from crfner.hints.encoder import EncoderHints
from crfner.models import MAX_DEPTH, model_from_bytes

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:
    sys.path.append(str(ROOT))

MIB = 1 << 20


@cache
def archives() -> dict[str, bytes]:
    """A tiny model of each kind, and one of the first format."""
    from fuzz.targets.models import _archives

    names = ("old", "lexicons", "crf", "stages", "rules", "hybrid", "ensemble", "extended")
    return dict(zip(names, _archives(), strict=True))


def changed(name: str, change: Callable[[dict[str, Any], dict[str, bytes]], object]) -> bytes:
    """The model with another manifest or other parts, and right checksums."""
    stored = store.from_bytes(archives()[name], "m")
    manifest, parts = copy.deepcopy(stored.manifest), dict(stored.parts)
    change(manifest, parts)
    return store.to_bytes(manifest, parts)


def taken_or_refused(data: bytes) -> str | None:
    """None for a model that is opened and tags, else what is said of it."""
    try:
        with warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
            list(model_from_bytes(data, "m").recognize([Document("Two samosas, please.")]))
    except CrfnerError as refused:
        assert "\n" not in str(refused) and len(str(refused)) < 1000
        return str(refused)
    return None


def refused_in_little_memory(read: Callable[[bytes], object], data: bytes) -> None:
    """The bound is that of SECURITY.md."""
    tracemalloc.start()
    try:
        with pytest.raises((DamagedModel, ValueError)):
            read(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MIB + 200 * len(data)


# Manifests

SWAPPED = (None, True, -1, 0, 10**30, 1e308, "x", "", [], [None], {}, {"x": []}, [[]] * 3, "\ud800", ["a"] * 50)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    items: Any = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for key, inner in items:
        yield from places(inner, (*path, key))


OWN = {  # what the manifest of each kind has that those before it do not have
    "lexicons": ("kind", "labels", "settings", "training"),
    "stages": ("settings",),
    "rules": ("labels", "settings", "rules"),
    "hybrid": ("hybrid",),
    "ensemble": ("ensemble", "labels"),
    "extended": ("extended",),
}


@pytest.mark.parametrize("name", OWN)
def test_any_value_of_a_manifest_may_be_any_other(name: str) -> None:
    stored = store.from_bytes(archives()[name], "m")
    for number, path in enumerate(path for path in places(stored.manifest) if path[0] in OWN[name]):
        for value in SWAPPED[number % 3 :: 3]:

            def swap(manifest: dict[str, Any], parts: object, path: Any = path, value: Any = value) -> None:
                for key in path[:-1]:
                    manifest = manifest[key]
                manifest[path[-1]] = value

            try:
                data = changed(name, swap)
            except UnicodeEncodeError:
                continue  # half of a surrogate pair cannot be in a file
            taken_or_refused(data)


@pytest.mark.parametrize("name", ["old", "lexicons", "stages", "rules", "hybrid", "ensemble", "extended"])
def test_a_model_without_one_of_its_parts_is_refused_or_does_without(name: str) -> None:
    needed = ("model.", "rules.", "members/", "hinters/base")
    for part in store.from_bytes(archives()[name], "m").parts:
        said = taken_or_refused(changed(name, lambda manifest, parts, part=part: parts.pop(part)))
        assert said is not None or not part.startswith(needed)


@pytest.mark.parametrize("kind", ["crf", "rules", "hybrid", "ensemble", "extended"])
@pytest.mark.parametrize("name", ["crf", "rules", "ensemble"])
def test_a_model_that_says_it_is_of_another_kind_is_refused_or_tags(name: str, kind: str) -> None:
    taken_or_refused(changed(name, lambda manifest, parts: manifest.update(kind=kind)))


def test_models_within_models_end_at_some_depth() -> None:
    data = archives()["extended"]
    for _ in range(MAX_DEPTH):
        data = changed("extended", lambda manifest, parts, data=data: parts.update({"hinters/base.base": data}))
    assert f"more than {MAX_DEPTH} models within one another" in str(taken_or_refused(data))


# Counts

VAST = (2**31 - 1, 2**32 - 1, 2**28, 100_000_000)


@pytest.mark.parametrize("count", VAST)
@pytest.mark.parametrize("field", range(5))
def test_counts_of_weights_beyond_the_data_take_no_memory(field: int, count: int) -> None:
    sizes = [1, 1, 1, 1, 1]
    sizes[field] = count
    refused_in_little_memory(unpack, struct.pack("<4s5I", b"crfW", *sizes) + bytes(200))


@pytest.mark.parametrize("count", VAST)
def test_counts_of_crfsuites_file_beyond_the_data_take_no_memory(count: int) -> None:
    """Every number in the head of the file, of its tables and of its list of features, one after the other."""
    sound = store.from_bytes(archives()["old"], "m").parts["model.crfsuite"]
    heads = [range(4, 48, 4)]
    heads += [range(sound.index(name) + 4, sound.index(name) + 24, 4) for name in (b"FEAT", b"CQDB")]
    heads += [range(sound.rindex(b"CQDB") + 4, sound.rindex(b"CQDB") + 24, 4)]
    for place in (place for head in heads for place in head):
        forged = sound[:place] + count.to_bytes(4, "little") + sound[place + 4 :]
        tracemalloc.start()
        try:
            read_weights(forged)
        except DamagedModel:
            pass
        finally:
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        assert peak < 32 * MIB + 200 * len(sound), place


def test_a_table_of_transitions_is_no_larger_than_is_read() -> None:
    tags = "\0".join(map(str, range(3000))).encode()
    data = struct.pack("<4s5I", b"crfW", len(tags), 1, 3000, 1, 0) + tags + b"a" + bytes(4)
    refused_in_little_memory(unpack, data)


# Code in data


class Harm:
    """What a pickle could do: this one only says that it was opened."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (exec, ("raise SystemExit('a pickle was opened')",))


def projection(**arrays: Any) -> bytes:
    file = io.BytesIO()
    about = np.frombuffer(json.dumps({"encoder": "none", "layers": 1, "digest": "x"}).encode(), dtype=np.uint8)
    np.savez(file, **{"about": about, "mean": np.zeros(2, np.float32), **arrays})
    return file.getvalue()


def test_a_pickle_in_the_arrays_of_an_encoders_hints_is_not_opened() -> None:
    with pytest.raises(ValueError, match="hints of an encoder are damaged"):
        EncoderHints.from_bytes(projection(directions=np.array([Harm()], dtype=object)))


def test_a_bomb_in_the_arrays_of_an_encoders_hints_is_refused_before_it_unpacks() -> None:
    file = io.BytesIO()
    np.savez_compressed(file, about=np.zeros(100_000_000, np.uint8), mean=np.zeros(1), directions=np.zeros(1))
    assert len(file.getvalue()) < MIB
    refused_in_little_memory(EncoderHints.from_bytes, file.getvalue())


def test_arrays_that_say_they_are_vast_take_no_memory() -> None:
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "<f4", "fortran_order": False, "shape": (2, 20_000_000_000)})
    file = io.BytesIO(projection())
    with zipfile.ZipFile(file, "a") as arrays:
        arrays.writestr("directions.npy", head.getvalue() + bytes(16))
    with pytest.raises(ValueError, match="hints of an encoder are damaged"):
        EncoderHints.from_bytes(file.getvalue())
    smaller = file.getvalue().replace(b"(2, 20000000000), }", b"(2, 2000000), }    ")
    refused_in_little_memory(EncoderHints.from_bytes, smaller)


@pytest.mark.parametrize(
    "part", ["model.weights", "rules.jsonl", "gazetteers/g.txt", "hinters/seen.seen", "hinters/x.encoder"]
)
def test_a_pickle_in_place_of_any_part_is_refused(part: str) -> None:
    name = "hybrid" if part.startswith("rules") else "lexicons"
    data = changed(name, lambda manifest, parts: parts.update({part: pickle.dumps(Harm())}))
    assert taken_or_refused(data) is not None


ALLOWED = {
    "process.py": "passes work to a child of its own in a folder that only this user can read",
    "rounds.py": "passes work to workers of this machine, or of a cluster that is trusted (SECURITY.md)",
    "working.py": "the same, for suggest",
    "biomedical.py": "reads a table of an installed package, and refuses every class in it",
}


def test_no_module_opens_what_can_run_code_or_has_a_stranger_s_file_read_by_crfsuite() -> None:
    """pickle, marshal and shelve are imported by few modules, for reasons; eval, exec and yaml.load by none."""
    for path in [*ROOT.glob("crfner/**/*.py"), *ROOT.glob("features/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = {alias.name for alias in node.names} | {getattr(node, "module", None)}
                dangerous = {"pickle", "marshal", "shelve", "dill", "cloudpickle"} & names
                assert not dangerous or path.name in ALLOWED, path
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                forbidden = ("eval", "exec", "yaml.load", "torch.load", "joblib.load", "os.system", "pycrfsuite.Tagger")
                assert called not in forbidden, f"{path}: {called}"
                if called in ("np.load", "numpy.load"):
                    assert "allow_pickle=False" in ast.unparse(node), path


# Encoders


@pytest.fixture(scope="module")
def encoder_model() -> bytes:
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    from fuzz.targets.encoders import _archives

    return _archives()[0]


def with_config(model: bytes, **values: Any) -> str | None:
    stored = store.from_bytes(model, "m")
    config = {**json.loads(stored.parts["config.json"]), **values}
    return taken_or_refused(
        store.to_bytes(stored.manifest, {**stored.parts, "config.json": json.dumps(config).encode()})
    )


@pytest.mark.parametrize(
    "values",
    [
        {"vocab_size": 2_000_000_000},
        {"num_hidden_layers": 1_000_000_000},
        {"max_position_embeddings": 2_000_000_000},
        {"hidden_size": 2_000_000},
        {"hidden_size": 0},
        {"num_attention_heads": 0},
        {"model_type": "gpt2"},
        {"model_type": "no-such-kind"},
        {"hidden_act": "no-such-function"},
        {"id2label": {"0": "O"}},
    ],
    ids=str,
)
def test_a_network_that_does_not_fit_its_weights_is_refused_before_it_is_made(
    encoder_model: bytes, values: dict[str, Any]
) -> None:
    assert "the model is damaged" in str(with_config(encoder_model, **values))


def test_a_configuration_cannot_name_code_to_fetch_or_run(
    encoder_model: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    def connected(*_: object) -> None:
        raise AssertionError("the net was asked")

    monkeypatch.setattr(socket.socket, "connect", connected)
    named = {"auto_map": {"AutoModel": "x--y.Z"}, "_attn_implementation": "x/y", "attn_implementation": "x/y"}
    assert with_config(encoder_model, **named, quantization_config={"quant_method": "gptq", "bits": 4}) is None
