"""What is the best allocation, aim by aim? Linear programs whose corners are whole where each section has one slot."""

import math
from collections.abc import Sequence

import numpy as np

from scheduler.solver.contest import Contest
from scheduler.solver.model import Ints, Model, Problem
from scheduler.solver.outcome import Reached
from scheduler.solver.readers import Limits, solve_mixed, solve_relaxed

PATIENT = Limits(seconds=math.inf, counted=1e6)
"""To the proof: these problems are small and nearly whole."""

Aims = Sequence[tuple[str, Ints]]


def improved(contest: Contest, held: Ints) -> tuple[Ints, list[Reached]]:
    """Fewest seats of the worst rank given, most seats, least Σ rank², lottery, with nobody worse off than with `held`.

    Nobody worse: for each rank, a child has at least as many seats of that rank or a dearer one as before.
    """
    model = _places(contest)
    values = np.zeros(model.column_count, dtype=np.int64)
    values[held] = 1
    rows, columns, least = _no_worse(contest, values)
    model.add_rows(len(least), rows, columns, 1, lower=least)
    worst = int(contest.rank[held].max(initial=0))
    aims = [("worst_ranked", (contest.rank == worst).astype(np.int64)), *_aims(contest)]
    values, reached = _in_order(model.problem(), aims, values)
    return np.flatnonzero(values), reached


def most_seats(contest: Contest) -> tuple[Ints, list[Reached]]:
    """Fewest children with nothing, most seats, least Σ rank², lottery.

    With one slot a section the first aim costs no seat: the seats of any allocation can be rearranged into a greatest one.
    """
    model = _places(contest)
    entries, children = len(contest.child), len(contest.children)
    served = model.add_columns(children, 1)
    model.add_rows(
        children,
        np.concatenate([contest.child, np.arange(children)]),
        np.concatenate([np.arange(entries), served]),
        np.concatenate([np.ones(entries, dtype=np.int64), np.full(children, -1)]),
        lower=0,
    )
    none, many = np.zeros(children, dtype=np.int64), int(contest.quota.sum()) + 1
    (_, seats), *rest = [(name, np.concatenate([objective, none])) for name, objective in _aims(contest)]
    # One program for two aims: so many seats are never worth one child.
    both = seats.copy()
    both[served] = -many
    start = np.zeros(model.column_count, dtype=np.int64)
    values, reached = _in_order(model.problem(), [("served and seats", both), *rest], start)
    first, *others = reached
    return np.flatnonzero(values[:entries]), [
        Reached(name="served", value=-(-first.value // many), bound=-(-first.bound // many)),
        Reached(name="seats", value=-(-first.value % many), bound=-(-first.bound % many)),
        *others,
    ]


def _aims(contest: Contest) -> Aims:
    """Most seats, least Σ rank², and the luckiest served first and dearest."""
    seats = np.full(len(contest.child), -1, dtype=np.int64)
    luck = contest.luck()[contest.child] * (contest.rank - contest.worst - 1)
    return [("seats", seats), ("ranks", contest.rank**2), ("lottery", luck)]


def _in_order(problem: Problem, aims: Aims, values: Ints) -> tuple[Ints, list[Reached]]:
    """One aim after the other; what one reached is a row of the next."""
    reached = []
    for name, objective in aims:
        values, bound = _least(problem, objective, values)
        value = int(objective @ values)
        reached.append(Reached(name=name, value=value, bound=bound))
        columns = np.flatnonzero(objective)
        problem = problem.with_row(columns, objective[columns], upper=value)
    return values, reached


def _least(problem: Problem, objective: Ints, values: Ints) -> tuple[Ints, int]:
    """The best values and a bound: by the LP where its corner is whole, else by the MIP."""
    point, relaxed = solve_relaxed(problem, objective, PATIENT)
    if point is not None:
        whole = np.rint(point).astype(np.int64)
        if np.abs(point - whole).max(initial=0.0) < 1e-6 and problem.obeyed_by(whole):
            return whole, _ceiling(relaxed)
    answer = solve_mixed(problem, objective, PATIENT, 0.0)
    before = int(objective @ values)
    if answer.values is None or answer.objective > before or not problem.obeyed_by(answer.values):
        return values, min(before, _ceiling(max(relaxed, answer.bound)))
    return answer.values, min(int(answer.objective), _ceiling(max(relaxed, answer.bound)))


def _ceiling(bound: float) -> int:
    """The least whole number that the bound allows; the bounds of the LP are exact to about nine digits."""
    return math.ceil(bound - 1e-6 * max(1.0, abs(bound) * 1e-3))


def _places(contest: Contest) -> Model:
    """A column an entry: quotas, seats, one section a slot and one a course for each child."""
    model = Model()
    columns = model.add_columns(len(contest.child), 1)
    model.add_rows(len(contest.children), contest.child, columns, 1, upper=contest.quota)
    model.add_rows(len(contest.sections), contest.section, columns, 1, upper=contest.seats)
    names = [[("course", section.course), *(("slot", slot) for slot in sorted(section.slots))] for section in contest.sections]
    number = {name: k for k, name in enumerate(sorted({name for of_section in names for name in of_section}))}
    by_section = [columns[contest.section == section] for section in range(len(contest.sections))]
    pairs = [(by_section[section], number[name]) for section, of_section in enumerate(names) for name in of_section]
    none = [np.zeros(0, dtype=np.int64)]
    entries = np.concatenate([entries for entries, _ in pairs] or none)
    key = np.concatenate([contest.child[entries] * len(number) + name for entries, name in pairs] or none)
    _, group, count = np.unique(key, return_inverse=True, return_counts=True)
    shared = count[group] > 1
    rows = np.unique(group[shared], return_inverse=True)[1]
    model.add_rows(int(rows.max(initial=-1)) + 1, rows, entries[shared], 1, upper=1)
    return model


def _no_worse(contest: Contest, values: Ints) -> tuple[Ints, Ints, Ints]:
    """Rows, columns and least sums: for each seat held, as many of its rank or dearer as now."""
    starts = np.searchsorted(contest.child, np.arange(len(contest.children) + 1))
    rows: list[int] = []
    columns: list[int] = []
    least: list[int] = []
    for child in range(len(contest.children)):
        entries = range(starts[child], starts[child + 1])
        held = [entry for entry in entries if values[entry]]
        for number, entry in enumerate(held, start=1):
            last = number == len(held) or contest.rank[held[number]] > contest.rank[entry]
            if last:
                dearer = [other for other in entries if contest.rank[other] <= contest.rank[entry]]
                rows += [len(least)] * len(dearer)
                columns += dearer
                least.append(number)
    return np.array(rows, dtype=np.int64), np.array(columns, dtype=np.int64), np.array(least, dtype=np.int64)
