"""Labelled text as one writes it: "saw [Ann Lee PER] ."."""

from __future__ import annotations

import re

from crfner import Document, Span
from crfner.tokenize import tokenized


def marked(text: str) -> Document:
    """The document, tokenised; an entity is in square brackets, with its label after the last blank."""
    plain, spans, done = "", [], 0
    for match in re.finditer(r"\[([^\]]*) (\w+)\]", text):
        plain += text[done : match.start()]
        spans.append(Span(len(plain), len(plain) + len(match[1]), match[2]))
        plain += match[1]
        done = match.end()
    return tokenized(Document(plain + text[done:], spans=tuple(spans)))
