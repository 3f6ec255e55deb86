"""EncoderRecognizer: a pretrained encoder, fine-tuned to tag words, as one more recogniser.

Its network gives each word a distribution over tags by itself; the best sequence among those that the scheme allows is
found by the CRF's Viterbi algorithm, and a span's score by its forward-backward algorithm, with no other transition
scores than "allowed" and "forbidden".

Public names: `EncoderRecognizer`, `train_encoder`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, Self

import numpy as np

from crfner import store
from crfner.augment.sentences import Sentence, as_document, sentences_of
from crfner.crf.decode import Chain, Floats, confidence, viterbi
from crfner.document import Document, Span
from crfner.encoder import model_file
from crfner.encoder.model_file import Fitted
from crfner.encoder.network import padding, reach, rows_of
from crfner.encoder.pieces import Pieces
from crfner.encoder.pretrained import read_network, read_pretrained
from crfner.encoder.training import Schedule, fine_tune
from crfner.errors import CrfnerError, SettingError
from crfner.evaluation import evaluate
from crfner.lazy import shown_by
from crfner.schemes import continues, decode, may_follow
from crfner.splits import make_folds
from crfner.tokenize import SENTENCE_METHODS, TOKENIZERS, tokenized, whole

_SCHEME = "IOB2"
_HELD_OUT = 10  # one sentence in so many
_EPOCHS, _MOST_EPOCHS = 8, 20
_STEPS = 250  # fewer are too few for a new layer, so that there are more epochs then
_BATCH = 4096  # tokens that are tagged together


class EncoderRecognizer:
    """A fine-tuned encoder.

    encoder        a folder in Hugging Face's layout, a pip package that holds one, or a name on the hub
    learning_rate  of the encoder at its highest; it warms up and decays
    head_rate      of the new layer on top at its highest
    epochs         passes over the sentences at most; None for 8, and up to 20 where there are few sentences
    patience       epochs without a better score on what is held out after which training ends
    batch          sentences a step
    tokenizer, sentences  how text without tokens is cut (see `crfner.tokenize`)
    seed           of dropout, the order of sentences, the new layer and what is held out
    progress       show progress on standard error when that is a terminal

    How many threads are used is torch's affair (`torch.set_num_threads`). After `fit`, `fitted_` holds network,
    tokenizer and manifest. Needs torch and transformers.
    """

    _repr_html_ = shown_by("model")

    def __init__(
        self,
        encoder: str,
        *,
        learning_rate: float = 3e-4,
        head_rate: float = 3e-3,
        epochs: int | None = None,
        patience: int = 3,
        batch: int = 8,
        tokenizer: str = "default",
        sentences: str = "rules",
        seed: int = 0,
        progress: bool = False,
    ) -> None:
        self.encoder = encoder
        self.learning_rate = learning_rate
        self.head_rate = head_rate
        self.epochs = epochs
        self.patience = patience
        self.batch = batch
        self.tokenizer = tokenizer
        self.sentences = sentences
        self.seed = seed
        self.progress = progress

    def fit(self, documents: Iterable[Document], dev: Sequence[Document] = ()) -> Self:
        """Fine-tune the encoder on documents with gold spans, up to the epoch that is best on `dev`.

        Without `dev`, a tenth of the sentences is held out for that; of fewer than ten, none, and training runs to its
        end. Raises CrfnerError when there is nothing to learn from or spans overlap, SettingError for a parameter
        without sense and where the encoder cannot be opened.
        """
        self._check()
        pretrained = read_pretrained(self.encoder)
        import torch

        sentences = _sentences([self.prepared(document) for document in documents])
        learnt, held_out = (sentences, list(dev)) if dev else _parted(sentences, self.seed)
        labels = sorted({label for sentence in sentences for _, _, label in sentence.chunks})
        names = ["O", *(f"{prefix}-{label}" for label in labels for prefix in "BI")]
        numbers = {tag: number for number, tag in enumerate(names)}
        epochs = self.epochs or min(max(_EPOCHS, _STEPS * self.batch // len(learnt)), _MOST_EPOCHS)
        schedule = Schedule(self.learning_rate, self.head_rate, epochs, self.patience, self.batch)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            network = read_network(
                pretrained,
                "AutoModelForTokenClassification",
                id2label=dict(enumerate(names)),
                label2id=numbers,
            )
            settings = {name: getattr(self, name) for name in model_file.RECORDED}
            settings["encoder"] = os.path.basename(os.path.normpath(self.encoder))  # not where it lies here
            self._set(Fitted(network, pretrained.tokenizer, model_file.make_manifest(labels, settings, {})))
            scores = fine_tune(
                network,
                self._pieces.windows([sentence.texts() for sentence in learnt]),
                [numbers[tag] for sentence in learnt for tag in sentence.tags()],
                schedule,
                pad=padding(network.config),
                seed=self.seed,
                score=(lambda: evaluate(held_out, self.recognize(held_out), samples=1).micro.f1) if held_out else None,
                progress=self.progress,
            )
        training = {
            "sentences": len(learnt),
            "entities": sum(len(sentence.chunks) for sentence in learnt),
            "epochs": len(scores) or epochs,
            "held_out_f1": max(scores, default=None),
        }
        self._set(Fitted(network, pretrained.tokenizer, model_file.make_manifest(labels, settings, training)))
        return self

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that were learnt, sorted. Raises NotFittedError before `fit`."""
        return tuple(self.manifest["labels"])

    @property
    def manifest(self) -> Mapping[str, Any]:
        """What a model file says of this recogniser. Raises NotFittedError before `fit`."""
        return self._model().manifest

    def recognize(self, documents: Iterable[Document]) -> Iterator[Document]:
        """The documents in order, with the spans of the most probable tags in place of their own.

        A span's score is the probability of exactly this span among all tag sequences that the scheme allows. Raises
        NotFittedError before `fit`.
        """
        self._model()
        batch: list[Document] = []
        tokens = 0
        for document in documents:
            batch.append(self.prepared(document.with_spans(())))
            tokens += len(batch[-1].tokens) or 1
            if tokens >= _BATCH:
                yield from self._tagged(batch)
                batch, tokens = [], 0
        yield from self._tagged(batch)

    def prepared(self, document: Document) -> Document:
        """The document cut into tokens and sentences as the encoder is given it."""
        return whole(tokenized(document, self.tokenizer, self.sentences))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model file, whole or not at all; it needs the encoder no more.

        Raises CrfnerError when it cannot be written.
        """
        fitted = self._model()
        store.save(path, fitted.manifest, model_file.to_parts(fitted))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a model file. Raises CrfnerError when it is missing, damaged, unsafe or of a newer version."""
        return cls.from_stored(store.load_kind(path, model_file.KIND, "a fine-tuned encoder"), path)

    @classmethod
    def from_stored(cls, stored: store.Stored, path: str | os.PathLike[str]) -> Self:
        """The recogniser within a model file that is open already; `path` is what messages name."""
        fitted = model_file.from_stored(stored, path)
        recognizer = cls(**fitted.manifest["settings"])
        try:
            recognizer._check()
        except (SettingError, TypeError) as error:
            raise CrfnerError(f"{path}: the model is damaged: {error}") from None
        recognizer._set(fitted)
        return recognizer

    def _set(self, fitted: Fitted) -> None:
        self.fitted_ = fitted
        self._pieces = Pieces(fitted.tokenizer, reach(fitted.network.config))
        self._chain = _chain(fitted.tags)

    def _model(self) -> Fitted:
        if not hasattr(self, "fitted_"):
            from sklearn.exceptions import NotFittedError

            raise NotFittedError("this EncoderRecognizer has learnt nothing yet; call fit or load a model")
        return self.fitted_

    def _emissions(self, sentences: Sequence[Sequence[str]]) -> Floats:
        """Log probabilities of each word's tags, (words, L); all alike for a word that the encoder does not see."""
        network, total = self.fitted_.network, sum(map(len, sentences))
        scores = rows_of(
            self._pieces.windows(sentences),
            total,
            len(self.fitted_.tags),
            padding(network.config),
            lambda given: network(**given).logits.log_softmax(-1),
        )
        return scores.astype(np.float64)

    def _tagged(self, batch: Sequence[Document]) -> Iterator[Document]:
        sentences = [words for document in batch for words in document.sentence_words()]
        lengths = [len(words) for words in sentences]
        scores = self._emissions(sentences)
        path = viterbi(scores, lengths, self._chain)
        along = confidence(scores, lengths, self._chain, path)
        ends = list(accumulate(lengths, initial=0))
        start, number = 0, 0  # the tokens of all documents stand one after the other
        for document in batch:
            spans = []
            for first, _ in document.sentences:
                tags = [self.fitted_.tags[tag] for tag in path[ends[number] : ends[number + 1]]]
                for begin, end, label in decode(tags, _SCHEME):
                    left, right = document.tokens[first + begin][0], document.tokens[first + end - 1][1]
                    score = along.of_chunk(start + first + begin, start + first + end)
                    spans.append(Span(left, right, label, round(score, 4), "encoder"))
                number += 1
            start += len(document.tokens)
            yield document.with_spans(spans)

    def _check(self) -> None:
        for name in ("epochs", "patience", "batch"):
            value = getattr(self, name)
            if value is None and name == "epochs":
                continue
            if type(value) is not int or value < 1:
                raise SettingError(f"{name} must be a whole number, 1 or more, not {value!r}")
        for name in ("learning_rate", "head_rate"):
            value = getattr(self, name)
            if not isinstance(value, float) or not 0 < value <= 1:
                raise SettingError(f"{name} must be above 0 and at most 1, not {value!r}")
        for name, known in (("tokenizer", tuple(TOKENIZERS)), ("sentences", SENTENCE_METHODS)):
            if getattr(self, name) not in known:
                raise SettingError(f"unknown {name} {getattr(self, name)!r}; known are {', '.join(known)}")
        if type(self.seed) is not int or self.seed < 0:
            raise SettingError(f"seed must be a whole number, 0 or more, not {self.seed!r}")

    def __repr__(self) -> str:
        return f"EncoderRecognizer({self.encoder!r})"


def train_encoder(
    documents: Sequence[Document], *, encoder: str, seed: int = 0, dev: Sequence[Document] = ()
) -> EncoderRecognizer:
    """Fine-tune an encoder, up to the epoch that is best on `dev` or on a tenth of the sentences held out.

    Raises CrfnerError when the documents hold no entity or overlapping ones, SettingError when the encoder cannot be
    opened.
    """
    return EncoderRecognizer(encoder, seed=seed).fit(documents, dev)


def _parted(sentences: Sequence[Sentence], seed: int) -> tuple[list[Sentence], list[Document]]:
    """What to learn from and what to hold out: a tenth with about a tenth of each label; of too few, nothing.

    It goes by sentence: of some hundred, whole documents that are a tenth are two or three, and may be like no other.
    """
    alone = [as_document(sentence, None, {}) for sentence in sentences]
    if len({document.text for document in alone}) < _HELD_OUT:
        return list(sentences), []
    fold = make_folds(alone, _HELD_OUT, seed)[0]
    places = set(fold.places)
    learnt = [sentence for place, sentence in enumerate(sentences) if place not in places]
    if not any(document.spans for document in fold.test) or not any(sentence.chunks for sentence in learnt):
        return list(sentences), []
    return learnt, list(fold.test)


def _sentences(documents: Iterable[Document]) -> list[Sentence]:
    """All sentences. Raises CrfnerError when spans overlap or there is none."""
    found: list[Sentence] = []
    for document in documents:
        for sentence in sentences_of(document):
            if sentence is None:
                raise CrfnerError(
                    f"document {document.id or document.text[:40]!r} has overlapping spans, which a sequence of tags "
                    "cannot express; keep one of them"
                )
            found.append(sentence)
    if not any(sentence.chunks for sentence in found):
        raise CrfnerError("the training data holds no labelled span; annotate some entities first")
    return found


def _chain(tags: Sequence[str]) -> Chain:
    """Transitions that are allowed by the scheme, all alike, and no others."""

    def cost(before: str | None, tag: str | None) -> float:
        return 0.0 if may_follow(before, tag, _SCHEME) else -np.inf

    return Chain(
        transitions=np.array([[cost(before, tag) for tag in tags] for before in tags]),
        initial=np.array([cost(None, tag) for tag in tags]),
        final=np.array([cost(tag, None) for tag in tags]),
        continues=np.array([[continues(before, tag) for tag in tags] for before in tags]),
    )
