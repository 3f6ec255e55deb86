"""Start-up: the wall time of commands, each a fresh process, from the shell's side."""

from __future__ import annotations

import subprocess
import sys
from time import perf_counter

from measures import models
from measures.values import Figures, Limit, Measure, Results, Row, Setup, middle

_SENTENCE = "Japan began the defence of their Asian Cup title with a 2-1 win against Syria in Abu Dhabi."
_SPACY = "import sys, spacy; print(spacy.load(sys.argv[1])(sys.stdin.read()).ents)"


def _help(setup: Setup) -> Figures:
    return {"seconds": _seconds([sys.executable, "-m", "crfner", "--help"])}


def _tag(setup: Setup) -> Figures:
    model = models.model(setup, "ours, 5 MB")
    seconds = _seconds([sys.executable, "-m", "crfner", "tag", str(model)])
    return {"seconds": seconds, "bytes": model.stat().st_size}


def _spacy(setup: Setup) -> Figures:
    return {"seconds": _seconds([sys.executable, "-c", _SPACY, str(models.model(setup, "spacy"))])}


def _seconds(command: list[str]) -> float:
    begin = perf_counter()
    subprocess.run(command, input=_SENTENCE, text=True, stdout=subprocess.PIPE, check=True)
    return perf_counter() - begin


def _rows(results: Results) -> list[Row]:
    help_, tag, spacy = (middle(results, "startup", side, "seconds") for side in MEASURE.sides)
    size = middle(results, "startup", "tag", "bytes") or 0
    what = f"crfner tag, one sentence, model of {size / 1e6:.1f} MB"
    return [
        Row("crfner --help", "s", help_, limit=Limit("<", 0.25), by="itself"),
        Row(what, "s", tag, limit=Limit("<", 0.6), by="itself"),
        Row(what, "s", tag, "spacy", spacy),
    ]


MEASURE = Measure({"help": _help, "tag": _tag, "spacy": _spacy}, _rows)
