"""Is a bound ever too good? Random small schools, each stage against the true optimum of the whole model."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from scipy import sparse

from scheduler.domain import Scenario
from scheduler.policy import Clause
from scheduler.solver import bounds
from scheduler.solver.aims import aims
from scheduler.solver.bounds import Bounds
from scheduler.solver.build import SearchModel, Stage, build
from scheduler.solver.limits import Clock
from scheduler.solver.model import Ints, Problem
from scheduler.solver.outcome import Options
from scheduler.solver.readers import Limits, solve_whole
from scheduler.solver.relaxation import Relaxation, by_kinds, over_the_week
from tests.solver.laws import NATURE, clauses, law
from tests.solver.schools import Size, school

LIMITS = Limits(seconds=20.0, counted=5.0, seed=1, workers=1)
SIZE = Size(pupils=8, days=2, slots=2, courses=3, staff=6, rooms=4)


def drawn(seed: int) -> tuple[Scenario, tuple[Clause, ...]]:
    """A school of up to eight children under nature and a few clauses of any strength, every other one under nature alone."""
    random = Random(seed)
    scenario = school(random, SIZE)
    few = tuple(rule for rule in law(random) if seed % 2 and random.random() < 0.1)
    return scenario, (*clauses(NATURE), *(replace(one, id=type(one.id)(f"law {one.id}")) for one in clauses(few)))


def models(seed: int, count: int) -> Iterator[SearchModel]:
    """Models of the next schools in which some wishes can be granted to three children or more."""
    while count:
        model, seed = build(*drawn(seed)), seed + 1
        unknowns = model.unknowns
        can = unknowns.sit_grants & (model.problem.upper[unknowns.sits] > 0)
        if len(np.unique(unknowns.sit_pupil[can])) >= 3:
            count -= 1
            yield model


def clock() -> Clock:
    return Clock(Options(seed=1, time_limit=600.0, deterministic=True, workers=1), lambda: False)


def least(problem: Problem, vector: Ints) -> int | None:
    """The true optimum; `None` where it is not proven within the limits."""
    answer = solve_whole(problem, vector, LIMITS)
    return round(answer.objective) if answer.proven and answer.values is not None else None


def in_order(model: SearchModel, slack: Random | None = None) -> list[tuple[str, float, int]]:
    """Name, bound and optimum of each stage, the stages before held at their optimum, or by chance a little worse than it."""
    asked, problem, told = Bounds(model, clock()), model.problem, []
    for name, vector in aims(model):
        best = least(problem, vector)
        if best is None:
            break
        worse = slack.randint(0, 2) if slack is not None else 0
        reached = best + worse if best >= 0 else min(0, best + worse)
        told.append((name, asked.of(name, float(reached)), best))
        columns = np.flatnonzero(vector)
        problem = problem.with_row(columns, vector[columns], upper=reached)
    return told


@pytest.mark.slow
def test_no_plan_undercuts_the_bound_of_any_stage() -> None:
    told = [one for model in models(0, 20) for one in in_order(model)]
    assert len(told) > 80
    assert [one for one in told if one[1] > one[2]] == []


@pytest.mark.slow
def test_no_plan_undercuts_a_bound_where_the_stages_before_fell_short() -> None:
    told = [one for model in models(1000, 20) for one in in_order(model, slack=Random(len(model.problem.lower)))]
    assert len(told) > 80
    assert [one for one in told if one[1] > one[2]] == []


@pytest.mark.slow
def test_no_plan_grants_more_than_the_most() -> None:
    for model in models(2000, 25):
        most = Bounds(model, clock()).most
        granted = least(model.problem, model.stages[Stage.WISHES])
        firsts = least(model.problem, dearest(model))
        assert granted is None or -granted <= most.granted
        assert firsts is None or -firsts <= most.first_choices


def dearest(model: SearchModel) -> Ints:
    """Counts the places that grant a pupil's dearest wish, negative."""
    unknowns, vector = model.unknowns, np.zeros(len(model.problem.lower), dtype=np.int64)
    for column, i, rank, grants in zip(
        unknowns.sits.tolist(), unknowns.sit_pupil.tolist(), unknowns.sit_rank.tolist(), unknowns.sit_grants.tolist(), strict=True
    ):
        if grants and rank == min(choice.rank for choice in unknowns.pupils[i].choices):
            vector[column] = -1
    return vector


def test_every_whole_plan_has_its_point_in_each_relaxation() -> None:
    """Sums of a plan's columns keep every row of the relaxation, and cost no more there than the plan does."""
    looked_at = 0
    for seed in range(200, 220):
        model = build(*drawn(seed))
        vector = np.random.Generator(np.random.PCG64(seed)).integers(-9, 9, len(model.problem.lower))
        values = solve_whole(model.problem, vector, LIMITS).values
        for relaxation in (by_kinds(model), over_the_week(model)) if values is not None else ():
            point = summed(relaxation, values)
            assert relaxation.problem.obeyed_by(point), f"seed {seed}: rows {relaxation.problem.broken_rows(point)}"
            assert int(relaxation.objective(vector) @ point) + relaxation.rest(vector) <= int(vector @ values), seed
            looked_at += 1
    assert looked_at > 25


def summed(relaxation: Relaxation, values: Ints) -> Ints:
    point = np.zeros(len(relaxation.problem.lower), dtype=np.int64)
    known = relaxation.sums >= 0
    np.add.at(point, relaxation.sums[known], values[known])
    return point


def test_weak_duality_holds_for_prices_drawn_by_chance() -> None:
    """However badly an LP was solved, what its prices are counted out to is no more than a plan costs."""
    for seed in range(230, 250):
        model = build(*drawn(seed))
        generator = np.random.Generator(np.random.PCG64(seed))
        vector = model.stages[Stage.RANKS] - 3 * model.stages[Stage.UNPLACED]
        best = least(model.problem, vector)
        relaxation = over_the_week(model)
        prices = generator.normal(0, 2, len(relaxation.problem.row_lower))
        assert best is None or relaxation.bound(vector, prices) <= best + 1e-6


def too_many_sections(model: SearchModel) -> Relaxation:
    """The week with cuts that are wrong: a wish takes five open sections."""
    whole = over_the_week(model)
    entries = whole.problem.matrix.tocoo()
    cut = np.bincount(entries.row, weights=entries.data > 0, minlength=whole.problem.matrix.shape[0]) == 1
    cut &= (whole.problem.row_upper == 0) & (whole.problem.row_lower < 0)
    wishes = np.zeros(len(whole.problem.lower), dtype=bool)
    wishes[whole.sums[model.unknowns.sits[model.unknowns.sit_rank > 0]]] = True
    data = np.where(cut[entries.row] & wishes[entries.col], 5 * entries.data, entries.data)
    matrix = sparse.csr_array(sparse.coo_array((data, (entries.row, entries.col)), shape=whole.problem.matrix.shape))
    return replace(whole, problem=replace(whole.problem, matrix=matrix))


@pytest.mark.slow
def test_a_cut_that_is_wrong_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison above has teeth: a week whose wishes need five sections each promises too few."""
    monkeypatch.setattr(bounds, "over_the_week", too_many_sections)
    told = [one for model in models(0, 10) for one in in_order(model)]
    assert [one for one in told if one[1] > one[2]]


def test_a_popular_course_bounds_the_wishes_granted() -> None:
    """What every wish wanted promises is more than what its seats can hold: the bound is between the two."""
    better = 0
    for model in models(3000, 10):
        vector = model.stages[Stage.WISHES]
        trivial = int(np.minimum(vector * model.problem.lower, vector * model.problem.upper).sum())
        better += Bounds(model, clock()).most.granted < -trivial
    assert better > 2
