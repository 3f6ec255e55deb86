"""How a document is laid out for features, the same way in training and in tagging.

Every token is in a sentence, and every word is one that CRFsuite can keep: it holds attributes as UTF-8 up to the first
NUL, so neither NUL nor half of a surrogate pair may reach it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from crfner.document import Document, align
from crfner.hits import HITS, RuleHits, hits_of
from features.channels import Hits, Sentences

Laid = tuple[Sentences, Sequence[Sequence[str]], Hits]
"""A document as features see it: sentences of words, further columns, and what rules say of its tokens."""

_UNFIT = re.compile("[\0\ud800-\udfff]")


def fits_crfsuite(text: str) -> bool:
    """Whether CRFsuite can keep the text as it is."""
    return text.isprintable() or not _UNFIT.search(text)


def laid_out(document: Document) -> Laid:
    """What features are made from; they are shown U+FFFD in place of what CRFsuite cannot keep."""
    sentences, columns = document.sentence_words(), document.meta.get("columns", ())
    if not fits_crfsuite(document.text):
        sentences = [_mended(words) for words in sentences]
    columns = [column if fits_crfsuite("".join(column)) else _mended(column) for column in columns]
    return sentences, columns, hits_of(document)


def words_of(document: Document) -> tuple[list[str], list[int]]:
    """The words that features are shown, of all sentences one after the other, and how many each sentence has."""
    words, lengths = document.words(), [last - first for first, last in document.sentences]
    if sum(lengths) != len(words):
        words = list(chain.from_iterable(document.sentence_words()))
    return (words if fits_crfsuite(document.text) else _mended(words)), lengths


def aligned(document: Document) -> tuple[Document, int]:
    """As `crfner.document.align`, with what rules say of a token said of all its parts where it is split."""
    split, off_border = align(document)
    hits = document.meta.get(HITS)
    if isinstance(hits, RuleHits) and len(split.tokens) > len(document.tokens):
        starts = [start for start, _ in document.tokens]
        parts = RuleHits(hits[bisect_right(starts, start) - 1] for start, _ in split.tokens)
        split = replace(split, meta={**split.meta, HITS: parts})
    return split, off_border


def _mended(words: Sequence[str]) -> list[str]:
    return [_UNFIT.sub("\ufffd", word) for word in words]
