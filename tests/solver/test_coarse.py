"""Does the sketch of a large week forbid what a plan may do? Plans of small schools, summed twice."""

import numpy as np

from scheduler.generate import generate
from scheduler.policy import clauses_in_force, load_policy
from scheduler.solver.build import SearchModel, build
from scheduler.solver.coarse import Coarse
from scheduler.solver.model import Ints
from scheduler.solver.readers import solve_whole
from scheduler.solver.search import empty_plan
from tests.solver.test_bounds import LIMITS, models


def sketched(model: SearchModel, values: Ints) -> tuple[Coarse, Ints, Ints]:
    """The coarse sums, the plan in them, and the least price of each."""
    groups = model.column_groups
    summed, row_groups = model.problem.aggregated_rows(groups, model.row_groups)
    coarse = Coarse(model, summed, row_groups)
    least = np.full(len(summed.lower), np.iinfo(np.int64).max)
    np.minimum.at(least, groups, model.weighted)
    sums = np.bincount(coarse.columns[groups], weights=values, minlength=len(coarse.problem.lower)).astype(np.int64)
    return coarse, sums, coarse.least(least)


def test_no_plan_breaks_a_row_of_the_coarse_sums_or_costs_less_than_in_them() -> None:
    for model in models(3000, 4):
        answer = solve_whole(model.problem, model.weighted, LIMITS)
        assert answer.values is not None
        coarse, sums, least = sketched(model, answer.values)
        assert coarse.problem.obeyed_by(sums)
        assert least @ sums <= model.weighted @ answer.values


def test_classes_of_a_grade_and_people_who_may_lead_the_same_are_one_in_the_coarse_sums() -> None:
    scenario = generate("liangping", 300, 1)
    model = build(scenario, clauses_in_force(load_policy("liangping"), scenario))
    coarse, sums, _ = sketched(model, empty_plan(model))
    kinds = len(np.unique(coarse.columns[model.column_groups[model.unknowns.unplaced]]))
    assert (
        kinds <= 4 * len(scenario.grades) * len(scenario.slots) < int(model.unknowns.pupil_kind.max() + 1) * len(scenario.slots)
    )
    assert coarse.problem.obeyed_by(sums)
