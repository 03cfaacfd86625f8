"""Who takes part in nothing of these?"""

from scheduler.audit.exercise import more_of_categories
from scheduler.domain import Category
from scheduler.rulebook import MoreOfCategories
from tests.rules.worlds import Drawing, amounts

RURAL = MoreOfCategories(categories=frozenset({Category.PE, Category.LABOUR, Category.PRACTICE}))


def monday(category: Category) -> Drawing:
    week = Drawing()
    week.slot("mon1", "Mon 16:30-17:10")
    week.course("项目", category=category)
    week.pupil("li", stays="mon1")
    week.meeting("项目", "mon1")
    week.place("li", "项目")
    return week


def test_more_of_categories_obeyed() -> None:
    """岳阳 二（六）: "多组织开展体育、劳动、社会实践类活动"."""
    assert not amounts(more_of_categories(monday(Category.LABOUR).world(), RURAL))


def test_more_of_categories_just_obeyed() -> None:
    """岳阳 二（六）: who does not take part in the service at all is not counted."""
    week = monday(Category.LABOUR)
    week.pupil("wang", stays="", enrolled=False)
    assert not amounts(more_of_categories(week.world(), RURAL))


def test_more_of_categories_just_broken() -> None:
    """岳阳 二（六）: li paints all week; a second pupil without anything makes two in the class."""
    week = monday(Category.ARTS)
    assert amounts(more_of_categories(week.world(), RURAL)) == [1]
    week.pupil("wang", stays="mon1")
    assert amounts(more_of_categories(week.world(), RURAL)) == [2]
