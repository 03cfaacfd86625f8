"""Is each difference between two timetables told once, with what it was and what it is?"""

import subprocess
import sys
from dataclasses import replace
from datetime import date

from scheduler.differences import KINDS, Kind, Side, as_json, counts, differences, disturbance, in_words
from scheduler.domain import PupilId, RoomId, StaffId
from scheduler.timetable import Change, ChangeKind, Placement, SectionId, Timetable
from tests.repair.schools import tiny

SCENARIO, TABLE = tiny()


def told(after: Timetable) -> tuple[tuple[Kind, int], ...]:
    found = differences(Side(scenario=SCENARIO, timetable=TABLE), Side(scenario=SCENARIO, timetable=after))
    return tuple((one.kind, one.weight) for one in found)


def with_meeting(section: str, **changes: object) -> Timetable:
    meetings = tuple(replace(one, **changes) if one.section == section else one for one in TABLE.meetings)  # type: ignore[arg-type]
    return replace(TABLE, meetings=meetings)


def test_equal_timetables_do_not_differ() -> None:
    assert told(TABLE) == ()
    assert in_words(()) == ["课表没有变化。"]


def test_another_leader_is_one_newly_on_and_one_no_longer_on_the_meeting() -> None:
    assert told(with_meeting("reading-1", staff=(StaffId("li"),))) == ((Kind.STAFF_CHANGED, 7),)


def test_another_room_is_told_with_both_rooms() -> None:
    after = with_meeting("reading-1", room=RoomId("r4"))
    (found,) = differences(Side(scenario=SCENARIO, timetable=TABLE), Side(scenario=SCENARIO, timetable=after))
    rooms = SCENARIO.room_by_id
    assert found.kind is Kind.ROOM_CHANGED
    assert (found.from_zh, found.to_zh) == (rooms[RoomId("r2")].name, rooms[RoomId("r4")].name)


def test_a_pupil_who_loses_a_wish_counts_a_hundred_and_is_told_where_they_go() -> None:
    pupil = next(one.pupil for one in TABLE.placements if one.section == "paper-1")
    kept = tuple(one for one in TABLE.placements if (one.pupil, one.section) != (pupil, "paper-1"))
    instead = Placement(pupil=pupil, section=SectionId("homework-2"), chosen=False)
    after = replace(TABLE, placements=(*kept, instead))
    (found,) = differences(Side(scenario=SCENARIO, timetable=TABLE), Side(scenario=SCENARIO, timetable=after))
    assert (found.kind, found.weight, found.who) == (Kind.WISH_LOST, 100, pupil)
    assert "剪纸" in found.from_zh
    assert found.to_zh.startswith("作业辅导")


def test_a_stand_in_counts_once_on_however_many_dates() -> None:
    slot = next(one.slot for one in TABLE.meetings if one.section == "reading-1")
    changes = tuple(
        Change(
            section=SectionId("reading-1"),
            slot=slot,
            day=date(2025, 10, day),
            kind=ChangeKind.SUBSTITUTE,
            why="请假",
            new_staff=(StaffId("li"),),
        )
        for day in (13, 20)
    )
    assert sorted(told(replace(TABLE, changes=changes))) == [(Kind.DATED, 0), (Kind.DATED, 7)]


def test_who_leaves_and_who_joins_disturb_nobody() -> None:
    gone = TABLE.placements[0].pupil
    after = replace(SCENARIO, pupils=tuple(one for one in SCENARIO.pupils if one.id != gone))
    table = replace(TABLE, placements=tuple(one for one in TABLE.placements if one.pupil != gone))
    new = replace(SCENARIO.pupil_by_id[gone], id=PupilId("new"))
    joined = replace(SCENARIO, pupils=(*SCENARIO.pupils, new))
    old = Side(scenario=SCENARIO, timetable=TABLE)
    found = [*differences(old, Side(scenario=after, timetable=table)), *differences(old, Side(scenario=joined, timetable=TABLE))]
    assert counts(found) == {Kind.PUPIL_JOINS: 1, Kind.PUPIL_LEAVES: 1}
    assert disturbance(found) == 0


def test_the_file_counts_what_it_lists() -> None:
    after = with_meeting("reading-1", staff=(StaffId("li"),), room=RoomId("r4"))
    found = differences(Side(scenario=SCENARIO, timetable=TABLE), Side(scenario=SCENARIO, timetable=after))
    content = as_json(found)
    assert content["disturbance"] == 15
    assert content["counts"] == {"room_changed": 1, "staff_changed": 1}
    assert KINDS.keys() == set(Kind)


def test_comparing_two_timetables_needs_no_solver() -> None:
    code = "import sys; sys.modules['ortools'] = None; import scheduler.differences, scheduler.reading_changes"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
