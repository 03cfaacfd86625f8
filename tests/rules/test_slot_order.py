"""Does each day have its slots in order?"""

from scheduler.audit.services import slot_order
from scheduler.domain import Form, Strand
from scheduler.rulebook import SlotOrder
from tests.rules.worlds import Drawing, amounts

HELAN = SlotOrder(order=(Strand.ONE, Strand.X))
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")


def two_slots_a_day() -> Drawing:
    week = Drawing()
    for day in DAYS:
        week.slot(f"{day}1", f"{day} 16:00-17:00")
        week.slot(f"{day}2", f"{day} 17:10-18:10")
    week.course("作业辅导", form=Form.ARRANGED, strand=Strand.ONE)
    week.course("剪纸")
    week.course("托管", form=Form.BASE_CARE)
    week.pupil("li", stays="Mon1 Mon2")
    return week


def test_slot_order_obeyed() -> None:
    """贺兰 五（三）: "第一时段进行统一作业辅导", "第二时段开展丰富多彩的社团活动"."""
    week = two_slots_a_day()
    week.meeting("作业辅导", "Mon1")
    week.meeting("剪纸", "Mon2")
    week.place("li", "作业辅导", arranged=True)
    week.place("li", "剪纸")
    assert not amounts(slot_order(week.world(), HELAN))


def test_slot_order_just_obeyed() -> None:
    """贺兰 五（三）: base care is of no strand, so it is right in either slot."""
    week = two_slots_a_day()
    for number in (1, 2):
        week.meeting("托管", f"Mon{number}", number=number)
        week.place("li", "托管", number=number, arranged=True)
    assert not amounts(slot_order(week.world(), HELAN))


def test_slot_order_just_broken() -> None:
    """贺兰 五（三）: one child cuts paper in the first slot; then a Friday with one slot instead of two."""
    week = two_slots_a_day()
    week.meeting("剪纸", "Mon1")
    week.place("li", "剪纸")
    assert amounts(slot_order(week.world(), HELAN)) == [1]
    week = two_slots_a_day()
    del week.slots["Fri2"]
    assert amounts(slot_order(week.world(), HELAN)) == [1]
