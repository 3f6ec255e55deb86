"""A fine-tuned encoder is a recogniser like any other: it learns, it is saved whole, and what is wrong is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crfner import CrfnerError, Document, Recognizer, Span, evaluate, load_model, store
from crfner.encoder import EncoderRecognizer, encoder_path, pretrained
from crfner.errors import SettingError


def drinking(drink: str, before: str = "") -> Document:
    text = f"{before}we drink {drink} today"
    start = text.index(drink)
    return Document(text, spans=(Span(start, start + len(drink), "DRINK"),))


DRINKS = ("tea", "milk", "juice", "soda")
TRAIN = [drinking(drink, before) for drink in DRINKS for before in ("", "today ", "some bread ", "we eat bread ")]


def essence(found: list[Document]) -> list[list[tuple[Span, float | None]]]:
    return [[(span, span.score) for span in document.spans] for document in found]


@pytest.fixture(scope="module")
def trained(encoder: str) -> EncoderRecognizer:
    return EncoderRecognizer(encoder, learning_rate=3e-3, epochs=15, patience=15, batch=4).fit(TRAIN, TRAIN)


def test_it_learns(trained: EncoderRecognizer) -> None:
    assert isinstance(trained, Recognizer) and trained.labels == ("DRINK",)
    found = list(trained.recognize(TRAIN))
    assert evaluate(TRAIN, found, samples=1).micro.f1 > 0.9
    assert {span.source for document in found for span in document.spans} == {"encoder"}
    assert all(0 < span.score <= 1 for document in found for span in document.spans if span.score)


def test_odd_documents_come_back_in_their_place(trained: EncoderRecognizer) -> None:
    given = [Document(text) for text in ("", " \n", "\0", "\ud800 tea", "tea " * 300, "we drink tea today")]
    found = list(trained.recognize(given))
    assert [document.text for document in found] == [document.text for document in given]
    alone = [next(trained.recognize([document])) for document in given]
    assert [document.spans for document in alone] == [document.spans for document in found]


def test_a_model_file_gives_the_same_spans_and_scores_without_the_encoder(
    trained: EncoderRecognizer, tmp_path: Path
) -> None:
    trained.save(tmp_path / "model.crfner")
    again = load_model(tmp_path / "model.crfner")
    assert isinstance(again, EncoderRecognizer)
    assert essence(list(again.recognize(TRAIN))) == essence(list(trained.recognize(TRAIN)))
    again.save(tmp_path / "again.crfner")
    assert (tmp_path / "again.crfner").read_bytes() == (tmp_path / "model.crfner").read_bytes()
    assert "/" not in again.manifest["settings"]["encoder"]


def test_one_seed_gives_one_model(encoder: str) -> None:
    one, two = (EncoderRecognizer(encoder, epochs=2, seed=3).fit(TRAIN) for _ in range(2))
    assert essence(list(one.recognize(TRAIN))) == essence(list(two.recognize(TRAIN)))
    assert one.manifest["training"]["sentences"] < len(TRAIN)  # a tenth is held out


def test_damaged_model_files_are_refused(trained: EncoderRecognizer, tmp_path: Path) -> None:
    path = tmp_path / "model.crfner"
    trained.save(path)
    stored = store.load(path)
    config = json.loads(stored.parts["config.json"])
    for part, content in (
        ("model.safetensors", b"nothing"),
        ("tokenizer.json", b"{}"),
        ("config.json", json.dumps({**config, "model_type": "unheard-of"}).encode()),
        ("config.json", json.dumps({**config, "hidden_size": 64}).encode()),
        ("config.json", json.dumps({**config, "id2label": {"0": "O"}}).encode()),
    ):
        store.save(path, stored.manifest, {**stored.parts, part: content})
        with pytest.raises(CrfnerError, match="the model is damaged"):
            load_model(path)


def test_overlapping_entities_and_none_at_all_are_refused(encoder: str) -> None:
    with pytest.raises(CrfnerError, match="has overlapping spans"):
        EncoderRecognizer(encoder).fit([Document("a b c", spans=(Span(0, 3, "X"), Span(2, 5, "Y")))])
    with pytest.raises(CrfnerError, match="holds no labelled span"):
        EncoderRecognizer(encoder).fit([Document("a b c")])
    with pytest.raises(SettingError, match="epochs must be a whole number"):
        EncoderRecognizer(encoder, epochs=0).fit(TRAIN)


def test_an_encoder_is_found_in_a_folder_or_a_pip_package(
    encoder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert encoder_path(encoder) == encoder
    inside = tmp_path / "some_encoder" / "model"
    inside.mkdir(parents=True)
    (tmp_path / "some_encoder" / "__init__.py").touch()
    (inside / "config.json").touch()
    (inside / "model.safetensors").touch()
    monkeypatch.syspath_prepend(tmp_path)
    assert encoder_path("some-encoder") == str(inside)
    with pytest.raises(SettingError, match="holds no encoder"):
        encoder_path(str(tmp_path))
    with pytest.raises(SettingError, match="there is no encoder"):
        encoder_path("./nowhere")


def test_where_torch_is_missing_the_message_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pretrained, "find_spec", lambda name: None)
    with pytest.raises(SettingError, match=r"run pip install 'crfner\[transformers\]'"):
        pretrained.check_encoder("any")
