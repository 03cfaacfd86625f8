"""What would others have done with the same lists? A queue, "priority 1, then 2", and fairpyx's iterated maximum matching."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from scheduler.solver.contest import Contest
from scheduler.solver.model import Ints

Seats = Mapping[str, Sequence[str]]


def queue(contest: Contest) -> Seats:
    """Random serial dictatorship: one child after the other takes all it may."""
    given = _Given(contest)
    for entry in range(len(contest.child)):
        given.offer(entry)
    return given.seats()


def priority_one_then_two(contest: Contest) -> Seats:
    """What sign-up products do: all first wishes in lottery order, then all second ones, and so on."""
    given = _Given(contest)
    for entry in np.lexsort((contest.child, contest.rank)).tolist():
        given.offer(entry)
    return given.seats()


def fairpyx(contest: Contest, python: Path) -> Seats:
    """Iterated maximum matching of fairpyx, with the worth that the envy is measured in. `python`: where it is installed."""
    listed: dict[str, dict[str, int]] = {child.id: {} for child in contest.children}
    for child, section, worth in zip(contest.child, contest.section, worths(contest), strict=True):
        listed[contest.children[child].id][contest.sections[section].id] = int(worth)
    clashes = [
        [contest.sections[other].id for other in np.flatnonzero(row) if other != number]
        for number, row in enumerate(contest.clash)
    ]
    names = [section.id for section in contest.sections]
    question = {
        "valuations": listed,
        "agent_capacities": {child.id: child.quota for child in contest.children},
        "item_capacities": {section.id: section.seats for section in contest.sections},
        "agent_conflicts": {child: [name for name in names if name not in liked] for child, liked in listed.items()},
        "item_conflicts": dict(zip(names, clashes, strict=True)),
    }
    answer = subprocess.run([python, "-c", _DRIVER], input=json.dumps(question), capture_output=True, text=True, check=True)
    seats: dict[str, list[str]] = json.loads(answer.stdout)
    return seats


_DRIVER = """
import json, sys
from fairpyx import Instance, divide
from fairpyx.algorithms import iterated_maximum_matching
question = json.load(sys.stdin)
names = list(question["item_capacities"])
for liked in question["valuations"].values():
    for name in names:
        liked.setdefault(name, 0)
question["agent_conflicts"] = {child: set(names) for child, names in question["agent_conflicts"].items()}
question["item_conflicts"] = {name: set(names) for name, names in question["item_conflicts"].items()}
seats = divide(iterated_maximum_matching, instance=Instance(**question))
json.dump({child: sorted(names) for child, names in seats.items()}, sys.stdout)
"""


def worths(contest: Contest) -> Ints:
    """Worth of each entry to its child: the length of the list, less one for each dearer rank."""
    longest = np.zeros(len(contest.children), dtype=np.int64)
    np.maximum.at(longest, contest.child, contest.rank)
    return longest[contest.child] + 1 - contest.rank


class _Given:
    """Seats given so far, each to whoever asks first."""

    def __init__(self, contest: Contest) -> None:
        self.contest = contest
        self.left, self.wanted = contest.seats.copy(), contest.quota.copy()
        self.held: list[list[int]] = [[] for _ in contest.children]

    def offer(self, entry: int) -> None:
        child, section = int(self.contest.child[entry]), int(self.contest.section[entry])
        if self.left[section] and self.wanted[child] and not self.contest.clash[section, self.held[child]].any():
            self.left[section] -= 1
            self.wanted[child] -= 1
            self.held[child].append(section)

    def seats(self) -> Seats:
        return {
            child.id: [self.contest.sections[section].id for section in held]
            for child, held in zip(self.contest.children, self.held, strict=True)
        }
