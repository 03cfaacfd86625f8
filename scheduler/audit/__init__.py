"""What is wrong with a finished table? Plain Python over the table and the facts; nothing of the solver."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from scheduler.audit.report import Deviation, Finding, Report
from scheduler.audit.twins import deviations, notes
from scheduler.audit.world import World
from scheduler.domain import ClauseId, Scenario, Waiver
from scheduler.policy import Clause, Strength
from scheduler.timetable import Timetable

__all__ = ["audit"]

IN_ORDER = tuple(Strength)
"""Must first, what is only informational last."""


def audit(scenario: Scenario, timetable: Timetable, clauses: Iterable[Clause]) -> Report:
    """The table under these clauses: each with a rule is measured by its twin.

    A table whose placements change on some days is measured stretch by stretch; what is found in several is told once.
    """
    measured = [clause for clause in clauses if clause.rule is not None]
    worlds = tuple(_stretches(scenario, timetable))
    found = [finding for clause in measured for finding in _findings(worlds, clause)]
    told = dict.fromkeys(note for clause in measured for note in _notes(worlds, clause))
    return Report(
        findings=tuple(sorted(found, key=_place)),
        notes=tuple(sorted(told, key=lambda note: (note.subjects, note.zh))),
        checked=tuple(sorted({clause.id for clause in measured})),
    )


def _stretches(scenario: Scenario, timetable: Timetable) -> Iterator[World]:
    """One world for each stretch of days in which no placement begins or ends; a single one for most tables."""
    begins = {placement.start for placement in timetable.placements if placement.start is not None}
    begins |= {placement.end + timedelta(days=1) for placement in timetable.placements if placement.end is not None}
    firsts = [timetable.start, *sorted(day for day in begins if timetable.start < day <= timetable.end)]
    lasts = [*(first - timedelta(days=1) for first in firsts[1:]), timetable.end]
    return (World(scenario, timetable, first, last) for first, last in zip(firsts, lasts, strict=True))


def _findings(worlds: Iterable[World], clause: Clause) -> Iterator[Finding]:
    """What the stretches hold, the same deviation as often as in the one that has it most; waived when it is so in each."""
    if clause.rule is None:
        return
    found: Counter[Deviation] = Counter()
    binding: set[Deviation] = set()
    for world in worlds:
        here = Counter(deviations(world, clause.rule))
        found |= here
        if not _is_waived(world, clause):
            binding |= here.keys()
    for deviation in found.elements():
        yield Finding(
            clause=clause,
            rule=clause.rule.name,
            amount=deviation.amount,
            subjects=deviation.subjects,
            zh=deviation.zh,
            en=deviation.en,
            waived=deviation not in binding,
        )


def _notes(worlds: Iterable[World], clause: Clause) -> Iterator[Deviation]:
    return (note for world in worlds for note in (notes(world, clause.rule) if clause.rule is not None else ()))


def _is_waived(world: World, clause: Clause) -> bool:
    """Recorded waivers cover every day that is looked at and on which the clause is in force."""
    if clause.strength is not Strength.IN_PRINCIPLE or clause.rule is None:
        return False
    waivers = _waivers(world.scenario).get(clause.id, ())
    scope, (first, last) = clause.rule.scope, world.stretch
    day, end = max(first, scope.start or first), min(last, scope.end or last)
    return bool(waivers) and _covered(waivers, day, end)


def _waivers(scenario: Scenario) -> Mapping[ClauseId, tuple[Waiver, ...]]:
    ids = {waiver.clause for waiver in scenario.waivers}
    return {id: tuple(waiver for waiver in scenario.waivers if waiver.clause == id) for id in ids}


def _covered(waivers: tuple[Waiver, ...], first: date, last: date) -> bool:
    """Each day from first to last lies in one of the waivers; one may take over from another."""
    day = first
    for waiver in sorted(waivers, key=lambda waiver: waiver.start):
        if waiver.start <= day <= waiver.end:
            day = waiver.end + timedelta(days=1)
    return day > last


def _place(finding: Finding) -> tuple[object, ...]:
    clause = finding.clause
    return IN_ORDER.index(clause.strength), clause.id, clause.use, finding.subjects, finding.zh
