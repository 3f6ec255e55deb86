"""Parts of documents: so many sentences of a corpus, and documents cut where there are too few to hold some out.

Public names: `sample`, `apart`, `part`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from crfner.document import Document
from crfner.hits import HITS, RuleHits, hits_of
from crfner.tokenize import tokenized


def sample(documents: Iterable[Document], sentences: int) -> list[Document]:
    """The first documents that together have so many sentences (or all, if fewer), the last one cut to what fits.

    When that is a part of a single document, it comes in two halves: systems that hold documents out need two.
    """
    taken: list[Document] = []
    for document in documents:
        if sentences <= 0:
            break
        taken.append(part(document, 0, min(sentences, len(document.sentences))))
        sentences -= len(document.sentences)
    if len(taken) == 1 and len(taken[0].sentences) > 1:
        (only,) = taken
        middle = len(only.sentences) // 2
        return [part(only, 0, middle), part(only, middle, len(only.sentences))]
    return taken


def apart(documents: Sequence[Document], least: int) -> list[Document]:
    """The documents, cut into equal stretches of sentences where fewer than `least` of them have a text of their own.

    For folds within which something is chosen, not for those that a system is judged by: stretches of one document
    share names. Text whose document borders are not known has been cut in stretches anyway.

    >>> len(apart([Document("It is one. It is two. It is three."), Document("Nothing.")], 4))
    3
    """
    texts = len({document.text for document in documents})
    if not 0 < texts < least:
        return list(documents)
    cut: list[Document] = []
    for document in map(tokenized, documents):
        stretches = max(1, min(-(-least // texts), len(document.sentences)))
        borders = [len(document.sentences) * number // stretches for number in range(stretches + 1)]
        cut.extend(part(document, first, last) for first, last in pairwise(borders))
    return cut


def part(document: Document, first: int, last: int) -> Document:
    """The sentences from `first` to `last` as a document of their own; spans that go on beyond them are left out."""
    if (first, last) == (0, len(document.sentences)):
        return document
    sentences = document.sentences[first:last]
    begin, stop = sentences[0][0], sentences[-1][1]
    start, end = document.tokens[begin][0], document.tokens[stop - 1][1]
    meta = dict(document.meta)
    if "columns" in meta:
        meta["columns"] = tuple(column[begin:stop] for column in meta["columns"])
    if hits := hits_of(document):
        meta[HITS] = RuleHits(map(tuple, hits[begin:stop]))
    return replace(
        document,
        text=document.text[start:end],
        tokens=tuple((a - start, b - start) for a, b in document.tokens[begin:stop]),
        sentences=tuple((a - begin, b - begin) for a, b in sentences),
        spans=tuple(
            replace(span, start=span.start - start, end=span.end - start)
            for span in document.spans
            if start <= span.start and span.end <= end
        ),
        meta=meta,
    )
