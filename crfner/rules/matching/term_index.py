"""Terms of many rules by their keys, in little memory: a million take some twenty megabytes.

The keys are in a MARISA trie (Yata 2011), which holds them in a few bits a node and numbers them; by its number each
key has the set of rules that own it. An Aho-Corasick automaton would be twice as fast to search, but takes thirty times
the memory and three times as long to build.

Public names: `TermIndex`.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from itertools import islice

import marisa_trie


class TermIndex:
    """The keys of terms, and which rules have each of them.

    terms    keys by the rule's number
    trie     the keys; `prefixes` gives those that a text starts with, the shortest first
    longest  characters of the longest key
    """

    def __init__(self, terms: Mapping[int, Sequence[str]]) -> None:
        # Without further tries for the ends of keys it has twice the size, some 15 bytes a term, and is a third faster.
        self.longest = max((len(key) for keys in terms.values() for key in keys), default=0)
        self.trie = marisa_trie.Trie((key for keys in terms.values() for key in keys), num_tries=1)
        self._sets: list[tuple[int, ...]] = [tuple(terms) if len(terms) == 1 else ()]  # those that occur
        self._set_of = array("I", [0]) * len(self.trie)  # by the number of the key
        if len(terms) == 1:
            return
        numbers = {(): 0}
        for rule, keys in terms.items():
            for key in keys:
                number = self.trie[key]
                rules = self._sets[self._set_of[number]]
                if rules[-1:] == (rule,):
                    continue  # a term that is there twice
                rules = (*rules, rule)
                if rules not in numbers:
                    numbers[rules] = len(self._sets)
                    self._sets.append(rules)
                self._set_of[number] = numbers[rules]

    def rules(self, key: str) -> tuple[int, ...]:
        """The rules that have this term, in their order; none when it is no term."""
        number = self.trie.get(key)
        return () if number is None else self._sets[self._set_of[number]]

    def look_up(self, key: str) -> tuple[tuple[int, ...], bool]:
        """The rules that have this term, and whether some term starts with it and goes on."""
        terms = list(islice(self.trie.iteritems(key), 2))  # the term itself comes first
        if terms and terms[0][0] == key:
            return self._sets[self._set_of[terms[0][1]]], len(terms) > 1
        return (), bool(terms)
