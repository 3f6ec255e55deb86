"""From labelled documents to weights, with a progress bar, and Ctrl-C that keeps the model of the last iteration.

Public names: `train`, `threads`.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Mapping
from typing import Any

import numpy as np
from tqdm import tqdm

from crfner.crf.kernel.lbfgs import Step, minimised
from crfner.crf.kernel.objective import Objective
from crfner.crf.kernel.rows import Text
from crfner.crf.learnt import Learnt


def threads() -> int:
    """How many threads to work in: OMP_NUM_THREADS, or all processors; one where this is a process beside others."""
    given = os.environ.get("OMP_NUM_THREADS", "")
    if given.isdecimal() and int(given):
        return int(given)
    if multiprocessing.parent_process() is not None:
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def train(text: Text, settings: Mapping[str, Any], iterations: int, progress: bool) -> Learnt:
    """Train by L-BFGS, from zero; settings are c1, c2, min_freq and all_possible_transitions.

    Raises KeyboardInterrupt when interrupted before the first iteration has ended.
    """
    reached: Step | None = None
    done, interrupted = 0, False
    with (
        Objective(
            text,
            c1=settings["c1"],
            c2=settings["c2"],
            min_freq=settings["min_freq"],
            all_possible_transitions=settings["all_possible_transitions"],
            threads=threads(),
        ) as objective,
        # disable=None: no bar where standard error is not a terminal
        tqdm(total=iterations, desc="training", unit=" iterations", disable=None if progress else True) as bar,
    ):
        try:
            for step in minimised(objective, objective.size, objective.l1):
                reached, done = step, done + 1
                bar.set_postfix(loss=f"{step.value:.1f}", refresh=False)
                bar.update(1)
                if done == iterations:
                    break
        except KeyboardInterrupt:
            if reached is None:
                raise
            interrupted = True
        variables = np.zeros(objective.size) if reached is None else reached.variables
        weights = objective.weights(variables)
    return Learnt(weights, done, None if reached is None else reached.value, interrupted, "kernel")
