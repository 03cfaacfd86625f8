"""Does the audit see rooms of the wrong kind, without a feature, or too small?"""

from scheduler.audit.clashes import room_suits
from scheduler.domain import RoomKind
from scheduler.rulebook import RoomSuits
from tests.rules.worlds import Drawing, amounts


def week(pupils: int = 2, course: dict[str, object] | None = None, **room: object) -> Drawing:
    """So many pupils of 陶艺 in this room on Monday."""
    drawing = Drawing()
    drawing.slot("mon1", "Mon 16:30-17:10")
    drawing.course("陶艺", **(course or {}))
    drawing.room("陶艺室", **({"kind": RoomKind.FUNCTION_ROOM, "seats": 2} | room))
    drawing.meeting("陶艺", "mon1", room="陶艺室")
    for number in range(pupils):
        drawing.pupil(f"p{number}", stays="mon1", wishes="陶艺")
        drawing.place(f"p{number}", "陶艺")
    return drawing


KILN: dict[str, object] = {"room_kinds": frozenset({RoomKind.FUNCTION_ROOM}), "room_features": frozenset({"窑炉", "水池"})}


def test_room_suits_obeyed() -> None:
    """A course that asks for nothing suits any room."""
    assert amounts(room_suits(week(1).world(), RoomSuits())) == []


def test_room_suits_just_obeyed() -> None:
    drawing = week(2, KILN, features=frozenset({"窑炉", "水池"}))
    assert amounts(room_suits(drawing.world(), RoomSuits())) == []


def test_room_suits_just_broken() -> None:
    """A third pupil for two seats."""
    found = list(room_suits(week(3).world(), RoomSuits()))
    assert amounts(found) == [1]
    assert found[0].zh == "周一第1时段的陶艺1班有3名学生，陶艺室只能坐2人，超出1人。"


def test_the_kind_and_each_missing_feature_count() -> None:
    drawing = week(2, KILN, kind=RoomKind.CLASSROOM)
    assert amounts(room_suits(drawing.world(), RoomSuits())) == [1, 1, 1]
