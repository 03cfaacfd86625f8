"""Does a mended plan disturb as little as can be? Held against every plan there is, where the school is small enough."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import time
from itertools import product
from random import Random

import pytest

from scheduler.differences import Side, differences, disturbance
from scheduler.domain import Clock, CourseId, Lock, RoomId, Scenario, SeasonId, Slot, SlotId, StaffId
from scheduler.intake import in_order
from scheduler.solver.repair import Mended, mended
from scheduler.solver.repair_names import Names, packed
from scheduler.timetable import SectionId, Timetable
from tests.repair.schools import OPTIONS, clauses_of, judged, tiny, twin, without


def mend(after: Scenario, before: Timetable) -> tuple[Mended, Timetable]:
    found = mended(after, clauses_of(after), before, OPTIONS, lambda: False)
    names = Names(found.model.unknowns, found.values, found.mapped.offers, before)
    return found, names.timetable(after, begins=before.start, digest="", program="", seed=0, buffer_minutes=10)


def school_with_more_teachers(seed: int) -> tuple[Scenario, Timetable]:
    """Two more teachers who can come on some days; the table does not know them yet."""
    random = Random(seed)
    scenario, table = tiny()
    wang = scenario.staff_by_id[StaffId("wang")]
    more = [
        replace(
            wang,
            id=StaffId(id),
            name=name,
            available=frozenset(slot for slot in sorted(wang.available) if random.random() < 0.6),
            avoids=frozenset(),
            max_per_day=random.choice([1, 2]),
        )
        for id, name in (("sun", "孙老师"), ("qian", "钱老师"))
    ]
    return in_order(replace(scenario, staff=(*scenario.staff, *more))), table


def all_leaders(scenario: Scenario, table: Timetable, weekday: int) -> Iterator[tuple[int, Timetable]]:
    """Every way to share out that weekday's meetings among the school's own teachers, cheapest first, with its price."""
    teachers = [one.id for one in scenario.staff if one.kind.value == "own" and one.willing]
    today = [one for one in table.meetings if scenario.slot_by_id[one.slot].weekday == weekday and one.staff[0] in teachers]
    others = [one for one in table.meetings if one not in today]
    free = [[one for one in teachers if meeting.slot in scenario.staff_by_id[one].available] for meeting in today]
    plans = []
    for leaders in product(*free):
        price = 7 * sum(one.staff[0] != leader for one, leader in zip(today, leaders, strict=True))
        plans.append((price, leaders))
    for price, leaders in sorted(plans):
        meetings = [replace(one, staff=(leader,)) for one, leader in zip(today, leaders, strict=True)]
        yield price, replace(table, meetings=(*others, *meetings))


@pytest.mark.parametrize("seed", range(4))
def test_no_sharing_out_of_the_day_disturbs_less_than_the_substitutes_found(seed: int) -> None:
    """Wang cannot come on Tuesdays. Tried against every plan that gives Tuesday's meetings to other people."""
    scenario, before = school_with_more_teachers(seed)
    tuesday = frozenset(slot.id for slot in scenario.slots if slot.weekday == 2)
    people = tuple(
        replace(one, available=one.available - tuesday) if one.id == StaffId("wang") else one for one in scenario.staff
    )
    after = replace(scenario, staff=people)
    found, plan = mend(after, before)
    assert judged(after, plan).lawful
    assert disturbance(differences(Side(scenario=scenario, timetable=before), Side(scenario=after, timetable=plan))) == (
        found.disturbance
    )
    for price, other in all_leaders(after, before, 2):
        if price >= found.disturbance:
            break
        assert not judged(after, other).lawful


def test_a_plan_that_is_still_right_does_not_change_at_all() -> None:
    scenario, before = tiny()
    found, plan = mend(scenario, before)
    assert (found.disturbance, found.proven) == (0, True)
    assert set(plan.meetings) == set(before.meetings)
    assert {(one.pupil, one.section) for one in plan.placements} == {(one.pupil, one.section) for one in before.placements}


def test_nobody_else_is_moved_where_there_are_seats_for_those_who_join() -> None:
    scenario, before = tiny()
    new = twin(scenario.pupils[0], "new-1")
    after = replace(scenario, pupils=(*scenario.pupils, new))
    found, plan = mend(after, before)
    assert found.proven
    assert found.disturbance == 0
    assert judged(after, plan).lawful
    old = {(one.pupil, one.section) for one in before.placements}
    assert {(one.pupil, one.section) for one in plan.placements if one.pupil != new.id} == old


def test_locks_are_kept_where_people_change() -> None:
    """Homework on Wednesday is locked to Li: whoever else must change, Li stays there."""
    scenario, before = school_with_more_teachers(1)
    slots = frozenset(one.slot for one in before.meetings if one.section == "homework-3")
    lock = Lock(course=CourseId("homework"), by="教务处", why="已通知家长", slots=slots, staff=StaffId("li"))
    after = replace(without(scenario, "wang"), locks=(lock,))
    _, plan = mend(after, before)
    assert next(one for one in plan.meetings if one.section == "homework-3").staff == ("li",)


def test_pupils_find_other_places_where_a_course_can_no_longer_meet() -> None:
    scenario, before = tiny()
    courses = tuple(replace(one, slots=frozenset()) if one.id == "paper" else one for one in scenario.courses)
    after = replace(scenario, courses=courses)
    found, plan = mend(after, before)
    assert judged(after, plan).lawful
    assert "paper" not in {one.course for one in plan.sections}
    lost = sum(one.section == "paper-1" for one in before.placements)
    assert found.disturbance >= 100 * lost


def test_rooms_are_the_same_but_for_the_one_that_is_lost() -> None:
    scenario, before = tiny()
    every = frozenset(slot.id for slot in scenario.slots)
    spare = replace(scenario.room_by_id[RoomId("r2")], id=RoomId("r9"), name="备用教室")
    rooms = tuple(replace(one, closed=every) if one.id == "r2" else one for one in (*scenario.rooms, spare))
    after = replace(scenario, rooms=rooms)
    found, plan = mend(after, before)
    assert found.proven
    moved = {one.section for one in before.meetings if one.room == "r2"}
    assert found.disturbance == 8 * len(moved)
    assert {one.section for one in plan.meetings if one.room not in ("r2", "r4", "ground")} <= moved
    assert not [one for one in plan.meetings if one.room == "r2"]
    rooms_before = {one.section: one.room for one in before.meetings}
    assert all(one.room == rooms_before[one.section] for one in plan.meetings if one.section not in moved)
    assert judged(after, plan).lawful


def test_meetings_that_overlap_by_halves_are_packed_into_as_few_rooms_as_any_moment_needs() -> None:
    scenario, _ = tiny()
    like, pattern = scenario.rooms[0], next(slot for slot in scenario.slots if slot.weekday == 1)
    rooms = [replace(like, id=RoomId(id), groups=1) for id in ("east", "west")]

    def slot(id: str, begin: str, end: str) -> Slot:
        clock = Clock(start=time.fromisoformat(begin), end=time.fromisoformat(end))
        return replace(pattern, id=SlotId(id), clock_by_season={SeasonId("term"): clock})

    early, late, new = slot("early", "16:00", "17:00"), slot("late", "17:10", "17:55"), slot("new", "16:50", "17:30")
    meetings = {(SectionId(f"s.{one.id}"), one.id): one for one in (early, late, new)}
    had = {(SectionId("s.early"), early.id): RoomId("east"), (SectionId("s.late"), late.id): RoomId("west")}

    found = packed(meetings, rooms, had)

    assert found[SectionId("s.early"), early.id] == "east"
    assert found[SectionId("s.new"), new.id] == "west"
    assert found[SectionId("s.late"), late.id] == "east"

    locked = packed(meetings, rooms, had, {SectionId("s.late")})
    assert locked[SectionId("s.late"), late.id] == "west"
    assert (SectionId("s.new"), new.id) not in locked
