"""Does the audit count the minutes that own staff lead?"""

from scheduler.audit.providers import own_staff_share
from scheduler.domain import Form, StaffKind
from scheduler.rulebook import OwnStaffShare
from tests.rules.worlds import Drawing, amounts


def week(own: int, others: int) -> Drawing:
    """So many meetings of 40 minutes led by wang, and by the volunteer zhao."""
    drawing = Drawing()
    drawing.slot("mon1", "Mon 16:30-17:10")
    drawing.course("剪纸", skill="剪纸")
    drawing.staff("zhao", kind=StaffKind.VOLUNTEER, skills="剪纸")
    for number in range(1, own + others + 1):
        drawing.meeting("剪纸", "mon1", number=number, staff="wang" if number <= own else "zhao wang")
    return drawing


def test_own_staff_share_obeyed() -> None:
    assert amounts(own_staff_share(week(own=3, others=0).world(), OwnStaffShare())) == []


def test_own_staff_share_just_obeyed() -> None:
    """80 of 120 minutes are more than half."""
    assert amounts(own_staff_share(week(own=2, others=1).world(), OwnStaffShare())) == []


def test_own_staff_share_just_broken() -> None:
    """40 of 80 minutes are exactly half: one minute short of more than half. A helper does not lead."""
    assert amounts(own_staff_share(week(own=1, others=1).world(), OwnStaffShare())) == [1]


def test_own_staff_share_counts_minutes_short() -> None:
    """40 of 120 minutes: 61 would be more than half, 21 are missing."""
    assert amounts(own_staff_share(week(own=1, others=2).world(), OwnStaffShare())) == [21]


def test_base_care_and_the_weekend_are_left_out() -> None:
    drawing = week(own=0, others=1)
    drawing.slot("sat1", "Sat 09:00-10:00")
    drawing.course("托管", form=Form.BASE_CARE)
    drawing.meeting("托管", "mon1", staff="li")
    drawing.meeting("剪纸", "sat1", number=9, staff="li")
    assert amounts(own_staff_share(drawing.world(), OwnStaffShare())) == [21]


def test_an_empty_week_has_no_share() -> None:
    assert amounts(own_staff_share(week(own=0, others=0).world(), OwnStaffShare())) == []


def test_the_worst_season_counts() -> None:
    """In summer wang has 60 of 100 minutes, in winter 30 of 70: 36 would be more than half, 6 short."""
    drawing = Drawing()
    drawing.season("winter", *(drawing.seasons["autumn"].start, drawing.seasons["autumn"].end))
    drawing.slot("mon1", "Mon 16:00-17:00", clocks={"winter": "16:00-16:30"})
    drawing.slot("mon2", "Mon 17:10-17:50")
    drawing.course("剪纸", skill="剪纸")
    drawing.staff("zhao", kind=StaffKind.VOLUNTEER, skills="剪纸")
    drawing.meeting("剪纸", "mon1", number=1, staff="wang")
    drawing.meeting("剪纸", "mon2", number=2, staff="zhao")
    assert amounts(own_staff_share(drawing.world(), OwnStaffShare())) == [6]
