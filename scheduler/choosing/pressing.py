"""Which clauses stand against the wishes that were refused? Each is granted on paper, and what that breaks is counted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from scheduler.audit import audit
from scheduler.audit.refusals import Refusals
from scheduler.audit.world import World
from scheduler.domain import ClauseId, Scenario
from scheduler.policy import Clause
from scheduler.timetable import Placement, SectionId, Timetable


def pressing(scenario: Scenario, clauses: Sequence[Clause], timetable: Timetable) -> Counter[ClauseId]:
    """By clause, how much more it would deviate if each pupil's dearest refused wish with an open section were granted.

    One wish a pupil, in place of what the pupil has at that time; seats are not counted: a clause in the way of many is what
    a waiver would be asked for, whatever else is short. Clauses that nothing changes for are left out.
    """
    granted = _granted_on_paper(scenario, timetable)
    before, after = (Counter(audit(scenario, table, clauses).deviations()) for table in (timetable, granted))
    return after - before


def _granted_on_paper(scenario: Scenario, timetable: Timetable) -> Timetable:
    refusals = Refusals(World(scenario, timetable))
    slots = {id: {meeting.slot for meeting in meetings} for id, meetings in timetable.meetings_by_section.items()}
    granted: dict[str, SectionId] = {}
    for refusal in refusals.of_all():
        if refusal.open_to_question and refusal.sections:
            granted.setdefault(refusal.pupil.id, refusal.sections[0].id)
    kept = [
        one
        for one in timetable.placements
        if one.pupil not in granted or not slots.get(one.section, set()) & slots[granted[one.pupil]]
    ]
    new = [Placement(pupil=pupil.id, section=granted[pupil.id], chosen=True) for pupil in scenario.pupils if pupil.id in granted]
    return replace(timetable, placements=tuple(sorted((*kept, *new), key=lambda one: (one.pupil, one.section))))
