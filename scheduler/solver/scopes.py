"""What does a scope bind here? Grades, seasons, pupils, and the meetings and sections that belong to the grades bound.

A slot belongs to the grades it is offered to, a section to those its course is open to, a meeting to those that both are.
"""

import numpy as np

from scheduler.domain import Scenario
from scheduler.rulebook import Scope
from scheduler.solver.model import Ints, Mask
from scheduler.solver.unknowns import Unknowns


def in_force(scenario: Scenario, scope: Scope) -> bool:
    """The scope's areas hold the school and its dates share a day with the term."""
    here = not scope.areas or scenario.school.area in scope.areas
    begun = scope.start is None or scope.start <= scenario.term.end
    return here and begun and (scope.end is None or scenario.term.start <= scope.end)


def grades_bound(scenario: Scenario, scope: Scope) -> frozenset[int]:
    """Grades of the school that the scope binds; none where it is not in force."""
    if not in_force(scenario, scope):
        return frozenset()
    return frozenset(
        grade.number
        for grade in scenario.grades
        if (not scope.stages or grade.stage in scope.stages)
        and (not scope.grades or grade.number in scope.grades)
        and (scope.graduating is None or grade.graduating is scope.graduating)
    )


def seasons_bound(unknowns: Unknowns, scope: Scope) -> list[int]:
    """Indices of the seasons that share a day with the scope's dates and the term."""
    term = unknowns.scenario.term
    start = max(term.start, scope.start or term.start)
    end = min(term.end, scope.end or term.end)
    seasons = unknowns.scenario.seasons
    return [i for i in unknowns.seasons if max(start, seasons[i].start) <= min(end, seasons[i].end)]


def pupils_bound(unknowns: Unknowns, scope: Scope) -> Mask:
    """Which pupils the scope binds. Shape: one a pupil."""
    grades = grades_bound(unknowns.scenario, scope)
    return np.array([unknowns.scenario.grade_of(pupil).number in grades for pupil in unknowns.pupils], dtype=bool)


def participants(unknowns: Unknowns) -> Mask:
    """Which pupils are enrolled and stay somewhere. Shape: one a pupil."""
    return np.array([pupil.enrolled and bool(pupil.stays) for pupil in unknowns.pupils], dtype=bool)


def full_week(unknowns: Unknowns) -> Mask:
    """Which participants stay in every regular slot of their grade from Monday to Friday. Shape: one a pupil."""
    scenario = unknowns.scenario
    offered = {
        grade.number: frozenset(slot.id for slot in scenario.slots_of(grade.number) if slot.weekday <= 5)
        for grade in scenario.grades
    }
    whole = [offered[scenario.grade_of(pupil).number] for pupil in unknowns.pupils]
    return np.array(
        [pupil.enrolled and bool(week) and week <= pupil.stays for week, pupil in zip(whole, unknowns.pupils, strict=True)],
        dtype=bool,
    )


def sections_bound(unknowns: Unknowns, scope: Scope) -> Mask:
    """Which offers' sections the scope binds. Shape: one an offer."""
    grades = grades_bound(unknowns.scenario, scope)
    if grades == frozenset(unknowns.scenario.grade_by_number):
        return np.ones(len(unknowns.offers), dtype=bool)
    return np.array([bool((offer.course.grades or grades) & grades) for offer in unknowns.offers], dtype=bool)


def meets_bound(unknowns: Unknowns, scope: Scope) -> Mask:
    """Which meetings the scope binds. Shape: (offers, slots), true only where the offer meets."""
    grades = grades_bound(unknowns.scenario, scope)
    meets = np.zeros((len(unknowns.offers), len(unknowns.slots)), dtype=bool)
    every = grades == frozenset(unknowns.scenario.grade_by_number)
    for o, s in zip(*(pairs.tolist() for pairs in unknowns.offer_slots), strict=True):
        course, slot = unknowns.offers[o].course, unknowns.slots[s]
        meets[o, s] = every or bool((course.grades or grades) & slot.grades & grades)
    return meets


def meetings_bound(unknowns: Unknowns, scope: Scope, slots: Mask | None = None) -> Ints:
    """Meetings of one section that the scope binds, in these slots where given. Shape: one an offer."""
    meets = meets_bound(unknowns, scope)
    return np.asarray((meets if slots is None else meets & slots[None, :]).sum(axis=1), dtype=np.int64)


def minutes_bound(unknowns: Unknowns, scope: Scope, season: int) -> Ints:
    """Minutes of one section from Monday to Friday, care left out, that the scope binds. Shape: one an offer."""
    meets = meets_bound(unknowns, scope) & unknowns.in_week[None, :]
    strand = np.array([offer.course.strand is not None for offer in unknowns.offers], dtype=bool)
    return np.asarray(meets @ unknowns.lengths(season) * strand, dtype=np.int64)
