"""Do the readers answer alike, and end when they are asked to?"""

import gc
import math
import threading
import time

import highspy
import numpy as np
import pytest
from scipy import sparse

from scheduler.generate import generate
from scheduler.policy import clauses_in_force, load_policy
from scheduler.solver.build import build
from scheduler.solver.memory import give_back
from scheduler.solver.model import INFINITE, Ints, Problem
from scheduler.solver.readers import Limits, Relaxation, solve_mixed, solve_relaxed, solve_whole
from scheduler.solver.rooming import matched

PATIENT = Limits(seconds=math.inf, counted=100.0, workers=1)


def covering(rows: int, columns: int) -> tuple[Problem, Ints]:
    """As many of the dearest columns as no row has more than three of: hard for its size. Shape: prices, one a column."""
    generator = np.random.default_rng(1)
    matrix = sparse.csr_array((generator.random((rows, columns)) < 0.3).astype(np.int64))
    ones = np.ones(columns, dtype=np.int64)
    problem = Problem(
        matrix=matrix,
        lower=0 * ones,
        upper=ones,
        row_lower=np.full(rows, -INFINITE),
        row_upper=np.full(rows, 3),
    )
    return problem, -generator.integers(50, 100, columns)


def test_going_on_from_the_last_corner_ends_where_beginning_anew_does() -> None:
    problem, price = covering(20, 60)
    relaxation = Relaxation(problem, PATIENT)
    generator = np.random.default_rng(2)
    for _ in range(4):
        upper = np.where(generator.random(60) < 0.2, 0, 1)
        price = price + generator.integers(-20, 20, 60)
        point = relaxation.solve(problem.lower, upper, price, PATIENT, lambda: False)
        _, least = solve_relaxed(problem.with_bounds(problem.lower, upper), price, PATIENT)
        assert point is not None
        assert price @ point == pytest.approx(least)
        assert (point <= upper + 1e-6).all()
        assert (problem.matrix @ point <= problem.row_upper + 1e-6).all()


def test_the_mip_and_cp_sat_find_plans_of_one_price_and_the_lp_is_below_them() -> None:
    problem, price = covering(8, 30)
    mixed, whole = solve_mixed(problem, price, PATIENT), solve_whole(problem, price, PATIENT)
    assert mixed.proven
    assert whole.proven
    assert mixed.objective == whole.objective
    assert solve_relaxed(problem, price, PATIENT)[1] <= mixed.objective


def test_engines_that_have_answered_are_freed_before_the_next_is_asked() -> None:
    problem, price = covering(8, 30)
    solve_mixed(problem, price, PATIENT)
    give_back(engines=True)
    assert not any(isinstance(one, highspy.Highs) for one in gc.get_objects())


def test_a_search_that_is_asked_to_stop_ends_soon_and_keeps_what_it_has() -> None:
    problem, price = covering(60, 400)
    asked = threading.Event()
    threading.Timer(0.5, asked.set).start()
    began = time.monotonic()
    answer = solve_mixed(problem, price, Limits(seconds=60.0), stop=asked.is_set)
    assert asked.is_set(), "it was solved before anybody asked"
    assert time.monotonic() - began < 5
    assert not answer.proven


def test_a_relaxation_that_is_asked_to_stop_has_no_answer() -> None:
    scenario = generate("yueyang", 250, 1)
    model = build(scenario, clauses_in_force(load_policy("yueyang"), scenario))
    assert solve_relaxed(model.problem, model.weighted, PATIENT, lambda: True) == (None, -math.inf)


def test_each_row_gets_a_column_of_its_own_and_what_is_worth_nothing_counts_too() -> None:
    assert matched(np.array([[0, 0, 5], [0, 0, 9]])) in ([0, 2], [1, 2])
