"""Who leads what, how much, and when? Rows over leads."""

import numpy as np

from scheduler.domain import ListStatus, Provider, Role, Service, Staff, StaffKind
from scheduler.rulebook import (
    DutyEachDay,
    EnoughStaff,
    FlexibleHoursKept,
    LoadCaps,
    MayLead,
    NotByThirdParties,
    OwnStaffShare,
    ProviderInOrder,
    ProviderKinds,
    StaffVetted,
    StaffWishes,
    ThirdPartyShare,
    WorksOnlyWhenAvailable,
)
from scheduler.solver.model import INFINITE, Ints
from scheduler.solver.statement import Statement, at_least, at_most, grouped, priced, together
from scheduler.solver.unknowns import Unknowns


def may_lead(unknowns: Unknowns, rule: MayLead) -> Statement:
    """Each section has a leader, and none too many. Whoever may not lead it has no column."""
    sections, leads = len(unknowns.offers), len(unknowns.leads)
    ratio = np.array([offer.course.pupils_per_adult is not None for offer in unknowns.offers], dtype=bool)
    rows = np.concatenate([np.arange(sections), unknowns.lead_offer])
    columns = np.concatenate([unknowns.sections, unknowns.leads])
    least = np.concatenate([np.full(sections, -1), np.ones(leads, dtype=np.int64)])
    most = np.concatenate([np.where(ratio, -4, -1), np.ones(leads, dtype=np.int64)])
    zero = np.zeros(sections, dtype=np.int64)
    return together([at_least(rows, columns, least, zero), at_most(rows, columns, most, zero)])


def works_only_when_available(unknowns: Unknowns, rule: WorksOnlyWhenAvailable) -> Statement:
    """Nobody has a column in a slot outside their available ones."""
    return Statement()


def enough_staff(unknowns: Unknowns, rule: EnoughStaff) -> Statement:
    """Adults × pupils an adult may have ≥ pupils placed, per offer; sections are split to fit."""
    ratio = np.array([offer.course.pupils_per_adult or 0 for offer in unknowns.offers], dtype=np.int64)
    offers = np.flatnonzero(ratio)
    number = np.full(len(unknowns.offers), -1, dtype=np.int64)
    number[offers] = np.arange(len(offers))
    sits, leads = number[unknowns.sit_offer] >= 0, number[unknowns.lead_offer] >= 0
    return at_least(
        np.concatenate([number[unknowns.sit_offer[sits]], number[unknowns.lead_offer[leads]]]),
        np.concatenate([unknowns.sits[sits], unknowns.leads[leads]]),
        np.concatenate([np.full(int(sits.sum()), -1), ratio[unknowns.lead_offer[leads]]]),
        np.zeros(len(offers), dtype=np.int64),
    )


def load_caps(unknowns: Unknowns, rule: LoadCaps) -> Statement:
    """Meetings a day and a week, per person with a cap."""
    leads, slots = unknowns.lead_slots
    people = [unknowns.staff[t] for t in unknowns.lead_staff[leads].tolist()]
    weekdays = [unknowns.slots[s].weekday for s in slots.tolist()]
    day = np.array([person.max_per_day is not None for person in people], dtype=bool)
    week = np.array([person.max_per_week is not None for person in people], dtype=bool)
    day_rows, day_keys = grouped([(p.id, d) for p, d, kept in zip(people, weekdays, day, strict=True) if kept])
    week_rows, week_keys = grouped([p.id for p, kept in zip(people, week, strict=True) if kept])
    caps = {person.id: (person.max_per_day or 0, person.max_per_week or 0) for person in unknowns.staff}
    day_upper = np.array([caps[person][0] for person, _ in day_keys], dtype=np.int64)  # type: ignore[misc,attr-defined]
    week_upper = np.array([caps[person][1] for person in week_keys], dtype=np.int64)  # type: ignore[index]
    return together(
        [
            at_most(day_rows, unknowns.leads[leads[day]], 1, day_upper),
            at_most(week_rows, unknowns.leads[leads[week]], 1, week_upper),
        ]
    )


def flexible_hours_kept(unknowns: Unknowns, rule: FlexibleHoursKept) -> Statement:
    """Late finishes and weekly minutes of own and borrowed teachers; a late finish before an early lesson is priced."""
    terms = unknowns.scenario.flexible_hours
    if terms is None:
        return Statement()
    leads, slots = unknowns.lead_slots
    regular = np.array([slot.service is Service.REGULAR and slot.weekday <= 5 for slot in unknowns.slots], dtype=bool)
    bound = np.array([person.kind in (StaffKind.OWN, StaffKind.BORROWED) for person in unknowns.staff], dtype=bool)
    kept = bound[unknowns.lead_staff[leads]]
    parts = []
    early = _early_lessons(unknowns)
    for season in unknowns.scenario.seasons:
        clocks = [slot.clock_by_season.get(season.id) for slot in unknowns.slots]
        late_slot = np.array([clock is not None and clock.end > terms.late_after for clock in clocks], dtype=bool)
        weekday = np.array([slot.weekday for slot in unknowns.slots], dtype=np.int64)
        length = np.array([0 if clock is None else clock.minutes for clock in clocks], dtype=np.int64)
        late = kept & late_slot[slots] & (weekday[slots] <= 5)
        people = unknowns.lead_staff[leads]
        rows, keys = grouped(list(people[late].tolist()))
        parts.append(at_most(rows, unknowns.leads[leads[late]], 1, np.full(len(keys), terms.late_days_per_week, dtype=np.int64)))
        work = kept & regular[slots]
        rows, keys = grouped(list(people[work].tolist()))
        upper = np.full(len(keys), terms.weekly_minutes, dtype=np.int64)
        parts.append(at_most(rows, unknowns.leads[leads[work]], length[slots[work]], upper))
        followed = [
            bool(is_late) and weekday[s] <= 4 and (unknowns.staff[t].id, season.id, int(weekday[s]) + 1) in early
            for is_late, t, s in zip(late, people.tolist(), slots.tolist(), strict=True)
        ]
        parts.append(priced(unknowns.leads[leads[np.array(followed, dtype=bool)]], 1))
    return together(parts)


def _early_lessons(unknowns: Unknowns) -> set[tuple[str, str, int]]:
    """(person, season, weekday) with a lesson of theirs that starts before the late start would end."""
    terms = unknowns.scenario.flexible_hours
    found: set[tuple[str, str, int]] = set()
    if terms is None:
        return found
    for lesson in unknowns.scenario.lessons:
        grade = unknowns.scenario.home_class_by_id[lesson.home_class].grade
        for bell in unknowns.scenario.bells:
            fits = bell.kind.value == "lesson" and bell.number == lesson.number
            if lesson.teacher is not None and fits and grade in bell.grades and lesson.weekday in bell.weekdays:
                if bell.clock.start < terms.late_start_until:
                    found.add((lesson.teacher, bell.season, lesson.weekday))
    return found


def duty_each_day(unknowns: Unknowns, rule: DutyEachDay) -> Statement:
    """On each weekday of the service somebody with the role leads nothing, and each of them is free often enough."""
    holders = [t for t, person in enumerate(unknowns.staff) if rule.role in person.roles]
    days = sorted({slot.weekday for slot in unknowns.slots if slot.service is Service.REGULAR})
    if not holders:
        return Statement(constant=len(days))
    number = {(t, day): n for n, (t, day) in enumerate((t, day) for t in holders for day in days)}
    busy = unknowns.busy(rule.role, len(number))
    leads, slots = unknowns.lead_slots
    regular = [
        (number[t, unknowns.slots[s].weekday], lead)
        for lead, s, t in zip(leads.tolist(), slots.tolist(), unknowns.lead_staff[leads].tolist(), strict=True)
        if t in holders and unknowns.slots[s].service is Service.REGULAR
    ]
    array = np.array(regular, dtype=np.int64).reshape(-1, 2)
    count = len(number)
    seen = at_most(
        np.concatenate([array[:, 0], np.arange(count)]),
        np.concatenate([unknowns.leads[array[:, 1]], busy]),
        np.concatenate([np.ones(len(array), dtype=np.int64), np.full(count, -20)]),
        np.zeros(count, dtype=np.int64),
    )
    per_day = at_most(
        np.array([days.index(day) for _, day in number], dtype=np.int64),
        busy,
        1,
        np.full(len(days), len(holders) - 1, dtype=np.int64),
    )
    free_days = -(-len(days) // len(holders))
    per_holder = at_most(
        np.array([holders.index(t) for t, _ in number], dtype=np.int64),
        busy,
        1,
        np.full(len(holders), len(days) - free_days, dtype=np.int64),
    )
    return together([seen, per_day, per_holder])


def not_by_third_parties(unknowns: Unknowns, rule: NotByThirdParties) -> Statement:
    """Leads of the strand by provider staff, or of a provider's course, are priced a meeting."""
    outside = np.array([person.kind is StaffKind.PROVIDER_STAFF for person in unknowns.staff], dtype=bool)
    strand = np.array([offer.course.strand is rule.strand for offer in unknowns.offers], dtype=bool)
    bought = np.array([offer.course.provider is not None for offer in unknowns.offers], dtype=bool)
    wrong = strand[unknowns.lead_offer] & (outside[unknowns.lead_staff] | bought[unknowns.lead_offer])
    return priced(unknowns.leads[wrong], _meetings(unknowns)[unknowns.lead_offer[wrong]])


def _meetings(unknowns: Unknowns) -> Ints:
    return np.array([len(offer.slots) for offer in unknowns.offers], dtype=np.int64)


def provider_kinds(unknowns: Unknowns, rule: ProviderKinds) -> Statement:
    """Sections of a provider of another kind."""
    return _sections_of_providers(unknowns, lambda provider: provider.kind not in rule.allowed)


def provider_in_order(unknowns: Unknowns, rule: ProviderInOrder) -> Statement:
    """Sections of a provider that lacks something the county asks for."""
    return _sections_of_providers(unknowns, lambda provider: not _in_order(provider, rule, unknowns))


def _in_order(provider: Provider, rule: ProviderInOrder, unknowns: Unknowns) -> bool:
    term = unknowns.scenario.term
    listed = provider.list_status not in rule.banned_status
    white = not rule.white_only or provider.list_status is ListStatus.WHITE
    vetted = not rule.vetted or provider.vetted
    approved = not rule.approval or (
        provider.approval_ref is not None
        and (provider.approved_from is None or provider.approved_from <= term.start)
        and provider.approved_until is not None
        and provider.approved_until >= term.end
    )
    contract = not rule.contract or (
        provider.contract_from is not None
        and provider.contract_from <= term.start
        and provider.contract_until is not None
        and provider.contract_until >= term.end
    )
    need = not rule.need or bool(provider.need)
    served = all(
        not provider.services or course.id in provider.services
        for course in unknowns.scenario.courses
        if course.provider == provider.id
    )
    return listed and white and vetted and approved and contract and need and served


def _sections_of_providers(unknowns: Unknowns, wrong: "object") -> Statement:
    bad = {provider.id for provider in unknowns.scenario.providers if wrong(provider)}  # type: ignore[operator]
    offers = unknowns.offers_where(offer.course.provider in bad for offer in unknowns.offers)
    by_person = np.array([person.provider in bad for person in unknowns.staff], dtype=bool)
    columns = np.concatenate([unknowns.sections[offers], unknowns.leads[by_person[unknowns.lead_staff]]])
    return priced(columns, 1)


def staff_vetted(unknowns: Unknowns, rule: StaffVetted) -> Statement:
    """Leads of people who lack a check, valid to the term's end."""
    missing = np.array([_missing(person, rule, unknowns) for person in unknowns.staff], dtype=np.int64)
    return priced(unknowns.leads, missing[unknowns.lead_staff])


def _missing(person: Staff, rule: StaffVetted, unknowns: Unknowns) -> int:
    if rule.kinds and person.kind not in rule.kinds:
        return 0
    end = unknowns.scenario.term.end
    missing = sum(1 for check in rule.checks if check not in person.checks or person.checks[check] < end)
    missing += int(rule.approval and (person.approved_until is None or person.approved_until < end))
    return missing + int(rule.no_bad_record and person.bad_record)


def own_staff_share(unknowns: Unknowns, rule: OwnStaffShare) -> Statement:
    """Own staff's minutes × 100 − percent × all minutes ≥ 1, in each season."""
    own = np.array([person.kind is StaffKind.OWN for person in unknowns.staff], dtype=bool)
    weight = np.where(own[unknowns.lead_staff], 100, 0) - rule.percent
    return _share(unknowns, weight, lower=1)


def third_party_share(unknowns: Unknowns, rule: ThirdPartyShare) -> Statement:
    """Third parties' minutes × 100 − percent × all minutes ≤ 0, or < 0 where the share itself is too much."""
    theirs = np.array([person.kind is StaffKind.PROVIDER_STAFF for person in unknowns.staff], dtype=bool)
    weight = rule.percent - np.where(theirs[unknowns.lead_staff], 100, 0)
    return _share(unknowns, weight, lower=1 if rule.exclusive else 0)


def _share(unknowns: Unknowns, weight: Ints, lower: int) -> Statement:
    regular = np.array(
        [all(slot.service is Service.REGULAR and slot.weekday <= 5 for slot in offer.slots) for offer in unknowns.offers],
        dtype=bool,
    )
    kept = regular[unknowns.lead_offer]
    count = len(unknowns.scenario.seasons)
    rows = np.repeat(np.arange(count), int(kept.sum()))
    columns = np.tile(unknowns.leads[kept], count)
    minutes = unknowns.minutes[:, unknowns.lead_offer[kept]].reshape(-1)
    return Statement(
        rows=rows,
        columns=columns,
        coefficients=np.tile(weight[kept], count) * minutes,
        lower=np.full(count, lower, dtype=np.int64),
        upper=np.full(count, INFINITE, dtype=np.int64),
        measure=np.zeros(count, dtype=np.int64),
        scale=100,
    )


def staff_wishes(unknowns: Unknowns, rule: StaffWishes) -> Statement:
    """Meetings in slots their leader would rather avoid."""
    leads, slots = unknowns.lead_slots
    unwelcome = np.array(
        [
            unknowns.slots[s].id in unknowns.staff[t].avoids
            for t, s in zip(unknowns.lead_staff[leads].tolist(), slots.tolist(), strict=True)
        ],
        dtype=bool,
    )
    return priced(unknowns.leads[leads[unwelcome]], 1)


DUTIES = tuple(Role)
