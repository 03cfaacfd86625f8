"""How does a plan survive a change with least disturbance? What the change touches is freed first, then more around it.

The whole law is stated as for a new plan, over fewer columns: those in use and those near the change. A radius is solved
for places and binding clauses, then disturbance, and only then the plan's own price. `bound` holds for any plan.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from scheduler.differences import WEIGHTS, Weights
from scheduler.domain import Scenario
from scheduler.policy import Clause
from scheduler.solver.build import SearchModel, build
from scheduler.solver.limits import Clock
from scheduler.solver.mapping import Mapped, values_of
from scheduler.solver.model import Ints, Mask, Problem
from scheduler.solver.outcome import Options, Stop
from scheduler.solver.readers import solve_mixed, solve_whole
from scheduler.solver.repair_cost import cost_of
from scheduler.solver.repair_exchanges import exchanges
from scheduler.solver.repair_law import PRICES, law_of
from scheduler.solver.repair_touched import Freed, Touched, widening
from scheduler.timetable import Timetable


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mended:
    """The old plan mended in the columns."""

    model: SearchModel
    mapped: Mapped
    values: Ints
    disturbance: int
    bound: int
    """Least disturbance of any lawful plan at all."""
    unlawful: int
    """Places missing and deviations from binding clauses near the change, priced."""
    lawful: bool
    """No place is missing and no binding clause deviates near the change."""
    proven: bool
    """Lawful, and no plan disturbs less; or nothing better exists in the whole school."""
    radius: str
    """How far round the change was looked."""
    seconds: float = 0.0


Heard = Callable[[str], None]


def mended(
    scenario: Scenario,
    clauses: Sequence[Clause],
    before: Timetable,
    options: Options,
    stop: Stop,
    *,
    pupils_stay: bool = False,
    weights: Weights = WEIGHTS,
    hear: Heard = lambda radius: None,
) -> Mended:
    """The plan of least disturbance for the changed `scenario`, wider and wider round the change until that is proven.

    `before` was made for the school before the change. `pupils_stay`: nobody may be moved to another course, only lose the
    place (for a few dates). Within the limits of `options`; what it could not prove it says.
    """
    clock = Clock(options, stop)
    touched = Touched(scenario, before)
    best: Mended | None = None
    bound = 0
    circles = deque(widening(touched, pupils_stay))
    while circles:
        freed = circles.popleft()
        if best is not None and (clock.over(0.9) or best.proven or (best.lawful and freed.far and len(scenario.pupils) > WIDE)):
            break
        hear(freed.name)
        found, least = _within(scenario, clauses, touched, freed, clock, weights)
        bound = max(bound, least)
        if found is not None and (best is None or _key(found) < _key(best)):
            best = found
        if best is not None and best.lawful:
            best = replace(best, bound=min(bound, best.disturbance), proven=best.proven or bound >= best.disturbance)
        elif found is not None and freed.grow and freed.arranged and not freed.far:
            lacking = law_of(found.model, freed, found.mapped.values).lacking(found.values)
            nearer = exchanges(touched, freed, found.model, found.values, lacking)
            if nearer is not None:
                circles.appendleft(nearer)
    if best is None:
        best = _nothing(scenario, clauses, touched, weights)
    return replace(best, seconds=clock.seconds)


WIDE = 80
"""Pupils of a school above which a lawful plan is not looked for further than the change's own slots."""


NEAR_ENOUGH = 40
"""Points of disturbance, less than two arranged places, within which the least of a radius may stay unproven where sections
are only added in a larger school: no bound rests on it."""


def _key(one: Mended) -> tuple[int, int]:
    return one.unlawful, one.disturbance


def _within(
    scenario: Scenario, clauses: Sequence[Clause], touched: Touched, freed: Freed, clock: Clock, weights: Weights
) -> tuple[Mended | None, int]:
    """The best plan of one radius, and what this proves about all plans; `None` where none was found in it."""
    model = build(scenario, clauses, part=None if freed.everything else freed)
    mapped = values_of(model.unknowns, touched.table)
    cost = cost_of(model, mapped, touched.before, weights)
    decided = _decided(model)
    free = _followed(model, freed.columns(model.unknowns) & decided, decided)
    if _cannot_stand(model, free, decided, mapped.values):
        return None, cost.bound + (cost.next if freed.name == "direct" else 0)
    part, kept = cost.widened(model.problem, free, mapped.values)
    if freed.grow:
        part = part.with_bounds(np.maximum(part.lower, _standing(model, mapped.values, kept, len(part.lower))), part.upper)
    search = _Search(part, clock, with_pupils=bool(freed.cells) or freed.everything)
    extra = np.zeros(len(part.lower) - len(kept), dtype=np.int64)
    law = law_of(model, freed, mapped.values)
    vectors = [np.concatenate([vector[kept], extra]) for vector in law.vectors]
    disturbing = cost.objective(kept)
    near = NEAR_ENOUGH if freed.grow and len(scenario.pupils) > WIDE else 0
    values = search.least(disturbing + sum(price * vector for price, vector in zip(PRICES, vectors, strict=True)), slack=near)
    if values is None:
        return None, cost.bound + (cost.next if search.proven and freed.name == "direct" else 0)
    whole = mapped.values.copy()
    whole[kept] = values[: len(kept)]
    unlawful = law.priced(whole)
    lawful = unlawful == 0
    for vector in vectors:
        search.keep(vector, values)
    proven = search.proven
    search.keep(disturbing, values)
    if search.with_pupils:
        search.settle(np.concatenate([model.timetable_columns[kept] & decided[kept], extra > 0]), values)
    values = search.stage(np.concatenate([model.weighted[kept], extra]), values, gap=0.002)
    whole[kept] = values[: len(kept)]
    total = cost.of(whole)
    bound = cost.bound
    if proven and freed.complete:
        bound = total
    elif proven and freed.name == "direct":
        bound += cost.next if not lawful else min(cost.next, total - bound)
    return Mended(
        model=model,
        mapped=mapped,
        values=whole,
        disturbance=total,
        bound=min(bound, total),
        unlawful=unlawful,
        lawful=lawful,
        proven=proven and (freed.complete or (lawful and total <= bound)),
        radius=freed.name,
    ), bound


def _standing(model: SearchModel, values: Ints, kept: Ints, count: int) -> Ints:
    """Sections, rooms and people of the old plan among the kept columns. Shape: one a column of the widened problem."""
    unknowns = model.unknowns
    old = np.zeros(len(values), dtype=np.int64)
    for columns in (unknowns.sections, unknowns.rooms, unknowns.leads):
        old[columns] = np.minimum(values[columns], model.problem.upper[columns])
    return np.concatenate([old[kept], np.zeros(count - len(kept), dtype=np.int64)])


FEW = 150_000
"""Size of a problem (`Problem.size`) up to which CP-SAT is asked first."""


class _Search:
    """One problem, minimised for one aim after the other; nothing won is given back."""

    def __init__(self, part: Problem, clock: Clock, with_pupils: bool) -> None:
        self.part, self.clock, self.with_pupils = part, clock, with_pupils
        self.proven = True
        """Every aim so far was reached as far as it can be."""

    def least(self, objective: Ints, hint: Ints | None = None, gap: float = 0.0, slack: int = 0) -> Ints | None:
        """The best values found; `None` where there are none (proven) or none were found in time.

        Where many pupils move the problem is nearly an LP, and the MIP is the better reader; else one worker of CP-SAT is: it
        proves in a second what several alike, and the MIP, take ten for.
        """
        limits = replace(self.clock.limits(0.35, 0.95), workers=1)
        answer = None
        if self.with_pupils and self.part.size > FEW:
            answer = solve_mixed(self.part, objective, limits, gap, self.clock.stop)
            if answer.values is not None and not self.part.obeyed_by(answer.values):
                answer = None
        if answer is None or (answer.values is None and not answer.infeasible):
            answer = solve_whole(self.part, objective, limits, hint=hint, stop=self.clock.stop, gap=gap, slack=slack)
        self.proven = self.proven and answer.proven
        return answer.values

    def stage(self, objective: Ints, values: Ints, gap: float = 0.0) -> Ints:
        """Values at least as good for this aim; what they reach becomes a row."""
        before = int(objective @ values)
        trivial = int(np.where(objective > 0, objective * self.part.lower, objective * self.part.upper).sum())
        if before > trivial:
            better = None if self.clock.over(0.95) else self.least(objective, values, gap)
            if better is None:
                self.proven = False
            elif int(objective @ better) <= before:
                values = better
        self.keep(objective, values)
        return values

    def settle(self, columns: Mask, values: Ints) -> None:
        """These columns stay as they are."""
        lower, upper = np.where(columns, values, self.part.lower), np.where(columns, values, self.part.upper)
        self.part = self.part.with_bounds(lower, upper)

    def keep(self, objective: Ints, values: Ints) -> None:
        """No worse than this from now on."""
        columns = np.flatnonzero(objective)
        if len(columns):
            self.part = self.part.with_row(columns, objective[columns], upper=int(objective @ values))


def _nothing(scenario: Scenario, clauses: Sequence[Clause], touched: Touched, weights: Weights) -> Mended:
    """The old plan as it stands, where time ran out before anything was found: what cannot be is left out."""
    model = build(scenario, clauses, part=next(widening(touched, pupils_stay=False)))
    mapped = values_of(model.unknowns, touched.table)
    cost = cost_of(model, mapped, touched.before, weights)
    return Mended(
        model=model,
        mapped=mapped,
        values=mapped.values,
        disturbance=cost.of(mapped.values),
        bound=0,
        unlawful=PRICES[0],
        lawful=False,
        proven=False,
        radius="none",
    )


def _decided(model: SearchModel) -> Mask:
    """Columns that are decided; the others follow from them."""
    unknowns = model.unknowns
    decided = np.zeros(unknowns.model.column_count, dtype=bool)
    for columns in (unknowns.sections, unknowns.rooms, unknowns.leads, unknowns.sits):
        decided[columns] = True
    return decided


def _cannot_stand(model: SearchModel, free: Mask, decided: Mask, values: Ints) -> bool:
    """Whether what is fixed breaks a row by itself, whatever the free columns become."""
    problem = model.problem
    fixed = decided & ~free
    if np.any(values[fixed] > problem.upper[fixed]):
        return True
    only_fixed = np.diff(sparse.csr_array(sparse.csc_array(problem.matrix)[:, np.flatnonzero(~fixed)]).indptr) == 0
    return bool(only_fixed[problem.broken_rows(values)].any())


def _followed(model: SearchModel, free: Mask, decided: Mask) -> Mask:
    """The free columns with everything that only follows from them: deviations, wishes counted, slots in use."""
    matrix, free = model.problem.matrix, free.copy()
    by_column = sparse.csc_array(matrix)
    fresh: Ints = np.flatnonzero(free)
    while len(fresh):
        rows = np.unique(by_column[:, fresh].indices)
        columns = np.unique(matrix[rows].indices).astype(np.int64)
        fresh = columns[~decided[columns] & ~free[columns]]
        free[fresh] = True
    return free
