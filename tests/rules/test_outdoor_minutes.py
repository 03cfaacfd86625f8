"""How much of X is spent indoors?"""

from scheduler.audit.exercise import outdoor_minutes
from scheduler.domain import Form, Strand
from scheduler.rulebook import OutdoorMinutes
from tests.rules.worlds import Drawing, amounts


def monday(*, outdoor_room: bool = False, outdoor_course: bool = False, strand: Strand = Strand.X) -> Drawing:
    """li and wang in one section."""
    week = Drawing()
    week.slot("mon1", "Mon 16:30-17:10")
    week.room("场地", outdoor=outdoor_room)
    week.course("跳绳", strand=strand, outdoor=outdoor_course)
    week.pupil("li", stays="mon1")
    week.pupil("wang", stays="mon1")
    week.meeting("跳绳", "mon1", staff="zhao", room="场地")
    week.place("li wang", "跳绳")
    return week


def test_outdoor_minutes_obeyed() -> None:
    """岳阳 二（五）: "提倡多开展室外活动"."""
    assert not amounts(outdoor_minutes(monday(outdoor_room=True).world(), OutdoorMinutes()))


def test_outdoor_minutes_just_obeyed() -> None:
    """岳阳 二（五）: an outdoor course counts in any room; “1” is not asked to go out, nor is base care."""
    assert not amounts(outdoor_minutes(monday(outdoor_course=True).world(), OutdoorMinutes()))
    assert not amounts(outdoor_minutes(monday(strand=Strand.ONE).world(), OutdoorMinutes()))
    week = monday()
    week.course("跳绳", form=Form.BASE_CARE)
    assert not amounts(outdoor_minutes(week.world(), OutdoorMinutes()))


def test_outdoor_minutes_just_broken() -> None:
    """岳阳 二（五）: two pupils, one slot, indoors."""
    assert amounts(outdoor_minutes(monday().world(), OutdoorMinutes())) == [2]
