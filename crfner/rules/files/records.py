"""A rule as a mapping of plain values, the form that YAML and JSON lines share, checked key by key.

    name, label, priority, precision, coverage, context    of every rule; the label may come from elsewhere
    terms, file, case, diacritics, plural, hyphen, edits   of a dictionary
    regex, group                                           of a regular expression
    tokens, or any                                         of a token pattern, or several of which any may match
    plugin, package                                        of a function of another package

Public names: `Draft`, `Source`, `read_record`, `fault_of_name`, `plain`; `CONTEXT_PARTS`, `DICTIONARY_KEYS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import Any, NoReturn

from crfner.errors import SettingError
from crfner.formats.checks import Place, check_unicode, show
from crfner.formats.located import LocatedDict, LocatedList
from crfner.rules.matching.patterns import check_pattern
from crfner.rules.matching.regexes import check_regex
from crfner.rules.values import Context, DictionaryRule, Pattern, PluginRule, RegexRule, Rule, TokenRule

_COMMON = ("name", "label", "priority", "precision", "coverage", "context")
_OPTIONS = {"case": ("ignore", "match", "smart"), "diacritics": ("match", "ignore")}
_SWITCHES = ("plural", "hyphen")
DICTIONARY_KEYS = ("terms", "file", *_OPTIONS, *_SWITCHES, "edits")
_KEYS = {"dictionary": DICTIONARY_KEYS, "regex": ("regex", "group"), "tokens": ("tokens",), "any": ("any",),
         "plugin": ("plugin", "package")}  # fmt: skip
_KNOWN = (*_COMMON, *(key for keys in _KEYS.values() for key in keys))
CONTEXT_PARTS = tuple(part.name for part in fields(Context))
_MOST_EDITS = 2


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule as it was read; `named` tells whether its name was given, or is one to choose from ("" for none)."""

    rule: Rule
    line: int
    named: bool


@dataclass(frozen=True, slots=True)
class Source:
    """Where records come from.

    path    the file's name in messages
    label   of rules that give none, or None
    terms   reads the gazetteer that `file` names, at a place; None where records stand alone
    """

    path: str
    label: str | None = None
    terms: Callable[[str, Place], tuple[str, ...]] | None = None


def read_record(record: Any, line: int, number: int, source: Source) -> Draft:
    """The rule that a record describes; `line` and `number` are those of the record, counted from 1.

    Raises InputError, with the line of the key where that is known, for whatever is not as it should be.
    """
    if not isinstance(record, dict):
        place = Place(source.path, line)
        place.refuse(f"rule {number} should be a mapping such as label: DRUG, terms: [...], not {show(record)}")
    return _Record(record, line, number, source).draft()


class _Record:
    """One record while it is checked."""

    def __init__(self, record: Mapping[str, Any], line: int, number: int, source: Source) -> None:
        self.record = record
        self.line = line
        self.what = f"rule {number}"
        self.source = source

    def draft(self) -> Draft:
        for key in self.record:
            if key not in _KNOWN:
                self._refuse(key, f"{self.what} has the unknown key {show(key)}; {_remedy(key, _KNOWN)}")
        kind = self._kind()
        name = self._line_of_text("name") if self.record.get("name") is not None else ""
        common: dict[str, Any] = {
            "name": name,
            "label": self._label(),
            "priority": self._whole("priority", None) if "priority" in self.record else 0,
            "precision": self._share("precision"),
            "coverage": self._share("coverage"),
            "context": self._context(),
        }
        rule: Rule
        if kind == "dictionary":
            rule = DictionaryRule(**common, **self._dictionary())
        elif kind == "regex":
            rule = RegexRule(**common, **self._regex())
        elif kind == "tokens":
            rule = TokenRule(**common, alternatives=(self._pattern(self.record, "tokens"),))
        elif kind == "plugin":
            package = self._line_of_text("package") if "package" in self.record else ""
            rule = PluginRule(**common, plugin=self._line_of_text("plugin"), package=package)
        else:
            rule = TokenRule(**common, alternatives=self._alternatives())
        return Draft(rule, self.line, bool(name))

    def _kind(self) -> str:
        starts = {"terms": "dictionary", "file": "dictionary"} | {kind: kind for kind in _KEYS if kind != "dictionary"}
        found = {kind: key for key, kind in starts.items() if key in self.record}
        if len(found) > 1:
            self._refuse(
                list(found.values())[1],
                f"{self.what} has {' and '.join(map(repr, found.values()))}; make a rule of each",
            )
        if not found:
            self._refuse(
                None, f"{self.what} does not say what to find; give it terms, file, regex, tokens, any or plugin"
            )
        kind, key = found.popitem()
        for other in self.record:
            if other not in _COMMON and other not in _KEYS[kind]:
                self._refuse(other, f"{other!r} does not go with {key!r} in {self.what}; remove it")
        return kind

    def _label(self) -> str:
        if self.record.get("label") is not None:
            return self._line_of_text("label")
        if self.source.label is None:
            self._refuse(None, f"{self.what} has no label; add one, such as label: DRUG")
        return self.source.label

    def _dictionary(self) -> dict[str, Any]:
        found: dict[str, Any] = {"terms": self._terms()}
        for key, choices in _OPTIONS.items():
            if key in self.record:
                if self.record[key] not in choices:
                    self._refuse(
                        key, f"{key} should be {' or '.join(choices)}, not {self._shown(key)}, in {self.what}; mend it"
                    )
                found[key] = self.record[key]
        for key in _SWITCHES:
            if key in self.record:
                if not isinstance(self.record[key], bool):
                    self._refuse(key, f"{key} should be true or false, not {self._shown(key)}, in {self.what}; mend it")
                found[key] = self.record[key]
        if "edits" in self.record:
            found["edits"] = self._whole("edits", range(_MOST_EDITS + 1))
        return found

    def _terms(self) -> tuple[str, ...]:
        terms = self._list(self.record, "terms", "a list of terms") if "terms" in self.record else []
        for index, term in enumerate(terms):
            if not isinstance(term, str):
                place = self._place(terms, index)
                written = terms.written.get(index) if isinstance(terms, LocatedList) else None
                if written:
                    place.refuse(f'the term {written} without quotes is no text to YAML; write it "{written}"')
                place.refuse(f"term {index + 1} of {self.what} should be text, not {show(term)}; mend or remove it")
            if not term.isascii():
                check_unicode(term, f"term {index + 1} of {self.what}", self._place(terms, index))
        if "file" not in self.record:
            return tuple(terms)
        name = self._text("file")
        if self.source.terms is None:
            self._refuse("file", f"{self.what} names a file, which cannot be read from here; give its terms instead")
        return (*terms, *self.source.terms(name, self._place(self.record, "file")))

    def _regex(self) -> dict[str, Any]:
        pattern = self._text("regex")
        group = self.record.get("group", 0)
        if isinstance(group, bool) or not isinstance(group, int | str):
            self._refuse("group", f"group should be the number or name of a group, not {self._shown('group')}; mend it")
        try:
            check_regex(pattern, group)
        except SettingError as error:
            self._refuse("regex", f"{self.what}: {error}")
        return {"pattern": pattern, "group": group}

    def _alternatives(self) -> tuple[Pattern, ...]:
        patterns = self._list(self.record, "any", "a list of token patterns")
        if not patterns:
            self._refuse("any", f"{self.what} has no token pattern under 'any'; give one or more")
        return tuple(self._pattern(patterns, index) for index in range(len(patterns)))

    def _context(self) -> Context | None:
        given = self.record.get("context")
        if given is None:
            return None
        if not isinstance(given, dict):
            self._refuse(
                "context", f"the context of {self.what} should map {', '.join(CONTEXT_PARTS)} to token patterns"
            )
        for key in given:
            if key not in CONTEXT_PARTS:
                self._place(given, key).refuse(
                    f"the context of {self.what} has the unknown key {show(key)}; {_remedy(key, CONTEXT_PARTS)}"
                )
        return Context(**{key: self._pattern(given, key) for key in given}) if given else None

    def _pattern(self, container: Any, key: Any) -> Pattern:
        """The token pattern that stands in a mapping or list."""
        tests = self._list(container, key, "a token pattern, a list such as [{LOWER: dr}, {IS_TITLE: true}]")
        try:
            return check_pattern([plain(test) for test in tests], self._called(key))
        except SettingError as error:
            self._place(container, key).refuse(str(error))

    # Values of one type

    def _list(self, container: Any, key: Any, expected: str) -> list[Any]:
        value = container[key]
        if not isinstance(value, list):
            self._place(container, key).refuse(f"{self._called(key)} should be {expected}, not {show(value)}")
        return value

    def _text(self, key: str) -> str:
        value = self.record[key]
        if not isinstance(value, str):
            self._refuse(key, f"{key} should be text, not {self._shown(key)}, in {self.what}; write it in quotes")
        check_unicode(value, f"the {key} of {self.what}", self._place(self.record, key))
        return value

    def _line_of_text(self, key: str) -> str:
        value = self._text(key)
        fault = fault_of_name(value)
        if fault:
            self._refuse(key, f"the {key} {show(value)} of {self.what} {fault}")
        return value

    def _whole(self, key: str, allowed: range | None) -> int:
        value = self.record[key]
        if type(value) is not int or (allowed is not None and value not in allowed):
            expected = "a whole number" if allowed is None else f"one of {', '.join(map(str, allowed))}"
            self._refuse(key, f"{key} should be {expected}, not {self._shown(key)}, in {self.what}; mend it")
        return value

    def _share(self, key: str) -> float | None:
        value = self.record.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not (0 <= value <= 1):
            self._refuse(key, f"{key} should be a number from 0 to 1, not {self._shown(key)}, in {self.what}; mend it")
        return float(value)

    # Messages

    def _called(self, key: str | int) -> str:
        return f"{key!r} of {self.what}" if isinstance(key, str) else f"pattern {key + 1} of {self.what}"

    def _shown(self, key: str) -> str:
        written = self.record.written.get(key) if isinstance(self.record, LocatedDict) else None
        return show(self.record[key]) if written is None else written

    def _place(self, container: Any, key: Any) -> Place:
        known = isinstance(container, LocatedDict | LocatedList)
        return Place(self.source.path, container.lines[key] if known else self.line)

    def _refuse(self, key: str | None, message: str) -> NoReturn:
        (Place(self.source.path, self.line) if key is None else self._place(self.record, key)).refuse(message)


def fault_of_name(value: str) -> str | None:
    """What is wrong with a name or label, as the end of a sentence with the remedy; None when nothing is."""
    if not value.strip():
        return "is blank; give one, or remove the key"
    if value != value.strip() or re.search(r"[\0\t\r\n]", value):
        return "has white space around it or a line break in it; remove that"
    return None


def _remedy(key: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(key, known, 1)
    return f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"


def plain(value: Any) -> Any:
    """The value with lists for tuples and dictionaries for mappings, without line numbers."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, tuple | list) else value
