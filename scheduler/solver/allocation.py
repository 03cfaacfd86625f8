"""Who gets which seat of the sections that are open? Rounds, draft or most seats, each aim solved to a proven optimum."""

from collections.abc import Iterable

import numpy as np
from ortools.graph.python import min_cost_flow

from scheduler.solver.contest import Allocation, Applicant, Contest, OpenSection
from scheduler.solver.model import Ints, Mask
from scheduler.solver.outcome import Mode, Reached
from scheduler.solver.staged import improved, most_seats

BEFORE = 4
"""How much heavier the ranks a child had to accept in earlier rounds weigh than the one of this round."""


def allocate(
    applicants: Iterable[Applicant], sections: Iterable[OpenSection], mode: Mode = Mode.ROUNDS, seed: int = 0
) -> Allocation:
    """Shares out the seats. The order in which children and sections come plays no part.

    `seed` draws the lottery numbers of children without one. There is no time limit: each aim ends with a proof, or, where
    sections meet twice or a course has several, with a bound.
    """
    contest = Contest(applicants, sections, seed)
    if mode is Mode.DRAFT:
        return contest.allocation(draft(contest), ())
    if mode is Mode.MOST_SEATS:
        return contest.allocation(*most_seats(contest))
    held, aims = rounds(contest)
    held, better = improved(contest, held)
    return contest.allocation(held, [*aims, *better])


def rounds(contest: Contest) -> tuple[Ints, list[Reached]]:
    """The entries given in rounds, and what each round reached.

    In round k each child gets at most one more seat: most children, then least Σ (rank + 4 × ranks accepted before)², where
    a child left out counts with a rank past the longest list; then the lottery, which is turned round in every second round.
    What a round gives stays given, so each round is a flow, whatever the slots are.
    """
    given = _Given(contest)
    before = np.zeros(len(contest.children), dtype=np.int64)
    aims: list[Reached] = []
    for number in range(1, int(contest.quota.max(initial=0)) + 1):
        entries = given.open_entries()
        if len(entries) == 0:
            break
        costs = hardship(contest.rank[entries], before[contest.child[entries]], contest.worst)
        luck = contest.luck(reverse=number % 2 == 0)
        chosen = _best_round(contest, entries, given.left, costs, luck)
        for entry in chosen.tolist():
            given.give(entry)
        least = int(hardship(contest.rank[chosen], before[contest.child[chosen]], contest.worst).sum())
        aims.append(Reached(name=f"round_{number}", value=-len(chosen), bound=-len(chosen)))
        aims.append(Reached(name=f"ranks_{number}", value=least, bound=least))
        before[contest.child[chosen]] += contest.rank[chosen]
    return given.entries(), aims


def hardship(rank: Ints, before: Ints, past: int) -> Ints:
    """What a seat of this rank adds to Σ (rank + 4 × before)², less what is so whoever gets it.

    `before`: sum of the ranks the child accepted in earlier rounds. `past`: the rank that stands for no seat.
    """
    return rank**2 + 2 * BEFORE * before * (rank - past)


def draft(contest: Contest) -> Ints:
    """The entries of a snake draft: in lottery order each child picks the dearest seat left that fits; then in reverse."""
    given = _Given(contest)
    starts = np.searchsorted(contest.child, np.arange(len(contest.children) + 1)).tolist()
    order = list(range(len(contest.children)))
    while order:
        still = []
        for child in order:
            entry = next((one for one in range(starts[child], starts[child + 1]) if given.is_open(one)), None)
            if entry is not None:
                given.give(entry)
                still.append(child)
        order = still[::-1]
    return given.entries()


class _Given:
    """What has been given so far."""

    def __init__(self, contest: Contest) -> None:
        self.contest = contest
        self.left = contest.seats.copy()
        self._wanted = contest.quota.copy()
        self._blocked: Mask = np.zeros((len(contest.children), len(contest.sections)), dtype=bool)
        self._held: list[int] = []

    def give(self, entry: int) -> None:
        child, section = self.contest.child[entry], self.contest.section[entry]
        self._held.append(entry)
        self.left[section] -= 1
        self._wanted[child] -= 1
        self._blocked[child] |= self.contest.clash[section]

    def is_open(self, entry: int) -> bool:
        child, section = self.contest.child[entry], self.contest.section[entry]
        return bool(self.left[section] > 0 and self._wanted[child] > 0 and not self._blocked[child, section])

    def open_entries(self) -> Ints:
        child, section = self.contest.child, self.contest.section
        return np.flatnonzero((self.left[section] > 0) & (self._wanted[child] > 0) & ~self._blocked[child, section])

    def entries(self) -> Ints:
        return np.array(sorted(self._held), dtype=np.int64)


def _best_round(contest: Contest, entries: Ints, left: Ints, costs: Ints, luck: Ints) -> Ints:
    """One seat a child at most: the greatest flow of least cost, with the lottery far below."""
    children, sections = len(contest.children), len(contest.sections)
    child, rank = contest.child[entries], contest.rank[entries]
    far_above = 1 + int(luck.sum()) * (contest.worst + 1)
    cost = far_above * costs - luck[child] * (contest.worst + 1 - rank)
    source, sink = children + sections, children + sections + 1
    asking, places = np.unique(child), children + np.arange(sections)
    tails = np.concatenate([child, np.full(len(asking), source), places])
    heads = np.concatenate([children + contest.section[entries], asking, np.full(sections, sink)])
    flow = min_cost_flow.SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        tails,
        heads,
        np.concatenate([np.ones(len(entries) + len(asking), dtype=np.int64), left]),
        np.concatenate([cost, np.zeros(len(asking) + sections, dtype=np.int64)]),
    )
    flow.set_nodes_supplies(np.array([source, sink]), np.array([len(asking), -len(asking)]))
    status = flow.solve_max_flow_with_min_cost()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"the flow of a round ended with status {status}")
    return entries[np.asarray(flow.flows(arcs[: len(entries)])) > 0]
