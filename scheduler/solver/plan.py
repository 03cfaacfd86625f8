"""How is a scenario solved from end to end? Build, search, name, be kind: a timetable and what was proven about it."""

import time
from collections.abc import Sequence
from dataclasses import replace

from scheduler.domain import Scenario
from scheduler.policy import Clause
from scheduler.rulebook import RidesKept
from scheduler.solver.build import SearchModel, Stage, build
from scheduler.solver.courtesies import courteous
from scheduler.solver.mapping import values_of
from scheduler.solver.memory import frugal
from scheduler.solver.model import Ints
from scheduler.solver.naming import named
from scheduler.solver.outcome import Options, Progress, Solution, Stop, Tell
from scheduler.solver.search import Found, search
from scheduler.timetable import Timetable

FINISHING = 0.006
"""Seconds a pupil that being kind, judging and writing take: kept back of what the whole may take."""


def solve(
    scenario: Scenario,
    clauses: Sequence[Clause],
    options: Options,
    tell: Tell,
    stop: Stop,
    *,
    digest: str,
    program: str,
    start: Timetable | None = None,
) -> Solution:
    """The best plan found within the options' limits; never nothing.

    `clauses`: those in force. `digest` and `program` are written into the timetable. `start`: a plan to go on from.
    """
    frugal()
    started = time.monotonic()
    model = build(scenario, clauses, measuring=False)
    if not options.deterministic:
        kept_back = time.monotonic() - started + FINISHING * len(scenario.pupils)
        options = replace(options, time_limit=max(options.time_limit / 2, options.time_limit - kept_back))
    known = None if start is None else values_of(model.unknowns, start).values
    buffer_minutes = max((clause.rule.buffer_minutes for clause in clauses if isinstance(clause.rule, RidesKept)), default=0)

    def name(values: Ints) -> Timetable:
        return named(model.unknowns, values, digest=digest, seed=options.seed, program=program, buffer_minutes=buffer_minutes)

    def improved(values: Ints) -> None:
        tell(Progress(stage="plan", objective=None, bound=None, gap=None, seconds=0.0, timetable=name(values)))

    found = search(model, options, tell, stop, improved, start=known)
    return Solution(
        timetable=courteous(scenario, name(found.values), model.unknowns.room_classes),
        stages=found.stages,
        complete=found.complete,
        followed=found.followed,
        most=found.most,
        steps=found.steps,
        proven_shortfall=_proven_shortfall(model, found),
    )


BINDING = tuple(stage.name.lower() for stage in (Stage.UNPLACED, Stage.MUST, Stage.IN_PRINCIPLE))


def _proven_shortfall(model: SearchModel, found: Found) -> bool:
    """Whether some pinned clause deviates in every plan: by the school's own facts, or by a bound.

    A stage's bound is over plans that leave no more places empty than this one. Where a lawful plan might leave more, those
    that nobody asked for, only the bound of the places themselves counts.
    """
    free = {Stage.UNPLACED.name.lower(): model.not_asked}
    empty = max((stage.objective for stage in found.stages if stage.name in free), default=0.0)
    binding = BINDING if empty >= model.not_asked else tuple(free)
    return model.constant > 0 or any(stage.bound > free.get(stage.name, 0) for stage in found.stages if stage.name in binding)
