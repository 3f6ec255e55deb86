"""The numbers of a report: the right ones, once, with what is best and what is significant."""

from dataclasses import replace

import pytest
from small_comparison import CRF, GOLD, documents, of

from crfner.errors import SettingError
from crfner.report import tables, to_text
from crfner.report.verdict import best_system, verdict


def row(table, name):
    """The shown cells of the row of that name, by column."""
    titles = [column.title for column in table.columns]
    return next(dict(zip(titles, cells, strict=True)) for cells in table.cells() if cells[0] == name)


def test_scores_are_in_per_cent_with_the_interval_and_the_lenient_counts(comparison):
    assert row(tables.scores(comparison), "rules") == {
        "system": "rules",
        "precision": "77.78",
        "recall": "63.64",
        "F1": "70.00",
        "95% interval": "47.06 to 88.89",
        "partial F1": "75.00",
        "type F1": "80.00",
        "borders F1": "70.00",
        "unseen F1": "66.67",
    }


def test_costs_that_were_not_measured_are_dashes(comparison):
    costs = {"system": "rules", "training, s": "–", "tokens/s": "250,000", "memory, MB": "–", "model, MB": "0.00"}
    assert row(tables.costs(comparison), "rules") == costs
    assert row(tables.costs(comparison), "crf default")["memory, MB"] == "312.40"


def test_the_best_of_each_column_is_known_and_all_that_look_as_good(comparison):
    table = tables.scores(comparison)
    assert {row for row, _ in table.best} == {2}
    labels = tables.labels(comparison)
    assert {column for row, column in labels.best if labels.rows[row][0] == "MEDICINE"} == {2, 4}


def test_nothing_is_best_where_all_are_alike():
    gold = documents(GOLD)
    assert not tables.scores(of(gold, one=gold, two=gold)).best
    assert not tables.scores(of(gold, one=gold)).best


def test_the_marks_are_against_the_best_system_or_a_named_one(comparison):
    table = tables.scores(comparison)
    assert table.marks == {(0, 3)}
    assert table.footnote.startswith("F1 differs from that of hybrid union (p < 0.05")
    assert tables.scores(comparison, "rules").marks == {(2, 3)}
    assert not tables.scores(comparison, "crf default").footnote


def test_a_baseline_that_is_no_system_is_refused_with_the_names_there_are(comparison):
    with pytest.raises(SettingError, match="'bert' is not among the systems: rules, crf default"):
        tables.scores(comparison, "bert")


def test_pairs_say_which_way_and_how_sure(comparison):
    table = tables.pairs(comparison)
    assert ["rules", "hybrid union", "-30.00", "-40.00 to -20.00", "<0.001", "<0.001", "0.002"] in table.cells()
    assert ["crf default", "same as crf", "0.00", "-10.00 to +10.00", "1.000", "1.000", "1.000"] in table.cells()
    assert table.marks == {(1, 6)}


def test_a_group_that_nobody_found_and_nobody_missed_has_no_score(comparison):
    table = next(table for table in tables.breakdowns(comparison) if table.title == "Length")
    assert table.cells()[0][:3] == ["1 token", "5", "72.73"]
    assert table.cells()[3] == ["4+ tokens", "0", "–", "–", "–", "–"]


def test_curves_have_a_row_for_each_size_and_a_gap_where_a_system_has_no_point(comparison):
    assert tables.curve(comparison).cells() == [
        ["50", "3", "42.00 ± 2.65", "72.00 ± 1.00"],
        ["200", "2", "62.00 ± 1.41", "–"],
        ["512", "1", "70.00", "90.00"],
    ]


def test_the_verdict_names_the_best_system_and_says_whether_its_lead_is_more_than_chance(comparison):
    assert verdict(comparison) == (
        "hybrid union has the highest F1: 100.00 (95% interval 100.00 to 100.00). "
        "Its lead over crf default, +23.81 points, is not significant (Holm p 0.204). Significantly lower: rules."
    )


def test_the_verdict_on_two_equal_systems_prefers_neither():
    gold = documents(GOLD)
    same = of(gold, one=documents(CRF), two=documents(CRF))
    assert best_system(same) == "one"
    assert verdict(same) == "one and two have the highest F1: 76.19."


def test_one_system_has_a_verdict_and_none_has_none():
    gold = documents(GOLD)
    single = of(gold, one=gold)
    assert verdict(single) == "one has an F1 of 100.00 (95% interval 100.00 to 100.00)."
    assert verdict(replace(single, systems=())) == ""


def test_the_terminal_gets_systems_pairs_verdict_and_warnings_with_numbers_aligned(comparison):
    text = to_text(comparison)
    lines = text.splitlines()
    assert lines[0].startswith(
        "Data: clinic/train.jsonl, clinic/test.jsonl; split: training and test files; learnt from 512 sentences"
    )
    assert (
        "rules             77.78   63.64   70.00*    47.06 to 88.89       75.00    80.00       70.00      66.67"
        in lines
    )
    assert (
        "crf default       80.00   72.73   76.19    50.00 to 100.00       90.48    85.71       85.71      66.67"
        in lines
    )
    assert "crf default           3.2    48,212      312.40       1.23" in lines
    assert "rules         hybrid union      -30.00  -40.00 to -20.00  <0.001       <0.001  0.002*" in lines
    assert lines[-3] == verdict(comparison)
    assert lines[-1].startswith("warning: 12 sentences of the test part are in the training part")


def test_characters_that_would_turn_a_terminals_line_are_named():
    gold = documents(GOLD)
    comparison = of(gold, a=gold)
    system = replace(comparison.systems[0], name="crf\u202etxt\x1b[2J\n")
    text = to_text(replace(comparison, systems=(system,)))
    assert "crf[U+202E]txt[U+001B][2J[U+000A]" in text
    assert "\x1b" not in text and "\u202e" not in text
