"""Building on an earlier model: its findings and lexicons help to learn new labels, and those that it had are kept.

Fine-tuning for models whose weights cannot be trained further: the base model stays as it is, a new CRF learns from
the new data and from what the base says of it (`crfner.hints.base`), and labels that the new data does not have still
come from the base. `forgetting` tells what that does to the base's own test set.

Public names: `ExtendedRecognizer`, `base_lexicons`, `built_on`, `forgetting`, `counterparts`, `Forgetting`,
`forgetting_table`.
"""

from crfner.transfer.extended import ExtendedRecognizer, base_lexicons, built_on
from crfner.transfer.forgetting import Forgetting, counterparts, forgetting, forgetting_table

__all__ = [
    "ExtendedRecognizer",
    "Forgetting",
    "base_lexicons",
    "built_on",
    "counterparts",
    "forgetting",
    "forgetting_table",
]
