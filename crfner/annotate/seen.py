"""What was marked in accepted texts is proposed wherever the same text stands again.

It is a dictionary that grows with every answer: from nothing, a name that was marked once need not be marked again. A
text that was mostly left unmarked since is not proposed any more.

Public names: `Seen`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace

from crfner.document import Document, Span
from crfner.rules import DictionaryRule, RuleRecognizer, RuleSet


class Seen:
    """The strings that were marked, by label, and how often each was passed over.

    documents  accepted, with their spans; `add` and `discard` are for those that come and go
    """

    def __init__(self, documents: Iterable[Document] = ()) -> None:
        self._marked: dict[str, Counter[str]] = defaultdict(Counter)
        self._passed: Counter[str] = Counter()
        self._matcher: RuleRecognizer | None = None
        kept = list(documents)
        for document in kept:
            self._count(document, 1)
        for document in kept:
            self._pass_over(document, 1)

    def add(self, document: Document) -> None:
        """Count an accepted document too."""
        self._pass_over(document, 1)
        self._count(document, 1)

    def discard(self, document: Document) -> None:
        """Count a document no more that was counted before."""
        self._count(document, -1)
        self._pass_over(document, -1)

    def spans(self, document: Document) -> list[Span]:
        """The strings that stand in the document again, apart; the score is how often each was marked where it stood.

        The score is by the rule of succession: (m + 1) / (n + 2) for m times of n.
        """
        spans = []
        for hit in self._hits(document):
            text = _form(document.text[hit.start : hit.end])
            times = self._marked[text][hit.label]
            of = self._marked[text].total() + self._passed[text]
            if 2 * times >= of:
                spans.append(replace(hit, score=(times + 1) / (of + 2), source=None))
        return spans

    def _count(self, document: Document, times: int) -> None:
        for span in document.spans:
            text = _form(document.text[span.start : span.end])
            self._marked[text][span.label] += times
            if not +self._marked[text]:
                del self._marked[text]
            self._matcher = None

    def _pass_over(self, document: Document, times: int) -> None:
        for hit in self._hits(document):
            if not any(hit.overlaps(span) for span in document.spans):
                text = _form(document.text[hit.start : hit.end])
                # one that was not known yet when the document was added was not counted then
                self._passed[text] = max(0, self._passed[text] + times)

    def _hits(self, document: Document) -> Iterable[Span]:
        if self._matcher is None:
            self._matcher = RuleRecognizer(self._rules())
        (found,) = self._matcher.recognize([document])
        return found.spans

    def _rules(self) -> RuleSet:
        terms: dict[str, list[str]] = defaultdict(list)
        for text, labels in self._marked.items():
            terms[max(sorted(labels), key=labels.__getitem__)].append(text)
        return RuleSet(
            tuple(DictionaryRule(label, label, terms=tuple(sorted(terms[label]))) for label in sorted(terms))
        )


def _form(text: str) -> str:
    """Strings that are the same to the matcher: by any case, with any white space."""
    return " ".join(text.casefold().split())
