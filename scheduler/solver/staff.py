"""Who leads what, how much, and when? Rows over leads: of those who lead a section, and of those who help."""

from collections import defaultdict
from dataclasses import replace

import numpy as np

from scheduler.calendar import service_dates, weekday_followed
from scheduler.domain import BellKind, FlexibleHours, Staff, StaffKind
from scheduler.rulebook import (
    DutyEachDay,
    EnoughStaff,
    FlexibleHoursKept,
    LoadCaps,
    MayLead,
    Rule,
    StaffVetted,
    StaffWishes,
    WorksOnlyWhenAvailable,
)
from scheduler.solver.model import Ints, Mask
from scheduler.solver.scopes import in_force, meetings_bound, meets_bound, seasons_bound
from scheduler.solver.statement import Statement, at_least, at_most, grouped, priced, together
from scheduler.solver.unknowns import Duties, Unknowns

OF_THE_SCHOOL = (StaffKind.OWN, StaffKind.BORROWED)


def leads_bound(unknowns: Unknowns, rule: Rule) -> tuple[Ints, Ints]:
    """Aligned pairs (lead, slot) of the meetings that the rule's scope binds."""
    leads, slots = unknowns.lead_slots
    kept = meets_bound(unknowns, rule.scope)[unknowns.lead_offer[leads], slots]
    return leads[kept], slots[kept]


def may_lead(unknowns: Unknowns, rule: MayLead) -> Statement:
    """Meetings without anyone. Whoever may not lead the course has no column."""
    times = meetings_bound(unknowns, rule.scope)
    leads = np.flatnonzero(unknowns.lead_first)
    count = len(unknowns.offers)
    return at_least(
        np.concatenate([np.arange(count), unknowns.lead_offer[leads]]),
        np.concatenate([unknowns.sections, unknowns.leads[leads]]),
        np.concatenate([-times, times[unknowns.lead_offer[leads]]]),
        np.zeros(count, dtype=np.int64),
        implied=np.ones(count, dtype=bool),
    )


def works_only_when_available(unknowns: Unknowns, rule: WorksOnlyWhenAvailable) -> Statement:
    """Nobody has a column in a slot outside their available ones."""
    return Statement()


def enough_staff(unknowns: Unknowns, rule: EnoughStaff) -> Statement:
    """Adults × pupils an adult may have ≥ pupils placed, and an adult a section; the larger lack counts, each meeting."""
    times = meetings_bound(unknowns, rule.scope)
    parts = []
    for ratio, offers in _offers_by_ratio(unknowns).items():
        for time in range(1, int(times[offers].max(initial=0)) + 1):
            parts.append(_adults_missing(unknowns, offers[times[offers] >= time], ratio))
    return together(parts)


def _offers_by_ratio(unknowns: Unknowns) -> dict[int | None, Ints]:
    ratios = [offer.course.pupils_per_adult for offer in unknowns.offers]
    found: defaultdict[int | None, list[int]] = defaultdict(list)
    for o, ratio in enumerate(ratios):
        found[ratio].append(o)
    return {ratio: np.array(offers, dtype=np.int64) for ratio, offers in found.items()}


def _adults_missing(unknowns: Unknowns, offers: Ints, ratio: int | None) -> Statement:
    count = len(offers)
    helped = np.array([offer.needs_helpers for offer in unknowns.offers], dtype=bool)
    number = np.full(len(unknowns.offers), -1, dtype=np.int64)
    number[offers] = np.arange(count)
    leads = np.flatnonzero(number[unknowns.lead_offer] >= 0)
    sits = np.flatnonzero(number[unknowns.sit_offer] >= 0)
    adults, row = unknowns.leads[leads], number[unknowns.lead_offer[leads]]
    one_each = at_least(
        np.concatenate([np.arange(count), row]),
        np.concatenate([unknowns.sections[offers], adults]),
        np.concatenate([np.full(count, -1), np.ones(len(leads), dtype=np.int64)]),
        np.zeros(count, dtype=np.int64),
    )
    if not ratio:
        return replace(one_each, implied=np.ones(count, dtype=bool))
    return Statement(
        rows=np.concatenate([one_each.rows, row + count, number[unknowns.sit_offer[sits]] + count]),
        columns=np.concatenate([one_each.columns, adults, unknowns.sits[sits]]),
        coefficients=np.concatenate([one_each.coefficients, np.full(len(leads), ratio), np.full(len(sits), -1, dtype=np.int64)]),
        lower=np.zeros(2 * count, dtype=np.int64),
        upper=np.concatenate([one_each.upper, one_each.upper]),
        measure=np.tile(np.arange(count), 2),
        scale=np.repeat(np.array([1, ratio], dtype=np.int64), count),
        implied=np.concatenate([np.ones(count, dtype=bool), ~helped[offers]]),
    )


def load_caps(unknowns: Unknowns, rule: LoadCaps) -> Statement:
    """Meetings a day and a week, per person with a cap."""
    leads, slots = leads_bound(unknowns, rule)
    people = unknowns.lead_staff[leads]
    per_day = np.array([-1 if p.max_per_day is None else p.max_per_day for p in unknowns.staff], dtype=np.int64)
    per_week = np.array([-1 if p.max_per_week is None else p.max_per_week for p in unknowns.staff], dtype=np.int64)
    day, week = per_day[people] >= 0, per_week[people] >= 0
    days, day_rows = np.unique(people[day] * 8 + unknowns.slot_weekday[slots[day]], return_inverse=True)
    weeks, week_rows = np.unique(people[week], return_inverse=True)
    return together(
        [
            at_most(day_rows, unknowns.leads[leads[day]], 1, per_day[days // 8]),
            at_most(week_rows, unknowns.leads[leads[week]], 1, per_week[weeks]),
        ]
    )


def flexible_hours_kept(unknowns: Unknowns, rule: FlexibleHoursKept) -> Statement:
    """Days of late finishes, those before an early lesson, and minutes a week, of own and borrowed teachers, each season."""
    terms = unknowns.scenario.flexible_hours
    if terms is None:
        return Statement()
    leads, slots = leads_bound(unknowns, rule)
    teachers = np.array([person.kind in OF_THE_SCHOOL for person in unknowns.staff], dtype=bool)
    kept = teachers[unknowns.lead_staff[leads]] & (unknowns.slot_weekday[slots] <= 5)
    leads, slots = leads[kept], slots[kept]
    parts = []
    for season in seasons_bound(unknowns, rule.scope):
        parts.append(_late_finishes(unknowns, leads, slots, season, terms))
        parts.append(_minutes_a_week(unknowns, leads, slots, season, terms))
    return together(parts)


def _late_finishes(unknowns: Unknowns, leads: Ints, slots: Ints, season: int, terms: FlexibleHours) -> Statement:
    id = unknowns.scenario.seasons[season].id
    clocks = [slot.clock_by_season.get(id) for slot in unknowns.slots]
    late = np.array([clock is not None and clock.end > terms.late_after for clock in clocks], dtype=bool)[slots]
    by_day: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for lead, slot in zip(leads[late].tolist(), slots[late].tolist(), strict=True):
        by_day[int(unknowns.lead_staff[lead]), int(unknowns.slot_weekday[slot])].append(lead)
    # Seasons in which the same meetings are late share a column.
    days = [unknowns.any_of(("late", *key, tuple(of_day)), unknowns.leads[np.unique(of_day)]) for key, of_day in by_day.items()]
    columns = np.array(days, dtype=np.int64)
    rows, people = grouped([person for person, _ in by_day])
    caps = at_most(rows, columns, 1, np.full(len(people), terms.late_days_per_week, dtype=np.int64))
    early = _early_lessons(unknowns, season, terms)
    followed = [weekday < 5 and (unknowns.staff[person].id, weekday + 1) in early for person, weekday in by_day]
    return together([caps, priced(columns[np.array(followed, dtype=bool)], 1)])


def _minutes_a_week(unknowns: Unknowns, leads: Ints, slots: Ints, season: int, terms: FlexibleHours) -> Statement:
    regular = unknowns.regular[slots]
    people, rows = np.unique(unknowns.lead_staff[leads[regular]], return_inverse=True)
    upper = np.full(len(people), terms.weekly_minutes, dtype=np.int64)
    return at_most(rows, unknowns.leads[leads[regular]], unknowns.lengths(season)[slots[regular]], upper)


def _early_lessons(unknowns: Unknowns, season: int, terms: FlexibleHours) -> set[tuple[str, int]]:
    """(person, weekday) with a lesson of theirs that starts before the late start would end."""
    scenario, id = unknowns.scenario, unknowns.scenario.seasons[season].id
    early = {
        (grade, weekday, bell.number)
        for bell in scenario.bells
        if bell.kind is BellKind.LESSON and bell.season == id and bell.clock.start < terms.late_start_until
        for grade in bell.grades
        for weekday in bell.weekdays
    }
    return {
        (str(lesson.teacher), lesson.weekday)
        for lesson in scenario.lessons
        if (scenario.home_class_by_id[lesson.home_class].grade, lesson.weekday, lesson.number) in early
    }


def duty_each_day(unknowns: Unknowns, rule: DutyEachDay) -> Statement:
    """Dates without the duty, duties on a day with a regular meeting, and turns shared unfairly.

    Dates that follow one weekday of the template week are alike, so duties are counted by holder and weekday.
    """
    scenario, scope = unknowns.scenario, rule.scope
    if not in_force(scenario, scope):
        return Statement()
    dates: defaultdict[int, int] = defaultdict(int)
    for day in service_dates(scenario):
        bound = (scope.start is None or scope.start <= day) and (scope.end is None or day <= scope.end)
        if bound and scenario.term.start <= day <= scenario.term.end:
            dates[weekday_followed(scenario, day) or 0] += 1
    holders = [t for t, person in enumerate(unknowns.staff) if rule.role in person.roles]
    if not holders or not dates:
        return Statement(constant=sum(dates.values()))
    weekdays = sorted(dates)
    pairs = [(t, weekday) for t in holders for weekday in weekdays]
    number = np.array([dates[weekday] for _, weekday in pairs], dtype=np.int64)
    duties = unknowns.duties(rule.role, scope, [(unknowns.staff[t].id, weekday) for t, weekday in pairs], number)
    given = at_least(
        np.array([weekdays.index(weekday) for _, weekday in pairs], dtype=np.int64),
        duties.columns,
        1,
        np.array([dates[weekday] for weekday in weekdays], dtype=np.int64),
    )
    busy = _not_on_duty_and_busy(unknowns, pairs, duties.columns, number)
    return together([given, busy, _fair(duties, len(holders), len(weekdays))])


def _not_on_duty_and_busy(unknowns: Unknowns, pairs: list[tuple[int, int]], duties: Ints, number: Ints) -> Statement:
    leads, slots = unknowns.lead_slots
    regular = unknowns.regular[slots]
    leads, slots = leads[regular], slots[regular]
    rows, columns, most = [], [], []
    for row, (person, weekday) in enumerate(pairs):
        own = leads[(unknowns.lead_staff[leads] == person) & (unknowns.slot_weekday[slots] == weekday)]
        if len(own):
            busy = unknowns.any_of(("busy", person, weekday), unknowns.leads[np.unique(own)])
            rows.append(row)
            columns.append(busy)
            most.append(int(number[row]))
    count = len(rows)
    held = duties[np.array(rows, dtype=np.int64)]
    amounts = np.array(most, dtype=np.int64)
    return at_most(
        np.tile(np.arange(count), 2),
        np.concatenate([held, np.array(columns, dtype=np.int64)]),
        np.concatenate([np.ones(count, dtype=np.int64), amounts]),
        amounts,
    )


def _fair(duties: Duties, holders: int, weekdays: int) -> Statement:
    """The busiest holder has at most one duty more than the least busy: all lie between `least` and `least` + 1."""
    every = np.arange(holders)
    return Statement(
        rows=np.concatenate([np.repeat(every, weekdays), every]),
        columns=np.concatenate([duties.columns, np.full(holders, duties.least)]),
        coefficients=np.concatenate([np.ones(holders * weekdays, dtype=np.int64), np.full(holders, -1)]),
        lower=np.zeros(holders, dtype=np.int64),
        upper=np.ones(holders, dtype=np.int64),
        measure=np.zeros(holders, dtype=np.int64),
    )


def staff_vetted(unknowns: Unknowns, rule: StaffVetted) -> Statement:
    """People with a meeting, and the things each of them lacks to the term's end."""
    leads = np.unique(leads_bound(unknowns, rule)[0])
    columns, amounts = [], []
    for t, person in enumerate(unknowns.staff):
        own = leads[unknowns.lead_staff[leads] == t]
        missing = _missing(person, rule, unknowns)
        if missing and len(own):
            columns.append(unknowns.any_of(("works", t, rule.scope), unknowns.leads[own]))
            amounts.append(missing)
    return priced(np.array(columns, dtype=np.int64), np.array(amounts, dtype=np.int64))


def _missing(person: Staff, rule: StaffVetted, unknowns: Unknowns) -> int:
    if rule.kinds and person.kind not in rule.kinds:
        return 0
    end = unknowns.scenario.term.end
    missing = sum(1 for check in rule.checks if check not in person.checks or person.checks[check] < end)
    missing += int(rule.approval and (person.approved_until is None or person.approved_until < end))
    return missing + int(rule.no_bad_record and person.bad_record)


def staff_wishes(unknowns: Unknowns, rule: StaffWishes) -> Statement:
    """Meetings in slots that somebody on them would rather avoid."""
    leads, slots = leads_bound(unknowns, rule)
    avoids: Mask = np.array([[slot.id in person.avoids for slot in unknowns.slots] for person in unknowns.staff], dtype=bool)
    avoids = avoids.reshape(len(unknowns.staff), len(unknowns.slots))
    return priced(unknowns.leads[leads[avoids[unknowns.lead_staff[leads], slots]]], 1)
