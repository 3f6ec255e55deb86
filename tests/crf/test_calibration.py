"""Calibration: a model that is too sure gets a temperature under which its scores come true, and finds the same."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path
from statistics import median

import numpy as np
import pytest

from crfner import CRFRecognizer, Document, read
from crfner.crf.calibration import FEWEST, calibrate, check_enough
from crfner.crf.decode import Chain, lattice
from crfner.errors import CrfnerError, SettingError
from crfner.evaluation.calibration import reliability

MENU = Path(__file__).parents[2] / "data" / "menu"
TRAIN, DEV = list(read(MENU / "train.jsonl"))[:120], list(read(MENU / "dev.jsonl"))
HELD_OUT = [*DEV, *list(read(MENU / "train.jsonl"))[120:]]  # errors of calibration differ much from one few to another


@pytest.fixture(scope="module", params=["IOB2", "IOB1", "BIOES"])
def crf(request: pytest.FixtureRequest) -> CRFRecognizer:
    """A model that has learnt its training text by heart."""
    with warnings.catch_warnings(action="ignore"):
        return CRFRecognizer("minimal", c1=0.0, c2=0.001, scheme=request.param).fit(TRAIN)


def copy_of(crf: CRFRecognizer, **changed: object) -> CRFRecognizer:
    """The same model with other settings of tagging."""
    other = CRFRecognizer(scheme=crf.scheme, **changed)  # type: ignore[arg-type]
    other._set(crf.fitted_)
    return other


def test_a_model_that_is_too_sure_is_made_less_so_and_finds_the_same(crf: CRFRecognizer) -> None:
    found = calibrate(crf, HELD_OUT)
    assert found.temperature > 1.2 and found.after < found.before
    tempered = copy_of(crf)
    tempered.set_temperature(found.temperature)
    before, after = list(crf.recognize(HELD_OUT)), list(tempered.recognize(HELD_OUT))
    assert [document.spans for document in before] == [document.spans for document in after]
    assert found.spans == sum(len(document.spans) for document in before)
    assert reliability(HELD_OUT, before).error == pytest.approx(found.before, abs=1e-3)
    assert reliability(HELD_OUT, after).error < reliability(HELD_OUT, before).error


@pytest.mark.parametrize("temperature", [0.6, 1.8])
def test_probabilities_are_those_of_a_chain_whose_scores_are_divided(crf: CRFRecognizer, temperature: float) -> None:
    tagger = copy_of(crf, temperature=temperature).tagger()
    emissions, lengths = tagger.emissions([crf.prepared(document) for document in DEV[:5]])
    chain = Chain(tagger.chain.transitions / temperature, *(getattr(tagger.chain, n) for n in ("initial", "final")),
                  tagger.chain.continues)  # fmt: skip
    wanted = lattice(emissions / temperature, lengths, chain)
    found = tagger.tempered(emissions, lengths, temperature)
    assert np.allclose(found.node, wanted.node)
    documents = [document.with_spans(()) for document in DEV[:5]]
    tempered = copy_of(crf, temperature=temperature)
    for recognised in tempered.recognize(documents):
        ((_, probabilities),) = tempered.weigh([(recognised, recognised.spans)])
        assert [span.score for span in recognised.spans] == pytest.approx(probabilities, abs=1e-4)


def test_thresholds_act_on_probabilities_before_they_are_tempered(crf: CRFRecognizer) -> None:
    thresholds = dict.fromkeys(crf.labels, 0.2)
    plain = list(copy_of(crf, thresholds=thresholds).recognize(DEV))
    tempered = list(copy_of(crf, thresholds=thresholds, temperature=3.0).recognize(DEV))
    assert [document.spans for document in plain] == [document.spans for document in tempered]
    first, second = ([span.score or 0.0 for d in found for span in d.spans] for found in (plain, tempered))
    assert all(0 <= score <= 1 for score in second) and any(score < 0.2 for score in second)
    assert np.mean(first) > np.mean(second)
    given = calibrate(copy_of(crf, thresholds=thresholds), DEV)
    assert given.spans == len(first) != calibrate(crf, DEV).spans


def test_the_temperature_does_not_depend_on_the_one_before(crf: CRFRecognizer) -> None:
    assert calibrate(copy_of(crf, temperature=2.5), DEV) == calibrate(crf, DEV)


def test_halves_of_a_single_document_are_made_of_its_sentences(crf: CRFRecognizer) -> None:
    text = "\n\n".join(document.text for document in DEV)
    spans, start = [], 0
    for document in DEV:
        spans += [type(s)(s.start + start, s.end + start, s.label) for s in document.spans]
        start += len(document.text) + 2
    found = calibrate(crf, [Document(text, spans=tuple(spans))])
    assert found.temperature > 1 and found.after < found.before


def test_the_temperature_travels_in_the_model_file(crf: CRFRecognizer, tmp_path: Path) -> None:
    tempered = copy_of(crf)
    tempered.set_temperature(1.5)
    tempered.save(tmp_path / "model")
    loaded = CRFRecognizer.load(tmp_path / "model")
    assert loaded.temperature == 1.5 and loaded.manifest["settings"]["temperature"] == 1.5
    assert [[s.score for s in d.spans] for d in loaded.recognize(DEV[:9])] == [
        [s.score for s in d.spans] for d in tempered.recognize(DEV[:9])
    ]


def test_a_model_file_without_a_temperature_has_one_of_1(crf: CRFRecognizer, tmp_path: Path) -> None:
    older = copy_of(crf)
    settings = {name: value for name, value in crf.manifest["settings"].items() if name != "temperature"}
    older._set(replace(crf.fitted_, manifest={**crf.manifest, "settings": settings}))
    older.save(tmp_path / "model")
    assert CRFRecognizer.load(tmp_path / "model").temperature == 1.0


@pytest.mark.parametrize("temperature", [0, -1, float("inf"), float("nan"), "warm", True, None])
def test_a_temperature_without_sense_is_refused(crf: CRFRecognizer, temperature: object) -> None:
    with pytest.raises(SettingError, match="temperature must be a number above 0"):
        copy_of(crf).set_temperature(temperature)  # type: ignore[arg-type]


def test_too_few_spans_are_refused_and_so_are_spans_that_are_all_right_or_all_wrong(crf: CRFRecognizer) -> None:
    with pytest.raises(CrfnerError, match=rf"finds only \d+ spans .* {FEWEST} or more"):
        calibrate(crf, DEV[:5])
    with pytest.raises(CrfnerError, match="finds only 0 spans"):
        calibrate(crf, [])
    with pytest.raises(CrfnerError, match="are right"):
        calibrate(crf, list(crf.recognize(DEV)))
    with pytest.raises(CrfnerError, match="are wrong"):
        calibrate(crf, [document.with_spans(()) for document in DEV])
    with pytest.raises(CrfnerError, match="there are 0 in what is not learnt from"):
        check_enough([document.with_spans(()) for document in DEV])
    check_enough(DEV)


def test_scores_that_come_true_are_left_as_they_are_or_nearly_so(crf: CRFRecognizer) -> None:
    found = list(crf.recognize([*DEV, *TRAIN]))
    temperatures = []
    for seed in range(4):
        chance = np.random.default_rng(seed)  # a span is right as often as its score says
        drawn = [
            document.with_spans(s for s in document.spans if chance.random() < (s.score or 0)) for document in found
        ]
        temperatures.append(calibrate(crf, drawn).temperature)
    assert 1.0 in temperatures  # where half of the text is no better for the temperature of the other half
    assert 0.9 < median(temperatures) < 1.1
    assert all(0.65 < temperature < 1.5 for temperature in temperatures)
