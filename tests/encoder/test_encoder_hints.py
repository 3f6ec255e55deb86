"""The states of a frozen encoder as signs for a CRF, which travel without the encoder."""

from __future__ import annotations

from pathlib import Path

import pytest

from crfner import CrfnerError, CRFRecognizer, Document, Span, load_model, tokenized
from crfner.hints import read_hinter
from crfner.hints.encoder import EncoderHints

TEXTS = [Document(f"we drink {drink} today", spans=(Span(9, 9 + len(drink), "DRINK"),)) for drink in ("tea", "milk")]


@pytest.fixture(scope="module")
def hints(encoder: str) -> EncoderHints:
    return EncoderHints.learn(encoder, TEXTS, dimensions=4)


def test_each_token_has_signs_of_the_directions_in_which_it_lies_apart(hints: EncoderHints) -> None:
    (found,) = hints.hints([tokenized(TEXTS[0])])
    assert len(found) == 4 and any(found)
    assert {value for values in found for value in values} <= {f"{n}{sign}" for n in range(4) for sign in "+-"}
    assert hints.hints([Document("")]) == [[]]


def test_bytes_bring_the_same_hints_back(hints: EncoderHints) -> None:
    again = read_hinter("encoder", hints.to_bytes(), {})
    assert again.hints([tokenized(TEXTS[1])]) == hints.hints([tokenized(TEXTS[1])])
    assert again.to_bytes() == hints.to_bytes()


def test_another_encoder_and_damaged_data_are_refused(hints: EncoderHints) -> None:
    other = EncoderHints(hints.encoder, hints.mean, hints.directions)
    other.digest = "0" * 64
    with pytest.raises(ValueError, match="is not the one that was learnt with"):
        EncoderHints.from_bytes(other.to_bytes())
    with pytest.raises(ValueError, match="are damaged"):
        EncoderHints.from_bytes(hints.to_bytes()[:-50])
    with pytest.raises(CrfnerError, match="at least as many words"):
        EncoderHints.learn(hints.encoder, TEXTS, dimensions=30)


@pytest.mark.filterwarnings("ignore:labels with fewer")
def test_a_crf_takes_them_and_its_file_brings_them_back(hints: EncoderHints, tmp_path: Path) -> None:
    crf = CRFRecognizer("minimal", hinters={"states": hints}, iterations=5).fit(TEXTS)
    assert any("states/" in attribute for attribute in crf.fitted_.weights.attributes)
    crf.save(tmp_path / "model.crfner")
    again = load_model(tmp_path / "model.crfner")
    assert [d.spans for d in again.recognize(TEXTS)] == [d.spans for d in crf.recognize(TEXTS)]
