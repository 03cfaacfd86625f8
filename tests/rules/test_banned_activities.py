"""What must not take place at all?"""

from scheduler.audit.content import banned_activities
from scheduler.domain import Activity, Form, Service
from scheduler.rulebook import BannedActivities
from tests.rules.worlds import Drawing, amounts

NO_DRILL = BannedActivities(banned=frozenset({Activity.EXAM_DRILL}))
EVENINGS = BannedActivities(banned=frozenset({Activity.NEW_LESSON}), forms=frozenset({Form.EVENING_STUDY}), no_subject=True)


def monday(activity: Activity) -> Drawing:
    week = Drawing()
    week.slot("mon1", "Mon 16:30-17:10")
    week.course("数学", activity=activity, subject="数学")
    week.meeting("数学", "mon1")
    return week


def evening(subject: str | None) -> Drawing:
    week = Drawing()
    week.slot("eve", "Mon 19:00-20:00", service=Service.EVENING_STUDY)
    week.course("晚自习", form=Form.EVENING_STUDY, activity=Activity.SUPERVISION, subject=subject)
    week.meeting("晚自习", "eve")
    return week


def test_banned_activities_obeyed() -> None:
    """岳阳 二（五）: "不得利用课后服务时间组织学生刷题备考"; answering questions is no drill."""
    assert not amounts(banned_activities(monday(Activity.TUTORING_QA).world(), NO_DRILL))


def test_banned_activities_just_obeyed() -> None:
    """岳阳 二（五）: a course on the menu that no section offers does not take place."""
    week = monday(Activity.EXAM_DRILL)
    week.meetings.clear()
    assert not amounts(banned_activities(week.world(), NO_DRILL))


def test_banned_activities_just_broken() -> None:
    """岳阳 二（五）: one section of drill."""
    (found,) = banned_activities(monday(Activity.EXAM_DRILL).world(), NO_DRILL)
    assert found.amount == 1
    assert "刷题备考" in found.zh


def test_evening_study_is_not_allotted_to_subjects() -> None:
    """长治 三（二）: "但不得讲授新课，不得分配到学科" binds evening study alone."""
    assert not amounts(banned_activities(evening(None).world(), EVENINGS))
    assert amounts(banned_activities(evening("数学").world(), EVENINGS)) == [1]
    assert not amounts(banned_activities(monday(Activity.NEW_LESSON).world(), EVENINGS))
