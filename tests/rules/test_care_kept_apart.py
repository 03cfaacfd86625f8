"""Does the audit see care and service mixed up?"""

import pytest

from scheduler.audit.students import care_kept_apart
from scheduler.domain import Form, Service
from scheduler.rulebook import CareKeptApart
from tests.rules.worlds import Drawing, amounts

REGULAR = {Form.CHOSEN, Form.ARRANGED, Form.BASE_CARE, Form.BOARDER_CARE}


def week(form: Form, service: Service) -> Drawing:
    """One meeting of this form in a slot of this service."""
    drawing = Drawing()
    drawing.slot("mon1", "Mon 16:30-17:10", service=service)
    drawing.course("活动", form=form)
    drawing.meeting("活动", "mon1")
    return drawing


@pytest.mark.parametrize("form", sorted(REGULAR))
def test_care_kept_apart_obeyed(form: Form) -> None:
    assert amounts(care_kept_apart(week(form, Service.REGULAR).world(), CareKeptApart())) == []


@pytest.mark.parametrize("form", [Form.EXTENDED_CARE, Form.EVENING_STUDY])
def test_care_kept_apart_just_obeyed(form: Form) -> None:
    assert amounts(care_kept_apart(week(form, Service(form.value)).world(), CareKeptApart())) == []


@pytest.mark.parametrize(
    ("form", "service"),
    [
        (Form.EVENING_STUDY, Service.REGULAR),
        (Form.EXTENDED_CARE, Service.EVENING_STUDY),
        (Form.CHOSEN, Service.EXTENDED_CARE),
        (Form.BASE_CARE, Service.EVENING_STUDY),
    ],
)
def test_care_kept_apart_just_broken(form: Form, service: Service) -> None:
    assert amounts(care_kept_apart(week(form, service).world(), CareKeptApart())) == [1]
