"""A pretrained encoder takes part in comparisons under the name of its folder."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

from crfner.compare import make_systems
from crfner.document import Document, Span
from crfner.encoder import EncoderRecognizer
from crfner.errors import SettingError


def test_it_is_fine_tuned_on_what_it_is_given(encoder: str) -> None:
    (system,) = make_systems([f"encoder:{encoder}/"])
    assert system.name == f"encoder {Path(encoder).name}"

    documents = [Document(f"we drink {drink}", spans=(Span(9, 9 + len(drink), "DRINK"),)) for drink in ("tea", "rum")]
    trained = pickle.loads(pickle.dumps(system)).train(documents)

    assert isinstance(trained, EncoderRecognizer) and trained.labels == ("DRINK",)


def test_it_needs_a_name_of_something_that_is_there(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="needs a name, such as encoder:FOLDER"):
        make_systems(["encoder"])
    with pytest.raises(SettingError):
        make_systems([f"encoder:{tmp_path}"])
