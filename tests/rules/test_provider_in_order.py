"""Does the audit see each thing that is missing of a provider?"""

from datetime import date, timedelta

import pytest

from scheduler.audit.providers import provider_in_order
from scheduler.domain import CourseId, ListStatus, ProviderId
from scheduler.rulebook import ProviderInOrder
from tests.rules.worlds import FIRST, LAST, Drawing, amounts

EVERYTHING = ProviderInOrder(white_only=True, vetted=True, approval=True, contract=True, need=True)
DAY = timedelta(days=1)
IN_ORDER: dict[str, object] = {
    "list_status": ListStatus.WHITE,
    "vetted": True,
    "approved_from": FIRST,
    "approved_until": LAST,
    "contract_from": FIRST,
    "contract_until": LAST,
    "services": frozenset({CourseId("陶艺")}),
    "need": "本校没有陶艺教师",
}


def week(**facts: object) -> Drawing:
    """少年宫 with these facts leads 陶艺 on Mondays, from the first to the last day of term."""
    drawing = Drawing()
    drawing.slot("mon1", "Mon 16:30-17:10")
    drawing.provider("少年宫", **(IN_ORDER | facts))
    drawing.course("陶艺", provider=ProviderId("少年宫"))
    drawing.meeting("陶艺", "mon1")
    return drawing


def test_provider_in_order_obeyed() -> None:
    drawing = week(approved_until=LAST + 99 * DAY, contract_from=FIRST - 99 * DAY)
    assert amounts(provider_in_order(drawing.world(), EVERYTHING)) == []


def test_provider_in_order_just_obeyed() -> None:
    """Approval and contract from the first day of the timetable to its last."""
    assert amounts(provider_in_order(week().world(), EVERYTHING)) == []


@pytest.mark.parametrize(
    "facts",
    [
        {"list_status": ListStatus.BLACK},
        {"list_status": ListStatus.UNLISTED},
        {"vetted": False},
        {"approved_until": LAST - DAY},
        {"approved_from": None},
        {"contract_until": LAST - DAY},
        {"contract_from": FIRST + DAY},
        {"contract_until": None},
        {"services": frozenset({CourseId("围棋")})},
        {"need": " "},
    ],
    ids=str,
)
def test_provider_in_order_just_broken(facts: dict[str, object]) -> None:
    assert amounts(provider_in_order(week(**facts).world(), EVERYTHING)) == [1]


def test_each_missing_thing_counts() -> None:
    drawing = week(list_status=ListStatus.SUSPENDED, contract_until=date(2025, 9, 1), vetted=False)
    assert amounts(provider_in_order(drawing.world(), EVERYTHING)) == [1, 1, 1]


def test_what_is_not_asked_for_is_not_missed() -> None:
    drawing = week(list_status=ListStatus.UNLISTED, vetted=False, approved_until=None, need=None)
    assert amounts(provider_in_order(drawing.world(), ProviderInOrder())) == []
