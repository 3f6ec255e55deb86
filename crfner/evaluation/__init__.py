"""Scores of predicted entities against gold ones, with an interval, and what went wrong.

An entity counts as correct when its borders and its label are: the exact match of the CoNLL shared tasks (Tjong Kim
Sang and De Meulder 2003). Documents are read in step and only counts are kept, so that corpora of any size are scored.

Public names: `evaluate`, `evaluate_tags`, `to_dict`, `to_table`; `Evaluation`, `Score`, `Average`, `ErrorGroup`,
`Mistake`.
"""

from crfner.evaluation.scoring import evaluate, evaluate_tags
from crfner.evaluation.table import to_dict, to_table
from crfner.evaluation.values import Average, ErrorGroup, Evaluation, Mistake, Score

__all__ = [
    "Average",
    "ErrorGroup",
    "Evaluation",
    "Mistake",
    "Score",
    "evaluate",
    "evaluate_tags",
    "to_dict",
    "to_table",
]
