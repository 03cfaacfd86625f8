"""Does the audit see third parties in strand "1"?"""

from scheduler.audit.providers import not_by_third_parties
from scheduler.domain import Category, ProviderId, StaffKind, Strand
from scheduler.rulebook import NotByThirdParties
from tests.rules.worlds import Drawing, amounts


def week(**course: object) -> Drawing:
    """作业辅导 of strand "1" on Monday, with these facts."""
    drawing = Drawing()
    drawing.slot("mon1", "Mon 16:30-17:10")
    drawing.course("作业辅导", **({"strand": Strand.ONE, "category": Category.HOMEWORK} | course))
    drawing.staff("zhao", kind=StaffKind.PROVIDER_STAFF, provider=ProviderId("少年宫"))
    return drawing


def test_not_by_third_parties_obeyed() -> None:
    drawing = week()
    drawing.meeting("作业辅导", "mon1", staff="wang")
    assert amounts(not_by_third_parties(drawing.world(), NotByThirdParties())) == []


def test_not_by_third_parties_just_obeyed() -> None:
    """The same person may lead strand X."""
    drawing = week(strand=Strand.X)
    drawing.meeting("作业辅导", "mon1", staff="zhao")
    assert amounts(not_by_third_parties(drawing.world(), NotByThirdParties())) == []


def test_not_by_third_parties_just_broken() -> None:
    """岳阳 二（六） "严禁第三方机构或组织参与校内学科类服务": a helper is taking part too."""
    drawing = week()
    drawing.meeting("作业辅导", "mon1", staff="wang zhao")
    assert amounts(not_by_third_parties(drawing.world(), NotByThirdParties())) == [1]


def test_a_providers_course_counts_whoever_leads_it() -> None:
    drawing = week(provider=ProviderId("少年宫"))
    drawing.meeting("作业辅导", "mon1", staff="wang")
    assert amounts(not_by_third_parties(drawing.world(), NotByThirdParties())) == [1]
