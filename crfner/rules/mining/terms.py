"""Terms worth a dictionary, from labelled sentences: every mention, by how often its words are the entity it names.

"Paris" may be a place ten times out of ten, "May" a name once in forty. Terms are sorted into grades by that share and
by how often they were seen, so that one rule holds terms that deserve the same trust.

Public names: `Sentence`, `mine_terms`, `GRADES`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from crfner.document import Chunk
from crfner.rules.values import DictionaryRule

GRADES = {
    "sure": "always this label, three times or more",
    "seen": "always this label, once or twice",
    "mostly": "this label seven times out of ten or more",
    "partly": "this label three times out of ten or more",
}
"""The grades of terms, the most trustworthy first."""

_LONGEST = 10  # tokens of a term
_MARGIN = 0.05  # a share of that much more is worth telling "May" from "may"

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words of a sentence, and its entities as (first, last + 1, label)."""

    words: Sequence[str]
    chunks: Sequence[Chunk]


def mine_terms(sentences: Sequence[Sentence]) -> list[DictionaryRule]:
    """A dictionary rule for each label, grade and way with case that has terms, the best grade first."""
    lowered, exact = _Occurrences(sentences, fold=True), _Occurrences(sentences, fold=False)
    terms: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for (words, label), forms in sorted(lowered.forms.items()):
        if not any(word.isalnum() for word in "".join(words)):
            continue
        share, count = lowered.share(words, label)
        form = max(sorted(forms), key=forms.__getitem__)
        exact_share, exact_count = exact.share(form, label)
        if exact_share > share + _MARGIN:
            key = _grade(exact_share, exact_count), "match"
        else:
            key = _grade(share, count), "ignore"
        if key[0]:
            terms[label, *key].append(" ".join(form))
    order = {grade: number for number, grade in enumerate(GRADES)}
    return [
        DictionaryRule(
            name=f"{label} {'as written' if case == 'match' else 'terms'}, {grade}",
            label=label,
            case=case,
            terms=tuple(found),
        )
        for (label, grade, case), found in sorted(terms.items(), key=lambda item: (order[item[0][1]], item[0]))
    ]


def _grade(share: float, count: int) -> str:
    """The grade of a term by the share and the number of its occurrences that are the entity; "" for none."""
    if share >= 0.95:
        return "sure" if count > 2 else "seen"
    return "mostly" if share >= 0.7 else "partly" if share >= 0.3 else ""


class _Occurrences:
    """How often the words of a mention occur at all, and how often with each label."""

    def __init__(self, sentences: Sequence[Sentence], fold: bool) -> None:
        self.labelled: Counter[tuple[Words, str]] = Counter()
        self.forms: dict[tuple[Words, str], Counter[Words]] = defaultdict(Counter)
        lengths: dict[str, set[int]] = defaultdict(set)
        for sentence in sentences:
            for first, last, label in sentence.chunks:
                if last - first <= _LONGEST:
                    form = tuple(sentence.words[first:last])
                    words = tuple(map(str.lower, form)) if fold else form
                    self.labelled[words, label] += 1
                    self.forms[words, label][form] += 1
                    lengths[words[0]].add(last - first)
        known = {words for words, _ in self.labelled}
        folded = (list(map(str.lower, s.words)) if fold else s.words for s in sentences)
        self.all = Counter(words for words in _ngrams(folded, lengths) if words in known)

    def share(self, words: Words, label: str) -> tuple[float, int]:
        """The share of all occurrences that are this entity, and their number."""
        count = self.labelled[words, label]
        return count / self.all[words], count


def _ngrams(sentences: Iterable[Sequence[str]], lengths: dict[str, set[int]]) -> Iterator[Words]:
    """Runs of words of the lengths that mentions with the same first word have."""
    for words in sentences:
        for start, word in enumerate(words):
            for length in lengths.get(word, ()):
                if start + length <= len(words):
                    yield tuple(words[start : start + length])
