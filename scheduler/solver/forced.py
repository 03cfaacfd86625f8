"""What would one more wish cost others? The places given again with the wish forced, so that others are hurt least."""

from dataclasses import dataclass

import numpy as np

from scheduler.domain import Choice, PupilId
from scheduler.solver.build import Stage
from scheduler.solver.model import Ints, Problem
from scheduler.solver.offers import fits_choice
from scheduler.solver.placing import pupil_problem
from scheduler.solver.readers import Limits, solve_mixed
from scheduler.solver.standing import Standing

FIRST = (Stage.UNPLACED, Stage.MUST, Stage.IN_PRINCIPLE, Stage.BASE_CARE, Stage.PRIORITY)
"""What comes before the wishes and must not suffer for one."""
GRAVITY = {Stage.UNPLACED: 100_000, Stage.MUST: 10_000, Stage.IN_PRINCIPLE: 1_000, Stage.BASE_CARE: 100, Stage.PRIORITY: 10}


OTHERS_FIRST = 20
"""How much heavier the losses of others weigh than what the pupil gives up for the wish."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """The least that others must give for a wish, the sections being as they are and the pupil keeping its dearer wishes."""

    possible: bool
    """False: it fits no place at all. Meaningful where `proven`."""
    breaks: tuple[str, ...] = ()
    """Aims before the wishes that would suffer, by their stages' names; the other figures are then left at 0."""
    wishes: int = 0
    """Wishes that others would lose in all."""
    ranks: int = 0
    """Ranks that those of them who lose none would fall back in all."""
    others: int = 0
    """Pupils who would lose or fall back."""
    own: int = 0
    """Wishes that the pupil would have fewer than now: the dear one in the place of several."""
    equal: bool = False
    """Nothing the aims look at would change: as many pupils with each number of wishes, the same Σ rank²."""
    better: bool = False
    """The aims would come out better: the timetable's places were not the best."""
    proven: bool = False
    """Nothing cheaper exists."""


class Forcing:
    """One timetable's places with what must not suffer as rows; asked for one wish after the other."""

    def __init__(self, stands: Standing) -> None:
        self.stands = stands
        self.model, unknowns = stands.model, stands.model.unknowns
        self.part, self.kept = pupil_problem(stands.model, stands.values)
        self.now = stands.values[self.kept]
        position = np.full(unknowns.model.column_count, -1, dtype=np.int64)
        position[self.kept] = np.arange(len(self.kept))
        self.sits = np.flatnonzero((position[unknowns.sits] >= 0) & unknowns.sit_grants)
        self.column: Ints = position[unknowns.sits[self.sits]]
        self.pupil: Ints = unknowns.sit_pupil[self.sits]
        self.rank: Ints = unknowns.sit_rank[self.sits]
        self.past = int(self.rank.max(initial=0)) + 1
        self.number = {pupil.id: i for i, pupil in enumerate(unknowns.pupils)}
        self.kept_first = self.part
        for stage in FIRST:
            objective = self.model.stages[stage][self.kept]
            columns = np.flatnonzero(objective)
            self.kept_first = self.kept_first.with_row(columns, objective[columns], upper=int(objective @ self.now))

    def price(self, pupil: PupilId, choice: Choice, limits: Limits) -> Price:
        """What granting this wish, which the pupil does not have, would cost others."""
        i = self.number[pupil]
        offers, of_sit = self.model.unknowns.offers, self.model.unknowns.sit_offer[self.sits]
        own = np.flatnonzero(self.pupil == i)
        wished = [
            k for k in own.tolist() if offers[of_sit[k]].course.id == choice.course and fits_choice(offers[of_sit[k]], choice)
        ]
        if not wished:
            return Price(possible=False, proven=True)
        demands = [self.column[wished]]
        for k in own[(self.now[self.column[own]] > 0) & (self.rank[own] < choice.rank)].tolist():
            course = offers[of_sit[k]].course.id
            demands.append(self.column[[other for other in own.tolist() if offers[of_sit[other]].course.id == course]])
        rows = np.repeat(np.arange(len(demands)), [len(columns) for columns in demands])
        least = np.ones(len(demands), dtype=np.int64)
        forced = self.kept_first.with_rows(rows, np.concatenate(demands), 1, least)
        problem, objective = self._hurting(forced, i)
        answer = solve_mixed(problem, objective, limits, 0.0)
        if answer.values is not None:
            return self._told(answer.values[: len(self.kept)], i, answer.proven)
        if not answer.infeasible:
            return Price(possible=True)
        return self._breaking(self.part.with_rows(rows, np.concatenate(demands), 1, least), limits)

    def _breaking(self, problem: Problem, limits: Limits) -> Price:
        """What comes before the wishes and would have to suffer."""
        objective = np.zeros(len(self.kept), dtype=np.int64)
        for stage, weight in GRAVITY.items():
            objective += weight * self.model.stages[stage][self.kept]
        answer = solve_mixed(problem, objective, limits, 0.0)
        if answer.values is None:
            return Price(possible=not answer.infeasible, proven=answer.infeasible)
        names = [
            stage.name.lower()
            for stage in FIRST
            if self.model.stages[stage][self.kept] @ answer.values > self.model.stages[stage][self.kept] @ self.now
        ]
        return Price(possible=True, breaks=tuple(names), proven=True)

    def _hurting(self, problem: Problem, but: int) -> tuple[Problem, Ints]:
        """Columns for what others lose: how many fewer seats of each rank or a dearer one they hold than now.

        Summed over the ranks this is how far they fall back; at the last rank it is the number of wishes lost.
        """
        held = self.now[self.column] > 0
        others = np.flatnonzero(np.bincount(self.pupil[held], minlength=len(self.number)) > 0)
        rows: list[Ints] = []
        columns: list[Ints] = []
        least: list[int] = []
        prices: list[int] = []
        far = 1 + int(held.sum()) * self.past
        order = np.lexsort((self.rank, self.pupil))
        starts = np.searchsorted(self.pupil[order], np.arange(len(self.number) + 1))
        for pupil in others.tolist():
            weight = 1 if pupil == but else OTHERS_FIRST
            own = order[starts[pupil] : starts[pupil + 1]]
            ranks = np.unique(self.rank[own])
            reach = np.append(ranks[1:], self.past) - ranks
            for rank, width in zip(ranks.tolist(), reach.tolist(), strict=True):
                until = own[self.rank[own] <= rank]
                count = int(held[until].sum())
                if count:
                    rows.append(np.full(len(until), len(least)))
                    columns.append(self.column[until])
                    least.append(count)
                    prices.append(weight * (width + (far if rank == ranks[-1] else 0)))
        wider = problem.with_columns(len(least), np.array(least, dtype=np.int64))
        short = len(problem.lower) + np.arange(len(least))
        none = [np.zeros(0, dtype=np.int64)]
        wider = wider.with_rows(
            np.concatenate([*(rows or none), np.arange(len(least))]),
            np.concatenate([*(columns or none), short]),
            1,
            np.array(least, dtype=np.int64),
        )
        return wider, np.concatenate([np.zeros(len(problem.lower), dtype=np.int64), np.array(prices, dtype=np.int64)])

    def _told(self, then: Ints, but: int, proven: bool) -> Price:
        before, after = self._profiles(self.now), self._profiles(then)
        lost = np.maximum(0, before - after)
        own = int(lost[but, -1])
        lost[but] = 0
        ends = lost[:, -1]
        was, will = ((*self._served(one), self._squares(values)) for one, values in ((before, self.now), (after, then)))
        return Price(
            possible=True,
            wishes=int(ends.sum()),
            ranks=int(lost[ends == 0].sum()),
            own=own,
            others=int((lost.sum(axis=1) > 0).sum()),
            equal=will == was,
            better=will < was,
            proven=proven,
        )

    def _served(self, profiles: Ints) -> tuple[int, ...]:
        """Pupils with at least one wish granted, with two, … , counted downwards."""
        most = int(self.model.unknowns.level.max(initial=-1)) + 1
        return tuple(-int((profiles[:, -1] >= count).sum()) for count in range(1, most + 1))

    def _profiles(self, values: Ints) -> Ints:
        """How many seats of each rank or a dearer one each pupil holds. Shape: (pupils, ranks from 1)."""
        counted = np.zeros((len(self.number), self.past), dtype=np.int64)
        held = values[self.column] > 0
        np.add.at(counted, (self.pupil[held], self.rank[held]), 1)
        return np.cumsum(counted, axis=1)[:, 1:]

    def _squares(self, values: Ints) -> int:
        return int((self.rank**2 * (values[self.column] > 0)).sum())
