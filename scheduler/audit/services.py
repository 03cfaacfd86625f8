"""What is wrong with the days and services? Which days it runs, what each slot is for, and the care around it."""

from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta

from scheduler.audit import naming
from scheduler.audit.days import grade_day, minute, of_season, season_en, season_zh, slots_for
from scheduler.audit.report import Deviation
from scheduler.audit.world import SCHOOL_WEEK, World
from scheduler.domain import Clock, HolidaySeason, HolidayWeek, Season, Service, Slot, SlotId
from scheduler.rulebook import EveningStudyTime, ExtendedCareTime, HolidayOpening, OnlyTheseServices, ServiceDays, SlotOrder

NOON = time(12)
DAYS_AFTER_TERM = 60
HOLIDAY_ZH: Mapping[HolidaySeason, str] = {HolidaySeason.WINTER: "寒假", HolidaySeason.SUMMER: "暑假"}
ALWAYS_HOLIDAY: Mapping[HolidaySeason, tuple[int, int]] = {HolidaySeason.WINTER: (2, 1), HolidaySeason.SUMMER: (8, 1)}
"""A month and day that lies in that holiday in every year."""


def service_days(world: World, rule: ServiceDays) -> Iterator[Deviation]:
    """1 per grade and listed weekday without a slot, per slot in use on another weekday, and for a weekend day not named."""
    grades = world.grades_bound(rule.scope)
    weekend = world.scenario.term.weekend_weekday if rule.weekend_days else None
    listed = rule.weekdays | ({weekend} if weekend is not None else set())
    for grade in grades:
        for weekday in sorted(listed - {slot.weekday for slot in world.regular_slots(grade)}) if rule.every else ():
            yield Deviation(
                amount=1,
                subjects=(naming.grade(grade),),
                zh=f"{naming.grade_zh(grade)}{naming.weekday_zh(weekday)}没有课后服务时段。",
                en=f"{naming.grade_en(grade).capitalize()} is offered no slot on {naming.weekday_en(weekday)}.",
            )
    if grades and rule.weekend_days and weekend is None:
        yield Deviation(
            amount=1,
            subjects=(naming.school(world.scenario.school),),
            zh="没有确定周末开展服务的是周六还是周日。",
            en="It is not said which day of the weekend the service runs on.",
        )
    for slot in world.regular_slots_in_use:
        if slot.weekday not in listed and slot.grades & frozenset(grades):
            yield Deviation(
                amount=1,
                subjects=(naming.slot(slot),),
                zh=f"{naming.slot_zh(slot)}安排了课，而{naming.weekday_zh(slot.weekday)}不是服务日。",
                en=f"{naming.slot_en(slot)} has meetings, but {naming.weekday_en(slot.weekday)} is no service day.",
            )


def holiday_opening(world: World, rule: HolidayOpening) -> Iterator[Deviation]:
    """Weeks missing in each long holiday that follows the term or lies in it."""
    if not world.grades_bound(rule.scope):
        return
    term = world.scenario.term
    for season, weeks in sorted(rule.weeks.items()):
        opened = sum(_weeks(week) for week in term.holiday_weeks if week.season is season)
        if _touches(season, term.start, term.end + timedelta(days=DAYS_AFTER_TERM)) and opened < weeks:
            yield Deviation(
                amount=weeks - opened,
                subjects=(naming.school(world.scenario.school),),
                zh=f"{HOLIDAY_ZH[season]}只安排开放{opened}周，要求{weeks}周，少{weeks - opened}周。",
                en=f"The campus opens {opened} of {weeks} weeks in the {season.value} holiday: {weeks - opened} missing.",
            )


def slot_order(world: World, rule: SlotOrder) -> Iterator[Deviation]:
    """1 per grade and weekday with another number of slots, 1 per pupil and slot of the wrong strand."""
    place_by_slot: dict[tuple[int, SlotId], int] = {}
    for grade in world.grades_bound(rule.scope):
        for weekday in sorted(SCHOOL_WEEK):
            slots = [slot for slot in world.regular_slots(grade) if slot.weekday == weekday]
            place_by_slot |= {(grade, slot.id): place for place, slot in enumerate(slots)}
            if len(slots) != len(rule.order):
                yield Deviation(
                    amount=1,
                    subjects=(naming.grade(grade),),
                    zh=f"{naming.grade_zh(grade)}{naming.weekday_zh(weekday)}有{len(slots)}个时段，应为{len(rule.order)}个。",
                    en=f"{naming.grade_en(grade).capitalize()} has {len(slots)} slots on {naming.weekday_en(weekday)}, "
                    f"not {len(rule.order)}.",
                )
    for cell in world.cells:
        place = place_by_slot.get((world.grade(cell.pupil).number, cell.slot.id))
        if place is None or place >= len(rule.order) or cell.strand is None or cell.strand is rule.order[place]:
            continue
        name = naming.section_name(cell.section, cell.course)
        due = rule.order[place]
        yield Deviation(
            amount=1,
            subjects=(naming.pupil(cell.pupil), naming.section(cell.section, cell.course), naming.slot(cell.slot)),
            zh=f"{cell.pupil.name}{naming.slot_zh(cell.slot)}在{name}，属{naming.strand_zh(cell.strand)}，"
            f"而这一时段应安排{naming.strand_zh(due)}。",
            en=f"{cell.pupil.name} is in {name} in {naming.slot_en(cell.slot)}, which counts as “{cell.strand.value}”; "
            f"this slot is for “{due.value}”.",
        )


def extended_care_time(world: World, rule: ExtendedCareTime) -> Iterator[Deviation]:
    """Minutes off in start and in length, per extended-care slot and season."""
    grades = world.grades_bound(rule.scope)
    for slot, season, clock in slots_for(world, Service.EXTENDED_CARE, rule.scope):
        start = max(_start_off(world, rule, slot, clock, grade, season) for grade in grades if grade in slot.grades)
        length = abs(clock.minutes - rule.minutes) if rule.minutes is not None else 0
        if start or length:
            parts_zh = [f"开始时间与最后一个时段的衔接相差{start}分钟"] if start else []
            parts_en = [f"starts {start} min off the end of the last slot"] if start else []
            if length:
                parts_zh.append(f"时长{clock.minutes}分钟，应为{rule.minutes}分钟，相差{length}分钟")
                parts_en.append(f"lasts {clock.minutes} min instead of {rule.minutes}")
            yield Deviation(
                amount=start + length,
                subjects=(naming.slot(slot), *of_season(world, season)),
                zh=f"{naming.weekday_zh(slot.weekday)}延时托管{season_zh(world, season)}{'，'.join(parts_zh)}。",
                en=f"Extended care on {naming.weekday_en(slot.weekday)}{season_en(world, season)} {' and '.join(parts_en)}.",
            )


def evening_study_time(world: World, rule: EveningStudyTime) -> Iterator[Deviation]:
    """Minutes outside the hours, per evening slot and season, and 1 per evening slot offered to another stage."""
    grades = world.grades_bound(rule.scope)
    seen: set[SlotId] = set()
    for slot, season, clock in slots_for(world, Service.EVENING_STUDY, rule.scope):
        others = [grade for grade in grades if grade in slot.grades and not _allowed(world, rule, grade)]
        if others and slot.id not in seen:
            yield Deviation(
                amount=1,
                subjects=(naming.slot(slot), *(naming.grade(grade) for grade in others)),
                zh=f"{naming.weekday_zh(slot.weekday)}晚自习面向{'、'.join(map(naming.grade_zh, others))}开放，该学段不得安排。",
                en=f"Evening study on {naming.weekday_en(slot.weekday)} is open to "
                f"{', '.join(map(naming.grade_en, others))}, a stage it is not for.",
            )
        seen.add(slot.id)
        early = max(0, minute(rule.earliest) - minute(clock.start)) if rule.earliest is not None else 0
        late = max(0, minute(clock.end) - minute(rule.latest)) if rule.latest is not None else 0
        if early or late:
            parts_zh = [f"{naming.at(clock.start)}开始，早了{early}分钟"] if early else []
            parts_zh += [f"{naming.at(clock.end)}结束，晚了{late}分钟"] if late else []
            parts_en = [f"starts at {naming.at(clock.start)}, {early} min too early"] if early else []
            parts_en += [f"ends at {naming.at(clock.end)}, {late} min too late"] if late else []
            yield Deviation(
                amount=early + late,
                subjects=(naming.slot(slot), *of_season(world, season)),
                zh=f"{naming.weekday_zh(slot.weekday)}晚自习{season_zh(world, season)}{'；'.join(parts_zh)}。",
                en=f"Evening study on {naming.weekday_en(slot.weekday)}{season_en(world, season)} {' and '.join(parts_en)}.",
            )


def only_these_services(world: World, rule: OnlyTheseServices) -> Iterator[Deviation]:
    """1 per course of a banned activity that has a section, 1 per slot in use before noon on a class day."""
    for course in dict.fromkeys(world.course(section) for section in world.sections_bound(rule.scope)):
        if course.activity in rule.banned:
            yield Deviation(
                amount=1,
                subjects=(naming.course(course),),
                zh=f"“{course.title}”属于早到看护或午间看护，不得作为课后服务。",
                en=f"“{course.title}” is early-arrival or lunch care and may not be part of the service.",
            )
    grades = frozenset(world.grades_bound(rule.scope))
    for slot in world.regular_slots_in_use:
        clocks = [world.clock(slot, season) for season in world.seasons_bound(rule.scope)]
        starts = [clock.start for clock in clocks if clock is not None and clock.start < NOON]
        if starts and slot.weekday in SCHOOL_WEEK and slot.grades & grades:
            yield Deviation(
                amount=1,
                subjects=(naming.slot(slot),),
                zh=f"{naming.slot_zh(slot)}{naming.at(min(starts))}开始，上午时段不属于课后服务。",
                en=f"{naming.slot_en(slot)} starts at {naming.at(min(starts))}: mornings are no after-school service.",
            )


def _weeks(opening: HolidayWeek) -> int:
    """Whole weeks of five weekdays in an opening."""
    days = (opening.start + timedelta(days=number) for number in range((opening.end - opening.start).days + 1))
    return sum(day.isoweekday() in SCHOOL_WEEK for day in days) // len(SCHOOL_WEEK)


def _touches(season: HolidaySeason, first: date, last: date) -> bool:
    month, day = ALWAYS_HOLIDAY[season]
    return any(first <= date(year, month, day) <= last for year in range(first.year, last.year + 1))


def _start_off(world: World, rule: ExtendedCareTime, slot: Slot, clock: Clock, grade: int, season: Season) -> int:
    """Minutes before the grade's last regular end, or later than the gap allows."""
    day = grade_day(world, grade, slot.weekday, season)
    if not day.clocks:
        return 0
    gap = minute(clock.start) - minute(day.last_end)
    return -gap if gap < 0 else max(0, gap - rule.gap_minutes)


def _allowed(world: World, rule: EveningStudyTime, grade: int) -> bool:
    return not rule.stages or world.scenario.grade_by_number[grade].stage in rule.stages
