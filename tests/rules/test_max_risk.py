"""How dangerous may an activity be?"""

from scheduler.audit.content import max_risk
from scheduler.rulebook import MaxRisk
from tests.rules.worlds import Drawing, amounts


def monday(risk: int) -> Drawing:
    week = Drawing()
    week.slot("mon1", "Mon 16:30-17:10")
    week.course("攀岩", risk=risk)
    week.meeting("攀岩", "mon1")
    return week


def test_max_risk_obeyed() -> None:
    """长治 三（三） forbids 危险性较高的活动; level 1 is none."""
    assert not amounts(max_risk(monday(1).world(), MaxRisk()))


def test_max_risk_just_obeyed() -> None:
    """长治 三（三）, read as level 3: level 2 is allowed."""
    assert not amounts(max_risk(monday(2).world(), MaxRisk()))


def test_max_risk_just_broken() -> None:
    """长治 三（三）: level 3 is one level too many, two where only the lowest is allowed."""
    assert amounts(max_risk(monday(3).world(), MaxRisk())) == [1]
    assert amounts(max_risk(monday(3).world(), MaxRisk(level=1))) == [2]
