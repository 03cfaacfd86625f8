"""What does each clause's wording do to its rule? Rules become hard rows, priced deviations or wishes: decided here alone.

Rules of nature keep their rows hard. A county's `must`, and an `in_principle` clause without a waiver, is pinned: what is
barred loses its columns, what is measured gets a deviation column of its own with the highest prices, so that the plan of
least deviation exists whatever the facts are. Waived and `encouraged` clauses are priced low.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np

from scheduler.domain import CourseId, Form, Scenario
from scheduler.policy import Clause, Strength
from scheduler.rulebook import HOURS, GuaranteedPlace, HomeworkGroups, PriorityGroups, Rule
from scheduler.solver import clashes, content, exercise, homework, hours, providers, staff, students
from scheduler.solver.definitions import define, follow
from scheduler.solver.model import INFINITE, Ints, Mask, Problem
from scheduler.solver.offers import Part
from scheduler.solver.pools import pools
from scheduler.solver.scopes import grades_bound, pupils_bound
from scheduler.solver.statement import Statement
from scheduler.solver.unknowns import Unknowns

TWINS: Mapping[str, Callable[[Unknowns, Any], Statement]] = {
    "starts_after_lessons": hours.starts_after_lessons,
    "starts_at": hours.starts_at,
    "latest_end": hours.latest_end,
    "earliest_end": hours.earliest_end,
    "ends_around_off_work": hours.ends_around_off_work,
    "offered_minutes": hours.offered_minutes,
    "period_length": hours.period_length,
    "protected_breaks": hours.protected_breaks,
    "service_days": hours.service_days,
    "holiday_opening": hours.holiday_opening,
    "slot_order": hours.slot_order,
    "afternoon_start": hours.afternoon_start,
    "extended_care_time": hours.extended_care_time,
    "evening_study_time": hours.evening_study_time,
    "only_these_services": hours.only_these_services,
    "strand_of_category": content.strand_of_category,
    "both_strands": content.both_strands,
    "enrichment_share": content.enrichment_share,
    "no_written_homework": homework.no_written_homework,
    "daily_pe": exercise.daily_pe,
    "class_pe_offered": exercise.class_pe_offered,
    "exercise_minutes": exercise.exercise_minutes,
    "homework_capacity": homework.homework_capacity,
    "homework_groups": homework.homework_groups,
    "room_kinds_of_category": homework.room_kinds_of_category,
    "banned_activities": content.banned_activities,
    "max_risk": content.max_risk,
    "no_commerce": content.no_commerce,
    "on_campus": content.on_campus,
    "online_with_teacher": content.online_with_teacher,
    "outdoor_minutes": exercise.outdoor_minutes,
    "more_of_categories": exercise.more_of_categories,
    "breadth": content.breadth,
    "may_lead": staff.may_lead,
    "not_by_third_parties": providers.not_by_third_parties,
    "provider_kinds": providers.provider_kinds,
    "provider_in_order": providers.provider_in_order,
    "staff_vetted": staff.staff_vetted,
    "own_staff_share": providers.own_staff_share,
    "third_party_share": providers.third_party_share,
    "enough_staff": staff.enough_staff,
    "load_caps": staff.load_caps,
    "flexible_hours_kept": staff.flexible_hours_kept,
    "works_only_when_available": staff.works_only_when_available,
    "duty_each_day": staff.duty_each_day,
    "staff_wishes": staff.staff_wishes,
    "only_where_asked_for": students.only_where_asked_for,
    "nobody_refused": students.nobody_refused,
    "wishes_kept": students.wishes_kept,
    "guaranteed_place": students.guaranteed_place,
    "wishes_granted": students.wishes_granted,
    "rides_kept": students.rides_kept,
    "latest_leave_kept": students.latest_leave_kept,
    "extended_care_given": students.extended_care_given,
    "boarders_looked_after": students.boarders_looked_after,
    "care_kept_apart": students.care_kept_apart,
    "scope_of_service": students.scope_of_service,
    "coordinated_by": students.coordinated_by,
    "staff_in_one_place": clashes.staff_in_one_place,
    "pupils_in_one_place": clashes.pupils_in_one_place,
    "rooms_hold_groups": clashes.rooms_hold_groups,
    "room_suits": clashes.room_suits,
    "section_sizes": clashes.section_sizes,
    "pattern_kept": clashes.pattern_kept,
    "locks_kept": clashes.locks_kept,
    "safe_rooms": clashes.safe_rooms,
}
"""Each rule by name. `priority_groups` alone has none: who comes first is a stage of the search, told by the audit."""

HARD = frozenset(
    {
        "may_lead",
        "enough_staff",
        "load_caps",
        "flexible_hours_kept",
        "only_where_asked_for",
        "care_kept_apart",
        "works_only_when_available",
        "wishes_kept",
        "staff_in_one_place",
        "pupils_in_one_place",
        "rooms_hold_groups",
        "room_suits",
        "section_sizes",
        "pattern_kept",
    }
)
"""Rows that an empty plan obeys, and without which sections could not be named."""

PRICED_ONLY = frozenset(HOURS) - {"slot_order"} | {
    "nobody_refused",
    "guaranteed_place",
    "extended_care_given",
    "boarders_looked_after",
    "rides_kept",
    "latest_leave_kept",
}
"""Facts of slots and stays leave no choice: barring their columns would only refuse children."""


class Stage(IntEnum):
    """The objective order: nothing won in an earlier stage is given back in a later one."""

    UNPLACED = 0
    MUST = 1
    IN_PRINCIPLE = 2
    BASE_CARE = 3
    PRIORITY = 4
    WISHES = 5
    RANKS = 6
    ENCOURAGED = 7


PRICES = {Stage.UNPLACED: 20_000, Stage.MUST: 4_000, Stage.IN_PRINCIPLE: 1_500, Stage.BASE_CARE: 700}
MINUTE_PRICES = {Stage.MUST: 150, Stage.IN_PRINCIPLE: 60}
"""For rules measured in minutes: 25 minutes weigh as much as one missed day."""
LEVEL_PRICES = (600, 260, 130, 80, 60, 40)
"""Value of a pupil's first, second, … wish while the timetable is searched for: the rounds' concave stand-in."""
PRIORITY_PRICE = 300
RANK_PRICE = 2
SECTION_PRICE = 6
LEAD_PRICE = 1


@dataclass(frozen=True, eq=False)
class SearchModel:
    """The rows of one scenario under one set of clauses, and what each stage minimises."""

    unknowns: Unknowns
    problem: Problem
    column_groups: Ints
    row_groups: Ints
    pooled: Mask
    """Places that are as good with any teacher of the course: one sum for all of them. Shape: one a place."""
    row_blocks: Ints
    """Rows of one number were stated together: they say the same of different pupils, people, offers or slots."""
    stages: Mapping[Stage, Ints]
    """Objective vector of each stage, one value a column; `WISHES` counts places that grant one, negative."""
    weighted: Ints
    """The one weighted stand-in used while the timetable is searched for."""
    timetable_columns: Mask
    """Sections, rooms, leads and what follows from them: all but places and deviations."""
    deviations: Mask
    """Columns that measure a clause's deviation; raising them mends any of their rows."""
    priority: Mask
    """Which pupils belong to a priority group. Shape: one a pupil."""
    bound_first: Mask
    """Those whom a pinned clause puts first."""
    statements: Mapping[str, Statement]
    """By clause id; empty where nobody measures by them."""
    constant: int
    """Deviation of pinned clauses that no plan can change."""
    not_asked: int
    """Price, in the first stage, of places that no pinned clause asks for (evening study, say): they may stay without."""


def build(scenario: Scenario, clauses: Sequence[Clause], part: Part | None = None, *, measuring: bool = True) -> SearchModel:
    """States every clause over the scenario's unknowns; over those of a part of them where a plan is mended.

    `measuring`: keep the statements, for whoever holds tables against them; they take as much room as the rows.
    """
    unknowns = Unknowns(scenario, one_grade=one_grade_courses(scenario, clauses), part=part)
    define(unknowns)
    model = unknowns.model
    costs = {stage: _Sum() for stage in Stage}
    prices = _Sum()
    barred: list[Ints] = []
    statements: dict[str, Statement] = {}
    deviations: list[Ints] = []
    constant = 0
    asked: list[Ints] = []
    stated: set[Rule] = set()
    for clause in clauses:
        rule = clause.rule
        if rule is None or rule.name not in TWINS:
            continue
        statement = TWINS[rule.name](unknowns, rule)
        if measuring:
            statements[clause.id] = statement
        if rule.name in HARD:
            if rule in stated:
                continue
            stated.add(rule)
        stage = stage_of(clause, scenario)
        if stage is not Stage.ENCOURAGED:
            constant += statement.constant
            asked.append(statement.priced)
        if rule.name in HARD:
            _add_hard(unknowns, statement)
            barred.append(statement.priced)
            continue
        _add_measured(unknowns, statement, stage, costs, prices, deviations)
        if stage is Stage.ENCOURAGED or rule.name in PRICED_ONLY:
            unit = 1 if stage is Stage.ENCOURAGED else PRICES[stage] // 400
            costs[stage].add(statement.priced, statement.amounts)
            prices.add(statement.priced, statement.amounts * unit)
        else:
            barred.append(statement.priced)
    priority = _priority(unknowns, clauses)
    _add_care_and_wishes(unknowns, costs, prices, priority)
    gone = np.zeros(model.column_count, dtype=bool)
    for columns in barred:
        gone[columns] = True
    gone[follow(unknowns, gone)] = True
    problem = model.last_problem()
    upper = np.where(gone, 0, problem.upper)
    problem = problem.with_bounds(problem.lower, upper)
    sums = pools(unknowns, problem, *model.groups(), model.blocks())
    timetable = np.zeros(model.column_count, dtype=bool)
    deviating = np.zeros(model.column_count, dtype=bool)
    for columns in deviations:
        deviating[columns] = True
    for columns in (unknowns.sections, unknowns.rooms, unknowns.leads, unknowns.used, unknowns.following_columns()):
        timetable[columns] = True
    of_places = unknowns.derived_of_places()
    timetable[of_places] = False
    deviating[of_places] = True
    stages = {stage: cost.vector(model.column_count) for stage, cost in costs.items()}
    weighted = prices.vector(model.column_count)
    # A place in a slot is a stage of its own, before any clause that asks for it.
    missing = 1 + _guaranteed(unknowns, clauses)[unknowns.cell_pupil].astype(np.int64)
    stages[Stage.UNPLACED][unknowns.unplaced] = missing
    stages[Stage.MUST][unknowns.unplaced] = stages[Stage.IN_PRINCIPLE][unknowns.unplaced] = 0
    weighted[unknowns.unplaced] = PRICES[Stage.UNPLACED] * missing
    free = stages[Stage.UNPLACED].copy()
    for columns in asked:
        free[columns] = 0
    return SearchModel(
        unknowns=unknowns,
        problem=problem,
        column_groups=sums.columns,
        row_groups=sums.rows,
        pooled=sums.pooled,
        row_blocks=model.blocks(),
        stages=stages,
        weighted=weighted,
        timetable_columns=timetable,
        deviations=deviating,
        priority=priority,
        bound_first=_priority(unknowns, [one for one in clauses if stage_of(one, scenario) is not Stage.ENCOURAGED]),
        statements=statements,
        constant=constant,
        not_asked=int(free.sum()),
    )


class _Sum:
    """Amounts by column, added up once all columns are there."""

    def __init__(self) -> None:
        self._columns: list[Ints] = []
        self._amounts: list[Ints] = []

    def add(self, columns: Ints, amounts: Ints | int) -> None:
        self._columns.append(columns)
        self._amounts.append(np.broadcast_to(np.asarray(amounts, dtype=np.int64), columns.shape))

    def vector(self, count: int) -> Ints:
        """Shape: one amount a column."""
        total = np.zeros(count, dtype=np.int64)
        for columns, amounts in zip(self._columns, self._amounts, strict=True):
            np.add.at(total, columns, amounts)
        return total


def one_grade_courses(scenario: Scenario, clauses: Sequence[Clause]) -> frozenset[CourseId]:
    """Courses with written homework may not mix grades where a binding clause keeps their homework by class or grade."""
    every = frozenset(scenario.grade_by_number)
    bound: set[int] = set()
    for clause in clauses:
        if isinstance(clause.rule, HomeworkGroups) and clause.strength is not Strength.ENCOURAGED:
            bound |= grades_bound(scenario, clause.rule.scope)
    return frozenset(course.id for course in scenario.courses if course.written_homework and (course.grades or every) & bound)


def stage_of(clause: Clause, scenario: Scenario) -> Stage:
    """What the clause's wording makes of its deviation, the school's waivers over the whole term counted."""
    if clause.strength is Strength.MUST:
        return Stage.MUST
    waived = any(
        waiver.clause == clause.id and waiver.start <= scenario.term.start and scenario.term.end <= waiver.end
        for waiver in scenario.waivers
    )
    return Stage.IN_PRINCIPLE if clause.strength is Strength.IN_PRINCIPLE and not waived else Stage.ENCOURAGED


def _add_hard(unknowns: Unknowns, statement: Statement) -> None:
    """The statement's rows, but for those that the definitions already keep."""
    count = len(statement.lower)
    kept = np.ones(count, dtype=bool) if statement.implied is None else ~statement.implied
    number = np.cumsum(kept) - 1
    entries = kept[statement.rows]
    unknowns.model.add_rows(
        int(kept.sum()),
        number[statement.rows[entries]],
        statement.columns[entries],
        statement.coefficients[entries],
        statement.lower[kept],
        statement.upper[kept],
        None if statement.group is None else statement.group[kept],
    )


def _add_measured(
    unknowns: Unknowns,
    statement: Statement,
    stage: Stage,
    costs: Mapping[Stage, _Sum],
    prices: _Sum,
    deviations: list[Ints],
) -> None:
    """Rows with one deviation column a measure: Σ + scale × deviation ≥ lower, Σ − scale × deviation ≤ upper."""
    count = len(statement.lower)
    if count == 0:
        return
    model = unknowns.model
    measure = statement.measures
    number = int(measure.max()) + 1
    alone = np.array_equal(measure, np.arange(count))
    group = statement.group if alone else None
    deviation = model.add_columns(number, _most(statement, measure, number, model.upper()), group=group)
    deviations.append(deviation)
    below = statement.lower > -INFINITE
    above = statement.upper < INFINITE
    for side, sign in ((below, 1), (above, -1)):
        if not side.any():
            continue
        numbers = np.flatnonzero(side)
        renumbered = np.full(count, -1, dtype=np.int64)
        renumbered[numbers] = np.arange(len(numbers))
        kept = renumbered[statement.rows] >= 0
        model.add_rows(
            len(numbers),
            np.concatenate([renumbered[statement.rows[kept]], np.arange(len(numbers))]),
            np.concatenate([statement.columns[kept], deviation[measure[numbers]]]),
            np.concatenate([_needed(statement, sign)[kept], sign * statement.scales[numbers]]),
            statement.lower[numbers] if sign == 1 else -INFINITE,
            statement.upper[numbers] if sign == -1 else INFINITE,
            None if statement.group is None else statement.group[numbers],
        )
    price = 2 if stage is Stage.ENCOURAGED else (MINUTE_PRICES if statement.in_minutes else PRICES)[stage]
    costs[stage].add(deviation, 1)
    prices.add(deviation, price)


def _needed(statement: Statement, sign: int) -> Ints:
    """The coefficients, none above what its row asks for at least: one place of 55 minutes is not two of the 30 a day needs.

    It says the same of whole pupils and more of halves and sums. Rows with a negative coefficient are left as they are.
    """
    if sign == -1:
        return statement.coefficients
    least = statement.lower[statement.rows]
    plain = np.ones(len(statement.lower), dtype=bool)
    plain[statement.rows[statement.coefficients < 0]] = False
    capped = plain[statement.rows] & (least > 0)
    return np.where(capped, np.minimum(statement.coefficients, least), statement.coefficients)


def _most(statement: Statement, measure: Ints, number: int, upper: Ints) -> Ints:
    """The largest deviation each measure can have."""
    reach = np.minimum(upper[statement.columns], 10_000) * statement.coefficients
    count = len(statement.lower)
    least = np.bincount(statement.rows, weights=np.minimum(reach, 0), minlength=count)
    largest = np.bincount(statement.rows, weights=np.maximum(reach, 0), minlength=count)
    short = np.where(statement.lower > -INFINITE, statement.lower - least, 0)
    over = np.where(statement.upper < INFINITE, largest - statement.upper, 0)
    most = np.zeros(number, dtype=np.int64)
    np.maximum.at(most, measure, np.ceil(np.maximum(np.maximum(short, over), 0) / statement.scales).astype(np.int64))
    return most


def _priority(unknowns: Unknowns, clauses: Sequence[Clause]) -> Mask:
    chosen = np.zeros(len(unknowns.pupils), dtype=bool)
    for clause in clauses:
        if isinstance(clause.rule, PriorityGroups):
            rule, grades = clause.rule, [unknowns.scenario.grade_of(pupil) for pupil in unknowns.pupils]
            first = [
                bool(pupil.flags & rule.flags) or grade.stage in rule.stages or grade.number in rule.grades
                for pupil, grade in zip(unknowns.pupils, grades, strict=True)
            ]
            chosen |= pupils_bound(unknowns, rule.scope) & np.array(first, dtype=bool)
    return chosen


def _guaranteed(unknowns: Unknowns, clauses: Sequence[Clause]) -> Mask:
    chosen = np.zeros(len(unknowns.pupils), dtype=bool)
    for clause in clauses:
        if isinstance(clause.rule, GuaranteedPlace):
            rule = clause.rule
            first = [
                bool(pupil.flags & rule.flags) or unknowns.scenario.grade_of(pupil).number in rule.grades
                for pupil in unknowns.pupils
            ]
            chosen |= pupils_bound(unknowns, rule.scope) & np.array(first, dtype=bool)
    return chosen


def _add_care_and_wishes(unknowns: Unknowns, costs: Mapping[Stage, _Sum], prices: _Sum, priority: Mask) -> None:
    prices.add(unknowns.sections, SECTION_PRICE)
    prices.add(unknowns.leads, LEAD_PRICE)
    base_care = np.array([offer.form is Form.BASE_CARE for offer in unknowns.offers], dtype=bool)[unknowns.sit_offer]
    costs[Stage.BASE_CARE].add(unknowns.sits[base_care], 1)
    prices.add(unknowns.sits[base_care], PRICES[Stage.BASE_CARE])
    costs[Stage.WISHES].add(unknowns.sits[unknowns.sit_grants], -1)
    costs[Stage.RANKS].add(unknowns.sits, unknowns.sit_rank**2)
    prices.add(unknowns.sits, RANK_PRICE * np.minimum(unknowns.sit_rank, 9) ** 2)
    first = (unknowns.level == 0) & priority[unknowns.level_pupil]
    prices.add(unknowns.levels, -np.array(LEVEL_PRICES, dtype=np.int64)[unknowns.level] - PRIORITY_PRICE * first)
    costs[Stage.PRIORITY].add(unknowns.levels[first], -1)
