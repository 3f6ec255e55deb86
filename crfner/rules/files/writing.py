"""Rules out: as YAML for people to read and edit, as JSON lines for programs and for the model file.

Public names: `write_rules`, `check_ending`, `rules_to_jsonl`, `rules_to_yaml`, `to_record`; `YAML_ENDINGS`,
`JSONL_ENDINGS`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

import yaml

from crfner.errors import CrfnerError, SettingError
from crfner.files import STANDARD_STREAM, atomic_output
from crfner.formats.checks import show, to_json
from crfner.rules.files.records import CONTEXT_PARTS, DICTIONARY_KEYS, fault_of_name, plain
from crfner.rules.values import DictionaryRule, PluginRule, RegexRule, Rule

YAML_ENDINGS = (".yaml", ".yml")
JSONL_ENDINGS = (".jsonl", ".ndjson")

_HEADER = """\
# Rules to find entities with; crfner reads this file again after it was edited.
# Each rule has a name, a label and one of terms, regex, tokens (one token pattern), any (several) or plugin.
# Where hits overlap, the higher priority wins, then the longer, then the more precise.
# precision: the part of the rule's hits that is right; coverage: the part of the label's entities that it finds.

"""
_SHORT = 88  # characters of a list that is written on one line
_DIGITS = 4  # of precision and coverage, for people
_ODD_BREAKS = frozenset("\r\x85\u2028\u2029\ufeff")
_Emitter = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def write_rules(rules: Iterable[Rule], path: str | os.PathLike[str]) -> None:
    """Write the rules to a file, whole or not at all; "-" is standard output.

    The form goes by the file's ending: .yaml or .yml (as for "-"), where precision and coverage are rounded, or .jsonl,
    which loses nothing. Raises CrfnerError for another ending, or when the file cannot be written.
    """
    to_text = rules_to_jsonl if check_ending(path) in JSONL_ENDINGS else rules_to_yaml
    with atomic_output(path) as stream:
        stream.write(to_text(rules))


def check_ending(path: str | os.PathLike[str]) -> str:
    """The ending of a file that `write_rules` can write; raises CrfnerError for another one."""
    name = os.fspath(path)
    ending = os.path.splitext(name)[1].lower()
    if name != STANDARD_STREAM and ending not in YAML_ENDINGS + JSONL_ENDINGS:
        raise CrfnerError(f"{name}: the ending does not tell the format; use .yaml or .jsonl")
    return ending


def rules_to_jsonl(rules: Iterable[Rule]) -> str:
    """One JSON object a line."""
    return "".join(to_json(to_record(rule)) + "\n" for rule in rules)


def rules_to_yaml(rules: Iterable[Rule]) -> str:
    """A YAML document that explains itself, with an empty line between the rules."""
    return _HEADER + "rules:\n" + "\n".join(_block(to_record(rule)) for rule in rules)


def to_record(rule: Rule) -> dict[str, Any]:
    """The rule as plain values, without what is as it would be anyway.

    >>> to_record(RegexRule("dose", "DOSE", pattern=r"[0-9]+ mg"))
    {'name': 'dose', 'label': 'DOSE', 'regex': '[0-9]+ mg'}

    Raises SettingError for a name or label that could not be read again.
    """
    for what, value in (("name", rule.name), ("label", rule.label)):
        fault = fault_of_name(value)
        if fault:
            raise SettingError(f"the {what} {show(value)} of a rule {fault}")
    record: dict[str, Any] = {"name": rule.name, "label": rule.label}
    if rule.priority:
        record["priority"] = rule.priority
    for key in ("precision", "coverage"):
        if getattr(rule, key) is not None:
            record[key] = getattr(rule, key)
    if isinstance(rule, DictionaryRule):
        for field in fields(rule):
            value = getattr(rule, field.name)
            if field.name in DICTIONARY_KEYS and field.name != "terms" and value != field.default:
                record[field.name] = value
        record["terms"] = list(rule.terms)
    elif isinstance(rule, RegexRule):
        record["regex"] = rule.pattern
        if rule.group != 0:
            record["group"] = rule.group
    elif isinstance(rule, PluginRule):
        record["plugin"] = rule.plugin
        if rule.package:
            record["package"] = rule.package
    elif len(rule.alternatives) == 1:
        record["tokens"] = plain(rule.alternatives[0])
    else:
        record["any"] = [plain(pattern) for pattern in rule.alternatives]
    if rule.context is not None:
        parts = {key: plain(getattr(rule.context, key)) for key in CONTEXT_PARTS}
        record["context"] = {key: part for key, part in parts.items() if part}
    return record


class _Flow(list[Any]):
    """A list that is written on one line."""


class _FlowDict(dict[str, Any]):
    """A mapping that is written on one line."""


class _Verbatim(str):
    """A text that is written in single quotes, or as it stands when it has several lines."""


class _Dumper(_Emitter):  # type: ignore[misc,valid-type]
    """Writes rules; never an anchor."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _quoted(dumper: Any, text: str, style: str | None) -> Any:
    """A text in this style, or in double quotes when it has line breaks that YAML readers do not agree on."""
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(text), '"' if _ODD_BREAKS & set(text) else style)


_Dumper.add_representer(str, lambda dumper, text: _quoted(dumper, text, None))
_Dumper.add_representer(
    _Verbatim, lambda dumper, text: _quoted(dumper, text, "|" if "\n" in text and not text[:1].isspace() else "'")
)
_Dumper.add_representer(_Flow, lambda dumper, data: dumper.represent_sequence("tag:yaml.org,2002:seq", data, True))
_Dumper.add_representer(
    _FlowDict, lambda dumper, data: dumper.represent_mapping("tag:yaml.org,2002:map", data.items(), True)
)


def _block(record: dict[str, Any]) -> str:
    """The lines of one rule."""
    for key in ("precision", "coverage"):
        if key in record:
            record[key] = round(record[key], _DIGITS)
    if "terms" in record and sum(len(term) + 2 for term in record["terms"]) <= _SHORT:
        record["terms"] = _Flow(record["terms"])
    if "regex" in record:
        record["regex"] = _Verbatim(record["regex"])
    if "tokens" in record:
        record["tokens"] = _tests(record["tokens"])
    if "any" in record:
        record["any"] = [_one_line(pattern) for pattern in record["any"]]
    if "context" in record:
        record["context"] = {key: _one_line(pattern) for key, pattern in record["context"].items()}
    return str(
        yaml.dump(
            [record],
            Dumper=_Dumper,
            sort_keys=False,
            allow_unicode=True,
            default_flow_style=False,
            width=1 << 30,  # a folded line is hard to search
        )
    )


def _tests(pattern: list[Any]) -> list[Any]:
    """Short patterns on one line, others with a line a test."""
    short = len(to_json(pattern)) <= _SHORT
    return _one_line(pattern) if short else [_one_line(test) for test in pattern]


def _one_line(value: Any) -> Any:
    if isinstance(value, dict):
        return _FlowDict({key: _one_line(item) for key, item in value.items()})
    return _Flow(_one_line(item) for item in value) if isinstance(value, list) else value
