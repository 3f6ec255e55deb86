"""`tag` for annotation tools: predictions to correct, and brat's folders read as the documents that they hold."""

from __future__ import annotations

import json
from pathlib import Path

from running import DATA, Run

from crfner import formats
from crfner.document import Document


def test_predictions_for_label_studio_have_the_models_scores(crfner: Run, model: Path, tmp_path: Path) -> None:
    (tmp_path / "tasks.json").write_text('[{"data": {"review": "Tea with milk, please."}}]')
    result = crfner("tag", model, tmp_path / "tasks.json", "-o", tmp_path / "out.json", "--format", "labelstudio")
    assert (result.code, "1 documents written as Label Studio predictions" in result.err) == (0, True)
    (task,) = json.loads((tmp_path / "out.json").read_text())
    assert task["data"] == {"review": "Tea with milk, please."}
    assert all(0 < region["score"] <= 1 for region in task["predictions"][0]["result"])
    assert task["predictions"][0]["result"]


def test_a_document_of_brats_folder_is_tagged_once(crfner: Run, model: Path, tmp_path: Path) -> None:
    given = [Document("Tea with milk.\nAnd cake.", id="one"), Document("Two coffees.", id="two")]
    formats.write(given, tmp_path / "folder", "brat")
    result = crfner("tag", model, tmp_path / "folder", "--format", "jsonl")
    assert [json.loads(line)["text"] for line in result.out.splitlines()] == [document.text for document in given]


def test_a_model_is_trained_on_a_folder_as_on_a_file(crfner: Run, tmp_path: Path) -> None:
    documents = list(formats.read(DATA / "menu/train.jsonl"))[:40]
    formats.write(documents, tmp_path / "folder", "brat")
    options = ("--features", "minimal", "--iterations", 2, "-o", tmp_path / "out.crfner")
    result = crfner("train", tmp_path / "folder", *options)
    assert result.code == 0 and "trained on 40 documents" in result.err + result.out
