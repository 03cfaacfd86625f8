"""Do activities meet in the rooms made for them?"""

from scheduler.audit.homework import room_kinds_of_category
from scheduler.domain import Category, RoomKind
from scheduler.rulebook import RoomKindsOfCategory
from tests.rules.worlds import Drawing, amounts

READING_IN_READING_ROOMS = RoomKindsOfCategory(
    categories=frozenset({Category.READING}), room_kinds=frozenset({RoomKind.READING_ROOM, RoomKind.LIBRARY})
)


def monday(kind: RoomKind, category: Category = Category.READING) -> Drawing:
    week = Drawing()
    week.slot("mon1", "Mon 16:30-17:10")
    week.course("读书", category=category)
    week.room("某处", kind=kind)
    week.meeting("读书", "mon1", room="某处")
    return week


def test_room_kinds_of_category_obeyed() -> None:
    """长治 三（四）1: "安排学生在阅览室、图书馆等区域开展自主阅读"."""
    assert not amounts(room_kinds_of_category(monday(RoomKind.LIBRARY).world(), READING_IN_READING_ROOMS))


def test_room_kinds_of_category_just_obeyed() -> None:
    """长治 三（四）1: other categories meet where they like."""
    week = monday(RoomKind.CLASSROOM, Category.ARTS)
    assert not amounts(room_kinds_of_category(week.world(), READING_IN_READING_ROOMS))


def test_room_kinds_of_category_just_broken() -> None:
    """长治 三（四）1: one meeting of reading in a classroom."""
    (found,) = room_kinds_of_category(monday(RoomKind.CLASSROOM).world(), READING_IN_READING_ROOMS)
    assert found.amount == 1
    assert [subject.name for subject in found.subjects] == ["读书1班", "周一第1时段", "某处"]


def test_a_meeting_without_a_room_is_told_elsewhere() -> None:
    week = monday(RoomKind.LIBRARY)
    week.meetings.clear()
    week.meeting("读书", "mon1", room=None)
    assert not amounts(room_kinds_of_category(week.world(), READING_IN_READING_ROOMS))
