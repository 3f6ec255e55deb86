"""Two sentences make one: the beginning of one and the end of another, or the mentions of one in the slots of another.

Public names: `crossed_over`, `filled_template`.
"""

from __future__ import annotations

from random import Random

from crfner.augment.methods.mentions import drawn_mention
from crfner.augment.pool import Pool, cut_places
from crfner.augment.sentences import Sentence, Words

_TRIES = 5


def crossed_over(sentence: Sentence, pool: Pool, rng: Random) -> Sentence | None:
    """The sentence up to a place or from it on, joined to what another has there, where the context is the same.

    The places are outside mentions; the same word or label stands before both, and the same label or a word of the same
    form behind. What is kept of the sentence holds a mention.
    """
    places = cut_places(sentence)
    for position in rng.sample([*places], min(_TRIES, len(places))):
        others = pool.cuts(places[position])
        if not others:
            continue
        number, place = rng.choice(others)
        other = pool.sentences[number]
        ends_before = any(last <= position for _, last, _ in sentence.chunks)
        starts_behind = any(first >= position for first, _, _ in sentence.chunks)
        if ends_before and (not starts_behind or rng.random() < 0.5):
            joined = _joined(sentence, position, other, place)
        elif starts_behind:
            joined = _joined(other, place, sentence, position)
        else:
            continue
        if joined.words not in (sentence.words, other.words):
            return joined
    return None


def _joined(left: Sentence, stop: int, right: Sentence, start: int) -> Sentence:
    """The words of `left` up to `stop`, and those of `right` from `start` on."""
    shift = stop - start
    return Sentence(
        left.words[:stop] + right.words[start:],
        tuple(chunk for chunk in left.chunks if chunk[1] <= stop)
        + tuple((first + shift, last + shift, label) for first, last, label in right.chunks if first >= start),
    )


def filled_template(sentence: Sentence, pool: Pool, rng: Random) -> Sentence | None:
    """Another sentence of the data whose slots take mentions of this one.

    The template is a sentence with its mentions taken out, drawn from those with a slot for one of this sentence's
    labels. Slots of a label that this sentence has get its mentions, the others any of their label.
    """
    labels = {label for *_, label in sentence.chunks}
    templates = pool.with_label(rng.choice(sorted(labels))) if labels else ()
    if not templates:
        return None
    template = rng.choice(templates)
    waiting: dict[str, list[Words]] = {}
    for first, last, label in sentence.chunks:
        waiting.setdefault(label, []).append(sentence.words[first:last])
    for mentions in waiting.values():
        rng.shuffle(mentions)
    pieces = {}
    for first, last, label in template.chunks:
        own = template.words[first:last]
        drawn = waiting[label].pop() if waiting.get(label) else drawn_mention(label, pool, rng, other_than=own)
        if drawn:
            pieces[first, last] = drawn
    filled = template.with_words(pieces)
    return filled if filled.words not in (template.words, sentence.words) else None
