"""Rules in JSON lines: our own records, and the patterns of spaCy's EntityRuler as they are.

The EntityRuler's lines are {"label": ..., "pattern": ..., "id": ...}. Its patterns of one text, of which there may be
a hundred thousand, come together in one dictionary for each label and id, matched by case as spaCy matches them.

Public names: `read_jsonl`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from crfner.formats.checks import Place, check_unicode, parse_json, show
from crfner.rules.files.records import Draft, Source, read_record
from crfner.rules.values import DictionaryRule, TokenRule

_RULER_KEYS = ("label", "pattern", "id")


def read_jsonl(lines: Iterable[str], source: Source) -> list[Draft]:
    """The rules of the lines, each where its first line stands. Raises InputError for the first line that is wrong."""
    drafts: list[Draft] = []
    groups: dict[tuple[str, str | None], tuple[int, list[str]]] = {}  # label, id -> place among the drafts, terms
    for line, number, record in _records(lines, source):
        if not isinstance(record, dict) or "pattern" not in record:
            drafts.append(read_record(record, line, number, source))
            continue
        _check_ruler_line(record, number, Place(source.path, line))
        if not isinstance(record["pattern"], str):
            drafts.append(_ruler_rule(record, line, number, source))
            continue
        key = (record.get("label") or "", record.get("id") or None)
        if key not in groups:
            groups[key] = (len(drafts), [])
            drafts.append(_ruler_rule(record, line, number, source))
        groups[key][1].append(record["pattern"])
    for index, terms in groups.values():
        rule = drafts[index].rule
        assert isinstance(rule, DictionaryRule)
        drafts[index] = replace(drafts[index], rule=replace(rule, terms=tuple(terms)))
    return _joined(drafts)


def _records(lines: Iterable[str], source: Source) -> Iterator[tuple[int, int, Any]]:
    """Line, number and value of what the lines hold."""
    number = 0
    for line, text in enumerate(lines, 1):
        if text.strip():
            number += 1
            yield line, number, parse_json(text, Place(source.path, line))


def _check_ruler_line(record: dict[str, Any], number: int, place: Place) -> None:
    """Refuse what is no line of an EntityRuler; its token pattern is not looked at."""
    for key in record:
        if key not in _RULER_KEYS:
            place.refuse(f"{show(key)} does not go with 'pattern'; an EntityRuler's line has {', '.join(_RULER_KEYS)}")
    label, pattern, name = record.get("label"), record["pattern"], record.get("id")
    if not isinstance(pattern, str | list):
        place.refuse(f"the pattern of rule {number} should be a text or a list of tests, not {show(pattern)}")
    if not isinstance(name, str | None):
        place.refuse(f"the id of rule {number} should be text, not {show(name)}; write it in quotes")
    if not isinstance(label, str | None):
        place.refuse(f"the label of rule {number} should be text, not {show(label)}; write it in quotes")
    if isinstance(pattern, str) and not pattern.isascii():
        check_unicode(pattern, f"the pattern of rule {number}", place)


def _ruler_rule(record: dict[str, Any], line: int, number: int, source: Source) -> Draft:
    """The rule that a line begins; a dictionary's terms are filled in later."""
    pattern, name = record["pattern"], record.get("id")
    own: dict[str, Any] = {"label": record.get("label"), "name": name or None}
    own |= {"case": "match", "terms": []} if isinstance(pattern, str) else {"tokens": pattern}
    rule = read_record(own, line, number, source).rule
    if isinstance(rule, DictionaryRule) and not name:
        rule = replace(rule, name=rule.label)
    return Draft(rule, line, named=False)  # an id may come again with another label


def _joined(drafts: list[Draft]) -> list[Draft]:
    """Token patterns of one label and id become one rule of several alternatives."""
    joined: list[Draft] = []
    places: dict[tuple[str, str], int] = {}
    alternatives: dict[int, list[Any]] = {}
    for draft in drafts:
        rule = draft.rule
        if draft.named or not rule.name or not isinstance(rule, TokenRule):
            joined.append(draft)
            continue
        index = places.setdefault((rule.label, rule.name), len(joined))
        if index == len(joined):
            joined.append(draft)
        alternatives.setdefault(index, []).extend(rule.alternatives)
    for index, patterns in alternatives.items():
        rule = joined[index].rule
        assert isinstance(rule, TokenRule)
        joined[index] = replace(joined[index], rule=replace(rule, alternatives=tuple(patterns)))
    return joined
