"""Who sits where in a timetable that stands? The LP for most pupils, the MIP for the few; of a large school grade after grade."""

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from scheduler.solver.build import MINUTE_PRICES, PRICES, SearchModel, Stage
from scheduler.solver.limits import Clock
from scheduler.solver.model import Ints, Problem
from scheduler.solver.neighbourhoods import Parts
from scheduler.solver.readers import Answer, Floats, Limits, solve_mixed, solve_relaxed, solve_whole
from scheduler.solver.summed import NO_MATTER

NO_BREACH = MINUTE_PRICES[Stage.IN_PRINCIPLE] - 1
"""What no minute against a binding clause costs: nobody looks for less where pupils are placed."""

WORTH_A_LOOK = 0.9 * PRICES[Stage.BASE_CARE]
"""Places that cost so much more than their LP are looked for once more, all together."""

HANDY = 100_000
"""Entries of the rows up to which the places of a whole school are given to the MIP."""
HALF = 0.5
"""Share of the rows' entries that may be left to those with fractional places before all are looked at at once."""
MUCH = 0.25
"""Share of a grade's places beside which another grade may sit, above which one is placed after the other."""
ROUGH = 0.01
"""A gap from which on nobody asks for more: the constructive plan is bettered anyway."""

MANY = 300_000
"""Entries above which the grades of a school are placed one after the other; in the constructive plan, `HANDY`."""


class Placing:
    """Places under the sections, rooms and leaders that a timetable opens."""

    def __init__(self, model: SearchModel, parts: Parts, clock: Clock, huge: bool) -> None:
        """`huge`: a school so large that seats one grade left over are not given to others in a second round."""
        self.model, self.parts, self.clock, self.huge = model, parts, clock, huge

    def placed(self, timetable: Ints, limits: Limits | None, gap: float) -> Ints | None:
        """Pupils into a timetable found on sums; `limits` as patience has it where none are given."""
        values = np.where(self.model.timetable_columns, timetable, 0)
        part, kept = pupil_problem(self.model, values)
        limits = limits or self.clock.patience(part.size)
        found = (
            self._grade_by_grade(part, kept, timetable, limits, gap) if part.size > (HANDY if gap >= ROUGH else MANY) else None
        )
        if found is None:
            answer = self.mostly_whole(part, kept, limits, gap)
            if answer.values is None:
                answer = solve_mixed(part, self.model.weighted[kept], limits, gap, self.clock.stop)
            if answer.values is None:
                answer = solve_whole(part, self.model.weighted[kept], limits, stop=self.clock.stop)
            found = answer.values
        if found is not None:
            values[kept] = found
        return None if found is None else values

    def _grade_by_grade(self, part: Problem, kept: Ints, timetable: Ints, limits: Limits, gap: float) -> Ints | None:
        """One grade after the other, the others at their share of the sums, which say who gets how many seats of a section.

        `None` where some grade finds no place for its pupils so.
        """
        point = self._shares(timetable, kept)
        owner = self.parts.owner[kept]
        grade = np.where(owner < 0, -1, self.parts.grade_of_pupil[owner])
        shared = grade < 0

        def seated(numbers: Sequence[int]) -> Floats | None:
            mine, short = point.copy(), dict[int, float]()
            for number in numbers:
                own, inside = part.restricted_near((grade == number) | shared, mine)
                answer = self.mostly_whole(own, kept[inside], limits, gap)
                if answer.values is None:
                    return None
                mine[inside], short[number] = answer.values, answer.objective - answer.bound
            # Once everybody has a place, a second round gives the seats that one grade left to the others.
            for number in () if gap >= ROUGH or self.huge else numbers:
                own, inside = part.restricted_near((grade == number) | shared, mine)
                known = float(self.model.weighted[kept[inside]] @ mine[inside])
                answer = self.mostly_whole(own, kept[inside], limits, gap, known - short[number] - NO_MATTER)
                if answer.values is not None and answer.objective < known:
                    mine[inside] = answer.values
            return mine

        together = self._grades_together(kept)
        with ThreadPoolExecutor(2) as pool:
            found = list(pool.map(seated, together))
        for numbers, mine in zip(together, found, strict=True):
            if mine is None:
                return None
            here = np.isin(grade, numbers)
            point[here] = mine[here]
        values = np.rint(point).astype(np.int64)
        rest, inside = part.restricted(shared | np.isin(owner, self._crowded(part, owner, values)), values)
        if rest.size:
            answer = solve_mixed(rest, self.model.weighted[kept[inside]], limits, stop=self.clock.stop, slack=NO_BREACH)
            if answer.values is None:
                return None
            values[inside] = answer.values
        return values if part.obeyed_by(values) else None

    def _crowded(self, part: Problem, owner: Ints, values: Ints) -> Ints:
        """Pupils of grades placed at the same time who together broke a row that is about pupils alone."""
        matrix = part.matrix[part.broken_rows(values)]
        rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
        alone = np.ones(matrix.shape[0], dtype=bool)
        alone[rows[owner[matrix.indices] < 0]] = False
        return np.unique(owner[matrix.indices[alone[rows] & (values[matrix.indices] > 0)]])

    def _grades_together(self, kept: Ints) -> list[list[int]]:
        """Grades that have much of what is open in common, most pupils first: the others need not wait for them."""
        place = self.parts.place[kept]
        place = place[place >= 0]
        grade = self.parts.grade_of_pupil[self.model.unknowns.sit_pupil[place]]
        sits = np.zeros((10, len(self.model.unknowns.offers)), dtype=np.int64)
        np.add.at(sits, (grade, self.model.unknowns.sit_offer[place]), 1)
        common = sits @ (sits > 0).T > MUCH * sits.sum(axis=1)[:, None]
        count, label = connected_components(sparse.csr_array(common), directed=False)
        of_grade = np.bincount(self.parts.grade_of_pupil, minlength=10)
        sets = [[int(number) for number in np.flatnonzero(label == one) if of_grade[number]] for one in range(count)]
        return sorted((one for one in sets if one), key=lambda one: (-int(of_grade[one].sum()), one))

    def _shares(self, timetable: Ints, kept: Ints) -> Floats:
        """What each pupil has of the sums: equal parts, of sums over teachers more with those who have more seats to give."""
        unknowns, groups = self.model.unknowns, self.model.column_groups
        weight = np.ones(len(timetable))
        if self.model.pooled.any():
            named = ~self.model.pooled
            mine = np.flatnonzero(named)[np.unique(groups[unknowns.sits[named]], return_index=True)[1]]
            taken = np.bincount(unknowns.sit_offer[mine], weights=timetable[unknowns.sits[mine]], minlength=len(unknowns.offers))
            spare = np.maximum(unknowns.seats(timetable) - taken, 0)
            weight[unknowns.sits[self.model.pooled]] = spare[unknowns.sit_offer[self.model.pooled]]
        whole = np.bincount(groups[kept], weights=weight[kept], minlength=int(groups.max()) + 1)[groups[kept]]
        return np.minimum(1.0, timetable[kept] * weight[kept] / np.maximum(whole, 1e-9))

    def mostly_whole(self, part: Problem, kept: Ints, limits: Limits, gap: float, asked: float = math.inf) -> Answer:
        """The LP's places where a pupil's are whole, the MIP's for the others: few, and near the best for all.

        The bound is the LP's; where that is not below `asked`, nobody looks further.
        """
        objective = self.model.weighted[kept]
        point, bound = solve_relaxed(part, objective, limits, self.clock.stop)
        slack = min(NO_BREACH, -gap * float(np.minimum(objective, 0) @ part.upper))
        nothing = Answer(values=None, objective=math.inf, bound=bound, proven=False)
        if point is None or bound >= asked:
            return nothing
        fractional = np.abs(point - np.rint(point)) > 1e-6
        values = np.rint(point).astype(np.int64)
        if fractional.any():
            owner = self.parts.owner[kept]
            free = np.isin(owner, np.unique(owner[fractional & (owner >= 0)])) | (owner < 0)
            rest, inside = part.restricted(free, values)
            if gap < ROUGH and not self.huge and part.size <= HANDY and rest.size > HALF * part.size:
                return replace(solve_mixed(part, objective, limits, gap, self.clock.stop, slack), bound=bound)
            answer = solve_mixed(rest, objective[inside], limits, gap, self.clock.stop, slack)
            if answer.values is None:
                return nothing
            values[inside] = answer.values
        reached = float(objective @ values)
        if gap < ROUGH and not self.huge and part.size <= HANDY and reached - bound > max(WORTH_A_LOOK, 0.01 * abs(bound)):
            answer = solve_mixed(part, objective, limits, gap, self.clock.stop, slack)
            if answer.values is not None and answer.objective < reached:
                return replace(answer, bound=bound)
        return Answer(values=values, objective=reached, bound=bound, proven=False)


def pupil_problem(model: SearchModel, values: Ints) -> tuple[Problem, Ints]:
    """Places under a fixed timetable; places in offers without a section are left out."""
    unknowns = model.unknowns
    free = ~model.timetable_columns
    closed = values[unknowns.sections[unknowns.sit_offer]] == 0
    free[unknowns.sits[closed]] = False
    fixed = values.copy()
    fixed[unknowns.sits[closed]] = 0
    return model.problem.restricted(free, np.where(free, 0, fixed))
