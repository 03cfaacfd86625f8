"""Does the audit see providers of a kind that may not take part?"""

from scheduler.audit.providers import provider_kinds
from scheduler.domain import ProviderId, ProviderKind, StaffKind
from scheduler.rulebook import ProviderKinds
from tests.rules.worlds import Drawing, amounts

ALLOWED = ProviderKinds(allowed=frozenset({ProviderKind.YOUTH_PALACE}))


def week(kind: ProviderKind) -> Drawing:
    """A provider of this kind offers 陶艺; 剪纸 is the school's own."""
    drawing = Drawing()
    drawing.slot("mon1", "Mon 16:30-17:10")
    drawing.provider("泥巴屋", kind=kind)
    drawing.course("陶艺", provider=ProviderId("泥巴屋"))
    drawing.course("剪纸", skill="剪纸")
    return drawing


def test_provider_kinds_obeyed() -> None:
    drawing = week(ProviderKind.YOUTH_PALACE)
    drawing.meeting("陶艺", "mon1")
    assert amounts(provider_kinds(drawing.world(), ALLOWED)) == []


def test_provider_kinds_just_obeyed() -> None:
    """A provider on the list that leads nothing takes no part."""
    drawing = week(ProviderKind.ENTERPRISE)
    drawing.meeting("剪纸", "mon1")
    assert amounts(provider_kinds(drawing.world(), ALLOWED)) == []


def test_provider_kinds_just_broken() -> None:
    """Two sections of one provider are one provider too many."""
    drawing = week(ProviderKind.ENTERPRISE)
    drawing.meeting("陶艺", "mon1", number=1)
    drawing.meeting("陶艺", "mon1", number=2)
    found = list(provider_kinds(drawing.world(), ALLOWED))
    assert amounts(found) == [1]
    assert found[0].zh == "泥巴屋是经营性企业，不在允许引进的机构类型之内。"


def test_people_of_a_provider_count_in_any_course() -> None:
    drawing = week(ProviderKind.TRAINING_ACADEMIC)
    drawing.staff("zhao", kind=StaffKind.PROVIDER_STAFF, provider=ProviderId("泥巴屋"), skills="剪纸")
    drawing.meeting("剪纸", "mon1", staff="zhao")
    assert amounts(provider_kinds(drawing.world(), ALLOWED)) == [1]
