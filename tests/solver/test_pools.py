"""Do sums over the teachers of a course forbid what a plan may do? Small schools in which wishes name teachers."""

import numpy as np
import pytest

from scheduler.generate import generate
from scheduler.policy import clauses_in_force, load_policy
from scheduler.solver.build import SearchModel, build
from scheduler.solver.limits import Clock
from scheduler.solver.model import Ints
from scheduler.solver.neighbourhoods import Parts
from scheduler.solver.outcome import Options
from scheduler.solver.pools import pool_of_offer
from scheduler.solver.search import empty_plan, search
from scheduler.solver.summed import Summed


@pytest.fixture(scope="module")
def model() -> SearchModel:
    scenario = generate("changzhi", 60, 3)
    return build(scenario, clauses_in_force(load_policy("changzhi"), scenario))


def summed(model: SearchModel) -> Summed:
    clock = Clock(Options(time_limit=10, seed=1), lambda: False)
    return Summed(model, Parts(model), clock, empty_plan(model))


@pytest.mark.slow
def test_no_plan_breaks_a_row_of_the_sums_over_teachers(model: SearchModel) -> None:
    unknowns, sums, plans = model.unknowns, summed(model), list[Ints]()
    options = Options(seed=1, time_limit=4.0, deterministic=True, workers=1)
    search(model, options, lambda progress: None, lambda: len(plans) > 2, plans.append)
    for plan in plans:
        groups = np.bincount(model.column_groups, weights=plan, minlength=len(sums.problem.lower)).astype(np.int64)
        assert sums.problem.obeyed_by(groups)
    assert plans[-1][unknowns.sits[model.pooled]].any()
    assert plans[-1][unknowns.sits[~model.pooled & unknowns.sit_grants]].any()


def test_places_of_those_who_named_nobody_are_one_sum_for_all_teachers(model: SearchModel) -> None:
    unknowns = model.unknowns
    assert model.pooled.any()
    assert not model.pooled.all()
    pools = pool_of_offer(unknowns)
    of_sum = model.column_groups[unknowns.sits]
    for number in np.unique(of_sum[model.pooled])[:50].tolist():
        mine = of_sum == number
        assert model.pooled[mine].all()
        assert len(np.unique(pools[unknowns.sit_offer[mine]])) == 1
        assert len(np.unique(unknowns.sit_offer[mine])) > 1


def test_who_named_a_teacher_does_not_fit_into_the_section_of_another(model: SearchModel) -> None:
    unknowns, sums = model.unknowns, summed(model)
    several = np.isin(unknowns.sit_offer, unknowns.sit_offer[model.pooled])
    place = int(np.flatnonzero(several & ~model.pooled)[0])
    plan = empty_plan(model)
    groups = np.bincount(model.column_groups, weights=plan, minlength=len(sums.problem.lower)).astype(np.int64)
    assert sums.problem.obeyed_by(groups)
    pools = pool_of_offer(unknowns)
    offer = unknowns.sit_offer[place]
    other = next(o for o in range(len(pools)) if pools[o] == pools[offer] and o != offer)
    groups[model.column_groups[unknowns.sits[place]]] = 1
    groups[model.column_groups[unknowns.sections[other]]] = 1
    broken = set(sums.problem.broken_rows(groups).tolist())
    groups[model.column_groups[unknowns.sections[offer]]] = 1
    assert broken - set(sums.problem.broken_rows(groups).tolist())
