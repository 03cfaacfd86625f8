"""Which places are alike but for who leads? Whoever asked for a course and nobody in particular is one sum for all its teachers.

Where wishes may name teachers, course × teacher is an offer of its own, and a pupil without a favourite may sit with each of
them. In the sums such places become one column a kind of pupil, and the rows of their offers one row.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from scheduler.solver.model import INFINITE, Ints, Mask, Problem, numbered
from scheduler.solver.unknowns import Unknowns

NONE = -1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pools:
    """Which columns and rows are added up once more. Shapes: one a column, one a row, one a place."""

    columns: Ints
    rows: Ints
    pooled: Mask
    """Places that are as good with any teacher of the course."""


def pools(unknowns: Unknowns, problem: Problem, columns: Ints, rows: Ints, blocks: Ints) -> Pools:
    """`columns`, `rows`: the groups so far. `blocks`: rows of one number were stated together."""
    of_offer = pool_of_offer(unknowns)
    pooled = _alike(unknowns, of_offer)
    if not pooled.any():
        return Pools(columns=columns, rows=rows, pooled=pooled)
    keys = np.stack([columns, np.full(len(columns), NONE)])
    sits = unknowns.sits[pooled]
    keys[0, sits] = of_offer[unknowns.sit_offer[pooled]]
    keys[1, sits] = unknowns.pupil_kind[unknowns.sit_pupil[pooled]]
    summed = numbered(keys)
    pool = np.full(len(columns), NONE, dtype=np.int64)
    pool[sits] = of_offer[unknowns.sit_offer[pooled]]
    return Pools(columns=summed, rows=_rows(problem, rows, blocks, summed, pool), pooled=pooled)


def pool_of_offer(unknowns: Unknowns) -> Ints:
    """Offers that differ in their teacher alone have one number. Shape: one an offer."""
    numbers: dict[object, int] = {}
    keys = ((offer.course.id, tuple(slot.id for slot in offer.slots), offer.home_class, offer.grade) for offer in unknowns.offers)
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)


def _alike(unknowns: Unknowns, pool: Ints) -> Mask:
    """Places of a pupil who may sit with each teacher of the pool, at the same rank. Shape: one a place."""
    size = np.bincount(pool)
    number = numbered(np.stack([unknowns.sit_pupil, pool[unknowns.sit_offer], unknowns.sit_rank]))
    whole: Mask = np.bincount(number)[number] == size[pool[unknowns.sit_offer]]
    return whole & (size[pool[unknowns.sit_offer]] > 1)


def _rows(problem: Problem, rows: Ints, blocks: Ints, columns: Ints, pool: Ints) -> Ints:
    """Rows that hold only some of a sum's places are added up: those of one statement about the offers of one pool."""
    matrix = problem.matrix
    count = int(rows.max()) + 1
    first = np.unique(rows, return_index=True)[1]
    row = np.repeat(rows, np.diff(matrix.indptr))
    entries = np.flatnonzero(pool[matrix.indices] != NONE)
    shape = (count, len(columns))
    places = (row[entries], matrix.indices[entries])
    there = sparse.csr_array(sparse.coo_array((np.ones(len(entries), dtype=np.int8), places), shape=shape))
    there.sum_duplicates()
    row = np.repeat(np.arange(count), np.diff(there.indptr))
    held = numbered(np.stack([row, columns[there.indices]]))
    partial = np.bincount(held)[held] < np.bincount(columns)[columns[there.indices]]
    mine = pool[there.indices]
    least, most = np.full(count, len(columns), dtype=np.int64), np.full(count, NONE, dtype=np.int64)
    np.minimum.at(least, row[partial], mine[partial])
    np.maximum.at(most, row[partial], mine[partial])
    one = least == most
    lower, upper = problem.row_lower[first], problem.row_upper[first]
    keys = np.stack(
        [
            np.where(one, most, NONE),
            np.where(one, blocks[first], np.arange(count)),
            np.where(one, np.sign(lower) * (np.abs(lower) >= INFINITE), 0),
            np.where(one, np.sign(upper) * (np.abs(upper) >= INFINITE), 0),
        ]
    )
    return numbered(keys)[rows]
