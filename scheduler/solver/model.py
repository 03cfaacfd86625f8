"""What is a model? Integer columns with bounds, sparse rows, and named families of both; CP-SAT, LP and MIP are its readers.

Rules are stated here once, as arrays. "Fix columns, extract rows" (`Problem.restricted`) makes every stage and neighbourhood.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

INFINITE = 1 << 40
"""Stands for "no bound" in rows and columns; far above any real count or minute."""


Row = tuple[Sequence[tuple[int, int]], int, int]
"""Terms (column, coefficient), the least and the most they may come to."""


class Model:
    """Columns and rows as they are stated; `problem()` freezes them."""

    def __init__(self) -> None:
        self.column_count = 0
        self.row_count = 0
        self._lower: list[Ints] = []
        self._upper: list[Ints] = []
        self._rows: list[npt.NDArray[np.int32]] = []
        self._columns: list[npt.NDArray[np.int32]] = []
        self._coefficients: list[Ints] = []
        self._row_lower: list[Ints] = []
        self._row_upper: list[Ints] = []
        self._column_keys: list[Ints] = []
        self._row_keys: list[Ints] = []
        self._next_key = 0

    def add_columns(self, count: int, upper: Ints | int, lower: Ints | int = 0, group: Ints | None = None) -> Ints:
        """Adds `count` integer columns; returns their indices.

        `group`: numbers ≥ 0; columns of one number become one column in the aggregated problem. Default: each its own.
        """
        indices = np.arange(self.column_count, self.column_count + count, dtype=np.int64)
        self._column_keys.append(self._keys(count, group))
        self._lower.append(np.broadcast_to(np.asarray(lower, dtype=np.int64), (count,)))
        self._upper.append(np.broadcast_to(np.asarray(upper, dtype=np.int64), (count,)))
        self.column_count += count
        return indices

    def add_column(self, upper: int) -> int:
        """Adds one column from 0 to `upper`; returns its index."""
        return int(self.add_columns(1, upper)[0])

    def add_rows(
        self,
        count: int,
        rows: Ints,
        columns: Ints,
        coefficients: Ints | int,
        lower: Ints | int = -INFINITE,
        upper: Ints | int = INFINITE,
        group: Ints | None = None,
    ) -> Ints:
        """Adds `count` rows lower ≤ Σ coefficient × column ≤ upper.

        Shape: `rows` (0 … count − 1), `columns` and `coefficients` are aligned entries; repeated entries add up.
        `group` as for columns: rows of one number are summed in the aggregated problem.
        """
        first = self.row_count
        self._row_keys.append(self._keys(count, group))
        self._rows.append((np.asarray(rows) + first).astype(np.int32))
        self._columns.append(np.asarray(columns).astype(np.int32))
        self._coefficients.append(np.broadcast_to(np.asarray(coefficients, dtype=np.int64), np.shape(rows)))
        self._row_lower.append(np.broadcast_to(np.asarray(lower, dtype=np.int64), (count,)))
        self._row_upper.append(np.broadcast_to(np.asarray(upper, dtype=np.int64), (count,)))
        self.row_count += count
        return np.arange(first, first + count, dtype=np.int64)

    def add_row(self, terms: list[tuple[int, int]], lower: int = -INFINITE, upper: int = INFINITE) -> int:
        """Adds one row of (column, coefficient) terms; returns its index."""
        columns = np.array([column for column, _ in terms], dtype=np.int64)
        coefficients = np.array([coefficient for _, coefficient in terms], dtype=np.int64)
        return int(self.add_rows(1, np.zeros(len(terms), dtype=np.int64), columns, coefficients, lower, upper)[0])

    def add_row_list(self, rows: Sequence[Row]) -> None:
        """Adds rows at once: of many small ones each alone would cost more than its entries."""
        terms = [(number, *term) for number, (entries, _, _) in enumerate(rows) for term in entries]
        numbers, columns, coefficients = np.array(terms, dtype=np.int64).reshape(-1, 3).T
        lower, upper = (np.array([row[end] for row in rows], dtype=np.int64) for end in (1, 2))
        self.add_rows(len(rows), numbers, columns, coefficients, lower, upper)

    def _keys(self, count: int, group: Ints | None) -> Ints:
        local = np.arange(count, dtype=np.int64) if group is None else np.asarray(group, dtype=np.int64)
        keys = local + self._next_key
        self._next_key += int(local.max(initial=-1)) + 1
        return keys

    def blocks(self) -> Ints:
        """Which call of `add_rows` made each row, in order."""
        sizes = [len(lower) for lower in self._row_lower]
        return np.repeat(np.arange(len(sizes), dtype=np.int64), sizes)

    def groups(self) -> tuple[Ints, Ints]:
        """Group numbers of columns and of rows, from 0 without gaps, for `Problem.aggregated`."""
        columns = np.unique(_joined(self._column_keys), return_inverse=True)[1]
        rows = np.unique(_joined(self._row_keys), return_inverse=True)[1]
        return columns.astype(np.int64), rows.astype(np.int64)

    def upper(self) -> Ints:
        """Upper bounds of the columns so far."""
        return _joined(self._upper)

    def widen(self, columns: Ints, upper: int) -> None:
        """Raises the upper bounds of columns: of what only facts bound that rows are to say instead."""
        widened = self.upper()
        widened[columns] = upper
        self._upper = [widened]

    def problem(self) -> "Problem":
        """All columns and rows so far, frozen."""
        return self._frozen([self._block(number) for number in range(len(self._rows))])

    def last_problem(self) -> "Problem":
        """The same, and the room of the rows is given back on the way: no more can be added."""
        blocks = []
        for number in range(len(self._rows)):
            blocks.append(self._block(number))
            self._rows[number] = self._columns[number] = np.zeros(0, dtype=np.int32)
            self._coefficients[number] = np.zeros(0, dtype=np.int64)
        return self._frozen(blocks)

    def _block(self, number: int) -> "sparse.csr_array[np.int64]":
        """The rows of one call of `add_rows`."""
        before = sum(len(lower) for lower in self._row_lower[:number])
        places = (self._rows[number] - before, self._columns[number])
        shape = (len(self._row_lower[number]), self.column_count)
        block = sparse.csr_array(sparse.coo_array((self._coefficients[number], places), shape=shape))
        block.sum_duplicates()
        return block

    def _frozen(self, blocks: "list[sparse.csr_array[np.int64]]") -> "Problem":
        none = sparse.csr_array((0, self.column_count), dtype=np.int64)
        return Problem(
            matrix=sparse.csr_array(sparse.vstack([none, *blocks], format="csr", dtype=np.int64)),
            lower=_joined(self._lower),
            upper=_joined(self._upper),
            row_lower=_joined(self._row_lower),
            row_upper=_joined(self._row_upper),
        )


def numbered(keys: Ints) -> Ints:
    """Equal keys get equal numbers, from 0 without gaps. Shape: one key a column of `keys`."""
    order = np.lexsort(keys)
    ordered = keys[:, order]
    new = np.any(ordered[:, 1:] != ordered[:, :-1], axis=0)
    number = np.empty(keys.shape[1], dtype=np.int64)
    number[order] = np.r_[0, np.cumsum(new)] if keys.shape[1] else 0
    return number


def _joined(parts: list[Ints]) -> Ints:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Problem:
    """row_lower ≤ matrix · x ≤ row_upper, lower ≤ x ≤ upper, x whole numbers."""

    matrix: "sparse.csr_array[np.int64]"
    lower: Ints
    upper: Ints
    row_lower: Ints
    row_upper: Ints

    @property
    def size(self) -> int:
        """Entries of the rows: what a look at the whole problem costs."""
        return int(self.matrix.nnz)

    def restricted(self, free: Mask, values: Ints) -> tuple["Problem", Ints]:
        """The problem left when the columns outside `free` are fixed at `values`; also the indices of the free columns.

        Rows without a free column are dropped: the caller knows that `values` obeys them.
        """
        kept = np.flatnonzero(free)
        fixed_values = np.where(free, 0, values)
        activity = self.matrix @ fixed_values
        part = sparse.csr_array(sparse.csc_array(self.matrix)[:, kept])
        rows = np.flatnonzero(np.diff(part.indptr))
        lower = np.where(self.row_lower <= -INFINITE, -INFINITE, self.row_lower - activity)
        upper = np.where(self.row_upper >= INFINITE, INFINITE, self.row_upper - activity)
        return (
            Problem(
                matrix=sparse.csr_array(part[rows]),
                lower=self.lower[kept],
                upper=self.upper[kept],
                row_lower=lower[rows],
                row_upper=upper[rows],
            ),
            kept,
        )

    def restricted_near(self, free: Mask, values: "npt.NDArray[np.float64]") -> tuple["Problem", Ints]:
        """As `restricted`, with the other columns at values that need not be whole; what is left to a row is rounded."""
        kept = np.flatnonzero(free)
        activity = np.asarray(self.matrix @ np.where(free, 0.0, values))
        part = sparse.csr_array(sparse.csc_array(self.matrix)[:, kept])
        rows = np.flatnonzero(np.diff(part.indptr))
        lower = np.where(self.row_lower <= -INFINITE, -INFINITE, np.ceil(self.row_lower - activity - 0.5)).astype(np.int64)
        upper = np.where(self.row_upper >= INFINITE, INFINITE, np.floor(self.row_upper - activity + 0.5)).astype(np.int64)
        lower = np.minimum(lower, upper)
        return (
            Problem(
                matrix=sparse.csr_array(part[rows]),
                lower=self.lower[kept],
                upper=self.upper[kept],
                row_lower=lower[rows],
                row_upper=upper[rows],
            ),
            kept,
        )

    def with_row(self, columns: Ints, coefficients: Ints, lower: int = -INFINITE, upper: int = INFINITE) -> Self:
        """The problem with one more row."""
        entries = (coefficients, (np.zeros(len(columns), dtype=np.int64), columns))
        row = sparse.csr_array(sparse.coo_array(entries, shape=(1, len(self.lower))))
        return type(self)(
            matrix=sparse.csr_array(sparse.vstack([self.matrix, row], format="csr")),
            lower=self.lower,
            upper=self.upper,
            row_lower=np.append(self.row_lower, lower),
            row_upper=np.append(self.row_upper, upper),
        )

    def with_rows(self, rows: Ints, columns: Ints, coefficients: Ints | int, lower: Ints) -> Self:
        """The problem with rows lower ≤ Σ coefficient × column more. Shape: as for `Model.add_rows`, one `lower` a row."""
        entries = (np.broadcast_to(np.asarray(coefficients, dtype=np.int64), rows.shape), (rows, columns))
        more = sparse.csr_array(sparse.coo_array(entries, shape=(len(lower), len(self.lower))))
        return type(self)(
            matrix=sparse.csr_array(sparse.vstack([self.matrix, more], format="csr")),
            lower=self.lower,
            upper=self.upper,
            row_lower=np.concatenate([self.row_lower, lower]),
            row_upper=np.concatenate([self.row_upper, np.full(len(lower), INFINITE)]),
        )

    def with_columns(self, count: int, upper: Ints) -> Self:
        """The problem with `count` columns from 0 to `upper` more, which stand in no row yet."""
        more = sparse.csr_array((self.matrix.shape[0], count), dtype=np.int64)
        return type(self)(
            matrix=sparse.csr_array(sparse.hstack([self.matrix, more], format="csr")),
            lower=np.concatenate([self.lower, np.zeros(count, dtype=np.int64)]),
            upper=np.concatenate([self.upper, upper]),
            row_lower=self.row_lower,
            row_upper=self.row_upper,
        )

    def with_bounds(self, lower: Ints, upper: Ints) -> Self:
        """The same rows with other column bounds."""
        return type(self)(matrix=self.matrix, lower=lower, upper=upper, row_lower=self.row_lower, row_upper=self.row_upper)

    def obeyed_by(self, values: Ints) -> bool:
        """Whether the values keep every bound and row."""
        activity: Ints = np.asarray(self.matrix @ values)
        rows = bool(np.all(activity >= self.row_lower) and np.all(activity <= self.row_upper))
        return rows and bool(np.all(values >= self.lower) and np.all(values <= self.upper))

    def broken_rows(self, values: Ints) -> Ints:
        """Indices of the rows the values break."""
        activity: Ints = np.asarray(self.matrix @ values)
        return np.flatnonzero((activity < self.row_lower) | (activity > self.row_upper))

    def aggregated(self, column_groups: Ints, row_groups: Ints) -> "Problem":
        """A relaxation: columns of one group become their sum, rows of one group are added up.

        Shape: one group number a column and a row, from 0 without gaps. Valid where, within each pair of groups, the
        summed rows give each column of the group the same coefficient; a column group whose coefficients differ keeps the
        most permissive: the row's lower side takes the largest, its upper side the smallest, so such rows are split.
        """
        return self.aggregated_rows(column_groups, row_groups)[0]

    def aggregated_rows(self, column_groups: Ints, row_groups: Ints) -> tuple["Problem", Ints]:
        """As `aggregated`, and the group of each row of the result."""
        column_count = int(column_groups.max()) + 1 if len(column_groups) else 0
        row_count = int(row_groups.max()) + 1 if len(row_groups) else 0
        sum_rows = sparse.csr_array(
            (np.ones(len(row_groups), dtype=np.int64), (row_groups, np.arange(len(row_groups)))),
            shape=(row_count, len(row_groups)),
        )
        sizes = np.bincount(column_groups, minlength=column_count)
        summed = sparse.csr_array(sum_rows @ self.matrix)
        parts = [_gathered(summed, begin, end, column_groups, sizes) for begin, end in _blocks(summed)]
        entry_rows, entry_columns, largest, smallest = (_joined([part[i] for part in parts]) for i in range(4))
        del summed, parts
        shape = (row_count, column_count)
        upper_matrix = sparse.csr_array((smallest, (entry_rows, entry_columns)), shape=shape)
        lower_matrix = sparse.csr_array((largest, (entry_rows, entry_columns)), shape=shape)
        row_lower = _summed(self.row_lower, row_groups, row_count)
        row_upper = _summed(self.row_upper, row_groups, row_count)
        same = np.zeros(row_count, dtype=bool)
        differing = np.zeros(row_count, dtype=np.int64)
        np.add.at(differing, entry_rows, (largest != smallest).astype(np.int64))
        same = differing == 0
        lower = np.bincount(column_groups, weights=self.lower, minlength=column_count).astype(np.int64)
        upper = np.minimum(np.bincount(column_groups, weights=self.upper, minlength=column_count), INFINITE).astype(np.int64)
        split = np.flatnonzero(~same)
        only_lower = split[row_lower[split] > -INFINITE]
        only_upper = split[row_upper[split] < INFINITE]
        kept = np.flatnonzero(same)
        matrix = sparse.vstack([lower_matrix[kept], lower_matrix[only_lower], upper_matrix[only_upper]], format="csr")
        none = np.full(len(only_upper), -INFINITE, dtype=np.int64)
        any_ = np.full(len(only_lower), INFINITE, dtype=np.int64)
        problem = Problem(
            matrix=sparse.csr_array(matrix),
            lower=lower,
            upper=upper,
            row_lower=np.concatenate([row_lower[kept], row_lower[only_lower], none]),
            row_upper=np.concatenate([row_upper[kept], any_, row_upper[only_upper]]),
        )
        return problem, np.concatenate([kept, only_lower, only_upper])


AT_ONCE = 1_000_000
"""Entries of the rows gathered in one piece."""


def _blocks(matrix: "sparse.csr_array[np.int64]") -> list[tuple[int, int]]:
    """Ranges of rows with about `AT_ONCE` entries each."""
    ends = np.searchsorted(matrix.indptr, np.arange(AT_ONCE, matrix.nnz + AT_ONCE, AT_ONCE), side="left")
    limits = np.unique(np.concatenate([[0], np.minimum(ends, matrix.shape[0]), [matrix.shape[0]]])).tolist()
    return list(pairwise(limits))


def _gathered(
    matrix: "sparse.csr_array[np.int64]", begin: int, end: int, column_groups: Ints, sizes: Ints
) -> tuple[Ints, Ints, Ints, Ints]:
    """Entries by row and column group, for some of the rows: row, group, largest and smallest coefficient in the group."""
    first, last = matrix.indptr[begin], matrix.indptr[end]
    rows = np.repeat(np.arange(begin, end, dtype=np.int64), np.diff(matrix.indptr[begin : end + 1]))
    key = rows * len(sizes) + column_groups[matrix.indices[first:last]]
    order = np.argsort(key, kind="stable")
    key, data = key[order], np.asarray(matrix.data[first:last], dtype=np.int64)[order]
    if not len(key):
        return key, key, data, data
    starts = np.flatnonzero(np.r_[True, key[1:] != key[:-1]])
    counts = np.diff(np.r_[starts, len(key)])
    largest, smallest = np.maximum.reduceat(data, starts), np.minimum.reduceat(data, starts)
    entry_rows, entry_columns = key[starts] // len(sizes), key[starts] % len(sizes)
    whole = counts == sizes[entry_columns]
    # A column of the group that does not stand in the row has coefficient 0 there.
    return (
        entry_rows,
        entry_columns,
        np.where(whole, largest, np.maximum(largest, 0)),
        np.where(whole, smallest, np.minimum(smallest, 0)),
    )


def _summed(bounds: Ints, groups: Ints, count: int) -> Ints:
    """Row bounds added up by group; one open bound opens the group's."""
    open_ = np.abs(bounds) >= INFINITE
    total = np.bincount(groups, weights=np.where(open_, 0, bounds), minlength=count).astype(np.int64)
    any_open = np.bincount(groups, weights=open_, minlength=count) > 0
    sign = np.bincount(groups, weights=np.sign(bounds) * open_, minlength=count)
    return np.where(any_open, np.where(sign < 0, -INFINITE, INFINITE), total)
