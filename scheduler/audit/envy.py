"""Who would rather have another child's seats? Pairs compared by each child's own ranks, in arrays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

CHUNK = 2_000_000
"""Pairs looked at together: bounds the memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envy:
    """How often one child would rather have another's seats."""

    pairs: int
    """Ordered pairs (one, other) compared: children of equal priority."""
    envious: int
    """Pairs in which the one values the other's seats more than their own."""
    beyond_one_seat: int
    """Pairs in which that stays so when the other's seat dearest to the one is left out (EF1 breaks)."""


def envy(values: Ints, seats: Sequence[Sequence[int]], quotas: Ints, groups: Ints) -> Envy:
    """Compares each child with every other of the same group.

    `values[i, s]`: what section s is worth to child i, 0 where i may not or would not have it. `seats[i]`: sections of i, none
    two of which clash. A bundle is worth its `quotas[i]` best sections. Shape: `groups`, `quotas` one a child.
    """
    count, sections = values.shape
    most = max((len(of_child) for of_child in seats), default=0)
    # One more section, worth nothing to anybody, fills the bundles up.
    worth = np.hstack([values, np.zeros((count, 1), dtype=np.int64)]).astype(np.int32)
    held = np.full((count, max(1, most)), sections, dtype=np.int64)
    for child, of_child in enumerate(seats):
        held[child, : len(of_child)] = of_child
    own = _best(np.take_along_axis(worth, held, axis=1), quotas)
    pairs = envious = beyond = 0
    for group in np.unique(groups).tolist():
        members = np.flatnonzero(groups == group)
        pairs += len(members) * (len(members) - 1)
        for ones in _chunks(members):
            one, other = _likely(worth[ones], held[members], own[ones])
            i, j = ones[one], members[other]
            theirs = worth[i[:, None], held[j]]
            more = _best(theirs, quotas[i]) > own[i]
            envious += int(more.sum())
            theirs = -np.sort(-theirs[more], axis=1)[:, 1:]
            beyond += int((_best(theirs, quotas[i[more]]) > own[i[more]]).sum())
    return Envy(pairs=pairs, envious=envious, beyond_one_seat=beyond)


def _likely(worth: "npt.NDArray[np.int32]", held: Ints, own: Ints) -> tuple[Ints, Ints]:
    """Pairs in which the other's seats, all of them, are worth more than one's own."""
    total = np.zeros((len(worth), len(held)), dtype=np.int32)
    for seat in range(held.shape[1]):
        total += worth[:, held[:, seat]]
    one, other = np.nonzero(total > own[:, None])
    return one, other


def _best(worth: "npt.NDArray[np.int32]", quotas: Ints) -> Ints:
    """Sum of the `quotas[k]` greatest of each row."""
    ordered = -np.sort(-worth, axis=1)
    counted = np.arange(ordered.shape[1]) < quotas[:, None]
    best: Ints = (ordered * counted).sum(axis=1).astype(np.int64)
    return best


def _chunks(members: Ints) -> Iterable[Ints]:
    size = max(1, CHUNK // max(1, len(members)))
    for start in range(0, len(members), size):
        yield members[start : start + size]
