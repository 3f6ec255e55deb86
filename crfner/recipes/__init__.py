"""Recipes: all that goes into a model beside the labelled text, said in one value, and how a good one is found.

`values` says what a recipe is, `training` follows it, `choosing` finds the one that suits the data by cross-validation.

Public names: `Recipe`, `Materials`, `Trained`, `train`, `choose`, `Choice`, `Trial`.
"""

from crfner.recipes.choosing import Choice, Trial, choose
from crfner.recipes.training import Trained, train
from crfner.recipes.values import Materials, Recipe

__all__ = ["Choice", "Materials", "Recipe", "Trained", "Trial", "choose", "train"]
