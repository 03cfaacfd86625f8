"""What is wrong with written homework and its rooms? Who does it, for how long, with whom, where."""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil

from scheduler.audit import naming
from scheduler.audit.report import Deviation
from scheduler.audit.world import SCHOOL_WEEK, Held, World
from scheduler.domain import HomeClass, Pupil
from scheduler.rulebook import HomeworkCapacity, HomeworkGroups, NoWrittenHomework, RoomKindsOfCategory


def no_written_homework(world: World, rule: NoWrittenHomework) -> Iterator[Deviation]:
    """1 per placement of a pupil of these grades where written homework is done."""
    grades = rule.grades & frozenset(world.grades_bound(rule.scope))
    for placement in world.placements:
        pupil, section = world.pupil_by_id[placement.pupil], world.section_by_id[placement.section]
        course, grade = world.course(section), world.grade(pupil).number
        if course.written_homework and grade in grades:
            name = naming.section_name(section, course)
            yield Deviation(
                amount=1,
                subjects=(naming.pupil(pupil), naming.section(section, course)),
                zh=f"{naming.grade_zh(grade)}学生{pupil.name}在{name}，该项目有书面作业。",
                en=f"{pupil.name} of {naming.grade_en(grade)} is in {name}, where written homework is done.",
            )


def homework_capacity(world: World, rule: HomeworkCapacity) -> Iterator[Deviation]:
    """Pupil-minutes missing for written homework, per home class and weekday, in the worst season."""
    seasons = world.seasons_bound(rule.scope)
    for home_class in world.classes_bound(rule.scope):
        homework = world.scenario.grade_by_number[home_class.grade].homework_minutes or 0
        for weekday in sorted(SCHOOL_WEEK) if homework else ():
            pupils = _whole_day(world, home_class, weekday)
            held = [one for pupil in pupils for one in _written(world, pupil, weekday)]
            due = ceil(Fraction(rule.share_percent * homework * len(pupils), 100))
            minutes = min((sum(world.minutes(one.slot, season) for one in held) for season in seasons), default=due)
            if minutes < due:
                yield Deviation(
                    amount=due - minutes,
                    subjects=(naming.home_class(home_class),),
                    zh=f"{home_class.name}{naming.weekday_zh(weekday)}有{len(pupils)}名全程参加的学生，每人书面作业{homework}分钟，"
                    f"应留出{due}人·分钟（{rule.share_percent}%），只有{minutes}，少{due - minutes}。",
                    en=f"{home_class.name}, {naming.weekday_en(weekday)}: {len(pupils)} pupils who stay throughout, {homework} "
                    f"min of written homework each: {due} pupil-minutes asked for ({rule.share_percent} %), {minutes} given, "
                    f"{due - minutes} short.",
                )


def homework_groups(world: World, rule: HomeworkGroups) -> Iterator[Deviation]:
    """1 per grade beyond the first in a section with written homework, 1 per meeting of it in another kind of room."""
    for section in world.sections_bound(rule.scope):
        course = world.course(section)
        meetings = [held for held in world.held_by_section[section.id] if held.regular]
        if not course.written_homework or not meetings:
            continue
        grades = sorted({world.grade(pupil).number for pupil in world.pupils_of(section)})
        name = naming.section_name(section, course)
        if len(grades) > 1:
            yield Deviation(
                amount=len(grades) - 1,
                subjects=(naming.section(section, course), *map(naming.grade, grades)),
                zh=f"{name}有{'、'.join(map(naming.grade_zh, grades))}的学生一起做作业，应以班级或年级为单位。",
                en=f"{name} mixes {', '.join(map(naming.grade_en, grades))} for written homework, not one class or grade.",
            )
        for held in meetings:
            if held.room is not None and held.room.kind not in rule.room_kinds:
                yield _elsewhere(held)


def room_kinds_of_category(world: World, rule: RoomKindsOfCategory) -> Iterator[Deviation]:
    """1 per meeting of these categories in another kind of room."""
    for held in world.held_bound(rule.scope):
        if held.course.category in rule.categories and held.room is not None and held.room.kind not in rule.room_kinds:
            yield _elsewhere(held)


def _whole_day(world: World, home_class: HomeClass, weekday: int) -> tuple[Pupil, ...]:
    """Participants of the class who stay in every regular slot their grade is offered that day."""
    offered = {slot.id for slot in world.regular_slots(home_class.grade) if slot.weekday == weekday}
    return tuple(pupil for pupil in world.participants_by_class[home_class.id] if offered and offered <= pupil.stays)


def _written(world: World, pupil: Pupil, weekday: int) -> tuple[Held, ...]:
    """Regular meetings of the pupil that day in which written homework is done."""
    return tuple(
        cell.held
        for cell in world.cells_by_pupil[pupil.id]
        if cell.regular and cell.slot.weekday == weekday and cell.course.written_homework
    )


def _elsewhere(held: Held) -> Deviation:
    assert held.room is not None
    return Deviation(
        amount=1,
        subjects=(*held.subjects, naming.room(held.room)),
        zh=f"{held.zh}安排在{held.room.name}，场地类型不符合要求。",
        en=f"{held.en} meets in {held.room.name}, which is not the kind of room it must use.",
    )
