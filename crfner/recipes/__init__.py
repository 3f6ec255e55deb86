"""Recipes: all that goes into a model beside the labelled text, said in one value, and how a good one is found.

`values` says what a recipe is, `training` follows it, `choosing` finds the one that suits the data by cross-validation.

Public names: `Recipe`, `Materials`, `Trained`, `train`, `choose`, `Choice`, `Trial`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crfner.lazy import lazily

if TYPE_CHECKING:
    from crfner.recipes.choosing import Choice, Trial, choose
    from crfner.recipes.training import Trained, train
    from crfner.recipes.values import Materials, Recipe

__all__ = ["Choice", "Materials", "Recipe", "Trained", "Trial", "choose", "train"]

# imported when they are first asked for: what chooses a recipe needs much that following one does not
__getattr__ = lazily(
    __name__,
    {
        "Choice": "choosing",
        "Materials": "values",
        "Recipe": "values",
        "Trained": "training",
        "Trial": "choosing",
        "choose": "choosing",
        "train": "training",
    },
)
