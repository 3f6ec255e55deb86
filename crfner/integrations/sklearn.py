"""Steps of a scikit-learn `Pipeline`: texts in front of a CRF, and entities as features of a text classifier.

    make_pipeline(Documents(), CRFRecognizer()).fit(labelled).predict(texts)
    make_pipeline(EntityCounts("menu.crfner"), DictVectorizer(), LogisticRegression()).fit(texts, classes)

`CRFRecognizer` itself is an estimator over documents, and needs no step in front where the data are documents.

Public names: `Documents`, `EntityCounts`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Self

from sklearn.base import BaseEstimator, TransformerMixin

from crfner.document import Document, Span
from crfner.errors import CrfnerError, SettingError
from crfner.integrations.opening import ModelLike, opened

COUNTED = ("label", "text")
"""What `EntityCounts` can count entities by."""


class _OfTexts(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """What both have in common: X is a list of texts, and no array."""

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        tags.no_validation = True
        return tags


class Documents(_OfTexts):
    """Texts to documents, one each: strings, pairs (text, spans) or documents, which stay as they are.

    A span is a `Span` or (start, end, label), by half-open character offsets. Labelled texts are pairs in X, also where
    there is a y, which a step of a pipeline cannot change.
    """

    def fit(self, X: Iterable[Any], y: object = None) -> Self:
        """Nothing is learnt."""
        return self

    def transform(self, X: Iterable[Any]) -> list[Document]:
        """The documents. Raises CrfnerError, counting from 0, for what is neither text, pair nor document."""
        return list(_documents(X))

    def __sklearn_is_fitted__(self) -> bool:
        return True


class EntityCounts(_OfTexts):
    """Texts to counts of their entities, as dictionaries for scikit-learn's `DictVectorizer`.

    model  the path of a model file, which `fit` opens, or a recogniser; `clone` shares it, as it is not learnt here
    by     "label" for {"DRUG": 2}, "text" for the entities themselves in small letters, {"DRUG=ibuprofen": 2}

    After `fit`, `recognizer_` finds the entities; it is pickled too, so that a pickle does not need the file.
    """

    def __init__(self, model: ModelLike, by: str = "label") -> None:
        self.model = model
        self.by = by

    def fit(self, X: Iterable[Any], y: object = None) -> Self:
        """Open the model; X is not looked at.

        Raises SettingError for an unknown `by`, and CrfnerError when the model cannot be opened.
        """
        if self.by not in COUNTED:
            raise SettingError(f"entities are counted by {' or '.join(COUNTED)}, not by {self.by!r}")
        self.recognizer_ = opened(self.model)
        return self

    def transform(self, X: Iterable[Any]) -> list[dict[str, int]]:
        """For each text how often each entity is in it. Takes what `Documents` takes; spans that are given are ignored.

        Raises CrfnerError for what is no text, and NotFittedError before `fit`.
        """
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(self, "recognizer_")
        return [self._counts(document) for document in self.recognizer_.recognize(_documents(X))]

    def _counts(self, document: Document) -> dict[str, int]:
        if self.by == "label":
            return dict(Counter(span.label for span in document.spans))
        texts = (f"{span.label}={document.text[span.start : span.end].lower()}" for span in document.spans)
        return dict(Counter(texts))

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The constructor's parameters; not those of the model within, which is not learnt again."""
        params: dict[str, Any] = super().get_params(deep=False)
        return params

    def __sklearn_clone__(self) -> Self:
        """A copy that is not fitted; scikit-learn would make the model within forget what it has learnt."""
        return type(self)(self.model, self.by)


def _documents(values: Iterable[Any]) -> Iterator[Document]:
    if isinstance(values, str):
        raise CrfnerError("texts come as a list, not as one text; put it into a list")
    for number, value in enumerate(values):
        yield _document(value, number)


def _document(value: Any, number: int) -> Document:
    if isinstance(value, Document):
        return value
    if isinstance(value, str):
        return Document(value)
    try:
        text, spans = value
        if not isinstance(text, str):
            raise TypeError
        return Document(text, spans=tuple(span if isinstance(span, Span) else Span(*span) for span in spans))
    except (TypeError, ValueError) as error:
        wrong = f" ({error})" if isinstance(error, ValueError) and str(error) else ""
        shown = f"{value!r:.80}"
        message = f"item {number} should be a text or a pair (text, [(start, end, label), ...]), not {shown}{wrong}"
        raise CrfnerError(message) from None
