"""What does each stage of the objective order minimise?"""

import numpy as np

from scheduler.solver.build import SearchModel, Stage
from scheduler.solver.model import Ints


def aims(model: SearchModel) -> list[tuple[str, Ints]]:
    """Name and objective of each stage, in order; the wishes go in rounds.

    Shape of an objective: one price a column, zero for most.
    """
    unknowns = model.unknowns
    steps = [(stage.name.lower(), model.stages[stage]) for stage in (Stage.UNPLACED, Stage.MUST, Stage.IN_PRINCIPLE)]
    steps.append(("base_care", model.stages[Stage.BASE_CARE]))
    steps.append(("priority", model.stages[Stage.PRIORITY]))
    for level in range(int(unknowns.level.max(initial=-1)) + 1):
        vector = np.zeros(unknowns.model.column_count, dtype=np.int64)
        vector[unknowns.levels[unknowns.level == level]] = -1
        steps.append((f"round_{level + 1}", vector))
    steps.append(("ranks", model.stages[Stage.RANKS]))
    steps.append(("encouraged", model.stages[Stage.ENCOURAGED]))
    return [(name, objective) for name, objective in steps if objective.any()]
