"""Recipes: all that goes into a model beside the labelled text, said in one value, and how a good one is found.

`values` says what a recipe is, `training` follows it, `by_name` has three that suit most data, `choosing` finds the one
that suits the data best by cross-validation.

Public names: `Recipe`, `Materials`, `Trained`, `train`, `named`, `NAMED`, `choose`, `Choice`, `Trial`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crfner.lazy import lazily

if TYPE_CHECKING:
    from crfner.recipes.by_name import NAMED, named
    from crfner.recipes.choosing import Choice, Trial, choose
    from crfner.recipes.training import Trained, train
    from crfner.recipes.values import Materials, Recipe

__all__ = ["NAMED", "Choice", "Materials", "Recipe", "Trained", "Trial", "choose", "named", "train"]

# imported when they are first asked for: what chooses a recipe needs much that following one does not
__getattr__ = lazily(
    __name__,
    {
        "Choice": "choosing",
        "Materials": "values",
        "NAMED": "by_name",
        "Recipe": "values",
        "Trained": "training",
        "Trial": "choosing",
        "choose": "choosing",
        "named": "by_name",
        "train": "training",
    },
)
