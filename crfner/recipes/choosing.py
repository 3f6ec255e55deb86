"""Which recipe suits the data: ingredients are tried one after the other, by cross-validation, and kept where they pay.

Every trial is scored on the same folds of a sample, by document. What brings knowledge from outside has paid on every
corpus that it was measured on, and stays when F1 over all held-out text rises at all: a few sentences cannot prove
more. Any other ingredient stays when it rises by more than the standard error of the folds' differences: what is not
clearly better is not worth its time.

Public names: `choose`, `Choice`, `Trial`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from statistics import stdev
from time import perf_counter
from typing import Any

from tqdm import tqdm

from crfner.crf.learning import lexicons_within
from crfner.document import Document
from crfner.errors import CrfnerError
from crfner.evaluation import Score, evaluate
from crfner.evaluation.values import summed
from crfner.parallel import Given, pool
from crfner.parts import apart, sample
from crfner.recipes.likely import likely_domain, likely_language
from crfner.recipes.training import resource_lexicons, together, train
from crfner.recipes.values import Materials, Recipe
from crfner.splits import Fold, make_folds
from crfner.tokenize import tokenized

_FOLDS = 3
_MOST = 600  # sentences that trials learn from and are scored on; what pays there pays with more, if less
_TRUSTED = {"resources", "clusters"}  # see benchmarks/README.md, small_data.py


@dataclass(frozen=True, slots=True)
class Trial:
    """A recipe that was tried.

    recipe      the recipe
    f1          exact micro F1 over all held-out text, 0 to 1
    difference  to the best recipe before it, and `error`, the standard error of that
    seconds     wall time of its folds
    kept        whether it became the best one
    """

    recipe: Recipe
    f1: float
    difference: float
    error: float
    seconds: float
    kept: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """The recipe that was chosen, all that were tried, and how many sentences they were tried on."""

    recipe: Recipe
    trials: tuple[Trial, ...]
    sentences: int

    def lines(self) -> Iterator[str]:
        """What was chosen and why, for people to read."""
        yield f"recipes tried on {self.sentences} sentences by {_FOLDS}-fold cross-validation:"
        for number, trial in enumerate(self.trials):
            change = "" if number == 0 else f"  {100 * trial.difference:+6.2f} ± {100 * trial.error:.2f}"
            verdict = "" if number == 0 else "  kept" if trial.kept else "  left out"
            yield f"  F1 {100 * trial.f1:6.2f}{change}{verdict}  ({trial.seconds:.0f} s)  {trial.recipe.described()}"
        rule = "kept are resources and clusters that gain, and what gains more than its error"
        yield f"chosen: {self.recipe.described()}; {rule}"


def choose(
    recipe: Recipe,
    documents: Sequence[Document],
    materials: Materials | None = None,
    *,
    seed: int = 0,
    progress: bool = False,
    **options: Any,
) -> Choice:
    """Begin with a recipe, and add to it what pays on these documents.

    materials  what the recipe and the additions are followed with; what they need and is not there is not tried
    seed       of the sample and the folds
    options    further parameters of `CRFRecognizer`, for every trial

    Raises CrfnerError when there are too few sentences for folds, and what training raises.
    """
    materials = materials or Materials()
    drawn = [document for document in map(tokenized, documents) if document.sentences]
    random.Random(seed).shuffle(drawn)
    drawn = sample(drawn, _MOST)
    folds = make_folds(apart(drawn, 2 * _FOLDS), _FOLDS, seed)
    best = recipe
    trials: list[Trial] = []
    scores: list[Score] = []
    additions = list(_additions(recipe, drawn, materials))
    with tqdm(total=1 + len(additions), desc="recipes", disable=None if progress else True) as bar:
        for addition in [{}, *additions]:
            candidate = _added(best, addition)
            begin = perf_counter()
            found = _scores(candidate, folds, materials, options)
            seconds = perf_counter() - begin
            difference, error = _difference(found, scores) if scores else (0.0, 0.0)
            kept = not scores or difference > (0.0 if addition.keys() & _TRUSTED else error)
            trials.append(Trial(candidate, summed(found).f1, difference, error, seconds, kept))
            if kept:
                best, scores = candidate, found
            bar.update()
    return Choice(best, tuple(trials), sum(len(document.sentences) for document in drawn))


def _additions(recipe: Recipe, documents: Sequence[Document], materials: Materials) -> Iterator[dict[str, Any]]:
    """What to try beyond the recipe, the most promising first."""
    if not recipe.resources:
        for collection in (likely_domain(documents), likely_language(documents)):
            if collection:
                yield {"resources": (collection,)}
    if recipe.settings.get("algorithm", "lbfgs") == "lbfgs" and not {"c1", "c2"} & {*recipe.settings}:
        yield {"settings": {"c1": 0.02, "c2": 0.02}}
    if materials.unlabelled and not recipe.clusters:
        yield {"clusters": True}
    if materials.base is None and not recipe.mine:
        yield {"mine": True}
    if "augment" not in recipe.settings:
        yield {"settings": {"augment": "balanced"}}
    if materials.unlabelled and not recipe.self_train:
        yield {"self_train": True}


def _added(recipe: Recipe, addition: dict[str, Any]) -> Recipe:
    if "settings" in addition:
        return replace(recipe, settings={**recipe.settings, **addition["settings"]})
    if "resources" in addition:
        return replace(recipe, resources=(*recipe.resources, *addition["resources"]))
    return replace(recipe, **addition)


def _scores(recipe: Recipe, folds: Sequence[Fold], materials: Materials, options: dict[str, Any]) -> list[Score]:
    """The score of each fold, by workers."""
    if recipe.resources:  # loaded once for all folds, and only what their words can match is sent to each
        lexicons = lexicons_within(resource_lexicons(recipe), (*folds[0].train, *folds[0].test))
        materials = replace(materials, lexicons=together(lexicons, materials.lexicons))
        recipe = replace(recipe, resources=())
    given = Given((recipe, tuple(folds), materials, options))
    with pool() as workers:
        return [*workers.ordered(_score, range(len(folds)), given, usual=len(folds), apart=True)]


def _score(given: tuple[Recipe, tuple[Fold, ...], Materials, dict[str, Any]], number: int) -> Score:
    recipe, folds, materials, options = given
    fold = folds[number]
    try:
        model = train(recipe, fold.train, materials=materials, **options).model
    except CrfnerError as error:
        raise CrfnerError(f"the recipe {recipe.described()!r} cannot be tried: {error}") from None
    return evaluate(fold.test, model.recognize(d.with_spans(()) for d in fold.test), samples=1).micro


def _difference(after: Sequence[Score], before: Sequence[Score]) -> tuple[float, float]:
    """F1 over all folds, after minus before, and its standard error by the folds' differences."""
    differences = [one.f1 - other.f1 for one, other in zip(after, before, strict=True)]
    return summed(after).f1 - summed(before).f1, stdev(differences) / sqrt(len(differences))
