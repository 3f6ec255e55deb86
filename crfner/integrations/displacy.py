"""Documents for displaCy, spaCy's visualiser, which needs neither a pipeline nor a model of spaCy's for it.

    displacy.render([to_displacy(document) for document in documents], style="ent", manual=True)

Public names: `to_displacy`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from crfner.document import Document
from crfner.errors import CrfnerError


def to_displacy(document: Document) -> dict[str, Any]:
    """The document as displaCy's style "ent" takes it: {"text", "ents": [{"start", "end", "label"}], "title"}.

    The title is the document's id, or None. Raises CrfnerError for entities that overlap: displaCy would show the text
    that they share twice.
    """
    for left, right in pairwise(document.spans):
        if left.overlaps(right):
            place = f"{left.start}..{left.end} and {right.start}..{right.end}"
            raise CrfnerError(f"displaCy cannot show entities that overlap ({place}); leave one of them out")
    return {
        "text": document.text,
        "ents": [{"start": span.start, "end": span.end, "label": span.label} for span in document.spans],
        "title": document.id,
    }
