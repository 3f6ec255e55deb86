"""A spaCy component: `nlp.add_pipe("crfner", config={"model": "menu.crfner"})` finds entities with any crfner model.

spaCy's tokens, and its sentences where it has set them, are what the model sees; what it finds goes to `doc.ents`, with
`span._.crfner_score` (a probability, or None) and `span._.crfner_source` (the rule or recogniser that it comes from).
spaCy finds the component by an entry point, so that nothing has to be imported.

Public names: `CrfnerComponent`, `make_component`, `ALIGNMENTS`.
"""

# without annotations from __future__: spaCy reads those of the factory, and would find strings

import os
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.pipeline import Pipe
from spacy.tokens import Doc
from spacy.tokens import Span as SpacySpan
from spacy.training import Example
from spacy.util import filter_spans, minibatch

from crfner.document import Document, Offsets, Span
from crfner.errors import CrfnerError
from crfner.models import Model, load_model, model_from_bytes, model_to_bytes

ALIGNMENTS = ("expand", "contract", "strict")
"""What is done with an entity that does not begin and end with spaCy's tokens: take the tokens that it touches, take
those that it holds whole, or leave it out."""

_FILE = "model.crfner"

for _name in ("crfner_score", "crfner_source"):
    if not SpacySpan.has_extension(_name):
        SpacySpan.set_extension(_name, default=None)


def _scored(examples: Iterable[Example], **settings: Any) -> dict[str, Any]:
    from spacy.scorer import get_ner_prf

    scores: dict[str, Any] = get_ner_prf(examples, **settings)
    return scores


@Language.factory(  # type: ignore[untyped-decorator]
    "crfner",
    assigns=["doc.ents", "token.ent_iob", "token.ent_type", "span._.crfner_score", "span._.crfner_source"],
    default_config={"model": None, "overwrite_ents": False, "alignment": "expand"},
    default_score_weights={"ents_f": 1.0, "ents_p": 0.0, "ents_r": 0.0, "ents_per_type": None},
)
def make_component(
    nlp: Language, name: str, model: str | None, overwrite_ents: bool, alignment: str
) -> "CrfnerComponent":
    """What `nlp.add_pipe` calls; see `CrfnerComponent` for the settings."""
    return CrfnerComponent(name, model, overwrite_ents=overwrite_ents, alignment=alignment)


class CrfnerComponent(Pipe):  # type: ignore[misc]  # spaCy has no types here
    """Finds entities in spaCy's documents.

    name            of the component in its pipeline
    model           path of a model file; it is opened when it is first needed, as a pipeline that is read from disk
                    brings its own
    overwrite_ents  whether entities that are there already are replaced; if not, those are kept, and what overlaps them
                    is left out
    alignment       what is done with an entity that does not begin and end with spaCy's tokens, see `ALIGNMENTS`

    `notes` counts the entities that did not come through as they were found, by what happened to them.

    Raises CrfnerError for an unknown alignment.
    """

    def __init__(
        self, name: str, model: str | None = None, *, overwrite_ents: bool = False, alignment: str = "expand"
    ) -> None:
        if alignment not in ALIGNMENTS:
            raise CrfnerError(f"the alignment should be one of {', '.join(ALIGNMENTS)}, not {alignment!r}")
        self.name = name
        self.model = model
        self.overwrite_ents = overwrite_ents
        self.alignment = alignment
        self.scorer = _scored
        self.notes: Counter[str] = Counter()
        self._recognizer: Model | None = None

    @property
    def recognizer(self) -> Model:
        """What finds the entities. Raises CrfnerError when its model file is missing, damaged or was not named."""
        if self._recognizer is None:
            if self.model is None:
                message = f"the component {self.name!r} has no model; add it with config={{'model': 'FILE.crfner'}}"
                raise CrfnerError(message)
            self._recognizer = load_model(self.model)
        return self._recognizer

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that it can give; none where there is no model yet: spaCy asks before it reads one from disk."""
        try:
            return self.recognizer.labels
        except CrfnerError:
            return ()

    def __call__(self, doc: Doc) -> Doc:
        """The document with its entities."""
        error_handler = self.get_error_handler()
        try:
            self._annotate([doc])
        except Exception as error:
            error_handler(self.name, self, [doc], error)
        return doc

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 128) -> Iterator[Doc]:
        """The documents in order with their entities; so many at a time go through the model together."""
        error_handler = self.get_error_handler()
        for batch in minibatch(stream, size=batch_size):
            docs = list(batch)
            try:
                self._annotate(docs)
            except Exception as error:
                error_handler(self.name, self, docs, error)
            else:
                yield from docs

    def _annotate(self, docs: Sequence[Doc]) -> None:
        recognized = self.recognizer.recognize(map(_document, docs))
        for doc, document in zip(docs, recognized, strict=True):
            self._set_entities(doc, document.spans)

    def _set_entities(self, doc: Doc, spans: Iterable[Span]) -> None:
        placed: dict[Offsets, tuple[SpacySpan, Span]] = {}  # by the tokens; the first of several stays
        found = 0
        for span in spans:
            tokens = doc.char_span(span.start, span.end, label=span.label, alignment_mode=self.alignment)
            if tokens is None or not len(tokens):
                self.notes["not on tokens: left out"] += 1
                continue
            if (tokens.start_char, tokens.end_char) != (span.start, span.end):
                self.notes["not on tokens: moved"] += 1
            placed.setdefault((tokens.start, tokens.end), (tokens, span))
            found += 1
        apart = filter_spans(tokens for tokens, _ in placed.values())
        if len(apart) < found:  # moved to tokens, two may have come to overlap
            self.notes["overlaps another entity: left out"] += found - len(apart)
        kept = [] if self.overwrite_ents else list(doc.ents)
        taken = {token.i for entity in kept for token in entity}
        new = [entity for entity in apart if taken.isdisjoint(range(entity.start, entity.end))]
        if len(new) < len(apart):
            self.notes["overlaps an entity that was there: left out"] += len(apart) - len(new)
        for entity in new:
            _, span = placed[entity.start, entity.end]
            entity._.crfner_score = span.score
            entity._.crfner_source = span.source
        doc.ents = sorted([*kept, *new], key=lambda entity: entity.start)

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """The content of the model's file."""
        return model_to_bytes(self.recognizer)

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> "CrfnerComponent":
        """This component with the model that `to_bytes` gave. Raises CrfnerError when it is damaged."""
        self._recognizer = model_from_bytes(data, f"the model of the component {self.name!r}")
        return self

    def to_disk(self, path: str | os.PathLike[str], *, exclude: Iterable[str] = ()) -> None:
        """Write the model into a folder, which is made. Raises CrfnerError when it cannot be written."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        self.recognizer.save(folder / _FILE)

    def from_disk(self, path: str | os.PathLike[str], *, exclude: Iterable[str] = ()) -> "CrfnerComponent":
        """This component with the model that `to_disk` wrote. Raises CrfnerError when it is missing or damaged."""
        self._recognizer = load_model(Path(path) / _FILE)
        return self

    def initialize(
        self, get_examples: Callable[[], Iterable[Example]] | None = None, *, nlp: Language | None = None
    ) -> None:
        """Open the model: there is nothing to learn here. Raises CrfnerError where there is none."""
        assert self.recognizer


def _document(doc: Doc) -> Document:
    """spaCy's text with its tokens, but for those of white space, and with its sentences where it has set them."""
    words = [token for token in doc if not token.is_space]
    tokens = tuple((token.idx, token.idx + len(token)) for token in words)
    sentences: list[Offsets] = []
    if doc.has_annotation("SENT_START"):
        numbers = [token.i for token in words]
        ranges = ((bisect_left(numbers, sent.start), bisect_left(numbers, sent.end)) for sent in doc.sents)
        sentences = [(first, last) for first, last in ranges if first < last]
    return Document(doc.text, tokens, tuple(sentences))
