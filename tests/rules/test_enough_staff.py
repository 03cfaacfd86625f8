"""Does the audit count the adults missing at a meeting?"""

from scheduler.audit.staff import enough_staff
from scheduler.rulebook import EnoughStaff
from tests.rules.worlds import Drawing, amounts


def week(pupils: int, staff: str, pupils_per_adult: int | None) -> Drawing:
    """So many pupils in one meeting."""
    drawing = Drawing()
    drawing.slot("mon1", "Mon 16:30-17:10")
    drawing.course("远足", pupils_per_adult=pupils_per_adult)
    drawing.meeting("远足", "mon1", staff=staff)
    for number in range(pupils):
        drawing.pupil(f"p{number}", stays="mon1", wishes="远足")
        drawing.place(f"p{number}", "远足")
    return drawing


def test_enough_staff_obeyed() -> None:
    assert amounts(enough_staff(week(3, "wang", None).world(), EnoughStaff())) == []


def test_enough_staff_just_obeyed() -> None:
    """Four pupils, two to an adult, two adults."""
    assert amounts(enough_staff(week(4, "wang li", 2).world(), EnoughStaff())) == []


def test_enough_staff_just_broken() -> None:
    """The fifth pupil needs a third adult."""
    assert amounts(enough_staff(week(5, "wang li", 2).world(), EnoughStaff())) == [1]


def test_a_person_named_twice_is_one_adult() -> None:
    assert amounts(enough_staff(week(4, "wang wang", 2).world(), EnoughStaff())) == [1]


def test_an_empty_meeting_still_needs_one() -> None:
    assert amounts(enough_staff(week(0, "", 2).world(), EnoughStaff())) == [1]
