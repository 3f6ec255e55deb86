"""Model files of every kind but encoders: an archive as it is where the first byte is 0, else an open form of one.

What can be opened is asked what it is, and tags two texts.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from unittest.mock import patch

import numpy as np

from crfner import CRFRecognizer, HybridRecognizer, RuleRecognizer, read, store
from crfner.about import about
from crfner.crf.weights import read_weights
from crfner.document import Document
from crfner.ensemble import EnsembleRecognizer
from crfner.hints.seen import SEEN, seen_elsewhere
from crfner.hints.stage import StageHints
from crfner.models import model_from_bytes, model_to_bytes
from crfner.rules.files.reading import read_rules
from crfner.rules.values import RuleSet
from crfner.stages import FIRST
from crfner.transfer import ExtendedRecognizer
from features import Clusters, Gazetteer, Vectors
from fuzz.sealing import archived, both_ways

_DATA = Path(__file__).parents[2] / "data" / "menu"
_TEXTS = ("Two samosas and a mango lassi, please.", "Ana and Bo\u0308 pay 7.50 € for tea!")

WORDS = (
    *(
        b'"kind"',
        b'"crf"',
        b'"rules"',
        b'"hybrid"',
        b'"ensemble"',
        b'"extended"',
        b'"encoder"',
        b'"settings"',
        b'"labels"',
    ),
    *(
        b'"features"',
        b'"base"',
        b'"hits"',
        b'"window"',
        b'"lengths"',
        b'"scheme"',
        b'"BIOES"',
        b'"thresholds"',
        b'"size"',
    ),
    *(b'"temperature"', b'"consistency"', b'"stages"', b'"seen"', b'"augment"', b'"policy"', b'"kept"', b'"packages"'),
    *(b"\n=====manifest.json\n", b"\n=====model.weights\n", b"\n=====model.crfsuite\n", b"\n=====rules.jsonl\n"),
    *(b"\n=====gazetteers/a.txt\n", b"\n=====clusters/a.txt\n", b"\n=====vectors/a.txt\n", b"\n=====hinters/a.seen\n"),
    *(b"\n=====hinters/first.stage!manifest.json\n", b"\n=====hinters/base.base!manifest.json\n", b"\n=====../x\n"),
    *(b"crfW", b"lCRF", b"FOMC", b"CQDB", b"FEAT", b"PK\1\2", b"PK\3\4", b"PK\5\6", b"\xff\xff\xff\xff", b"\0\0\0\x80"),
    *(b"\0\0\0\0\0\0\xf0\x7f", b"\0\0\0\0\0\0\xf8\x7f", b"0110\tword\n", b"word\t+.-\n"),
)


@cache
def _archives() -> tuple[bytes, ...]:
    """A tiny model of each kind."""
    menu = list(read(_DATA / "dev.jsonl"))[:12]
    lexicons = {
        "g": Gazetteer.from_lines(["mango lassi"]),
        "c": Clusters({"tea": "0110"}),
        "v": Vectors({"tea": "+.-"}),
    }
    config = {
        "word": {"window": 1},
        "shape": {},
        "gazetteers": {},
        "clusters": {"lengths": [2]},
        "vectors": {},
        "hits": {},
    }
    with (
        warnings.catch_warnings(action="ignore"),
        patch("crfner.crf.engines.read_weights", wraps=read_weights) as read_,
    ):
        one = CRFRecognizer(config, lexicons=lexicons, engine="crfsuite", iterations=3, prune=0.05).fit(menu)
        old = store.Stored(one.manifest, {"model.crfsuite": read_.call_args.args[0]})
        other = CRFRecognizer("minimal", scheme="BIOES", iterations=2, prune=0.3).fit(menu)
        hinted, seen = seen_elsewhere(menu)
        first = CRFRecognizer({"word": {}, "hits": {}}, iterations=2, prune=0.05).fit(hinted)
        staged = CRFRecognizer({"word": {}, "hits": {}}, iterations=2, prune=0.05, stages=2, seen=True)
        staged._set(replace(first.fitted_, hinters={SEEN: seen, FIRST: StageHints(first)}))
        extended = ExtendedRecognizer(other, CRFRecognizer("minimal", iterations=2, prune=0.3)).fit(menu)
    with patch.object(store, "FORMAT_VERSION", 1):
        of_old = store.to_bytes(old.manifest, old.parts)
    rules = RuleSet(tuple(read_rules(_DATA / "rules.yaml"))[:8])
    ensemble = EnsembleRecognizer(CRFRecognizer("minimal"), 2)
    ensemble.members_, ensemble.threshold_ = (other, other), 0.4
    rest = (one, other, staged, RuleRecognizer(rules), HybridRecognizer(other, rules), ensemble, extended)
    return (of_old, *map(model_to_bytes, rest))


def seeds() -> list[bytes]:
    """Each model as an archive and laid open."""
    return both_ways(_archives())


def prepared() -> Callable[[bytes], object]:
    def run(data: bytes) -> None:
        if not data:
            return
        model = model_from_bytes(archived(data), "model.crfner")
        about(model)
        with np.errstate(all="ignore"):  # weights beyond all measure
            tagged = list(model.recognize(map(Document, _TEXTS)))
        assert [document.text for document in tagged] == list(_TEXTS)

    return run
