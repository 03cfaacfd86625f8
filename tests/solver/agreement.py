"""Do the two sides say the same of one table? Deviations by the audit and by the model, rule by rule, and how they must agree.

What a count cannot know is looked at only where it makes no difference: which of two parallel sections a child sits in, or
which of two rooms alike a group uses, is decided after the search. There the model may be milder than the audit, never harsher.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from scheduler.audit.twins import deviations
from scheduler.audit.world import World
from scheduler.domain import ClauseId, RoomId, Scenario
from scheduler.policy import Clause
from scheduler.solver.build import SearchModel, build
from scheduler.solver.mapping import Mapped, values_of
from scheduler.timetable import Timetable

ONLY_AUDITED = frozenset({"priority_groups"})
"""Rules that the model serves by a stage of the search and does not measure."""

SPLIT_LATER = frozenset(
    "section_sizes room_suits enough_staff online_with_teacher not_by_third_parties homework_groups outdoor_minutes "
    "locks_kept".split()
)
"""Where parallel sections of one offer make a difference."""
ROOMS_LATER = frozenset("rooms_hold_groups safe_rooms locks_kept".split())
"""Where it matters which of several rooms alike is used."""
EXCESS = frozenset("staff_in_one_place pupils_in_one_place rooms_hold_groups".split())
"""The audit counts pairs and moments, the rows what is too much at a moment: zero together."""
BUSES_LATER = frozenset({"rides_kept"})
"""Trips are named after the search, by whoever reaches them."""


@dataclass(frozen=True)
class Case:
    """One school, its law, one table."""

    scenario: Scenario
    clauses: Sequence[Clause]
    timetable: Timetable
    model: SearchModel

    @cached_property
    def mapped(self) -> Mapped:
        return values_of(self.model.unknowns, self.timetable)

    @cached_property
    def world(self) -> World:
        return World(self.scenario, self.timetable)

    @cached_property
    def audited(self) -> Mapping[ClauseId, int]:
        """Deviation of each clause as the audit finds it."""
        return {clause.id: audited(self.world, clause) for clause in self.clauses}

    @property
    def sections_in_parallel(self) -> bool:
        unknowns = self.model.unknowns
        return bool((self.mapped.values[unknowns.sections] > 1).any())

    @property
    def rooms_alike(self) -> bool:
        unknowns = self.model.unknowns
        used = unknowns.room_class[self.mapped.values[unknowns.rooms] > 0]
        return any(len(unknowns.room_classes[k].rooms) > 1 for k in np.unique(used))


def case(scenario: Scenario, clauses: Sequence[Clause], timetable: Timetable, model: SearchModel | None = None) -> Case:
    """The case with its model built."""
    return Case(scenario, clauses, timetable, model or build(scenario, clauses))


def narrow(scenario: Scenario, timetable: Timetable) -> bool:
    """The table does what no column says and no law forbids, read from the facts alone."""
    for section in timetable.sections:
        course = scenario.course_by_id[section.course]
        meetings = timetable.meetings_by_section.get(section.id, ())
        ratio = course.pupils_per_adult
        alone = course.online_resource is None and (ratio is None or ratio >= course.max_size)
        kinds = {replace(scenario.room_by_id[one.room], id=RoomId(""), name="") for one in meetings if one.room is not None}
        changes = len({meeting.staff for meeting in meetings}) > 1 or len(kinds) > 1
        if changes or not timetable.placements_by_section.get(section.id) or (alone and any(len(m.staff) > 1 for m in meetings)):
            return True
    return False


def audited(world: World, clause: Clause) -> int:
    """What the clause's audit twin finds in all."""
    assert clause.rule is not None
    return sum(deviation.amount for deviation in deviations(world, clause.rule))


def disagreements(one: Case) -> list[str]:
    """Clauses of which the two sides do not say the same; the table must be expressible."""
    found = []
    for clause in one.clauses:
        if clause.rule is None or clause.rule.name in ONLY_AUDITED:
            continue
        modelled = one.model.statements[clause.id].deviation(one.mapped.values)
        if not agree(one, clause.rule.name, one.audited[clause.id], modelled):
            found.append(f"{clause.rule}: audit {one.audited[clause.id]}, model {modelled}")
    return found


def agree(one: Case, rule: str, audited: int, modelled: int) -> bool:
    """The relation that holds between the two numbers for this rule and table."""
    if rule == "room_suits" and any(meeting.room is None for meeting in one.timetable.meetings):
        return True
    loose = (
        (rule in SPLIT_LATER and one.sections_in_parallel)
        or (rule in ROOMS_LATER and one.rooms_alike)
        or (rule in BUSES_LATER and bool(one.timetable.rides or any(trip.seats for trip in one.scenario.trips)))
    )
    if rule in EXCESS:
        return (modelled == 0 or audited > 0) if loose else (modelled == 0) == (audited == 0)
    return modelled <= audited if loose else modelled == audited
