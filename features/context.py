"""Features of a sentence: windows over word features, conjunctions, bag of words, position, and further columns.

Each function here builds the `Channel` for one entry of a feature set's configuration. The forms of channels
are arrays; they are imported when one is built, as whatever only asks for help has no use for NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial

from features.channels import Cache, Channel, Key, Sentences, View
from features.documents import capitals, elsewhere
from features.lexicons import Gazetteer

Valued = Callable[[str], Sequence[str]]
"""A word feature with its settings bound."""


def word_channel(features: dict[str, tuple[tuple[int, ...], Valued]], bag: int) -> Channel:
    """All features of single words in one channel, keyed by the word: name -> (offsets, function).

    `bag` words to each side give `bag=…` besides, the same attribute wherever they stand.
    """
    offsets = {offset for window_, _ in features.values() for offset in window_}
    offsets.update(range(-bag, bag + 1))
    ordered = tuple(sorted(offsets))
    functions = [function for _, function in features.values()]
    # for each offset: how the attributes begin, with the number of the function whose values follow
    plan = [
        [
            (f"{name}[{offset}]=", number)
            for number, (name, (window_, _)) in enumerate(features.items())
            if offset in window_
        ]
        for offset in ordered
    ]
    in_bag = [0 < abs(offset) <= bag for offset in ordered]
    border = [[f"border[{offset}]"] if abs(offset) <= 2 else [] for offset in ordered]

    def attributes(word: Key) -> list[list[str]]:
        if word is None:
            return border
        assert isinstance(word, str)
        values = [function(word) for function in functions]
        found = [[start + value for start, number in starts for value in values[number]] for starts in plan]
        if bag:
            bagged = f"bag={word.lower()}"
            for row, inside in zip(found, in_bag, strict=True):
                if inside:
                    row.append(bagged)
        return found

    from features.typed import OfWords, Part

    parts = tuple(Part(name, window_, function) for name, (window_, function) in features.items())
    return Channel("word", ordered, lambda view: list(view.words), attributes, form=OfWords(parts, bag))


def joined(function: Valued) -> Cache[str | None, str]:
    """One string a word for conjunctions: of several values, their joint value; "" beyond the border."""
    return Cache(lambda word: "" if word is None else "+".join(function(word)))


def conjunction_channel(parts: Sequence[tuple[str, Cache[str | None, str], int]]) -> Channel:
    """Several word features at fixed offsets joined into one value: parts are (name, `joined` function, offset)."""
    name = "&".join(f"{feature}[{offset}]" for feature, _, offset in parts)
    start = f"{name}="

    def keys(view: View) -> list[Key]:
        shifted = []
        size = len(view.words)
        for _, values_of, offset in parts:
            values = list(map(values_of.__getitem__, view.words))
            # what is shifted in at either end lies in the empty places there: those reach as far as any offset
            shifted.append(values[offset:] + [""] * offset if offset >= 0 else [""] * -offset + values[: size + offset])
        # one string and not a tuple: it is hashed once, and the garbage collector has nothing to walk
        return list(map("|".join, zip(*shifted, strict=True)))

    def attributes(key: Key) -> list[list[str]]:
        assert isinstance(key, str)
        return [[start + key]]

    from features.typed import Joint

    form = Joint(tuple((feature, values_of.__getitem__, offset) for feature, values_of, offset in parts))
    return Channel(name, (0,), keys, attributes, reach=max(abs(offset) for _, _, offset in parts), form=form)


def column_channel(index: int, offsets: tuple[int, ...]) -> Channel:
    """A further column of the input, such as part-of-speech tags; silent where the input lacks it."""
    name = f"column{index}"

    def keys(view: View) -> list[Key]:
        if index >= len(view.columns):
            return [None] * len(view.words)
        return view.spread(view.columns[index])

    def attributes(value: Key) -> list[list[str]]:
        return [[] if value is None else [f"{name}[{offset}]={value}"] for offset in offsets]

    return Channel(name, offsets, keys, attributes)


def hits_channel(offsets: tuple[int, ...]) -> Channel:
    """What rules, or whatever else looked at the document, say of a token; silent where nothing did."""

    def keys(view: View) -> list[Key]:
        return view.spread([tuple(values) for values in view.hits]) if view.hits else [None] * len(view.words)

    def attributes(key: Key) -> list[list[str]]:
        values = key if isinstance(key, tuple) else ()
        return [[f"hit[{offset}]={value}" for value in values] for offset in offsets]

    return Channel("hit", offsets, keys, attributes, of_hits=True)


def position_channel() -> Channel:
    """Where a token stands in its sentence: first, second, inner, last, or alone."""
    from features.typed import Positions

    def keys(view: View) -> list[Key]:
        return view.spread([key for words in view.sentences for key in _positions(len(words))])

    return Channel("position", (0,), keys, lambda key: [[f"position={key}"]], form=Positions())


def _positions(length: int) -> list[str]:
    if length <= 1:
        return ["alone"] * length
    before = ["first", "second"] + ["inner"] * (length - 3)
    return [*before[: length - 1], "last"]


def capitals_channel() -> Channel:
    """Whether the sentence is written in capitals, where the case of its words tells nothing."""
    from features.typed import Capitals

    def keys(view: View) -> list[Key]:
        flags = capitals(view.sentences)
        return view.spread([flag for words, flag in zip(view.sentences, flags, strict=True) for _ in words])

    return Channel("capitals", (0,), keys, lambda key: [["capitals"] if key else []], form=Capitals())


def elsewhere_channel(offsets: tuple[int, ...], neighbours: int) -> Channel:
    """What the same word does elsewhere in the document (see `features.documents`)."""
    from features.typed import Elsewhere

    channel = values_channel("elsewhere", offsets, partial(elsewhere, neighbours=neighbours))
    return replace(channel, form=Elsewhere(neighbours))


def gazetteer_channel(name: str, gazetteer: Gazetteer, offsets: tuple[int, ...]) -> Channel:
    """The token's place in the longest match of a gazetteer."""
    return values_channel(
        f"gazetteer.{name}",
        offsets,
        lambda sentences: [[[place] if place else [] for place in gazetteer.match(words)] for words in sentences],
    )


def values_channel(
    name: str, offsets: tuple[int, ...], function: Callable[[Sentences], Sequence[Sequence[Iterable[str]]]]
) -> Channel:
    """A function of a whole document: sentences of words -> sentences of words of values.

    Extraction raises ValueError when the function does not give a list of values for each token.
    """

    def keys(view: View) -> list[Key]:
        rows = function(view.sentences)
        fits = [len(row) for row in rows] == [len(words) for words in view.sentences]
        if not fits or any(isinstance(values, str) for row in rows for values in row):
            raise ValueError(f"feature {name!r} must give one list of values for each token")
        return view.spread([tuple(values) for row in rows for values in row])

    def attributes(key: Key) -> list[list[str]]:
        values = key if isinstance(key, tuple) else ()
        return [[f"{name}[{offset}]={value}" for value in values] for offset in offsets]

    return Channel(name, offsets, keys, attributes)
