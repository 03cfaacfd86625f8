"""Who does no written homework at school?"""

from scheduler.audit.homework import no_written_homework
from scheduler.domain import Form, Strand
from scheduler.rulebook import NoWrittenHomework
from tests.rules.worlds import Drawing, amounts


def homework(grade: int, *, written: bool) -> Drawing:
    week = Drawing(grade=grade)
    week.slot("mon1", "Mon 16:30-17:10")
    week.course("作业辅导", form=Form.ARRANGED, strand=Strand.ONE, written_homework=written)
    week.pupil("li", stays="mon1")
    week.meeting("作业辅导", "mon1")
    week.place("li", "作业辅导", arranged=True)
    return week


def test_no_written_homework_obeyed() -> None:
    """岳阳 二（五）: "小学1-2年级…不得借课后服务布置任何书面家庭作业"; oral practice is fine."""
    assert not amounts(no_written_homework(homework(2, written=False).world(), NoWrittenHomework()))


def test_no_written_homework_just_obeyed() -> None:
    """岳阳 二（五）: grade 3 may write."""
    assert not amounts(no_written_homework(homework(3, written=True).world(), NoWrittenHomework()))


def test_no_written_homework_just_broken() -> None:
    """岳阳 二（五）: one pupil of grade 2 in a group that writes, though the course is for other grades too."""
    (found,) = no_written_homework(homework(2, written=True).world(), NoWrittenHomework())
    assert found.amount == 1
    assert found.zh == "二年级学生li在作业辅导1班，该项目有书面作业。"
