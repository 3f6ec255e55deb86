"""The systems that can be compared, each made from a short text.

    rules            the rules given, as they are
    mined            rules mined from the training data
    crf:PRESET       a CRF with that set of features; `crf` for the preset "default"
    hybrid:POLICY    a CRF and rules, those given and mined ones, joined by the policy; `hybrid` for "union"
    ensemble:SIZE    so many CRFs that vote; `ensemble` for 3
    spacy:LANGUAGE   spaCy's `ner` in a blank pipeline of that language; `spacy` for "xx", any language
    encoder:NAME     a pretrained encoder, fine-tuned: a folder, a pip package or a name on the hub

Public names: `System`, `make_systems`, `KINDS`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from crfner.document import Document
from crfner.errors import SettingError
from crfner.recognizer import Recognizer
from crfner.rules.values import RuleSet
from features.presets import PRESETS

KINDS = ("rules", "mined", "crf:PRESET", "hybrid:POLICY", "ensemble:SIZE", "spacy:LANGUAGE", "encoder:NAME")


@dataclass(frozen=True, slots=True)
class System:
    """What takes part in a comparison.

    name   as it is shown
    train  makes a recogniser from gold documents; it is called in processes of its own, so it can be pickled
    """

    name: str
    train: Callable[[Sequence[Document]], Recognizer]


@dataclass(frozen=True, slots=True)
class _Given:
    """What systems are made with, beside the training documents."""

    rules: RuleSet | None
    dev: tuple[Document, ...]
    seed: int


def make_systems(
    names: Iterable[str], rules: RuleSet | None = None, seed: int = 0, dev: Iterable[Document] = ()
) -> list[System]:
    """The systems that the short texts stand for, in order.

    rules  those given by hand, or None
    seed   of all that is drawn at random while training
    dev    documents that hybrids and ensembles choose settings on, and spaCy and encoders when to end; without them,
           all hold out some of the training documents

    Raises SettingError for a text that stands for none, "rules" without rules, a system that comes twice, and spaCy
    or an encoder where it is not installed.
    """
    given = _Given(rules, tuple(dev), seed)
    systems: list[System] = []
    for text in names:
        kind, _, option = text.strip().partition(":")
        if kind not in _MAKERS or (option and kind in ("rules", "mined")):
            raise SettingError(f"unknown system {text!r}; choose from {', '.join(KINDS)}")
        system = _MAKERS[kind](option, given)
        if any(system.name == other.name for other in systems):
            raise SettingError(f"the system {system.name!r} is asked for twice; leave one out")
        systems.append(system)
    return systems


def _rules(option: str, given: _Given) -> System:
    if given.rules is None:
        raise SettingError("the system 'rules' needs rules; give --rules FILE, or compare 'mined' ones")
    return System("rules", partial(_given_rules, given.rules))


def _mined(option: str, given: _Given) -> System:
    return System("mined rules", partial(_mined_rules, given.seed))


def _crf(option: str, given: _Given) -> System:
    preset = _choice("preset", option or "default", PRESETS)
    return System(f"crf {preset}", partial(_trained_crf, preset, given.seed))


def _hybrid(option: str, given: _Given) -> System:
    from crfner.hybrid import POLICIES

    policy = _choice("policy", option or "union", POLICIES)
    return System(f"hybrid {policy}", partial(_trained_hybrid, policy, given))


def _ensemble(option: str, given: _Given) -> System:
    from crfner.crf import CRFRecognizer
    from crfner.ensemble import EnsembleRecognizer

    option = option or "3"
    EnsembleRecognizer(CRFRecognizer(), int(option) if option.isdecimal() else 0)
    return System(f"ensemble {option}", partial(_trained_ensemble, int(option), given))


def _spacy(option: str, given: _Given) -> System:
    from crfner.compare.spacy_ner import check_spacy, train_spacy

    language = option or "xx"
    check_spacy(language)
    return System("spacy ner", partial(train_spacy, language=language, seed=given.seed, dev=given.dev))


def _encoder(option: str, given: _Given) -> System:
    from crfner.encoder import check_encoder

    if not option:
        raise SettingError("the system 'encoder' needs a name, such as encoder:FOLDER; give one, or leave it out")
    check_encoder(option)
    return System(f"encoder {os.path.basename(option.rstrip('/'))}", partial(_tuned_encoder, option, given))


_MAKERS: dict[str, Callable[[str, _Given], System]] = {
    "rules": _rules,
    "mined": _mined,
    "crf": _crf,
    "hybrid": _hybrid,
    "ensemble": _ensemble,
    "spacy": _spacy,
    "encoder": _encoder,
}


def _choice(what: str, value: str, known: Iterable[str]) -> str:
    if value not in known:
        raise SettingError(f"unknown {what} {value!r}; choose from {', '.join(known)}")
    return value


# Each system imports what it needs where it is trained: what others need is no part of its memory.


def _given_rules(rules: RuleSet, documents: Sequence[Document]) -> Recognizer:
    from crfner.rules import RuleRecognizer

    return RuleRecognizer(rules)


def _mined_rules(seed: int, documents: Sequence[Document]) -> Recognizer:
    from crfner.rules import RuleRecognizer
    from crfner.rules.mining import mine

    return RuleRecognizer(mine(documents, seed=seed))


def _trained_crf(preset: str, seed: int, documents: Sequence[Document]) -> Recognizer:
    from crfner.crf import CRFRecognizer

    return CRFRecognizer(preset, seed=seed).fit(documents)


def _trained_hybrid(policy: str, given: _Given, documents: Sequence[Document]) -> Recognizer:
    from crfner.crf import CRFRecognizer
    from crfner.hybrid import HybridRecognizer

    hybrid = HybridRecognizer(CRFRecognizer(seed=given.seed), given.rules, policy, mine=True, seed=given.seed)
    return hybrid.fit(documents, given.dev)


def _trained_ensemble(size: int, given: _Given, documents: Sequence[Document]) -> Recognizer:
    from crfner.crf import CRFRecognizer
    from crfner.ensemble import EnsembleRecognizer

    return EnsembleRecognizer(CRFRecognizer(seed=given.seed), size).fit(documents, given.dev)


def _tuned_encoder(name: str, given: _Given, documents: Sequence[Document]) -> Recognizer:
    from crfner.encoder import train_encoder

    return train_encoder(documents, encoder=name, seed=given.seed, dev=given.dev)
