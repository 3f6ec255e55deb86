"""Part-of-speech tags as a further column, from NLTK's averaged perceptron tagger, on request only."""

from __future__ import annotations

from dataclasses import replace

from crfner.document import Document
from crfner.errors import CrfnerError

TAGGERS = ("nltk",)


def with_pos(document: Document, tagger: str = "nltk") -> Document:
    """The tokenised document with tags as its first further column; one that has a column keeps its own.

    The tags are English (Penn Treebank). Raises CrfnerError where NLTK's data for it is not installed, ValueError for
    an unknown tagger.
    """
    if tagger not in TAGGERS:
        raise ValueError(f"unknown part-of-speech tagger {tagger!r}; known are {', '.join(TAGGERS)}")
    if document.meta.get("columns"):
        return document
    import nltk  # takes over a second to import

    try:
        tagged = nltk.pos_tag_sents(document.sentence_words())
    except LookupError:
        raise CrfnerError(
            "part-of-speech tags need NLTK's tagger, which is not installed: "
            "run `python -m nltk.downloader averaged_perceptron_tagger_eng`, or leave out the tagger"
        ) from None
    column = tuple(tag for sentence in tagged for _, tag in sentence)
    return replace(document, meta={**document.meta, "columns": (column,)})
