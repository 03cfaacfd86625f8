"""How does a fractional week become whole? Counts of sections are pulled up in batches, and the LP makes room for them."""

from collections.abc import Callable

import numpy as np

from scheduler.solver.model import Ints, Mask, Problem
from scheduler.solver.readers import Floats, Limits, Relaxation

PULL = 500
"""What a rounded-up section is worth while it is pulled: more than a wish or a place in base care, less than any breach."""
STRONGEST = 3_000
"""A section that one pull did not make whole is pulled twice as hard each round, up to this."""
PATIENT = 4
"""Rounds of pulling after which a count is let go."""
WHOLE = 1e-4
SHARE = 0.4
"""Of the fractional counts, those pulled in one round: the ones nearest to the next whole number."""
MOST_ROUNDS = 12
FEW = 12
"""One fractional count for so many in use is left to whoever makes the week whole."""
LOW = 0.7
"""A count that was pulled in vain and still stands below this fraction is let go: rounded down."""
DEAR = 2_000
"""A round that costs so much more was wrong to let those counts go."""
FIRM = 3
"""Rounds after which a count that stands whole is kept as it is."""


def dive(
    problem: Problem,
    objective: Ints,
    counts: Ints,
    first: Mask,
    limits: Callable[[], Limits],
    stop: Callable[[], bool],
    pulled: Mask | None = None,
) -> Floats | None:
    """An LP point in which nearly all counts are whole, and as good as it gets; `None` where the LP has none.

    `counts`: columns that must become whole. `first`: those of them that are rounded up before others (places that everybody
    needs); `pulled`: those pulled from the beginning. Pulling is a price, not a bound: what does not fit together stays
    fractional and is let go later, so the LP can never become impossible. What turns out to be needed is not let go again.
    """
    free = problem.lower < problem.upper
    if not free.all():
        return _among_the_free(problem, objective, counts, first, limits, stop, pulled, free)
    lower, upper, price = problem.lower.copy(), problem.upper.copy(), objective.copy()
    if pulled is not None:
        price[counts[pulled]] -= PULL
    needed = np.zeros(len(counts), dtype=bool)
    vain = np.zeros(len(counts), dtype=bool)
    pulls = np.zeros(len(counts), dtype=np.int64) if pulled is None else pulled.astype(np.int64)
    point: Floats | None = None
    cost = np.inf
    relaxation = Relaxation(problem, limits())
    for number in range(MOST_ROUNDS):
        if point is not None and stop():
            return point
        answer = relaxation.solve(lower, upper, price, limits(), stop)
        if answer is None:
            return point
        reached = float(objective @ answer)
        if point is not None and vain.any() and reached > cost + DEAR:
            needed |= vain
            upper[counts[vain]] = problem.upper[counts[vain]]
            vain = np.zeros(len(counts), dtype=bool)
            continue
        point, cost = answer, reached
        at = point[counts]
        fractional = np.abs(at - np.rint(at)) > WHOLE
        if (fractional & ~needed).sum() <= max(2, (at > WHOLE).sum() // FEW):
            return point
        if number == 1:
            upper[counts[(at <= WHOLE) & ~first]] = 0
        pulls[fractional & (pulls > 0)] += 1
        pulls[~fractional] = 0
        already = pulls > 1
        whole = counts[~fractional & (at > 0.5)]
        lower[whole] = np.rint(point[whole]).astype(np.int64)
        if number >= FIRM:
            upper[whole] = lower[whole]
        vain = fractional & already & ~needed & ((at - np.floor(at) < LOW) | (pulls > PATIENT))
        upper[counts[vain]] = np.floor(at[vain]).astype(np.int64)
        price[counts] = objective[counts]
        pulls[vain] = 0
        left = np.flatnonzero(fractional & (pulls == 0) & ~vain)
        missing = (np.ceil(at[left]) - at[left]) / np.where(first[left], 10.0, 1.0)
        pulls[left[np.argsort(missing, kind="stable")[: max(6, int(len(left) * SHARE))]]] = 1
        again = pulls > 0
        columns = counts[again]
        upper[columns] = np.minimum(upper[columns], np.ceil(point[columns] - WHOLE).astype(np.int64))
        price[columns] = objective[columns] - np.minimum(PULL * 2 ** (pulls[again] - 1), STRONGEST)
    return point


def _among_the_free(
    problem: Problem,
    objective: Ints,
    counts: Ints,
    first: Mask,
    limits: Callable[[], Limits],
    stop: Callable[[], bool],
    pulled: Mask | None,
    free: Mask,
) -> Floats | None:
    """The same, without the columns that are fixed anyway."""
    part, kept = problem.restricted(free, problem.lower)
    still = free[counts]
    number = np.cumsum(free) - 1
    found = dive(
        part, objective[kept], number[counts[still]], first[still], limits, stop, None if pulled is None else pulled[still]
    )
    if found is None:
        return None
    point = problem.lower.astype(np.float64)
    point[kept] = found
    return point
