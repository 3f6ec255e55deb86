"""What a comparison consists of: systems on identical splits, their scores and costs, and how sure their order is.

Public names: `Comparison`, `SystemResult`, `Costs`, `Pair`, `CurvePoint`, `Split`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from crfner.document import Document
from crfner.evaluation import Evaluation, Score
from crfner.evaluation.modes import Modes
from crfner.lazy import shown_by


@dataclass(frozen=True, slots=True)
class Split:
    """What was learnt from and what was scored; a document counts once, also where several folds learn from it.

    method  "files" (a training and a test file), or "5-fold" and the like
    """

    method: str
    train_documents: int
    train_sentences: int
    train_entities: Mapping[str, int]
    test_documents: int
    test_sentences: int
    test_entities: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Costs:
    """What a system costs on this machine; None where it could not be measured.

    training_seconds, tokens_per_second  wall time of training, imports included; tokens tagged a second of wall time
    peak_memory                          bytes, the greatest resident set of a process that trains and tags
    model_size                           bytes of the model file

    Over several folds, training time and model size are means, and the peak is the greatest.
    """

    training_seconds: float | None = None
    tokens_per_second: float | None = None
    peak_memory: int | None = None
    model_size: int | None = None


@dataclass(frozen=True, slots=True)
class SystemResult:
    """One system on the test documents.

    name        such as "rules", "mined rules", "crf default", "hybrid union", "spacy ner" or a predictions file's name
    evaluation  exact scores, overall and by label, with interval and error groups
    modes       the SemEval-2013 scores by mode: strict, exact, partial, type; over all entities and by label
    breakdowns  scores by question ("seen in training", "length", "frequency in training") and answer ("seen", ...)
    costs       what it costs
    predicted   the test documents with its spans, in the order of `Comparison.gold`
    """

    name: str
    evaluation: Evaluation
    modes: Modes
    breakdowns: Mapping[str, Mapping[str, Score]]
    costs: Costs
    predicted: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Whether two systems differ in exact micro F1: first minus second, as a fraction.

    interval         middle 95% of the difference's paired bootstrap distribution
    p_randomisation  of paired approximate randomisation (Noreen 1989; Yeh 2000), two-sided
    p_bootstrap      of the paired bootstrap (Berg-Kirkpatrick, Burkett and Klein 2012), two-sided
    p_holm           p_randomisation, corrected for the number of pairs (Holm 1979)
    """

    first: str
    second: str
    difference: float
    interval: tuple[float, float]
    p_randomisation: float
    p_bootstrap: float
    p_holm: float


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Exact micro F1 of a system trained on so many sentences: one value a draw of them."""

    system: str
    sentences: int
    f1: tuple[float, ...]

    @property
    def mean(self) -> float:
        """The mean over the draws."""
        return math.fsum(self.f1) / len(self.f1)

    @property
    def deviation(self) -> float:
        """The sample standard deviation over the draws; 0 for a single one."""
        if len(self.f1) < 2:
            return 0.0
        return math.sqrt(math.fsum((value - self.mean) ** 2 for value in self.f1) / (len(self.f1) - 1))


@dataclass(frozen=True, slots=True)
class Comparison:
    """Several systems on the same documents.

    data      names of the files
    split     what was learnt from and scored
    seed      of folds, draws and resampling
    warnings  sentences about the data, such as training sentences that are found in the test part
    systems   in the order they were asked for
    pairs     every two systems, in that order
    curve     learning curves, empty when none was asked for
    gold      the test documents
    versions  of crfner, Python and the packages that matter
    """

    data: tuple[str, ...]
    split: Split
    seed: int
    warnings: tuple[str, ...]
    systems: tuple[SystemResult, ...]
    pairs: tuple[Pair, ...]
    curve: tuple[CurvePoint, ...]
    gold: tuple[Document, ...]
    versions: Mapping[str, str]

    _repr_html_ = shown_by("comparison")
