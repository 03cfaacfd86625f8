"""What do our ways of sharing out seats give children, beside those of others? One table an instance.

`python -m tests.bench.allocation [--children 100 500 2000] [--seeds 2] [--fairpyx PYTHON] [--gaming 40] [FILE …]`

FILE: rankings in PrefLib's format (`.soc`, `.soi`). PYTHON: the interpreter of an environment of its own with fairpyx in it.
"""

import argparse
import os
import resource
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scheduler.audit.envy import envy
from scheduler.solver.allocation import allocate
from scheduler.solver.contest import Contest
from scheduler.solver.outcome import Mode
from tests.bench import mechanisms
from tests.bench.contests import Contested, from_rankings, invented, shortened
from tests.bench.mechanisms import Seats

HEADER = "| way | CPU s | seats % | none | mean rank | worst | first % | least share % | envy | EF1 breaks | proven |"


@dataclass(frozen=True, kw_only=True)
class Row:
    """What one way of sharing out gives."""

    way: str
    cpu_seconds: float
    seats: float
    """Seats given ÷ wanted."""
    none: int
    mean_rank: float
    worst_rank: int
    first: float
    least: float
    """The worst-off child's seats ÷ the best it could hold, each in worth."""
    envy: int
    beyond: int
    proven: bool | None

    def __str__(self) -> str:
        proven = {True: "yes", False: "NO", None: "–"}[self.proven]
        return (
            f"| {self.way} | {self.cpu_seconds:.2f} | {self.seats:.1%} | {self.none} | {self.mean_rank:.2f} | "
            f"{self.worst_rank} | {self.first:.1%} | {self.least:.0%} | {self.envy} | {self.beyond} | {proven} |"
        )


def compared(contested: Contested, seed: int, python: Path | None) -> Iterator[Row]:
    """Our three ways, then those of others, on the same lists, seats and lottery numbers."""
    contest = Contest(*contested, seed)
    for mode in Mode:
        used = cpu_seconds()
        allocation = allocate(*contested, mode, seed)
        used = cpu_seconds() - used
        proven = all(aim.proven for aim in allocation.aims) if allocation.aims else None
        yield measured(mode.value, contest, allocation.seats, used, proven)
    others: list[tuple[str, Callable[[], Seats]]] = [
        ("queue", lambda: mechanisms.queue(contest)),
        ("priority 1, then 2", lambda: mechanisms.priority_one_then_two(contest)),
    ]
    if python is not None:
        others.append(("fairpyx", lambda: mechanisms.fairpyx(contest, python)))
    for name, way in others:
        used = cpu_seconds()
        seats = way()
        yield measured(name, contest, seats, cpu_seconds() - used, None)


def measured(way: str, contest: Contest, given: Seats, used: float, proven: bool | None) -> Row:
    """The figures of one allocation; refuses one that breaks a quota, a capacity or a clash."""
    section = {one.id: number for number, one in enumerate(contest.sections)}
    seats = [[section[name] for name in given[child.id]] for child in contest.children]
    values = np.zeros((len(contest.children), len(contest.sections)), dtype=np.int64)
    values[contest.child, contest.section] = mechanisms.worths(contest)
    check(contest, seats, values)
    ranks = [child.ranks[name] for child in contest.children for name in given[child.id]]
    firsts = [min(child.ranks, key=lambda name, of=child.ranks: of[name]) in given[child.id] for child in contest.children]
    groups = np.zeros(len(seats), dtype=np.int64)
    found = envy(values, seats, contest.quota, groups)
    shares = [sum(values[i, held]) / best_worth(contest, values[i], i) for i, held in enumerate(seats)]
    return Row(
        way=way,
        cpu_seconds=used,
        seats=len(ranks) / int(contest.quota.sum()),
        none=sum(not held for held in seats),
        mean_rank=float(np.mean(ranks)),
        worst_rank=max(ranks),
        first=float(np.mean(firsts)),
        least=min(shares),
        envy=found.envious,
        beyond=found.beyond_one_seat,
        proven=proven,
    )


def check(contest: Contest, seats: Sequence[Sequence[int]], values: "np.ndarray[tuple[int, int], np.dtype[np.int64]]") -> None:
    """Fails where an allocation is none."""
    taken = np.bincount([one for held in seats for one in held], minlength=len(contest.sections))
    assert (taken <= contest.seats).all(), "a section is over-full"
    for i, held in enumerate(seats):
        assert len(held) <= contest.quota[i], "a child has too much"
        assert (values[i, held] > 0).all(), "a child has what it did not list"
        assert contest.clash[np.ix_(held, held)].sum() == len(held), "two seats clash"


def best_worth(contest: Contest, values: "np.ndarray[tuple[int], np.dtype[np.int64]]", child: int) -> int:
    """Worth of the best that the child could hold alone. Greedy is best where no section meets twice and each is a course."""
    held: list[int] = []
    for section in np.argsort(-values, kind="stable").tolist():
        if len(held) < contest.quota[child] and values[section] > 0 and not contest.clash[section, held].any():
            held.append(section)
    return int(values[held].sum())


def gain_by_short_lists(contested: Contested, mode: Mode, children: int, seed: int) -> int:
    """How many of so many children get more worth by listing only as many wishes as they want seats."""
    contest = Contest(*contested, seed)
    order = {child.id: number for number, child in enumerate(contested[0])}
    honest = allocate(*contested, mode, seed).seats
    gaining = 0
    for i, child in enumerate(contest.children[:children]):
        told = allocate(*shortened(contested, order[child.id], int(contest.quota[i])), mode, seed).seats
        gaining += worth_of(child.ranks, told[child.id]) > worth_of(child.ranks, honest[child.id])
    return gaining


def worth_of(ranks: Mapping[str, int], names: Sequence[str]) -> int:
    """What the seats are worth to somebody with these ranks; those not listed nothing."""
    return sum(max(ranks.values()) + 1 - ranks[name] for name in names if name in ranks)


def cpu_seconds() -> float:
    """CPU of this process and of those it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--children", nargs="*", type=int, default=[100, 500, 2000])
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--fairpyx", type=Path)
    parser.add_argument("--gaming", type=int, default=40, help="children of the smallest instance who try a short list")
    asked = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    instances = [(f"{n} children, seed {seed}", invented(n, seed)) for n in asked.children for seed in range(1, asked.seeds + 1)]
    instances += [(path.name, from_rankings(path)) for path in asked.files]
    for name, contested in instances:
        wanted = sum(child.quota for child in contested[0])
        print(f"\n{name}: {len(contested[0])} × {len(contested[1])}, {wanted} seats wanted\n{HEADER}\n{'|---' * 11}|")
        for row in compared(contested, 7, asked.fairpyx):
            print(row, flush=True)
    if asked.gaming and asked.children:
        for mode, accept_any in [*((mode, False) for mode in Mode), (Mode.ROUNDS, True), (Mode.MOST_SEATS, True)]:
            contests = [invented(min(asked.children), seed, accept_any) for seed in range(1, 7)]
            gaining = [gain_by_short_lists(contested, mode, asked.gaming, 7) for contested in contests]
            way = f"{mode.value}{', any other accepted' if accept_any else ''}"
            print(f"a short list pays, {way}: {sum(gaining)} of {6 * asked.gaming} {gaining}", flush=True)


if __name__ == "__main__":
    main()
