"""Does the audit see rooms in use without a valid safety check?"""

from datetime import date, timedelta

import pytest

from scheduler.audit.clashes import safe_rooms
from scheduler.rulebook import SafeRooms
from tests.rules.worlds import LAST, Drawing, amounts


def week(safe_until: date | None, room: str = "101") -> Drawing:
    """剪纸 twice in `room` on Monday; 101 is checked until then, 102 for ever."""
    drawing = Drawing()
    drawing.slot("mon1", "Mon 16:30-17:10")
    drawing.course("剪纸")
    drawing.room("101", safe_until=safe_until)
    drawing.room("102", safe_until=date.max)
    drawing.meeting("剪纸", "mon1", number=1, room=room)
    drawing.meeting("剪纸", "mon1", number=2, room=room)
    return drawing


def test_safe_rooms_obeyed() -> None:
    """A room that is not used need not be checked."""
    assert amounts(safe_rooms(week(None, "102").world(), SafeRooms())) == []


def test_safe_rooms_just_obeyed() -> None:
    assert amounts(safe_rooms(week(LAST).world(), SafeRooms())) == []


@pytest.mark.parametrize("safe_until", [None, LAST - timedelta(days=1)])
def test_safe_rooms_just_broken(safe_until: date | None) -> None:
    """One room, however many meetings."""
    assert amounts(safe_rooms(week(safe_until).world(), SafeRooms())) == [1]
