"""Who moves, when and where? Rows over places and sections for PE, exercise, time outdoors and categories taken part in."""

from collections import defaultdict
from dataclasses import replace

import numpy as np

from scheduler.domain import Category, Course, Strand
from scheduler.rulebook import ClassPEOffered, DailyPE, ExerciseMinutes, MoreOfCategories, OutdoorMinutes
from scheduler.solver.model import Ints
from scheduler.solver.scopes import participants, pupils_bound, seasons_bound
from scheduler.solver.statement import Statement, at_least, at_most, priced, together, worst_season
from scheduler.solver.unknowns import Unknowns


def daily_pe(unknowns: Unknowns, rule: DailyPE) -> Statement:
    """A PE place on each bound pupil-day."""
    lessons = _pe_lessons(unknowns)
    days = []
    for i in np.flatnonzero(pupils_bound(unknowns, rule.scope) & participants(unknowns)).tolist():
        pupil = unknowns.pupils[i]
        open_to_x: defaultdict[int, list[bool]] = defaultdict(list)
        for stay in pupil.stays:
            slot = unknowns.scenario.slot_by_id[stay]
            open_to_x[slot.weekday].append(slot.strand is not Strand.ONE)
        for weekday, slots in sorted(open_to_x.items()):
            enough = len(slots) >= rule.min_stays and sum(slots) >= 2
            if weekday <= 5 and enough and (pupil.home_class, weekday) not in lessons:
                days.append((i, weekday))
    pe = np.array([offer.course.category is Category.PE for offer in unknowns.offers], dtype=np.int64)
    sits, slots_of_sits = unknowns.sit_slots
    amounts = pe[unknowns.sit_offer[sits]] * unknowns.regular[slots_of_sits]
    return _each_day(unknowns, days, amounts, 1)


def _pe_lessons(unknowns: Unknowns) -> set[tuple[str, int]]:
    """Home class and weekday with PE in the daytime timetable."""
    return {(lesson.home_class, lesson.weekday) for lesson in unknowns.scenario.lessons if lesson.pe}


def _each_day(unknowns: Unknowns, days: list[tuple[int, int]], amounts: Ints, least: int) -> Statement:
    """Σ amounts of the pupil's meetings of the day ≥ least. Shape: one amount for each pair of `sit_slots`."""
    number = np.full((len(unknowns.pupils), 8), -1, dtype=np.int64)
    for row, (i, weekday) in enumerate(days):
        number[i, weekday] = row
    sits, slots = unknowns.sit_slots
    rows = number[unknowns.sit_pupil[sits], unknowns.slot_weekday[slots]]
    kept = (rows >= 0) & (amounts > 0)
    group = np.array([int(unknowns.pupil_kind[i]) * 8 + weekday for i, weekday in days], dtype=np.int64)
    lower = np.full(len(days), least, dtype=np.int64)
    return at_least(rows[kept], unknowns.sits[sits[kept]], amounts[kept], lower, group)


def exercise_minutes(unknowns: Unknowns, rule: ExerciseMinutes) -> Statement:
    """Exercise minutes on each day a participant stays long enough, in the worst season."""
    bound = np.flatnonzero(pupils_bound(unknowns, rule.scope) & participants(unknowns)).tolist()
    seasons = seasons_bound(unknowns, rule.scope)
    stays = [_stay_minutes(unknowns, season) for season in seasons]
    days = [
        (i, weekday)
        for i in bound
        for weekday in range(1, 6)
        if any(minutes[i, weekday] >= rule.min_stay_minutes for minutes in stays)
    ]
    parts = []
    for season, minutes in zip(seasons, stays, strict=True):
        said = _each_day(unknowns, days, _exercise(unknowns, season, rule.min_block), rule.minutes)
        short = np.array([minutes[i, weekday] < rule.min_stay_minutes for i, weekday in days], dtype=bool)
        parts.append(replace(said, lower=np.where(short, 0, said.lower), in_minutes=True))
    return worst_season(parts)


def _stay_minutes(unknowns: Unknowns, season: int) -> Ints:
    """Minutes each pupil stays. Shape: (pupils, weekdays 0 to 7)."""
    lengths = unknowns.lengths(season)
    total = np.zeros((len(unknowns.pupils), 8), dtype=np.int64)
    for i, pupil in enumerate(unknowns.pupils):
        for stay in pupil.stays:
            s = unknowns.slot_index[stay]
            total[i, unknowns.slot_weekday[s]] += lengths[s]
    return total


def _exercise(unknowns: Unknowns, season: int, min_block: int) -> Ints:
    """Minutes of real exercise of each pair of `sit_slots`, 0 where the block is too short to count."""
    lengths = unknowns.lengths(season)
    sits, slots = unknowns.sit_slots
    courses = [offer.course for offer in unknowns.offers]
    said = np.array([_exercise_said(course) for course in courses], dtype=np.int64)[unknowns.sit_offer[sits]]
    minutes = np.minimum(said, lengths[slots]) * unknowns.regular[slots]
    return np.where(minutes >= min_block, minutes, 0)


def _exercise_said(course: Course) -> int:
    """What the course says; the whole meeting for PE, nothing for the rest."""
    whole = 24 * 60 if course.category is Category.PE else 0
    return whole if course.exercise_minutes is None else course.exercise_minutes


def class_pe_offered(unknowns: Unknowns, rule: ClassPEOffered) -> Statement:
    """PE seats open to the home class on a day without a PE lesson: sections × their most pupils.

    1 a class-day, however many seats are missing.
    """
    scenario = unknowns.scenario
    lessons = _pe_lessons(unknowns)
    staying: defaultdict[tuple[int, int], int] = defaultdict(int)
    for i in np.flatnonzero(pupils_bound(unknowns, rule.scope) & participants(unknowns)).tolist():
        pupil = unknowns.pupils[i]
        for weekday in {scenario.slot_by_id[stay].weekday for stay in pupil.stays}:
            if weekday <= 5 and (pupil.home_class, weekday) not in lessons:
                staying[int(unknowns.pupil_class[i]), weekday] += 1
    days = [day for day in sorted(staying) if rule.seat_percent * staying[day] > 0]
    rows, columns, seats = [], [], []
    for row, (class_, weekday) in enumerate(days):
        home_class = unknowns.classes[class_]
        for o, offer in enumerate(unknowns.offers):
            if offer.course.category is not Category.PE or offer.home_class not in (None, home_class.id):
                continue
            grades = offer.course.grades or frozenset({home_class.grade})
            meets = any(
                unknowns.in_week[unknowns.slot_index[slot.id]] and slot.weekday == weekday and home_class.grade in slot.grades
                for slot in offer.slots
            )
            if meets and home_class.grade in grades and offer.grade in (None, home_class.grade):
                rows.append(row)
                columns.append(int(unknowns.sections[o]))
                seats.append(100 * offer.course.max_size)
    lower = np.array([rule.seat_percent * staying[day] for day in days], dtype=np.int64)
    entries = (np.array(rows, dtype=np.int64), np.array(columns, dtype=np.int64), np.array(seats, dtype=np.int64))
    return replace(at_least(*entries, lower), scale=lower)


def outdoor_minutes(unknowns: Unknowns, rule: OutdoorMinutes) -> Statement:
    """Places of strand X from Monday to Friday beyond the outdoor rooms of their offer."""
    strand = np.array([offer.course.strand is Strand.X and not offer.course.outdoor for offer in unknowns.offers], dtype=bool)
    bound = pupils_bound(unknowns, rule.scope)
    slots = np.array([sum(unknowns.in_week[unknowns.slot_index[s.id]] for s in o.slots) for o in unknowns.offers], dtype=np.int64)
    outdoors = np.array([kind.like.outdoor for kind in unknowns.room_classes], dtype=bool)
    possible = np.bincount(unknowns.sit_offer, minlength=len(unknowns.offers))
    rooms = np.flatnonzero(outdoors[unknowns.room_class] & (strand & (slots > 0))[unknowns.room_offer])
    either = np.zeros(len(unknowns.offers), dtype=bool)
    either[unknowns.room_offer[rooms]] = True
    sits = strand[unknowns.sit_offer] & bound[unknowns.sit_pupil]
    only_inside = np.flatnonzero(sits & ~either[unknowns.sit_offer])
    offers = np.flatnonzero(either)
    number = np.full(len(unknowns.offers), -1, dtype=np.int64)
    number[offers] = np.arange(len(offers))
    maybe = np.flatnonzero(sits & either[unknowns.sit_offer])
    times = slots[unknowns.sit_offer]
    rows = at_most(
        np.concatenate([number[unknowns.sit_offer[maybe]], number[unknowns.room_offer[rooms]]]),
        np.concatenate([unknowns.sits[maybe], unknowns.rooms[rooms]]),
        np.concatenate([times[maybe], -(slots * possible)[unknowns.room_offer[rooms]]]),
        np.zeros(len(offers), dtype=np.int64),
    )
    return together([rows, priced(unknowns.sits[only_inside], times[only_inside])])


def more_of_categories(unknowns: Unknowns, rule: MoreOfCategories) -> Statement:
    """A regular place in these categories from Monday to Friday, per participant."""
    part = np.flatnonzero(pupils_bound(unknowns, rule.scope) & participants(unknowns))
    number = np.full(len(unknowns.pupils), -1, dtype=np.int64)
    number[part] = np.arange(len(part))
    meets = np.array([any(unknowns.in_week[unknowns.slot_index[s.id]] for s in o.slots) for o in unknowns.offers], dtype=bool)
    listed = np.array([offer.course.category in rule.categories for offer in unknowns.offers], dtype=bool)
    kept = (listed & meets)[unknowns.sit_offer] & (number[unknowns.sit_pupil] >= 0)
    rows = number[unknowns.sit_pupil[kept]]
    return at_least(rows, unknowns.sits[kept], 1, np.ones(len(part), dtype=np.int64), unknowns.pupil_kind[part])
