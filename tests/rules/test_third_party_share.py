"""Does the audit count the minutes that third parties lead?"""

from scheduler.audit.providers import third_party_share
from scheduler.domain import ProviderId, StaffKind
from scheduler.rulebook import ThirdPartyShare
from tests.rules.worlds import Drawing, amounts


def week(own: int, theirs: int) -> Drawing:
    """So many meetings of 40 minutes by wang, and by zhao of 少年宫."""
    drawing = Drawing()
    drawing.slot("mon1", "Mon 16:30-17:10")
    drawing.course("剪纸", skill="剪纸")
    drawing.staff("zhao", kind=StaffKind.PROVIDER_STAFF, provider=ProviderId("少年宫"), skills="剪纸")
    for number in range(1, own + theirs + 1):
        drawing.meeting("剪纸", "mon1", number=number, staff="wang zhao" if number <= own else "zhao")
    return drawing


def test_third_party_share_obeyed() -> None:
    assert amounts(third_party_share(week(own=3, theirs=0).world(), ThirdPartyShare(percent=25))) == []


def test_third_party_share_just_obeyed() -> None:
    """40 of 160 minutes are 25 %."""
    assert amounts(third_party_share(week(own=3, theirs=1).world(), ThirdPartyShare(percent=25))) == []


def test_third_party_share_just_broken() -> None:
    """40 of 160 minutes where less than 25 % is allowed: one minute above 39."""
    assert amounts(third_party_share(week(own=3, theirs=1).world(), ThirdPartyShare(percent=25, exclusive=True))) == [1]


def test_third_party_share_counts_minutes_above() -> None:
    """40 of 120 minutes, 24 % would be 28.8: 12 whole minutes above 28."""
    assert amounts(third_party_share(week(own=2, theirs=1).world(), ThirdPartyShare(percent=24))) == [12]


def test_the_whole_service_is_never_theirs() -> None:
    """岳阳 二（六） "不得把课后服务工作完全交给第三方": all 80 minutes are one too many."""
    whole = ThirdPartyShare(percent=100, exclusive=True)
    assert amounts(third_party_share(week(own=0, theirs=2).world(), whole)) == [1]
    assert amounts(third_party_share(week(own=1, theirs=2).world(), whole)) == []


def test_a_providers_course_is_theirs_whoever_leads() -> None:
    drawing = week(own=1, theirs=0)
    drawing.course("陶艺", provider=ProviderId("少年宫"))
    drawing.meeting("陶艺", "mon1", staff="wang")
    assert amounts(third_party_share(drawing.world(), ThirdPartyShare(percent=49))) == [1]
