"""Does the audit see schools and stages that the policy does not cover?"""

from scheduler.audit.students import scope_of_service
from scheduler.domain import Ownership, SchoolForm, Stage
from scheduler.rulebook import ScopeOfService
from tests.rules.worlds import Drawing, amounts

PUBLIC_COMPULSORY = ScopeOfService(
    stages=frozenset({Stage.PRIMARY, Stage.JUNIOR}), ownership=frozenset({"public"}), forms=frozenset({SchoolForm.PRIMARY})
)


def week(stage: Stage = Stage.PRIMARY, **school: object) -> Drawing:
    """li takes part on Monday; qian did not enrol."""
    drawing = Drawing(stage=stage)
    drawing.at_school(**school)
    drawing.slot("mon1", "Mon 16:30-17:10")
    drawing.pupil("li", stays="mon1")
    drawing.pupil("qian", stays="mon1", enrolled=False)
    return drawing


def test_scope_of_service_obeyed() -> None:
    """Nothing given: every school and stage."""
    drawing = week(Stage.SENIOR, ownership=Ownership.PRIVATE)
    assert amounts(scope_of_service(drawing.world(), ScopeOfService())) == []


def test_scope_of_service_just_obeyed() -> None:
    assert amounts(scope_of_service(week().world(), PUBLIC_COMPULSORY)) == []


def test_scope_of_service_just_broken() -> None:
    """One senior pupil takes part."""
    assert amounts(scope_of_service(week(Stage.SENIOR).world(), PUBLIC_COMPULSORY)) == [1]


def test_ownership_and_form_count_one_each() -> None:
    drawing = week(ownership=Ownership.PRIVATE, form=SchoolForm.OTHER)
    assert amounts(scope_of_service(drawing.world(), PUBLIC_COMPULSORY)) == [1, 1]
