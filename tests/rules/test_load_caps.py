"""Does the audit count meetings above a person's caps?"""

from scheduler.audit.staff import load_caps, load_caps_notes
from scheduler.rulebook import LoadCaps
from tests.rules.worlds import Drawing, amounts


def week(slots: str, **caps: int) -> Drawing:
    """wang leads one section in each of these slots; two slots on Monday, one on Tuesday, one on Saturday."""
    drawing = Drawing()
    drawing.slot("mon1", "Mon 16:30-17:10")
    drawing.slot("mon2", "Mon 17:20-18:00")
    drawing.slot("tue1", "Tue 16:30-17:10")
    drawing.slot("sat1", "Sat 09:00-10:00")
    drawing.course("剪纸")
    drawing.staff("wang", **caps)
    for number, slot in enumerate(slots.split(), start=1):
        drawing.meeting("剪纸", slot, number=number, staff="wang")
    return drawing


def test_load_caps_obeyed() -> None:
    """No cap: not bound."""
    assert amounts(load_caps(week("mon1 mon2 tue1 sat1").world(), LoadCaps())) == []


def test_load_caps_just_obeyed() -> None:
    assert amounts(load_caps(week("mon1 mon2 tue1", max_per_day=2, max_per_week=3).world(), LoadCaps())) == []


def test_load_caps_just_broken() -> None:
    """The Saturday meeting is the fourth of the week."""
    found = list(load_caps(week("mon1 mon2 tue1 sat1", max_per_day=2, max_per_week=3).world(), LoadCaps()))
    assert amounts(found) == [1]
    assert found[0].zh == "wang每周有4次课，超过每周3次的上限。"


def test_each_day_and_the_week_count_apart() -> None:
    """Two on Monday where one is allowed, and three a week where one is."""
    assert amounts(load_caps(week("mon1 mon2 tue1", max_per_day=1, max_per_week=1).world(), LoadCaps())) == [1, 2]


def test_a_helper_is_at_work_too() -> None:
    drawing = week("mon1", max_per_day=1)
    drawing.meeting("剪纸", "mon2", number=2, staff="li wang")
    assert amounts(load_caps(drawing.world(), LoadCaps())) == [1]


def test_a_missing_cap_is_reported() -> None:
    """wang has no cap a week; with both caps there is nothing to report."""
    (note,) = load_caps_notes(week("mon1", max_per_day=2).world(), LoadCaps())
    assert (note.amount, note.subjects[0].name) == (1, "wang")
    assert not list(load_caps_notes(week("mon1", max_per_day=2, max_per_week=2).world(), LoadCaps()))
