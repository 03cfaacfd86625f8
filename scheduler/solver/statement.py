"""How does a solver twin say a rule? As rows whose overshoot is the deviation, and columns that deviate by being used.

Whether a deviation is pinned to 0, priced or merely reported is decided in one place, `build.py`.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np

from scheduler.solver.model import INFINITE, Ints, Mask

Key = TypeVar("Key", bound=Hashable)

NOTHING: Ints = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Statement:
    """Deviation = `constant` + Σ priced amount × column + Σ over measures of the largest row overshoot ÷ scale, rounded up.

    Shapes: `rows`, `columns`, `coefficients` are aligned entries; `lower`, `upper`, `group`, `measure`, `scale`, `implied`
    have one value a row; `priced` and `amounts` are aligned.
    """

    rows: Ints = field(default_factory=NOTHING.copy)
    columns: Ints = field(default_factory=NOTHING.copy)
    coefficients: Ints = field(default_factory=NOTHING.copy)
    lower: Ints = field(default_factory=NOTHING.copy)
    upper: Ints = field(default_factory=NOTHING.copy)
    group: Ints | None = None
    """Rows of one number are added up in the aggregated problem."""
    measure: Ints | None = None
    """Rows of one number are one measure (in several seasons, say): the largest counts. `None`: each its own."""
    scale: Ints | None = None
    """Overshoot that makes one unit of deviation. `None`: 1."""
    implied: Mask | None = None
    """Rows that the definitions and the columns' bounds already keep: measured, never built. `None`: none of them."""
    in_minutes: bool = False
    """The rows' unit is a minute, which weighs less than a pupil or a day."""
    priced: Ints = field(default_factory=NOTHING.copy)
    amounts: Ints = field(default_factory=NOTHING.copy)
    constant: int = 0

    @property
    def scales(self) -> Ints:
        """`scale` with its default."""
        return np.ones(len(self.lower), dtype=np.int64) if self.scale is None else self.scale

    @property
    def measures(self) -> Ints:
        """`measure` with its default."""
        return np.arange(len(self.lower), dtype=np.int64) if self.measure is None else self.measure

    def deviation(self, values: Ints) -> int:
        """The deviation of a whole assignment of the columns, in the rule's unit."""
        total = self.constant + int(self.amounts @ values[self.priced])
        if len(self.lower) == 0:
            return total
        activity = np.bincount(self.rows, weights=self.coefficients * values[self.columns], minlength=len(self.lower))
        over = np.maximum(np.maximum(self.lower - activity, activity - self.upper), 0).astype(np.int64)
        over = -(-over // self.scales)
        largest = np.zeros(int(self.measures.max()) + 1, dtype=np.int64)
        np.maximum.at(largest, self.measures, over)
        return total + int(largest.sum())


def at_least(
    rows: Ints, columns: Ints, coefficients: Ints | int, lower: Ints, group: Ints | None = None, implied: Mask | None = None
) -> Statement:
    """Σ ≥ lower, row by row."""
    return Statement(
        rows=rows,
        columns=columns,
        coefficients=np.broadcast_to(np.asarray(coefficients, dtype=np.int64), rows.shape),
        lower=lower,
        upper=np.full(len(lower), INFINITE, dtype=np.int64),
        group=group,
        implied=implied,
    )


def at_most(
    rows: Ints, columns: Ints, coefficients: Ints | int, upper: Ints, group: Ints | None = None, implied: Mask | None = None
) -> Statement:
    """Σ ≤ upper, row by row."""
    return Statement(
        rows=rows,
        columns=columns,
        coefficients=np.broadcast_to(np.asarray(coefficients, dtype=np.int64), rows.shape),
        lower=np.full(len(upper), -INFINITE, dtype=np.int64),
        upper=upper,
        group=group,
        implied=implied,
    )


def priced(columns: Ints, amounts: Ints | int, constant: int = 0) -> Statement:
    """Each unit of a column deviates by its amount."""
    amounts = np.broadcast_to(np.asarray(amounts, dtype=np.int64), columns.shape)
    kept = amounts > 0
    return Statement(priced=columns[kept], amounts=amounts[kept], constant=constant)


def together(parts: Sequence[Statement]) -> Statement:
    """The sum of statements."""
    rows, measures, groups, count, measure_count, group_count = [], [], [], 0, 0, 0
    for part in parts:
        rows.append(part.rows + count)
        size = len(part.lower)
        group = np.arange(size) if part.group is None else part.group
        measures.append(part.measures + measure_count)
        groups.append(group + group_count)
        measure_count += int(part.measures.max(initial=-1)) + 1
        group_count += int(group.max(initial=-1)) + 1
        count += size
    return Statement(
        rows=_joined(rows),
        columns=_joined([part.columns for part in parts]),
        coefficients=_joined([part.coefficients for part in parts]),
        lower=_joined([part.lower for part in parts]),
        upper=_joined([part.upper for part in parts]),
        group=_joined(groups),
        measure=_joined(measures),
        scale=_joined([part.scales for part in parts]),
        implied=_joined([np.zeros(len(p.lower), np.int64) if p.implied is None else p.implied for p in parts]) > 0,
        in_minutes=any(part.in_minutes for part in parts),
        priced=_joined([part.priced for part in parts]),
        amounts=_joined([part.amounts for part in parts]),
        constant=sum(part.constant for part in parts),
    )


def worst_season(parts: Sequence[Statement]) -> Statement:
    """Statements of the same measures, one a season: the largest overshoot counts; equal seasons are said once."""
    different: list[Statement] = []
    for part in parts:
        if not any(_same_rows(part, other) for other in different):
            different.append(part)
    if not different:
        return Statement()
    measure = np.concatenate([part.measures for part in different])
    return replace(together(different), measure=measure)


def _same_rows(one: Statement, other: Statement) -> bool:
    mine = (one.rows, one.columns, one.coefficients, one.lower, one.upper)
    theirs = (other.rows, other.columns, other.coefficients, other.lower, other.upper)
    return all(np.array_equal(left, right) for left, right in zip(mine, theirs, strict=True))


def _joined(parts: "Sequence[Ints | Mask]") -> Ints:
    return np.concatenate(parts).astype(np.int64) if parts else NOTHING.copy()


def grouped(keys: Sequence[Key]) -> tuple[Ints, list[Key]]:
    """Row number of each entry by its key, and the distinct keys in order of first appearance."""
    numbers: dict[Key, int] = {}
    rows = np.fromiter((numbers.setdefault(key, len(numbers)) for key in keys), dtype=np.int64, count=len(keys))
    return rows, list(numbers)
