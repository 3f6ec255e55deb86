"""What each part of a recipe is worth: it is left out, and the rest is trained and scored again.

The parts are the entries of the feature set, the lexicons one by one, what was seen in other documents, and the second
stage. The first table is of a corpus's dev part. With --search, parts are left out for good where that does not lower
F1 by cross-validation on the train part, the least useful first: dev is not looked at until the end.

    python benchmarks/ablation.py --corpora FOLDER --corpus conll2003-en --sentences 1000 --recipe balanced
    python benchmarks/ablation.py --corpora FOLDER --corpus wnut17 --sentences 1000 --search
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import process_time
from typing import Any

import click
from corpora import corpora_option, documents
from joblib import Parallel, cpu_count, delayed

from crfner import CRFRecognizer, Document, evaluate
from crfner.crf.learning import lexicons_within
from crfner.evaluation import Score
from crfner.evaluation.values import summed
from crfner.parts import apart, sample
from crfner.recipes import NAMED, named
from crfner.recipes.training import resource_lexicons
from crfner.splits import make_folds
from features import FeatureSet

_FOLDS = 3
_HOPELESS = 0.5  # points of F1: a part whose loss alone costs more is not tried without again


_READERS = ("gazetteers", "clusters", "vectors", "hits")
"""Entries that only say how lexicons and hints are read."""


@dataclass(frozen=True)
class System:
    """A recipe in parts that can be left out.

    name      what was left out
    entries   of the feature set
    lexicons  by name
    settings  further parameters of the CRF
    """

    name: str
    entries: Mapping[str, Any]
    lexicons: Mapping[str, Any]
    settings: Mapping[str, Any]

    def without(self) -> Iterator[System]:
        """The system without one of its parts, for each part."""
        for name in self.entries:
            if name not in _READERS:
                yield replace(self, name=name, entries=_less(self.entries, name))
        for name in self.lexicons:
            yield replace(self, name=name, lexicons=_less(self.lexicons, name))
        if self.settings.get("seen"):
            yield replace(self, name="seen", settings={**self.settings, "seen": False})
        if self.settings.get("stages", 1) > 1:
            yield replace(self, name="stages", settings={**self.settings, "stages": 1})

    def crf(self) -> CRFRecognizer:
        """What is to be trained."""
        return CRFRecognizer(**{**self.settings, "features": dict(self.entries)}, lexicons=dict(self.lexicons) or None)


@click.command(help=__doc__)
@corpora_option
@click.option("--corpus", default="wnut17", show_default=True, help="The corpus to measure on.")
@click.option(
    "--sentences", default=1000, show_default=True, help="How many sentences of its train part to learn from."
)
@click.option("--recipe", default="balanced", show_default=True, type=click.Choice(NAMED), help="What to begin with.")
@click.option("--search", is_flag=True, help="Leave parts out for good, by cross-validation on the train part.")
def main(corpora: Path, corpus: str, sentences: int, recipe: str, search: bool) -> None:
    """Print the table, or the search step by step."""
    train = sample(documents(corpora, corpus, "train"), sentences)
    dev = documents(corpora, corpus, "dev")
    whole = _system(recipe, train, dev)
    kept = _searched(whole, train) if search else whole
    begin = process_time()
    base = _f1(kept, train, dev)
    click.echo(f"{corpus}, {sentences} sentences -> dev, {recipe}: F1 {base:.2f} ({process_time() - begin:.0f} s)")
    if search:
        before = _f1(whole, train, dev)
        stayed, parts = (len(list(system.without())) for system in (kept, whole))
        click.echo(f"before the search: F1 {before:.2f}; {stayed} of {parts} parts stay")
        return
    systems = list(kept.without())
    scores = [100 * score.f1 for score in _parallel([(system, train, dev) for system in systems])]
    click.echo(f"{'without':20}{'dev F1':>8}{'change':>8}")
    for system, f1 in sorted(zip(systems, scores, strict=True), key=lambda pair: pair[1]):
        click.echo(f"{system.name:20}{f1:8.2f}{f1 - base:+8.2f}")


def _system(name: str, train: Sequence[Document], dev: Sequence[Document]) -> System:
    recipe = named(name, train)
    settings = dict(recipe.settings)
    features = settings.pop("features", "default")
    config = FeatureSet({"base": features} if isinstance(features, str) else features).config
    lexicons = lexicons_within(resource_lexicons(recipe), (*train, *dev))
    return System("nothing", config, lexicons, settings)


def _searched(system: System, train: Sequence[Document]) -> System:
    """The system without the parts that cross-validation does not miss."""
    folds = make_folds(apart(train, 2 * _FOLDS), _FOLDS, 0)
    (best,) = _validated([system], folds)
    click.echo(f"F1 {best:.2f} by {_FOLDS}-fold cross-validation with all parts")
    single = list(system.without())
    order = sorted(zip(_validated(single, folds), (one.name for one in single), strict=True), reverse=True)
    for alone, name in order:
        if alone < best - _HOPELESS:
            break
        (candidate,) = (one for one in system.without() if one.name == name)
        (f1,) = _validated([candidate], folds)
        verdict = "left out" if f1 >= best else "stays"
        click.echo(f"F1 {f1:.2f} without {name}: {verdict}")
        if f1 >= best:
            best, system = f1, candidate
    return system


def _validated(systems: Sequence[System], folds: Sequence[Any]) -> list[float]:
    work = [(system, fold.train, fold.test) for system in systems for fold in folds]
    scores = _parallel(work)
    parts = [scores[number : number + len(folds)] for number in range(0, len(scores), len(folds))]
    return [100 * summed(part).f1 for part in parts]


def _parallel(work: Sequence[tuple[System, Sequence[Document], Sequence[Document]]]) -> list[Score]:
    found: list[Score] = Parallel(n_jobs=min(cpu_count(), len(work)))(delayed(_score)(*one) for one in work)
    return found


def _score(system: System, train: Sequence[Document], test: Sequence[Document]) -> Score:
    found = system.crf().fit(train).recognize(document.with_spans(()) for document in test)
    return evaluate(test, found, samples=1).micro


def _f1(system: System, train: Sequence[Document], test: Sequence[Document]) -> float:
    return 100 * _score(system, train, test).f1


def _less(mapping: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in mapping.items() if key != name}


if __name__ == "__main__":
    main()
