"""How good can one aim of the pupil stages become? The MIP where it closes, in a large school led by the LP."""

import math
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from scheduler.solver.model import Ints, Problem
from scheduler.solver.placing import HANDY
from scheduler.solver.readers import Answer, Limits, solve_mixed, solve_relaxed

LOOKS = (0.0, 0.125, 0.25, 0.5, 1.0)
"""Shares of the pupils that are placed anew beside those with fractional places, one look after the other."""
CLOSE = 0.02
"""A gap to the LP's bound from which on nobody looks at more pupils."""


def aimed(part: Problem, owner: Ints, objective: Ints, known: Ints, limits: Limits, stop: Callable[[], bool]) -> Answer:
    """Minimises one aim over the places. `owner`: the pupil each column is about, −1 for none.

    Never worse than the `known` values.
    """
    if part.size > HANDY:
        return led(part, owner, objective, known, limits, stop)
    answer = solve_mixed(part, objective, limits, 0.0, stop)
    before = float(objective @ known)
    return answer if answer.objective < before else replace(answer, values=known, objective=before)


def led(part: Problem, owner: Ints, objective: Ints, known: Ints, limits: Limits, stop: Callable[[], bool]) -> Answer:
    """Whoever sits whole in the LP's point stays there; the MIP places the others, and of the rest more and more where so few
    find no place among them, or only a dear one.

    The bound is the LP's. Never worse than the `known` values.
    """
    started, before = time.monotonic(), float(objective @ known)
    point, bound = solve_relaxed(part, objective, limits, stop)
    if point is None or before <= math.ceil(bound - 1e-6):
        return Answer(values=known, objective=before, bound=bound, proven=point is not None)
    split = np.unique(owner[(np.abs(point - np.rint(point)) > 1e-6) & (owner >= 0)])
    drawn = np.random.Generator(np.random.PCG64(limits.seed)).permutation(np.unique(owner[owner >= 0]))
    best, reached = known, before
    for share in LOOKS:
        left = limits.seconds - (time.monotonic() - started)
        if left <= 0 or (reached < before and reached - bound <= CLOSE * abs(bound)):
            break
        values = np.rint(point).astype(np.int64)
        free = (owner < 0) | np.isin(owner, split) | np.isin(owner, drawn[: round(share * len(drawn))])
        rest, inside = part.restricted(free, values)
        answer = solve_mixed(rest, objective[inside], replace(limits, seconds=left), stop=stop)
        if answer.values is not None:
            values[inside] = answer.values
            if float(objective @ values) < reached and part.obeyed_by(values):
                best, reached = values, float(objective @ values)
    return Answer(values=best, objective=reached, bound=bound, proven=reached <= math.ceil(bound - 1e-6))
