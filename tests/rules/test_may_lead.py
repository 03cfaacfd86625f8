"""Does the audit see everyone who stands before a course they may not lead?"""

import pytest

from scheduler.audit.staff import may_lead
from scheduler.domain import ProviderId, StaffId, StaffKind
from scheduler.rulebook import MayLead
from tests.rules.worlds import Drawing, amounts


def week(**course: object) -> Drawing:
    """One slot and one course with these facts."""
    drawing = Drawing()
    drawing.slot("mon1", "Mon 16:30-17:10")
    drawing.course("剪纸", **course)
    return drawing


def test_may_lead_obeyed() -> None:
    drawing = week()
    drawing.meeting("剪纸", "mon1", staff="wang")
    assert amounts(may_lead(drawing.world(), MayLead())) == []


def test_may_lead_just_obeyed() -> None:
    """A volunteer with the skill may lead a course that asks for one."""
    drawing = week(skill="剪纸")
    drawing.staff("zhao", kind=StaffKind.VOLUNTEER, skills="剪纸")
    drawing.meeting("剪纸", "mon1", staff="zhao")
    assert amounts(may_lead(drawing.world(), MayLead())) == []


def test_may_lead_just_broken() -> None:
    """Without a skill to show, a course is for teachers of the school: the volunteer beside wang is one too many."""
    drawing = week()
    drawing.staff("zhao", kind=StaffKind.VOLUNTEER, skills="剪纸")
    drawing.meeting("剪纸", "mon1", staff="wang zhao")
    found = list(may_lead(drawing.world(), MayLead()))
    assert amounts(found) == [1]
    assert found[0].subjects[0].id == "zhao"
    assert found[0].zh == "周一第1时段的剪纸1班安排了zhao，但该项目只能由本校或借调教师承担。"


def test_a_meeting_without_anyone_counts_once() -> None:
    drawing = week()
    drawing.meeting("剪纸", "mon1", staff="")
    assert amounts(may_lead(drawing.world(), MayLead())) == [1]


def test_an_unwilling_teacher_may_not_lead() -> None:
    drawing = week()
    drawing.staff("wang", willing=False)
    drawing.meeting("剪纸", "mon1", staff="wang")
    assert amounts(may_lead(drawing.world(), MayLead())) == [1]


@pytest.mark.parametrize(("person", "broken"), [("wang", 0), ("zhao", 1)])
def test_named_leaders_lead_whatever_their_skills(person: str, broken: int) -> None:
    drawing = week(skill="剪纸", leaders=frozenset({StaffId("wang")}))
    drawing.staff("zhao", skills="剪纸")
    drawing.meeting("剪纸", "mon1", staff=person)
    assert sum(amounts(may_lead(drawing.world(), MayLead()))) == broken


@pytest.mark.parametrize(("provider", "broken"), [("少年宫", 0), ("体校", 1), (None, 1)])
def test_only_its_own_people_lead_a_providers_course(provider: str | None, broken: int) -> None:
    drawing = week(provider=ProviderId("少年宫"))
    belongs = ProviderId(provider) if provider else None
    drawing.staff("zhao", kind=StaffKind.PROVIDER_STAFF, provider=belongs)
    drawing.meeting("剪纸", "mon1", staff="zhao")
    assert sum(amounts(may_lead(drawing.world(), MayLead()))) == broken
