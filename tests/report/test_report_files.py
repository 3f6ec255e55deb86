"""Reports as files: chosen by the ending, whole, the same every time, and safe whatever the names hold."""

import csv
import io
import json
import re
from dataclasses import replace

import pytest
from small_comparison import GOLD, clinic, documents, hostile, of

from crfner.errors import CrfnerError, SettingError
from crfner.report import ENDINGS, check_ending, write

NASTY = [
    "<script>alert(1)</script>",
    'a|b*c_d`e`[f](g)"h"',
    r"100%_&#$\end{table}~^{",
    "crf\u202etxt\n\x00",
    "=cmd|' /C calc'!A0",
]


def written(comparison, tmp_path, ending, **settings):
    path = tmp_path / f"report{ending}"
    write(comparison, path, **settings)
    return path.read_bytes().decode()


def test_the_ending_chooses_the_form(comparison, tmp_path):
    starts = {".html": "<!DOCTYPE html>", ".md": "# 4 systems", ".csv": "part,", ".tex": "% \\usepackage", ".json": "{"}
    assert set(starts) == set(ENDINGS)
    for ending, start in starts.items():
        assert written(comparison, tmp_path, ending).startswith(start)
    assert check_ending("RESULTS.HTML") == ".html"


@pytest.mark.parametrize("name", ["report.pdf", "report", "-", ".html", "report.html.gz"])
def test_another_ending_is_refused_with_those_there_are(comparison, tmp_path, name):
    with pytest.raises(CrfnerError, match=re.escape("ends in .html, .md, .csv, .tex or .json; choose one of them")):
        write(comparison, tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_failed_report_leaves_the_old_one(comparison, tmp_path):
    path = tmp_path / "report.md"
    path.write_text("old")
    with pytest.raises(SettingError, match="baseline"):
        write(comparison, path, baseline="nobody")
    assert path.read_text() == "old"


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_same_comparison_gives_the_same_bytes(tmp_path, ending):
    assert written(clinic(), tmp_path, ending) == written(clinic(), tmp_path, ending)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("nasty", NASTY)
def test_names_with_markup_and_invisible_characters_are_only_text(tmp_path, ending, nasty):
    content = written(hostile(nasty), tmp_path, ending)
    if ending != ".json":
        assert "<script>alert" not in content or ending in (".csv", ".tex")
        assert "\u202e" not in content and "\x00" not in content


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_comparison_of_one_system_without_entities_can_be_written(tmp_path, ending):
    nothing = documents([()] * 5)
    assert written(of(nothing, only=nothing), tmp_path, ending)
    assert written(replace(of(nothing, only=nothing), systems=(), versions={}), tmp_path, ending)


def test_markdown_tables_have_bold_for_the_best_and_a_star_for_what_is_significant(comparison, tmp_path):
    lines = written(comparison, tmp_path, ".md").splitlines()
    assert (
        "| system | precision | recall | F1 | 95% interval | partial F1 | type F1 | borders F1 | unseen F1 |" in lines
    )
    assert "| :--- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |" in lines
    assert "| rules | 77.78 | 63.64 | 70.00\\* | 47.06 to 88.89 | 75.00 | 80.00 | 70.00 | 66.67 |" in lines
    lenient = " | ".join(["**100.00**"] * 4)
    assert f"| hybrid union | **100.00** | **100.00** | **100.00** | 100.00 to 100.00 | {lenient} |" in lines
    assert "- 12 sentences of the test part are in the training part too, such as “No fever.”" in lines
    assert lines[-1] == "Made with crfner 0.1.0, python 3.11.9."


@pytest.mark.parametrize("nasty", NASTY)
def test_every_row_of_a_markdown_table_has_as_many_cells_as_its_head(tmp_path, nasty):
    content = written(hostile(nasty), tmp_path, ".md")
    for block in content.split("\n\n"):
        rows = [re.split(r"(?<!\\)\|", line) for line in block.split("\n") if line.startswith("|")]
        assert len({len(cells) for cells in rows}) <= 1


def test_csv_has_one_number_a_line_in_full_precision(comparison, tmp_path):
    rows = list(csv.DictReader(io.StringIO(written(comparison, tmp_path, ".csv"))))

    def value(**wanted):
        (found,) = [row["value"] for row in rows if all(row[name] == what for name, what in wanted.items())]
        return float(found)

    assert value(part="overall", system="crf default", measure="f1") == comparison.systems[1].evaluation.micro.f1
    assert value(part="label", system="rules", group="DOSE", measure="fp") == 1
    assert value(part="breakdown", system="rules", group="seen in training", answer="unseen", measure="f1") == 2 / 3
    assert value(part="mode", system="rules", group="partial", answer="", measure="f1") == 0.75
    by_label = comparison.systems[0].modes.labels["DOSE"]["type"]
    assert value(part="mode", system="rules", group="type", answer="DOSE", measure="f1") == by_label.f1
    assert value(part="costs", system="crf default", measure="peak_memory") == 312_400_000
    assert value(part="pair", system="rules", against="hybrid union", measure="p_holm") == comparison.pairs[1].p_holm
    assert value(part="curve", system="crf default", group="200", answer="2") == 0.63
    assert not [row for row in rows if row["part"] == "costs" and row["system"] == "same as crf"]


def test_a_name_that_a_spreadsheet_would_compute_is_kept_from_it(tmp_path):
    rows = csv.DictReader(io.StringIO(written(hostile("=1+1"), tmp_path, ".csv")))
    assert {row["system"] for row in rows} == {"'=1+1", "other"}


def test_latex_has_booktabs_bold_daggers_and_a_caption_with_corpus_split_and_seed(comparison, tmp_path):
    content = written(comparison, tmp_path, ".tex")
    lines = [line.strip() for line in content.splitlines()]
    assert r"rules & 77.78 & 63.64 & 70.00$^\dagger$ & 47.06 to 88.89 & 75.00 & 80.00 & 70.00 & 66.67 \\" in lines
    assert r"DEVICE & 1 & \textbf{100.00} & 0.00 & \textbf{100.00} & 0.00 \\" in lines
    least = r"\textless{}0.001"
    assert rf"rules & hybrid union & $-$30.00 & $-$40.00 to $-$20.00 & {least} & {least} & 0.002$^\dagger$ \\" in lines
    caption = next(line for line in lines if line.startswith(r"\caption{Scores."))
    assert "Data: clinic/train.jsonl, clinic/test.jsonl; split: training and test files;" in caption
    assert "seed 7. $\\dagger$: F1 differs from that of hybrid union (p \\textless{} 0.05" in caption
    assert content.count(r"\begin{table}") == content.count(r"\end{table}") == content.count(r"\toprule")


def test_latex_marks_what_differs_from_the_named_baseline(comparison, tmp_path):
    content = written(comparison, tmp_path, ".tex", baseline="rules")
    assert r"\textbf{100.00}$^\dagger$" in content
    assert "F1 differs from that of rules" in content


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        (r"a_b & 50% #1 $x$", r"a\_b \& 50\% \#1 \$x\$"),
        (r"\input{x}", r"\textbackslash{}input\{x\}"),
        ("[x]*", "{[}x{]}{*}"),
        ("a--b---c", "a-{}-b-{}-{}-c"),
        ("~^<>|", r"\textasciitilde{}\textasciicircum{}\textless{}\textgreater{}\textbar{}"),
        ("two\nlines", "two{[}U+000A{]}lines"),
    ],
)
def test_latex_prints_a_name_as_it_is(tmp_path, name, printed):
    gold = documents(GOLD)
    comparison = of(gold, a=gold)
    renamed = replace(comparison, systems=(replace(comparison.systems[0], name=name),))
    assert f"    {printed} & 100.00" in written(renamed, tmp_path, ".tex")


def test_json_has_every_number_and_no_document(comparison, tmp_path):
    content = json.loads(written(comparison, tmp_path, ".json"))
    assert list(content) == ["data", "split", "seed", "warnings", "best", "systems", "pairs", "curve", "versions"]
    assert content["best"] == "hybrid union"
    rules = content["systems"][0]
    assert rules["evaluation"]["micro"]["f1"] == 0.7
    assert rules["modes"]["overall"]["partial"]["f1"] == 0.75
    assert set(rules["modes"]["labels"]) >= {"DOSE", "PERSON"}
    assert rules["breakdowns"]["length"]["1 token"]["tp"] == 4
    assert rules["costs"] == {
        "training_seconds": None,
        "tokens_per_second": 250_000.4,
        "peak_memory": None,
        "model_size": 1_200,
    }
    assert content["split"]["train_entities"] == {"PERSON": 100, "DOSE": 40}
    assert content["curve"][0]["mean"] == pytest.approx(0.42)
