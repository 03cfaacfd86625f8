"""Which sections, rooms and leaders? Found on the model whose pupils are summed by kind: small, and nearly as true."""

from dataclasses import replace

import numpy as np

from scheduler.domain import Form
from scheduler.solver.build import SearchModel
from scheduler.solver.limits import NEAR, Clock
from scheduler.solver.model import Ints, Problem
from scheduler.solver.neighbourhoods import Generator, Neighbourhood, Parts
from scheduler.solver.readers import Answer, Limits, solve_relaxed, solve_whole


class Summed:
    """The aggregated problem of a search model, solved one weekday after the other and then polished."""

    def __init__(self, model: SearchModel, parts: Parts, clock: Clock, empty: Ints) -> None:
        """`empty`: an assignment of the whole model that keeps every hard row."""
        self.model, self.parts, self.clock = model, parts, clock
        groups = model.column_groups
        self.problem = model.problem.aggregated(groups, model.row_groups)
        count = int(groups.max()) + 1
        size = np.bincount(groups, minlength=count)
        self.objective = np.rint(np.bincount(groups, weights=model.weighted, minlength=count) / size).astype(np.int64)
        self.empty = np.bincount(groups, weights=empty, minlength=count).astype(np.int64)
        self.cut_off = False
        """Whether time ended the round before every weekday was whole."""
        least = np.full(count, np.iinfo(np.int64).max)
        np.minimum.at(least, groups, model.weighted)
        _, self.bound = solve_relaxed(self.problem, least, clock.limits(0.05), clock.stop)
        """Least price of any plan: no plan at all is cheaper. Within a group the cheapest price stands for all."""

    def arranged_only(self) -> Ints:
        """A timetable without chosen courses, quickly: everybody has a lawful place, nobody a wish."""
        unknowns = self.model.unknowns
        chosen = np.array([offer.form is Form.CHOSEN for offer in unknowns.offers], dtype=bool)
        upper = self.problem.upper.copy()
        upper[self.model.column_groups[unknowns.sections[chosen]]] = 0
        values, _ = self._day_by_day(self.problem.with_bounds(self.problem.lower, upper), gap=0.05, patient=True)
        return values[self.model.column_groups]

    def timetable(self, kinds: list[Neighbourhood], best: Ints, generator: Generator, until: float) -> Ints:
        """A timetable with chosen courses. Of the columns returned only those of the timetable mean anything."""
        values, _ = self._day_by_day(self.problem, gap=0.002, patient=False)
        return self._polished(values, kinds, best, generator, until)[self.model.column_groups]

    def _day_by_day(self, problem: Problem, gap: float, patient: bool) -> tuple[Ints, float]:
        """Relax and fix: the LP says what the rest of the week will need while one weekday after the other becomes whole.

        `patient`: a quick round that ends when it ends, the LP looking once; otherwise the LP looks anew after each day,
        and the round is cut off at half the time.
        """
        lower, upper = problem.lower.copy(), problem.upper.copy()
        days = np.unique(self.parts.weekday)
        limits = self.clock.patience() if patient else self.clock.limits(0.2)
        point, bound = solve_relaxed(problem, self.objective, limits, self.clock.stop)
        for number, day in enumerate(days):
            if point is None or (self.clock.stop() if patient else self.clock.over(0.6)):
                self.cut_off = self.cut_off or not patient
                return self.empty, bound
            slots = self.parts.weekday == day
            free = self._groups(self.parts.weekdays(slots)) & (lower < upper)
            part, kept = problem.with_bounds(lower, upper).restricted_near(free, point)
            limits = self.clock.patience() if patient else self.clock.limits(0.1, self.clock.part(0.5, len(days) - number))
            answer = self._near_relaxed(part, self.objective[kept], limits, self.empty[kept], gap)
            if answer.values is None:
                return self.empty, bound
            if day == days[-1]:
                values = lower.copy()
                values[kept] = answer.values
                return (values if problem.obeyed_by(values) else self.empty), bound
            fixed = self._groups(self.parts.weekdays(slots, always=False))[kept]
            lower[kept[fixed]] = upper[kept[fixed]] = answer.values[fixed]
            if not patient:
                rest = problem.with_bounds(lower, upper)
                point, _ = solve_relaxed(rest, self.objective, self.clock.limits(0.2), self.clock.stop)
            else:
                point[kept[fixed]] = answer.values[fixed]
        return self.empty, bound

    def _groups(self, columns: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
        free = np.zeros(len(self.empty), dtype=bool)
        free[self.model.column_groups[columns]] = True
        return free

    def _near_relaxed(self, part: Problem, objective: Ints, limits: Limits, hint: Ints, gap: float) -> Answer:
        """CP-SAT on one worker from the rounded LP point: on these problems far quicker than a portfolio from nothing."""
        point, _ = solve_relaxed(part, objective, limits, self.clock.stop)
        start = hint if point is None else np.rint(point).astype(np.int64)
        return solve_whole(part, objective, replace(limits, workers=1), hint=start, stop=self.clock.stop, gap=gap)

    def _polished(self, values: Ints, kinds: list[Neighbourhood], best: Ints, generator: Generator, until: float) -> Ints:
        """Neighbourhoods that close in a second or two each, until they bring nothing more."""
        idle, rounds = 0, 0
        while not self.clock.over(until) and idle < 2 * len(kinds) and rounds < 40:
            if float(self.objective @ values) - self.bound <= NEAR * abs(self.bound):
                break
            rounds += 1
            idle += 1
            free = self._groups(kinds[rounds % len(kinds)].free(best, generator))
            part, kept = self.problem.restricted(free, values)
            limits = replace(self.clock.limits(0.04, until), workers=1)
            price = self.objective[kept]
            answer = solve_whole(part, price, limits, hint=values[kept], stop=self.clock.stop, gap=0.0005)
            if answer.values is not None and answer.objective < float(price @ values[kept]):
                values = values.copy()
                values[kept] = answer.values
                idle = 0
        return values
