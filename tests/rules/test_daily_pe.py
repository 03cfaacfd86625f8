"""Does everybody move each day?"""

from scheduler.audit.exercise import daily_pe, daily_pe_notes
from scheduler.domain import Category, Form, Strand
from scheduler.rulebook import DailyPE
from tests.rules.worlds import Drawing, amounts


def monday(*, stays: str = "mon1 mon2", pe: bool = True, first_for: Strand | None = None) -> Drawing:
    """Two slots; li cuts paper first and plays football second, where `pe`."""
    week = Drawing()
    week.slot("mon1", "Mon 16:30-17:10", strand=first_for)
    week.slot("mon2", "Mon 17:20-18:00")
    week.course("剪纸")
    week.course("足球", category=Category.PE)
    week.pupil("li", stays=stays)
    week.meeting("剪纸", "mon1")
    week.place("li", "剪纸")
    if pe:
        week.meeting("足球", "mon2", staff="zhao", room="操场")
        week.place("li", "足球")
    return week


def test_daily_pe_obeyed() -> None:
    """Baseline: no PE lesson on Monday, so football in the second slot."""
    assert not amounts(daily_pe(monday().world(), DailyPE()))


def test_daily_pe_just_obeyed() -> None:
    """Baseline: a PE lesson of the home class that day is enough; so is a stay of one slot."""
    week = monday(pe=False)
    week.lesson(1, 3, "体育", pe=True)
    assert not amounts(daily_pe(week.world(), DailyPE()))
    assert not amounts(daily_pe(monday(stays="mon1", pe=False).world(), DailyPE()))


def test_daily_pe_just_broken() -> None:
    """Baseline: two slots, neither of them PE, and the PE lesson is on Tuesday."""
    week = monday(pe=False)
    week.lesson(2, 3, "体育", pe=True)
    (found,) = daily_pe(week.world(), DailyPE())
    assert found.amount == 1
    assert found.zh == "li（三1）周一没有体育课，课后服务也没有体育类活动。"


def test_class_pe_that_the_school_arranges_counts() -> None:
    week = monday()
    week.course("足球", form=Form.ARRANGED, category=Category.PE)
    assert not amounts(daily_pe(week.world(), DailyPE()))


def test_a_day_with_a_single_slot_for_x_is_met_by_offer() -> None:
    """贺兰 五（三） keeps the first slot for “1”: no finding, and a note only where no PE seat is open to the pupil."""
    week = monday(pe=False, first_for=Strand.ONE)
    assert not amounts(daily_pe(week.world(), DailyPE()))
    assert amounts(daily_pe_notes(week.world(), DailyPE())) == [1]
    week.meeting("足球", "mon2", staff="zhao", room="操场")
    assert not amounts(daily_pe_notes(week.world(), DailyPE()))
