"""How does a solver twin say a rule? As rows whose overshoot is the deviation, and columns that deviate by being used.

Whether a deviation is pinned to 0, priced or merely reported is decided in one place, `build.py`.
"""

from dataclasses import dataclass, field

import numpy as np

from scheduler.solver.model import INFINITE, Ints

NOTHING: Ints = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Statement:
    """Deviation = `constant` + Σ priced amount × column + Σ over measures of the largest row overshoot ÷ `scale`, rounded up.

    Shapes: `rows`, `columns`, `coefficients` are aligned entries; `lower`, `upper`, `group`, `measure` have one value a row;
    `priced` and `amounts` are aligned.
    """

    rows: Ints = field(default_factory=NOTHING.copy)
    columns: Ints = field(default_factory=NOTHING.copy)
    coefficients: Ints = field(default_factory=NOTHING.copy)
    lower: Ints = field(default_factory=NOTHING.copy)
    upper: Ints = field(default_factory=NOTHING.copy)
    group: Ints | None = None
    """Rows of one number are added up in the aggregated problem."""
    measure: Ints | None = None
    """Rows of one number are one measure in several seasons: the largest counts. `None`: each its own."""
    scale: int = 1
    priced: Ints = field(default_factory=NOTHING.copy)
    amounts: Ints = field(default_factory=NOTHING.copy)
    constant: int = 0

    def deviation(self, values: Ints) -> int:
        """The deviation of a whole assignment of the columns, in the rule's unit."""
        total = self.constant + int(self.amounts @ values[self.priced])
        if len(self.lower) == 0:
            return total
        activity = np.bincount(self.rows, weights=self.coefficients * values[self.columns], minlength=len(self.lower))
        over = np.maximum(np.maximum(self.lower - activity, activity - self.upper), 0).astype(np.int64)
        over = -(-over // self.scale)
        if self.measure is None:
            return total + int(over.sum())
        largest = np.zeros(int(self.measure.max()) + 1, dtype=np.int64)
        np.maximum.at(largest, self.measure, over)
        return total + int(largest.sum())


def at_least(rows: Ints, columns: Ints, coefficients: Ints | int, lower: Ints, group: Ints | None = None) -> Statement:
    """Σ ≥ lower, row by row."""
    return Statement(
        rows=rows,
        columns=columns,
        coefficients=np.broadcast_to(np.asarray(coefficients, dtype=np.int64), rows.shape),
        lower=lower,
        upper=np.full(len(lower), INFINITE, dtype=np.int64),
        group=group,
    )


def at_most(rows: Ints, columns: Ints, coefficients: Ints | int, upper: Ints, group: Ints | None = None) -> Statement:
    """Σ ≤ upper, row by row."""
    return Statement(
        rows=rows,
        columns=columns,
        coefficients=np.broadcast_to(np.asarray(coefficients, dtype=np.int64), rows.shape),
        lower=np.full(len(upper), -INFINITE, dtype=np.int64),
        upper=upper,
        group=group,
    )


def priced(columns: Ints, amounts: Ints | int, constant: int = 0) -> Statement:
    """Each unit of a column deviates by its amount."""
    amounts = np.broadcast_to(np.asarray(amounts, dtype=np.int64), columns.shape)
    kept = amounts > 0
    return Statement(priced=columns[kept], amounts=amounts[kept], constant=constant)


def together(parts: "list[Statement]") -> Statement:
    """The sum of statements of one scale."""
    rows, measures, groups, count, measure_count, group_count = [], [], [], 0, 0, 0
    for part in parts:
        rows.append(part.rows + count)
        size = len(part.lower)
        measure = np.arange(size) if part.measure is None else part.measure
        group = np.arange(size) if part.group is None else part.group
        measures.append(measure + measure_count)
        groups.append(group + group_count)
        measure_count += int(measure.max(initial=-1)) + 1
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
        scale=parts[0].scale if parts else 1,
        priced=_joined([part.priced for part in parts]),
        amounts=_joined([part.amounts for part in parts]),
        constant=sum(part.constant for part in parts),
    )


def _joined(parts: list[Ints]) -> Ints:
    return np.concatenate(parts).astype(np.int64) if parts else NOTHING.copy()


def grouped(keys: list[object]) -> tuple[Ints, list[object]]:
    """Row number of each entry by its key, and the distinct keys in order of first appearance."""
    numbers: dict[object, int] = {}
    rows = np.fromiter((numbers.setdefault(key, len(numbers)) for key in keys), dtype=np.int64, count=len(keys))
    return rows, list(numbers)
