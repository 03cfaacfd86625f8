"""In which order are places given under a timetable? The aims one after the other, and how a mode shares out the wishes."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from scheduler.solver.allocation import draft, hardship
from scheduler.solver.build import SearchModel, Stage
from scheduler.solver.contest import Applicant, Contest, OpenSection, lottery_numbers
from scheduler.solver.model import Ints, Mask, Problem
from scheduler.solver.outcome import Mode


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Step:
    """One aim on the way."""

    name: str
    objective: Ints
    """Over the columns of the part."""
    lasting: bool = True
    """Whether the value reached becomes a row of the steps to come. The rounds keep their seats instead."""
    free: bool = False
    """Whether nothing but stages before it binds it: no seat kept, no pick, nobody who must not be worse off."""
    drawn: bool = False
    """Whether the lot decides here, among plans as good in all that comes before."""


class Places:
    """The places of a search model as one problem that shrinks from step to step.

    Whoever solves a step writes the `values` found before asking for the next one.
    """

    def __init__(self, model: SearchModel, problem: Problem, kept: Ints, whole: Ints, mode: Mode, seed: int) -> None:
        """`kept`: the columns of the whole model that `problem` is over; `whole`: an assignment of all that keeps every row."""
        self.model, self.problem, self.kept, self.whole, self.mode = model, problem, kept, whole, mode
        self.values: Ints = whole[kept]
        """The assignment reached so far, one a column of `problem`."""
        unknowns = model.unknowns
        numbers = lottery_numbers((pupil.id for pupil in unknowns.pupils), seed)
        self.number: Ints = np.array([numbers[pupil.id] for pupil in unknowns.pupils], dtype=np.int64)
        position = np.full(unknowns.model.column_count, -1, dtype=np.int64)
        position[kept] = np.arange(len(kept))
        here = position[unknowns.sits] >= 0
        granting = here & unknowns.sit_grants
        self.sits: Ints = np.flatnonzero(granting)
        """Places that grant a wish and are not settled, as numbers of places."""
        self.columns: Ints = position[unknowns.sits[self.sits]]
        self.pupil: Ints = unknowns.sit_pupil[self.sits]
        self.rank: Ints = unknowns.sit_rank[self.sits]
        self.past = int(self.rank.max(initial=0)) + 1
        self.through = False
        """Whether all wishes were shared out as the mode has it."""

    @property
    def count(self) -> int:
        """About how many steps there are."""
        return 9 + (2 + 3 * self._rounds if self.mode is Mode.ROUNDS else 2)

    def reached(self, step: Step) -> None:
        """Binds the steps to come to what the values have reached."""
        if step.lasting:
            columns = np.flatnonzero(step.objective)
            value = int(step.objective @ self.values)
            self.problem = self.problem.with_row(columns, step.objective[columns], upper=value)

    def steps(self) -> Iterator[Step]:
        """Everybody's place and the law, the wishes as the mode has them, what is merely encouraged, the lottery."""
        yield from self.first()
        if self.mode is Mode.ROUNDS:
            yield from self._in_rounds()
            yield from self._improvement()
        else:
            if self.mode is Mode.DRAFT:
                yield Step(name="picks", objective=self._drafted())
            yield Step(name="round_1", objective=self._served(1), free=self.mode is Mode.MOST_SEATS)
        yield Step(name="granted", objective=self._over_sits(np.full(len(self.sits), -1)))
        self.through = True
        yield Step(name="ranks", objective=self.model.stages[Stage.RANKS][self.kept])
        yield Step(name="encouraged", objective=self.model.stages[Stage.ENCOURAGED][self.kept])
        luck = self._luck(1) * (self.rank - self.past)
        yield Step(name="lottery", objective=self._over_sits(luck), drawn=True)

    def first(self) -> Iterator[Step]:
        """A place for everybody, the law, least base care, and who comes first."""
        for stage in (Stage.UNPLACED, Stage.MUST, Stage.IN_PRINCIPLE, Stage.BASE_CARE, Stage.PRIORITY):
            yield Step(name=stage.name.lower(), objective=self.model.stages[stage][self.kept], free=True)

    @property
    def _rounds(self) -> int:
        return int(self.model.unknowns.level.max(initial=-1)) + 1

    def _in_rounds(self) -> Iterator[Step]:
        """In round k each pupil gets at most one more wish: most pupils, then least hardship, then the lottery, turned in every
        second round. What a round gives stays given until all rounds are over; places that rules ask for beside it do not.
        """
        before = np.zeros(len(self.model.unknowns.pupils), dtype=np.int64)
        given = np.zeros(len(self.sits), dtype=bool)
        for number in range(1, self._rounds + 1):
            yield Step(name=f"round_{number}", objective=self._served(number), free=number == 1)
            if not self._dearest(given).size:
                break
            hard = np.where(given, 0, hardship(self.rank, before[self.pupil], self.past))
            yield Step(name=f"ranks_{number}", objective=self._over_sits(hard), lasting=False)
            rest = self.problem
            self.problem = rest.with_row(self.columns, hard, upper=int(hard @ self.values[self.columns]))
            luck = np.where(given, 0, self._luck(number) * (self.rank - self.past))
            yield Step(name=f"lottery_{number}", objective=self._over_sits(luck), lasting=False, drawn=True)
            self.problem = rest
            chosen = self._dearest(given)
            given[chosen] = True
            before[self.pupil[chosen]] += self.rank[chosen]
            self._keep(given)
        self._keep(np.zeros(len(self.sits), dtype=bool))

    def _improvement(self) -> Iterator[Step]:
        """Nobody worse than after the rounds: as many seats of each rank or a dearer one. Then fewest seats of the worst rank."""
        pupils = len(self.model.unknowns.pupils)
        held = np.zeros((pupils, self.past), dtype=np.int64)
        now = self.values[self.columns] > 0
        np.add.at(held, (self.pupil[now], self.rank[now]), 1)
        least = np.cumsum(held, axis=1)
        for rank in range(1, self.past):
            bound = np.flatnonzero(held[:, rank])
            number = np.full(pupils, -1, dtype=np.int64)
            number[bound] = np.arange(len(bound))
            dear = (self.rank <= rank) & (number[self.pupil] >= 0)
            self.problem = self.problem.with_rows(number[self.pupil[dear]], self.columns[dear], 1, least[bound, rank])
        self.through = True
        # What is worth most all in all, before each aim for itself: those begin from there.
        yield Step(name="improvement", objective=self.model.weighted[self.kept], lasting=False)
        worst = int(self.rank[self.values[self.columns] > 0].max(initial=0))
        yield Step(name="worst_ranked", objective=self._over_sits((self.rank == worst).astype(np.int64)))

    def _served(self, wishes: int) -> Ints:
        """Pupils with at least so many wishes granted, counted downwards."""
        unknowns = self.model.unknowns
        objective = np.zeros(unknowns.model.column_count, dtype=np.int64)
        objective[unknowns.levels[unknowns.level == wishes - 1]] = -1
        return objective[self.kept]

    def _over_sits(self, amounts: Ints) -> Ints:
        objective = np.zeros(len(self.kept), dtype=np.int64)
        objective[self.columns] = amounts
        return objective

    def _luck(self, number: int) -> Ints:
        """Weight of each place in a draw, the greatest for the luckiest pupil; the other way round in even rounds."""
        luck = len(self.number) + 1 - self.number if number % 2 else self.number
        return luck[self.pupil]

    def _dearest(self, given: Mask) -> Ints:
        """The dearest seat of each pupil that is not given yet."""
        new = np.flatnonzero((self.values[self.columns] > 0) & ~given)
        ordered = new[np.lexsort((self.rank[new], self.pupil[new]))]
        _, first = np.unique(self.pupil[ordered], return_index=True)
        return ordered[first]

    def _keep(self, given: Mask) -> None:
        lower = self.problem.lower.copy()
        lower[self.columns] = given
        self.problem = self.problem.with_bounds(lower, self.problem.upper)

    def _drafted(self) -> Ints:
        """Most of what a snake draft picks on the open sections; rules that bind a week or a class may refuse some picks."""
        unknowns = self.model.unknowns
        seats = unknowns.seats(self.whole)
        of_offer = unknowns.sit_offer[self.sits]
        ranks: list[dict[str, int]] = [{} for _ in unknowns.pupils]
        for pupil, offer, rank in zip(self.pupil.tolist(), of_offer.tolist(), self.rank.tolist(), strict=True):
            ranks[pupil][str(offer)] = rank
        applicants = [
            Applicant(id=pupil.id, quota=pupil.wanted, ranks=ranks[i], number=int(self.number[i]))
            for i, pupil in enumerate(unknowns.pupils)
        ]
        sections = [
            OpenSection(
                id=str(o),
                course=unknowns.offers[o].course.id,
                seats=int(seats[o]),
                slots=frozenset(slot.id for slot in unknowns.offers[o].slots),
            )
            for o in np.unique(of_offer).tolist()
        ]
        contest = Contest(applicants, sections, 0)
        entries = draft(contest)
        picked = {
            (contest.children[i].id, contest.sections[s].id)
            for i, s in zip(contest.child[entries].tolist(), contest.section[entries].tolist(), strict=True)
        }
        chosen = [(unknowns.pupils[i].id, str(o)) in picked for i, o in zip(self.pupil.tolist(), of_offer.tolist(), strict=True)]
        return self._over_sits(-np.array(chosen, dtype=np.int64))
