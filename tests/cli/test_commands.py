"""The commands, end to end, on the shipped data."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from running import COMMAND, DATA, ENVIRONMENT, Run, left_over

from crfner import read
from crfner.cli import COMMANDS

TRAIN, DEV, TEST = (DATA / "menu" / f"{part}.jsonl" for part in ("train", "dev", "test"))
QUICK = ("--features", "minimal", "--iterations", 15)
SENTENCE = "We split the fish and chips and a bottle of Chianti."


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The first sixty documents of the shipped training data."""
    path = tmp_path / "small.jsonl"
    path.write_text("".join(TRAIN.read_text(encoding="utf-8").splitlines(keepends=True)[:60]), encoding="utf-8")
    return path


# Help and wrong use


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_shows_an_example(command: str, crfner: Run) -> None:
    result = crfner(command, "--help")
    assert result.code == 0
    assert f"crfner {command} " in result.out.partition("\n\n")[2]


@pytest.mark.parametrize("arguments", [("--help",), ("-h",)])
def test_the_help_lists_every_command(arguments: tuple[str, ...], crfner: Run) -> None:
    result = crfner(*arguments)
    assert result.code == 0
    assert all(f"{name} " in result.out for name in COMMANDS)


def test_the_version_is_told(crfner: Run) -> None:
    assert crfner("--version").out.startswith("crfner ")


@pytest.mark.parametrize(
    "arguments",
    [(), ("trian",), ("train",), ("tag",), ("convert", "a"), ("info", "--bogus"), ("train", "a", "b", "-o", "c")],
)
def test_wrong_use_is_exit_code_2(arguments: tuple[str, ...], crfner: Run) -> None:
    result = crfner(*arguments)
    assert result.code == 2
    assert "Usage: crfner" in result.err + result.out
    assert "Traceback" not in result.err


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (["--help"], ["numpy", "scipy", "nltk", "sklearn", "sklearn_crfsuite", "pycrfsuite"]),
        (["train", "--help"], ["numpy", "scipy", "nltk", "sklearn", "sklearn_crfsuite", "pycrfsuite"]),
        (["tag", "nothing.crfner", "-"], ["scipy", "sklearn"]),
        (["train", str(DEV), "-o", os.devnull, *map(str, QUICK)], ["scipy", "sklearn"]),  # every child would pay for it
    ],
)
def test_no_command_imports_more_than_it_needs(arguments: list[str], heavy: list[str]) -> None:
    check = (
        f"import sys; sys.argv[1:] = {arguments}\n"
        "from crfner.cli import main\n"
        "try: main()\n"
        f"except SystemExit: print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", check], env=ENVIRONMENT, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_it_runs_as_a_module() -> None:
    done = subprocess.run([*COMMAND, "--version"], env=ENVIRONMENT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


# train


def test_train_says_what_it_learnt_from_how_good_it_is_and_what_comes_next(crfner: Run, tmp_path: Path) -> None:
    result = crfner("train", TRAIN, "--dev", DEV, "-o", tmp_path / "m.crfner", *QUICK)
    assert result.code == 0, result.err
    assert result.out.startswith("trained on 247 documents, ")
    assert "463 FOOD" in result.out
    assert "scores on 53 documents that were not learnt from" in result.out
    assert "micro F1, 95% interval" in result.out
    assert f"next: crfner tag {tmp_path / 'm.crfner'} FILE" in result.out
    assert left_over(tmp_path) == []


@pytest.mark.parametrize("algorithm", ["lbfgs", "l2sgd", "ap", "pa", "arow"])
def test_the_same_command_twice_gives_the_same_bytes(algorithm: str, small: Path, crfner: Run, tmp_path: Path) -> None:
    models = [tmp_path / "a.crfner", tmp_path / "b.crfner"]
    for model in models:
        options = ("--features", "minimal", "--iterations", 5, "--algorithm", algorithm, "--split", 0.8, "--seed", 3)
        assert crfner("train", small, "-o", model, *options).code == 0
    assert models[0].read_bytes() == models[1].read_bytes()
    assert crfner("tag", models[0], "-", stdin=SENTENCE.encode()).code == 0


def test_a_split_goes_by_document_and_by_seed(small: Path, crfner: Run, tmp_path: Path) -> None:
    def split(seed: int) -> str:
        result = crfner("train", small, "-o", tmp_path / "m.crfner", *QUICK, "--split", 0.75, "--seed", seed)
        assert "trained on 45 documents" in result.out
        assert "scores on 15 documents" in result.out
        return result.out

    assert split(1) == split(1) != split(2)


def test_a_conll_file_is_split_by_its_documents(crfner: Run, tmp_path: Path) -> None:
    path = tmp_path / "train.conll"
    documents = ["-DOCSTART- O\n\n" + "tea B-DRINK\nplease O\n\n" * 20] * 5
    path.write_text("".join(documents), encoding="utf-8")
    result = crfner("train", path, "-o", tmp_path / "m.crfner", *QUICK, "--split", 0.8)
    assert "trained on 4 documents, 80 sentences" in result.out
    assert "scores on 1 documents" in result.out


def test_training_data_may_come_through_a_pipe(crfner: Run, small: Path, tmp_path: Path) -> None:
    assert crfner("train", "-", "-o", tmp_path / "pipe.crfner", *QUICK, stdin=small.read_bytes()).code == 0
    assert crfner("train", small, "-o", tmp_path / "file.crfner", *QUICK).code == 0
    assert (tmp_path / "pipe.crfner").read_bytes() == (tmp_path / "file.crfner").read_bytes()


def test_a_file_of_features_starts_from_a_preset(crfner: Run, small: Path, tmp_path: Path) -> None:
    features = tmp_path / "mine.json"
    features.write_text('{"base": "minimal", "suffix": false, "length": {}}', encoding="utf-8")
    model = tmp_path / "m.crfner"
    assert crfner("train", small, "-o", model, "--features", features, "--iterations", 5).code == 0
    used = json.loads(crfner("info", model, "--json").out)["settings"]["features"]
    assert "length" in used and "lower" in used and "suffix" not in used


LEXICON_PARTS = ("gazetteers/known_names_.txt", "clusters/paths.txt", "clusters/forms.txt", "vectors/glove.txt")


def test_lexicons_travel_in_the_model(crfner: Run, small: Path, tmp_path: Path) -> None:
    names = tmp_path / "known names é.txt"
    names.write_text("Guinness\nfish and chips\nsalt and vinegar crisps\n", encoding="utf-8")
    paths = tmp_path / "paths.tsv"
    paths.write_text("0101\tcrisps\n0100\tchips\n11\tand\n", encoding="utf-8")
    forms, glove = tmp_path / "forms.tsv", tmp_path / "glove.txt"
    forms.write_text("00\tcrisps\n00\tchips\n1\tand\n", encoding="utf-8")
    glove.write_text("and 0.5 -1\nchips -0.5 2\ncrisps -0.4 1.5\n", encoding="utf-8")
    model = tmp_path / "m.crfner"
    options = ("--gazetteer", names, "--clusters", paths, "--clusters", forms, "--vectors", glove, "--iterations", 10)
    assert crfner("train", small, "-o", model, *options).code == 0
    for file in (names, paths, forms, glove):
        file.unlink()
    assert crfner("tag", model, "-", stdin=SENTENCE.encode()).code == 0
    parts = json.loads(crfner("info", model, "--json").out)["parts"]
    assert set(parts) == {"model.weights", *LEXICON_PARTS}


def test_declared_labels_must_all_be_there(crfner: Run, small: Path, tmp_path: Path) -> None:
    model = tmp_path / "m.crfner"
    assert crfner("train", small, "-o", model, *QUICK, "--labels", "FOOD, DRINK,DIET").code == 0
    model.unlink()
    missing = crfner("train", small, "-o", model, *QUICK, "--labels", "FOOD,DRINK,DIET,SPICE")
    assert missing.code == 2
    assert "no example of the declared label 'SPICE'" in missing.err
    surplus = crfner("train", small, "-o", model, *QUICK, "--labels", "FOOD,DRINK")
    assert surplus.code == 2
    assert "'DIET', which is not declared" in surplus.err
    assert not model.exists()


def test_labels_with_few_examples_are_warned_of_once(crfner: Run, small: Path, tmp_path: Path) -> None:
    result = crfner("train", small, "-o", tmp_path / "m.crfner", *QUICK)
    assert result.code == 0
    assert [line for line in result.errors if line.startswith("warning: ")] == [
        "warning: labels with fewer than 10 examples will be learnt badly: DIET (3)"
    ]


def test_scores_on_the_training_data_are_warned_of(crfner: Run, small: Path, tmp_path: Path) -> None:
    result = crfner("train", small, "--dev", small, "-o", tmp_path / "m.crfner", *QUICK)
    assert result.code == 0
    assert "warning: --dev is TRAIN itself" in result.err


def test_a_model_without_any_weight_is_warned_of(crfner: Run, small: Path, tmp_path: Path) -> None:
    result = crfner("train", small, "-o", tmp_path / "m.crfner", *QUICK, "--c1", 1e9)
    assert "warning: nothing has weight" in result.err


# evaluate and info


def test_evaluate_prints_scores_and_errors(crfner: Run, model: Path) -> None:
    result = crfner("evaluate", model, TEST)
    assert result.code == 0
    assert all(word in result.out for word in ("precision", "FOOD", "micro F1, 95% interval", "missed: ", "spurious: "))


def test_evaluate_json_holds_the_same_scores_as_the_table(crfner: Run, model: Path) -> None:
    scores = json.loads(crfner("evaluate", model, TEST, "--json").out)
    table = crfner("evaluate", model, TEST).out
    assert f"{100 * scores['micro']['f1']:.2f}" in next(line for line in table.splitlines() if line.startswith("micro"))
    assert set(scores["labels"]) == {"FOOD", "DRINK", "DIET"}


def test_evaluate_reads_a_pipe_and_every_format_alike(crfner: Run, model: Path, tmp_path: Path) -> None:
    scores = json.loads(crfner("evaluate", model, TEST, "--json").out)["micro"]
    assert json.loads(crfner("evaluate", model, "-", "--json", stdin=TEST.read_bytes()).out)["micro"] == scores
    for name in ("test.json", "test.py"):
        assert crfner("convert", TEST, tmp_path / name).code == 0
        assert json.loads(crfner("evaluate", model, tmp_path / name, "--json").out)["micro"] == scores


def test_evaluate_warns_when_there_is_nothing_to_find(crfner: Run, model: Path) -> None:
    result = crfner("evaluate", model, "-", stdin=b"tea O\nplease O\n\n")
    assert result.code == 0
    assert result.errors == ["warning: the gold annotation holds no entity"]


def test_evaluate_warns_of_labels_that_the_model_never_learnt(crfner: Run, model: Path) -> None:
    result = crfner("evaluate", model, "-", stdin=b"tea B-DRINK\nin O\nYork B-PLACE\n\n")
    assert result.errors == ["warning: the model has not learnt these labels of the gold annotation: PLACE"]


def test_info_shows_labels_and_settings(crfner: Run, model: Path) -> None:
    result = crfner("info", model)
    assert result.code == 0
    rows = dict(line.split(maxsplit=1) for line in result.out.splitlines())
    assert rows["labels"] == "DIET, DRINK, FOOD"
    assert rows["settings.iterations"] == "15"


# tag


def test_tagged_jsonl_holds_the_text_exactly_and_only_predicted_spans(crfner: Run, model: Path) -> None:
    result = crfner("tag", model, TEST)
    given = list(read(TEST))
    records = [json.loads(line) for line in result.out.splitlines()]
    assert [record["text"] for record in records] == [document.text for document in given]
    assert [record["id"] for record in records] == [document.id for document in given]
    assert all(span["source"] == "crf" and 0 < span["score"] <= 1 for record in records for span in record["spans"])
    assert sum(len(record["spans"]) for record in records) > 10


def test_odd_text_comes_out_as_it_went_in(crfner: Run, model: Path) -> None:
    lines = [
        "\ufefftea",
        "  two\u00a0blanks ",
        "e\u0301clair \U0001f370 \u200bsoup",
        "a\tb",
        "\u2028line",
        "x\x85y",
        "z\x0c",
    ]
    result = crfner("tag", model, stdin="".join(f"{line}\r\n" for line in ["first", *lines]).encode())
    assert [json.loads(line)["text"] for line in result.out.split("\n")[:-1]] == ["first", *lines]


@pytest.mark.parametrize(
    ("output", "pattern"),
    [
        ("jsonl", '"text": "{}"'),
        ("inline", "[fish and chips](FOOD)"),
        ("table", "1\t13\t27\tFOOD\tfish and chips\t"),
        ("conll", "fish\tB-FOOD\nand\tI-FOOD\nchips\tI-FOOD\n"),
    ],
)
def test_every_output_format_shows_what_was_found(output: str, pattern: str, crfner: Run, tmp_path: Path) -> None:
    data = tmp_path / "train.jsonl"
    data.write_text(
        "".join(
            json.dumps(
                {"text": f"{start} the fish and chips {end}", "spans": [[len(start) + 5, len(start) + 19, "FOOD"]]}
            )
            + "\n"
            for start in ("We split", "They ate", "Who had", "I want")
            for end in ("and a bottle", "please", "now")
        ),
        encoding="utf-8",
    )
    assert crfner("train", data, "-o", tmp_path / "m.crfner", *QUICK).code == 0
    result = crfner("tag", tmp_path / "m.crfner", "--format", output, stdin=SENTENCE.encode())
    assert result.code == 0
    assert pattern.format(SENTENCE) in result.out


@pytest.mark.parametrize(("name", "start"), [("o.jsonl", "{"), ("o.conll", "# "), ("o.md", "We"), ("o", "{")])
def test_the_ending_of_the_output_tells_its_format(name: str, start: str, crfner: Run, model: Path) -> None:
    output = model.parent / name
    result = crfner("tag", model, "-", "-o", output, stdin=SENTENCE.encode())
    assert (result.code, result.out) == (0, "")
    assert output.read_text(encoding="utf-8").startswith(start)
    assert left_over(model.parent) == []


def test_gold_tags_of_the_input_are_never_copied(crfner: Run, model: Path) -> None:
    gold = b"Zzz NN B-GOLD\nqqq NN I-GOLD\n\n"
    result = crfner("tag", model, "--format", "conll", stdin=gold)
    assert result.code == 0
    assert "GOLD" not in result.out
    assert [line.split()[:2] for line in result.out.splitlines() if line] == [["Zzz", "NN"], ["qqq", "NN"]]


def test_files_folders_and_the_pipe_come_out_in_order(crfner: Run, model: Path) -> None:
    folder = model.parent / "letters of Zoë"
    (folder / "b").mkdir(parents=True)
    (folder / "b" / "1.txt").write_text("third\n", encoding="utf-8")
    (folder / "a.txt").write_text("first\nsecond\n", encoding="utf-8")
    (folder / "c.jsonl").write_text('{"id": "own", "text": "fourth"}\n', encoding="utf-8")
    (folder / ".hidden").write_bytes(b"\0")
    (model.parent / "last.conll").write_text("sixth O\nword O\n\n", encoding="utf-8")
    result = crfner("tag", model, folder, "-", model.parent / "last.conll", stdin=b"fifth\n")
    found = [json.loads(line) for line in result.out.splitlines()]
    assert [record["text"] for record in found] == ["first", "second", "third", "fourth", "fifth", "sixth word"]
    ids = [f"{folder}/a.txt:1", f"{folder}/a.txt:2", f"{folder}/b/1.txt:1", "own", "-:1"]
    assert [record["id"] for record in found][:5] == ids


def test_a_file_whose_name_is_not_utf8_can_be_tagged(crfner: Run, model: Path) -> None:
    folder = model.parent / "letters"
    folder.mkdir()
    for name in (b"caf\xe9.txt", b"tea.txt"):
        (folder / os.fsdecode(name)).write_text("one\n", encoding="utf-8")
    result = crfner("tag", model, folder)
    assert result.code == 0, result.err
    assert json.loads(result.out.splitlines()[0])["id"] == f"{folder}/caf\\udce9.txt:1"


def test_a_text_may_be_tagged_in_its_place(crfner: Run, model: Path) -> None:
    path = model.parent / "notes.txt"
    path.write_text("one\ntwo\n", encoding="utf-8")
    assert crfner("tag", model, path, "-o", path, "--format", "jsonl").code == 0
    assert [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()] == ["one", "two"]


# convert and features


@pytest.mark.parametrize("name", ["menu.conll", "menu.json", "menu.py", "menu.jsonl"])
def test_converted_there_and_back_no_span_is_lost(name: str, crfner: Run, tmp_path: Path) -> None:
    there = crfner("convert", DEV, tmp_path / name)
    assert there.code == 0
    assert there.errors[0] == f"converted 53 documents with 129 spans: {DEV} -> {tmp_path / name}"
    back = list(read(tmp_path / name))
    assert [(document.text, document.spans) for document in back] == [(d.text, d.spans) for d in read(DEV)]


def test_convert_reads_and_writes_pipes(crfner: Run) -> None:
    result = crfner(
        "convert",
        "-",
        "-",
        "--to",
        "conll",
        "--scheme",
        "BIOES",
        stdin=b'{"text": "a tea", "spans": [[2, 5, "DRINK"]]}',
    )
    assert result.code == 0
    assert "tea\tS-DRINK\n" in result.out


def test_convert_counts_what_the_output_cannot_hold(crfner: Run, tmp_path: Path) -> None:
    result = crfner("convert", DEV, tmp_path / "menu.txt")
    assert result.code == 0
    assert result.errors[1:] == ["  129 spans dropped (plain text holds none)"]


def test_features_are_shown_token_by_token(crfner: Run) -> None:
    result = crfner("features", "Two teas.", "--features", "minimal")
    assert [line.split("\t")[0] for line in result.out.splitlines()] == ["Two", "teas", ".", ""]
    assert "lower[0]=teas" in result.out
    piped = crfner("features", "-", "--features", "minimal", "--json", stdin=b"Two teas.")
    assert [json.loads(line)["token"] for line in piped.out.splitlines()] == ["Two", "teas", "."]


def test_text_without_the_columns_that_the_model_reads_is_told_of(crfner: Run, tmp_path: Path) -> None:
    train, model, text = tmp_path / "train.conll", tmp_path / "model", tmp_path / "text.txt"
    train.write_text("Ada NNP B-PER\ncame VBD O\n\nBo NNP B-PER\nleft VBD O\n\n" * 10)
    text.write_text("Ada came.\nBo left.\n")
    features = tmp_path / "features.json"
    features.write_text('{"word": {}, "columns": {}}')
    assert crfner("train", train, "-o", model, "--features", features, "--iterations", 5).code == 0
    result = crfner("tag", model, text)
    assert result.code == 0
    assert "2 documents without the further columns, such as part-of-speech tags" in result.err
    assert "further columns" not in crfner("tag", model, train).err


def test_a_model_is_written_though_nobody_reads_what_is_said(small: Path, tmp_path: Path) -> None:
    model = tmp_path / "model"
    command = [*COMMAND, "train", small, "-o", model, *map(str, QUICK), "--recipe", "fast"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=ENVIRONMENT) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"recipe:")
        process.stdout.close()
    assert model.exists()
