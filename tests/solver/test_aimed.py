"""How near the best does a stage come that the LP leads? Is it never worse than what was known?"""

import math
from itertools import combinations

import numpy as np
import pytest
from scipy import sparse

from scheduler.solver.aimed import CLOSE, led
from scheduler.solver.model import INFINITE, Ints, Problem
from scheduler.solver.readers import Limits, solve_whole

PATIENT = Limits(seconds=math.inf, counted=100.0, workers=1)
PUPILS, SECTIONS = 40, 8


def contest(seed: int) -> tuple[Problem, Ints, Ints]:
    """Two seats at most for each pupil in sections of 12 seats and at least 8, 75 seats in all: rows, owners and ranks squared.

    Of five sections a pupil may have one, told by pairs, so that the LP's point is not whole. Columns: pupil after pupil, each
    section.
    """
    generator = np.random.default_rng(seed)
    owner = np.repeat(np.arange(PUPILS), SECTIONS)
    section = np.tile(np.arange(SECTIONS), PUPILS)
    ranks = np.concatenate([generator.permutation(SECTIONS) + 1 for _ in range(PUPILS)])
    count = PUPILS * SECTIONS
    quota = (owner[None, :] == np.arange(PUPILS)[:, None]).astype(np.int64)
    seats = (section[None, :] == np.arange(SECTIONS)[:, None]).astype(np.int64)
    clashes = [
        (owner == pupil) & np.isin(section, (one, other))
        for pupil in range(PUPILS)
        for one, other in combinations(generator.permutation(SECTIONS)[:5].tolist(), 2)
    ]
    matrix = sparse.csr_array(np.vstack([quota, seats, *clashes, np.ones((1, count))]).astype(np.int64))
    problem = Problem(
        matrix=matrix,
        lower=np.zeros(count, dtype=np.int64),
        upper=np.ones(count, dtype=np.int64),
        row_lower=np.array([0] * PUPILS + [8] * SECTIONS + [0] * len(clashes) + [75]),
        row_upper=np.array([2] * PUPILS + [12] * SECTIONS + [1] * len(clashes) + [INFINITE]),
    )
    return problem, owner, ranks**2


@pytest.mark.parametrize("seed", range(6))
def test_an_aim_led_by_its_lp_ends_close_to_the_best_and_keeps_every_row(seed: int) -> None:
    problem, owner, price = contest(seed)
    known = solve_whole(problem, -price, PATIENT)
    best = solve_whole(problem, price, PATIENT)
    assert known.values is not None

    found = led(problem, owner, price, known.values, PATIENT, lambda: False)

    assert found.values is not None
    assert problem.obeyed_by(found.values)
    assert found.objective == price @ found.values < known.objective * -1
    assert found.bound <= best.objective + 1e-6
    assert best.objective <= found.objective <= max(best.objective, (1 + CLOSE) * found.bound)
    assert found.proven == (found.objective <= math.ceil(found.bound - 1e-6))


def test_what_is_known_stays_where_nothing_is_better_or_time_is_over() -> None:
    problem, owner, price = contest(1)
    best = solve_whole(problem, price, PATIENT)
    assert best.values is not None
    assert led(problem, owner, price, best.values, PATIENT, lambda: False).objective == best.objective

    known = solve_whole(problem, -price, PATIENT)
    assert known.values is not None
    stopped = led(problem, owner, price, known.values, Limits(seconds=0.0), lambda: True)
    assert stopped.values is known.values
    assert not stopped.proven
