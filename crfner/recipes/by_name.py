"""Recipes by name: three points between the quickest and the strongest model, the same for every text and language.

fast      a CRF over the words and the document, told how other documents label each word; it makes half as many passes
          over the text as the default: where training stops early, weights stay small without being lost
balanced  and the lexicons of the text's language and domain, its further columns, and weaker penalties
best      and a second stage, which sees what the first makes of the rest of the document, by three CRFs that vote

What each costs and gains is in README, and comes from `benchmarks/recipes.py`.

Public names: `NAMED`, `named`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from crfner.crf.settings import with_columns_read
from crfner.document import Document
from crfner.recipes.likely import likely_collections
from crfner.recipes.values import Recipe

NAMED = ("fast", "balanced", "best")
"""The names, from the quickest to the strongest."""

_VOTES = 3
_PASSES = {"iterations": 50}
_PENALTIES = {"c1": 0.02, "c2": 0.02}


def named(name: str, documents: Sequence[Document], recipe: Recipe | None = None, *, alone: bool = True) -> Recipe:
    """The recipe of this name for these documents, as far as the given one does not say otherwise.

    alone  whether nothing stands beside the CRF, or before it; CRFs that vote do not go with rules or a base model

    Lexicons are those of packages that are installed. Raises KeyError for another name than those of `NAMED`.
    """
    rank = {one: number for number, one in enumerate(NAMED)}[name]
    recipe = recipe or Recipe()
    settings: dict[str, Any] = {**recipe.settings, "seen": True}
    converges = settings.get("algorithm", "lbfgs") == "lbfgs"  # the others have their own ways, and other numbers
    if converges:
        settings = {**_PASSES, **settings}
    collections = recipe.resources
    if rank >= 1:
        if converges:
            settings = {**_PENALTIES, **settings}
        with_words = [document for document in documents if document.text.strip()]
        if with_words and all(document.meta.get("columns") for document in with_words):
            settings["features"] = with_columns_read(settings.get("features", "default"))
        collections = collections or likely_collections(documents)
    if rank >= 2:
        settings["stages"] = 2
        recipe = replace(recipe, ensemble=_VOTES if alone and recipe.ensemble == 1 else recipe.ensemble)
    return replace(recipe, settings=settings, resources=collections)
