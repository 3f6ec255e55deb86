"""CRFRecognizer: a linear-chain conditional random field over hand-made token features (Lafferty et al. 2001).

It keeps scikit-learn's habits (the constructor only stores, `fit` returns the estimator, what is learnt ends in `_`)
with documents in place of arrays, and the `Recognizer` protocol. CRFsuite or a kernel of our own trains; tagging
sums weights per word type.
"""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from crfner import store
from crfner.batches import batches
from crfner.crf import model_file
from crfner.crf.hinting import hinted
from crfner.crf.model_file import Fitted, Shared, with_setting
from crfner.crf.settings import (
    ADDED,
    RECORDED,
    check_apart,
    checked,
    checked_temperature,
    checked_thresholds,
    with_hits_read,
)
from crfner.crf.tagging import Tagger
from crfner.document import Document, Span
from crfner.errors import CrfnerError, SettingError
from crfner.hints import LEARNT, Hinter
from crfner.lazy import shown_by
from crfner.pos import with_pos
from crfner.tokenize import tokenized, whole
from features import FeatureSet, Function, Lexicon

if TYPE_CHECKING:
    from crfner.crf.alternatives import Alternatives

_NAME = re.compile(r"[A-Za-z0-9_]+(?:[.-][A-Za-z0-9_]+)*")  # it is part of attributes and of a file's name


class CRFRecognizer:
    """A trainable recogniser.

    features      name of a preset, or a feature set's configuration (see `features.presets`)
    lexicons      gazetteers, clusters and vectors by name; they travel in the model file
    hinters       what else looks at a document first, by name (see `crfner.hints`); they travel in the model file too
    functions     feature functions of your own by name; they do not travel, and must be given again to `load`
    engine        what trains: kernel, our own for lbfgs, or crfsuite; None for the kernel where it is compiled. A model
                  says which trained it, and needs neither
    algorithm     lbfgs, l2sgd, ap, pa or arow
    c1, c2        weight of L1 (lbfgs) and of L2 (lbfgs, l2sgd); None for 0.1 and 0.05 where they apply
    iterations    at most so many passes over the data
    min_freq      attributes seen less often in training are left out
    all_possible_transitions  give weights also to pairs of tags that training never shows
    left_out      share of the attributes, drawn by the seed, that are not learnt from: members of an ensemble differ so
    prune         weights of a lower absolute value than this are dropped after training: a smaller model file
    scheme        tagging scheme inside the model: IO, IOB1, IOB2, BIOES or BILOU
    tokenizer, sentences  how text without tokens is cut (see `crfner.tokenize`)
    pos           "nltk" to add NLTK's part-of-speech tags where the input has no column of its own; None not to
    stages        2 for a first CRF whose view of the whole document the second one sees (see `crfner.stages`)
    seen          whether it is told of each word how other documents of the training text label it (see
                  `crfner.hints.seen`)
    augment       None, or how to make more training text (see `crfner.augment`): "balanced", "mentions,shuffle"
    thresholds    by label, the probability from which a span is given, in place of the most probable tags (see
                  `crfner.crf.thresholds`)
    temperature   what scores are divided by before probabilities are made of them, above 0: above 1 for a model that is
                  too sure (see `crfner.crf.calibration`)
    consistency   how much it is worth that a word has the same label in all sentences of a document: 0, or about 0.6
                  (see `crfner.crf.consistency`); no thresholds go with it
    declared_labels  the labels that training must show, and no others; None to take those that the data has
    seed          of all that is drawn or shuffled; one seed and one corpus give one model, to the byte
    progress      show progress on standard error when that is a terminal

    After `fit`, `fitted_` holds feature set, weights and manifest.
    """

    _repr_html_ = shown_by("model")

    def __init__(
        self,
        features: str | Mapping[str, Any] = "default",
        *,
        lexicons: Mapping[str, Lexicon] | None = None,
        hinters: Mapping[str, Hinter] | None = None,
        functions: Mapping[str, Function] | None = None,
        engine: str | None = None,
        algorithm: str = "lbfgs",
        c1: float | None = None,
        c2: float | None = None,
        iterations: int = 100,
        min_freq: int = 0,
        all_possible_transitions: bool = False,
        left_out: float = 0.0,
        prune: float = 0.0,
        scheme: str = "IOB2",
        tokenizer: str = "default",
        sentences: str = "rules",
        pos: str | None = None,
        stages: int = 1,
        seen: bool = False,
        augment: str | None = None,
        thresholds: Mapping[str, float] | None = None,
        temperature: float = 1.0,
        consistency: float = 0.0,
        declared_labels: Iterable[str] | None = None,
        seed: int = 0,
        progress: bool = False,
    ) -> None:
        self.features = features
        self.lexicons = lexicons
        self.hinters = hinters
        self.functions = functions
        self.engine = engine
        self.algorithm = algorithm
        self.c1 = c1
        self.c2 = c2
        self.iterations = iterations
        self.min_freq = min_freq
        self.all_possible_transitions = all_possible_transitions
        self.left_out = left_out
        self.prune = prune
        self.scheme = scheme
        self.tokenizer = tokenizer
        self.sentences = sentences
        self.pos = pos
        self.stages = stages
        self.seen = seen
        self.augment = augment
        self.thresholds = thresholds
        self.temperature = temperature
        self.consistency = consistency
        self.declared_labels = declared_labels
        self.seed = seed
        self.progress = progress
        self._tagger: Tagger | None = None  # made at first use: it holds functions that cannot be pickled

    def fit(self, documents: Iterable[Document], y: object = None) -> Self:
        """Learn from documents with gold spans, which are read once, as a stream.

        `y` is ignored; it is there for scikit-learn. Ctrl-C keeps the model of the last finished iteration. Warns of
        labels with fewer than 10 entities. Raises CrfnerError when there is nothing to learn from or a declared label
        has no example, SettingError for a parameter without sense.
        """
        from crfner.crf.learning import learn  # who only tags is not kept waiting for it

        self._set(learn(self, documents))
        return self

    def read_by(self, lexicons: Mapping[str, Lexicon] | None) -> Self:
        """This recogniser, made part of another: with all of its lexicons, and without hinters of its own."""
        fitted = self._model()
        self.lexicons, self.hinters = lexicons, None
        features = FeatureSet(fitted.features.config, lexicons, self.functions)
        self._set(replace(fitted, features=features, hinters={}))
        return self

    @property
    def manifest(self) -> Mapping[str, Any]:
        """What a model file says of this recogniser. Raises NotFittedError before `fit`."""
        return self._model().manifest

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that were learnt, sorted. Raises NotFittedError before `fit`."""
        return tuple(self._model().manifest["labels"])

    def recognize(self, documents: Iterable[Document]) -> Iterator[Document]:
        """The documents in order, with the spans of the most probable tags in place of their own.

        With thresholds or consistency other spans may be given than those of the most probable tags.

        A span's score is the probability that exactly this span stands there (see `crfner.crf.decode.Confidence`).
        Documents pass through in batches of some thousand tokens. Raises NotFittedError before `fit`.
        """
        return (document for document, _ in self.weigh((document, ()) for document in documents))

    def weigh(self, pairs: Iterable[tuple[Document, Sequence[Span]]]) -> Iterator[tuple[Document, list[float]]]:
        """As `recognize`, and the probability of each span that comes with a document, whoever found it.

        That is the probability that exactly this span is an entity of this label; 0 for a span that does not begin and
        end with a token of one sentence, or whose label was not learnt. Raises NotFittedError before `fit`.
        """
        self._model()
        prepared = ((self.prepared(document.with_spans(())), asked) for document, asked in pairs)
        for batch in batches(prepared, lambda pair: len(pair[0].tokens)):
            yield from self.tagger().tagged(batch)

    def nbest(self, documents: Iterable[Document], n: int = 10) -> Iterator[Alternatives]:
        """For each sentence of each document its n most probable sets of spans, or all where it has fewer.

        An analysis has the probability exp(score) / Z of its tag sequence (Lafferty et al. 2001), under the model's
        temperature; the probabilities of all analyses with a span sum to the score that `recognize` gives it. The first
        analysis has the best tags, whatever thresholds and consistency. Raises NotFittedError before `fit`,
        SettingError for an n below 1.
        """
        from crfner.crf.alternatives import alternatives

        self._model()
        return alternatives(self, documents, n)

    def tagger(self) -> Tagger:
        """What tags documents that are `prepared`. Raises NotFittedError before `fit`."""
        tagger = self._tagger  # once: another thread may change the settings, and so drop it, at any moment
        if tagger is None:
            tagger = Tagger(self._model(), self.scheme, self.thresholds, self.temperature, self.consistency)
            self._tagger = tagger
        return tagger

    def prepared(self, document: Document) -> Document:
        """The document cut into tokens and sentences as the model sees it."""
        document = whole(tokenized(document, self.tokenizer, self.sentences))
        return with_pos(document, self.pos) if self.pos else document

    def hinted(self, documents: Sequence[Document]) -> list[Document]:
        """The prepared documents, without spans, with what the hinters say of their tokens."""
        return hinted(documents, self._model().hinters)

    def predict(self, documents: Iterable[Document]) -> list[tuple[Span, ...]]:
        """The spans of each document."""
        return [document.spans for document in self.recognize(documents)]

    def score(self, documents: Iterable[Document], y: object = None) -> float:
        """Exact micro-averaged F1 over the documents' gold spans, 0 to 1."""
        from crfner.evaluation import evaluate

        gold = list(documents)
        return evaluate(gold, self.recognize(gold), samples=1).micro.f1

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model file, whole or not at all. Raises CrfnerError when it cannot be written."""
        fitted = self._model()
        store.save(path, fitted.manifest, model_file.to_parts(fitted))

    @classmethod
    def load(cls, path: str | os.PathLike[str], functions: Mapping[str, Function] | None = None) -> Self:
        """Read a model file. Raises CrfnerError when it is missing, damaged, unsafe or of a newer version."""
        return cls.from_stored(store.load_kind(path, model_file.KIND, "a CRF model"), path, functions)

    @classmethod
    def from_stored(
        cls,
        stored: store.Stored,
        path: str | os.PathLike[str],
        functions: Mapping[str, Function] | None = None,
        shared: Shared | None = None,
    ) -> Self:
        """The CRF within a model file that is open already, of whatever kind; `path` is what messages name.

        shared  its lexicons and hinters, where it is one of several that have the same
        """
        fitted = model_file.from_stored(stored, path, functions, shared)
        settings = fitted.manifest["settings"]
        missing = [name for name in RECORDED if name not in (*settings, *ADDED)]
        if missing:
            raise CrfnerError(f"{path}: the model is damaged: its manifest lacks the setting {missing[0]!r}")
        recognizer = cls(
            fitted.features.config,
            lexicons=fitted.features.lexicons or None,
            hinters={name: hinter for name, hinter in fitted.hinters.items() if hinter.kind not in LEARNT} or None,
            functions=functions,
            **{name: settings.get(name, ADDED.get(name)) for name in RECORDED},
        )
        try:
            recognizer.settings()
        except (SettingError, TypeError, AttributeError) as error:
            raise CrfnerError(f"{path}: the model is damaged: {error}") from None
        recognizer._set(fitted)
        return recognizer

    def _set(self, fitted: Fitted) -> None:
        self.fitted_ = fitted
        self._tagger = None

    def _model(self) -> Fitted:
        if not hasattr(self, "fitted_"):
            from sklearn.exceptions import NotFittedError

            raise NotFittedError("this CRFRecognizer has learnt nothing yet; call fit or load a model")
        return self.fitted_

    # What scikit-learn asks of an estimator; inheriting from its BaseEstimator would cost every start a second.

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The constructor's parameters."""
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    def set_params(self, **parameters: Any) -> Self:
        """Set constructor parameters. Raises ValueError for an unknown one."""
        known = self.get_params()
        for name, value in parameters.items():
            if name not in known:
                raise ValueError(f"CRFRecognizer has no parameter {name!r}; it has {', '.join(known)}")
            setattr(self, name, value)
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "fitted_")

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import Tags, TargetTags

        return Tags(estimator_type=None, target_tags=TargetTags(required=False))

    def __repr__(self) -> str:
        defaults = inspect.signature(type(self)).parameters
        changed = {name: value for name, value in self.get_params().items() if value != defaults[name].default}
        return f"CRFRecognizer({', '.join(f'{name}={value!r}' for name, value in changed.items())})"

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_tagger": None}

    def check(self) -> None:
        """Raise SettingError for a parameter without sense, as `fit` would, but before any work is done."""
        from crfner.crf.engines import check_engine  # it brings CRFsuite along

        settings = self.settings()
        check_engine(self.engine, settings["algorithm"])
        self.feature_set()

    def add_scores(self, name: str, scores: Mapping[str, Any]) -> None:
        """Keep scores in the model's manifest under a name such as "dev"."""
        fitted = self._model()
        kept = {**fitted.manifest.get("scores", {}), name: dict(scores)}
        self.fitted_ = replace(fitted, manifest={**fitted.manifest, "scores": kept})

    def set_thresholds(self, thresholds: Mapping[str, float] | None) -> None:
        """Give spans by these thresholds from now on.

        Raises SettingError for one that is no probability, and when there is consistency.
        """
        fitted = self._model()
        thresholds = checked_thresholds(thresholds)
        check_apart(thresholds, self.consistency)
        self.thresholds = thresholds
        self._set(with_setting(fitted, "thresholds", self.thresholds))

    def set_temperature(self, temperature: float) -> None:
        """Make probabilities under this temperature from now on. Raises SettingError for one that is not above 0."""
        fitted = self._model()
        self.temperature = checked_temperature(temperature)
        self._set(with_setting(fitted, "temperature", self.temperature))

    def feature_set(self) -> FeatureSet:
        """The features with their lexicons and functions. Raises SettingError for a name or setting without sense."""
        for what, named in (("lexicon", self.lexicons), ("hinter", self.hinters)):
            for name in named or ():
                if not _NAME.fullmatch(name):
                    raise SettingError(f"a {what} cannot be named {name!r}; use letters of a to z, digits and _")
        config = {"base": self.features} if isinstance(self.features, str) else self.features
        if self.pos:
            config = {"columns": {}, **config}  # tags that no feature reads would be work for nothing
        if self.hinters or self.stages > 1 or self.seen:
            config = with_hits_read(config)
        try:
            return FeatureSet(config, self.lexicons, self.functions)
        except ValueError as error:
            raise SettingError(str(error)) from None

    def settings(self) -> dict[str, Any]:
        """The parameters, checked and complete, as the manifest keeps them. Raises SettingError for a wrong one."""
        if isinstance(self.declared_labels, str):
            raise SettingError(f"declared_labels should be a list of labels, not the text {self.declared_labels!r}")
        return checked({name: getattr(self, name) for name in RECORDED})
