"""Does the audit see sections that do not meet as their course's pattern says?"""

import pytest

from scheduler.audit.sections import pattern_kept
from scheduler.domain import CourseId, Form, Pattern, SlotId, Strand
from scheduler.rulebook import PatternKept
from scheduler.timetable import Section, SectionId
from tests.rules.worlds import Drawing, amounts


def week(slots: str, **course: object) -> Drawing:
    """One section of 剪纸 in these slots: three on Monday, one on Tuesday for grade 3; mon9 is grade 4's second."""
    drawing = Drawing()
    drawing.slot("mon1", "Mon 16:00-16:40", grades={3})
    drawing.slot("mon2", "Mon 16:50-17:30", grades={3})
    drawing.slot("mon3", "Mon 17:40-18:20", grades={3})
    drawing.slot("tue1", "Tue 16:00-16:40", grades={3})
    drawing.grade(4)
    drawing.slot("mon9", "Mon 16:45-17:25", number=2, grades={4})
    drawing.course("剪纸", **course)
    for slot in slots.split():
        drawing.meeting("剪纸", slot)
    return drawing


def test_pattern_kept_obeyed() -> None:
    assert amounts(pattern_kept(week("mon2").world(), PatternKept())) == []


@pytest.mark.parametrize(("pattern", "slots"), [(Pattern.TWO_DAYS, "mon1 tue1"), (Pattern.DOUBLE, "mon2 mon3")])
def test_pattern_kept_just_obeyed(pattern: Pattern, slots: str) -> None:
    assert amounts(pattern_kept(week(slots, pattern=pattern).world(), PatternKept())) == []


@pytest.mark.parametrize(
    ("pattern", "slots"),
    [
        (Pattern.SINGLE, "mon1 mon2"),
        (Pattern.SINGLE, "mon1 mon1"),
        (Pattern.TWO_DAYS, "mon2 tue1"),
        (Pattern.TWO_DAYS, "mon1 mon2"),
        (Pattern.TWO_DAYS, "mon1"),
        (Pattern.DOUBLE, "mon1 mon3"),
        (Pattern.DOUBLE, "mon1 tue1"),
        (Pattern.DOUBLE, "mon1 mon9"),
    ],
)
def test_pattern_kept_just_broken(pattern: Pattern, slots: str) -> None:
    assert amounts(pattern_kept(week(slots, pattern=pattern).world(), PatternKept())) == [1]


def test_arranged_courses_meet_once_a_section() -> None:
    drawing = week("mon1 mon2", form=Form.ARRANGED, pattern=Pattern.DOUBLE)
    assert amounts(pattern_kept(drawing.world(), PatternKept())) == [1]


def test_a_section_with_pupils_that_never_meets_has_no_shape() -> None:
    drawing = week("")
    drawing.section("剪纸")
    drawing.pupil("li")
    drawing.place("li", "剪纸")
    assert amounts(pattern_kept(drawing.world(), PatternKept())) == [1]


def test_a_meeting_outside_the_courses_slots_counts() -> None:
    drawing = week("mon1")
    drawing.course("剪纸", slots=frozenset({SlotId("mon2")}))
    assert amounts(pattern_kept(drawing.world(), PatternKept())) == [1]


def test_a_slot_of_no_grade_of_the_course_counts() -> None:
    assert amounts(pattern_kept(week("mon9", grades=frozenset({3})).world(), PatternKept())) == [1]


def test_what_the_school_does_not_have_is_told() -> None:
    """An unknown course, and a meeting in an unknown slot, which leaves 剪纸 without one."""
    drawing = week("never")
    drawing.sections["x"] = Section(id=SectionId("x"), course=CourseId("瑜伽"), number=1)
    assert amounts(pattern_kept(drawing.world(), PatternKept())) == [1, 1]


def test_a_slot_kept_for_the_other_strand_counts() -> None:
    drawing = week("mon1")
    drawing.slot("mon1", "Mon 16:00-16:40", number=1, strand=Strand.ONE)
    assert amounts(pattern_kept(drawing.world(), PatternKept())) == [1]


def test_a_slot_kept_for_one_strand_takes_care() -> None:
    drawing = week("mon1", form=Form.BASE_CARE)
    drawing.slot("mon1", "Mon 16:00-16:40", number=1, strand=Strand.ONE)
    assert not list(pattern_kept(drawing.world(), PatternKept()))
