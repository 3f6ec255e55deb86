"""L-BFGS (Nocedal 1980), and OWL-QN where there is an L1 penalty (Andrew and Gao 2007).

Memory, tests of convergence and the search along a line are CRFsuite's, so that both stop at about the same point.

Public names: `Step`, `minimised`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from crfner.crf.kernel._training import axpy, dot, project, pseudo
from crfner.crf.weights import Floats

Function = Callable[[Floats], tuple[float, Floats]]

_MEMORY = 6
_EPSILON = 1e-5  # of the gradient's length to that of the variables
_PERIOD, _DELTA = 10, 1e-5  # over so many iterations the value must fall by such a share
_ENOUGH = 1e-4  # of the fall that the slope promises (Armijo)
_FLATTER = 0.9  # the slope must become so much flatter (Wolfe)
_SHORTER, _LONGER = 0.5, 2.1
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Step:
    """Where an iteration has come to: the variables and the value there, penalties and all."""

    variables: Floats
    value: float


def minimised(function: Function, size: int, l1: Floats) -> Iterator[Step]:
    """The steps towards the minimum of function(x) + sum(l1 * |x|), from zero on, until it is reached.

    function  value and gradient at x, (size,)
    l1        (size,) the L1 penalty of each variable, 0 or more
    """
    penalised = bool(l1.any())
    x = np.zeros(size)
    value, gradient = function(x)
    slope = _pseudo(x, gradient, l1) if penalised else gradient
    if _length(slope) <= _EPSILON:
        return
    memory: deque[tuple[Floats, Floats, float]] = deque(maxlen=_MEMORY)
    values = [value]
    direction = -slope
    step = 1.0 / _length(direction)
    while True:
        found = (_projected if penalised else _wolfe)(function, x, value, slope, direction, step, l1)
        if found is None:  # no lower point along the line: as low as can be told
            return
        new, value, new_gradient = found
        yield Step(new, value)
        slope = _pseudo(new, new_gradient, l1) if penalised else new_gradient
        values.append(value)
        if _length(slope) / max(1.0, _length(new)) <= _EPSILON:
            return
        if len(values) > _PERIOD and (values[-1 - _PERIOD] - value) / value < _DELTA:
            return
        moved, turned = new - x, new_gradient - gradient
        curvature = dot(moved, turned)
        if curvature > 0.0:
            memory.append((moved, turned, curvature))
        x, gradient = new, new_gradient
        direction = _direction(slope, memory)
        if penalised:
            direction[direction * slope >= 0.0] = 0.0  # only downhill, in each variable
        step = 1.0


def _direction(slope: Floats, memory: deque[tuple[Floats, Floats, float]]) -> Floats:
    """Minus the slope, times the inverse Hessian as the last steps show it (the two loops of Nocedal 1980)."""
    direction = -slope
    if not memory:
        return direction
    shares = []
    for moved, turned, curvature in reversed(memory):
        share = dot(moved, direction) / curvature
        shares.append(share)
        axpy(-share, turned, direction)
    _, turned, curvature = memory[-1]
    direction *= curvature / dot(turned, turned)
    for (moved, turned, curvature), share in zip(memory, reversed(shares), strict=True):
        axpy(share - dot(turned, direction) / curvature, moved, direction)
    return direction


def _wolfe(
    function: Function, x: Floats, value: float, slope: Floats, direction: Floats, step: float, l1: Floats
) -> tuple[Floats, float, Floats] | None:
    """A point along the direction that is low and flat enough, with value and gradient."""
    steepness = dot(slope, direction)
    if steepness >= 0.0:
        return None
    best = None
    for _ in range(_TRIES):
        new = x.copy()
        axpy(step, direction, new)
        found, gradient = function(new)
        if found > value + _ENOUGH * step * steepness:
            step *= _SHORTER
        elif dot(gradient, direction) < _FLATTER * steepness:
            best = (new, found, gradient)
            step *= _LONGER
        else:
            return new, found, gradient
    return best


def _projected(
    function: Function, x: Floats, value: float, slope: Floats, direction: Floats, step: float, l1: Floats
) -> tuple[Floats, float, Floats] | None:
    """A lower point along the direction where no variable changes its sign; those that would become zero."""
    new = np.empty_like(x)
    for _ in range(_TRIES):
        penalty, fall = project(x, direction, slope, l1, step, new)
        found, gradient = function(new)
        if found + penalty <= value + _ENOUGH * fall:
            return new, found + penalty, gradient
        step *= _SHORTER
    return None


def _pseudo(x: Floats, gradient: Floats, l1: Floats) -> Floats:
    slope = np.empty_like(x)
    pseudo(x, gradient, l1, slope)
    return slope


def _length(vector: Floats) -> float:
    return float(np.sqrt(dot(vector, vector)))
