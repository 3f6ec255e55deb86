"""Rule files in every format: what they say, what is wrong with them and where, and what survives a round trip."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crfner.errors import CrfnerError, InputError
from crfner.rules import Context, DictionaryRule, RegexRule, RuleSet, TokenRule, read_rules, write_rules
from crfner.rules.files.reading import rules_from_jsonl
from crfner.rules.files.writing import rules_to_jsonl

CASES = Path(__file__).parents[1] / "cases"

GOLDEN = (
    DictionaryRule(
        "anticoagulants",
        "DRUG",
        priority=2,
        precision=0.95,
        coverage=0.2,
        terms=("warfarin", "no", "AT II-blocker"),
        case="smart",
        diacritics="ignore",
        plural=True,
        hyphen=True,
        edits=1,
    ),
    DictionaryRule("DRUG-2", "DRUG", terms=("aspirin", "metformin", "# 1 dad's remedy", "codeine")),
    RegexRule("dose", "DOSE", pattern=r"(?P<dose>\d+(?:\.\d+)? ?mg)\b", group="dose"),
    TokenRule(
        "doctor",
        "DOCTOR",
        context=Context(not_left=({"LOWER": "old"},), sentence=({"LOWER": {"REGEX": "^prescri"}},)),
        alternatives=(({"LOWER": {"IN": ["dr", "prof"]}}, {"TEXT": ".", "OP": "?"}, {"IS_TITLE": True, "OP": "+"}),),
    ),
    TokenRule("ward", "WARD", alternatives=(({"LOWER": "ward"}, {"LIKE_NUM": True}), ({"LOWER": "icu"},))),
)


def written(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8", newline="")
    return path


def refused(path: Path, label: str | None = None) -> str:
    """The message, without the folder."""
    with pytest.raises(InputError) as error:
        read_rules(path, label)
    return str(error.value).replace(f"{path.parent}{os.sep}", "")


# What files say


def test_a_yaml_file_may_use_every_kind_of_rule_and_every_key() -> None:
    assert read_rules(CASES / "rules.yaml").rules == GOLDEN


def test_rules_in_json_lines_have_the_same_keys(tmp_path: Path) -> None:
    path = written(tmp_path, "rules.jsonl", '{"label": "DRUG", "terms": ["aspirin"], "plural": true}\n\n')
    assert read_rules(path).rules == (DictionaryRule("DRUG-1", "DRUG", terms=("aspirin",), plural=True),)


def test_patterns_of_spacys_entity_ruler_load_as_they_are() -> None:
    assert read_rules(CASES / "entity_ruler.jsonl").rules == (
        DictionaryRule("ORG", "ORG", terms=("Apple", "Alphabet Inc."), case="match"),
        TokenRule(
            "san-francisco", "GPE", alternatives=(({"LOWER": "san"}, {"LOWER": "francisco"}), ({"LOWER": "fran"},))
        ),
        DictionaryRule("san-francisco-2", "GPE", terms=("San Fran",), case="match"),
        TokenRule("ORG-4", "ORG", alternatives=(({"ORTH": "Acme"}, {"IS_TITLE": True, "OP": "*"}),)),
    )


def test_a_hundred_thousand_texts_of_an_entity_ruler_become_one_rule(tmp_path: Path) -> None:
    lines = "".join(f'{{"label": "ORG", "pattern": "Company {number}"}}\n' for number in range(100_000))
    (rule,) = read_rules(written(tmp_path, "ruler.jsonl", lines))
    assert isinstance(rule, DictionaryRule) and len(rule.terms) == 100_000


def test_a_table_has_a_header_and_makes_a_rule_for_each_label_name_and_priority(tmp_path: Path) -> None:
    rows = (
        'term,label,priority,name\r\naspirin,DRUG,,\r\n"Smith, Dr",DOCTOR,3,\r\ncodeine,DRUG,,\r\nICU,WARD,,wards\r\n'
    )
    assert read_rules(written(tmp_path, "all.csv", rows)).rules == (
        DictionaryRule("DRUG:all", "DRUG", terms=("aspirin", "codeine")),
        DictionaryRule("DOCTOR:all 3", "DOCTOR", priority=3, terms=("Smith, Dr",)),
        DictionaryRule("wards", "WARD", terms=("ICU",)),
    )


def test_a_table_may_leave_the_label_to_the_caller(tmp_path: Path) -> None:
    path = written(tmp_path, "drugs.tsv", "TERM\naspirin\n\ncodeine\n")
    assert read_rules(path, "DRUG").rules == (DictionaryRule("DRUG:drugs", "DRUG", terms=("aspirin", "codeine")),)


def test_a_list_of_terms_holds_nothing_but_terms(tmp_path: Path) -> None:
    path = written(tmp_path, "drugs.txt", "\ufeffaspirin\r\n#1 painkiller\r\n\r\n  no \r\n")
    expected = DictionaryRule("DRUG:drugs", "DRUG", terms=("aspirin", "#1 painkiller", "no"))
    assert read_rules(path, "DRUG").rules == (expected,)


def test_a_list_of_terms_named_in_capitals_tells_its_label(tmp_path: Path) -> None:
    path = written(tmp_path, "DRUG.txt", "aspirin\n")
    assert read_rules(path).rules == (DictionaryRule("DRUG", "DRUG", terms=("aspirin",)),)
    assert read_rules(path, "MEDICINE").labels == ("MEDICINE",)


def test_the_callers_label_is_that_of_rules_without_one(tmp_path: Path) -> None:
    path = written(tmp_path, "rules.yaml", "rules:\n- terms: [a]\n- {label: B, terms: [b]}\n")
    assert read_rules(path, "A").labels == ("A", "B")


def test_names_are_made_around_those_that_are_given(tmp_path: Path) -> None:
    path = written(tmp_path, "rules.yaml", "rules:\n- {label: A, terms: [a]}\n- {name: A-1, label: A, terms: [b]}\n")
    assert [rule.name for rule in read_rules(path)] == ["A-1-2", "A-1"]


# What is wrong, and where

RULE = "rules:\n- name: a\n  label: A\n  terms: [a]\n"
WRONG_YAML = {
    "": "r.yaml:1: the file should be a mapping with the key 'rules'",
    "- terms: [a]": "r.yaml:1: the file should be a mapping with the key 'rules'",
    "rules:": "r.yaml:1: the file holds no rule",
    "rules: []": "r.yaml: the file holds no rule",
    "rules: a": "r.yaml:1: 'rules' should be a list",
    "\nrules:\n- aspirin": "r.yaml:3: rule 1 should be a mapping",
    f"{RULE}version: 2": "r.yaml:5: the file has the unknown key 'version'",
    f"{RULE}  plurals: true": "r.yaml:5: rule 1 has the unknown key 'plurals'; did you mean 'plural'?",
    f"{RULE}  zzz: true": "r.yaml:5: rule 1 has the unknown key 'zzz'; known are name, label,",
    f"{RULE}  regex: a": "r.yaml:5: rule 1 has 'terms' and 'regex'; make a rule of each",
    f"{RULE}  group: 1": "r.yaml:5: 'group' does not go with 'terms' in rule 1",
    f"{RULE}  name: b": "r.yaml:5: the key 'name' is there twice (first in line 2)",
    f"{RULE}- name: a\n  label: B\n  terms: [b]": "r.yaml:5: the name 'a' is that of the rule in line 2 too",
    f"{RULE}- label: A": "r.yaml:5: rule 2 does not say what to find",
    f"{RULE}- terms: [b]": "r.yaml:5: rule 2 has no label",
    f"{RULE}- label: ' '\n  terms: [b]": "r.yaml:5: the label ' ' of rule 2 is blank",
    f"{RULE}- terms: [b]\n  label: 'A '": "r.yaml:6: the label 'A ' of rule 2 has white space around it",
    f"{RULE}- terms: [b]\n  label: no": "r.yaml:6: label should be text, not no, in rule 2; write it in quotes",
    f"{RULE}  priority: high": "r.yaml:5: priority should be a whole number, not 'high'",
    f"{RULE}  priority: 1.5": "r.yaml:5: priority should be a whole number, not 1.5",
    f"{RULE}  precision: 95": "r.yaml:5: precision should be a number from 0 to 1, not 95",
    f"{RULE}  coverage: .nan": "r.yaml:5: coverage should be a number from 0 to 1, not .nan",
    f"{RULE}  case: upper": "r.yaml:5: case should be ignore or match or smart, not 'upper'",
    f"{RULE}  case: [match]": "r.yaml:5: case should be ignore or match or smart, not ['match']",
    f"{RULE}  plural: maybe": "r.yaml:5: plural should be true or false, not 'maybe'",
    f"{RULE}  edits: 3": "r.yaml:5: edits should be one of 0, 1, 2, not 3",
    f"{RULE}  edits: true": "r.yaml:5: edits should be one of 0, 1, 2, not true",
    f"{RULE}  context: near": "r.yaml:5: the context of rule 1 should map left, right,",
    f"{RULE}  context: {{lefft: []}}": "r.yaml:5: the context of rule 1 has the unknown key 'lefft'; did you mean",
    f"{RULE}  context:\n    left: dr": "r.yaml:6: 'left' of rule 1 should be a token pattern",
    f"{RULE}  context:\n    left: [{{LOWR: dr}}]": "r.yaml:6: 'left' of rule 1, token 1: there is no attribute 'LOWR'",
    "rules:\n- label: A\n  terms: aspirin": "r.yaml:3: 'terms' of rule 1 should be a list of terms, not 'aspirin'",
    "rules:\n- label: A\n  terms:\n  - on\n  - no": "r.yaml:4: the term on without quotes is no text",
    "rules:\n- label: A\n  terms: [a,\n   12:30]": "r.yaml:4: the term 12:30 without quotes is no text to YAML",
    "rules:\n- label: A\n  terms: [a, ~]": "r.yaml:3: the term ~ without quotes",
    "rules:\n- label: A\n  terms: [2024-05-01]": "r.yaml:3: 2024-05-01 without quotes is a date to YAML",
    "rules:\n- label: A\n  terms: [a, [b]]": "r.yaml:3: term 2 of rule 1 should be text, not ['b']",
    "rules:\n- label: A\n  terms: [a: b]": "r.yaml:3: term 1 of rule 1 should be text",
    "rules:\n- label: A\n  regex: '(a'": "r.yaml:3: rule 1: the regular expression '(a' is wrong",
    "rules:\n- label: A\n  regex: a\n  group: 1": "r.yaml:3: rule 1: the regular expression 'a' has no group 1",
    "rules:\n- label: A\n  regex: a\n  group: 1.0": "r.yaml:4: group should be the number or name of a group, not 1.0",
    "rules:\n- label: A\n  tokens: {LOWER: a}": "r.yaml:3: 'tokens' of rule 1 should be a token pattern",
    "rules:\n- label: A\n  tokens: []": "r.yaml:3: 'tokens' of rule 1: a token pattern needs a token",
    "rules:\n- label: A\n  tokens: [{LOWER: no}]": "r.yaml:3: 'tokens' of rule 1, token 1: LOWER takes a text",
    "rules:\n- label: A\n  any: []": "r.yaml:3: rule 1 has no token pattern under 'any'",
    "rules:\n- label: A\n  any:\n  - [{LOWER: a}]\n  - [b]": "r.yaml:5: pattern 2 of rule 1, token 1:",
    "rules:\n- label: A\n  file: missing.txt": "r.yaml:3: there is no file 'missing.txt' beside the rule file",
    "rules:\n- label: A\n  file: /etc/hosts": "r.yaml:3: the file '/etc/hosts' should lie beside the rule file",
    "rules:\n- label: A\n  file: ../x.txt": "r.yaml:3: the file '../x.txt' should lie beside the rule file",
    "rules:\n- label: A\n  file: x.csv": "r.yaml:3: the file 'x.csv' should have one term a line",
    "rules:\n- label: A\n terms: [b]": "r.yaml:3: invalid YAML at column",
    "rules: [a, }": "r.yaml:1: invalid YAML at column",
    "rules:\n- &a {label: A}": "r.yaml:2: anchors and aliases (&a) are not read",
    "rules:\n- *a": "r.yaml:2: anchors and aliases (*a) are not read",
    "rules: !!python/object/apply:os.getcwd []": "r.yaml:1: tags ('tag:yaml.org,2002:python/object/appl",
    "rules:\n- {no: a}": "r.yaml:2: a key should be text, not no",
    "rules:\n- {[a]: b}": "r.yaml:2: a key should be text, not ['a']",
    f"{RULE}---\n{RULE}": "r.yaml:5: a second YAML document begins here",
    "rules:\n- \x07": "r.yaml:2: U+0007 is no character for YAML",
    "rules: " + "[" * 500: "r.yaml:1: this is nested too deeply",
    "rules: [" + "9" * 5000 + "]": "r.yaml:1: '99999",
}


@pytest.mark.parametrize("content", WRONG_YAML)
def test_a_mistake_in_yaml_is_told_with_its_line(tmp_path: Path, content: str) -> None:
    message = refused(written(tmp_path, "r.yaml", content))
    assert WRONG_YAML[content] in message
    assert "\n" not in message


WRONG_FILES = {
    "no object": ("r.jsonl", "[]", "r.jsonl:1: rule 1 should be a mapping"),
    "no JSON": ("r.jsonl", '\n{"label": A}', "r.jsonl:2: invalid JSON at column"),
    "an unknown key beside a pattern": ("r.jsonl", '{"label": "A", "pattern": "a", "x": 1}', "r.jsonl:1: 'x' does not"),
    "a pattern of another type": ("r.jsonl", '{"label": "A", "pattern": 1}', "r.jsonl:1: the pattern of rule 1"),
    "a pattern without label": ("r.jsonl", '{"pattern": "a"}', "r.jsonl:1: rule 1 has no label"),
    "an id of another type": ("r.jsonl", '{"label": "A", "pattern": "a", "id": 1}', "r.jsonl:1: the id of rule 1"),
    "half a surrogate pair": ("r.jsonl", '{"label": "A", "pattern": "\\ud800"}', "r.jsonl:1: the pattern of rule 1"),
    "half a pair in a term": ("r.jsonl", '{"label": "A", "terms": ["a", "\\ud800"]}', "r.jsonl:1: term 2 of rule 1"),
    "nothing": ("r.jsonl", "\n", "r.jsonl: the file holds no rule"),
    "no header": ("r.csv", "aspirin,DRUG\n", "r.csv:1: the first line should be a header, term and label"),
    "semicolons": ("r.csv", "term;label\na;A\n", "separated by commas, not 'term;label'"),
    "no label column": ("r.csv", "term,name\na,A\n", "r.csv:1: the first line should be a header, term and label"),
    "an unknown column": ("r.csv", "term,label,colour\n", "r.csv:1: the first line should be a header"),
    "a column too many": ("r.csv", "term,label\na,A\nb,B,C\n", "r.csv:3: there are 3 columns, but 2 in the header"),
    "a blank term": ("r.csv", "term,label\n,A\n", "r.csv:2: the term is blank"),
    "a blank label": ("r.csv", "term,label\na,\n", "r.csv:2: the label '' is blank"),
    "a priority in words": ("r.csv", "term,label,priority\na,A,high\n", "r.csv:2: the priority should be"),
    "one name, two labels": ("r.csv", "term,label,name\na,A,x\nb,B,x\n", "r.csv:3: the rule 'x' has label A"),
    "an open quote": ("r.csv", 'term,label\n"a,A\n', "r.csv:2: this row cannot be read"),
    "only a header": ("r.csv", "term,label\n", "r.csv: the file holds no rule"),
    "no label": ("drugs.txt", "aspirin\n", "drugs.txt: the file does not tell the label of its terms; write LABEL="),
    "no term": ("DRUG.txt", "\n \n", "DRUG.txt:1: the file holds no term"),
    "an unknown ending": ("rules.toml", "a", "rules.toml: the ending does not tell the format of the rules"),
}


@pytest.mark.parametrize("case", WRONG_FILES)
def test_a_mistake_in_other_files_is_told_with_its_line(tmp_path: Path, case: str) -> None:
    name, content, message = WRONG_FILES[case]
    assert message in refused(written(tmp_path, name, content))


def test_a_file_that_is_missing_or_no_text_is_refused(tmp_path: Path) -> None:
    assert "missing.yaml: cannot be read" in refused(tmp_path / "missing.yaml")
    (tmp_path / "DRUG.txt").write_bytes(b"caf\xe9\n")
    assert "DRUG.txt:1: byte 0xe9 is not UTF-8" in refused(tmp_path / "DRUG.txt")
    assert "the label 'A B\\n' has white space" in refused(written(tmp_path, "x.txt", "a"), "A B\n")


def test_aliases_cannot_grow_a_small_file_into_a_large_one(tmp_path: Path) -> None:
    levels = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 10))
    assert "anchors and aliases (&l0) are not read" in refused(written(tmp_path, "r.yaml", f"l0: &l0 [a]\n{levels}"))


# There and back

names = (
    st.text(
        st.sampled_from("ab:#-' \"é🎉\u00a0\u2028\u0085\ufeff\x7f\x01%@`{}[]&*!|>?,")
        | st.characters(exclude_categories=["Cs"]),
        min_size=1,
        max_size=8,
    )
    .map(str.strip)
    .filter(lambda name: name and not set(name) & set("\0\t\r\n"))
)
texts = st.one_of(
    st.sampled_from(["no", "~", "12:30", "2024-05-01", "=", "<<", "", " a", "a ", "a: b", "- a", "#a", "null", "1e3"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)
fractions = st.none() | st.integers(0, 10_000).map(lambda number: number / 10_000)
tests = st.one_of(
    texts.filter(bool).map(lambda text: {"LOWER": text}),
    st.lists(texts, min_size=1, max_size=3).map(lambda values: {"TEXT": {"IN": values}}),
    st.sampled_from(({"IS_TITLE": True, "OP": "+"}, {"LENGTH": {">=": 3}}, {"OP": "?"}, {"TEXT": {"REGEX": "^a+$"}})),
)
patterns = st.lists(tests, min_size=1, max_size=3).map(tuple)
contexts = st.none() | st.builds(Context, left=patterns, not_sentence=patterns | st.just(()))
common = {
    "label": names,
    "priority": st.integers(-5, 5),
    "precision": fractions,
    "coverage": fractions,
    "context": contexts,
}
rules = st.one_of(
    st.builds(
        DictionaryRule,
        name=names,
        **common,
        terms=st.lists(texts, max_size=8).map(tuple),
        case=st.sampled_from(["ignore", "match", "smart"]),
        diacritics=st.sampled_from(["match", "ignore"]),
        plural=st.booleans(),
        hyphen=st.booleans(),
        edits=st.integers(0, 2),
    ),
    st.builds(
        RegexRule,
        name=names,
        **common,
        pattern=st.sampled_from([r"\d+ mg", "(a)|b\n", "  (?x) a # c\n  b", "(é|🎉)'s", "a: b", "no"]),
    ),
    st.builds(TokenRule, name=names, **common, alternatives=st.lists(patterns, min_size=1, max_size=3).map(tuple)),
)
rule_sets = st.lists(rules, min_size=1, max_size=4, unique_by=lambda rule: rule.name).map(
    lambda found: RuleSet(tuple(found))
)


@settings(deadline=None, max_examples=150)
@given(rule_sets, st.sampled_from([".yaml", ".yml", ".jsonl"]))
@example(RuleSet((RegexRule("a", "A", pattern="a\n\n b\n", group=0),)), ".yaml")
def test_what_is_written_is_read_again_as_it_was(rules: RuleSet, ending: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, f"rules{ending}")
        write_rules(rules, path)
        assert read_rules(path) == rules
    assert rules_from_jsonl(rules_to_jsonl(rules), "rules") == rules


def test_json_lines_keep_every_digit_of_a_share_and_yaml_four(tmp_path: Path) -> None:
    rules = RuleSet((DictionaryRule("a", "A", precision=1 / 3, terms=("a",)),))
    assert rules_from_jsonl(rules_to_jsonl(rules), "rules") == rules
    write_rules(rules, tmp_path / "rules.yaml")
    assert read_rules(tmp_path / "rules.yaml").rules == (replace(rules.rules[0], precision=0.3333),)


def test_yaml_is_written_for_people(tmp_path: Path) -> None:
    long = DictionaryRule("long", "A", terms=tuple(f"number {n} of a list" for n in range(6)))
    write_rules(RuleSet((*GOLDEN[2:4], long)), tmp_path / "rules.yaml")
    text = (tmp_path / "rules.yaml").read_text(encoding="utf-8")
    assert text.startswith("# Rules to find entities with")
    assert (
        r"""
- name: dose
  label: DOSE
  regex: '(?P<dose>\d+(?:\.\d+)? ?mg)\b'
  group: dose

- name: doctor
  label: DOCTOR
  tokens:
  - {LOWER: {IN: [dr, prof]}}
  - {TEXT: ., OP: '?'}
  - {IS_TITLE: true, OP: +}
  context:
    not_left: [{LOWER: old}]
    sentence: [{LOWER: {REGEX: ^prescri}}]

- name: long
  label: A
  terms:
  - number 0 of a list
"""
        in text
    )


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = written(tmp_path, "rules.yaml", RULE)
    with pytest.raises(CrfnerError, match="the name 'a\\\\tb' of a rule has white space"):
        write_rules(RuleSet((GOLDEN[0], RegexRule("a\tb", "A", pattern="a"))), path)
    assert path.read_text(encoding="utf-8") == RULE
    with pytest.raises(CrfnerError, match=r"rules.txt: the ending does not tell the format; use .yaml or .jsonl"):
        write_rules(RuleSet(GOLDEN), tmp_path / "rules.txt")


def test_the_part_of_a_model_may_be_empty_but_names_no_file() -> None:
    assert rules_from_jsonl("", "rules.jsonl") == RuleSet()
    with pytest.raises(InputError, match=r"rules.jsonl:1: rule 1 names a file, which cannot be read from here"):
        rules_from_jsonl('{"label": "A", "file": "a.txt"}', "rules.jsonl")
