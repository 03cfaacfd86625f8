"""What is wrong with exercise and variety? PE each day, minutes of movement, time outdoors, categories taken part in."""

from collections import Counter
from collections.abc import Iterator

from scheduler.audit import naming
from scheduler.audit.naming import CATEGORY_ZH
from scheduler.audit.report import Deviation
from scheduler.audit.world import SCHOOL_WEEK, Cell, World
from scheduler.domain import Category, CourseId, Grouping, HomeClass, Pupil, Season, Slot, Strand
from scheduler.rulebook import ClassPEOffered, DailyPE, ExerciseMinutes, MoreOfCategories, OutdoorMinutes
from scheduler.timetable import Section


def daily_pe(world: World, rule: DailyPE) -> Iterator[Deviation]:
    """1 per pupil-day bound without a PE meeting."""
    for pupil in world.participants_bound(rule.scope):
        for weekday in _days_without_pe(world, pupil):
            if _bound_that_day(world, rule, pupil, weekday):
                home_class = world.home_class(pupil)
                yield Deviation(
                    amount=1,
                    subjects=(naming.pupil(pupil),),
                    zh=f"{pupil.name}（{home_class.name}）{naming.weekday_zh(weekday)}没有体育课，课后服务也没有体育类活动。",
                    en=f"{pupil.name} ({home_class.name}) has neither a PE lesson nor a PE meeting on "
                    f"{naming.weekday_en(weekday)}.",
                )


def daily_pe_notes(world: World, rule: DailyPE) -> Iterator[Deviation]:
    """Pupils per home class and day who stay too shortly to be bound and have no PE seat open to them either."""
    without: Counter[tuple[str, int]] = Counter()
    for pupil in world.participants_bound(rule.scope):
        for weekday in _days_without_pe(world, pupil):
            stays = [slot for slot in world.stays_of(pupil) if slot.weekday == weekday]
            if stays and not _bound_that_day(world, rule, pupil, weekday) and not _pe_seat_open(world, pupil, stays):
                without[pupil.home_class, weekday] += 1
    for home_class in world.classes_bound(rule.scope):
        for weekday in sorted(SCHOOL_WEEK):
            if number := without[home_class.id, weekday]:
                yield Deviation(
                    amount=number,
                    subjects=(naming.home_class(home_class),),
                    zh=f"{home_class.name}{naming.weekday_zh(weekday)}没有体育课，{number}名停留时间短的学生没有可选的体育类活动。",
                    en=f"{home_class.name} has no PE lesson on {naming.weekday_en(weekday)}: {number} pupils with a short "
                    f"stay have no PE seat open to them.",
                )


def class_pe_offered(world: World, rule: ClassPEOffered) -> Iterator[Deviation]:
    """1 per class-day without a PE lesson and with too few PE seats open to the grade."""
    for home_class in world.classes_bound(rule.scope):
        for weekday in sorted(SCHOOL_WEEK):
            staying = _staying(world, home_class, weekday)
            if not staying or (home_class.id, weekday) in world.pe_lessons:
                continue
            seats = _pe_seats(world, home_class, weekday)
            if 100 * seats < rule.seat_percent * staying:
                yield Deviation(
                    amount=1,
                    subjects=(naming.home_class(home_class),),
                    zh=f"{home_class.name}{naming.weekday_zh(weekday)}没有体育课，{staying}名学生参加服务，"
                    f"体育类学位只有{seats}个，不足{rule.seat_percent}%。",
                    en=f"{home_class.name} has no PE lesson on {naming.weekday_en(weekday)}; {staying} pupils stay and "
                    f"{seats} PE seats are open to them, fewer than {rule.seat_percent} %.",
                )


def exercise_minutes(world: World, rule: ExerciseMinutes) -> Iterator[Deviation]:
    """Minutes of movement missing, per participant and day, in the worst season."""
    seasons = world.seasons_bound(rule.scope)
    for pupil in world.participants_bound(rule.scope):
        for weekday in sorted(SCHOOL_WEEK):
            stays = [slot for slot in world.stays_of(pupil) if slot.weekday == weekday]
            cells = [one for one in world.cells_by_pupil[pupil.id] if one.regular and one.slot.weekday == weekday]
            moved = [
                _moved(world, rule, cells, season)
                for season in seasons
                if sum(world.minutes(slot, season) for slot in stays) >= rule.min_stay_minutes
            ]
            if (short := rule.minutes - min(moved, default=rule.minutes)) > 0:
                yield Deviation(
                    amount=short,
                    subjects=(naming.pupil(pupil),),
                    zh=f"{pupil.name}（{world.home_class(pupil).name}）{naming.weekday_zh(weekday)}体育锻炼{min(moved)}分钟，"
                    f"比要求的{rule.minutes}分钟少{short}分钟。",
                    en=f"{pupil.name} ({world.home_class(pupil).name}) moves for {min(moved)} min on "
                    f"{naming.weekday_en(weekday)}, {short} short of {rule.minutes}.",
                )


def outdoor_minutes(world: World, rule: OutdoorMinutes) -> Iterator[Deviation]:
    """Pupil-slots of X spent indoors, per course."""
    indoors: Counter[CourseId] = Counter()
    grades = frozenset(world.grades_bound(rule.scope))
    for cell in world.cells:
        outdoors = cell.course.outdoor or (cell.held.room is not None and cell.held.room.outdoor)
        if (
            cell.strand is Strand.X
            and cell.slot.weekday in SCHOOL_WEEK
            and not outdoors
            and world.grade(cell.pupil).number in grades
        ):
            indoors[cell.course.id] += 1
    for course_id, number in sorted(indoors.items()):
        course = world.scenario.course_by_id[course_id]
        yield Deviation(
            amount=number,
            subjects=(naming.course(course),),
            zh=f"“{course.title}”每周有{number}人次在室内。",
            en=f"“{course.title}” keeps {number} pupil-slots a week indoors.",
        )


def more_of_categories(world: World, rule: MoreOfCategories) -> Iterator[Deviation]:
    """Participants of each home class without any meeting of these categories in the week."""
    named_zh = "、".join(CATEGORY_ZH[category] for category in sorted(rule.categories))
    named_en = ", ".join(sorted(rule.categories))
    for home_class in world.classes_bound(rule.scope):
        without = [one for one in world.participants_by_class[home_class.id] if not _takes_part(world, rule, one)]
        if without:
            yield Deviation(
                amount=len(without),
                subjects=(naming.home_class(home_class), *map(naming.pupil, without)),
                zh=f"{home_class.name}有{len(without)}名学生一周没有参加{named_zh}类活动。",
                en=f"{len(without)} pupils of {home_class.name} take part in nothing of {named_en} in the week.",
            )


def exercise_of(world: World, cell: Cell, season: Season) -> int:
    """Minutes of real exercise in one meeting: what the course says, else all of it for PE; never longer than it lasts."""
    lasts = world.minutes(cell.slot, season)
    if cell.course.exercise_minutes is not None:
        return min(lasts, cell.course.exercise_minutes)
    return lasts if cell.course.category is Category.PE else 0


def _moved(world: World, rule: ExerciseMinutes, cells: list[Cell], season: Season) -> int:
    """Minutes of exercise in blocks long enough to count."""
    blocks = (exercise_of(world, cell, season) for cell in cells)
    return sum(block for block in blocks if block >= rule.min_block)


def _days_without_pe(world: World, pupil: Pupil) -> tuple[int, ...]:
    """Monday to Friday without a PE lesson of the home class and without a PE meeting of the pupil."""
    met = {cell.slot.weekday for cell in world.cells_by_pupil[pupil.id] if cell.regular and cell.course.category is Category.PE}
    return tuple(
        weekday for weekday in sorted(SCHOOL_WEEK) if weekday not in met and (pupil.home_class, weekday) not in world.pe_lessons
    )


def _bound_that_day(world: World, rule: DailyPE, pupil: Pupil, weekday: int) -> bool:
    stays = [slot for slot in world.stays_of(pupil) if slot.weekday == weekday]
    return len(stays) >= rule.min_stays and sum(slot.strand is not Strand.ONE for slot in stays) >= 2


def _pe_seat_open(world: World, pupil: Pupil, stays: list[Slot]) -> bool:
    """A PE section with a free seat that meets only where the pupil stays, that day among others."""
    grade = world.grade(pupil).number
    days = {slot.id for slot in stays}
    for section in world.pe_sections:
        course, slots = world.course(section), {held.slot.id for held in world.held_by_section[section.id]}
        free = course.max_size - len(world.placements_by_section.get(section.id, ()))
        if grade in world.grades_open(course) and slots & days and slots <= pupil.stays and free > 0:
            return True
    return False


def _staying(world: World, home_class: HomeClass, weekday: int) -> int:
    """Participants of the class with a stay that day."""
    pupils = world.participants_by_class[home_class.id]
    return sum(any(slot.weekday == weekday for slot in world.stays_of(pupil)) for pupil in pupils)


def _pe_seats(world: World, home_class: HomeClass, weekday: int) -> int:
    """Seats of the PE sections that meet that day where the class may come."""

    def meets(section: Section) -> bool:
        return any(
            held.regular and held.slot.weekday == weekday and home_class.grade in world.grades_of_meeting(held)
            for held in world.held_by_section[section.id]
        )

    open_sections = (one for one in world.pe_sections if meets(one) and _open_to(world, one, home_class))
    return sum(world.course(section).max_size for section in open_sections)


def _open_to(world: World, section: Section, home_class: HomeClass) -> bool:
    """Not taken by another class or grade, where the course keeps them apart; an empty section is open to all."""
    pupils = world.pupils_of(section)
    match world.course(section).grouping:
        case Grouping.HOME_CLASS:
            return not pupils or any(pupil.home_class == home_class.id for pupil in pupils)
        case Grouping.GRADE:
            return not pupils or any(world.grade(pupil).number == home_class.grade for pupil in pupils)
        case Grouping.MIXED:
            return True


def _takes_part(world: World, rule: MoreOfCategories, pupil: Pupil) -> bool:
    return any(
        cell.regular and cell.slot.weekday in SCHOOL_WEEK and cell.course.category in rule.categories
        for cell in world.cells_by_pupil[pupil.id]
    )
