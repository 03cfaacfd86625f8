"""Is anything sold?"""

from scheduler.audit.content import no_commerce
from scheduler.rulebook import NoCommerce
from tests.rules.worlds import Drawing, amounts


def monday(*, commercial: bool) -> Drawing:
    week = Drawing()
    week.slot("mon1", "Mon 16:30-17:10")
    week.course("推介会", commercial=commercial)
    week.meeting("推介会", "mon1")
    return week


def test_no_commerce_obeyed() -> None:
    """长治 三（三） forbids commercial activities."""
    assert not amounts(no_commerce(monday(commercial=False).world(), NoCommerce()))


def test_no_commerce_just_obeyed() -> None:
    """长治 三（三）: a commercial course that no section offers does not take place."""
    week = monday(commercial=True)
    week.meetings.clear()
    assert not amounts(no_commerce(week.world(), NoCommerce()))


def test_no_commerce_just_broken() -> None:
    """长治 三（三）: one section of a commercial course."""
    assert amounts(no_commerce(monday(commercial=True).world(), NoCommerce())) == [1]
