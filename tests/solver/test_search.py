"""Which plan is kept when time ends? Whom a plan passes over."""

import numpy as np

from scheduler.generate import generate
from scheduler.policy import clauses_in_force, load_policy
from scheduler.solver.build import build
from scheduler.solver.neighbourhoods import passed_over
from scheduler.solver.search import empty_plan


def test_who_comes_first_is_passed_over_while_others_alone_sit_where_they_asked_to() -> None:
    """岳阳 二（三）: children of the priority groups come first."""
    scenario = generate("yueyang", 120, 1)
    model = build(scenario, clauses_in_force(load_policy("yueyang"), scenario))
    unknowns, plan = model.unknowns, empty_plan(model)
    assert model.bound_first.any()
    assert not passed_over(model, plan)[0].any()

    first = np.flatnonzero(model.bound_first[unknowns.sit_pupil] & unknowns.sit_grants)[0]
    offer, child = unknowns.sit_offer[first], unknowns.sit_pupil[first]
    other = np.flatnonzero((unknowns.sit_offer == offer) & unknowns.sit_grants & ~model.bound_first[unknowns.sit_pupil])[0]
    plan[unknowns.sits[other]] = 1
    assert passed_over(model, plan)[0][child]

    plan[unknowns.sits[first]] = 1
    assert not passed_over(model, plan)[0][child]
