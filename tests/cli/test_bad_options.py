"""Files of features and lexicons that are wrong, and options without sense."""

from __future__ import annotations

from pathlib import Path

import pytest
from bad_input import refused
from running import Run

WRONG_FEATURES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "this is not a JSON file of features"),
    "not JSON": (b"base: default\n", "this is not a JSON file of features"),
    "not an object": (b'["lower"]', "a file of features holds an object"),
    "nested deeply": (b'{"lower": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
    "an unknown feature": (b'{"base": "minimal", "colour": {}}', "'colour'"),
    "an unknown setting": (b'{"lower": {"windows": 1}}', "'windows'"),
    "a setting of another type": (b'{"lower": {"window": "wide"}}', "'wide'"),
    "an unknown base": (b'{"base": "best"}', "'best'"),
    "no feature": (b"{}", "the feature set is empty"),
    "Latin-1": ('{"é": 1}'.encode("latin-1"), "is not UTF-8"),
    "binary": (b"\0\0", "this is a binary file"),
}


@pytest.mark.parametrize("command", ["train", "features"])
@pytest.mark.parametrize("case", WRONG_FEATURES)
def test_a_wrong_file_of_features_is_refused(case: str, command: str, crfner: Run, model: Path, output: Path) -> None:
    content, message = WRONG_FEATURES[case]
    path = model.parent / "features.json"
    path.write_bytes(content)
    arguments = ["train", model.parent / "good.jsonl", "-o", output] if command == "train" else ["features", "Tea"]
    sentence = refused(crfner(*arguments, "--features", path))
    assert sentence.startswith(f"error: {path}:") and message in sentence


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ("--features", "maximal"),
            "'maximal' is neither a preset (minimal, default, rich, social, biomedical) nor a file",
        ),
        (("--gazetteer", "nothing.txt"), "nothing.txt: cannot be read: there is no such file"),
        (("--gazetteer", "blank.txt"), "blank.txt: the file holds no entry"),
        (("--clusters", "blank.txt"), "blank.txt: the file holds no entry"),
        (
            ("--clusters", "names.txt"),
            "names.txt: line 1 of the clusters should be a path of 0 and 1, a tab and a word",
        ),
        (("--vectors", "paths.tsv"), "paths.tsv: line 1 of the vectors should be a word and "),
        (("--vectors", "paths.tsv"), "; give it with --clusters"),
        (
            ("--clusters", "signs.tsv"),
            "signs.tsv: line 1 of the clusters should be a path of 0 and 1, a tab and a word",
        ),
        (("--clusters", "signs.tsv"), "; give it with --vectors"),
        (("--vectors", "blank.txt"), "blank.txt: the file holds no entry"),
        (
            ("--vectors", "signs.tsv", "--features", "minimal"),
            "signs.tsv: the features 'minimal' do not look at vectors",
        ),
        (
            ("--clusters", "paths.tsv", "--features", "minimal"),
            "paths.tsv: the features 'minimal' do not look at clusters",
        ),
        (
            ("--gazetteer", "names.txt", "--gazetteer", "names.lst"),
            "names.lst: there is another lexicon of the name 'names'",
        ),
        (
            ("--gazetteer", "names.txt", "--clusters", "names.tsv"),
            "names.tsv: there is another lexicon of the name 'names'",
        ),
        (("--split", "1.5"), "--split takes a share between 0 and 1"),
        (("--split", "nan"), "--split takes a share between 0 and 1"),
        (("--split", "0.5", "--dev", "good.jsonl"), "and no --dev beside it"),
        (("--c1", "-1"), "c1 must be a number, 0 or more, not -1"),
        (("--c2", "nan"), "c2 must be a number, 0 or more, not nan"),
        (("--c1", "inf"), "c1 must be a number, 0 or more, not inf"),
        (("--c1", "1", "--algorithm", "ap"), "the algorithm ap has no c1"),
        (("--algorithm", "sgd"), "unknown algorithm 'sgd'; known are lbfgs, "),
        (("--scheme", "BIEO"), "unknown tagging scheme 'BIEO'; known are IO, "),
        (("--iterations", "0"), "iterations must be a whole number, 1 or more, not 0"),
        (("--min-freq", "-1"), "min_freq must be a whole number, 0 or more, not -1"),
        (("--labels", "DRINK,FOOD"), "no example of the declared label 'FOOD'"),
    ],
)
def test_options_without_sense_are_refused(
    options: tuple[str, ...],
    message: str,
    crfner: Run,
    model: Path,
    output: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(model.parent)
    Path("blank.txt").write_text("\n \n", encoding="utf-8")
    Path("names.txt").write_text("green tea\n", encoding="utf-8")
    Path("names.lst").write_text("milk\n", encoding="utf-8")
    Path("names.tsv").write_text("01\tmilk\n", encoding="utf-8")
    Path("paths.tsv").write_text("01\tmilk\n", encoding="utf-8")
    Path("signs.tsv").write_text("milk\t+.-\n", encoding="utf-8")
    assert message in refused(crfner("train", "good.jsonl", "-o", output, *options))


@pytest.mark.parametrize(
    "arguments",
    [
        ("train", "good.jsonl", "-o", "out", "--c1", "much"),
        ("train", "good.jsonl", "-o", "out", "--seed", "-1"),
        ("train", "good.jsonl", "-o", "out", "--from", "xml"),
        ("evaluate", "menu.crfner", "good.jsonl", "--seed", "-1"),
        ("convert", "good.jsonl", "out", "--to", "xml"),
        ("tag", "menu.crfner", "good.jsonl", "-o", "out", "--format", "xml"),
    ],
)
def test_values_of_another_type_are_wrong_use(
    arguments: tuple[str, ...], crfner: Run, model: Path, output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(model.parent)
    result = crfner(*arguments)
    assert result.code == 2
    assert result.errors[-1].startswith("Error: ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("convert", "good.jsonl", "out"), "out: the ending does not tell; add --to, one of conll, "),
        (("convert", "good.jsonl", "-"), "standard output has no ending; add --to, one of conll, "),
        (
            ("convert", "good.jsonl", "out", "--to", "jsonl", "--scheme", "BIOES"),
            "the format jsonl has no tagging scheme",
        ),
        (("convert", "good.jsonl", "out", "--to", "conll", "--scheme", "BIEO"), "unknown tagging scheme 'BIEO'"),
        (
            ("tag", "menu.crfner", "good.jsonl", "-o", "out.py"),
            "out.py: cannot write the format 'spacy-py' here; add --format",
        ),
    ],
)
def test_an_output_format_that_does_not_go_is_refused(
    arguments: tuple[str, ...], message: str, crfner: Run, model: Path, output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(model.parent)
    assert message in refused(crfner(*arguments))
