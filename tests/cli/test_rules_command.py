"""`crfner rules`: lint, test, mine and pack, end to end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from running import DATA, Run, left_over

from crfner import read
from crfner.cli.options import read_rule_files
from crfner.errors import CrfnerError
from crfner.rules import RuleRecognizer, read_rules

TRAIN, DEV = DATA / "menu" / "train.jsonl", DATA / "menu" / "dev.jsonl"
RULES = (
    "rules:\n- {name: drinks, label: DRINK, terms: [coffee, tea, lager]}\n- {label: DIET, regex: 'vegan|\\w+-free'}\n"
)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yaml"
    path.write_text(RULES, encoding="utf-8")
    return path


@pytest.fixture
def foods(tmp_path: Path) -> Path:
    path = tmp_path / "foods.txt"
    path.write_text("chips\nfish and chips\n", encoding="utf-8")
    return path


# Files of rules on the command line


def test_several_files_make_one_set_and_a_list_gets_its_label(rules: Path, foods: Path) -> None:
    found = read_rule_files([str(rules), f"FOOD={foods}"])
    assert [(rule.name, rule.label) for rule in found] == [
        ("drinks", "DRINK"),
        ("DIET-2", "DIET"),
        ("FOOD:foods", "FOOD"),
    ]


def test_a_file_that_has_an_equals_sign_in_its_name_is_taken_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a=b.csv"
    path.write_text("term,label\ntea,DRINK\n", encoding="utf-8")
    assert read_rule_files([str(path)]).labels == ("DRINK",)
    assert read_rule_files([f"FOOD={path}"]).labels == ("DRINK",)


def test_two_files_may_not_have_rules_of_one_name(rules: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.jsonl"
    other.write_text('{"name": "drinks", "label": "DRINK", "terms": ["milk"]}\n', encoding="utf-8")
    with pytest.raises(CrfnerError) as error:
        read_rule_files([str(rules), str(other)])
    assert str(error.value) == f"{other}: a rule is named 'drinks' like one in {rules}; rename one"


@pytest.mark.parametrize("command", ["lint", "test", "mine", "pack"])
def test_the_help_of_each_command_shows_an_example(crfner: Run, command: str) -> None:
    result = crfner("rules", command, "--help")
    assert result.code == 0
    assert f"crfner rules {command} " in result.out.partition("\n\n")[2]


@pytest.mark.parametrize(
    "arguments", [(), ("lint",), ("test", "rules.yaml"), ("mine", "x"), ("pack", "rules.yaml"), ("tag",)]
)
def test_wrong_use_is_exit_code_2(crfner: Run, arguments: tuple[str, ...]) -> None:
    result = crfner("rules", *arguments)
    assert result.code == 2
    assert "Usage: crfner rules" in result.err + result.out


@pytest.mark.parametrize("command", [("lint",), ("test", DEV), ("pack", "-o", "out")], ids=lambda command: command[0])
def test_a_mistake_in_a_rule_file_is_one_sentence_with_its_line(
    crfner: Run, rules: Path, command: tuple[object, ...]
) -> None:
    rules.write_text(f"{RULES}- {{label: X, terms: [no]}}\n", encoding="utf-8")
    name, *rest = (rules.parent / part if part == "out" else part for part in command)
    result = crfner("rules", name, rules, *rest)
    assert result.code == 2
    assert result.errors == [f'error: {rules}:4: the term no without quotes is no text to YAML; write it "no"']
    assert [path.name for path in rules.parent.iterdir()] == ["rules.yaml"]


# lint


def test_lint_of_good_rules_says_so_and_ends_with_0(crfner: Run, rules: Path) -> None:
    result = crfner("rules", "lint", rules)
    assert (result.code, result.out) == (0, "2 rules: 0 errors, 0 warnings\n")


def test_lint_ends_with_1_for_an_error_and_with_strict_for_a_warning(crfner: Run, rules: Path, foods: Path) -> None:
    foods.write_text("tea\nchips\n", encoding="utf-8")
    result = crfner("rules", "lint", rules, f"FOOD={foods}")
    assert result.code == 0
    assert result.out.startswith("warning: FOOD:foods: 1 term is in 'drinks' of the label DRINK, such as 'tea'")
    assert result.out.endswith("3 rules: 0 errors, 1 warnings\n")
    assert crfner("rules", "lint", rules, f"FOOD={foods}", "--strict").code == 1
    foods.write_text("tea\n", encoding="utf-8")
    assert crfner("rules", "lint", rules, f"FOOD={foods}").code == 1


def test_lint_prints_json(crfner: Run, rules: Path) -> None:
    assert json.loads(crfner("rules", "lint", rules, "--json").out) == []
    rules.write_text(RULES.replace("coffee", "a"), encoding="utf-8")
    (finding,) = json.loads(crfner("rules", "lint", rules, "--json").out)
    assert (finding["rule"], finding["severity"]) == ("drinks", "warning")


# test


def test_test_prints_a_table_of_rules_and_of_all_together(crfner: Run, rules: Path, foods: Path) -> None:
    result = crfner("rules", "test", rules, f"FOOD={foods}", DEV)
    assert result.code == 0
    lines = result.out.splitlines()
    assert lines[0].split()[:3] == ["rule", "label", "hits"]
    assert [line.split()[0] for line in lines[2:5]] == ["drinks", "DIET-2", "FOOD:foods"]
    assert f"on {len(list(read(DEV)))} documents" in result.out


def test_test_prints_json_and_reads_standard_input(crfner: Run, rules: Path) -> None:
    gold = b'{"text": "tea or lager", "spans": [{"start": 0, "end": 3, "label": "DRINK"}]}\n'
    result = crfner("rules", "test", rules, "-", "--json", stdin=gold)
    assert result.code == 0
    drinks = json.loads(result.out)["rules"][0]
    assert (drinks["hits"], drinks["correct"], drinks["spurious"], drinks["coverage"]) == (2, 1, 1, 1.0)


def test_test_warns_when_there_is_nothing_to_find(crfner: Run, rules: Path) -> None:
    result = crfner("rules", "test", rules, "-", stdin=b"tea\n")
    assert result.code == 0
    assert "warning: the gold annotation holds no entity" in result.err


# mine


def test_mine_writes_a_file_that_reads_and_tests(crfner: Run, tmp_path: Path) -> None:
    output = tmp_path / "mined.yaml"
    result = crfner("rules", "mine", TRAIN, "-o", output, "--folds", 2)
    assert result.code == 0, result.err
    assert f"next: crfner rules test {output} GOLD" in result.err
    found = read_rules(output)
    assert all(rule.precision and rule.coverage for rule in found)
    assert crfner("rules", "test", output, DEV).code == 0


def test_mine_prints_rules_and_gives_no_advice_on_a_file_that_there_is_not(crfner: Run, tmp_path: Path) -> None:
    result = crfner("rules", "mine", TRAIN, "-o", "-", "--folds", 2)
    assert result.code == 0, result.err
    assert "rules:" in result.out
    assert "next:" not in result.err


def test_mine_can_keep_to_some_labels(crfner: Run, tmp_path: Path) -> None:
    output = tmp_path / "mined.jsonl"
    assert crfner("rules", "mine", TRAIN, "-o", output, "--folds", 2, "--labels", "DRINK, DIET").code == 0
    assert set(read_rules(output).labels) <= {"DRINK", "DIET"}
    result = crfner("rules", "mine", TRAIN, "-o", output, "--labels", "DRUG")
    assert result.code == 2 and "there is no entity of the label 'DRUG'" in result.err


def test_mine_refuses_to_replace_its_input_and_unknown_endings(crfner: Run, tmp_path: Path) -> None:
    data = tmp_path / "data.jsonl"
    data.write_bytes(TRAIN.read_bytes())
    assert "would be replaced" in crfner("rules", "mine", data, "-o", data).err
    result = crfner("rules", "mine", data, "-o", tmp_path / "rules.txt")
    assert result.code == 2 and "the ending does not tell the format; use .yaml or .jsonl" in result.err
    assert data.read_bytes() == TRAIN.read_bytes() and left_over(tmp_path) == []


# pack


def test_pack_writes_a_model_that_tags_and_evaluates(crfner: Run, rules: Path, foods: Path, tmp_path: Path) -> None:
    model = tmp_path / "rules.crfner"
    result = crfner("rules", "pack", rules, f"FOOD={foods}", "-o", model)
    assert result.code == 0, result.err
    assert result.out.startswith(f"packed 3 rules: 1 DIET, 1 DRINK, 1 FOOD; wrote {model}")
    assert RuleRecognizer.load(model).labels == ("DIET", "DRINK", "FOOD")
    tagged = crfner("tag", model, "-", "--format", "inline", stdin=b"Vegan fish and chips with tea\n")
    assert tagged.out == "Vegan [fish and chips](FOOD) with [tea](DRINK)\n"
    assert crfner("evaluate", model, DEV).code == 0
    assert "DRINK" in crfner("info", model).out


def test_pack_refuses_to_replace_a_rule_file(crfner: Run, rules: Path, foods: Path) -> None:
    assert "would be replaced" in crfner("rules", "pack", rules, f"FOOD={foods}", "-o", foods).err
    assert "a model is written to a file of its own" in crfner("rules", "pack", rules, "-o", "-").err
    assert foods.read_text(encoding="utf-8").startswith("chips")
