"""Features of other packages: used by name, named in model files, and missed with the name of their package."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from crfner import CRFRecognizer, Document, load_model
from crfner.errors import CrfnerError
from features import FeatureSet

ROOT = Path(__file__).parents[2]
SOURCE = """
from features import OfSentence

def initial(word, least=1):
    return [word[0].lower()] if len(word) >= least else []

def places(words):
    return [[str(place)] for place, _ in enumerate(words)]

def text(word):
    return "text"

place = OfSentence(places)
number = 3
"""
ENTRIES = [f"{name} = {{package}}:{name}" for name in ("initial", "place", "text", "number")]

Install = Callable[..., Path]


def bring(install: Install, package: str) -> Path:
    return install(package, SOURCE, **{"crfner.features": [entry.format(package=package) for entry in ENTRIES]})


def test_a_feature_of_a_package_is_used_by_its_name_like_any_other(install: Install) -> None:
    bring(install, "acme_one")
    features = FeatureSet(
        {"initial": {"window": [-1, 0], "least": 3}, "place": {}, "conjunctions": [["initial[0]", "case[0]"]]}
    )
    assert features.lists([["The", "of"]]) == [
        [
            ["place[0]=0", "border[-1]", "initial[0]=t", "initial[0]&case[0]=t|title"],
            ["place[0]=1", "initial[-1]=t", "initial[0]&case[0]=|lower"],
        ]
    ]
    assert features.packages == {"initial": "acme_one 1.2", "place": "acme_one 1.2"}
    assert pickle.loads(pickle.dumps(features)) == features


def test_a_feature_in_a_conjunction_alone_is_found_too(install: Install) -> None:
    bring(install, "acme_two")
    assert FeatureSet({"conjunctions": [["initial[0]"]]}).lists([["Oslo"]]) == [[["initial[0]=o"]]]


def test_ours_and_those_that_are_given_come_before_those_of_packages(install: Install) -> None:
    install("acme_three", SOURCE, **{"crfner.features": ["lower = acme_three:initial", "own = acme_three:initial"]})
    features = FeatureSet({"lower": {}, "own": {}}, functions={"own": lambda word: ["given"]})
    assert features.lists([["Oslo"]]) == [[["lower[0]=oslo", "own[0]=given"]]]
    assert features.packages == {}


def test_mistakes_of_packages_are_told_with_their_names(install: Install) -> None:
    bring(install, "acme_four")
    for name, message in [
        ("number", "the feature 'number' of the package acme_four 1.2 should be a function"),
        ("initail", "unknown feature 'initail'; known are .*initial"),
    ]:
        with pytest.raises(ValueError, match=message):
            FeatureSet({name: {}})
    with pytest.raises(ValueError, match="feature 'text' must give a list of values"):
        FeatureSet({"text": {}}).lists([["a"]])
    with pytest.raises(ValueError, match="most"):
        FeatureSet({"initial": {"most": 3}})
    install("acme_five", "raise OSError('no disk')", **{"crfner.features": ["x = acme_five:x", "text = acme_five:x"]})
    with pytest.raises(ValueError, match=r"'x' of the package acme_five 1.2 cannot be imported \(OSError: no disk\)"):
        FeatureSet({"x": {}})
    with pytest.raises(ValueError, match=r"brought more than once, by acme_five 1.2 and acme_four 1.2; uninstall one"):
        FeatureSet({"text": {}})


def test_a_model_names_the_package_that_it_needs(
    install: Install, uninstall: Callable[[Path], None], labelled: list[Document], tmp_path: Path
) -> None:
    site = bring(install, "acme_six")
    config = {"base": "minimal", "initial": {"window": 1}}
    CRFRecognizer(config, iterations=20).fit(labelled).save(tmp_path / "m")
    model = load_model(tmp_path / "m")
    assert model.manifest["packages"] == {"initial": "acme_six 1.2"}
    assert [found.spans for found in model.recognize(labelled)] == [document.spans for document in labelled]
    uninstall(site)
    with pytest.raises(CrfnerError, match=r"m: the model reads the feature 'initial' of the package acme_six 1.2"):
        load_model(tmp_path / "m")
    assert CRFRecognizer.load(tmp_path / "m", {"initial": lambda word: [word[0].lower()]}).predict(labelled[:1])


def test_a_model_without_such_features_names_no_package(labelled: list[Document]) -> None:
    assert "packages" not in CRFRecognizer("minimal", iterations=1).fit(labelled).manifest


def test_commands_know_features_of_packages(install: Install, tmp_path: Path) -> None:
    site = bring(install, "acme_seven")
    config = tmp_path / "features.json"
    config.write_text(json.dumps({"initial": {"window": [0]}}))
    path = os.pathsep.join([str(site), str(ROOT), os.environ.get("PYTHONPATH", "")])
    run = subprocess.run(
        [sys.executable, "-m", "crfner", "features", "Oslo", "--features", str(config)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.stdout == "Oslo\tinitial[0]=o\n\n", run.stderr
