"""What fills the week? Rows over places and sections for strands, homework, exercise and what is banned."""

from collections import defaultdict

import numpy as np

from scheduler.domain import Category, Form, RoomKind, Service, StaffKind, Strand
from scheduler.rulebook import (
    BannedActivities,
    BothStrands,
    Breadth,
    ClassPEOffered,
    DailyPE,
    EnrichmentShare,
    ExerciseMinutes,
    HomeworkCapacity,
    HomeworkGroups,
    MaxRisk,
    MoreOfCategories,
    NoCommerce,
    NoWrittenHomework,
    OnCampus,
    OnlineWithTeacher,
    OutdoorMinutes,
    RoomKindsOfCategory,
    Scope,
    SlotOrder,
    StrandOfCategory,
)
from scheduler.solver.model import INFINITE, Ints
from scheduler.solver.statement import Statement, at_least, grouped, priced, together
from scheduler.solver.unknowns import Unknowns


def in_scope(unknowns: Unknowns, grade: int, scope: Scope) -> bool:
    """Whether the scope binds pupils of the grade."""
    facts = unknowns.scenario.grade_by_number[grade]
    stage = not scope.stages or facts.stage in scope.stages
    number = not scope.grades or grade in scope.grades
    return stage and number and (scope.graduating is None or facts.graduating is scope.graduating)


def bound_pupils(unknowns: Unknowns, scope: Scope) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Which pupils the scope binds. Shape: one a pupil."""
    return np.array(
        [in_scope(unknowns, unknowns.scenario.grade_of(pupil).number, scope) for pupil in unknowns.pupils], dtype=bool
    )


def bound_seasons(unknowns: Unknowns, scope: Scope) -> list[int]:
    """Indices of the seasons that share a day with the scope and with the term."""
    term = unknowns.scenario.term
    start = max(term.start, scope.start or term.start)
    end = min(term.end, scope.end or term.end)
    seasons = enumerate(unknowns.scenario.seasons)
    return [index for index, season in seasons if season.start <= end and start <= season.end]


def full_week(unknowns: Unknowns) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Which pupils stay in every regular slot of their grade from Monday to Friday."""
    scenario = unknowns.scenario
    offered = {
        grade.number: frozenset(slot.id for slot in scenario.slots_of(grade.number) if slot.weekday <= 5)
        for grade in scenario.grades
    }
    return np.array(
        [
            pupil.enrolled and bool(pupil.stays) and offered[scenario.grade_of(pupil).number] <= pupil.stays
            for pupil in unknowns.pupils
        ],
        dtype=bool,
    )


def _weekday_regular(unknowns: Unknowns) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    return np.array([slot.service is Service.REGULAR and slot.weekday <= 5 for slot in unknowns.slots], dtype=bool)


def _strand_of_offer(unknowns: Unknowns) -> Ints:
    codes = {Strand.ONE: 1, Strand.X: 2}
    return np.array([codes[offer.course.strand] if offer.course.strand else 0 for offer in unknowns.offers], dtype=np.int64)


def _lengths(unknowns: Unknowns, season: int) -> Ints:
    key = unknowns.scenario.seasons[season].id
    clocks = [slot.clock_by_season.get(key) for slot in unknowns.slots]
    return np.array([0 if clock is None else clock.minutes for clock in clocks], dtype=np.int64)


def _bar_sections(unknowns: Unknowns, wrong: "list[bool]") -> Statement:
    return priced(unknowns.sections[np.flatnonzero(np.array(wrong, dtype=bool))], 1)


def _bar_meetings(unknowns: Unknowns, wrong: "list[bool]") -> Statement:
    offers = np.flatnonzero(np.array(wrong, dtype=bool))
    return priced(unknowns.sections[offers], np.array([len(unknowns.offers[o].slots) for o in offers.tolist()], dtype=np.int64))


def strand_of_category(unknowns: Unknowns, rule: StrandOfCategory) -> Statement:
    """Sections of courses that declare another strand."""
    return _bar_sections(
        unknowns,
        [
            (offer.course.category in rule.one and offer.course.strand is Strand.X)
            or (offer.course.category in rule.x and offer.course.strand is Strand.ONE)
            for offer in unknowns.offers
        ],
    )


def banned_activities(unknowns: Unknowns, rule: BannedActivities) -> Statement:
    """Sections of banned activities, and of courses with a subject where none may be."""
    return priced(
        unknowns.sections,
        np.array(
            [
                int(offer.course.activity in rule.banned) + int(rule.no_subject and offer.course.subject is not None)
                if not rule.forms or offer.form in rule.forms
                else 0
                for offer in unknowns.offers
            ],
            dtype=np.int64,
        ),
    )


def max_risk(unknowns: Unknowns, rule: MaxRisk) -> Statement:
    """Levels above, a section."""
    return priced(unknowns.sections, np.array([max(0, o.course.risk - rule.level) for o in unknowns.offers], dtype=np.int64))


def no_commerce(unknowns: Unknowns, rule: NoCommerce) -> Statement:
    """Sections of commercial courses."""
    return _bar_sections(unknowns, [offer.course.commercial for offer in unknowns.offers])


def no_written_homework(unknowns: Unknowns, rule: NoWrittenHomework) -> Statement:
    """Places of these grades in activities with written homework."""
    grades = np.array([unknowns.scenario.grade_of(pupil).number in rule.grades for pupil in unknowns.pupils], dtype=bool)
    bound = grades & bound_pupils(unknowns, rule.scope)
    written = np.array([offer.course.written_homework for offer in unknowns.offers], dtype=bool)
    return priced(unknowns.sits[bound[unknowns.sit_pupil] & written[unknowns.sit_offer]], 1)


def slot_order(unknowns: Unknowns, rule: SlotOrder) -> Statement:
    """Places of the wrong strand for their slot's place in the day."""
    scenario = unknowns.scenario
    columns, constant = [], 0
    place: dict[tuple[int, str], int] = {}
    for grade in scenario.grades:
        if not in_scope(unknowns, grade.number, rule.scope):
            continue
        by_day: defaultdict[int, list[str]] = defaultdict(list)
        for slot in scenario.slots_of(grade.number):
            if slot.weekday <= 5:
                by_day[slot.weekday].append(slot.id)
        for slots in by_day.values():
            constant += int(len(slots) != len(rule.order))
            place.update({(grade.number, slot): number for number, slot in enumerate(slots)})
    sits, slots_of_sits = unknowns.sit_slots
    for sit, s in zip(sits.tolist(), slots_of_sits.tolist(), strict=True):
        grade_number = scenario.grade_of(unknowns.pupils[int(unknowns.sit_pupil[sit])]).number
        number_of = place.get((grade_number, unknowns.slots[s].id))
        strand = unknowns.offers[int(unknowns.sit_offer[sit])].course.strand
        if number_of is None or strand is None:
            continue
        if number_of >= len(rule.order) or rule.order[number_of] is not strand:
            columns.append(int(unknowns.sits[sit]))
    return priced(np.array(columns, dtype=np.int64), 1, constant)


def both_strands(unknowns: Unknowns, rule: BothStrands) -> Statement:
    """A place of each strand a week, for full-week participants."""
    bound = full_week(unknowns) & bound_pupils(unknowns, rule.scope)
    strand = _strand_of_offer(unknowns)
    regular = _weekday_regular(unknowns)
    sits, slots = unknowns.sit_slots
    parts = []
    for code in (1, 2):
        kept = bound[unknowns.sit_pupil[sits]] & (strand[unknowns.sit_offer[sits]] == code) & regular[slots]
        pupils = np.flatnonzero(bound)
        number = np.full(len(unknowns.pupils), -1, dtype=np.int64)
        number[pupils] = np.arange(len(pupils))
        parts.append(
            at_least(
                number[unknowns.sit_pupil[sits[kept]]],
                unknowns.sits[sits[kept]],
                1,
                np.ones(len(pupils), dtype=np.int64),
                unknowns.pupil_kind[pupils],
            )
        )
    return together(parts)


def enrichment_share(unknowns: Unknowns, rule: EnrichmentShare) -> Statement:
    """100 × X minutes − percent × ("1" + X) minutes ≥ 0, per full-week participant and per home class, each season."""
    strand = _strand_of_offer(unknowns)
    bound = bound_pupils(unknowns, rule.scope)
    whole = full_week(unknowns) & bound
    regular = _weekday_regular(unknowns)
    sits, slots = unknowns.sit_slots
    pupils = unknowns.sit_pupil[sits]
    counted = regular[slots] & (strand[unknowns.sit_offer[sits]] > 0) & bound[pupils]
    weight = np.where(strand[unknowns.sit_offer[sits]] == 2, 100 - rule.share_percent, -rule.share_percent)
    lower = 0 if rule.inclusive else 1
    parts = []
    seasons = bound_seasons(unknowns, rule.scope)
    owners = [(np.arange(len(unknowns.pupils)), whole)]
    if rule.per_class:
        owners.append((unknowns.pupil_class, bound))
    for owner, kept in owners:
        of_pupil = counted & kept[pupils]
        rows_of, keys = grouped(list(owner[pupils[of_pupil]].tolist()))
        rows, coefficients = [], []
        for number, season in enumerate(seasons):
            length = _lengths(unknowns, season)
            rows.append(rows_of + number * len(keys))
            coefficients.append(weight[of_pupil] * length[slots[of_pupil]])
        count = len(keys) * len(seasons)
        group = unknowns.pupil_kind[np.array(keys, dtype=np.int64)] if owner is not unknowns.pupil_class else None
        parts.append(
            Statement(
                rows=np.concatenate(rows) if rows else np.zeros(0, dtype=np.int64),
                columns=np.tile(unknowns.sits[sits[of_pupil]], len(seasons)),
                coefficients=np.concatenate(coefficients) if coefficients else np.zeros(0, dtype=np.int64),
                lower=np.full(count, lower, dtype=np.int64),
                upper=np.full(count, INFINITE, dtype=np.int64),
                group=None
                if group is None
                else np.concatenate([group + (int(unknowns.pupil_kind.max()) + 1) * n for n in range(len(seasons))] or [group[:0]]),
                measure=np.tile(np.arange(len(keys)), len(seasons)),
                scale=100,
            )
        )
    return together(parts)


def daily_pe(unknowns: Unknowns, rule: DailyPE) -> Statement:
    """A PE place on each bound pupil-day."""
    scenario = unknowns.scenario
    lessons = {(lesson.home_class, lesson.weekday) for lesson in scenario.lessons if lesson.pe}
    bound = bound_pupils(unknowns, rule.scope)
    days: dict[tuple[int, int], int] = {}
    for i, pupil in enumerate(unknowns.pupils):
        if not (pupil.enrolled and bound[i]):
            continue
        by_day: defaultdict[int, list[bool]] = defaultdict(list)
        for stay in pupil.stays:
            slot = scenario.slot_by_id[stay]
            by_day[slot.weekday].append(slot.strand is not Strand.ONE)
        for weekday, open_to_x in sorted(by_day.items()):
            if weekday <= 5 and len(open_to_x) >= rule.min_stays and sum(open_to_x) >= 2:
                if (pupil.home_class, weekday) not in lessons:
                    days[i, weekday] = len(days)
    pe = np.array([offer.course.category is Category.PE for offer in unknowns.offers], dtype=bool)
    return _pupil_days(unknowns, days, pe.astype(np.int64), 1)


def _pupil_days(unknowns: Unknowns, days: dict[tuple[int, int], int], amount: Ints, lower: int, block: int = 0) -> Statement:
    """Σ amount of the offers met on the pupil's day ≥ lower; `amount` is per meeting and at least `block` to count."""
    sits, slots = unknowns.sit_slots
    entries = [
        (days[key], int(unknowns.sits[sit]), int(amount[o]))
        for sit, s, i, o in zip(
            sits.tolist(), slots.tolist(), unknowns.sit_pupil[sits].tolist(), unknowns.sit_offer[sits].tolist(), strict=True
        )
        if amount[o] > 0 and amount[o] >= block and (key := (i, unknowns.slots[s].weekday)) in days
    ]
    array = np.array(entries, dtype=np.int64).reshape(-1, 3)
    group = np.array([int(unknowns.pupil_kind[i]) * 8 + weekday for i, weekday in days], dtype=np.int64)
    return at_least(array[:, 0], array[:, 1], array[:, 2], np.full(len(days), lower, dtype=np.int64), group)


def exercise_minutes(unknowns: Unknowns, rule: ExerciseMinutes) -> Statement:
    """Exercise minutes on each bound pupil-day, in the season with the shortest meetings."""
    scenario = unknowns.scenario
    bound = bound_pupils(unknowns, rule.scope)
    seasons = bound_seasons(unknowns, rule.scope)
    if not seasons:
        return Statement()
    parts = []
    for season in seasons:
        length = _lengths(unknowns, season)
        stays: defaultdict[tuple[int, int], int] = defaultdict(int)
        for i, pupil in enumerate(unknowns.pupils):
            if pupil.enrolled and bound[i]:
                for stay in pupil.stays:
                    slot = scenario.slot_by_id[stay]
                    if slot.weekday <= 5 and slot.service is Service.REGULAR:
                        stays[i, slot.weekday] += int(length[unknowns.slot_index[stay]])
        held = sorted(key for key, minutes in stays.items() if minutes >= rule.min_stay_minutes)
        days = {key: number for number, key in enumerate(held)}
        parts.append(_exercise(unknowns, days, length, rule))
    same = parts[0].rows.shape == parts[-1].rows.shape and all(
        np.array_equal(parts[0].coefficients, p.coefficients) for p in parts
    )
    return parts[0] if same else together(parts)


def _exercise(unknowns: Unknowns, days: dict[tuple[int, int], int], length: Ints, rule: ExerciseMinutes) -> Statement:
    sits, slots = unknowns.sit_slots
    entries = []
    for sit, s in zip(sits.tolist(), slots.tolist(), strict=True):
        row = days.get((int(unknowns.sit_pupil[sit]), unknowns.slots[s].weekday))
        if row is None or unknowns.slots[s].service is not Service.REGULAR:
            continue
        course = unknowns.offers[int(unknowns.sit_offer[sit])].course
        whole = int(length[s]) if course.category is Category.PE else 0
        minutes = whole if course.exercise_minutes is None else min(course.exercise_minutes, int(length[s]))
        if minutes >= max(1, rule.min_block):
            entries.append((row, int(unknowns.sits[sit]), minutes))
    array = np.array(entries, dtype=np.int64).reshape(-1, 3)
    group = np.array([int(unknowns.pupil_kind[i]) * 8 + weekday for i, weekday in days], dtype=np.int64)
    return at_least(array[:, 0], array[:, 1], array[:, 2], np.full(len(days), rule.minutes, dtype=np.int64), group)


def homework_capacity(unknowns: Unknowns, rule: HomeworkCapacity) -> Statement:
    """Written-homework minutes of the pupils who stay the whole day, per home class and weekday, each season."""
    scenario = unknowns.scenario
    written = np.array([offer.course.written_homework for offer in unknowns.offers], dtype=bool)
    sits, slots = unknowns.sit_slots
    offered: dict[tuple[int, int], frozenset[str]] = {}
    for grade in scenario.grades:
        for weekday in range(1, 6):
            of_day = (slot.id for slot in scenario.slots_of(grade.number) if slot.weekday == weekday)
            offered[grade.number, weekday] = frozenset(of_day)
    members: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    for i, pupil in enumerate(unknowns.pupils):
        grade = scenario.grade_of(pupil)
        if not (pupil.enrolled and grade.homework_minutes and in_scope(unknowns, grade.number, rule.scope)):
            continue
        for weekday in range(1, 6):
            of_day_slots = offered[grade.number, weekday]
            if of_day_slots and of_day_slots <= pupil.stays:
                members[int(unknowns.pupil_class[i]), weekday].add(i)
    number = {key: row for row, key in enumerate(sorted(members))}
    lower = []
    for class_, weekday in number:
        homework = scenario.grade_by_number[unknowns.classes[class_].grade].homework_minutes or 0
        lower.append(rule.share_percent * homework * len(members[class_, weekday]))
    base = [
        (number[key], int(unknowns.sits[sit]), s)
        for sit, s, i, o in zip(
            sits.tolist(), slots.tolist(), unknowns.sit_pupil[sits].tolist(), unknowns.sit_offer[sits].tolist(), strict=True
        )
        if written[o]
        and unknowns.slots[s].service is Service.REGULAR
        and i in members.get(key := (int(unknowns.pupil_class[i]), unknowns.slots[s].weekday), ())
    ]
    array = np.array(base, dtype=np.int64).reshape(-1, 3)
    seasons = bound_seasons(unknowns, rule.scope)
    if not seasons:
        return Statement()
    count = len(number)
    return Statement(
        rows=np.concatenate([array[:, 0] + count * n for n in range(len(seasons))]),
        columns=np.tile(array[:, 1], len(seasons)),
        coefficients=np.concatenate([100 * _lengths(unknowns, season)[array[:, 2]] for season in seasons]),
        lower=np.tile(np.array(lower, dtype=np.int64), len(seasons)),
        upper=np.full(count * len(seasons), INFINITE, dtype=np.int64),
        measure=np.tile(np.arange(count), len(seasons)),
        scale=100,
    )


def homework_groups(unknowns: Unknowns, rule: HomeworkGroups) -> Statement:
    """Written homework in other rooms. Mixed grades have no column where this rule is binding."""
    written = np.array([offer.course.written_homework for offer in unknowns.offers], dtype=bool)
    elsewhere = np.array([kind.like.kind not in rule.room_kinds for kind in unknowns.room_classes], dtype=bool)
    wrong = written[unknowns.room_offer] & elsewhere[unknowns.room_class]
    return priced(unknowns.rooms[wrong], 1)


def room_kinds_of_category(unknowns: Unknowns, rule: RoomKindsOfCategory) -> Statement:
    """Meetings of these categories in other kinds of room."""
    bound = np.array([offer.course.category in rule.categories for offer in unknowns.offers], dtype=bool)
    elsewhere = np.array([kind.like.kind not in rule.room_kinds for kind in unknowns.room_classes], dtype=bool)
    wrong = bound[unknowns.room_offer] & elsewhere[unknowns.room_class]
    meetings = np.array([len(offer.slots) for offer in unknowns.offers], dtype=np.int64)
    return priced(unknowns.rooms[wrong], meetings[unknowns.room_offer[wrong]])


def on_campus(unknowns: Unknowns, rule: OnCampus) -> Statement:
    """percent × all minutes − 100 × minutes off campus ≥ 0, each season."""
    away = np.array([kind.like.kind is RoomKind.OFF_SITE for kind in unknowns.room_classes], dtype=bool)
    course = np.array([offer.course.off_campus for offer in unknowns.offers], dtype=bool)
    regular = np.array([all(slot.service is Service.REGULAR for slot in offer.slots) for offer in unknowns.offers], dtype=bool)
    kept = regular[unknowns.room_offer]
    off = away[unknowns.room_class] | course[unknowns.room_offer]
    weight = np.where(off, rule.max_percent - 100, rule.max_percent)[kept]
    count = len(unknowns.scenario.seasons)
    minutes = unknowns.minutes[:, unknowns.room_offer[kept]].reshape(-1)
    return Statement(
        rows=np.repeat(np.arange(count), int(kept.sum())),
        columns=np.tile(unknowns.rooms[kept], count),
        coefficients=np.tile(weight, count) * minutes,
        lower=np.zeros(count, dtype=np.int64),
        upper=np.full(count, INFINITE, dtype=np.int64),
        measure=np.zeros(count, dtype=np.int64),
        scale=100,
    )


def online_with_teacher(unknowns: Unknowns, rule: OnlineWithTeacher) -> Statement:
    """Leads of online courses by anyone but own or borrowed teachers."""
    online = np.array([offer.course.online_resource is not None for offer in unknowns.offers], dtype=bool)
    other = np.array([person.kind not in (StaffKind.OWN, StaffKind.BORROWED) for person in unknowns.staff], dtype=bool)
    return priced(unknowns.leads[online[unknowns.lead_offer] & other[unknowns.lead_staff]], 1)


def outdoor_minutes(unknowns: Unknowns, rule: OutdoorMinutes) -> Statement:
    """Places of strand X in offers that can only meet indoors."""
    outdoors = np.zeros(len(unknowns.offers), dtype=bool)
    for k, o in zip(unknowns.room_class.tolist(), unknowns.room_offer.tolist(), strict=True):
        outdoors[o] |= unknowns.room_classes[k].like.outdoor
    outdoors |= np.array([offer.course.outdoor for offer in unknowns.offers], dtype=bool)
    indoors = ~outdoors & (_strand_of_offer(unknowns) == 2)
    meetings = np.array([len(offer.slots) for offer in unknowns.offers], dtype=np.int64)
    kept = indoors[unknowns.sit_offer]
    return priced(unknowns.sits[kept], meetings[unknowns.sit_offer[kept]])


def more_of_categories(unknowns: Unknowns, rule: MoreOfCategories) -> Statement:
    """A place in these categories each week, per participant."""
    bound = bound_pupils(unknowns, rule.scope)
    part = [i for i, pupil in enumerate(unknowns.pupils) if pupil.enrolled and pupil.stays and bound[i]]
    number = np.full(len(unknowns.pupils), -1, dtype=np.int64)
    number[part] = np.arange(len(part))
    fits = np.array(
        [o.course.category in rule.categories and o.form in (Form.CHOSEN, Form.ARRANGED) for o in unknowns.offers], dtype=bool
    )
    kept = fits[unknowns.sit_offer] & (number[unknowns.sit_pupil] >= 0)
    group = unknowns.pupil_kind[np.array(part, dtype=np.int64)]
    rows = number[unknowns.sit_pupil[kept]]
    return at_least(rows, unknowns.sits[kept], 1, np.ones(len(part), dtype=np.int64), group)


def breadth(unknowns: Unknowns, rule: Breadth) -> Statement:
    """A section in each category."""
    categories = sorted(rule.categories)
    entries = [
        (categories.index(offer.course.category), int(unknowns.sections[o]))
        for o, offer in enumerate(unknowns.offers)
        if offer.course.category in rule.categories
    ]
    array = np.array(entries, dtype=np.int64).reshape(-1, 2)
    return at_least(array[:, 0], array[:, 1], 1, np.ones(len(categories), dtype=np.int64))


def class_pe_offered(unknowns: Unknowns, rule: ClassPEOffered) -> Statement:
    """PE seats open to the grade on a day without a PE lesson: sections × their most pupils."""
    scenario = unknowns.scenario
    lessons = {(lesson.home_class, lesson.weekday) for lesson in scenario.lessons if lesson.pe}
    staying: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    for pupil in scenario.pupils:
        if pupil.enrolled:
            for stay in pupil.stays:
                weekday = scenario.slot_by_id[stay].weekday
                if weekday <= 5 and (pupil.home_class, weekday) not in lessons:
                    staying[pupil.home_class, weekday].add(pupil.id)
    days = [
        key
        for key in sorted(staying)
        if in_scope(unknowns, scenario.home_class_by_id[key[0]].grade, rule.scope)  # type: ignore[index]
    ]
    entries = []
    for row, (class_, weekday) in enumerate(days):
        grade = scenario.home_class_by_id[class_].grade  # type: ignore[index]
        for o, offer in enumerate(unknowns.offers):
            if offer.course.category is Category.PE and any(s.weekday == weekday and grade in s.grades for s in offer.slots):
                if (not offer.course.grades or grade in offer.course.grades) and offer.grade in (None, grade):
                    if offer.home_class in (None, class_):
                        entries.append((row, int(unknowns.sections[o]), 100 * offer.course.max_size))
    array = np.array(entries, dtype=np.int64).reshape(-1, 3)
    lower = np.array([rule.seat_percent * len(staying[key]) for key in days], dtype=np.int64)
    return at_least(array[:, 0], array[:, 1], array[:, 2], lower)
