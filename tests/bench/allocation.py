"""What do our ways of sharing out seats give children, beside those of others? One table an instance.

`python -m tests.bench.allocation [--children 100 500 2000] [--seeds 2] [--no-fairpyx] [--gaming 40] [FILE …]`

FILE: rankings in PrefLib's format (`.soc`, `.soi`). fairpyx gets an environment of its own; where it cannot be had the table says
so. What must hold is told as PASS or FAIL; exits 1 on a FAIL.
"""

import argparse
import os
import resource
import sys
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
from tests.bench.peer import interpreter
from tests.bench.tables import Verdict

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


MOST_CPU_SECONDS = 5.0
"""Of our rounds, however many children there are."""


def verdicts(name: str, rows: Sequence[Row]) -> Iterator[Verdict]:
    """What was promised of the rounds, beside the draft and, where it could be had, fairpyx."""
    by_way = {row.way: row for row in rows}
    ours = by_way[Mode.ROUNDS.value]
    yield Verdict(f"{name}: each aim is proven", bool(ours.proven), str(ours.proven))
    yield Verdict(f"{name}: nobody is left empty", ours.none == 0, str(ours.none))
    yield Verdict(f"{name}: under {MOST_CPU_SECONDS:g} CPU s", ours.cpu_seconds < MOST_CPU_SECONDS, f"{ours.cpu_seconds:.2f}")
    for way in (Mode.DRAFT.value, "fairpyx"):
        if way in by_way:
            peer = by_way[way]
            yield Verdict(f"{name}: no more envy than {way}", ours.envy <= peer.envy, f"{ours.envy} ≤ {peer.envy}")
            yield Verdict(f"{name}: no more EF1 breaks than {way}", ours.beyond <= peer.beyond, f"{ours.beyond} ≤ {peer.beyond}")


def python_with_fairpyx() -> Path | None:
    """`None`, and why, where it cannot be had."""
    try:
        return interpreter()
    except RuntimeError as reason:
        print(f"fairpyx cannot be had here, so it is not compared with: {reason}")
        return None


def main() -> int:
    """Prints the tables, then what must hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--children", nargs="*", type=int, default=[100, 500, 2000])
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--no-fairpyx", action="store_true")
    parser.add_argument("--gaming", type=int, default=40, help="children of the smallest instance who try a short list")
    asked = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    python = None if asked.no_fairpyx else python_with_fairpyx()
    instances = [(f"{n} children, seed {seed}", invented(n, seed)) for n in asked.children for seed in range(1, asked.seeds + 1)]
    instances += [(path.name, from_rankings(path)) for path in asked.files]
    judged: list[Verdict] = []
    for name, contested in instances:
        wanted = sum(child.quota for child in contested[0])
        print(f"\n{name}: {len(contested[0])} × {len(contested[1])}, {wanted} seats wanted\n{HEADER}\n{'|---' * 11}|")
        rows = []
        for row in compared(contested, 7, python):
            rows.append(row)
            print(row, flush=True)
        judged += verdicts(name, rows)
    if asked.gaming and asked.children:
        told_short_lists(min(asked.children), asked.gaming)
    print()
    for verdict in judged:
        print(f"{'PASS' if verdict.holds else 'FAIL'}  {verdict.claim}  ({verdict.figures})")
    return int(not all(verdict.holds for verdict in judged))


def told_short_lists(children: int, gaming: int) -> None:
    """How many of so many children a short list would pay for, way by way, over six instances."""
    for mode, accept_any in [*((mode, False) for mode in Mode), (Mode.ROUNDS, True), (Mode.MOST_SEATS, True)]:
        contests = [invented(children, seed, accept_any) for seed in range(1, 7)]
        gaining = [gain_by_short_lists(contested, mode, gaming, 7) for contested in contests]
        way = f"{mode.value}{', any other accepted' if accept_any else ''}"
        print(f"a short list pays, {way}: {sum(gaining)} of {6 * gaming} {gaining}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
