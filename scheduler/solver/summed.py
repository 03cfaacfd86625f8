"""Which sections, rooms and leaders? Found on the model whose pupils are summed by kind: small, and nearly as true."""

import math
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

import numpy as np

from scheduler.domain import Form
from scheduler.solver.build import PRICES, SearchModel, Stage
from scheduler.solver.coarse import Coarse
from scheduler.solver.dive import WHOLE, dive
from scheduler.solver.limits import Clock, near
from scheduler.solver.model import Ints, Mask, Problem
from scheduler.solver.neighbourhoods import Generator, Neighbourhood, Parts
from scheduler.solver.pools import pool_of_offer
from scheduler.solver.readers import Answer, Floats, Limits, solve_mixed, solve_relaxed, solve_whole

NO_MATTER = 0.9 * PRICES[Stage.BASE_CARE]
"""A day is whole enough when nothing that costs as much as one place in base care can be left to gain."""


LARGE = 150_000
"""Entries of the sums' rows above which the coarse sums say first what is opened: their LPs are a tenth of the work."""
HUGE = 400_000
"""Entries above which the second core is better used at once than kept for later."""
LARGE_DAY = 8_500
"""Entries above which what stands whole in a day's LP point is let alone at first."""
HEAVY_DAY = 28_000
"""Entries above which the MIP does that: CP-SAT needs half its time up to there, and above now and then many times as much."""


HURRY = 0.3
"""Share of the time after which a day's first answer will do, a lawful one or not."""
A_DAY = 0.15
"""Share of the time, and never less than `LEISURE`, that one look at one day may take."""
LEISURE = 5.0
"""Seconds for which nobody hurries."""


class Summed:
    """The aggregated problem of a search model: dived through by the LP, made whole day by day, then polished."""

    def __init__(self, model: SearchModel, parts: Parts, clock: Clock, empty: Ints) -> None:
        """`empty`: an assignment of the whole model that keeps every hard row."""
        self.model, self.parts, self.clock = model, parts, clock
        groups = model.column_groups
        self._sums, self._row_groups = model.problem.aggregated_rows(groups, model.row_groups)
        self.problem = self._with_named(self._sums)
        count = int(groups.max()) + 1
        size = np.bincount(groups, minlength=count)
        self.objective = np.rint(np.bincount(groups, weights=model.weighted, minlength=count) / size).astype(np.int64)
        self.empty = np.bincount(groups, weights=empty, minlength=count).astype(np.int64)
        self.cut_off = False
        """Whether time ended the round before every weekday was whole."""
        least = np.full(count, np.iinfo(np.int64).max)
        np.minimum.at(least, groups, model.weighted)
        self._least = least
        self.bound = -math.inf
        """Least price of any plan, once `find_bound` has looked: no plan at all is cheaper."""
        unknowns = model.unknowns
        self.arranged = np.array([offer.form is not Form.CHOSEN for offer in unknowns.offers], dtype=bool)
        self.of_offer = np.full(count, -1, dtype=np.int64)
        """The offer each group of columns belongs to; -1: to none."""
        for columns, offers in (
            (unknowns.sections, np.arange(len(unknowns.offers))),
            (unknowns.rooms, unknowns.room_offer),
            (unknowns.leads, unknowns.lead_offer),
            (unknowns.sits[~model.pooled], unknowns.sit_offer[~model.pooled]),
        ):
            self.of_offer[groups[columns]] = offers
        self.of_pool = np.full(count, -1, dtype=np.int64)
        """The pool each sum of places belongs to that are as good with any of its teachers; -1: to none."""
        self._pool_of_offer = pool_of_offer(unknowns)
        self.of_pool[groups[unknowns.sits[model.pooled]]] = self._pool_of_offer[unknowns.sit_offer[model.pooled]]
        self.sections = groups[unknowns.sections]
        self.of_leads = np.zeros(count, dtype=bool)
        self.of_leads[groups[unknowns.leads]] = True
        self.of_timetable = np.zeros(count, dtype=bool)
        self.of_timetable[self.of_offer >= 0] = True
        self.of_timetable[groups[unknowns.sits]] = False

    def _with_named(self, sums: Problem) -> Problem:
        """Where others are summed over teachers, those who asked for one teacher fit into the sections of that one."""
        unknowns, groups = self.model.unknowns, self.model.column_groups
        several = np.isin(np.arange(len(unknowns.offers)), unknowns.sit_offer[self.model.pooled])
        named = np.flatnonzero(several[unknowns.sit_offer] & ~self.model.pooled)
        offers, rows = np.unique(unknowns.sit_offer[named], return_inverse=True)
        most = np.array([unknowns.offers[o].course.max_size for o in offers.tolist()], dtype=np.int64)
        entries = np.unique(np.stack([rows, groups[unknowns.sits[named]]]), axis=1)
        return sums.with_rows(
            np.concatenate([entries[0], np.arange(len(offers))]),
            np.concatenate([entries[1], groups[unknowns.sections[offers]]]),
            np.concatenate([np.full(entries.shape[1], -1), most]),
            np.zeros(len(offers), dtype=np.int64),
        )

    def find_bound(self) -> None:
        """Within a group the cheapest price stands for all; of a large school the coarse sums are asked."""
        problem, prices = self.problem, self._least
        if self.large:
            problem, prices = self._coarse.problem, self._coarse.least(prices)
        _, self.bound = solve_relaxed(problem, prices, self.clock.limits(0.05), self.clock.stop)

    @property
    def large(self) -> bool:
        """Whether the coarse sums are looked at first."""
        return self.problem.size > LARGE

    @property
    def huge(self) -> bool:
        """Whether the week is dived through beside the constructive plan, and not after it."""
        return self.problem.size > HUGE

    @cached_property
    def _coarse(self) -> Coarse:
        return Coarse(self.model, self._sums, self._row_groups)

    def arranged_only(self) -> Ints:
        """A timetable without chosen courses, quickly: everybody has a lawful place, nobody a wish."""
        problem = self._only(self.arranged)
        limits = self.clock.patience(problem.size)
        point = dive(problem, self.objective, self.sections, self.arranged, lambda: limits, self.clock.stop)
        return self._day_by_day(problem, point, self.empty, self.clock.stop, fair=PRICES[Stage.MUST])[self.model.column_groups]

    def timetable(self, point: Floats | None, kinds: list[Neighbourhood], best: Ints, generator: Generator, until: float) -> Ints:
        """A timetable with chosen courses, from the point dived to. Of the columns only the timetable's mean anything."""
        return self._polished(self._from(point, best), kinds, best, generator, until)[self.model.column_groups]

    def dived(self) -> Floats | None:
        """The whole week by the LP in batches: never far from the LP, however large the school."""
        problem, pulled = self._sketched() if self.large else (self.problem, None)
        return dive(
            problem,
            self.objective,
            self.sections,
            self.arranged,
            lambda: self.clock.limits(0.2, 0.7),
            lambda: self.clock.over(0.65),
            pulled,
        )

    def _from(self, point: Floats | None, best: Ints) -> Ints:
        """The days of the week made whole. `best`: a plan known; days for which there is no time stay as they are in it."""
        known = np.bincount(self.model.column_groups, weights=best, minlength=len(self.empty)).astype(np.int64)
        if point is None:
            self.cut_off = True
            return known
        used = self.arranged | (point[self.sections] > WHOLE)
        fair = math.inf if self.huge else PRICES[Stage.MUST]
        return self._day_by_day(self._only(used), point, known, lambda: self.clock.over(0.85), fair)

    def _sketched(self) -> tuple[Problem, Mask | None]:
        """No more chosen sections of a course in a slot than the coarse sums open, and which offers to pull towards so many."""
        coarse = self._coarse
        columns = coarse.columns[self.sections]
        counts, of_count = np.unique(columns, return_inverse=True)
        first = np.zeros(len(counts), dtype=bool)
        first[of_count[self.arranged]] = True
        point = dive(
            coarse.problem,
            coarse.objective(self.objective),
            counts,
            first,
            lambda: self.clock.limits(0.2, 0.7),
            lambda: self.clock.over(0.55),
        )
        if point is None:
            return self.problem, None
        most = np.ceil(point[counts] - WHOLE).astype(np.int64)
        upper = self.problem.upper.copy()
        upper[self.sections] = np.where(self.arranged, upper[self.sections], np.minimum(upper[self.sections], most[of_count]))
        chosen = np.flatnonzero(~self.arranged & (most[of_count] > 0))
        shared = np.bincount(of_count[chosen], minlength=len(counts)) > 1
        several = chosen[shared[of_count[chosen]]]
        rows = np.cumsum(shared) - 1
        only = self._only(self.arranged | (most[of_count] > 0))
        problem = only.with_bounds(only.lower, np.minimum(only.upper, upper))
        problem = problem.with_rows(rows[of_count[several]], self.sections[several], -1, -most[shared])
        pulled = np.zeros(len(self.sections), dtype=bool)
        pulled[chosen[~shared[of_count[chosen]]]] = True
        return problem, pulled

    def _only(self, offers: Mask) -> Problem:
        """The problem in which no other offers have sections."""
        open_ = np.zeros(int(self._pool_of_offer.max()) + 1, dtype=bool)
        open_[self._pool_of_offer[offers]] = True
        gone = (self.of_offer >= 0) & ~offers[self.of_offer] | (self.of_pool >= 0) & ~open_[self.of_pool]
        return self.problem.with_bounds(self.problem.lower, np.where(gone, 0, self.problem.upper))

    def _day_by_day(self, problem: Problem, point: Floats | None, known: Ints, over: Callable[[], bool], fair: float) -> Ints:
        """Relax and fix: the point says what the rest of the week will need while one weekday after the other becomes whole.

        Days without an answer, and those that `over` cuts off, stay as in `known`. `fair`: what a quick look may cost more than
        the LP; beyond it a day is looked at in full.
        """
        if point is None:
            return known
        free_at_all = problem.lower < problem.upper
        point, values = np.where(free_at_all, point, problem.lower), known.copy()
        for day in np.unique(self.parts.weekday):
            if over():
                self.cut_off = True
                break
            slots = self.parts.weekday == day
            part, kept = problem.restricted_near(self._groups(self.parts.weekdays(slots)) & free_at_all, point)
            limits = self.clock.patience(part.size)
            if not self.clock.options.deterministic:
                limits = replace(limits, seconds=max(LEISURE, A_DAY * self.clock.options.time_limit))
            answer = self._near_relaxed(part, kept, limits, fair)
            found = known[kept] if answer.values is None else answer.values
            values[kept] = point[kept] = found
            mine = self._groups(self.parts.weekdays(slots, always=False))
            gone = mine & ~free_at_all
            values[gone] = point[gone] = problem.lower[gone] if answer.values is not None else known[gone]
        return self._settled(values, known)

    def _settled(self, values: Ints, known: Ints) -> Ints:
        """The values with what belongs to no day counted anew, where they do not agree; `known` where they cannot."""
        if self.problem.obeyed_by(values):
            return values
        part, kept = self.problem.restricted(self._groups(self.parts.always), values)
        limits = self.clock.patience(part.size)
        answer = solve_whole(part, self.objective[kept], limits, hint=values[kept], stop=self.clock.stop)
        if answer.values is None:
            return known
        settled = values.copy()
        settled[kept] = answer.values
        return settled if self.problem.obeyed_by(settled) else known

    def _groups(self, columns: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
        free = np.zeros(len(self.empty), dtype=bool)
        free[self.model.column_groups[columns]] = True
        return free

    def _near_relaxed(self, part: Problem, kept: Ints, limits: Limits, fair: float) -> Answer:
        """CP-SAT on one worker from the rounded LP point: first with what stands whole in it at least, then without."""
        hurried = self.clock.over(HURRY) and self.clock.seconds > LEISURE
        objective = self.objective[kept]
        point, bound = solve_relaxed(part, objective, limits, self.clock.stop)
        if point is None:
            return solve_whole(part, objective, limits, hint=self.empty[kept], stop=self.clock.stop, slack=NO_MATTER)
        start = np.rint(point).astype(np.int64)
        given = self.of_timetable[kept] & (np.abs(point - start) <= WHOLE)
        at_least = part.with_bounds(np.where(given, start, part.lower), part.upper)
        if part.size > LARGE_DAY:
            # Offers that stand whole, with their rooms and leaders, are let alone: of what people could do little is left open.
            offer = self.of_offer[kept]
            open_ = np.isin(offer, np.unique(offer[self.of_timetable[kept] & ~given]))
            shut = given & ~open_
            if self.huge:
                # Nor does anybody lead who does not in that point: each of the others is one more way to say the same.
                shut |= self.of_leads[kept] & (point <= WHOLE)
            fixed = at_least.with_bounds(at_least.lower, np.where(shut, start, at_least.upper))
            answers = []
            reader = solve_mixed if part.size > HEAVY_DAY else solve_whole
            for problem in (fixed, at_least, part):
                answers.append(reader(problem, objective, limits, stop=self.clock.stop, slack=NO_MATTER))
                if answers[-1].values is not None and (answers[-1].objective - bound <= fair or hurried):
                    return answers[-1]
            best = min(answers, key=lambda answer: answer.objective)
            if best.values is not None:
                return best
        answer = solve_whole(at_least, objective, limits, hint=start, stop=self.clock.stop, slack=NO_MATTER)
        if answer.values is not None and (answer.objective - bound <= fair or hurried):
            return answer
        hint = start if answer.values is None else answer.values
        free = solve_whole(part, objective, limits, hint=hint, stop=self.clock.stop, slack=NO_MATTER)
        return answer if free.values is None or free.objective > answer.objective else free

    def _polished(self, values: Ints, kinds: list[Neighbourhood], best: Ints, generator: Generator, until: float) -> Ints:
        """Neighbourhoods that close in a second or two each, until they bring nothing more."""
        idle, rounds = 0, 0
        while not self.clock.over(until) and idle < 2 * len(kinds) and rounds < 40:
            if near(float(self.objective @ values), self.bound):
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
