"""Is what is freed where it hurts? Broken days of a small school."""

import numpy as np

from scheduler.generate import generate
from scheduler.policy import clauses_in_force, load_policy
from scheduler.solver.build import Stage, build
from scheduler.solver.neighbourhoods import Parts
from scheduler.solver.search import empty_plan, settled


def test_a_day_is_broken_where_the_pupil_lacks_what_the_law_asks_for_on_it() -> None:
    scenario = generate("suifenhe", 60, 1)
    model = build(scenario, clauses_in_force(load_policy("suifenhe"), scenario))
    parts, unknowns = Parts(model), model.unknowns
    plan = empty_plan(model)
    plan[unknowns.unplaced] = 0
    plan = settled(model.problem, plan, model.deviations)
    broken = parts.broken(plan)
    deviating = model.deviations & (plan > 0) & (model.stages[Stage.MUST] + model.stages[Stage.IN_PRINCIPLE] > 0)
    assert deviating.any()
    stays = np.zeros_like(broken)
    stays[unknowns.cell_pupil, parts.weekday[unknowns.cell_slot]] = True
    assert broken.any()
    assert not (broken & ~stays).any()


def test_two_parts_to_mend_are_of_different_weekdays_while_there_are_any() -> None:
    scenario = generate("suifenhe", 60, 1)
    model = build(scenario, clauses_in_force(load_policy("suifenhe"), scenario))
    parts, unknowns = Parts(model), model.unknowns
    first, second = parts.mends(empty_plan(model), np.random.default_rng(1), 2)
    days = [set(parts.weekday[unknowns.cell_slot[free[unknowns.unplaced]]].tolist()) for free in (first, second)]
    assert len(days[0]) == len(days[1]) == 1
    assert days[0] != days[1]


def test_a_long_lesson_counts_no_more_than_a_day_asks_for() -> None:
    scenario = generate("suifenhe", 60, 1)
    model = build(scenario, clauses_in_force(load_policy("suifenhe"), scenario))
    problem = model.problem
    rows = np.repeat(np.arange(len(problem.row_lower)), np.diff(problem.matrix.indptr))
    plain = np.ones(len(problem.row_lower), dtype=bool)
    plain[rows[problem.matrix.data < 0]] = False
    measured = np.zeros(len(problem.row_lower), dtype=bool)
    measured[rows[model.deviations[problem.matrix.indices]]] = True
    asked = plain & measured & (problem.row_lower > 0) & (problem.row_upper >= 1 << 40)
    places = asked[rows] & ~model.deviations[problem.matrix.indices]
    assert places.any()
    assert (problem.matrix.data[places] <= problem.row_lower[rows[places]]).all()


def test_a_whole_day_is_looked_at_for_everybody_among_the_offers_in_use() -> None:
    scenario = generate("suifenhe", 60, 1)
    model = build(scenario, clauses_in_force(load_policy("suifenhe"), scenario))
    parts, unknowns = Parts(model), model.unknowns
    plan, known = empty_plan(model), empty_plan(model)
    known[unknowns.sections[::2]] = 1

    free = parts.whole_days(plan, known, np.random.default_rng(1), 1)[0]

    days = set(parts.weekday[unknowns.cell_slot[free[unknowns.unplaced]]].tolist())
    assert len(days) == 1
    today = np.any(parts.meets[:, parts.weekday == days.pop()], axis=1)
    opened = free[unknowns.sections]
    assert opened.any()
    assert not (opened & ~(today & (known[unknowns.sections] > 0))).any()
    assert (free[unknowns.sits] == opened[unknowns.sit_offer]).all()


def test_who_comes_first_and_is_passed_over_has_broken_days() -> None:
    """岳阳 二（三）."""
    scenario = generate("yueyang", 120, 1)
    model = build(scenario, clauses_in_force(load_policy("yueyang"), scenario))
    parts, unknowns, plan = Parts(model), model.unknowns, empty_plan(model)
    plan[unknowns.unplaced], plan[model.deviations] = 0, 0
    first = np.flatnonzero(model.bound_first[unknowns.sit_pupil] & unknowns.sit_grants)[0]
    offer, child = unknowns.sit_offer[first], unknowns.sit_pupil[first]
    assert not parts.broken(plan)[child].any()

    other = np.flatnonzero((unknowns.sit_offer == offer) & unknowns.sit_grants & ~model.bound_first[unknowns.sit_pupil])[0]
    plan[unknowns.sits[other]] = 1

    assert parts.broken(plan)[child][parts.weekday[np.flatnonzero(parts.meets[offer])[0]]]
