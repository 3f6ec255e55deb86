"""Dictionary rules: the terms of all rules in a few tries, looked up at every token.

Each sentence is brought to the form in which its terms are compared (see `variants`), as one string that knows where
tokens start and end. At each token one walk down a trie finds every term that starts there; those that end with a token
are hits, and each rule keeps its longest. What a trie knows of a token by itself is remembered, once for every word.

Public names: `DictionaryMatcher`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from crfner.document import Document, Offsets, Span
from crfner.errors import SettingError
from crfner.rules.matching.edits import MisspeltTerms, letters_in
from crfner.rules.matching.term_index import TermIndex
from crfner.rules.matching.variants import Form, form_of, is_acronym, is_word, joint, numbers, pieces
from crfner.rules.values import DictionaryRule

_FEWEST_LETTERS = 5  # of a term that may be misspelt
_CACHED = 1 << 16
_CASES, _DIACRITICS, _EDITS = ("ignore", "match", "smart"), ("match", "ignore"), (0, 1, 2)

_Hit = tuple[int, int, int]  # first token, last + 1, number of the rule


class DictionaryMatcher:
    """Finds the terms of dictionary rules in documents.

    rules  any number; what they share is looked up once for all of them

    Every rule finds its terms by itself: at each token its longest term, then it goes on after that. Terms start and
    end with tokens and stay within a sentence; the point that ends a token ("Inc.") need not be in the term. Misspelt
    terms (`edits`) are looked for in what the rule's well-spelt terms have left. An empty term finds nothing.

    Raises SettingError for an option's value that a rule cannot have.
    """

    def __init__(self, rules: Sequence[DictionaryRule]) -> None:
        self._shown = [(rule.label, rule.precision, rule.name) for rule in rules]  # by every span of the rule
        terms: dict[Form, dict[int, list[str]]] = defaultdict(dict)
        for number, rule in enumerate(rules):
            _check(rule)
            for form, keys in _keys(rule).items():
                terms[form][number] = keys
        edits = [rule.edits for rule in rules]
        self._tries = []
        self._alone = sum(map(len, terms.values())) == 1
        while terms:  # the keys of one form are let go before the next is made
            form, keys_of = terms.popitem()
            self._tries.append(_Trie(form, keys_of, edits, self._alone))

    def hits(self, document: Document) -> Iterator[Span]:
        """The spans of all rules by start, the longest first, then by the order of the rules; a rule's are apart.

        document  with tokens; one without sentences is taken for a single one
        """
        tokens = document.tokens
        for first, last in document.sentences or ([(0, len(tokens))] if tokens else []):
            for start, end, number in self._sentence_hits(document.text, tokens[first:last]):
                yield Span(tokens[first + start][0], tokens[first + end - 1][1], *self._shown[number])

    def _sentence_hits(self, text: str, tokens: Sequence[Offsets]) -> list[_Hit]:
        found: list[_Hit] = []
        misspelt: list[_Hit] = []
        for trie in self._tries:
            line = trie.line(text, tokens)
            found += trie.terms(line)
            if trie.misspelt is not None:
                misspelt += trie.misspelt_terms(line)
        if len(self._tries) > 1:
            found.sort(key=_order)
        hits = found if self._alone else _longest(found, {})
        if misspelt:
            taken: dict[int, set[int]] = defaultdict(set)
            for start, end, rule in hits:
                taken[rule].update(range(start, end))
            hits += _longest(sorted(misspelt, key=_order), taken)
            hits.sort(key=_order)
        return hits


def _check(rule: DictionaryRule) -> None:
    for option, value, allowed in (
        ("case", rule.case, _CASES),
        ("diacritics", rule.diacritics, _DIACRITICS),
        ("edits", rule.edits, _EDITS),
    ):
        if value not in allowed:
            choices = ", ".join(map(str, allowed))
            raise SettingError(f"the rule {rule.name!r} has {option} {value!r}; it should be one of {choices}")


def _keys(rule: DictionaryRule) -> dict[Form, list[str]]:
    """The keys of a rule's terms and of their variants, by the form in which they are compared."""
    keys: dict[Form, list[str]] = {}
    of_acronyms, of_others = form_of(rule, "A"), form_of(rule, "a")
    for term in rule.terms:
        form = of_acronyms if is_acronym(term) else of_others
        for variant in numbers(term) if rule.plural else (term,):
            key = form.key(variant)
            if key:
                keys.setdefault(form, []).append(key)
    return keys


def _order(hit: _Hit) -> tuple[int, int, int]:
    """By start, then the longest, then the first rule."""
    start, end, rule = hit
    return start, -end, rule


def _longest(hits: Iterable[_Hit], taken: Mapping[int, set[int]]) -> list[_Hit]:
    """Each rule's hits from left to right, the longest at each token, past tokens that the rule has taken already."""
    ends: dict[int, int] = {}
    kept = []
    for hit in hits:
        start, end, rule = hit
        if ends.get(rule, 0) <= start and (rule not in taken or taken[rule].isdisjoint(range(start, end))):
            ends[rule] = end
            kept.append(hit)
    return kept


class _Token(NamedTuple):  # quicker to make than a dataclass, and every word of a text is made once
    """What a trie knows of a token by its text alone.

    key         the token's key
    word_first  whether it starts with a word
    word_last   whether it ends with a word
    pointed     whether it ends with a point that a term need not have
    rules       that have a term of just this token
    settled     how many characters of the key the above accounts for; longer terms are to be looked up
    goes_on     whether there are such terms
    """

    key: str
    word_first: bool
    word_last: bool
    pointed: bool
    rules: tuple[int, ...]
    settled: int
    goes_on: bool


@dataclass(frozen=True, slots=True)
class _Line:
    """A sentence as keys see it.

    key     its tokens, joined as a key is
    starts  (where it starts in the key, number, token) of each token that is not empty there
    ends    where a hit may end in the key -> last token + 1
    """

    key: str
    starts: list[tuple[int, int, _Token]]
    ends: dict[int, int]


class _Trie:
    """The terms of all rules that are compared in one form.

    form      the form
    terms     keys by the rule's number
    edits     of each rule
    alone     whether no other rule and no other form of the rule has terms: what is within a hit need not be looked at
    misspelt  the terms that may be misspelt, or None when there are none
    """

    def __init__(self, form: Form, terms: Mapping[int, Sequence[str]], edits: Sequence[int], alone: bool) -> None:
        self._index = TermIndex(terms)
        self._alone = alone
        self._form = form
        self._tokens = _Tokens(form, self._index)
        fuzzy = [
            (key, rule, edits[rule])
            for rule, keys in terms.items()
            if edits[rule]
            for key in keys
            if letters_in(key) >= _FEWEST_LETTERS
        ]
        self.misspelt = MisspeltTerms(fuzzy) if fuzzy else None

    def line(self, text: str, tokens: Sequence[Offsets]) -> _Line:
        """The tokens of a sentence as a key."""
        known = self._tokens
        parts: list[str] = []
        starts, ends = [], {}
        position, previous, after_word = 0, -1, False
        for number, (start, end) in enumerate(tokens):
            token = known[text[start:end]]
            key, word_first, word_last, pointed, _, _, _ = token
            if not key:
                continue
            if after_word and word_first and start != previous:
                parts.append(" ")
                position += 1
            parts.append(key)
            starts.append((position, number, token))
            position += len(key)
            ends[position] = number + 1
            if pointed:
                ends[position - 1] = number + 1
            previous, after_word = end, word_last
        key = "".join(parts)
        if self._form.hyphen and "-" in key:
            key = _hyphens_as_blanks(key, starts, tokens)
        return _Line(key, starts, ends)

    def terms(self, line: _Line) -> list[_Hit]:
        """Every term that starts and ends with a token, in their order; of a rule that is alone, the longest only."""
        found: list[_Hit] = []
        key, ends, longest = line.key, line.ends, self._index.longest
        prefixes, rules_of = self._index.trie.prefixes, self._index.rules
        free = 0
        for position, start, (_, _, _, _, rules, settled, goes_on) in line.starts:
            if start < free:
                continue
            if goes_on:
                for term in prefixes(key[position : position + longest])[::-1]:
                    if len(term) <= settled:
                        break
                    end = ends.get(position + len(term))
                    if end is not None:
                        found += [(start, end, rule) for rule in rules_of(term)]
                        if self._alone:
                            free = end
                            break
            for rule in rules:
                if start >= free:
                    found.append((start, start + 1, rule))
        return found

    def misspelt_terms(self, line: _Line) -> Iterator[_Hit]:
        """Every misspelt term that starts and ends with a token."""
        assert self.misspelt is not None
        found = list(pieces(line.key))
        words = [word for _, word in found]
        start_at = {position: number for position, number, _ in line.starts}
        for first, (position, _) in enumerate(found):
            start = start_at.get(position)
            if start is None:
                continue
            for last, rule in self.misspelt.starting_at(words, first):
                position, word = found[last - 1]
                end = line.ends.get(position + len(word))
                if end is not None:
                    yield start, end, rule


def _hyphens_as_blanks(key: str, starts: Sequence[tuple[int, int, _Token]], tokens: Sequence[Offsets]) -> str:
    """The key with a blank for each hyphen between words where a token starts or ends with it.

    White space must be on both sides of the hyphen or on none: in "pre- and post-" it joins nothing.
    """
    letters = list(key)
    for position, number, token in starts:
        start, end = tokens[number]
        glued = (
            number > 0 and tokens[number - 1][1] == start,
            number + 1 < len(tokens) and tokens[number + 1][0] == end,
        )
        single = len(token.key) == 1
        if token.key[0] == "-" and glued[0] == (glued[1] if single else True):
            letters[position] = joint(key[:position], key[position + 1 :]) or "-"
        last = position + len(token.key) - 1
        if token.key[-1] == "-" and not single and glued[1]:
            letters[last] = joint(key[:last], key[last + 1 :]) or "-"
    return "".join(letters)


class _Tokens(dict[str, _Token]):
    """Tokens by their text, made at the first look."""

    def __init__(self, form: Form, index: TermIndex) -> None:
        super().__init__()
        self._form, self._index = form, index

    def __missing__(self, text: str) -> _Token:
        if len(self) >= _CACHED:
            self.clear()
        token = self[text] = self._token(self._form.key(text))
        return token

    def _token(self, key: str) -> _Token:
        # Only a point within a token belongs to it: alone, it ends the sentence; and one of several is no final point.
        pointed = len(key) > 1 and key[-1] == "." != key[-2]
        borders = is_word(key[:1]), is_word(key[-1:]), pointed
        if self._form.hyphen and (key[:1] == "-" or key[-1:] == "-"):
            return _Token(key, *borders, (), 0, True)  # what the hyphen is, the tokens around it decide
        rules, goes_on = self._index.look_up(key)
        if pointed:
            rules = tuple(sorted({*rules, *self._index.rules(key[:-1])}))
        return _Token(key, *borders, rules, len(key), goes_on)
