"""Does the audit see rooms with more groups than they hold?"""

from scheduler.audit.clashes import rooms_hold_groups
from scheduler.domain import SlotId
from scheduler.rulebook import RoomsHoldGroups
from tests.rules.worlds import Drawing, amounts


def week(*slots: str, groups: int = 2, **room: object) -> Drawing:
    """One section of 足球 on the ground for each of the slots named; a and b start together, c 20 minutes later."""
    drawing = Drawing()
    drawing.slot("a", "Mon 16:30-17:10")
    drawing.slot("b", "Mon 16:30-17:15")
    drawing.slot("c", "Mon 16:50-17:30")
    drawing.slot("d", "Mon 17:10-17:50")
    drawing.course("足球")
    drawing.room("操场", groups=groups, **room)
    for number, slot in enumerate(slots, start=1):
        drawing.meeting("足球", slot, number=number, room="操场", staff=f"t{number}")
    return drawing


def test_rooms_hold_groups_obeyed() -> None:
    assert amounts(rooms_hold_groups(week("a", "d", groups=1).world(), RoomsHoldGroups())) == []


def test_rooms_hold_groups_just_obeyed() -> None:
    """Two groups at 16:30, two again at 17:10 when the first two have ended."""
    assert amounts(rooms_hold_groups(week("a", "a", "d", "d").world(), RoomsHoldGroups())) == []


def test_rooms_hold_groups_just_broken() -> None:
    """At 16:50 the third group comes while two are there."""
    found = list(rooms_hold_groups(week("a", "a", "c").world(), RoomsHoldGroups()))
    assert amounts(found) == [1]
    assert found[0].zh == "操场可容纳2个班同时活动，周一第3时段安排了3个。"


def test_slots_that_start_together_count_once() -> None:
    """Three groups at 16:30 in slots a and b: one too many, told once."""
    assert amounts(rooms_hold_groups(week("a", "a", "b").world(), RoomsHoldGroups())) == [1]


def test_each_slot_start_counts() -> None:
    """One group holds: two at 16:30, three at 16:50."""
    assert amounts(rooms_hold_groups(week("a", "b", "c", groups=1).world(), RoomsHoldGroups())) == [1, 2]


def test_a_closed_room_counts() -> None:
    drawing = week("a", closed=frozenset({SlotId("a")}))
    assert amounts(rooms_hold_groups(drawing.world(), RoomsHoldGroups())) == [1]


def test_a_meeting_without_a_room_counts() -> None:
    drawing = week("a")
    drawing.meeting("足球", "d", number=9, room=None)
    assert amounts(rooms_hold_groups(drawing.world(), RoomsHoldGroups())) == [1]


def test_the_worst_season_counts() -> None:
    """In winter c starts at 17:15, when a is over; in autumn both are there."""
    drawing = Drawing()
    drawing.season("winter", drawing.seasons["autumn"].start, drawing.seasons["autumn"].end)
    drawing.slot("a", "Mon 16:30-17:10")
    drawing.slot("c", "Mon 16:50-17:30", clocks={"winter": "17:15-17:55"})
    drawing.course("足球")
    drawing.room("操场", groups=1)
    drawing.meeting("足球", "a", number=1, room="操场")
    drawing.meeting("足球", "c", number=2, room="操场")
    assert amounts(rooms_hold_groups(drawing.world(), RoomsHoldGroups())) == [1]
