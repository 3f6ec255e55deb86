"""The spaCy component: spaCy's tokens in, entities out, and a pipeline that carries its model."""

from __future__ import annotations

import configparser
import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crfner.errors import CrfnerError

spacy = pytest.importorskip("spacy")

from spacy.tokens import Doc, DocBin  # noqa: E402
from spacy.tokens import Span as SpacySpan  # noqa: E402

import crfner.integrations.spacy  # noqa: E402  # registers the component where crfner is not installed

ROOT = Path(__file__).parents[2]
TEXT = "She took ibuprofen with 200mg of fish oil."

Found = list[tuple[str, str]]


def found(doc: Any) -> Found:
    return [(entity.text, entity.label_) for entity in doc.ents]


@pytest.fixture
def pipeline(model: Path) -> Callable[..., Any]:
    def make(**settings: Any) -> Any:
        nlp = spacy.blank("en")
        nlp.add_pipe("crfner", config={"model": str(model), **settings})
        return nlp

    return make


def test_entities_have_labels_scores_and_sources(pipeline: Callable[..., Any]) -> None:
    doc = pipeline()("Ibuprofen and fish oil")
    assert found(doc) == [("Ibuprofen", "DRUG"), ("fish oil", "DRUG")]
    assert [(entity._.crfner_score, entity._.crfner_source) for entity in doc.ents] == [(0.75, "drugs")] * 2
    assert doc[0:2]._.crfner_score is None


def test_the_model_sees_the_tokens_of_spacy_but_for_white_space(pipeline: Callable[..., Any]) -> None:
    nlp = pipeline()
    words = ["ibu", "profen", "\n\n", "fish", "  ", "oil"]
    doc = nlp(Doc(nlp.vocab, words, spaces=[False] * len(words)))
    assert [(found.start, found.end) for found in doc.ents] == [(0, 2), (3, 6)]


def test_sentences_that_spacy_has_set_are_kept(model: Path) -> None:
    nlp = spacy.blank("en")
    doc = Doc(nlp.vocab, ["One", "two", "\n", "three"], sent_starts=[True, False, True, False])
    assert crfner.integrations.spacy._document(doc).sentences == ((0, 2), (2, 3))
    assert crfner.integrations.spacy._document(nlp.make_doc("One. Two.")).sentences == ()


@pytest.mark.parametrize(
    ("alignment", "entities", "notes"),
    [
        ("strict", [("fish oil", "DRUG")], {"not on tokens: left out": 2}),
        ("contract", [("fish oil", "DRUG")], {"not on tokens: left out": 2}),
        (
            "expand",
            [("200mg", "DOSE"), ("fish oil", "DRUG")],
            {"not on tokens: moved": 2, "overlaps another entity: left out": 1},
        ),
    ],
)
def test_entities_off_tokens_are_aligned_and_counted(
    pipeline: Callable[..., Any], alignment: str, entities: Found, notes: dict[str, int]
) -> None:
    nlp = pipeline(alignment=alignment)
    words = ["200mg", "of", "fish", "oil"]
    assert found(nlp(Doc(nlp.vocab, words))) == entities
    assert nlp.get_pipe("crfner").notes == notes


def test_entities_that_are_there_are_kept_or_replaced(pipeline: Callable[..., Any]) -> None:
    for overwrite, expected in [
        (False, [("She", "PERSON"), ("took ibuprofen", "EVENT"), ("fish oil", "DRUG")]),
        (True, [("ibuprofen", "DRUG"), ("fish oil", "DRUG")]),
    ]:
        nlp = pipeline(overwrite_ents=overwrite, alignment="strict")
        doc = nlp.make_doc("She took ibuprofen with fish oil.")
        doc.ents = [SpacySpan(doc, 0, 1, "PERSON"), SpacySpan(doc, 1, 3, "EVENT")]
        assert found(nlp(doc)) == expected
        assert nlp.get_pipe("crfner").notes == ({} if overwrite else {"overlaps an entity that was there: left out": 1})


def test_batches_give_what_single_documents_give(pipeline: Callable[..., Any]) -> None:
    nlp = pipeline()
    texts = [TEXT, "", " \n", "Nothing.", TEXT * 3] * 4
    assert [found(doc) for doc in nlp.pipe(texts, batch_size=3)] == [found(nlp(text)) for text in texts]


def test_bytes_pickles_and_doc_bins_carry_everything(crf_model: Path) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("crfner", config={"model": str(crf_model)})
    text = "Take ibuprofen now"
    doc = nlp(text)
    assert found(doc) == [("ibuprofen", "DRUG")]
    data = nlp.to_bytes()
    pickled = pickle.dumps(nlp)
    crf_model.unlink()
    other = spacy.blank("en")
    other.add_pipe("crfner")
    for restored in (other.from_bytes(data), pickle.loads(pickled)):
        assert found(restored(text)) == found(doc)
        assert restored.pipe_labels == {"crfner": ["DRUG"]}
    (kept,) = DocBin(store_user_data=True, docs=[doc]).get_docs(nlp.vocab)
    assert kept.ents[0]._.crfner_score == doc.ents[0]._.crfner_score > 0.5


def test_spacy_scores_the_component(pipeline: Callable[..., Any]) -> None:
    from spacy.training import Example

    nlp = pipeline()
    examples = [Example.from_dict(nlp.make_doc("Ibuprofen"), {"entities": [(0, 9, "DRUG")]})]
    assert nlp.evaluate(examples)["ents_f"] == 1.0


def test_a_model_that_is_not_there_is_told_when_it_is_needed(tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("crfner", config={"model": str(tmp_path / "none.crfner")})
    assert nlp.pipe_labels == {"crfner": []}
    with pytest.raises(CrfnerError, match="there is no such model file"):
        nlp("x")
    nlp = spacy.blank("en")
    nlp.add_pipe("crfner", name="drugs")
    with pytest.raises(CrfnerError, match="the component 'drugs' has no model"):
        nlp.initialize()
    with pytest.raises(CrfnerError, match="should be one of expand, contract, strict, not 'x'"):
        spacy.blank("en").add_pipe("crfner", config={"alignment": "x"})


def test_an_error_handler_may_pass_over_a_batch(pipeline: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    nlp = pipeline()
    nlp.set_error_handler(lambda name, component, docs, error: seen.append((name, len(docs))))
    seen: list[tuple[str, int]] = []
    monkeypatch.setattr(nlp.get_pipe("crfner"), "_set_entities", lambda doc, spans: 1 / len(doc))
    assert len(list(nlp.pipe(["a", "b", "", "c"], batch_size=2))) == 2
    assert seen == [("crfner", 2)]


def test_an_installed_crfner_is_found_without_an_import_and_a_saved_pipeline_elsewhere(
    pipeline: Callable[..., Any], model: Path, tmp_path: Path
) -> None:
    nlp = pipeline()
    expected = found(nlp(TEXT))
    nlp.to_disk(tmp_path / "pipeline")
    model.unlink()
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    entry = setup["options.entry_points"]["spacy_factories"]
    metadata = tmp_path / "site/crfner-9.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: crfner\nVersion: 9\n")
    (metadata / "entry_points.txt").write_text(f"[spacy_factories]\n{entry}\n")
    program = f"""
import json, spacy
if __name__ == "__main__":
    nlp = spacy.load({str(tmp_path / "pipeline")!r})
    docs = nlp.pipe([{TEXT!r}] * 8, n_process=2, batch_size=2)
    print(json.dumps([[(e.text, e.label_) for e in doc.ents] for doc in docs]))
"""
    path = os.pathsep.join([str(tmp_path / "site"), str(ROOT), os.environ.get("PYTHONPATH", "")])
    run = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    assert [[tuple(entity) for entity in doc] for doc in json.loads(run.stdout)] == [expected] * 8
