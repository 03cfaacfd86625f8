"""What is wrong with the content? Strands and their shares, and what must not take place."""

from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import ceil, floor

from scheduler.audit import naming
from scheduler.audit.naming import ACTIVITY_ZH, CATEGORY_ZH
from scheduler.audit.report import Deviation, Subject
from scheduler.audit.world import SCHOOL_WEEK, Cell, Held, World
from scheduler.domain import Category, Course, Season, StaffKind, Strand
from scheduler.rulebook import (
    BannedActivities,
    BothStrands,
    Breadth,
    EnrichmentShare,
    MaxRisk,
    NoCommerce,
    OnCampus,
    OnlineWithTeacher,
    StrandOfCategory,
)
from scheduler.timetable import Section


def strand_of_category(world: World, rule: StrandOfCategory) -> Iterator[Deviation]:
    """1 per section whose course declares another strand than its category has."""
    for section, course in _sections(world, rule):
        due = _strand_due(rule, course.category)
        if due is not None and course.strand is not None and course.strand is not due:
            yield Deviation(
                amount=1,
                subjects=(naming.section(section, course),),
                zh=f"{naming.section_name(section, course)}属{CATEGORY_ZH[course.category]}类，应算{naming.strand_zh(due)}，"
                f"却填成{naming.strand_zh(course.strand)}。",
                en=f"{naming.section_name(section, course)} is of category {course.category.value}, which counts as "
                f"“{due.value}”, not “{course.strand.value}”.",
            )


def both_strands(world: World, rule: BothStrands) -> Iterator[Deviation]:
    """1 per full-week participant and strand without a meeting in the week."""
    grades = frozenset(world.grades_bound(rule.scope))
    for pupil in world.full_week_participants:
        if world.grade(pupil).number not in grades:
            continue
        met = {cell.strand for cell in world.cells_by_pupil[pupil.id] if cell.slot.weekday in SCHOOL_WEEK}
        for strand in Strand:
            if strand not in met:
                yield Deviation(
                    amount=1,
                    subjects=(naming.pupil(pupil),),
                    zh=f"{pupil.name}（{world.home_class(pupil).name}）一周没有{naming.strand_zh(strand)}。",
                    en=f"{pupil.name} ({world.home_class(pupil).name}) has no “{strand.value}” in the week.",
                )


def enrichment_share(world: World, rule: EnrichmentShare) -> Iterator[Deviation]:
    """Minutes of X missing, per full-week participant and per home class over all its participants."""
    seasons = world.seasons_bound(rule.scope)
    grades = frozenset(world.grades_bound(rule.scope))
    for pupil in world.full_week_participants:
        if world.grade(pupil).number in grades:
            who = f"{pupil.name}（{world.home_class(pupil).name}）"
            yield from _share_short(world, rule, seasons, world.cells_by_pupil[pupil.id], naming.pupil(pupil), who)
    for home_class in world.classes_bound(rule.scope) if rule.per_class else ():
        pupils = world.participants_by_class[home_class.id]
        cells = [cell for pupil in pupils for cell in world.cells_by_pupil[pupil.id]]
        yield from _share_short(world, rule, seasons, cells, naming.home_class(home_class), home_class.name)


def enrichment_share_notes(world: World, rule: EnrichmentShare) -> Iterator[Deviation]:
    """Part-week participants below the share, per home class: they chose their own days, so it is only reported."""
    seasons = world.seasons_bound(rule.scope)
    whole = {pupil.id for pupil in world.full_week_participants}
    for home_class in world.classes_bound(rule.scope):
        part = [pupil for pupil in world.participants_by_class[home_class.id] if pupil.id not in whole]
        below = [one for one in part if any(_short(world, rule, season, world.cells_by_pupil[one.id]) for season in seasons)]
        if below:
            yield Deviation(
                amount=len(below),
                subjects=(naming.home_class(home_class), *map(naming.pupil, below)),
                zh=f"{home_class.name}有{len(below)}名未全周参加的学生素质拓展时间不足{rule.share_percent}%。",
                en=f"{len(below)} part-week pupils of {home_class.name} have less than {rule.share_percent} % of X.",
            )


def banned_activities(world: World, rule: BannedActivities) -> Iterator[Deviation]:
    """1 per section of a banned activity, and 1 per section allotted to a subject where that is banned."""
    for section, course in _sections(world, rule):
        if rule.forms and course.form not in rule.forms:
            continue
        name = naming.section_name(section, course)
        if course.activity in rule.banned:
            yield Deviation(
                amount=1,
                subjects=(naming.section(section, course),),
                zh=f"{name}开展的是{ACTIVITY_ZH[course.activity]}，属于禁止的活动。",
                en=f"{name} is an activity that is banned ({course.activity.value}).",
            )
        if rule.no_subject and course.subject is not None:
            yield Deviation(
                amount=1,
                subjects=(naming.section(section, course),),
                zh=f"{name}分配给了学科“{course.subject}”，不得分配到学科。",
                en=f"{name} is allotted to the subject “{course.subject}”, which is banned.",
            )


def max_risk(world: World, rule: MaxRisk) -> Iterator[Deviation]:
    """Levels of risk above the limit, per section."""
    for section, course in _sections(world, rule):
        if course.risk > rule.level:
            name = naming.section_name(section, course)
            yield Deviation(
                amount=course.risk - rule.level,
                subjects=(naming.section(section, course),),
                zh=f"{name}的危险等级为{course.risk}级，最高只许{rule.level}级。",
                en=f"{name} has risk level {course.risk}; {rule.level} is the highest allowed.",
            )


def no_commerce(world: World, rule: NoCommerce) -> Iterator[Deviation]:
    """1 per section of a commercial course."""
    for section, course in _sections(world, rule):
        if course.commercial:
            yield Deviation(
                amount=1,
                subjects=(naming.section(section, course),),
                zh=f"{naming.section_name(section, course)}是商业性活动。",
                en=f"{naming.section_name(section, course)} is a commercial activity.",
            )


def on_campus(world: World, rule: OnCampus) -> Iterator[Deviation]:
    """Minutes away from school above the share, in the worst season."""
    counted = [
        held
        for held in world.held_bound(rule.scope)
        if held.regular and held.course.strand is not None and held.slot.weekday in SCHOOL_WEEK
    ]
    above, away, total = max(
        (_off_campus(world, rule, counted, one) for one in world.seasons_bound(rule.scope)), default=(0, 0, 0)
    )
    if above > 0:
        away_courses = dict.fromkeys(naming.course(held.course) for held in counted if held.off_campus)
        yield Deviation(
            amount=above,
            subjects=(naming.school(world.scenario.school), *away_courses),
            zh=f"每周{total}分钟服务中有{away}分钟在校外，超过{rule.max_percent}% 共{above}分钟。",
            en=f"{away} of {total} min a week take place off campus: {above} min above {rule.max_percent} %.",
        )


def online_with_teacher(world: World, rule: OnlineWithTeacher) -> Iterator[Deviation]:
    """1 per meeting of an online course without a teacher of the school, or a borrowed one, on site."""
    for held in world.held_bound(rule.scope):
        if held.course.online_resource is None or any(one.kind in (StaffKind.OWN, StaffKind.BORROWED) for one in held.staff):
            continue
        yield Deviation(
            amount=1,
            subjects=held.subjects,
            zh=f"{held.zh}使用线上资源，现场没有本校教师。",
            en=f"{held.en} is online without a teacher of the school on site.",
        )


def breadth(world: World, rule: Breadth) -> Iterator[Deviation]:
    """1 per category listed that no section with a regular meeting offers."""
    if not world.grades_bound(rule.scope):
        return
    offered = {held.course.category for held in world.held_bound(rule.scope) if held.regular}
    for category in sorted(rule.categories - offered):
        yield Deviation(
            amount=1,
            subjects=(naming.school(world.scenario.school),),
            zh=f"一周没有开设{CATEGORY_ZH[category]}类项目。",
            en=f"No course of category {category.value} takes place in the week.",
        )


def strand_minutes(world: World, cells: Iterable[Cell], season: Season) -> Counter[Strand]:
    """Minutes of "1" and of "X" in these cells from Monday to Friday, by the clock of one season.

    Shape: any number of cells, any order; a pupil-slot each. Care and slots of other services count as neither.
    """
    minutes: Counter[Strand] = Counter()
    for cell in cells:
        if (strand := cell.strand) is not None and cell.slot.weekday in SCHOOL_WEEK:
            minutes[strand] += world.minutes(cell.slot, season)
    return minutes


def _sections(world: World, rule: StrandOfCategory | BannedActivities | MaxRisk | NoCommerce) -> Iterator[tuple[Section, Course]]:
    return ((section, world.course(section)) for section in world.sections_bound(rule.scope))


def _strand_due(rule: StrandOfCategory, category: Category) -> Strand | None:
    """The one strand a category may count as; `None` where it is free."""
    if category in rule.one and category not in rule.x:
        return Strand.ONE
    if category in rule.x and category not in rule.one:
        return Strand.X
    return None


def _share_short(
    world: World, rule: EnrichmentShare, seasons: Iterable[Season], cells: Iterable[Cell], subject: Subject, who: str
) -> Iterator[Deviation]:
    """The deviation of the worst season, where there is one."""
    cells = tuple(cells)
    worst = max(seasons, key=lambda season: _short(world, rule, season, cells), default=None)
    if worst is None or not (short := _short(world, rule, worst, cells)):
        return
    minutes = strand_minutes(world, cells, worst)
    total, percent = minutes.total(), rule.share_percent
    least_zh, least_en = ("应不少于", "at least") if rule.inclusive else ("应超过", "more than")
    yield Deviation(
        amount=short,
        subjects=(subject,),
        zh=f"{who}每周“1+X”共{total}分钟，其中素质拓展{minutes[Strand.X]}分钟，{least_zh}{percent}%，少{short}分钟。",
        en=f"{who}: {minutes[Strand.X]} of {total} min a week are X, {short} short of {least_en} {percent} %.",
    )


def _short(world: World, rule: EnrichmentShare, season: Season, cells: Iterable[Cell]) -> int:
    """Minutes of X missing to the least whole number that satisfies; nothing assigned, nothing missing."""
    minutes = strand_minutes(world, cells, season)
    share = Fraction(rule.share_percent * minutes.total(), 100)
    least = ceil(share) if rule.inclusive or not share else floor(share) + 1
    return max(0, least - minutes[Strand.X])


def _off_campus(world: World, rule: OnCampus, counted: Iterable[Held], season: Season) -> tuple[int, int, int]:
    """Minutes above the share, minutes off campus, minutes of all meetings."""
    counted = tuple(counted)
    total = sum(world.minutes(held.slot, season) for held in counted)
    away = sum(world.minutes(held.slot, season) for held in counted if held.off_campus)
    return ceil(Fraction(100 * away - rule.max_percent * total, 100)), away, total
