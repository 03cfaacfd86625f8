"""How good could any plan be? For each stage a bound that no plan undercuts which does as well in the stages before.

Proven without trust in the plan found: from the facts, from LPs that forbid no plan, and in small schools from their whole
numbers. Where time is short the cheaper proof stands.
"""

import math
from functools import cached_property

import numpy as np

from scheduler.solver.aims import aims
from scheduler.solver.build import SearchModel, Stage
from scheduler.solver.limits import Clock
from scheduler.solver.model import Ints
from scheduler.solver.outcome import Most
from scheduler.solver.readers import solve_mixed, solve_priced
from scheduler.solver.relaxation import Relaxation, by_kinds, over_the_week

SHARE = 0.03
"""Of the time limit, for one LP."""
LATEST = 0.97
"""Share of the time limit after which no bound is sought any more."""
ENTRIES_PER_UNIT = 50_000
"""In counted runs, matrix entries an LP may have for each unit of its limit: LPs cannot be counted while they run."""
SMALL = 40_000
"""Matrix entries up to which whole numbers are asked for, too."""
BLUR = 1e-6
"""What rounding errors may add to a bound, absolutely and as a share; far below 1, the smallest step of any stage."""


class Bounds:
    """Bounds of one search model. Stages are asked for in their order: what one reached is a row of the next."""

    def __init__(self, model: SearchModel, clock: Clock) -> None:
        self.model, self.clock = model, clock
        self.aims = dict(aims(model))
        self._reached: list[tuple[str, int]] = []

    def of(self, name: str, reached: float, known: float = -math.inf) -> float:
        """The least value of the stage in any plan that does at least as well as this one in the stages asked for before.

        `reached`: the stage's value in this plan. `known`: a bound proven elsewhere.
        """
        vector = self.aims[name]
        bound = max(known, self._from_the_facts(vector), self._least_ranks() if name == "ranks" else -math.inf)
        if bound < reached and not self.clock.over(LATEST):
            # Where the search itself has proven something over all timetables, whole numbers have had their say.
            bound = max(bound, self._relaxed(self._relaxation(name), vector, whole=known == -math.inf))
        self._reached.append((name, round(reached)))
        return bound

    @cached_property
    def most(self) -> Most:
        """How many first choices and wishes any plan at all can grant."""
        unknowns, vector = self.model.unknowns, np.zeros(len(self.model.problem.lower), dtype=np.int64)
        dearest = np.array([min((choice.rank for choice in pupil.choices), default=0) for pupil in unknowns.pupils])
        first = unknowns.sit_grants & (unknowns.sit_rank == dearest[unknowns.sit_pupil])
        vector[unknowns.sits[first]] = -1
        can = self.model.problem.upper[unknowns.sits] > 0
        pupils = len(np.unique(unknowns.sit_pupil[first & can]))
        wanted = np.array([pupil.wanted for pupil in unknowns.pupils], dtype=np.int64)
        wishes = int(wanted[np.unique(unknowns.sit_pupil[unknowns.sit_grants & can])].sum())
        return Most(
            first_choices=min(pupils, self._at_most(vector)), granted=min(wishes, self._at_most(self.model.stages[Stage.WISHES]))
        )

    def _at_most(self, vector: Ints) -> int:
        bound = self._from_the_facts(vector)
        if bound < 0 and not self.clock.over(LATEST):
            bound = max(bound, self._relaxed(self._week, vector, whole=False))
        return -int(bound)

    def _from_the_facts(self, vector: Ints) -> float:
        """Each column at its cheaper end: nobody can have more wishes granted than wanted."""
        problem = self.model.problem
        return float(np.minimum(vector * problem.lower, vector * problem.upper).sum())

    def _least_ranks(self) -> float:
        """Least Σ rank² of as many wishes in each round as this plan grants, were every course open.

        A pupil's second wish costs no less than the second-dearest one, so each round takes the pupils to whom it is dearest.
        """
        unknowns, total = self.model.unknowns, 0
        places = np.flatnonzero(unknowns.sit_grants & (self.model.problem.upper[unknowns.sits] > 0))
        courses = np.unique([str(offer.course.id) for offer in unknowns.offers], return_inverse=True)[1].astype(np.int64)
        wishes = np.stack([unknowns.sit_pupil[places], courses[unknowns.sit_offer[places]], unknowns.sit_rank[places]])
        dearest: dict[tuple[int, int], int] = {}
        for pupil, course, rank in np.unique(wishes, axis=1).T[::-1].tolist():
            dearest[pupil, course] = rank
        by_pupil: dict[int, list[int]] = {}
        for (pupil, _), rank in dearest.items():
            by_pupil.setdefault(pupil, []).append(rank**2)
        ordered = [sorted(costs) for costs in by_pupil.values()]
        for name, reached in self._reached:
            if name.startswith("round_"):
                level = int(name.removeprefix("round_"))
                costs = sorted(of_pupil[level - 1] for of_pupil in ordered if len(of_pupil) >= level)
                total += sum(costs[: max(0, -reached)])
        return float(total)

    def _relaxation(self, name: str) -> Relaxation:
        """Where to look: wishes hang on the week's seats, what the law costs on the timetable."""
        wishes = name in ("priority", "ranks") or name.startswith("round_")
        relaxation = self._week if wishes else self._kinds
        for before, reached in self._reached:
            relaxation = relaxation.at_most(self.aims[before], reached)
        return relaxation

    @cached_property
    def _week(self) -> Relaxation:
        return over_the_week(self.model)

    @cached_property
    def _kinds(self) -> Relaxation:
        return by_kinds(self.model)

    def _relaxed(self, relaxation: Relaxation, vector: Ints, whole: bool) -> float:
        limits, prices, entries = self.clock.limits(SHARE), relaxation.objective(vector), relaxation.problem.matrix.nnz
        if limits.counted is not None and entries > ENTRIES_PER_UNIT * limits.counted:
            return -math.inf
        solved = solve_priced(relaxation.problem, prices, limits, self.clock.stop)
        if solved is None:
            return -math.inf
        bound = _whole(relaxation.bound(vector, solved[1]))
        if whole and entries <= SMALL and bound > self._from_the_facts(vector) and not self.clock.over(LATEST):
            mixed = solve_mixed(relaxation.problem, prices, limits, stop=self.clock.stop).bound
            bound = max(bound, _whole(mixed + relaxation.rest(vector)) if math.isfinite(mixed) else -math.inf)
        return bound


def _whole(bound: float) -> float:
    """The least whole number that is not below the bound: every stage counts in whole numbers."""
    return float(math.ceil(bound - BLUR * max(1.0, abs(bound))))
