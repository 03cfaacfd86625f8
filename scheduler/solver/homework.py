"""Where is written homework done, by whom, for how long? Rows over places and rooms."""

from collections import defaultdict

import numpy as np

from scheduler.rulebook import HomeworkCapacity, HomeworkGroups, NoWrittenHomework, RoomKindsOfCategory
from scheduler.solver.model import INFINITE, Ints
from scheduler.solver.scopes import grades_bound, meetings_bound, participants, pupils_bound, seasons_bound, sections_bound
from scheduler.solver.statement import Statement, at_most, priced, together, worst_season
from scheduler.solver.unknowns import Unknowns


def no_written_homework(unknowns: Unknowns, rule: NoWrittenHomework) -> Statement:
    """Places of these grades where written homework is done."""
    grades = grades_bound(unknowns.scenario, rule.scope) & rule.grades
    young = np.array([unknowns.scenario.grade_of(pupil).number in grades for pupil in unknowns.pupils], dtype=bool)
    written = np.array([offer.course.written_homework for offer in unknowns.offers], dtype=bool)
    return priced(unknowns.sits[young[unknowns.sit_pupil] & written[unknowns.sit_offer]], 1)


def homework_capacity(unknowns: Unknowns, rule: HomeworkCapacity) -> Statement:
    """Written-homework minutes of the pupils who stay the whole day, per home class and weekday, in the worst season."""
    scenario = unknowns.scenario
    offered: defaultdict[tuple[int, int], set[str]] = defaultdict(set)
    for grade in scenario.grades:
        for slot in scenario.slots_of(grade.number):
            if slot.weekday <= 5:
                offered[grade.number, slot.weekday].add(slot.id)
    whole_day = np.zeros((len(unknowns.pupils), 8), dtype=bool)
    due = np.zeros(len(unknowns.classes) * 8, dtype=np.int64)
    bound = pupils_bound(unknowns, rule.scope) & participants(unknowns)
    for i in np.flatnonzero(bound).tolist():
        grade_of = scenario.grade_of(unknowns.pupils[i])
        for weekday in range(1, 6) if grade_of.homework_minutes else ():
            of_day = offered[grade_of.number, weekday]
            if of_day and of_day <= unknowns.pupils[i].stays:
                whole_day[i, weekday] = True
                due[int(unknowns.pupil_class[i]) * 8 + weekday] += rule.share_percent * (grade_of.homework_minutes or 0)
    written = np.array([offer.course.written_homework for offer in unknowns.offers], dtype=bool)
    sits, slots = unknowns.sit_slots
    pupils, weekdays = unknowns.sit_pupil[sits], unknowns.slot_weekday[slots]
    kept = written[unknowns.sit_offer[sits]] & unknowns.regular[slots] & whole_day[pupils, weekdays]
    rows = unknowns.pupil_class[pupils[kept]] * 8 + weekdays[kept]
    return worst_season(
        [
            Statement(
                rows=rows,
                columns=unknowns.sits[sits[kept]],
                coefficients=100 * unknowns.lengths(season)[slots[kept]],
                lower=due,
                upper=np.full(len(due), INFINITE, dtype=np.int64),
                scale=np.full(len(due), 100, dtype=np.int64),
                in_minutes=True,
            )
            for season in seasons_bound(unknowns, rule.scope)
        ]
    )


def homework_groups(unknowns: Unknowns, rule: HomeworkGroups) -> Statement:
    """Grades beyond the first in sections with written homework, and their meetings in other kinds of room."""
    written = np.array([offer.course.written_homework for offer in unknowns.offers], dtype=bool)
    regular = np.array(
        [any(unknowns.regular[unknowns.slot_index[slot.id]] for slot in o.slots) for o in unknowns.offers], dtype=bool
    )
    bound = written & regular & sections_bound(unknowns, rule.scope)
    elsewhere = np.array([kind.like.kind not in rule.room_kinds for kind in unknowns.room_classes], dtype=bool)
    wrong = bound[unknowns.room_offer] & elsewhere[unknowns.room_class]
    meetings = np.array([len(offer.slots) for offer in unknowns.offers], dtype=np.int64)
    return together(
        [priced(unknowns.rooms[wrong], meetings[unknowns.room_offer[wrong]]), _mixed_grades(unknowns, np.flatnonzero(bound))]
    )


def _mixed_grades(unknowns: Unknowns, offers: Ints) -> Statement:
    """Grades that sit in an offer beyond the number of its sections; where offers keep grades apart there is nothing to say."""
    grade_of = np.array([unknowns.scenario.grade_of(pupil).number for pupil in unknowns.pupils], dtype=np.int64)
    parts = []
    for o in offers.tolist():
        sits = np.flatnonzero(unknowns.sit_offer == o)
        grades = grade_of[unknowns.sit_pupil[sits]]
        different = np.unique(grades).tolist()
        if len(different) < 2:
            continue
        columns = [unknowns.any_of(("grade", o, grade), unknowns.sits[sits[grades == grade]]) for grade in different]
        parts.append(
            at_most(
                np.zeros(len(columns) + 1, dtype=np.int64),
                np.array([*columns, int(unknowns.sections[o])], dtype=np.int64),
                np.array([1] * len(columns) + [-1], dtype=np.int64),
                np.zeros(1, dtype=np.int64),
            )
        )
    return together(parts)


def room_kinds_of_category(unknowns: Unknowns, rule: RoomKindsOfCategory) -> Statement:
    """Meetings of these categories in other kinds of room."""
    times = meetings_bound(unknowns, rule.scope)
    listed = np.array([offer.course.category in rule.categories for offer in unknowns.offers], dtype=bool)
    elsewhere = np.array([kind.like.kind not in rule.room_kinds for kind in unknowns.room_classes], dtype=bool)
    wrong = listed[unknowns.room_offer] & elsewhere[unknowns.room_class]
    return priced(unknowns.rooms[wrong], times[unknowns.room_offer[wrong]])
