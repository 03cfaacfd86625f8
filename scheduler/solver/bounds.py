"""How good could any plan be? For each stage a lower bound that no plan at all can undercut."""

import math

import numpy as np

from scheduler.solver.build import SearchModel, Stage
from scheduler.solver.limits import Clock
from scheduler.solver.model import Ints
from scheduler.solver.readers import solve_relaxed


class Bounds:
    """Bounds of one search model: from the facts where they settle it, else from the model summed by kinds of pupils."""

    def __init__(self, model: SearchModel, clock: Clock) -> None:
        self.model, self.clock = model, clock

    def of(self, name: str, objective: float, values: Ints) -> float:
        """The least value that the stage can have in any plan.

        `objective`: the value reached. `values`: the plan that reached it, one value a column; only the stage `ranks` looks at
        it, whose bound is for plans that grant each pupil as many wishes as this one.
        """
        if name.startswith("round_"):
            level = int(name.removeprefix("round_")) - 1
            return -float((self.model.unknowns.level == level).sum())
        if name == "priority":
            return -float((self.model.stages[Stage.PRIORITY] != 0).sum())
        if name == "ranks":
            return self._least_ranks(values)
        if objective <= 0:
            return objective
        return self._relaxed(self.model.stages[Stage[name.upper()]])

    def _relaxed(self, vector: Ints) -> float:
        """The LP of the summed model; 0 where there is no time for it."""
        groups = self.model.column_groups
        small = self.model.problem.aggregated(groups, self.model.row_groups)
        least = np.full(int(groups.max()) + 1, np.iinfo(np.int64).max)
        np.minimum.at(least, groups, vector)
        if self.clock.over(0.95):
            return 0.0
        _, bound = solve_relaxed(small, least, self.clock.limits(0.03), self.clock.stop)
        return max(0.0, math.ceil(bound - 1e-6)) if math.isfinite(bound) else 0.0

    def _least_ranks(self, values: Ints) -> float:
        """Least Σ rank² for as many wishes as each pupil has now, were every course open."""
        unknowns, total = self.model.unknowns, 0.0
        granted = np.bincount(unknowns.level_pupil, weights=values[unknowns.levels], minlength=len(unknowns.pupils))
        ranks: list[dict[str, int]] = [{} for _ in unknowns.pupils]
        for i, o, rank in zip(unknowns.sit_pupil.tolist(), unknowns.sit_offer.tolist(), unknowns.sit_rank.tolist(), strict=True):
            if rank > 0:
                course = unknowns.offers[o].course.id
                ranks[i][course] = min(rank, ranks[i].get(course, rank))
        for i, of_pupil in enumerate(ranks):
            total += sum(rank**2 for rank in sorted(of_pupil.values())[: int(granted[i])])
        return total
