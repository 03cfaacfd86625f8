"""Does the week cover many categories?"""

from scheduler.audit.content import breadth
from scheduler.domain import Category
from scheduler.rulebook import Breadth
from tests.rules.worlds import Drawing, amounts

TWO = Breadth(categories=frozenset({Category.ARTS, Category.LABOUR}))


def monday(*categories: Category) -> Drawing:
    week = Drawing()
    week.slot("mon1", "Mon 16:30-17:10")
    for category in categories:
        week.course(category, category=category)
        week.meeting(category, "mon1", staff=f"{category}老师", room=f"{category}室")
    return week


def test_breadth_obeyed() -> None:
    """岳阳 一（二）: "推进“五育并举”"."""
    assert not amounts(breadth(monday(Category.ARTS, Category.LABOUR, Category.PE).world(), TWO))


def test_breadth_just_obeyed() -> None:
    """岳阳 一（二）: one section of each category is enough."""
    assert not amounts(breadth(monday(Category.ARTS, Category.LABOUR).world(), TWO))


def test_breadth_just_broken() -> None:
    """岳阳 一（二）: labour is on the menu, but no section of it meets."""
    week = monday(Category.ARTS)
    week.course("种菜", category=Category.LABOUR)
    (found,) = breadth(week.world(), TWO)
    assert found.amount == 1
    assert "劳动" in found.zh
