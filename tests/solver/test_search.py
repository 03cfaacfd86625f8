"""Which plan is kept when time ends? Whom a plan passes over."""

import numpy as np
import pytest

from scheduler.generate import generate
from scheduler.policy import clauses_in_force, load_policy
from scheduler.solver.build import Stage, build
from scheduler.solver.limits import Clock
from scheduler.solver.model import Ints, Mask
from scheduler.solver.neighbourhoods import passed_over
from scheduler.solver.outcome import Mode, Options
from scheduler.solver.places import Places
from scheduler.solver.placing import pupil_problem
from scheduler.solver.readers import solve_mixed
from scheduler.solver.search import _Run, empty_plan


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


@pytest.fixture(scope="module")
def searched() -> tuple[_Run, Ints, Ints]:
    """A search of a small school, its constructive plan, which is lawful and grants nobody a wish, and one with wishes."""
    scenario = generate("yueyang", 120, 1)
    model = build(scenario, clauses_in_force(load_policy("yueyang"), scenario))
    options = Options(seed=1, time_limit=10.0, deterministic=True)
    run = _Run(model, Clock(options, lambda: False), lambda _: None, lambda _: None)
    run._accept_all(run.placing.placed(run.summed.arranged_only(), None, gap=0.02), "construct")
    run._mend(run.parts.arranged_columns)
    assert not any(run._law(run.best))
    wishes = run.placing.placed(run._timetable(run.best), run.clock.limits(0.2), gap=0.002)
    assert wishes is not None
    return run, run.best, wishes


@pytest.fixture
def run(searched: tuple[_Run, Ints, Ints]) -> _Run:
    """The search where it has only its constructive plan."""
    run, arranged, _ = searched
    run.best = run.safe = arranged
    run.cost = run._cost(arranged)
    run.complete = run.followed = True
    run.torn, run.steps = False, []
    return run


@pytest.fixture
def wishes(searched: tuple[_Run, Ints, Ints]) -> Ints:
    return searched[2]


def left_out(run: _Run, plan: Ints, cells: Mask) -> Ints:
    """The best plan under the same timetable in which these pupils have no place in these slots."""
    part, kept = pupil_problem(run.model, plan)
    lower = np.maximum(part.lower, np.isin(kept, run.model.unknowns.unplaced[cells]))
    answer = solve_mixed(part.with_bounds(lower, part.upper), run.model.weighted[kept], run.clock.limits(0.2))
    assert answer.values is not None
    worse = plan.copy()
    worse[kept] = answer.values
    return worse


@pytest.mark.slow
def test_a_plan_with_wishes_that_somebody_pays_for_is_mended_before_it_is_judged(run: _Run, wishes: Ints) -> None:
    safe, unknowns = run.best, run.model.unknowns
    plan = left_out(run, wishes, unknowns.cell_pupil < 30)
    assert run._cost(plan) > run._cost(safe)

    run._go_on_from(plan)
    assert run.best is plan
    assert run.safe is safe
    run._mend()

    assert not any(run._law(run.best))
    assert run._cost(run.best) < run._cost(safe)


@pytest.mark.slow
def test_days_nobody_had_time_to_mend_come_from_the_lawful_plan(run: _Run, wishes: Ints) -> None:
    arranged, unknowns = run.best, run.model.unknowns
    run._go_on_from(wishes)
    run._mend()
    run.safe = arranged
    on_monday = run.parts.weekday[unknowns.cell_slot] == 1
    run.best = left_out(run, run.best, on_monday & (unknowns.cell_pupil < 5))
    assert run._law(run.best)[0] > 0

    found = run._with_safe_days()

    assert run._law(found)[:3] == (0, 0, 0)
    assert run.problem.obeyed_by(found)
    assert run._cost(found) <= run._cost(arranged)


@pytest.mark.slow
def test_a_last_plan_that_passes_a_child_over_is_not_kept(run: _Run, wishes: Ints) -> None:
    """岳阳 二（三）."""
    run._go_on_from(wishes)
    run._mend()
    unknowns = run.model.unknowns
    served = (run.best[unknowns.sits] > 0) & unknowns.sit_grants
    child = unknowns.sit_pupil[np.flatnonzero(served & run.model.bound_first[unknowns.sit_pupil])[0]]
    passing = left_out(run, run.best, unknowns.cell_pupil == child)
    assert run._law(passing)[-1] > 0

    found = run._lawful_of(passing)

    assert run.problem.obeyed_by(found)
    assert run._law(found) <= run._law(run.safe)


@pytest.mark.slow
@pytest.mark.parametrize("followed", [True, False])
def test_rounds_that_were_all_answered_stand_though_one_price_for_all_likes_the_plan_before_better(
    run: _Run, wishes: Ints, followed: bool
) -> None:
    run._go_on_from(wishes)
    run._mend()
    before = run.best
    part, kept = pupil_problem(run.model, before)
    dearer = solve_mixed(part, run.model.stages[Stage.RANKS][kept], run.clock.limits(0.2))
    assert dearer.values is not None
    places = Places(run.model, part.with_bounds(dearer.values, dearer.values), kept, before, Mode.ROUNDS, 1)
    places.values, places.through = dearer.values, True
    run.complete, run.torn = False, not followed

    found = run._left_open(places)

    assert run._cost(found) > run._cost(before) if followed else np.array_equal(found, before)


@pytest.mark.slow
def test_rounds_that_are_cut_off_after_somebody_was_moved_leave_the_plan_before_and_say_so(
    run: _Run, wishes: Ints, monkeypatch: pytest.MonkeyPatch
) -> None:
    run._go_on_from(wishes)
    run._mend()
    before, told = run.best, list[str]()
    monkeypatch.setattr(run, "tell", lambda progress: told.append(progress.stage))
    monkeypatch.setattr(run.clock, "stop", lambda: any(step.name == "ranks_1" for step in run.steps))

    stages = run.stages()

    assert (run.complete, run.followed, run.torn) == (False, False, True)
    assert run._cost(run.best) <= run._cost(before)
    assert [stage.name for stage in stages if stage.name in told] == [name for name in told if name != "construct"]
    assert {"unplaced", "round_1", "round_2", "ranks"} <= set(told)


@pytest.mark.slow
def test_rounds_with_time_enough_are_followed(run: _Run, wishes: Ints) -> None:
    run._go_on_from(wishes)
    run._mend()
    run.stages()
    assert (run.complete, run.followed, run.torn) == (True, True, False)
    assert not any(run._law(run.best))
