"""FeatureSet: a plain dictionary of named features, made ready to extract.

The configuration maps names to settings (see `features.presets`). Entries are: a word feature by its name, with
`window` and its own settings; `conjunctions`, a list of lists such as ["lower[-1]", "lower[0]"]; `bag`, `position`,
`capitals`, `elsewhere`, `columns`; and, where lexicons are given, `gazetteers` and `clusters`.
"""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from features import context
from features.channels import Cache, Channel, Sentences, view
from features.lexicons import Clusters, Gazetteer, Lexicon
from features.presets import Config, resolve
from features.words import WORD_FEATURES, WordFeature

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_PART = re.compile(r"(\w+)\[([+-]?\d+)\]")
_NOT_OF_WORDS = ("conjunctions", "bag", "position", "capitals", "elsewhere", "columns", "gazetteers", "clusters")


@dataclass(frozen=True, slots=True)
class OfSentence:
    """Marks a function of your own as one of a sentence: list of words -> list over words of lists of values."""

    function: Callable[[Sequence[str]], list[list[str]]]


@dataclass(frozen=True, slots=True)
class OfDocument:
    """Marks a function of your own as one of a document: sentences of words -> sentences of lists of values."""

    function: Callable[[Sentences], list[list[list[str]]]]


Function = WordFeature | OfSentence | OfDocument


class FeatureSet:
    """Features by name and setting, with the lexicons and functions they use.

    config     plain dictionary (see the module's text); may name a preset as its "base"
    lexicons   gazetteers and clusters by name
    functions  functions of your own by name, beside or in place of those in WORD_FEATURES; name them in `config` too

    Raises ValueError for an unknown name or setting, saying which are known.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        lexicons: Mapping[str, Lexicon] | None = None,
        functions: Mapping[str, Function] | None = None,
    ) -> None:
        self.config: Config = resolve(config)
        self.lexicons = dict(lexicons or {})
        self.functions = dict(functions or {})
        self.channels = tuple(self._channels())
        if not self.channels:
            raise ValueError("the feature set is empty: name at least one feature")
        self.pad = max(abs(offset) for channel in self.channels for offset in channel.offsets)
        self._caches = [(channel, Cache(channel.attributes)) for channel in self.channels]

    def __repr__(self) -> str:
        return f"FeatureSet({self.config!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FeatureSet) and (self.config, self.lexicons) == (other.config, other.lexicons)

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return FeatureSet, (self.config, self.lexicons, self.functions)

    def lists(self, sentences: Sentences, columns: Sequence[Sequence[str]] = ()) -> list[list[list[str]]]:
        """Attribute strings of one document: a list over sentences of lists over tokens of lists of strings.

        `columns` holds further values a token, each column a flat list over the document's tokens. An attribute that
        holds twice (a word twice in the bag) stands twice.
        """
        laid = view(sentences, columns, self.pad)
        parts: list[list[list[str]]] = []
        for channel, cache in self._caches:
            rows = list(map(cache.__getitem__, channel.keys(laid)))
            for number, offset in enumerate(channel.offsets):
                parts.append([rows[position + offset][number] for position in laid.positions])
        tokens = map(list, map(chain.from_iterable, zip(*parts, strict=True)))
        return [[next(tokens) for _ in words] for words in sentences]

    def dicts(self, sentences: Sentences, columns: Sequence[Sequence[str]] = ()) -> list[list[dict[str, float]]]:
        """The same as dictionaries attribute -> count, the form that scikit-learn's and CRFsuite's users know."""
        return [[_counts(token) for token in words] for words in self.lists(sentences, columns)]

    def matrix(
        self, sentences: Sentences, columns: Sequence[Sequence[str]] = (), vocabulary: Mapping[str, int] | None = None
    ) -> tuple[csr_matrix, dict[str, int]]:
        """The same as a scipy CSR matrix of counts, tokens by attributes, with its vocabulary attribute -> column.

        With a `vocabulary` given, attributes outside it are left out and the columns are its own.
        """
        from scipy.sparse import csr_matrix

        known: dict[str, int] = dict(vocabulary or {})
        indices: list[int] = []
        borders = [0]
        for token in chain.from_iterable(self.lists(sentences, columns)):
            if vocabulary is None:
                indices.extend(known.setdefault(attribute, len(known)) for attribute in token)
            else:
                indices.extend(known[attribute] for attribute in token if attribute in known)
            borders.append(len(indices))
        found = csr_matrix(([1.0] * len(indices), indices, borders), shape=(len(borders) - 1, len(known)))
        found.sum_duplicates()
        return found, known

    def _channels(self) -> Iterator[Channel]:
        config = self.config
        functions: dict[str, Function] = {**WORD_FEATURES, **self.functions}
        unknown = [name for name in config if name not in functions and name not in _NOT_OF_WORDS]
        if unknown:
            known = ", ".join(sorted([*functions, *_NOT_OF_WORDS]))
            raise ValueError(f"unknown feature {unknown[0]!r}; known are {known}")
        words: dict[str, tuple[tuple[int, ...], context.Valued]] = {}
        for name, settings in config.items():
            if name in functions:
                function = functions[name]
                settings = _settings(name, settings)
                offsets = context.window(settings.pop("window", 0))
                if isinstance(function, OfSentence | OfDocument):
                    yield context.values_channel(name, offsets, _of_document(function))
                else:
                    _accepts(name, function, settings)
                    words[name] = (offsets, context.bind(function, settings))
        words.update(self._cluster_features())
        bag = _read(config, "bag", size=4)
        if words or bag:
            yield context.word_channel(words, bag["size"] if bag else 0)
        values: dict[str, Cache[str | None, str]] = {}
        for parts in config.get("conjunctions", ()):
            yield context.conjunction_channel([_part(text, functions, values) for text in parts])
        if _read(config, "position") is not None:
            yield context.position_channel()
        if _read(config, "capitals") is not None:
            yield context.capitals_channel()
        if evidence := _read(config, "elsewhere", window=0, neighbours=4):
            yield context.elsewhere_channel(context.window(evidence["window"]), evidence["neighbours"])
        if columns := _read(config, "columns", indices=[0], window=1):
            for index in columns["indices"]:
                yield context.column_channel(index, context.window(columns["window"]))
        if gazetteers := _read(config, "gazetteers", window=0):
            for name, lexicon in sorted(self.lexicons.items()):
                if isinstance(lexicon, Gazetteer):
                    yield context.gazetteer_channel(name, lexicon, context.window(gazetteers["window"]))

    def _cluster_features(self) -> Iterator[tuple[str, tuple[tuple[int, ...], context.Valued]]]:
        clusters = _read(self.config, "clusters", window=1, lengths=[4, 6, 10, 20])
        for name, lexicon in sorted(self.lexicons.items()):
            if clusters and isinstance(lexicon, Clusters):
                function = context.bind(lexicon.prefixes, {"lengths": clusters["lengths"]})
                yield f"cluster.{name}", (context.window(clusters["window"]), function)


def _part(
    text: str, functions: Mapping[str, Function], known: dict[str, Cache[str | None, str]]
) -> tuple[str, Cache[str | None, str], int]:
    """Read one part of a conjunction, such as "lower[-1]"; parts of one feature share its cache in `known`."""
    match = _PART.fullmatch(text)
    function = functions.get(match[1]) if match else None
    if match is None or function is None or isinstance(function, OfSentence | OfDocument):
        raise ValueError(f"a conjunction joins word features at offsets, such as 'lower[-1]', not {text!r}")
    return match[1], known.setdefault(match[1], context.joined(function)), int(match[2])


def _read(config: Config, name: str, **defaults: Any) -> dict[str, Any] | None:
    """The settings of an entry over its defaults, or None when it is off. Raises ValueError for an unknown setting."""
    if name not in config:
        return None
    settings = _settings(name, config[name])
    for setting in settings:
        if setting not in defaults:
            known = f"; known are {', '.join(defaults)}" if defaults else ""
            raise ValueError(f"feature {name!r} has no setting {setting!r}{known}")
    return {**defaults, **settings}


def _settings(name: str, settings: Any) -> dict[str, Any]:
    if not isinstance(settings, Mapping):
        raise ValueError(f"the settings of feature {name!r} should be a dictionary, not {settings!r}")
    return dict(settings)


def _accepts(name: str, function: WordFeature, settings: Mapping[str, Any]) -> None:
    parameters = list(inspect.signature(function).parameters)[1:]
    for setting in settings:
        if setting not in parameters:
            raise ValueError(
                f"feature {name!r} has no setting {setting!r}; known are {', '.join(['window', *parameters])}"
            )


def _of_document(function: OfSentence | OfDocument) -> Callable[[Sentences], list[list[list[str]]]]:
    if isinstance(function, OfDocument):
        return function.function
    of_sentence = function.function
    return lambda sentences: [of_sentence(words) for words in sentences]


def _counts(attributes: Iterable[str]) -> dict[str, float]:
    return {attribute: float(count) for attribute, count in Counter(attributes).items()}
