"""Scores of predicted entities against gold ones, how sure they are, and what went wrong.

An entity counts as correct when its borders and its label are: the exact match of the CoNLL shared tasks (Tjong Kim
Sang and De Meulder 2003). Documents are read in step and only counts are kept, so that corpora of any size are scored.
Besides, there are scores that tell near misses (`modes`), scores by what training held (`breakdowns`), tests of whether
two systems differ, and how far the entities' own scores can be taken for probabilities (`reliability`).

Public names: `evaluate`, `evaluate_tags`, `to_dict`, `to_table`; `Evaluation`, `Score`, `Average`, `ErrorGroup`,
`Mistake`; `modes`, `modes_dict`, `modes_table`, `Modes`, `ModeScore`, `MODES`; `breakdowns`, `mention_counts`,
`QUESTIONS`; `unit_outcomes`, `Outcome`, `randomisation`, `bootstrap`, `holm`; `reliability`,
`reliability_dict`, `reliability_table`, `Reliability`.
"""

from crfner.evaluation.breakdowns import QUESTIONS, breakdowns, mention_counts
from crfner.evaluation.calibration import Reliability, reliability, reliability_dict, reliability_table
from crfner.evaluation.modes import MODES, Modes, ModeScore, modes
from crfner.evaluation.scoring import evaluate, evaluate_tags
from crfner.evaluation.significance import bootstrap, holm, randomisation
from crfner.evaluation.table import modes_dict, modes_table, to_dict, to_table
from crfner.evaluation.units import Outcome, unit_outcomes
from crfner.evaluation.values import Average, ErrorGroup, Evaluation, Mistake, Score

__all__ = [
    "MODES",
    "QUESTIONS",
    "Average",
    "ErrorGroup",
    "Evaluation",
    "Mistake",
    "ModeScore",
    "Modes",
    "Outcome",
    "Reliability",
    "Score",
    "bootstrap",
    "breakdowns",
    "evaluate",
    "evaluate_tags",
    "holm",
    "mention_counts",
    "modes",
    "modes_dict",
    "modes_table",
    "randomisation",
    "reliability",
    "reliability_dict",
    "reliability_table",
    "to_dict",
    "to_table",
    "unit_outcomes",
]
