"""Who wants which seats? Families' ranked lists and opened sections as plain arrays, in an order that no file decides."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from scheduler.solver.model import Ints, Mask
from scheduler.solver.outcome import Reached


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """A child with a ranked list."""

    id: str
    quota: int
    """Most seats."""
    ranks: Mapping[str, int]
    """Rank by section id, 1 the dearest. Sections of one course may share a rank."""
    others: frozenset[str] = frozenset()
    """Sections taken rather than none (服从调剂): they rank behind the longest list of all, so a short list gains nothing."""
    number: int | None = None
    """Lottery number, the lowest is the luckiest. Give each child a different one, or none to all: then the seed draws them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSection:
    """A section that takes place, with what is needed to share out its seats."""

    id: str
    course: str
    """A child sits in one section of a course at most."""
    seats: int
    slots: frozenset[str]
    """A child sits in one section a slot at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """Who sits where, and what is proven about it."""

    seats: Mapping[str, tuple[str, ...]]
    """Section ids by child, dearest first; every child has an entry."""
    aims: tuple[Reached, ...]


class Contest:
    """The lists as aligned arrays. Children stand in the order of the lottery, sections in the order of their ids."""

    def __init__(self, applicants: Iterable[Applicant], sections: Iterable[OpenSection], seed: int) -> None:
        self.children = _in_lottery_order(list(applicants), seed)
        self.sections = sorted(sections, key=lambda section: section.id)
        index = {section.id: number for number, section in enumerate(self.sections)}
        self.worst = max((rank for child in self.children for rank in child.ranks.values()), default=0) + 1
        """One past the greatest rank on any list: the rank of seats that nobody listed."""
        entries = sorted(
            (i, rank, index[section])
            for i, child in enumerate(self.children)
            for section, rank in (dict.fromkeys(child.others, self.worst) | dict(child.ranks)).items()
            if section in index and child.quota > 0
        )
        array = np.array(entries, dtype=np.int64).reshape(-1, 3)
        self.child: Ints = array[:, 0]
        self.rank: Ints = array[:, 1]
        self.section: Ints = array[:, 2]
        self.quota: Ints = np.array([child.quota for child in self.children], dtype=np.int64)
        self.seats: Ints = np.array([section.seats for section in self.sections], dtype=np.int64)

    @cached_property
    def clash(self) -> Mask:
        """Sections that no child can have both: they share a slot or a course. Shape: (sections, sections)."""
        count = len(self.sections)
        clash = np.zeros((count, count), dtype=bool)
        sharing: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for number, section in enumerate(self.sections):
            sharing["course", section.course].append(number)
            for slot in section.slots:
                sharing["slot", slot].append(number)
        for numbers in sharing.values():
            clash[np.ix_(numbers, numbers)] = True
        return clash

    def luck(self, reverse: bool = False) -> Ints:
        """Weight of each child in a draw, the greatest for the luckiest. Shape: one a child."""
        count = len(self.children)
        return np.arange(1, count + 1) if reverse else np.arange(count, 0, -1)

    def allocation(self, held: Sequence[int] | Ints, aims: Iterable[Reached]) -> Allocation:
        """`held`: the entries (child, section) that are given."""
        seats: dict[str, list[str]] = {child.id: [] for child in self.children}
        # Entries stand by child and rank.
        for entry in sorted(int(one) for one in held):
            seats[self.children[self.child[entry]].id].append(self.sections[self.section[entry]].id)
        return Allocation(seats={child: tuple(sections) for child, sections in seats.items()}, aims=tuple(aims))


def lottery_numbers(ids: Iterable[str], seed: int) -> dict[str, int]:
    """A number for each id, from 1: the order of SHA-256(seed, id). Depends on nothing else, so anybody can check it."""
    drawn = sorted(set(ids), key=lambda id: (hashlib.sha256(f"{seed}:{id}".encode()).digest(), id))
    return {id: number for number, id in enumerate(drawn, start=1)}


def _in_lottery_order(applicants: Sequence[Applicant], seed: int) -> list[Applicant]:
    drawn = lottery_numbers((child.id for child in applicants), seed)
    return sorted(applicants, key=lambda child: (child.number if child.number is not None else 0, drawn[child.id]))
