"""What is left of the model when its columns are summed? Small LPs that forbid no plan, for bounds that hold for all of them.

Two sums are of use. By kinds of pupils, the timetable is kept and says what the law costs at least. Over the week, each pupil's
wishes are kept with the sections offered and the hours of leaders and rooms, which says how many wishes can be granted at most.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy import sparse

from scheduler.solver.build import SearchModel
from scheduler.solver.model import INFINITE, Ints, Mask, Problem, numbered
from scheduler.solver.readers import Floats
from scheduler.solver.unknowns import Unknowns

SECTIONS, ROOMS, LEADS, WISHES, OTHERS, UNPLACED, LEVELS = range(7)
"""Families of columns that the sums over the week keep apart."""
UNKNOWN = -1


@dataclass(frozen=True, eq=False)
class Relaxation:
    """Every plan has a point here that costs no more, so what costs least here bounds all plans."""

    problem: Problem
    sums: Ints
    """The sum that each column of the model counts in, `UNKNOWN` where none does. Shape: one a column of the model."""
    lower: Ints
    upper: Ints
    """Bounds of the model's columns, for those that no sum knows."""

    def objective(self, vector: Ints) -> Ints:
        """Prices of the sums: of each the least among its columns."""
        most = np.iinfo(np.int64).max
        known = self.sums != UNKNOWN
        least = np.full(len(self.problem.lower), most)
        np.minimum.at(least, self.sums[known], vector[known])
        return np.where(least == most, 0, least)

    def rest(self, vector: Ints) -> int:
        """The least that the columns without a sum can cost."""
        unknown = self.sums == UNKNOWN
        return int(np.minimum(vector * self.lower, vector * self.upper)[unknown].sum())

    def at_most(self, vector: Ints, reached: int) -> Self:
        """Only plans that cost at most `reached` by `vector`."""
        prices = self.objective(vector)
        columns = np.flatnonzero(prices)
        if len(columns) == 0:
            return self
        problem = self.problem.with_row(columns, prices[columns], upper=reached - self.rest(vector))
        return type(self)(problem=problem, sums=self.sums, lower=self.lower, upper=self.upper)

    def bound(self, vector: Ints, prices: Floats) -> float:
        """What every plan costs at least by `vector`, by weak duality: right for any `prices`, one a row, best for the LP's own.

        So a bound never rests on how exactly an LP was solved.
        """
        problem = self.problem
        prices = np.where(problem.row_lower <= -INFINITE, np.minimum(prices, 0.0), prices)
        prices = np.where(problem.row_upper >= INFINITE, np.maximum(prices, 0.0), prices)
        of_rows = np.where(prices > 0, prices * problem.row_lower, prices * problem.row_upper).sum()
        reduced = self.objective(vector) - problem.matrix.T @ prices
        of_columns = np.where(reduced > 0, reduced * problem.lower, reduced * problem.upper).sum()
        return float(of_rows + of_columns) + self.rest(vector)


def by_kinds(model: SearchModel) -> Relaxation:
    """Pupils of one kind are one column; sections, rooms and leaders are as they are."""
    problem = model.problem.aggregated(model.column_groups, model.row_groups)
    return _of(model, problem, model.column_groups)


def over_the_week(model: SearchModel) -> Relaxation:
    """A pupil's places in a course are one column a rank, whenever it meets; a course's rooms and a leader's hours likewise.

    What the rows lose by being summed, one cut a wish partly gives back: nobody sits where no section is open to them.
    """
    keys = _keys(model.unknowns, len(model.problem.lower))
    known = np.flatnonzero(keys[0] != UNKNOWN)
    sums = np.full(len(model.problem.lower), UNKNOWN, dtype=np.int64)
    sums[known] = numbered(keys[:, known])
    part = _rows_within(model.problem, sums != UNKNOWN)
    row_groups = _row_groups(part, sums[known], keys[:, known])
    summed = _without_empty_rows(part.aggregated(sums[known], row_groups))
    return _of(model, _with_cuts(summed, model, sums), sums)


def _of(model: SearchModel, problem: Problem, sums: Ints) -> Relaxation:
    return Relaxation(problem=problem, sums=sums, lower=model.problem.lower, upper=model.problem.upper)


def _keys(unknowns: Unknowns, count: int) -> Ints:
    """Family, course, owner, what else tells them apart, kind of pupil. Shape: (5, columns); columns of one key are summed."""
    keys = np.full((5, count), UNKNOWN, dtype=np.int64)
    course = np.unique([str(offer.course.id) for offer in unknowns.offers], return_inverse=True)[1].astype(np.int64)
    none = UNKNOWN
    keys[:, unknowns.sections] = _aligned(SECTIONS, course, none, np.arange(len(course)), none)
    keys[:, unknowns.rooms] = _aligned(ROOMS, course[unknowns.room_offer], unknowns.room_class, 0, none)
    keys[:, unknowns.leads] = _aligned(LEADS, course[unknowns.lead_offer], unknowns.lead_staff, unknowns.lead_first, none)
    wish, kind = unknowns.sit_rank > 0, unknowns.pupil_kind[unknowns.sit_pupil]
    family = np.where(wish, WISHES, OTHERS)
    owner = np.where(wish, unknowns.sit_pupil, kind)
    keys[:, unknowns.sits] = _aligned(family, course[unknowns.sit_offer], owner, unknowns.sit_rank, kind)
    keys[:, unknowns.unplaced] = _aligned(UNPLACED, none, none, 0, unknowns.pupil_kind[unknowns.cell_pupil])
    keys[:, unknowns.levels] = _aligned(LEVELS, none, unknowns.level_pupil, unknowns.level, none)
    return keys


def _aligned(*rows: Ints | Mask | int) -> Ints:
    return np.stack(np.broadcast_arrays(*(np.asarray(row, dtype=np.int64) for row in rows)))


def _rows_within(problem: Problem, known: Mask) -> Problem:
    """The rows that speak of known columns alone, over those columns."""
    inside = np.asarray(abs(problem.matrix).sign() @ known.astype(np.int64))
    entries = np.diff(problem.matrix.indptr)
    rows = np.flatnonzero((entries > 0) & (inside == entries))
    return Problem(
        matrix=sparse.csr_array(sparse.csc_array(problem.matrix[rows])[:, np.flatnonzero(known)]),
        lower=problem.lower[known],
        upper=problem.upper[known],
        row_lower=problem.row_lower[rows],
        row_upper=problem.row_upper[rows],
    )


def _row_groups(problem: Problem, sums: Ints, keys: Ints) -> Ints:
    """Which rows are added up: those of one course, one leader, one kind of room or of pupil, that otherwise look alike.

    Rows that hold each of their sums whole lose nothing and stay apart. Adding other rows up may lose, but never forbids.
    """
    matrix = problem.matrix
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    columns = matrix.indices.astype(np.int64)
    starts = matrix.indptr[:-1]
    entry = numbered(np.stack([rows, sums[columns]]))
    part_of = np.bincount(entry)[entry] < np.bincount(sums)[sums[columns]]
    partial = np.maximum.reduceat(part_of, starts)
    family, sign = keys[0, columns], matrix.data > 0
    looks = np.bitwise_or.reduceat(np.int64(1) << (2 * family + sign), starts)
    alone = np.arange(matrix.shape[0])
    of, owner = np.full(len(alone), UNKNOWN, dtype=np.int64), alone.copy()
    for number, (key, wanted) in enumerate(
        ((4, family >= WISHES), (1, family >= SECTIONS), (2, np.isin(family, (LEADS, ROOMS))))
    ):
        first, last = np.minimum.reduceat(keys[key, columns], starts), np.maximum.reduceat(keys[key, columns], starts)
        one = (first == last) & (first != UNKNOWN) & np.logical_and.reduceat(wanted, starts) & partial
        of, owner = np.where(one, number, of), np.where(one, first, owner)
    return numbered(np.stack([of, owner, np.where(of == UNKNOWN, 0, looks), problem.row_lower, problem.row_upper]))


def _without_empty_rows(problem: Problem) -> Problem:
    matrix = problem.matrix.copy()
    matrix.eliminate_zeros()
    rows = np.flatnonzero(np.diff(matrix.indptr))
    return Problem(
        matrix=sparse.csr_array(matrix[rows]),
        lower=problem.lower,
        upper=problem.upper,
        row_lower=problem.row_lower[rows],
        row_upper=problem.row_upper[rows],
    )


def _with_cuts(problem: Problem, model: SearchModel, sums: Ints) -> Problem:
    """Nobody sits in a section that does not take place: a pupil's places in a course are no more than its open sections."""
    unknowns = model.unknowns
    wishes = np.flatnonzero((unknowns.sit_rank > 0) & (model.problem.upper[unknowns.sits] > 0))
    pairs = np.unique(np.stack([sums[unknowns.sits[wishes]], sums[unknowns.sections[unknowns.sit_offer[wishes]]]]), axis=1)
    granted, row = np.unique(pairs[0], return_inverse=True)
    count = len(granted)
    cuts = sparse.csr_array(
        sparse.coo_array(
            (np.repeat([1, -1], [count, len(row)]), (np.r_[np.arange(count), row], np.r_[granted, pairs[1]])),
            shape=(count, len(problem.lower)),
        )
    )
    return Problem(
        matrix=sparse.csr_array(sparse.vstack([problem.matrix, cuts], format="csr")),
        lower=problem.lower,
        upper=problem.upper,
        row_lower=np.append(problem.row_lower, np.full(count, -INFINITE)),
        row_upper=np.append(problem.row_upper, np.zeros(count, dtype=np.int64)),
    )
