"""Who makes room where no seat is left, and who stands in for a course of two meetings a week?"""

from dataclasses import replace
from datetime import date

from scheduler.changes import Changes
from scheduler.domain import Absence, CourseId, Pattern, PupilId, RoomId, SlotId, StaffId
from scheduler.intake import in_order
from scheduler.mend import Ended, repair_plan
from scheduler.solver.repair import mended
from scheduler.solver.repair_names import Names
from scheduler.timetable import SectionId
from tests.repair.schools import OPTIONS, clauses_of, judged, tiny, twin
from tests.repair.test_least import school_with_more_teachers


def test_one_child_who_has_pe_twice_that_day_makes_room_for_one_who_has_none() -> None:
    """The only group on the ground on Thursday is full; half of it had PE in the morning, and the new child did not."""
    scenario, before = tiny()
    full = tuple(replace(one, max_size=10) if one.id == "class_pe" else one for one in scenario.courses)
    rooms = tuple(replace(one, groups=1) if one.id == RoomId("ground") else one for one in scenario.rooms)
    new = twin(scenario.pupil_by_id[PupilId("202205")], "new-1")
    after = in_order(replace(scenario, courses=full, rooms=rooms, pupils=(*scenario.pupils, new)))
    radii: list[str] = []
    found = mended(after, clauses_of(after), before, OPTIONS, lambda: False, hear=radii.append)
    names = Names(found.model.unknowns, found.values, found.mapped.offers, before)
    plan = names.timetable(after, begins=before.start, digest="", program="", seed=0, buffer_minutes=10)
    assert radii[:3] == ["direct", "more arranged sections", "exchanges"]
    assert judged(after, plan).lawful
    lost = {(one.pupil, one.section) for one in before.placements} - {(one.pupil, one.section) for one in plan.placements}
    assert [(after.pupil_by_id[pupil].home_class, section) for pupil, section in lost] == [("2-1", "class_pe-3")]
    assert found.proven


def test_somebody_stands_in_where_a_course_meets_twice_a_week() -> None:
    """Paper cutting meets on Monday and Tuesday, its pupils once in each: mending Monday must not take them for two wishes."""
    scenario, before = school_with_more_teachers(1)
    every = frozenset(scenario.slot_by_id)
    people = [replace(one, available=every) if one.id in ("zhou", "sun") else one for one in scenario.staff]
    courses = [replace(one, pattern=Pattern.TWO_DAYS) if one.id == "paper" else one for one in scenario.courses]
    scenario = in_order(replace(scenario, staff=tuple(people), courses=tuple(courses)))
    tuesday = before.meetings_by_section[SectionId("paper-1")][0]
    monday = replace(tuesday, slot=SlotId("mon-2"), room=RoomId("r4"))
    guests = {one.pupil for one in before.placements_by_section[SectionId("paper-1")]}
    table = replace(
        before,
        meetings=tuple(sorted((*before.meetings, monday))),
        placements=tuple(one for one in before.placements if one.section != "reading-1" or one.pupil not in guests),
    )
    assert judged(scenario, table).lawful
    day = date(2025, 11, 3)
    away = Changes(begins=table.start, absences=(Absence(staff=StaffId("wang"), first=day, last=day),))
    repaired = repair_plan(scenario, table, away, OPTIONS, lambda: False)
    assert repaired.ended is Ended.LEAST
    assert {(one.section, one.day) for one in repaired.timetable.changes} == {("reading-1", day), ("speaking-1", day)}
    assert CourseId("paper") not in {repaired.timetable.section_by_id[one.section].course for one in repaired.timetable.changes}


def test_where_nobody_is_free_the_week_proves_how_few_must_go_without() -> None:
    """With nobody to stand in for Li on Wednesday the nearest week is told, and that no week disturbs less."""
    scenario, before = tiny()
    day = date(2025, 11, 5)
    away = Changes(begins=before.start, absences=(Absence(staff=StaffId("li"), first=day, last=day),))
    repaired = repair_plan(scenario, before, away, OPTIONS, lambda: False)
    assert repaired.ended is Ended.NEAREST
    assert repaired.disturbance == repaired.bound > 0
    assert repaired.summary["looked_at"] == ["week"]
