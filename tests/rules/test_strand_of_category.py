"""Does a course count as the strand its category has here?"""

from scheduler.audit.content import strand_of_category
from scheduler.domain import Category, Form, Strand
from scheduler.rulebook import StrandOfCategory
from tests.rules.worlds import Drawing, amounts

READING_IS_X = StrandOfCategory(one=frozenset({Category.HOMEWORK}), x=frozenset({Category.READING}))


def reading(strand: Strand | None, **facts: object) -> Drawing:
    week = Drawing()
    week.slot("mon1", "Mon 16:30-17:10")
    week.course("晨读", **({"strand": strand, "category": Category.READING} | facts))
    week.meeting("晨读", "mon1")
    return week


def test_strand_of_category_obeyed() -> None:
    """岳阳 二（五）: "“X”即非学科类素质拓展服务，包括德育、体育、美育、劳动、阅读…"."""
    assert not amounts(strand_of_category(reading(Strand.X).world(), READING_IS_X))


def test_strand_of_category_just_obeyed() -> None:
    """岳阳 二（五）: a category listed on neither side is free, and so is one listed on both."""
    week = reading(Strand.ONE, category=Category.GAMES)
    assert not amounts(strand_of_category(week.world(), READING_IS_X))
    both = StrandOfCategory(one=frozenset({Category.READING}), x=frozenset({Category.READING}))
    assert not amounts(strand_of_category(reading(Strand.ONE).world(), both))


def test_strand_of_category_just_broken() -> None:
    """岳阳 二（五）: one section of reading counted as “1”."""
    assert amounts(strand_of_category(reading(Strand.ONE).world(), READING_IS_X)) == [1]


def test_care_has_no_strand_to_be_wrong() -> None:
    week = reading(None, form=Form.BASE_CARE)
    assert not amounts(strand_of_category(week.world(), READING_IS_X))


def test_a_section_that_never_meets_is_nothing() -> None:
    week = reading(Strand.ONE)
    week.meetings.clear()
    assert not amounts(strand_of_category(week.world(), READING_IS_X))
