"""`crfner suggest`: JSON lines to correct, from files, folders and pipes, and one sentence for what cannot be done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from running import DATA, Result, Run

from crfner import read
from crfner.cli.suggest import suggest
from crfner.suggest import AUTO, STRATEGIES, UNITS

TEXTS = "We are closed. A pot of mint tea, please.\nTwo kimchi pies.\nA tea.\n"


def records(result: Result) -> list[dict[str, Any]]:
    assert result.code == 0, result.err
    return [json.loads(line) for line in result.out.splitlines()]


def refused(result: Result) -> str:
    assert (result.code, result.out) == (2, ""), result.err
    return result.err


def test_the_command_offers_what_the_package_has() -> None:
    choices = {option.name: getattr(option.type, "choices", None) for option in suggest.params}
    assert set(choices["strategy"]) == {AUTO, *STRATEGIES}
    assert tuple(choices["unit"]) == UNITS
    assert all(f"{name} " in (suggest.help or "") for name in (AUTO, *STRATEGIES))


def test_sentences_come_from_a_pipe_with_spans_scores_and_reasons(crfner: Run, model: Path) -> None:
    result = crfner("suggest", model, "-n", 3, stdin=TEXTS.encode())
    found = records(result)
    assert [one["meta"]["suggest"]["rank"] for one in found] == [1, 2, 3]
    assert all(set(one) == {"id", "text", "spans", "meta"} for one in found)
    for one in found:
        about = one["meta"]["suggest"]
        assert about["strategy"] == "sequence"
        assert about["score"] > 0
        assert about["why"].startswith("unsure of: ")
        line = TEXTS.splitlines()[int(one["meta"]["from"]["document"]) - 1]
        assert line[one["meta"]["from"]["start"] :].startswith(one["text"])
        assert all(0 < span["score"] <= 1 for span in one["spans"])
    assert result.err.endswith("suggested 3 sentences by sequence\n")


def test_what_is_written_can_be_read_again_as_labelled_text(crfner: Run, model: Path, tmp_path: Path) -> None:
    output = tmp_path / "next.jsonl"
    result = crfner("suggest", model, DATA / "menu/unlabelled.jsonl", "-n", 7, "-o", output, "--unit", "document")
    assert (result.code, result.out) == (0, "")
    found = list(read(output))
    texts = {document.id: document.text for document in read(DATA / "menu/unlabelled.jsonl")}
    assert len(found) == 7
    assert all(texts[document.id] == document.text for document in found)
    assert all(document.tokens == () for document in found)


def test_several_files_and_folders_are_one_stream(crfner: Run, model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "a.txt").write_text("Two kimchi pies.\n")
    (folder / "b.txt").write_text("A tea.\n")
    (tmp_path / "c.conll").write_text("Mint B-DRINK\ntea I-DRINK\n")
    found = records(crfner("suggest", model, folder, tmp_path / "c.conll"))
    assert {one["meta"]["from"]["document"] for one in found} == {
        f"{folder}/a.txt:1",
        f"{folder}/b.txt:1",
        f"{tmp_path}/c.conll:1",
    }
    (tokens,) = (one["tokens"] for one in found if one["text"] == "Mint tea")
    assert [token["text"] for token in tokens] == ["Mint", "tea"]


def test_what_is_labelled_already_is_left_out_as_document_or_as_sentence(
    crfner: Run, model: Path, tmp_path: Path
) -> None:
    labelled = tmp_path / "labelled.jsonl"
    labelled.write_text('{"text": "We are closed. Two kimchi pies.", "spans": []}\n')
    found = records(crfner("suggest", model, "--exclude", labelled, stdin=TEXTS.encode()))
    assert {one["text"] for one in found} == {"A pot of mint tea, please.", "A tea."}
    everything = tmp_path / "everything.txt"
    everything.write_text(TEXTS)
    result = crfner("suggest", model, "--exclude", everything, stdin=TEXTS.encode())
    assert records(result) == []
    assert "suggested 0 sentences; there are no more than these, and 50 were asked for" in result.err


def test_rules_are_compared_with_the_model(crfner: Run, model: Path, tmp_path: Path) -> None:
    rules = tmp_path / "dishes.txt"
    rules.write_text("kimchi\n")
    found = records(
        crfner(
            "suggest", model, "--strategy", "disagreement", "--rules", f"DISH={rules}", "-n", 1, stdin=TEXTS.encode()
        )
    )
    assert [one["text"] for one in found] == ["Two kimchi pies."]
    assert "kimchi" in found[0]["meta"]["suggest"]["why"]


def test_a_random_sample_says_that_it_is_one(crfner: Run, model: Path) -> None:
    found = records(crfner("suggest", model, "--strategy", "random", "-n", 2, stdin=TEXTS.encode()))
    assert {one["meta"]["suggest"]["why"] for one in found} == {"drawn at random"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--strategy", "disagreement"], "give rules, or a hybrid model"),
        (["--strategy", "votes"], "is for ensembles"),
        (["--strategy", "best"], "Invalid value for '--strategy'"),
        (["-n", "0"], "Invalid value for '-n'"),
        (["--diversity", "2"], "Invalid value for '--diversity'"),
        (["--min-tokens", "5", "--max-tokens", "3"], "no text has 5 tokens or more and 3 or fewer"),
        (["--exclude", "nowhere.jsonl"], "nowhere.jsonl: cannot be read: there is no such file"),
        (["--rules", "nowhere.yaml"], "nowhere.yaml: cannot be read: there is no such file"),
        (["nowhere.txt"], "nowhere.txt: cannot be read: there is no such file"),
        (["-o", "nowhere/next.jsonl"], "nowhere/next.jsonl: cannot be written: there is no such file or folder"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(
    crfner: Run, model: Path, arguments: list[str], message: str
) -> None:
    assert message in refused(crfner("suggest", model, *arguments, stdin=TEXTS.encode()))


def test_rules_alone_and_what_is_no_model_are_refused(crfner: Run, tmp_path: Path) -> None:
    packed = tmp_path / "rules.crfner"
    assert crfner("rules", "pack", DATA / "menu/rules.yaml", "-o", packed).code == 0
    assert "rules alone do not say what they are unsure of" in refused(crfner("suggest", packed, stdin=TEXTS.encode()))
    assert "this is not a crfner model" in refused(crfner("suggest", DATA / "menu/rules.yaml", stdin=TEXTS.encode()))


def test_no_input_is_written_over_and_bad_text_leaves_nothing_behind(crfner: Run, model: Path, tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text(TEXTS)
    assert "would be replaced" in refused(crfner("suggest", model, text, "-o", text))
    assert text.read_text() == TEXTS
    text.write_bytes(b"A tea.\n\xff\n")
    output = tmp_path / "next.jsonl"
    assert f"{text}:2: byte 0xff is not UTF-8" in refused(crfner("suggest", model, text, "-o", output))
    assert not output.exists()
