"""Who sits beside whom, before which teacher, on which bus? Last kindnesses, among choices that take nothing from anybody.

Parallel sections meet at the same times for the same wishes: which of them a pupil sits in changes no wish, no clause and no
other family. So the parts are made equal, siblings and home classes kept together, and teachers and rooms kept from day to day.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import combinations

import numpy as np

from scheduler.domain import HomeClassId, Pupil, PupilId, Scenario, StaffId, TripId
from scheduler.solver.model import INFINITE, Model, Row
from scheduler.solver.offers import RoomClass
from scheduler.solver.readers import Limits, solve_whole
from scheduler.solver.rooming import matched, steady_rooms
from scheduler.timetable import Meeting, Placement, Ride, SectionId, Timetable

Parts = list[list[PupilId]]
"""The pupils of each of some parallel sections."""

TOGETHER = 4
"""A pair of siblings in one section is worth as much as so many home classes that are not split."""
SMALL = 240
"""Home classes × sections up to which the sharing out is left to CP-SAT."""
ENOUGH = 0.03
"""Deterministic time for each of them: dozens are shared out after a search that has used up its time."""


def courteous(scenario: Scenario, timetable: Timetable, room_classes: Sequence[RoomClass]) -> Timetable:
    """The same plan with parallel sections, rooms and buses shared out more kindly.

    Who meets when, in which course and kind of room, stays; courses that somebody has locked are left as they are. The answer
    is the same for the same plan: every limit is a count.
    """
    shared = _shared_out(scenario, timetable)
    led = _led(scenario, shared)
    roomed = steady_rooms(scenario, led, room_classes)
    return replace(roomed, rides=_rides_together(scenario, roomed))


def _shared_out(scenario: Scenario, timetable: Timetable) -> Timetable:
    """Parallel sections of equal size, siblings and home classes together."""
    moved: dict[tuple[PupilId, SectionId], SectionId] = {}
    alike, held, most = list(_parallel(scenario, timetable)), [], []
    for sections in alike:
        held.append([[one.pupil for one in timetable.placements_by_section.get(section, ())] for section in sections])
        most.append([_seats(scenario, timetable, section) for section in sections])
    with ThreadPoolExecutor(2) as pool:
        shared = pool.map(lambda parts, seats: share_out(scenario, parts, seats), held, most)
        for sections, parts, ours in zip(alike, held, shared, strict=True):
            before = {pupil: old for old, pupils in zip(sections, parts, strict=True) for pupil in pupils}
            moved.update(
                {(pupil, before[pupil]): section for section, part in zip(sections, ours, strict=True) for pupil in part}
            )
    placements = (replace(one, section=moved.get((one.pupil, one.section), one.section)) for one in timetable.placements)
    return replace(timetable, placements=tuple(sorted(placements, key=_place)))


def _place(placement: Placement) -> tuple[PupilId, SectionId]:
    return placement.pupil, placement.section


def _parallel(scenario: Scenario, timetable: Timetable) -> Iterator[list[SectionId]]:
    """Sections that only their numbers tell apart, at least two, in the order of the week; none of a locked course.

    Ids say course, times and whom they are for, then a number. Indoors and outdoors are told apart: fresh air is counted.
    """
    locked = {lock.course for lock in scenario.locks}
    alike: defaultdict[tuple[object, ...], list[SectionId]] = defaultdict(list)
    order: dict[tuple[object, ...], tuple[int, int, str]] = {}
    for section in timetable.sections:
        meetings = timetable.meetings_by_section.get(section.id, ())
        dated = any(one.start or one.end for one in timetable.placements_by_section.get(section.id, ()))
        if section.course in locked or dated or not meetings:
            continue
        air = tuple(meeting.room is not None and scenario.room_by_id[meeting.room].outdoor for meeting in meetings)
        times = tuple(meeting.slot for meeting in meetings)
        key: tuple[object, ...] = (section.course, times, section.id.rpartition(".")[0], air)
        alike[key].append(section.id)
        first = scenario.slot_by_id[meetings[0].slot]
        order[key] = (first.weekday, first.number, section.id)
    for key in sorted(alike, key=lambda key: order[key]):
        if len(alike[key]) > 1:
            yield alike[key]


def _seats(scenario: Scenario, timetable: Timetable, section: SectionId) -> int:
    """Pupils the section may have: by its course, its rooms and its adults."""
    course = scenario.course_by_id[timetable.section_by_id[section].course]
    most = course.max_size
    for meeting in timetable.meetings_by_section[section]:
        most = min(most, scenario.room_by_id[meeting.room].seats if meeting.room is not None else 0)
        if course.pupils_per_adult is not None:
            most = min(most, course.pupils_per_adult * len(meeting.staff))
    return most


def even_sizes(total: int, most: Sequence[int]) -> list[int]:
    """`total` spread as evenly as the limits let; what fits nowhere goes to the last."""
    sizes = [0] * len(most)
    for _ in range(total):
        open_ = [index for index, limit in enumerate(most) if sizes[index] < limit]
        target = min(open_, key=lambda index: (sizes[index], index)) if open_ else len(most) - 1
        sizes[target] += 1
    return sizes


def share_out(scenario: Scenario, parts: Sequence[Sequence[PupilId]], most: Sequence[int]) -> Parts:
    """The pupils of parallel sections shared out anew: as even as `most` lets, siblings and home classes together.

    By CP-SAT where classes × sections are few, and by exchanges that help where they are many. Never worse than `parts` in
    evenness; sections keep their places in the order. Parts too large for their seats stay as they are.
    """
    if any(len(part) > limit for part, limit in zip(parts, most, strict=True)):
        return [list(part) for part in parts]
    pupils = sorted((scenario.pupil_by_id[id] for part in parts for id in part), key=lambda pupil: (pupil.home_class, pupil.id))
    sizes = even_sizes(len(pupils), most)
    rest = [pupil.id for pupil in pupils]
    shared: Parts = []
    for size in sizes:
        shared.append(rest[:size])
        rest = rest[size:]
    homes = {pupil.id: pupil.home_class for pupil in pupils}
    pairs = sibling_pairs(pupils)
    shared = _exchanged(shared, homes, pairs)
    if 1 < len(set(homes.values())) * len(sizes) <= SMALL and _worth(shared, homes, pairs) < _ideal(homes, pairs, sizes):
        shared = _shared_exactly(shared, homes, pairs)
    return shared


def sibling_pairs(pupils: Sequence[Pupil]) -> list[tuple[PupilId, PupilId]]:
    """Each two children of one household."""
    families: defaultdict[str, list[PupilId]] = defaultdict(list)
    for pupil in pupils:
        if pupil.household is not None:
            families[pupil.household].append(pupil.id)
    return [pair for family in families.values() for pair in combinations(family, 2)]


def _worth(parts: Parts, homes: Mapping[PupilId, HomeClassId], pairs: Sequence[tuple[PupilId, PupilId]]) -> int:
    """Siblings together, less the home classes in each section."""
    where = {pupil: index for index, part in enumerate(parts) for pupil in part}
    together = sum(where[one] == where[two] for one, two in pairs)
    return TOGETHER * together - sum(len({homes[pupil] for pupil in part}) for part in parts)


def _ideal(homes: Mapping[PupilId, HomeClassId], pairs: Sequence[tuple[PupilId, PupilId]], sizes: Sequence[int]) -> int:
    """More than this no sharing out is worth: every pair together, no class in more sections than it needs."""
    biggest = max(sizes)
    needed = sum(-(-count // biggest) for count in Counter(homes.values()).values())
    return TOGETHER * len(pairs) - max(needed, sum(size > 0 for size in sizes))


def _exchanged(parts: Parts, homes: Mapping[PupilId, HomeClassId], pairs: Sequence[tuple[PupilId, PupilId]]) -> Parts:
    """Siblings brought together by exchanging one of them with somebody, wherever that is worth it."""
    parts = [list(part) for part in parts]
    counts = [Counter(homes[pupil] for pupil in part) for part in parts]
    where = {pupil: index for index, part in enumerate(parts) for pupil in part}
    tied = {pupil for pair in pairs for pupil in pair}

    def loss(leaves: HomeClassId, enters: HomeClassId, index: int) -> int:
        """Home classes more in a section after one pupil is exchanged for another."""
        if leaves == enters:
            return 0
        return (counts[index][enters] == 0) - (counts[index][leaves] == 1)

    for one, two in pairs:
        best: tuple[int, PupilId, PupilId] | None = None
        for moves, stays in ((one, two), (two, one)):
            here, there = where[moves], where[stays]
            if here == there:
                continue
            for other in parts[there]:
                if other not in tied:
                    cost = loss(homes[moves], homes[other], here) + loss(homes[other], homes[moves], there)
                    if cost < TOGETHER and (best is None or cost < best[0]):
                        best = (cost, moves, other)
        if best is None:
            continue
        _, moves, other = best
        here, there = where[moves], where[other]
        parts[here][parts[here].index(moves)], parts[there][parts[there].index(other)] = other, moves
        counts[here].update({homes[other]: 1, homes[moves]: -1} if homes[other] != homes[moves] else {})
        counts[there].update({homes[moves]: 1, homes[other]: -1} if homes[other] != homes[moves] else {})
        where[moves], where[other] = there, here
    return parts


def _shared_exactly(parts: Parts, homes: Mapping[PupilId, HomeClassId], pairs: Sequence[tuple[PupilId, PupilId]]) -> Parts:
    """The sharing out that is worth most, sizes kept: home classes are counted, siblings are looked at one by one."""
    model = Model()
    classes = sorted(set(homes.values()))
    members = {home: sorted(pupil for pupil in homes if homes[pupil] == home) for home in classes}
    tied = sorted({pupil for pair in pairs for pupil in pair})
    where = {pupil: index for index, part in enumerate(parts) for pupil in part}
    sections = range(len(parts))
    number = {(home, s): model.add_column(min(len(members[home]), len(parts[s]))) for home in classes for s in sections}
    held = {key: model.add_column(1) for key in number}
    sits = {(pupil, s): model.add_column(1) for pupil in tied for s in sections}
    both = {(one, two, s): model.add_column(1) for one, two in pairs for s in sections}
    rows: list[Row] = []
    for (home, s), count in number.items():
        rows.append(([(count, 1), (held[home, s], -len(members[home]))], -INFINITE, 0))
        rows.append(([(count, 1), *((sits[pupil, s], -1) for pupil in tied if homes[pupil] == home)], 0, INFINITE))
    rows += (([(number[home, s], 1) for s in sections], len(members[home]), len(members[home])) for home in classes)
    rows += (([(number[home, s], 1) for home in classes], len(parts[s]), len(parts[s])) for s in sections)
    rows += (([(sits[pupil, s], 1) for s in sections], 1, 1) for pupil in tied)
    rows += (([(column, 1), (sits[pupil, s], -1)], -INFINITE, 0) for (*pair, s), column in both.items() for pupil in pair)
    model.add_row_list(rows)
    counts = {(home, s): sum(homes[pupil] == home for pupil in parts[s]) for home, s in number}
    known = np.array(
        [
            *counts.values(),
            *(count > 0 for count in counts.values()),
            *(where[pupil] == s for pupil, s in sits),
            *(where[one] == where[two] == s for one, two, s in both),
        ],
        dtype=np.int64,
    )
    price = np.zeros(len(known), dtype=np.int64)
    price[list(held.values())] = 1
    price[list(both.values())] = -TOGETHER
    found = solve_whole(model.problem(), price, Limits(seconds=math.inf, counted=ENOUGH), hint=known).values
    if found is None:
        return parts
    chosen: Parts = [[pupil for pupil in tied if found[sits[pupil, s]]] for s in sections]
    for home in classes:
        free = [pupil for pupil in members[home] if pupil not in tied]
        for s in sections:
            missing = int(found[number[home, s]]) - sum(homes[pupil] == home for pupil in chosen[s])
            chosen[s] += free[:missing]
            free = free[missing:]
    return chosen if _worth(chosen, homes, pairs) > _worth(parts, homes, pairs) else parts


def _led(scenario: Scenario, timetable: Timetable) -> Timetable:
    """Parallel sections exchange their adults, so that head teachers have their own class and others the class they had."""
    heads = {home.id: home.head_teacher for home in scenario.home_classes}
    known: Counter[tuple[str, StaffId, HomeClassId]] = Counter()
    staff: dict[SectionId, tuple[StaffId, ...]] = {}
    for sections in _parallel(scenario, timetable):
        course = timetable.section_by_id[sections[0]].course
        adults = [timetable.meetings_by_section[section][0].staff for section in sections]
        classes = [
            Counter(scenario.pupil_by_id[one.pupil].home_class for one in timetable.placements_by_section.get(section, ()))
            for section in sections
        ]
        if len({len(team) for team in adults}) == 1 and adults[0]:
            firsts = [(course, team[0]) for team in adults]
            worth = np.array([[_at_home(held, person, heads, known) for person in firsts] for held in classes])
            staff.update({sections[row]: adults[column] for row, column in enumerate(matched(worth))})
        for section, held, team in zip(sections, classes, adults, strict=True):
            for person in staff.get(section, team)[:1]:
                known.update({(course, person, home): n for home, n in held.items()})
    meetings = (replace(meeting, staff=staff.get(meeting.section, meeting.staff)) for meeting in timetable.meetings)
    return replace(timetable, meetings=tuple(sorted(meetings, key=_meeting)))


def _at_home(
    held: Mapping[HomeClassId, int],
    leader: tuple[str, StaffId],
    heads: Mapping[HomeClassId, StaffId | None],
    known: Mapping[tuple[str, StaffId, HomeClassId], int],
) -> int:
    """How well a leader knows these pupils: their own class first, then those they had in this course before."""
    course, person = leader
    own = sum(n for home, n in held.items() if heads[home] == person)
    return 100 * own + sum(min(n, known.get((course, person, home), 0)) for home, n in held.items())


def _meeting(meeting: Meeting) -> tuple[str, str]:
    return meeting.section, meeting.slot


def _rides_together(scenario: Scenario, timetable: Timetable) -> tuple[Ride, ...]:
    """Siblings on one bus, where several leave at the moment at which they ride anyway."""
    trips = scenario.trip_by_id
    leaving: defaultdict[tuple[object, ...], list[Ride]] = defaultdict(list)
    for ride in timetable.rides:
        trip = trips[ride.trip]
        leaving[trip.route, ride.weekday, tuple(sorted(trip.departure_by_season.items()))].append(ride)
    rides: list[Ride] = []
    for riders in leaving.values():
        seats = Counter(ride.trip for ride in riders)
        families: defaultdict[str, list[Ride]] = defaultdict(list)
        for ride in riders:
            families[scenario.pupil_by_id[ride.pupil].household or f"pupil {ride.pupil}"].append(ride)
        # Each bus keeps as many riders as it had; the largest families choose first.
        for _, family in sorted(families.items(), key=lambda item: (-len(item[1]), item[0])):
            rides += _seated(family, seats)
    return tuple(sorted(rides))


def _seated(family: Sequence[Ride], seats: Counter[TripId]) -> Iterator[Ride]:
    """The family on the fullest bus that takes all of them, else one by one where there is a seat."""
    fitting = [trip for trip, free in sorted(seats.items()) if free >= len(family)]
    if fitting:
        trip = min(fitting, key=lambda trip: seats[trip])
        seats[trip] -= len(family)
        yield from (replace(ride, trip=trip) for ride in family)
    elif len(family) > 1:
        for ride in family:
            yield from _seated([ride], seats)
