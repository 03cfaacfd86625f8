"""Does the audit see sections that are too small, too full, too many or wrongly mixed?"""

import pytest

from scheduler.audit.sections import section_sizes
from scheduler.domain import Form, Grouping
from scheduler.rulebook import SectionSizes
from tests.rules.worlds import Drawing, amounts


def week(pupils: int, **course: object) -> Drawing:
    """So many pupils of class 三1 in 剪纸 on Monday; grade 3 has two classes, grade 4 one."""
    drawing = Drawing()
    drawing.home_class("三2", 3)
    drawing.grade(4)
    drawing.home_class("四1", 4)
    drawing.slot("mon1", "Mon 16:30-17:10")
    drawing.course("剪纸", **({"min_size": 2, "max_size": 4} | course))
    drawing.meeting("剪纸", "mon1")
    for number in range(pupils):
        drawing.pupil(f"p{number}", stays="mon1", wishes="剪纸")
        drawing.place(f"p{number}", "剪纸")
    return drawing


def test_section_sizes_obeyed() -> None:
    assert amounts(section_sizes(week(3).world(), SectionSizes())) == []


@pytest.mark.parametrize("pupils", [2, 4])
def test_section_sizes_just_obeyed(pupils: int) -> None:
    assert amounts(section_sizes(week(pupils).world(), SectionSizes())) == []


@pytest.mark.parametrize("pupils", [1, 5])
def test_section_sizes_just_broken(pupils: int) -> None:
    assert amounts(section_sizes(week(pupils).world(), SectionSizes())) == [1]


def test_arranged_sections_may_be_small_but_not_too_full() -> None:
    assert amounts(section_sizes(week(1, form=Form.ARRANGED).world(), SectionSizes())) == []
    assert amounts(section_sizes(week(6, form=Form.ARRANGED).world(), SectionSizes())) == [2]


def test_too_many_sections_count() -> None:
    """Two sections of one allowed; both have two pupils."""
    drawing = week(2, max_sections=1)
    drawing.meeting("剪纸", "mon1", number=2)
    drawing.pupil("x", stays="mon1")
    drawing.pupil("y", stays="mon1")
    drawing.place("x y", "剪纸", number=2)
    assert amounts(section_sizes(drawing.world(), SectionSizes())) == [1]


def test_each_pupil_of_another_grade_counts() -> None:
    drawing = week(1, grades=frozenset({3}))
    for four in ("x", "y"):
        drawing.pupil(four, stays="mon1", home_class="四1")
    drawing.place("x y", "剪纸")
    assert amounts(section_sizes(drawing.world(), SectionSizes())) == [1, 1]


@pytest.mark.parametrize(("grouping", "extra"), [(Grouping.MIXED, 0), (Grouping.GRADE, 1), (Grouping.HOME_CLASS, 2)])
def test_grouping_counts_further_classes_or_grades(grouping: Grouping, extra: int) -> None:
    """Pupils of 三1, 三2 and 四1: three classes, two grades."""
    drawing = week(1, grouping=grouping)
    drawing.pupil("x", stays="mon1", home_class="三2")
    drawing.pupil("y", stays="mon1", home_class="四1")
    drawing.place("x y", "剪纸")
    assert sum(amounts(section_sizes(drawing.world(), SectionSizes()))) == extra
