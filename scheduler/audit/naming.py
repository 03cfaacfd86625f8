"""What do we call somebody or something in a finding? Subjects, and short names in Chinese and English."""

from collections.abc import Mapping
from datetime import date, time
from enum import StrEnum

from scheduler.audit.report import Subject, SubjectKind
from scheduler.domain import (
    Activity,
    BusTrip,
    Category,
    Course,
    Form,
    HomeClass,
    Lock,
    Provider,
    Pupil,
    Room,
    School,
    Season,
    Slot,
    Staff,
    Strand,
)
from scheduler.timetable import Section

WEEKDAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NUMERALS = "一二三四五六七八九"
CATEGORY_ZH: Mapping[Category, str] = {
    Category.HOMEWORK: "作业辅导",
    Category.TUTORING: "学科答疑",
    Category.READING: "阅读",
    Category.PE: "体育",
    Category.ARTS: "艺术",
    Category.SCIENCE: "科技",
    Category.LABOUR: "劳动",
    Category.MORAL: "德育",
    Category.PRACTICE: "综合实践",
    Category.GAMES: "游戏",
    Category.SAFETY: "安全",
    Category.LAW: "法治",
    Category.LECTURE: "讲座",
    Category.CLUB: "社团",
    Category.CARE: "托管",
}
ACTIVITY_ZH: Mapping[Activity, str] = {
    Activity.HOMEWORK_GUIDANCE: "作业指导",
    Activity.FACE_TO_FACE_MARKING: "面批面改",
    Activity.TUTORING_QA: "答疑辅导",
    Activity.STUDY_EXTENSION: "拓展学习",
    Activity.REVIEW: "复习",
    Activity.PREVIEW: "预习",
    Activity.READING: "阅读",
    Activity.ORAL_PRACTICE: "口头练习",
    Activity.ENRICHMENT: "素质拓展活动",
    Activity.SUPERVISION: "看护",
    Activity.EXAM_DRILL: "刷题备考",
    Activity.NEW_LESSON: "讲授新课",
    Activity.GROUP_MAKEUP_CLASS: "集体补课",
    Activity.COLLECTIVE_TEACHING: "集体教学",
    Activity.TEACHING_EXTENSION: "课堂教学的延伸",
    Activity.COMPETITION_TRAINING: "竞赛培训",
    Activity.RUSH_PROGRESS: "赶超教学进度",
    Activity.HARMFUL: "有害身心健康的活动",
    Activity.EARLY_ARRIVAL_CARE: "早到看护",
    Activity.LUNCH_CARE: "午间看护",
}
FORMS_ZH: Mapping[Form, str] = {
    Form.CHOSEN: "自选项目",
    Form.ARRANGED: "统一安排的项目",
    Form.BASE_CARE: "托管兜底",
    Form.EXTENDED_CARE: "延时托管",
    Form.EVENING_STUDY: "晚自习",
    Form.BOARDER_CARE: "寄宿生看护",
}


def weekday_zh(weekday: int) -> str:
    """周一 … 周日."""
    return WEEKDAYS_ZH[weekday - 1] if 1 <= weekday <= 7 else f"星期{weekday}"


def weekday_en(weekday: int) -> str:
    """Monday … Sunday."""
    return WEEKDAYS_EN[weekday - 1] if 1 <= weekday <= 7 else f"weekday {weekday}"


def grade_zh(number: int) -> str:
    """一年级 … 九年级, 高一 … 高三."""
    if 1 <= number <= 9:
        return f"{NUMERALS[number - 1]}年级"
    if 10 <= number <= 12:
        return f"高{NUMERALS[number - 10]}"
    return f"{number}年级"


def grade_en(number: int) -> str:
    """grade 1 … grade 12."""
    return f"grade {number}"


def slot_zh(slot: Slot) -> str:
    """周三第2时段."""
    return f"{weekday_zh(slot.weekday)}第{slot.number}时段"


def slot_en(slot: Slot) -> str:
    """Wednesday slot 2."""
    return f"{weekday_en(slot.weekday)} slot {slot.number}"


def section_name(section: Section, course: Course) -> str:
    """Title of the course and the number of the section, as people call it: 剪纸2班."""
    return f"{course.title}{section.number}班"


def strand_zh(strand: Strand) -> str:
    """“1”（学科辅导） or “X”（素质拓展）."""
    return "“1”（学科辅导）" if strand is Strand.ONE else "“X”（素质拓展）"


def at(clock_time: time) -> str:
    """18:30."""
    return f"{clock_time:%H:%M}"


def pupil(who: Pupil) -> Subject:
    """A pupil as a subject."""
    return Subject(SubjectKind.PUPIL, who.id, who.name)


def staff(who: Staff) -> Subject:
    """A member of staff as a subject."""
    return Subject(SubjectKind.STAFF, who.id, who.name)


def room(what: Room) -> Subject:
    """A room as a subject."""
    return Subject(SubjectKind.ROOM, what.id, what.name)


def course(what: Course) -> Subject:
    """A course as a subject."""
    return Subject(SubjectKind.COURSE, what.id, what.title)


def section(what: Section, of: Course) -> Subject:
    """A section as a subject."""
    return Subject(SubjectKind.SECTION, what.id, section_name(what, of))


def slot(what: Slot) -> Subject:
    """A slot as a subject."""
    return Subject(SubjectKind.SLOT, what.id, slot_zh(what))


def home_class(what: HomeClass) -> Subject:
    """A home class as a subject."""
    return Subject(SubjectKind.HOME_CLASS, what.id, what.name)


def grade(number: int) -> Subject:
    """A grade as a subject."""
    return Subject(SubjectKind.GRADE, str(number), grade_zh(number))


def provider(who: Provider) -> Subject:
    """A provider as a subject."""
    return Subject(SubjectKind.PROVIDER, who.id, who.name)


def trip(what: BusTrip) -> Subject:
    """A bus trip as a subject."""
    return Subject(SubjectKind.TRIP, what.id, what.id)


def season(what: Season) -> Subject:
    """A season as a subject."""
    return Subject(SubjectKind.SEASON, what.id, what.id)


def day(what: date) -> Subject:
    """A date as a subject."""
    return Subject(SubjectKind.DATE, what.isoformat(), what.isoformat())


def school(what: School) -> Subject:
    """The school as a subject."""
    return Subject(SubjectKind.SCHOOL, what.name, what.name)


def lock(what: Lock) -> Subject:
    """A lock as a subject: the course it is about, and who decided it."""
    return Subject(SubjectKind.LOCK, what.course, f"{what.course}（{what.by}）")


def words(name: StrEnum) -> str:
    """A word of ours in English: extended care."""
    return name.value.replace("_", " ")
