"""Are seats shared out as promised? Tiny contests against counting every way, and claims that hold for all."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from scheduler.solver.allocation import allocate, hardship, rounds
from scheduler.solver.contest import Allocation, Applicant, Contest, OpenSection, lottery_numbers
from scheduler.solver.outcome import Mode

Seats = Mapping[str, tuple[str, ...]]


def tiny_contest(seed: int) -> tuple[list[Applicant], list[OpenSection]]:
    """Three or four children and four sections; some sections share a slot or a course, some meet twice."""
    draw = np.random.Generator(np.random.PCG64(seed))
    sections = [
        OpenSection(
            id=f"s{number}",
            course=f"c{draw.integers(0, 4)}",
            seats=int(draw.integers(1, 3)),
            slots=frozenset(f"t{slot}" for slot in draw.choice(4, size=int(draw.integers(1, 3)), replace=False)),
        )
        for number in range(4)
    ]
    applicants = []
    for number in range(int(draw.integers(3, 5))):
        liked = draw.permutation(4)[: int(draw.integers(1, 5))].tolist()
        ranks = {f"s{section}": rank for rank, section in enumerate(liked, start=1)}
        applicants.append(Applicant(id=f"p{number}", quota=int(draw.integers(0, 4)), ranks=ranks))
    return applicants, sections


def every_way(applicants: Sequence[Applicant], sections: Sequence[OpenSection]) -> Iterator[list[tuple[str, ...]]]:
    """Each allocation that keeps quotas, seats and clashes: sections by child."""
    by_id = {section.id: section for section in sections}
    own = []
    for child in applicants:
        bundles = [()] + [
            bundle
            for size in range(1, child.quota + 1)
            for bundle in product(sorted(child.ranks), repeat=size)
            if list(bundle) == sorted(set(bundle)) and fits([by_id[name] for name in bundle])
        ]
        own.append(bundles)
    for bundles in product(*own):
        taken = Counter(name for bundle in bundles for name in bundle)
        if all(taken[section.id] <= section.seats for section in sections):
            yield list(bundles)


def fits(bundle: Sequence[OpenSection]) -> bool:
    slots = [slot for section in bundle for slot in section.slots]
    courses = [section.course for section in bundle]
    return len(slots) == len(set(slots)) and len(courses) == len(set(courses))


def value(allocation: Allocation, name: str) -> int:
    return next(aim.value for aim in allocation.aims if aim.name == name)


@pytest.mark.parametrize("seed", range(15))
def test_most_seats_is_what_counting_every_way_finds(seed: int) -> None:
    applicants, sections = tiny_contest(seed)
    allocation = allocate(applicants, sections, Mode.MOST_SEATS)
    best = min(
        (
            -sum(bool(bundle) for bundle in way),
            -sum(map(len, way)),
            sum(child.ranks[name] ** 2 for child, bundle in zip(applicants, way, strict=True) for name in bundle),
        )
        for way in every_way(applicants, sections)
    )
    assert tuple(value(allocation, name) for name in ("served", "seats", "ranks")) == best
    assert all(aim.proven for aim in allocation.aims)


@pytest.mark.parametrize("seed", range(15))
def test_each_round_is_what_counting_every_way_finds(seed: int) -> None:
    applicants, sections = tiny_contest(seed)
    contest = Contest(applicants, sections, 0)
    _, aims = rounds(contest)
    held: dict[str, list[str]] = {child.id: [] for child in contest.children}
    before = dict.fromkeys(held, 0)
    named = {aim.name: aim.value for aim in aims}
    for number in range(1, len(aims) // 2 + 1):
        best = min(best_of_round(contest.children, sections, held, before, contest.worst), key=lambda found: found[:2])
        assert (named[f"round_{number}"], named[f"ranks_{number}"]) == best[:2]
        # Several ways may be best; ours decides what later rounds start from.
        ours = of_round(contest, number)
        for child, section in ours.items():
            held[child].append(section)
            before[child] += next(one for one in applicants if one.id == child).ranks[section]


def of_round(contest: Contest, number: int) -> dict[str, str]:
    """What round `number` gave: found by stopping after so many rounds."""

    def after(count: int) -> Seats:
        few = [replace(one, quota=min(one.quota, count), number=k) for k, one in enumerate(contest.children)]
        shorter = Contest(few, contest.sections, 0)
        return shorter.allocation(rounds(shorter)[0], ()).seats

    now, then = after(number), after(number - 1)
    return {child: section for child, of_child in now.items() for section in of_child if section not in then[child]}


def best_of_round(
    children: Sequence[Applicant],
    sections: Sequence[OpenSection],
    held: Mapping[str, list[str]],
    before: Mapping[str, int],
    past: int,
) -> Iterator[tuple[int, int]]:
    """Children served (negative) and their cost, for every way to give each one more seat at most."""
    by_id = {section.id: section for section in sections}
    taken = Counter(name for names in held.values() for name in names)
    options = []
    for child in children:
        more = [
            name
            for name in child.ranks
            if len(held[child.id]) < child.quota and fits([by_id[one] for one in [*held[child.id], name]])
        ]
        options.append([None, *more])
    for way in product(*options):
        added = Counter(name for name in way if name is not None)
        if all(taken[name] + count <= by_id[name].seats for name, count in added.items()):
            served = [(child, name) for child, name in zip(children, way, strict=True) if name is not None]
            cost = sum(int(hardship(np.array(child.ranks[name]), np.array(before[child.id]), past)) for child, name in served)
            yield -len(served), cost


@pytest.mark.parametrize("seed", range(15))
def test_nobody_is_worse_off_after_the_improvement_and_nothing_better_exists(seed: int) -> None:
    applicants, sections = tiny_contest(seed)
    contest = Contest(applicants, sections, 0)
    given = contest.allocation(rounds(contest)[0], ()).seats
    allocation = allocate(applicants, sections, Mode.ROUNDS)
    worst = max((child.ranks[name] for child in applicants for name in given[child.id]), default=0)

    def no_worse(way: Sequence[Sequence[str]]) -> bool:
        return all(
            sum(child.ranks[name] <= rank for name in bundle) >= sum(child.ranks[name] <= rank for name in given[child.id])
            for child, bundle in zip(applicants, way, strict=True)
            for rank in range(1, 5)
        )

    assert no_worse([allocation.seats[child.id] for child in applicants])
    best = min(
        (
            sum(child.ranks[name] == worst for child, bundle in zip(applicants, way, strict=True) for name in bundle),
            -sum(map(len, way)),
            sum(child.ranks[name] ** 2 for child, bundle in zip(applicants, way, strict=True) for name in bundle),
        )
        for way in every_way(applicants, sections)
        if no_worse(way)
    )
    assert tuple(value(allocation, name) for name in ("worst_ranked", "seats", "ranks")) == best


@pytest.mark.parametrize("mode", list(Mode))
def test_the_order_of_the_rows_plays_no_part(mode: Mode) -> None:
    applicants, sections = tiny_contest(11)
    turned = [
        Applicant(id=child.id, quota=child.quota, ranks=dict(reversed(child.ranks.items()))) for child in reversed(applicants)
    ]
    one, two = allocate(applicants, sections, mode, 5), allocate(turned, sections[::-1], mode, 5)
    assert (dict(one.seats), one.aims) == (dict(two.seats), two.aims)


def one_seat(*numbers: int) -> tuple[list[Applicant], list[OpenSection]]:
    """Children with these lottery numbers and one seat that all of them want."""
    children = [Applicant(id=f"p{k}", quota=1, ranks={"剪纸": 1}, number=number) for k, number in enumerate(numbers)]
    return children, [OpenSection(id="剪纸", course="剪纸", seats=1, slots=frozenset({"mon"}))]


@pytest.mark.parametrize("mode", list(Mode))
def test_among_equals_the_lowest_number_gets_the_seat(mode: Mode) -> None:
    assert allocate(*one_seat(3, 1, 2), mode).seats == {"p0": (), "p1": ("剪纸",), "p2": ()}


def test_the_draft_turns_round() -> None:
    """p1 picks first, then p2 twice in a row: p1 is left with the third wish."""
    sections = [OpenSection(id=name, course=name, seats=1, slots=frozenset({name})) for name in "abc"]
    ranks = {"a": 1, "b": 2, "c": 3}
    children = [Applicant(id=f"p{number}", quota=2, ranks=ranks, number=number) for number in (1, 2)]
    assert allocate(children, sections, Mode.DRAFT).seats == {"p1": ("a",), "p2": ("b", "c")}


def test_nobody_is_empty_while_another_has_two() -> None:
    """Most seats would give p1 both; in rounds p2 comes before p1's second wish."""
    sections = [OpenSection(id=name, course=name, seats=1, slots=frozenset({name})) for name in "ab"]
    children = [
        Applicant(id="p1", quota=2, ranks={"a": 1, "b": 2}, number=1),
        Applicant(id="p2", quota=1, ranks={"b": 2, "a": 1}, number=2),
    ]
    for mode in Mode:
        assert all(allocate(children, sections, mode).seats.values())


def test_who_accepted_a_poor_rank_before_comes_first_in_the_next_round() -> None:
    """Round 1 gives p1 the 1st wish and p2 the 2nd. Both rank the last seat third; p2 gets it in spite of its number."""
    sections = [OpenSection(id=name, course=name, seats=1, slots=frozenset({name})) for name in "abcde"]
    lists = [(2, "abe"), (2, "cde"), (1, "b"), (1, "c")]
    children = [
        Applicant(id=f"p{number}", quota=quota, ranks={name: rank for rank, name in enumerate(names, 1)}, number=number)
        for number, (quota, names) in enumerate(lists, start=1)
    ]
    assert allocate(children, sections).seats == {"p1": ("a",), "p2": ("d", "e"), "p3": ("b",), "p4": ("c",)}


def test_a_seat_nobody_listed_is_given_only_to_those_who_accept_any() -> None:
    sections = [OpenSection(id=name, course=name, seats=1, slots=frozenset({name})) for name in ("a", "b")]
    children = [
        Applicant(id="p1", quota=1, ranks={"a": 1}, number=1),
        Applicant(id="p2", quota=1, ranks={"a": 1}, others=frozenset({"b"}), number=2),
    ]
    for mode in Mode:
        assert allocate(children, sections, mode).seats == {"p1": ("a",), "p2": ("b",)}


def test_lottery_numbers_follow_from_seed_and_id_alone() -> None:
    """SHA-256 of "7:wang" begins 89, of "7:zhao" 8a, of "7:li" 96."""
    assert lottery_numbers(["li", "wang", "zhao"], 7) == {"wang": 1, "zhao": 2, "li": 3}
    assert lottery_numbers(["zhao", "li", "wang"], 7) == {"wang": 1, "zhao": 2, "li": 3}


def test_a_contest_without_children_or_sections_ends_at_once() -> None:
    for mode in Mode:
        assert allocate([], [], mode).seats == {}
        assert allocate([Applicant(id="p", quota=2, ranks={})], [], mode).seats == {"p": ()}
