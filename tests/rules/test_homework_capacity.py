"""Is there time for the homework?"""

from scheduler.audit.homework import homework_capacity
from scheduler.domain import Form, Stage, Strand
from scheduler.rulebook import HomeworkCapacity
from tests.rules.worlds import Drawing, amounts

EIGHTY = HomeworkCapacity(share_percent=80)


def monday(hours: str, *, homework: int | None = 50, written: bool = True) -> Drawing:
    """Grade 8 with so many minutes of written homework; li and wang do it in Monday's slot."""
    week = Drawing(grade=8, stage=Stage.JUNIOR, home_class="八1")
    week.grade(8, Stage.JUNIOR, homework_minutes=homework)
    week.slot("mon1", f"Mon {hours}")
    week.course("作业辅导", form=Form.ARRANGED, strand=Strand.ONE, written_homework=written)
    week.meeting("作业辅导", "mon1")
    for name in ("li", "wang"):
        week.pupil(name, stays="mon1")
        week.place(name, "作业辅导", arranged=True)
    return week


def test_homework_capacity_obeyed() -> None:
    """长治 三（四）1: "引导初中学生利用课后服务时间至少完成80%书面作业"; 50 of 50 minutes."""
    assert not amounts(homework_capacity(monday("17:00-17:50").world(), EIGHTY))


def test_homework_capacity_just_obeyed() -> None:
    """长治 三（四）1: 40 of 50 minutes are 80 %."""
    assert not amounts(homework_capacity(monday("17:00-17:40").world(), EIGHTY))


def test_homework_capacity_just_broken() -> None:
    """长治 三（四）1: 39 minutes each for two pupils, two pupil-minutes short; other days without slots do not bind."""
    assert amounts(homework_capacity(monday("17:00-17:39").world(), EIGHTY)) == [2]


def test_what_one_has_too_much_another_may_lack() -> None:
    """Of the class as a whole: li 0 and wang 50 minutes of 80 asked for."""
    week = monday("17:00-17:50")
    week.placements.pop()
    assert amounts(homework_capacity(week.world(), EIGHTY)) == [30]


def test_only_pupils_who_stay_throughout_are_counted() -> None:
    week = monday("17:00-17:40")
    week.slot("mon2", "Mon 17:50-18:30")
    assert not amounts(homework_capacity(week.world(), EIGHTY))
    week.pupil("li", stays="mon1 mon2")
    assert not amounts(homework_capacity(week.world(), EIGHTY))
    week.placements.clear()
    assert amounts(homework_capacity(week.world(), EIGHTY)) == [40]


def test_grades_without_homework_are_not_bound() -> None:
    assert not amounts(homework_capacity(monday("17:00-17:10", homework=0).world(), EIGHTY))
    assert not amounts(homework_capacity(monday("17:00-17:10", homework=None).world(), EIGHTY))


def test_time_without_writing_is_not_time_for_homework() -> None:
    assert amounts(homework_capacity(monday("17:00-17:50", written=False).world(), EIGHTY)) == [80]
