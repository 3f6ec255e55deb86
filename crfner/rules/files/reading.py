"""Rules in: YAML, JSON lines (spaCy's EntityRuler too), tables and lists of terms, each mistake with its line.

Reading checks everything, patterns and expressions included, so that what comes out can be used as it is.

Public names: `read_rules`, `rules_from_jsonl`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from crfner.errors import InputError
from crfner.files import open_text
from crfner.formats.checks import Place, show
from crfner.formats.located import LocatedDict, LocatedList
from crfner.formats.yaml_values import load_yaml
from crfner.rules.files.gazetteers import label_of_file, read_table, read_terms, term_rule
from crfner.rules.files.records import Draft, Source, fault_of_name, read_record
from crfner.rules.files.rule_jsonl import read_jsonl
from crfner.rules.files.writing import JSONL_ENDINGS, YAML_ENDINGS
from crfner.rules.plugins import PREFIX, plugin_rules
from crfner.rules.values import RuleSet, unused_name

_TABLES = {".csv": ",", ".tsv": "\t"}
_TEXT = (".txt", ".text")


def read_rules(path: str | os.PathLike[str], label: str | None = None) -> RuleSet:
    """The rules of a file; its ending tells the format.

    .yaml .yml      `rules:`, a list of mappings (see `crfner.rules.files.records`)
    .jsonl .ndjson  one such mapping a line, or the patterns of spaCy's EntityRuler
    .csv .tsv       a header with term and label, and name and priority where wanted
    .txt            one term a line

    plugin:NAME     no file, but the rules that an installed package brings (see `crfner.rules.plugins`)

    label  of the rules whose file gives none; a list of terms has the label of its name where that is in capitals

    A rule without a name gets one from its label and number, or label and file. Raises InputError, naming file and
    line, when the file cannot be read, holds no rule or is wrong anywhere.
    """
    name = os.fspath(path)
    if name.startswith(PREFIX):
        return plugin_rules(name.removeprefix(PREFIX), label)
    if label is not None and (fault := fault_of_name(label)):
        raise InputError(f"the label {show(label)} {fault}", name)
    ending = os.path.splitext(name)[1].lower()
    source = Source(name, label, _beside(name))
    if ending in _TEXT:
        label = label or label_of_file(name)
        if label is None:
            raise InputError(f"the file does not tell the label of its terms; write LABEL={name}", name)
        return RuleSet((term_rule(name, label),))
    if ending not in YAML_ENDINGS + JSONL_ENDINGS and ending not in _TABLES:
        known = ", ".join((*YAML_ENDINGS, *JSONL_ENDINGS, *_TABLES, *_TEXT))
        raise InputError(f"the ending does not tell the format of the rules; it should be one of {known}", name)
    with open_text(path) as stream:
        if ending in YAML_ENDINGS:
            drafts = _read_yaml(stream.read(), source)
        elif ending in JSONL_ENDINGS:
            drafts = read_jsonl(stream, source)
        else:
            drafts = read_table(stream, source, _TABLES[ending])
    if not drafts:
        raise InputError("the file holds no rule; give one that does", name)
    return _named(drafts, name)


def rules_from_jsonl(text: str, name: str) -> RuleSet:
    """The rules that `rules_to_jsonl` wrote, checked as those of a file are; there may be none.

    name  of the text, for messages

    Raises InputError, with the line, when anything is wrong, or when a rule refers to a file.
    """
    return _named(read_jsonl(text.split("\n"), Source(name)), name)


def _read_yaml(text: str, source: Source) -> list[Draft]:
    top = load_yaml(text, source.path)
    first = Place(source.path, 1)
    if not isinstance(top, LocatedDict):
        first.refuse("the file should be a mapping with the key 'rules', a list of rules; add 'rules:' above them")
    for key, line in top.lines.items():
        if key != "rules":
            Place(source.path, line).refuse(f"the file has the unknown key {show(key)}; the one key is 'rules'")
    rules = top.get("rules")
    if rules is None:
        first.refuse("the file holds no rule; list some under 'rules'")
    if not isinstance(rules, LocatedList):
        Place(source.path, top.lines["rules"]).refuse("'rules' should be a list; begin each rule with a dash")
    return [
        read_record(rule, line, number, source)
        for number, (rule, line) in enumerate(zip(rules, rules.lines, strict=True), 1)
    ]


def _beside(path: str) -> Callable[[str, Place], tuple[str, ...]]:
    """A reader of the lists of terms that a rule file names; they lie beside it or in folders there."""
    folder = os.path.dirname(path) or os.curdir

    def terms(name: str, place: Place) -> tuple[str, ...]:
        if not name or os.path.isabs(name) or os.pardir in Path(name).parts:
            place.refuse(f"the file {show(name)} should lie beside the rule file or in a folder there; put it there")
        if os.path.splitext(name)[1].lower() in (*YAML_ENDINGS, *JSONL_ENDINGS, *_TABLES):
            place.refuse(f"the file {show(name)} should have one term a line, as .txt; give such a file")
        path = os.path.join(folder, name)
        if not os.path.exists(path) or os.path.isdir(path):
            place.refuse(f"there is no file {show(name)} beside the rule file; check the name")
        return read_terms(path)

    return terms


def _named(drafts: list[Draft], path: str) -> RuleSet:
    """Give names to the rules without one. Raises InputError when two rules have the same name."""
    lines: dict[str, int] = {}
    for draft in drafts:
        name = draft.rule.name
        if draft.named:
            if name in lines:
                message = f"the name {show(name)} is that of the rule in line {lines[name]} too; give it another"
                raise InputError(message, path, draft.line)
            lines[name] = draft.line
    rules = []
    for number, draft in enumerate(drafts, 1):
        rule = draft.rule
        if not draft.named:
            name = unused_name(rule.name or f"{rule.label}-{number}", lines)
            lines[name] = draft.line
            rule = replace(rule, name=name)
        rules.append(rule)
    return RuleSet(tuple(rules))
