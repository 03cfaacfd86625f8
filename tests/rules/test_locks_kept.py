"""Does the audit see what people had decided and the table does not carry out?"""

import pytest

from scheduler.audit.sections import locks_kept
from scheduler.domain import CourseId, Lock, PupilId, RoomId, SlotId, StaffId
from scheduler.rulebook import LocksKept
from tests.rules.worlds import Drawing, amounts


def week(**lock: object) -> Drawing:
    """剪纸 by wang in 101 on Monday, with li; 教务处 has locked 剪纸 as given."""
    drawing = Drawing()
    drawing.slot("mon1", "Mon 16:30-17:10")
    drawing.slot("tue1", "Tue 16:30-17:10")
    drawing.course("剪纸")
    drawing.meeting("剪纸", "mon1", staff="wang sun", room="101")
    drawing.pupil("li", stays="mon1", wishes="剪纸")
    drawing.pupil("qian", stays="mon1", wishes="剪纸")
    drawing.place("li", "剪纸")
    drawing.locks.append(Lock(**({"course": CourseId("剪纸"), "by": "教务处", "why": "已公布"} | lock)))
    return drawing


def test_locks_kept_obeyed() -> None:
    """Nothing but the course is asked for."""
    assert amounts(locks_kept(week().world(), LocksKept())) == []


@pytest.mark.parametrize(
    "lock",
    [{"slots": frozenset({SlotId("mon1")}), "room": RoomId("101"), "staff": StaffId("wang")}, {"pupil": PupilId("li")}],
    ids=" ".join,
)
def test_locks_kept_just_obeyed(lock: dict[str, object]) -> None:
    assert amounts(locks_kept(week(**lock).world(), LocksKept())) == []


@pytest.mark.parametrize(
    "lock",
    [
        {"slots": frozenset({SlotId("tue1")})},
        {"slots": frozenset({SlotId("mon1"), SlotId("tue1")})},
        {"room": RoomId("102")},
        {"staff": StaffId("sun")},
        {"pupil": PupilId("qian")},
        {"course": CourseId("围棋")},
    ],
    ids=" ".join,
)
def test_locks_kept_just_broken(lock: dict[str, object]) -> None:
    assert amounts(locks_kept(week(**lock).world(), LocksKept())) == [1]


def test_one_section_must_carry_out_the_whole_lock() -> None:
    """101 on Monday and 102 on Tuesday are not 102 on Monday."""
    drawing = week(slots=frozenset({SlotId("mon1")}), room=RoomId("102"))
    drawing.meeting("剪纸", "tue1", number=2, room="102")
    found = list(locks_kept(drawing.world(), LocksKept()))
    assert amounts(found) == [1]
    assert found[0].zh == "教务处的预排没有执行：“剪纸”，周一第1时段，102（已公布）。"
