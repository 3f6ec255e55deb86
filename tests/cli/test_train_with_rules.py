"""`crfner train` with rules: hybrids from the command line, and the mistakes one can make with them."""

import json
from pathlib import Path

import pytest
from running import DATA, Run

TRAIN, DEV = DATA / "clinic/train.jsonl", DATA / "clinic/dev.jsonl"
QUICK = ("--features", "minimal", "--iterations", "15")

RULES = """\
rules:
  - name: dose
    label: DOSE
    regex: '\\d+(?:\\.\\d+)? ?(?:mg|ml)\\b'
  - name: stems
    label: MEDICINE
    tokens: [{LOWER: {REGEX: '^[a-z]{3,}(?:pril|olol|statin|cillin|azole|fen|mol)$'}}]
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yaml"
    path.write_text(RULES)
    return path


@pytest.mark.parametrize("policy", ["fallback", "override", "union", "features"])
def test_every_policy_trains_tags_and_tells_of_itself(policy: str, crfner: Run, rules: Path, tmp_path: Path) -> None:
    model = tmp_path / "hybrid.crfner"
    done = crfner("train", TRAIN, "--dev", DEV, "--rules", rules, "--policy", policy, "-o", model, *QUICK)
    assert done.code == 0, done.err
    assert "but that the policy was chosen by" in done.out
    told = json.loads(crfner("info", model, "--json").out)
    assert told["hybrid"]["policy"] == policy and told["kind"] == "hybrid"
    assert told["scores"]["dev"]["micro"]["f1"] > 0.3
    tagged = crfner("tag", model, "--format", "inline", stdin=b"Started ramipril 2.5 mg today.")
    assert tagged.out == "Started [ramipril](MEDICINE) [2.5 mg](DOSE) today.\n"
    assert crfner("evaluate", model, DEV).code == 0


def test_rules_are_mined_on_request_and_their_names_are_the_sources(crfner: Run, tmp_path: Path) -> None:
    model = tmp_path / "hybrid.crfner"
    assert crfner("train", TRAIN, "--mine-rules", "--policy", "override", "-o", model, *QUICK).code == 0
    assert "hybrid.rules" in crfner("info", model).out
    tagged = crfner("tag", model, stdin=b"Seen by Dr Zyxworth for review.")
    sources = [span["source"] for span in json.loads(tagged.out)["spans"]]
    assert sources == ["PERSON: Capitalised+ after dr"]


def test_a_gazetteer_takes_its_label_from_the_command_line(crfner: Run, tmp_path: Path) -> None:
    (tmp_path / "drugs.txt").write_text("zyxoril\n")
    model = tmp_path / "hybrid.crfner"
    given = f"MEDICINE={tmp_path / 'drugs.txt'}"
    assert crfner("train", TRAIN, "--rules", given, "--policy", "fallback", "-o", model, *QUICK).code == 0
    assert json.loads(crfner("info", model, "--json").out)["hybrid"]["rules"] == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--policy", "union"), "give --rules or --mine-rules with it"),
        (("--rules", "missing.yaml"), "missing.yaml: cannot be read: there is no such file"),
        (("--rules", "RULES", "--policy", "vote"), "'vote' is not one of 'fallback', 'override', 'union', 'features'"),
        (("--rules", "RULES", "--rules", "RULES"), "a rule is named 'dose' like one in"),
    ],
)
def test_mistakes_are_told_before_any_work(
    options: tuple[str, ...], message: str, crfner: Run, rules: Path, tmp_path: Path
) -> None:
    given = [str(rules) if option == "RULES" else option for option in options]
    done = crfner("train", TRAIN, "-o", tmp_path / "m", *given)
    assert done.code == 2
    assert message in " ".join(done.err.split())
    assert not (tmp_path / "m").exists()


def test_a_rule_file_is_not_replaced_by_the_model(crfner: Run, rules: Path) -> None:
    done = crfner("train", TRAIN, "--rules", rules, "-o", rules)
    assert done.code == 2 and "this file is read too" in done.err
    assert rules.read_text() == RULES
