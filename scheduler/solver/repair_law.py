"""What stands against a mended plan? Places missing, binding clauses that deviate, and those who come first without a wish."""

from dataclasses import dataclass

import numpy as np

from scheduler.solver.build import SearchModel, Stage
from scheduler.solver.model import Ints
from scheduler.solver.repair_touched import Freed

LAW = (Stage.UNPLACED, Stage.MUST, Stage.IN_PRINCIPLE)
PRICES = (60_000, 20_000, 5_000, 20_000)
"""What a missing place, a unit of deviation from `must` and "in principle", and somebody first without a wish count beside the
disturbance: more than any class can be disturbed, so a plan without them is found first wherever there is one."""


@dataclass(frozen=True, slots=True, eq=False)
class Law:
    """Columns whose sums should be nothing, each with its price."""

    vectors: tuple[Ints, ...]
    """One value a column, for each of `PRICES`. The last counts downwards from `first`."""
    first: Ints
    """Columns: one for each pupil who comes first, may be moved or is new, and should have a wish granted."""

    def priced(self, values: Ints) -> int:
        """All of it together."""
        return sum(price * amount for price, amount in zip(PRICES, self.amounts(values), strict=True))

    def amounts(self, values: Ints) -> tuple[int, ...]:
        """How much of each."""
        *law, served = (int(vector @ values) for vector in self.vectors)
        return *law, served + len(self.first)

    def lacking(self, values: Ints) -> Ints:
        """Columns that are used and should not be, or should be and are not."""
        used = np.flatnonzero(sum(self.vectors[:-1]) * values)
        return np.concatenate([used, self.first[values[self.first] == 0]])


def law_of(model: SearchModel, freed: Freed, before: Ints) -> Law:
    """`before`: the old plan in the columns. Who had no wish granted and is not new is not owed one by this change."""
    unknowns = model.unknowns
    sits = unknowns.sits
    open_ = unknowns.sit_grants & (before[unknowns.sections][unknowns.sit_offer] > 0)
    here = np.bincount(unknowns.sit_pupil[before[sits] > 0], minlength=len(unknowns.pupils)) > 0
    could = np.bincount(unknowns.sit_pupil[open_], minlength=len(unknowns.pupils)) > 0
    moves = np.array([pupil.id in freed.cells for pupil in unknowns.pupils], dtype=bool)
    served = np.zeros(len(unknowns.pupils), dtype=bool)
    served[unknowns.sit_pupil[unknowns.sit_grants & (before[sits] > 0)]] = True
    owed = model.priority & could & moves & (served | ~here)
    first = unknowns.levels[(unknowns.level == 0) & owed[unknowns.level_pupil]]
    granted = np.zeros(unknowns.model.column_count, dtype=np.int64)
    granted[first] = -1
    return Law((*(model.stages[stage] for stage in LAW), granted), first)
