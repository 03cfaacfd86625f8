"""Does the audit ask village schools for their central school and boarding schools for the county's plan?"""

from scheduler.audit.students import coordinated_by
from scheduler.domain import AreaType
from scheduler.rulebook import CoordinatedBy
from tests.rules.worlds import Drawing, amounts


def school(**facts: object) -> Drawing:
    drawing = Drawing()
    drawing.at_school(**facts)
    return drawing


def test_coordinated_by_obeyed() -> None:
    drawing = school(area=AreaType.TOWNSHIP, boarding=False)
    assert amounts(coordinated_by(drawing.world(), CoordinatedBy())) == []


def test_coordinated_by_just_obeyed() -> None:
    drawing = school(area=AreaType.VILLAGE, central_school="中心校", boarding=True, county_plan="县教字〔2025〕1号")
    assert amounts(coordinated_by(drawing.world(), CoordinatedBy())) == []


def test_coordinated_by_just_broken() -> None:
    assert amounts(coordinated_by(school(area=AreaType.VILLAGE).world(), CoordinatedBy())) == [1]
    assert amounts(coordinated_by(school(boarding=True).world(), CoordinatedBy())) == [1]
