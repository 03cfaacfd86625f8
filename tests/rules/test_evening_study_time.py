"""Who may study in the evening, and when?"""

from datetime import time

from scheduler.audit.services import evening_study_time
from scheduler.domain import Service, Stage
from scheduler.rulebook import EveningStudyTime
from tests.rules.worlds import Drawing, amounts

JUNIOR_UNTIL_2030 = EveningStudyTime(stages=frozenset({Stage.JUNIOR}), latest=time(20, 30))
SENIOR_FROM_2030 = EveningStudyTime(stages=frozenset({Stage.SENIOR}), earliest=time(20, 30))


def monday(hours: str, stage: Stage = Stage.JUNIOR) -> Drawing:
    week = Drawing(grade=8, stage=stage, home_class="八1")
    week.slot("eve", f"Mon {hours}", service=Service.EVENING_STUDY)
    return week


def test_evening_study_time_obeyed() -> None:
    """长治 三（二）: "初中学校可探索在工作日晚上开设自习班"."""
    assert not amounts(evening_study_time(monday("19:00-20:00").world(), JUNIOR_UNTIL_2030))


def test_evening_study_time_just_obeyed() -> None:
    """长治 三（二） "原则上结束时间不晚于20:30", 绥芬河 三（二）2 "在20时30分后"."""
    assert not amounts(evening_study_time(monday("19:00-20:30").world(), JUNIOR_UNTIL_2030))
    assert not amounts(evening_study_time(monday("20:30-21:30", Stage.SENIOR).world(), SENIOR_FROM_2030))


def test_evening_study_time_just_broken() -> None:
    """长治 三（二）, 绥芬河 三（二）2: a minute late, a minute early, a stage it is not for."""
    assert amounts(evening_study_time(monday("19:00-20:31").world(), JUNIOR_UNTIL_2030)) == [1]
    assert amounts(evening_study_time(monday("20:29-21:30", Stage.SENIOR).world(), SENIOR_FROM_2030)) == [1]
    assert amounts(evening_study_time(monday("19:00-20:00", Stage.PRIMARY).world(), JUNIOR_UNTIL_2030)) == [1]
