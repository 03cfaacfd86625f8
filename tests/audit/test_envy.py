"""Is envy counted as a person would count it, pair by pair?"""

import numpy as np
import pytest

from scheduler.audit.envy import Envy, envy


def by_hand(values: np.ndarray, seats: list[list[int]], quotas: list[int], groups: list[int]) -> Envy:
    """Every ordered pair of one group, one after the other."""
    pairs = envious = beyond = 0
    for i, own in enumerate(seats):
        for j, theirs in enumerate(seats):
            if i == j or groups[i] != groups[j]:
                continue
            worth = sorted((values[i, section] for section in theirs), reverse=True)
            mine = sum(sorted((values[i, section] for section in own), reverse=True)[: quotas[i]])
            pairs += 1
            envious += sum(worth[: quotas[i]]) > mine
            beyond += sum(worth[1 : quotas[i] + 1]) > mine
    return Envy(pairs=pairs, envious=envious, beyond_one_seat=beyond)


@pytest.mark.parametrize("seed", range(20))
def test_arrays_count_as_pairs_do(seed: int) -> None:
    draw = np.random.Generator(np.random.PCG64(seed))
    count, sections = 9, 5
    values = draw.integers(0, 5, size=(count, sections))
    seats = [draw.permutation(sections)[: int(draw.integers(0, 4))].tolist() for _ in range(count)]
    quotas, groups = draw.integers(1, 4, size=count), draw.integers(0, 2, size=count)
    assert envy(values, seats, quotas, groups) == by_hand(values, seats, quotas.tolist(), groups.tolist())


def test_a_better_seat_is_envied_but_not_beyond_one_seat() -> None:
    """wang holds what li ranks second, li what both rank first."""
    found = envy(np.array([[2, 1], [2, 1]]), [[0], [1]], np.array([1, 1]), np.array([0, 0]))
    assert found == Envy(pairs=2, envious=1, beyond_one_seat=0)


def test_two_better_seats_are_beyond_one() -> None:
    found = envy(np.array([[3, 2, 1], [3, 2, 1]]), [[0, 1], [2]], np.array([2, 2]), np.array([0, 0]))
    assert found == Envy(pairs=2, envious=1, beyond_one_seat=1)


def test_seats_above_the_own_quota_are_not_envied() -> None:
    """li wants one seat and has the dearest; that wang has two others is nothing to li."""
    found = envy(np.array([[2, 2, 3], [1, 1, 1]]), [[2], [0, 1]], np.array([1, 2]), np.array([0, 0]))
    assert found == Envy(pairs=2, envious=0, beyond_one_seat=0)


def test_nobody_gives_no_pairs() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert envy(np.zeros((0, 3), dtype=np.int64), [], none, none) == Envy(pairs=0, envious=0, beyond_one_seat=0)
