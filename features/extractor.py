"""FeatureSet: a plain dictionary of named features, made ready to extract.

The configuration maps names to settings (see `features.presets`). Entries are: a word feature by its name, with
`window` and its own settings, which may be one that another package brings (see `features.plugins`); `conjunctions`, a
list of lists such as ["lower[-1]", "lower[0]"] of word features, with the settings that they have in the set; `bag`,
`position`, `capitals`, `elsewhere`, `columns`, `hits`; and, where lexicons are given, `gazetteers`, `clusters` and
`vectors`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from features import context, plugins, settings
from features.channels import Cache, Channel, Hits, Sentences, view
from features.lexicons import Clusters, Gazetteer, Lexicon
from features.presets import Config, resolve
from features.vectors import Vectors
from features.words import WORD_FEATURES, WordFeature

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_PART = re.compile(r"(.+)\[([+-]?\d+)\]")
_NOT_OF_WORDS = ("conjunctions", "bag", "position", "capitals", "elsewhere", "columns", "hits", "gazetteers",
                 "clusters", "vectors")  # fmt: skip


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
    lexicons   gazetteers, clusters and vectors by name
    functions  functions of your own by name, beside or in place of those in WORD_FEATURES; name them in `config` too

    `packages` has, for each feature that another installed package brings, that package's name and version.

    Two feature sets are equal when they extract the same: by config, lexicons and functions. Raises ValueError for an
    unknown name or setting, saying which are known.
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
        known = {*WORD_FEATURES, *self.functions, *_NOT_OF_WORDS}
        brought = plugins.brought(_named(self.config) - known, (OfSentence, OfDocument))
        self.packages = {name: found.package for name, found in sorted(brought.items())}
        self._brought: dict[str, Function] = {name: found.function for name, found in brought.items()}
        self.channels = tuple(self._channels())
        if not self.channels:
            raise ValueError(
                "the feature set is empty: name at least one feature (gazetteers, clusters, vectors need lexicons too)"
            )
        self.pad = max(max(channel.reach, *map(abs, channel.offsets)) for channel in self.channels)
        self._caches = [(channel, Cache(channel.attributes)) for channel in self.channels]

    def __repr__(self) -> str:
        return f"FeatureSet({self.config!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FeatureSet) and self.__reduce__() == other.__reduce__()

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:  # caches are not pickled
        return FeatureSet, (self.config, self.lexicons, self.functions)

    def lists(
        self, sentences: Sentences, columns: Sequence[Sequence[str]] = (), hits: Hits = ()
    ) -> list[list[list[str]]]:
        """Attribute strings of one document: a list over sentences of lists over tokens of lists of strings.

        `columns` holds further values a token, each column a flat list over the document's tokens; `hits` is a flat
        list over the tokens of the values that something else, such as rules, gives each. An attribute that holds
        twice (a word twice in the bag) stands twice. Raises ValueError for an empty token, a column or hits of another
        length, or a function of your own that gives no list of values for each token.
        """
        laid = view(sentences, columns, self.pad, hits)
        parts: list[list[list[str]]] = []
        for channel, cache in self._caches:
            rows = list(map(cache.__getitem__, channel.keys(laid)))
            for number, offset in enumerate(channel.offsets):
                parts.append([rows[position + offset][number] for position in laid.positions])
        tokens = map(list, map(chain.from_iterable, zip(*parts, strict=True)))
        return [[next(tokens) for _ in words] for words in sentences]

    def dicts(
        self, sentences: Sentences, columns: Sequence[Sequence[str]] = (), hits: Hits = ()
    ) -> list[list[dict[str, float]]]:
        """The same as dictionaries attribute -> count, the form that scikit-learn's and CRFsuite's users know."""
        return [[_counts(token) for token in words] for words in self.lists(sentences, columns, hits)]

    def matrix(
        self,
        sentences: Sentences,
        columns: Sequence[Sequence[str]] = (),
        vocabulary: Mapping[str, int] | None = None,
        hits: Hits = (),
    ) -> tuple[csr_matrix, dict[str, int]]:
        """The same as a scipy CSR matrix of counts, tokens by attributes, with its vocabulary attribute -> column.

        With a `vocabulary` given, attributes outside it are left out and the columns are its own.
        """
        from scipy.sparse import csr_matrix

        known: dict[str, int] = dict(vocabulary or {})
        indices: list[int] = []
        borders = [0]
        for token in chain.from_iterable(self.lists(sentences, columns, hits)):
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
        taken = [name for name in self.functions if name in _NOT_OF_WORDS]
        if taken:
            raise ValueError(f"a function of your own cannot be named {taken[0]!r}, which is another feature's name")
        functions: dict[str, Function] = {**WORD_FEATURES, **self._brought, **self.functions}
        unknown = [name for name in config if name not in functions and name not in _NOT_OF_WORDS]
        if unknown:
            known = ", ".join(sorted({*functions, *_NOT_OF_WORDS, *plugins.offered()}))
            raise ValueError(f"unknown feature {unknown[0]!r}; known are {known}")
        words: dict[str, tuple[tuple[int, ...], context.Valued]] = {}
        for name in config:
            if name in functions:
                function = functions[name]
                own = settings.mapping(name, config[name])
                offsets = settings.window(name, own.pop("window", 0))
                if isinstance(function, OfSentence | OfDocument):
                    settings.accepts(name, function.function, own)
                    yield context.values_channel(name, offsets, _of_document(function, own))
                else:
                    words[name] = (offsets, self._of_word(name, function, own))
        words.update(self._lexicon_features())
        bag = settings.read(config, "bag", size=4)
        if words or bag:
            yield context.word_channel(words, bag["size"] if bag else 0)
        yield from self._conjunctions(functions, words)
        if settings.read(config, "position") is not None:
            yield context.position_channel()
        if settings.read(config, "capitals") is not None:
            yield context.capitals_channel()
        if evidence := settings.read(config, "elsewhere", window=0, neighbours=4):
            yield context.elsewhere_channel(evidence["window"], evidence["neighbours"])
        if columns := settings.read(config, "columns", indices=[0], window=1):
            for index in columns["indices"]:
                yield context.column_channel(index, columns["window"])
        if hits := settings.read(config, "hits", window=1):
            yield context.hits_channel(hits["window"])
        if gazetteers := settings.read(config, "gazetteers", window=0):
            for name, lexicon in sorted(self.lexicons.items()):
                if isinstance(lexicon, Gazetteer):
                    yield context.gazetteer_channel(name, lexicon, gazetteers["window"])

    def _of_word(self, name: str, function: WordFeature, own: Mapping[str, Any]) -> context.Valued:
        """A word feature with its settings fixed."""
        settings.accepts(name, function, own)
        if name not in self.functions and name not in self._brought:
            settings.check(name, own)
            return partial(function, **own) if own else function

        def values(word: str) -> list[str]:
            found = function(word, **own)
            if isinstance(found, str):  # it would fall apart into its letters
                raise ValueError(f"feature {name!r} must give a list of values, not the string {found!r}")
            return found

        return values

    def _lexicon_features(self) -> Iterator[tuple[str, tuple[tuple[int, ...], context.Valued]]]:
        """Features of words that lexicons give."""
        clusters = settings.read(self.config, "clusters", window=1, lengths=[4, 6, 10, 20])
        vectors = settings.read(self.config, "vectors", window=0)
        for name, lexicon in sorted(self.lexicons.items()):
            if clusters and isinstance(lexicon, Clusters):
                yield f"cluster.{name}", (clusters["window"], partial(lexicon.prefixes, lengths=clusters["lengths"]))
            if vectors and isinstance(lexicon, Vectors):
                yield f"vector.{name}", (vectors["window"], lexicon.apart)

    def _conjunctions(
        self, functions: Mapping[str, Function], words: Mapping[str, tuple[tuple[int, ...], context.Valued]]
    ) -> Iterator[Channel]:
        conjunctions = self.config.get("conjunctions", [])
        if not isinstance(conjunctions, list) or not all(isinstance(parts, list) and parts for parts in conjunctions):
            raise ValueError(
                f"conjunctions should be a list of lists such as ['lower[-1]', 'lower[0]'], not {conjunctions!r}"
            )
        of_words = {
            name: self._of_word(name, function, {})
            for name, function in functions.items()
            if not isinstance(function, OfSentence | OfDocument)
        }
        of_words.update((name, function) for name, (_, function) in words.items())
        values = {name: context.joined(function) for name, function in of_words.items()}
        for texts in conjunctions:
            parts = []
            for text in texts:
                match = _PART.fullmatch(str(text))
                if match is None or match[1] not in values or abs(int(match[2])) > settings.WIDEST:
                    raise ValueError(f"a conjunction joins word features at offsets, such as 'lower[-1]', not {text!r}")
                parts.append((match[1], values[match[1]], int(match[2])))
            yield context.conjunction_channel(parts)


def _named(config: Config) -> set[str]:
    """The features that a configuration names, in its entries and in its conjunctions; what is none is told later."""
    conjunctions = config.get("conjunctions")
    parts = chain.from_iterable(filter(lambda one: isinstance(one, list), conjunctions or ()))
    matches = (_PART.fullmatch(str(part)) for part in parts)
    return {*config, *(match[1] for match in matches if match)}


def _of_document(
    function: OfSentence | OfDocument, own: Mapping[str, Any]
) -> Callable[[Sentences], list[list[list[str]]]]:
    """A function of one's own as one of a document, with its settings fixed."""
    if isinstance(function, OfDocument):
        return partial(function.function, **own)
    of_sentence = partial(function.function, **own)
    return lambda sentences: [of_sentence(words) for words in sentences]


def _counts(attributes: Iterable[str]) -> dict[str, float]:
    return {attribute: float(count) for attribute, count in Counter(attributes).items()}
