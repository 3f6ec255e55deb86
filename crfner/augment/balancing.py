"""Which sentences are augmented, and how often: those of the rarest labels, up to a target and a cap.

At each step the label that has the fewest mentions, the new ones counted in, gets a new sentence, made of the source
sentence with this label whose turn it is. So labels are raised evenly, and a sentence that has several rare labels
serves all of them.

Public names: `augmented`.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from crfner.augment.methods import METHODS
from crfner.augment.mixtures import DEFAULT, mixture_of
from crfner.augment.pool import Pool
from crfner.augment.sentences import Sentence, as_document, sentences_of, touching
from crfner.document import Chunk, Document
from crfner.errors import SettingError

_TRIES = 3  # methods that are tried on a source sentence in its turn
_COPIES = "oversampling"


@dataclass(frozen=True, slots=True)
class _Source:
    """A sentence, where it comes from, and its own name."""

    sentence: Sentence
    document: int
    number: int
    id: str | None


def augmented(
    documents: Sequence[Document],
    methods: str | Mapping[str, float] = DEFAULT,
    *,
    seed: int = 0,
    target: int | None = None,
    cap: int | None = None,
    lexicon: Mapping[str, Sequence[str]] | None = None,
) -> list[Document]:
    """The documents, and after them new ones of a sentence each.

    methods  a mixture's name, methods such as "mentions,shuffle" or "mentions=2,typos", or weights by method
    seed     the same seed, documents and settings give the same new documents
    target   every label is to have so many mentions, as far as the cap allows; None for the mixture's own, a share of
             the mean number of mentions a label, for the labels that are rare by its measure
    cap      new documents of one source sentence, at most; None for the mixture's own
    lexicon  terms by label, which may stand for mentions

    A new document has tokens, one sentence, and in `meta["augmented"]` the parent's id (its number, counted from 0,
    where it has none), the number of the sentence there and the method. It is unlike every sentence there was, unless
    it is made by oversampling. Sentences with overlapping spans are not augmented. Documents without tokens are
    tokenised for it by the default tokeniser; tokenise them first where another is wanted.

    Raises SettingError for an unknown method or label, or a target or cap below 1.
    """
    mixture = mixture_of(methods)
    for name, value in (("target", target), ("cap", cap)):
        if value is not None and value < 1:
            raise SettingError(f"the {name} of augmentation should be at least 1, not {value}")
    sources = list(_sources(documents))
    counts = Counter(label for source in sources for *_, label in source.sentence.chunks)
    unknown = sorted(set(lexicon or ()) - set(counts))
    if unknown:
        raise SettingError(
            f"the lexicon has terms of {unknown[0]!r}, but no mention in the data has this label; annotate some or "
            "leave the terms out"
        )
    if not counts:
        return list(documents)
    mean = counts.total() / len(counts)
    rare = [label for label in sorted(counts) if target is not None or counts[label] < mixture.rare * mean]
    if target is None:
        target = round(mixture.share * mean)
    pool = Pool([source.sentence for source in sources], lexicon)
    turns = _Turns(sources, rare, counts, target, mixture.cap if cap is None else cap, Random(seed))
    new = turns.documents(pool, mixture.weights)
    return [*documents, *new]


def _sources(documents: Sequence[Document]) -> Iterator[_Source]:
    for place, document in enumerate(documents):
        for number, sentence in enumerate(sentences_of(document)):
            if sentence is not None:
                yield _Source(sentence, place, number, document.id)


class _Turns:
    """The source sentences of each label, in turn."""

    def __init__(
        self,
        sources: Sequence[_Source],
        labels: Sequence[str],
        counts: Counter[str],
        target: int,
        cap: int,
        rng: Random,
    ) -> None:
        self._sources, self._counts, self._target, self._cap, self._rng = sources, counts, target, cap, rng
        self._waiting: dict[str, deque[int]] = {label: deque() for label in labels}
        self._uses = [0] * len(sources)
        for number in rng.sample(range(len(sources)), len(sources)):
            for label in {label: None for *_, label in sources[number].sentence.chunks}:
                if label in self._waiting:
                    self._waiting[label].append(number)

    def documents(self, pool: Pool, weights: Mapping[str, float]) -> Iterator[Document]:
        """New documents, until every label has its target or no source sentence is left for it."""
        together = touching(pool.sentences)
        seen = {_key(source.sentence) for source in self._sources}
        made = 0
        while (turn := self._next()) is not None:
            label, number = turn
            source = self._sources[number]
            self._uses[number] += 1
            found = self._made(source.sentence, label, pool, weights, seen)
            if found is None:
                continue
            method, sentence = found
            seen.add(_key(sentence))
            self._counts.update(label for *_, label in sentence.chunks)
            made += 1
            parent = source.document if source.id is None else source.id
            meta = {"augmented": {"parent": parent, "sentence": source.number, "method": method}}
            yield as_document(sentence, None if source.id is None else f"{source.id}+{made}", meta, together)

    def _next(self) -> tuple[str, int] | None:
        """The rarest label that is below the target, and the source sentence whose turn it is."""
        while True:
            below = [
                label for label, waiting in self._waiting.items() if waiting and self._counts[label] < self._target
            ]
            if not below:
                return None
            label = min(below, key=self._counts.__getitem__)
            number = self._waiting[label].popleft()
            if self._uses[number] < self._cap:
                self._waiting[label].append(number)
                return label, number

    def _made(
        self, sentence: Sentence, label: str, pool: Pool, weights: Mapping[str, float], seen: set[_Key]
    ) -> tuple[str, Sentence] | None:
        """A method and the new sentence with this label that it made; None when the tries are used up."""
        for name in self._rng.choices([*weights], weights=[*weights.values()], k=_TRIES):
            new = METHODS[name](sentence, pool, self._rng)
            if new is None or not any(found == label for *_, found in new.chunks):
                continue
            if name == _COPIES or _key(new) not in seen:
                return name, new
        return None


_Key = tuple[tuple[str, ...], tuple[Chunk, ...]]


def _key(sentence: Sentence) -> _Key:
    """What makes two sentences the same: their words and mentions."""
    return sentence.texts(), sentence.chunks
