"""Who would sit where in a timetable that stands? Sections, rooms and leaders are kept; the places are given again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from scheduler.domain import Scenario
from scheduler.policy import Clause
from scheduler.rulebook import RidesKept
from scheduler.solver.aimed import aimed
from scheduler.solver.build import SearchModel, build
from scheduler.solver.limits import Clock
from scheduler.solver.mapping import NotExpressible, values_of
from scheduler.solver.model import Ints
from scheduler.solver.naming import named
from scheduler.solver.neighbourhoods import Parts
from scheduler.solver.outcome import Mode, Options, Reached, Stop
from scheduler.solver.places import Places
from scheduler.solver.placing import pupil_problem
from scheduler.solver.search import settled
from scheduler.timetable import Timetable

STEP_SHARE = 0.4
"""Of the time limit, for one step at most."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Standing:
    """A timetable in the columns of its school."""

    model: SearchModel
    values: Ints
    timetable: Timetable
    buffer_minutes: int
    """From the last meeting to the bus."""
    refused: tuple[NotExpressible, ...] = ()
    """What no column can say. Unless there is none, the places cannot be given again."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SharedOut:
    """The places given again."""

    timetable: Timetable
    steps: tuple[Reached, ...]

    @property
    def proven(self) -> bool:
        """Whether each step was."""
        return all(step.proven for step in self.steps)


def standing(scenario: Scenario, clauses: Sequence[Clause], timetable: Timetable) -> Standing:
    """The timetable in the columns. `clauses`: those in force."""
    model = build(scenario, clauses)
    mapped = values_of(model.unknowns, timetable)
    values = settled(model.problem, mapped.values, model.deviations)
    refused = mapped.not_expressible
    if not refused and not model.problem.obeyed_by(values):
        refused = (NotExpressible(rule="nature", what="hard rows"),)
    buffer = max((clause.rule.buffer_minutes for clause in clauses if isinstance(clause.rule, RidesKept)), default=0)
    return Standing(model=model, values=values, timetable=timetable, buffer_minutes=buffer, refused=refused)


def shared_out(stands: Standing, mode: Mode, options: Options, stop: Stop) -> SharedOut:
    """Gives the places again, as the mode has it; a step that time cuts off keeps what was there before."""
    clock = Clock(replace(options, mode=mode), stop)
    part, kept = pupil_problem(stands.model, stands.values)
    owner = Parts(stands.model).owner[kept]
    places = Places(stands.model, part, kept, stands.values, mode, options.seed)
    steps = []
    for step in places.steps():
        if not step.objective.any():
            continue
        before = int(step.objective @ places.values)
        lower = places.problem.lower
        bound = int(np.where(step.objective > 0, step.objective * lower, step.objective * places.problem.upper).sum())
        if before > bound and not clock.over(0.98):
            answer = aimed(places.problem, owner, step.objective, places.values, clock.limits(STEP_SHARE), stop)
            places.values = places.values if answer.values is None else answer.values
            bound = int(np.ceil(max(bound, answer.bound) - 1e-6))
        value = int(step.objective @ places.values)
        steps.append(Reached(name=step.name, value=value, bound=min(value, bound)))
        places.reached(step)
    values = stands.values.copy()
    values[kept] = places.values
    old = stands.timetable
    timetable = named(
        stands.model.unknowns,
        values,
        digest=old.scenario_digest,
        seed=options.seed,
        program=old.program or "",
        buffer_minutes=stands.buffer_minutes,
    )
    return SharedOut(timetable=timetable, steps=tuple(steps))
