"""Which slots and days deviate, whoever sits there? The school's slots are facts, so these are constants or prices of use."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

import numpy as np

from scheduler.domain import BellKind, Clock, HolidaySeason, Service, Slot, Strand
from scheduler.rulebook import (
    AfternoonStart,
    EarliestEnd,
    EndsAroundOffWork,
    EveningStudyTime,
    ExtendedCareTime,
    HolidayOpening,
    LatestEnd,
    OfferedMinutes,
    OnlyTheseServices,
    PeriodLength,
    ProtectedBreaks,
    Scope,
    ServiceDays,
    SlotOrder,
    StartsAfterLessons,
    StartsAt,
)
from scheduler.solver.scopes import grades_bound, meets_bound, seasons_bound, sections_bound
from scheduler.solver.statement import Statement, priced
from scheduler.solver.unknowns import Unknowns

NOON = 12 * 60
HOLIDAY_LOOK_AHEAD = timedelta(days=60)
IN_EVERY_HOLIDAY = {HolidaySeason.WINTER: (2, 1), HolidaySeason.SUMMER: (8, 1)}
"""1 February and 1 August lie in the winter and the summer holiday of any year."""


def of_day(hour: time) -> int:
    """Minutes since midnight."""
    return hour.hour * 60 + hour.minute


# --- slots that deviate by being used ---------------------------------------------------------------------------


def starts_after_lessons(unknowns: Unknowns, rule: StartsAfterLessons) -> Statement:
    """Minutes each slot starts before the last lesson of its grades and the break are over."""

    def early(slot: Slot, clock: Clock, season: int) -> int:
        ends = [_last_lesson(unknowns, grade, slot.weekday, season) for grade in _of_slot(unknowns, slot, rule.scope)]
        last = max((end for end in ends if end is not None), default=None)
        return 0 if last is None else max(0, last + rule.min_break_minutes - of_day(clock.start))

    return _per_slot_in_use(unknowns, rule.scope, early)


def period_length(unknowns: Unknowns, rule: PeriodLength) -> Statement:
    """Minutes between each slot's length and the nearest whole number of periods, for the stage furthest off."""
    school = unknowns.scenario.school
    if not school.billed_by_period:
        return Statement()

    def off(slot: Slot, clock: Clock, season: int) -> int:
        stages = {unknowns.scenario.grade_by_number[grade].stage for grade in _of_slot(unknowns, slot, rule.scope)}
        periods = [rule.minutes_by_stage.get(stage, school.period_minutes) for stage in stages]
        return max((_to_a_multiple(clock.minutes, period) for period in periods if period), default=0)

    return _per_slot_in_use(unknowns, rule.scope, off)


def _to_a_multiple(minutes: int, period: int) -> int:
    if minutes < period:
        return period - minutes
    return min(minutes % period, period - minutes % period)


def protected_breaks(unknowns: Unknowns, rule: ProtectedBreaks) -> Statement:
    """Minutes each slot takes from breaks and from the pause before it, for the grade worst off."""

    def taken(slot: Slot, clock: Clock, season: int) -> int:
        grades = _of_slot(unknowns, slot, rule.scope)
        return max(_of_breaks(unknowns, grade, slot, clock, season, rule.min_break_minutes) for grade in grades)

    return _per_slot_in_use(unknowns, rule.scope, taken)


def _of_breaks(unknowns: Unknowns, grade: int, slot: Slot, clock: Clock, season: int, least: int) -> int:
    """Minutes of the grade's breaks that the clock covers, and minutes missing in the pause before it."""
    breaks = _bells(unknowns, grade, slot.weekday, season, (BellKind.LUNCH, BellKind.NAP, BellKind.BREAK))
    covered = sum(max(0, min(of_day(one.end), of_day(clock.end)) - max(of_day(one.start), of_day(clock.start))) for one in breaks)
    before = [
        *_bells(unknowns, grade, slot.weekday, season, (BellKind.LESSON,)),
        *_clocks_of(unknowns, grade, slot.weekday, season),
    ]
    ends = [of_day(one.end) for one in before if one.start < clock.start]
    if not ends:
        return covered
    return covered + min(least, max(0, least - (of_day(clock.start) - max(ends))))


def only_these_services(unknowns: Unknowns, rule: OnlyTheseServices) -> Statement:
    """Courses of banned activities with a section, and slots in use before noon on a class day."""
    bound = sections_bound(unknowns, rule.scope)
    banned = sorted({offer.course.id for offer in unknowns.offers if offer.course.activity in rule.banned})
    columns = []
    for course in banned:
        own = np.array([offer.course.id == course for offer in unknowns.offers], dtype=bool)
        if (own & bound).any():
            columns.append(unknowns.any_of(("course", course, rule.scope), unknowns.sections[own & bound]))
    grades = grades_bound(unknowns.scenario, rule.scope)
    for s, slot in enumerate(unknowns.slots):
        clocks = [_clock(unknowns, slot, season) for season in seasons_bound(unknowns, rule.scope)]
        early = any(clock is not None and of_day(clock.start) < NOON for clock in clocks)
        if early and unknowns.in_week[s] and slot.grades & grades:
            columns.append(int(unknowns.used[s]))
    return priced(np.array(columns, dtype=np.int64), 1)


def _per_slot_in_use(unknowns: Unknowns, scope: Scope, minutes: Callable[[Slot, Clock, int], int]) -> Statement:
    """The minutes of each regular slot of a grade bound, added up over the seasons bound, where it is used."""
    grades = grades_bound(unknowns.scenario, scope)
    amounts = np.zeros(len(unknowns.slots), dtype=np.int64)
    for s, slot in enumerate(unknowns.slots):
        if unknowns.regular[s] and slot.grades & grades:
            for season in seasons_bound(unknowns, scope):
                clock = _clock(unknowns, slot, season)
                amounts[s] += 0 if clock is None else minutes(slot, clock, season)
    return priced(unknowns.used, amounts)


def latest_end(unknowns: Unknowns, rule: LatestEnd) -> Statement:
    """Minutes past the limit of the meetings that take place: one coefficient an offer."""
    late = np.zeros(len(unknowns.slots), dtype=np.int64)
    for s, slot in enumerate(unknowns.slots):
        clocks = [_clock(unknowns, slot, season) for season in seasons_bound(unknowns, rule.scope)]
        if unknowns.regular[s]:
            late[s] = sum(max(0, of_day(clock.end) - of_day(rule.latest)) for clock in clocks if clock is not None)
    return priced(unknowns.sections, np.asarray(meets_bound(unknowns, rule.scope) @ late, dtype=np.int64))


def service_days(unknowns: Unknowns, rule: ServiceDays) -> Statement:
    """Listed days without a slot, a weekend day not named, and slots in use on other days."""
    grades = grades_bound(unknowns.scenario, rule.scope)
    weekend = unknowns.scenario.term.weekend_weekday
    listed = set(rule.weekdays)
    if rule.weekend_days and weekend is not None:
        listed.add(weekend)
    missing = 0
    for grade in grades if rule.every else ():
        missing += len(listed - {slot.weekday for slot in unknowns.scenario.slots_of(grade)})
    unnamed = int(bool(grades) and bool(rule.weekend_days) and weekend is None)
    other = [
        int(unknowns.regular[s]) * int(slot.weekday not in listed) * int(bool(slot.grades & grades))
        for s, slot in enumerate(unknowns.slots)
    ]
    return priced(unknowns.used, np.array(other, dtype=np.int64), constant=missing + unnamed)


def slot_order(unknowns: Unknowns, rule: SlotOrder) -> Statement:
    """Days with another number of slots, and places of the wrong strand for their slot's place in the day."""
    scenario = unknowns.scenario
    due: dict[tuple[int, int], Strand] = {}
    constant = 0
    for grade in grades_bound(scenario, rule.scope):
        for weekday in range(1, 6):
            slots = [slot for slot in scenario.slots_of(grade) if slot.weekday == weekday]
            constant += int(len(slots) != len(rule.order))
            due.update({(grade, unknowns.slot_index[slot.id]): strand for slot, strand in zip(slots, rule.order, strict=False)})
    grade_of = [scenario.grade_of(pupil).number for pupil in unknowns.pupils]
    strand_of = [offer.course.strand for offer in unknowns.offers]
    sits, slots_of_sits = unknowns.sit_slots
    wrong = [
        (strand := strand_of[o]) is not None and due.get((grade_of[i], s), strand) is not strand
        for s, i, o in zip(
            slots_of_sits.tolist(), unknowns.sit_pupil[sits].tolist(), unknowns.sit_offer[sits].tolist(), strict=True
        )
    ]
    return priced(unknowns.sits[sits[np.array(wrong, dtype=bool)]], 1, constant)


# --- days of a grade, and what the calendar says: facts ---------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Day:
    grade: int
    weekday: int
    season: int
    clocks: list[Clock]


def starts_at(unknowns: Unknowns, rule: StartsAt) -> Statement:
    """Minutes between each day's first start and the hour it should have."""
    total = 0
    for day in _days(unknowns, rule.scope):
        if day.clocks:
            last = _last_lesson(unknowns, day.grade, day.weekday, day.season)
            due = max(of_day(rule.start), -1 if last is None else last + rule.min_break_minutes)
            total += abs(min(of_day(clock.start) for clock in day.clocks) - due)
    return Statement(constant=total)


def earliest_end(unknowns: Unknowns, rule: EarliestEnd) -> Statement:
    """Minutes by which a day's last slot ends too early."""
    days = [day for day in _days(unknowns, rule.scope) if day.clocks]
    return Statement(constant=sum(max(0, of_day(rule.earliest) - _last_end(day.clocks)) for day in days))


def ends_around_off_work(unknowns: Unknowns, rule: EndsAroundOffWork) -> Statement:
    """Minutes by which a day's last slot ends outside the window around the off-work time."""
    total = 0
    for day in _days(unknowns, rule.scope):
        off_work = unknowns.scenario.seasons[day.season].off_work_time
        if not day.clocks or off_work is None:
            continue
        after = _last_end(day.clocks) - of_day(off_work)
        if rule.before_minutes is not None:
            total += max(0, -after - rule.before_minutes)
        if rule.after_minutes is not None:
            total += max(0, after - rule.after_minutes)
    return Statement(constant=total)


def offered_minutes(unknowns: Unknowns, rule: OfferedMinutes) -> Statement:
    """Minutes missing in what a grade is offered on a day; no minute counts twice."""
    total = 0
    for day in _days(unknowns, rule.scope):
        covered = {minute for clock in day.clocks for minute in range(of_day(clock.start), of_day(clock.end))}
        total += max(0, rule.minutes - len(covered))
    return Statement(constant=total)


def afternoon_start(unknowns: Unknowns, rule: AfternoonStart) -> Statement:
    """Minutes between each season's afternoon start and the printed hour."""
    total = 0
    for index in seasons_bound(unknowns, rule.scope) if grades_bound(unknowns.scenario, rule.scope) else ():
        season = unknowns.scenario.seasons[index]
        due = rule.start_by_season.get(season.kind) if season.kind is not None else None
        if due is not None and season.afternoon_start is not None:
            total += abs(of_day(season.afternoon_start) - of_day(due))
    return Statement(constant=total)


def holiday_opening(unknowns: Unknowns, rule: HolidayOpening) -> Statement:
    """Weeks missing in each long holiday that the term or the days after it touch."""
    term = unknowns.scenario.term
    if not grades_bound(unknowns.scenario, rule.scope):
        return Statement()
    total = 0
    for holiday, weeks in rule.weeks.items():
        month, day = IN_EVERY_HOLIDAY[holiday]
        end = term.end + HOLIDAY_LOOK_AHEAD
        if any(term.start <= date(year, month, day) <= end for year in range(term.start.year, end.year + 1)):
            opened = [week for week in term.holiday_weeks if week.season is holiday]
            total += max(0, weeks - sum(_weekdays(week.start, week.end) // 5 for week in opened))
    return Statement(constant=total)


def _weekdays(start: date, end: date) -> int:
    return sum(1 for number in range((end - start).days + 1) if (start + timedelta(days=number)).isoweekday() <= 5)


def extended_care_time(unknowns: Unknowns, rule: ExtendedCareTime) -> Statement:
    """Minutes off in start, for the grade worst off, and in length."""
    total = 0
    for slot, clock, season in _offered(unknowns, Service.EXTENDED_CARE, rule.scope):
        off = [0]
        for grade in _of_slot(unknowns, slot, rule.scope):
            clocks = _clocks_of(unknowns, grade, slot.weekday, season)
            if clocks:
                gap = of_day(clock.start) - _last_end(clocks)
                off.append(max(-gap, gap - rule.gap_minutes))
        total += max(off) + (0 if rule.minutes is None else abs(clock.minutes - rule.minutes))
    return Statement(constant=total)


def evening_study_time(unknowns: Unknowns, rule: EveningStudyTime) -> Statement:
    """Minutes outside the hours, and slots offered to a grade of another stage."""
    total, elsewhere = 0, set()
    for slot, clock, _ in _offered(unknowns, Service.EVENING_STUDY, rule.scope):
        if rule.earliest is not None:
            total += max(0, of_day(rule.earliest) - of_day(clock.start))
        if rule.latest is not None:
            total += max(0, of_day(clock.end) - of_day(rule.latest))
        stages = {unknowns.scenario.grade_by_number[grade].stage for grade in _of_slot(unknowns, slot, rule.scope)}
        if rule.stages and stages - rule.stages:
            elsewhere.add(slot.id)
    return Statement(constant=total + len(elsewhere))


# --- what a day looks like --------------------------------------------------------------------------------------


def _days(unknowns: Unknowns, scope: Scope) -> Iterator[_Day]:
    """Grades bound, Monday to Friday, seasons bound; days without a slot too."""
    for grade in grades_bound(unknowns.scenario, scope):
        for weekday in range(1, 6):
            for season in seasons_bound(unknowns, scope):
                yield _Day(grade=grade, weekday=weekday, season=season, clocks=_clocks_of(unknowns, grade, weekday, season))


def _clocks_of(unknowns: Unknowns, grade: int, weekday: int, season: int) -> list[Clock]:
    """Clocks of the regular slots offered to a grade on a weekday."""
    clocks = (_clock(unknowns, slot, season) for slot in unknowns.scenario.slots_of(grade) if slot.weekday == weekday)
    return [clock for clock in clocks if clock is not None]


def _offered(unknowns: Unknowns, service: Service, scope: Scope) -> Iterator[tuple[Slot, Clock, int]]:
    """Slots of a service offered to a grade bound, in use or not, in each season bound."""
    grades = grades_bound(unknowns.scenario, scope)
    for slot in unknowns.slots:
        for season in seasons_bound(unknowns, scope):
            clock = _clock(unknowns, slot, season)
            if slot.service is service and slot.grades & grades and clock is not None:
                yield slot, clock, season


def _of_slot(unknowns: Unknowns, slot: Slot, scope: Scope) -> frozenset[int]:
    return slot.grades & grades_bound(unknowns.scenario, scope)


def _clock(unknowns: Unknowns, slot: Slot, season: int) -> Clock | None:
    return slot.clock_by_season.get(unknowns.scenario.seasons[season].id)


def _bells(unknowns: Unknowns, grade: int, weekday: int, season: int, kinds: tuple[BellKind, ...]) -> list[Clock]:
    """Clocks of the grade's bells of these kinds on a weekday."""
    id = unknowns.scenario.seasons[season].id
    return [
        bell.clock
        for bell in unknowns.scenario.bells
        if bell.season == id and grade in bell.grades and weekday in bell.weekdays and bell.kind in kinds
    ]


def _last_lesson(unknowns: Unknowns, grade: int, weekday: int, season: int) -> int | None:
    """When the grade's last lesson of the weekday ends."""
    lessons = _bells(unknowns, grade, weekday, season, (BellKind.LESSON,))
    return max((of_day(clock.end) for clock in lessons), default=None)


def _last_end(clocks: list[Clock]) -> int:
    return max(of_day(clock.end) for clock in clocks)
