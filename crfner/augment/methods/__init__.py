"""The methods: each makes a new sentence of one that is given, with what it draws from a pool.

A method is a function (sentence, pool, rng) -> sentence, or None where it can do nothing with this one. It changes
what it is given in one way and leaves the labels right; how often it is called is not its concern.

Public names: `METHODS`, `Method`.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from crfner.augment.methods.crossing import crossed_over, filled_template
from crfner.augment.methods.mentions import alike_mentions, other_mentions
from crfner.augment.methods.noise import other_case, typing_errors
from crfner.augment.methods.synonyms import with_synonyms
from crfner.augment.methods.words import other_words, shuffled
from crfner.augment.pool import Pool
from crfner.augment.sentences import Sentence

Method = Callable[[Sentence, Pool, Random], Sentence | None]


def oversampled(sentence: Sentence, pool: Pool, rng: Random) -> Sentence:
    """The sentence once more."""
    return sentence


METHODS: dict[str, Method] = {
    "oversampling": oversampled,
    "mentions": other_mentions,
    "alike": alike_mentions,
    "templates": filled_template,
    "tokens": other_words,
    "shuffle": shuffled,
    "synonyms": with_synonyms,
    "crossover": crossed_over,
    "case": other_case,
    "typos": typing_errors,
}
"""The methods by name.

oversampling  the sentence once more
mentions      mentions become others of the same label, from the data or a lexicon (Dai and Adel 2020)
alike         the same, of mentions that are written alike only: as many words, of the same forms
templates     the sentence's mentions in the slots of another sentence that has slots for them
tokens        words become others that were seen with the same tag (Dai and Adel 2020)
shuffle       words change places within a mention or a stretch without any (Dai and Adel 2020)
synonyms      words outside mentions become synonyms from WordNet (Dai and Adel 2020)
crossover     the sentence up to a word, and another one from there on, where both have the same context
case          all in lower case, all in capitals, or mentions or all words with other capitals
typos         letters swapped, doubled, left out or replaced by a neighbour on the keyboard

`mentions` and `templates` are in the default mixture. `shuffle` and `oversampling` raised rare labels too, but lowered
F1 over all; `synonyms` and `case` have not been measured (see `benchmarks/rare_labels.py`).
"""
