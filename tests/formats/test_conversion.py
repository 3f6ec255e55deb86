"""The command `convert`: formats found out or named, what changed said aloud, nothing left behind after a mistake."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crfner.cli.convert import convert
from crfner.errors import CrfnerError, InputError

GOLDEN = Path(__file__).parent / "golden"


def run(*arguments: str | Path, input: str | None = None) -> Result:
    return CliRunner().invoke(convert, [str(argument) for argument in arguments], input=input, catch_exceptions=False)


@pytest.mark.parametrize("source", ["companies.jsonl", "companies.json", "companies.py.txt"])
@pytest.mark.parametrize(
    ("target", "golden"),
    [("x.json", "companies.json"), ("x.py", "companies.py.txt"), ("x.txt", "companies.txt")],
)
def test_formats_are_found_out(tmp_path: Path, source: str, target: str, golden: str) -> None:
    result = run(GOLDEN / source, tmp_path / target)
    assert result.exit_code == 0
    assert (tmp_path / target).read_text() == (GOLDEN / golden).read_text()
    assert f"converted 3 documents with 4 spans: {GOLDEN / source} -> " in result.stderr
    assert ("4 spans dropped" in result.stderr) == (target == "x.txt")


def test_running_text_to_columns_and_back_is_exact(tmp_path: Path) -> None:
    run(GOLDEN / "companies.jsonl", tmp_path / "out.conll")
    assert (tmp_path / "out.conll").read_text() == (GOLDEN / "companies.conll").read_text()
    run(tmp_path / "out.conll", tmp_path / "out.json")
    assert (tmp_path / "out.json").read_text() == (GOLDEN / "companies.json").read_text()


def test_streams_take_their_formats_by_option() -> None:
    result = run(
        "-", "-", "--from", "spacy", "--to", "conll", "--scheme", "bioes", input='[["a",{"entities":[[0,1,"X"]]}]]'
    )
    assert result.stdout == '# text = "a"\na\tS-X\n\n'


def test_a_file_may_be_converted_in_place(tmp_path: Path) -> None:
    path = tmp_path / "x.conll"
    path.write_text("a I-X\n" * 3)
    run(path, path, "--scheme", "IOB2")
    assert path.read_text() == "a\tB-X\na\tI-X\na\tI-X\n\n"


def test_a_mistake_in_the_input_passes_up_and_leaves_no_output(tmp_path: Path) -> None:
    source = tmp_path / "x.jsonl"
    source.write_text('{"text": "a"}\n{"text": "a", "spans": [[0, 2, "X"]]}\n')
    with pytest.raises(InputError, match=r"x\.jsonl:2: span 1 \(0\.\.2\) is outside"):
        run(source, tmp_path / "out.conll")
    assert not (tmp_path / "out.conll").exists()


def test_a_scheme_without_columns_and_a_target_without_format_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CrfnerError, match="the format spacy-json has no tagging scheme"):
        run(GOLDEN / "companies.jsonl", tmp_path / "out.json", "--scheme", "IOB2")
    with pytest.raises(CrfnerError, match="add --to, one of conll"):
        run(GOLDEN / "companies.jsonl", "-")
