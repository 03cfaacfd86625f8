"""Does the audit see days without a duty leader, busy leaders, and unfair turns?"""

from datetime import date

from scheduler.audit.staff import duty_each_day
from scheduler.domain import MakeUpDay, Role, StaffId
from scheduler.rulebook import DutyEachDay
from scheduler.timetable import Duty
from tests.rules.worlds import Drawing, amounts

LEADER = DutyEachDay(role=Role.DUTY_LEADER)
MON, TUE, WED, THU, FRI = (date(2025, 9, day) for day in range(1, 6))


def week(*holders: str, role: Role = Role.DUTY_LEADER) -> Drawing:
    """One week of term, Monday 1 to Friday 5 September; an and bo may be duty leaders; one holder a day, `-` for none."""
    drawing = Drawing()
    drawing.start, drawing.end = MON, FRI
    drawing.slot("mon1", "Mon 16:30-17:10")
    drawing.course("剪纸")
    drawing.staff("an", roles=frozenset({Role.DUTY_LEADER}))
    drawing.staff("bo", roles=frozenset({Role.DUTY_LEADER}))
    drawing.staff("wang")
    for day, holder in zip((MON, TUE, WED, THU, FRI), holders, strict=True):
        if holder != "-":
            drawing.duties.append(Duty(day=day, role=role, staff=StaffId(holder)))
    return drawing


def test_duty_each_day_obeyed() -> None:
    assert amounts(duty_each_day(week("an", "bo", "an", "bo", "an").world(), LEADER)) == []


def test_duty_each_day_just_obeyed() -> None:
    """Three turns and two; an leads a meeting on a Monday that is bo's."""
    drawing = week("bo", "an", "an", "an", "bo")
    drawing.meeting("剪纸", "mon1", staff="an")
    assert amounts(duty_each_day(drawing.world(), LEADER)) == []


def test_duty_each_day_just_broken() -> None:
    """Nobody on Wednesday."""
    found = list(duty_each_day(week("an", "bo", "-", "bo", "an").world(), LEADER))
    assert amounts(found) == [1]
    assert found[0].zh == "2025-09-03没有安排值班领导。"


def test_a_duty_of_another_role_does_not_count() -> None:
    drawing = week("an", "bo", "an", "bo", "an", role=Role.INSPECTOR)
    assert amounts(duty_each_day(drawing.world(), LEADER)) == [1, 1, 1, 1, 1]


def test_a_duty_leader_leads_no_meeting_that_day() -> None:
    drawing = week("an", "bo", "an", "bo", "an")
    drawing.meeting("剪纸", "mon1", staff="an")
    assert amounts(duty_each_day(drawing.world(), LEADER)) == [1]


def test_somebody_without_the_role_may_not_hold_it() -> None:
    """wang, and a stranger; an and bo keep two turns and one."""
    assert amounts(duty_each_day(week("an", "wang", "an", "nobody", "bo").world(), LEADER)) == [1, 1]


def test_turns_differ_by_one_at_most() -> None:
    """Four turns and one: two more than one apart."""
    assert amounts(duty_each_day(week("an", "an", "an", "an", "bo").world(), LEADER)) == [2]


def test_a_make_up_day_follows_its_weekday() -> None:
    """Sunday 28 September 2025 is a class day by the public notice; the school lets it follow Monday, when an teaches."""
    drawing = week("-", "-", "-", "-", "-")
    sunday = date(2025, 9, 28)
    drawing.in_term(make_up_days=(MakeUpDay(day=sunday, follows=1),))
    drawing.start = drawing.end = sunday
    drawing.meeting("剪纸", "mon1", staff="an")
    drawing.duties.append(Duty(day=sunday, role=Role.DUTY_LEADER, staff=StaffId("an")))
    assert amounts(duty_each_day(drawing.world(), LEADER)) == [1]
