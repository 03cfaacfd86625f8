"""With whom, and where, is homework done?"""

from scheduler.audit.homework import homework_groups
from scheduler.domain import Form, RoomKind, Strand
from scheduler.rulebook import HomeworkGroups
from tests.rules.worlds import Drawing, amounts


def monday(*, others: int = 3, kind: RoomKind = RoomKind.CLASSROOM, written: bool = True) -> Drawing:
    """li of grade 3 and wang of another grade do homework in one room."""
    week = Drawing()
    if others != 3:
        week.grade(others)
    week.home_class("另一班", others)
    week.slot("mon1", "Mon 16:30-17:10")
    week.course("作业辅导", form=Form.ARRANGED, strand=Strand.ONE, written_homework=written)
    week.room("教室", kind=kind)
    week.pupil("li", stays="mon1")
    week.pupil("wang", stays="mon1", home_class="另一班")
    week.meeting("作业辅导", "mon1", staff="zhao")
    week.place("li wang", "作业辅导", arranged=True)
    return week


def test_homework_groups_obeyed() -> None:
    """绥芬河 三（三）1: homework by class or grade, in classrooms; two classes of one grade are one grade."""
    assert not amounts(homework_groups(monday().world(), HomeworkGroups()))


def test_homework_groups_just_obeyed() -> None:
    """绥芬河 三（三）1: two grades may sit together where nothing is written."""
    assert not amounts(homework_groups(monday(others=4, written=False).world(), HomeworkGroups()))


def test_homework_groups_just_broken() -> None:
    """绥芬河 三（三）1: a second grade; and a reading room instead of a classroom."""
    assert amounts(homework_groups(monday(others=4).world(), HomeworkGroups())) == [1]
    assert amounts(homework_groups(monday(kind=RoomKind.READING_ROOM).world(), HomeworkGroups())) == [1]
