"""Does the audit see people without a valid check, approval or clean record?"""

from datetime import timedelta

from scheduler.audit.providers import staff_vetted
from scheduler.domain import Check, StaffKind
from scheduler.rulebook import StaffVetted
from tests.rules.worlds import LAST, Drawing, amounts

OUTSIDERS = StaffVetted(
    kinds=frozenset({StaffKind.VOLUNTEER}), checks=frozenset({Check.HEALTH, Check.CRIMINAL_RECORD}), approval=True
)
DAY = timedelta(days=1)


def week(kind: StaffKind = StaffKind.VOLUNTEER, **facts: object) -> Drawing:
    """zhao leads 剪纸 on Mondays until the last day of term."""
    drawing = Drawing()
    drawing.slot("mon1", "Mon 16:30-17:10")
    drawing.course("剪纸", skill="剪纸")
    valid = {"checks": {Check.HEALTH: LAST, Check.CRIMINAL_RECORD: LAST}, "approved_until": LAST}
    drawing.staff("zhao", kind=kind, skills="剪纸", **(valid | facts))
    drawing.meeting("剪纸", "mon1", staff="zhao")
    return drawing


def test_staff_vetted_obeyed() -> None:
    """A teacher of the school is not of the kinds asked about."""
    drawing = week(StaffKind.OWN, checks={}, approved_until=None)
    assert amounts(staff_vetted(drawing.world(), OUTSIDERS)) == []


def test_staff_vetted_just_obeyed() -> None:
    assert amounts(staff_vetted(week().world(), OUTSIDERS)) == []


def test_staff_vetted_just_broken() -> None:
    """A health check that ends a day before the timetable."""
    drawing = week(checks={Check.HEALTH: LAST - DAY, Check.CRIMINAL_RECORD: LAST})
    found = list(staff_vetted(drawing.world(), OUTSIDERS))
    assert amounts(found) == [1]
    assert found[0].zh == "zhao的健康检查有效期只到2026-01-22，早于2026-01-23。"


def test_each_thing_missing_counts() -> None:
    """Two checks, the approval, the record."""
    drawing = week(checks={}, approved_until=LAST - DAY, bad_record=True)
    assert amounts(staff_vetted(drawing.world(), OUTSIDERS)) == [1, 1, 1, 1]


def test_a_bad_record_counts_for_everyone_where_no_kind_is_named() -> None:
    drawing = week(StaffKind.OWN, bad_record=True)
    assert amounts(staff_vetted(drawing.world(), StaffVetted())) == [1]
    assert amounts(staff_vetted(drawing.world(), StaffVetted(no_bad_record=False))) == []
