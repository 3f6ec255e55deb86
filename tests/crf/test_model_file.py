"""A CRF in a file: what is loaded tags as what was saved, lexicons travel cut to size, and forgeries are refused."""

import json
import random
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from crfner import store
from crfner.crf import CRFRecognizer
from crfner.crf.model_file import from_stored
from crfner.crf.packed import pack
from crfner.crf.weights import read_weights
from crfner.document import Document, Span
from crfner.errors import CrfnerError
from crfner.formats import read
from crfner.version import __version__
from features import Clusters, Gazetteer, Vectors

CLINIC = Path(__file__).parents[2] / "data" / "clinic" / "train.jsonl"
NAMES = ("Ann", "Bob", "Cleo", "Dan", "Eve", "Fay", "Gus", "Hal", "Ida", "Joe")

LEXICONS = {
    "names": Gazetteer.from_lines(NAMES),
    "unused.list": Gazetteer.from_lines(["nowhere to be found"]),
    "brown": Clusters({**dict.fromkeys(NAMES, "0110"), "took": "1011", "zebra": "0000", "\u2028odd": "0110"}),
    "glove": Vectors({**dict.fromkeys(NAMES, "+.-"), "took": "-.+"}),
    "unused_vectors": Vectors({"nowhere": "+"}),
}


def essence(documents: Any) -> list[list[tuple[int, int, str, float | None]]]:
    return [[(span.start, span.end, span.label, span.score) for span in document.spans] for document in documents]


def people() -> list[Document]:
    return [
        Document(f"then {name} took it {day}.", spans=(Span(5, 5 + len(name), "PER"),))
        for day in (1, 2)
        for name in NAMES
    ]


@pytest.fixture(scope="module")
def corpus() -> list[Document]:
    return list(read(CLINIC))[:80]


@pytest.fixture(scope="module")
def fitted(corpus: list[Document]) -> CRFRecognizer:
    with warnings.catch_warnings(action="ignore"):
        return CRFRecognizer("minimal", scheme="BIOES", iterations=20, seed=3, c1=0.2).fit(corpus)


@pytest.fixture(scope="module")
def with_lexicons() -> CRFRecognizer:
    config = {"gazetteers": {"window": 1}, "clusters": {"window": 1, "lengths": [2, 4]}, "vectors": {}}
    return CRFRecognizer(config, lexicons=LEXICONS, iterations=20, c1=0.0).fit(people())


@pytest.fixture
def forged(fitted: CRFRecognizer, tmp_path: Path) -> Callable[..., Path]:
    """A sound archive with another manifest or other parts than the model has."""
    path = tmp_path / "forged.crfner"

    def forge(change: Callable[[dict[str, Any]], object] = lambda manifest: None, **parts: bytes | None) -> Path:
        fitted.save(path)
        stored = store.load(path)
        manifest = json.loads(json.dumps(stored.manifest))
        change(manifest)
        named = {"model.weights": parts.get("weights", stored.parts["model.weights"])}
        named |= {name: data for name, data in parts.items() if name != "weights"}
        store.save(path, manifest, {name: data for name, data in named.items() if data is not None})
        return path

    return forge


def refusal(path: Path) -> str:
    """What is said of a model that is not loaded: one line that begins with its name."""
    with pytest.raises(CrfnerError) as refused:
        CRFRecognizer.load(path)
    message = str(refused.value)
    assert message.startswith(f"{path}: ") and "\n" not in message
    return message


# What is saved is loaded


def test_a_loaded_model_tags_as_the_saved_one_with_the_same_scores(
    fitted: CRFRecognizer, corpus: list[Document], tmp_path: Path
) -> None:
    fitted.save(tmp_path / "m.crfner")
    loaded = CRFRecognizer.load(tmp_path / "m.crfner")
    assert essence(loaded.recognize(corpus)) == essence(fitted.recognize(corpus))
    assert loaded.labels == fitted.labels


def test_a_loaded_model_has_the_parameters_it_was_trained_with(fitted: CRFRecognizer, tmp_path: Path) -> None:
    fitted.save(tmp_path / "m.crfner")
    loaded = CRFRecognizer.load(tmp_path / "m.crfner").get_params()
    assert loaded.pop("features") == fitted.fitted_.features.config
    expected = {**fitted.get_params(), "c2": 0.05}  # its default is written down
    assert loaded == {name: value for name, value in expected.items() if name != "features"}


def test_saving_what_was_loaded_gives_the_same_file(fitted: CRFRecognizer, tmp_path: Path) -> None:
    fitted.save(tmp_path / "a")
    CRFRecognizer.load(tmp_path / "a").save(tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_loaded_model_can_be_trained_again(fitted: CRFRecognizer, tmp_path: Path) -> None:
    fitted.save(tmp_path / "m.crfner")
    assert CRFRecognizer.load(tmp_path / "m.crfner").fit(people()).labels == ("PER",)


def test_the_manifest_tells_settings_counts_version_and_no_time_or_place(
    fitted: CRFRecognizer, corpus: list[Document], tmp_path: Path
) -> None:
    fitted.save(tmp_path / "m.crfner")
    manifest = store.load(tmp_path / "m.crfner").manifest
    assert manifest["kind"] == "crf" and manifest["labels"] == list(fitted.labels)
    assert (manifest["settings"]["scheme"], manifest["settings"]["seed"], manifest["settings"]["c1"]) == (
        "BIOES",
        3,
        0.2,
    )
    assert manifest["training"]["documents"] == len(corpus)
    assert sum(manifest["training"]["entities"].values()) == sum(len(document.spans) for document in corpus)
    assert manifest["versions"] == {"crfner": __version__}  # not of Python or a package, which change nothing in it
    assert str(tmp_path) not in json.dumps(manifest) and str(CLINIC) not in json.dumps(manifest)


def test_scores_and_labels_of_any_script_come_back(tmp_path: Path) -> None:
    documents = [Document(f"Ann {number}", spans=(Span(0, 3, "人名"),)) for number in range(12)]
    recognizer = CRFRecognizer("minimal", iterations=5).fit(documents)
    recognizer.add_scores("dev", {"f1": 0.5})
    recognizer.save(tmp_path / "m")
    loaded = CRFRecognizer.load(tmp_path / "m")
    assert loaded.labels == ("人名",) and loaded.fitted_.manifest["scores"] == {"dev": {"f1": 0.5}}


# Lexicons and functions


def test_lexicons_travel_and_tag_the_same(with_lexicons: CRFRecognizer, tmp_path: Path) -> None:
    with_lexicons.save(tmp_path / "m")
    loaded = CRFRecognizer.load(tmp_path / "m")
    assert essence(loaded.recognize(people())) == essence(with_lexicons.recognize(people()))
    assert loaded.score(people()) == 1.0


def test_only_what_has_weight_travels(with_lexicons: CRFRecognizer, tmp_path: Path) -> None:
    with_lexicons.save(tmp_path / "m")
    lexicons = CRFRecognizer.load(tmp_path / "m").lexicons
    assert lexicons is not None and set(lexicons) == {"names", "brown", "glove"}
    assert all(lexicons[name] == LEXICONS[name] for name in ("names", "glove"))
    brown = lexicons["brown"]
    assert isinstance(brown, Clusters) and set(brown.paths) == {*NAMES, "took", "\u2028odd"}


def test_functions_must_be_given_again(tmp_path: Path) -> None:
    functions = {"initial": lambda word: [word[0]]}
    recognizer = CRFRecognizer({"lower": {}, "initial": {}}, functions=functions, iterations=5).fit(people())
    recognizer.save(tmp_path / "m")
    assert "initial" in refusal(tmp_path / "m")
    loaded = CRFRecognizer.load(tmp_path / "m", functions)
    assert essence(loaded.recognize(people())) == essence(recognizer.recognize(people()))


# Sound archives with unsound content


def test_a_model_of_another_kind_is_refused(forged: Callable[..., Path]) -> None:
    assert "this is not a CRF model (kind 'rules')" in refusal(forged(lambda manifest: manifest.update(kind="rules")))


CHANGES: list[Callable[[dict[str, Any]], object]] = [
    lambda manifest: manifest.pop("settings"),
    lambda manifest: manifest.pop("labels"),
    lambda manifest: manifest.update(settings=[]),
    lambda manifest: manifest.update(labels="PERSON"),
    lambda manifest: manifest.update(labels=[1, None]),
    lambda manifest: manifest.update(labels=["PERSON"]),
    lambda manifest: manifest["settings"].pop("features"),
    lambda manifest: manifest["settings"].pop("scheme"),
    lambda manifest: manifest["settings"].update(scheme="x"),
    lambda manifest: manifest["settings"].update(scheme=None),
    lambda manifest: manifest["settings"].update(scheme=["IO"]),
    lambda manifest: manifest["settings"].update(tokenizer={}),
    lambda manifest: manifest["settings"].update(sentences=1),
    lambda manifest: manifest["settings"].update(iterations="many"),
    lambda manifest: manifest["settings"].update(c2=[]),
    lambda manifest: manifest["settings"].update(features=None),
    lambda manifest: manifest["settings"].update(features="default"),
    lambda manifest: manifest["settings"].update(features={"base": "x"}),
    lambda manifest: manifest["settings"].update(features={"wrod": {}}),
    lambda manifest: manifest["settings"].update(features={"word": 1}),
    lambda manifest: manifest["settings"].update(features={"word": {"window": "wide"}}),
    lambda manifest: manifest["settings"].update(features={"suffix": {"lengths": [None]}}),
]


@pytest.mark.parametrize("change", CHANGES, ids=range(len(CHANGES)))
def test_a_manifest_without_sense_is_refused(
    change: Callable[[dict[str, Any]], object], forged: Callable[..., Path]
) -> None:
    refusal(forged(change))


def test_a_model_without_weights_is_refused(forged: Callable[..., Path]) -> None:
    assert "it holds no 'model.weights'" in refusal(forged(weights=None))


def test_weights_that_are_none_are_refused(forged: Callable[..., Path]) -> None:
    assert "the model is damaged" in refusal(forged(weights=b"crfW" + bytes(500)))


def test_a_label_that_the_manifest_does_not_list_is_refused(forged: Callable[..., Path]) -> None:
    assert "which its manifest does not list" in refusal(forged(lambda manifest: manifest["labels"].remove("PERSON")))


def test_a_lexicon_that_is_none_is_refused(forged: Callable[..., Path]) -> None:
    assert "line 1 of the clusters" in refusal(forged(**{"clusters/brown.txt": b"no path\n"}))
    assert "line 2 of the vectors" in refusal(forged(**{"vectors/glove.txt": b"a\t+.\nb\t+\n"}))
    refusal(forged(**{"gazetteers/names.txt": b"\xff\xfe"}))


def test_changed_weights_in_a_sound_archive_are_refused_or_tag_without_harm(
    fitted: CRFRecognizer, corpus: list[Document], forged: Callable[..., Path]
) -> None:
    data, chance = pack(fitted.fitted_.weights), random.Random(0)
    for _ in range(40):
        changed = bytearray(data)
        changed[chance.randrange(64 if chance.random() < 0.3 else len(data))] ^= 1 << chance.randrange(8)
        try:
            recognizer = CRFRecognizer.load(forged(weights=bytes(changed)))
        except CrfnerError:
            continue
        with warnings.catch_warnings(action="ignore"):  # weights beyond all measure overflow
            tagged = list(recognizer.recognize(corpus[:5]))
        assert [document.text for document in tagged] == [document.text for document in corpus[:5]]
        assert {span.label for document in tagged for span in document.spans} <= set(recognizer.labels)


def test_weights_beyond_all_measure_give_spans_all_the_same(
    fitted: CRFRecognizer, corpus: list[Document], forged: Callable[..., Path]
) -> None:
    weights = fitted.fitted_.weights
    vast = replace(weights, values=weights.values * 1e3, transitions=weights.transitions * 1e3)
    for document in CRFRecognizer.load(forged(weights=pack(vast))).recognize(corpus):
        assert all(span.score is not None and 0 <= span.score <= 1 for span in document.spans)


def test_what_was_stored_is_what_the_recogniser_holds(fitted: CRFRecognizer, tmp_path: Path) -> None:
    fitted.save(tmp_path / "m")
    loaded = from_stored(store.load(tmp_path / "m"), tmp_path / "m")
    assert pack(loaded.weights) == pack(fitted.fitted_.weights)
    assert loaded.weights.tags == fitted.fitted_.weights.tags


def test_a_file_of_the_first_format_tags_the_same_and_is_saved_in_the_new_one(
    corpus: list[Document], tmp_path: Path
) -> None:
    with patch("crfner.crf.engines.read_weights", wraps=read_weights) as reading:
        trained = CRFRecognizer("minimal", engine="crfsuite", iterations=5).fit(corpus[:20])
    old, new, again = (tmp_path / name for name in ("old", "new", "again"))
    trained.save(new)
    stored = store.load(new)
    with patch.object(store, "FORMAT_VERSION", 1):
        store.save(old, stored.manifest, {"model.crfsuite": reading.call_args.args[0]})
    loaded = CRFRecognizer.load(old)
    assert essence(loaded.recognize(corpus)) == essence(trained.recognize(corpus))
    loaded.save(again)
    assert again.read_bytes() == new.read_bytes()
