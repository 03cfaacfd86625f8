"""Can these rows hold together, and who says so? Impossible needs a proof that was checked; possible needs a point that was.

An LP shows where to look; its prices, rounded, add the rows up to one that no values keep: whole-number arithmetic checks that
sum, so this proof rests on no solver. What only whole numbers forbid rests on CP-SAT, asked twice in two configurations, because
wrong answers of its presolve are on record. A point is put into every row again before it counts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from scheduler.solver.model import INFINITE, Ints, Mask, Problem
from scheduler.solver.readers import Floats, Limits, Presolve, solve_priced, solve_whole

EPSILON = 1e-6


class Proof(Enum):
    """Why rows cannot hold together."""

    BOUNDS = "bounds"
    """One row alone is beyond what its columns can reach."""
    SUM = "sum"
    """A sum of rows, checked in whole numbers, is beyond what its columns can reach."""
    SEARCH = "search"
    """CP-SAT, in two configurations."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """What is left of a problem's rows once columns and rows that decide nothing are gone."""

    problem: Problem
    columns: Ints
    """Of the columns left: their numbers in the problem."""
    rows: Ints
    """Of the rows left: their numbers in the problem."""
    values: Ints
    """Values of all columns of the problem; those left are to be filled in."""
    broken: int | None
    """Number of a row that no values keep; `None`: not seen."""


def reduced(problem: Problem, holding: Mask, scope: Mask | None = None, elastic: Mask | None = None) -> Part:
    """The rows that hold, over the columns that matter to them; possible exactly when those rows are.

    `scope`: columns looked at; the others may then take any value of their own in each row, which asks for less. `elastic`:
    rows that may be overshot at a price, so that nothing is concluded from them.
    """
    rows = np.flatnonzero(holding)
    firm = np.ones(len(rows), dtype=bool) if elastic is None else ~elastic[rows]
    matrix = sparse.csr_array(problem.matrix[rows])
    row_lower, row_upper = problem.row_lower[rows].copy(), problem.row_upper[rows].copy()
    lower, upper = problem.lower.copy(), problem.upper.copy()
    if scope is not None:
        outside = sparse.csr_array(matrix[:, np.flatnonzero(~scope)])
        least, most = _reach(outside, lower[~scope], upper[~scope])
        row_lower = np.where(row_lower > -INFINITE, row_lower - most, row_lower)
        row_upper = np.where(row_upper < INFINITE, row_upper - least, row_upper)
        columns = np.flatnonzero(scope)
        matrix = sparse.csr_array(matrix[:, columns])
        lower, upper = lower[columns], upper[columns]
    else:
        columns = np.arange(len(lower))
    broken = None
    for _ in range(30):
        least, most = _reach(matrix, lower, upper)
        beyond = np.flatnonzero(((least > row_upper) | (most < row_lower)) & firm)
        if len(beyond):
            broken = int(rows[beyond[0]])
            break
        asks, bars = least < row_lower, most > row_upper
        busy = asks | bars
        if not busy.all():
            kept = np.flatnonzero(busy)
            matrix, rows, firm = sparse.csr_array(matrix[kept]), rows[kept], firm[kept]
            row_lower, row_upper, asks, bars = row_lower[kept], row_upper[kept], asks[kept], bars[kept]
        if not _settled(matrix, lower, upper, row_lower, row_upper, (asks, bars, firm)):
            break
    if broken is None and len(rows):
        rests = _at_rest(matrix, lower, row_lower, row_upper)
        upper = np.where(rests[1], lower, upper)
        kept = np.flatnonzero(~rests[0])
        matrix, rows, row_lower, row_upper = sparse.csr_array(matrix[kept]), rows[kept], row_lower[kept], row_upper[kept]
    values = problem.lower.copy()
    values[columns] = lower
    free = lower < upper
    fixed = matrix @ np.where(free, 0, lower)
    left = np.flatnonzero(free)
    return Part(
        problem=Problem(
            matrix=sparse.csr_array(matrix[:, left]),
            lower=lower[left],
            upper=upper[left],
            row_lower=np.where(row_lower > -INFINITE, row_lower - fixed, row_lower),
            row_upper=np.where(row_upper < INFINITE, row_upper - fixed, row_upper),
        ),
        columns=columns[left],
        rows=rows,
        values=values,
        broken=broken,
    )


def _reach(matrix: "sparse.csr_array[np.int64]", lower: Ints, upper: Ints) -> tuple[Ints, Ints]:
    """Least and most that each row can come to."""
    more, less = matrix.maximum(0), matrix.minimum(0)
    return np.asarray(more @ lower + less @ upper), np.asarray(more @ upper + less @ lower)


def _at_rest(matrix: "sparse.csr_array[np.int64]", lower: Ints, row_lower: Ints, row_upper: Ints) -> tuple[Mask, Mask]:
    """Rows and columns that no row ties to one which the lower bounds break: there the lower bounds will do."""
    count = matrix.shape[0]
    size, row = sum(matrix.shape), np.repeat(np.arange(count), np.diff(matrix.indptr))
    graph = sparse.csr_array((np.ones(len(row), dtype=np.int8), (row, matrix.indices + count)), shape=(size, size))
    number, label = csgraph.connected_components(graph, directed=False)
    activity: Ints = np.asarray(matrix @ lower)
    restless = np.zeros(number, dtype=bool)
    restless[label[:count][(activity < row_lower) | (activity > row_upper)]] = True
    still: Mask = ~restless[label]
    return still[:count], still[count:]


def _settled(
    matrix: "sparse.csr_array[np.int64]",
    lower: Ints,
    upper: Ints,
    row_lower: Ints,
    row_upper: Ints,
    said: tuple[Mask, Mask, Mask],
) -> bool:
    """Fixes columns that no row needs more (or less) of, and turns rows of one column into bounds; whether any changed."""
    before = int(lower.sum()), int(upper.sum())
    asks, bars, firm = said
    alone = np.flatnonzero((np.diff(matrix.indptr) == 1) & firm)
    at = matrix.indptr[alone]
    for row, column, number in zip(alone.tolist(), matrix.indices[at].tolist(), matrix.data[at].tolist(), strict=True):
        if number == 0:
            continue
        low, high = row_lower[row], row_upper[row]
        if number < 0:
            low, high = -high, -low
        size = abs(int(number))
        if low > -INFINITE:
            lower[column] = max(lower[column], -((-low) // size))
        if high < INFINITE:
            upper[column] = min(upper[column], high // size)
    if (lower > upper).any():
        # The row says so at the next look.
        return True
    sign = sparse.csr_array((np.sign(matrix.data), matrix.indices, matrix.indptr), shape=matrix.shape)
    up, down = sign.maximum(0).T, (-sign).maximum(0).T
    wants, minds = asks.astype(np.int64), bars.astype(np.int64)
    less_hurts = up @ wants + down @ minds > 0
    more_hurts = up @ minds + down @ wants > 0
    free = lower < upper
    least, most = free & ~less_hurts, free & less_hurts & ~more_hurts
    upper[least] = lower[least]
    lower[most] = upper[most]
    return before != (int(lower.sum()), int(upper.sum()))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Loose:
    """A part whose elastic rows may be overshot, and what that costs."""

    problem: Problem
    objective: Ints


def loosened(part: Part, elastic: Mask, scale: Ints, weight: Ints) -> Loose:
    """The part with a column for the overshoot of each elastic row, `scale` of it a unit that costs `weight`.

    Shapes: one a row of the part.
    """
    problem = part.problem
    low = np.flatnonzero(elastic & (problem.row_lower > -INFINITE))
    high = np.flatnonzero(elastic & (problem.row_upper < INFINITE))
    rows, extra = np.concatenate([low, high]), len(low) + len(high)
    sign = np.repeat(np.array([1, -1], dtype=np.int64), [len(low), len(high)])
    slack = sparse.csr_array((sign * scale[rows], (rows, np.arange(extra))), shape=(len(problem.row_lower), extra))
    least, most = _reach(problem.matrix, problem.lower, problem.upper)
    over = np.concatenate([problem.row_lower[low] - least[low], most[high] - problem.row_upper[high]])
    return Loose(
        problem=Problem(
            matrix=sparse.csr_array(sparse.hstack([problem.matrix, slack], format="csr")),
            lower=np.concatenate([problem.lower, np.zeros(extra, dtype=np.int64)]),
            upper=np.concatenate([problem.upper, np.maximum(0, -(-over // scale[rows]))]),
            row_lower=problem.row_lower,
            row_upper=problem.row_upper,
        ),
        objective=np.concatenate([np.zeros(len(problem.lower), dtype=np.int64), weight[rows]]),
    )


def priced_rows(part: Part, elastic: Mask, limits: Limits, stop: Callable[[], bool]) -> tuple[float, Floats] | None:
    """Least overshoot of the elastic rows without asking for whole numbers, and the price of each row; `None`: not solved.

    Shape of `elastic`: one a row of the part. Other rows must hold.
    """
    ones = np.ones(len(elastic), dtype=np.int64)
    loose = loosened(part, elastic, ones, ones)
    return solve_priced(loose.problem, loose.objective, limits, stop)


PRECISION = 1 << 24


def adds_up_to_a_contradiction(problem: Problem, prices: Floats) -> bool:
    """Whether the rows, each taken price times, sum up to one row that no values keep. Whole-number arithmetic only."""
    largest = float(np.abs(prices).max(initial=0.0))
    if largest == 0.0:
        return False
    times = np.rint(prices / largest * PRECISION).astype(np.int64)
    times[(times > 0) & (problem.row_lower <= -INFINITE)] = 0
    times[(times < 0) & (problem.row_upper >= INFINITE)] = 0
    used = np.flatnonzero(times)
    most = 0
    total: Ints = np.asarray(problem.matrix.T @ times)
    for number, low, high in zip(total.tolist(), problem.lower.tolist(), problem.upper.tolist(), strict=True):
        if number:
            most += number * (high if number > 0 else low)
    asked = 0
    for row in used.tolist():
        factor = int(times[row])
        asked += factor * int(problem.row_lower[row] if factor > 0 else problem.row_upper[row])
    return most < asked


def whole_point(part: Part, limits: Limits, stop: Callable[[], bool]) -> Ints | Proof | None:
    """Values of the part's columns that keep its rows; `SEARCH` where two configurations agree that none do; `None` unknown."""
    nothing = np.zeros(len(part.columns), dtype=np.int64)
    first = solve_whole(part.problem, nothing, limits, stop=stop)
    if first.values is not None:
        return first.values if part.problem.obeyed_by(first.values) else None
    if not first.infeasible:
        return None
    for presolve in (Presolve.OFF, Presolve.CAREFUL):
        second = solve_whole(part.problem, nothing, limits, stop=stop, presolve=presolve)
        if second.infeasible:
            return Proof.SEARCH
        if second.values is not None:
            return second.values if part.problem.obeyed_by(second.values) else None
    return None
