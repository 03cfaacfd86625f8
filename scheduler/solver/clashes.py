"""Who and what can be in one place only? Rows for staff, rooms and the shape of sections."""

from collections import defaultdict
from dataclasses import replace

import numpy as np

from scheduler.domain import Form, Lock
from scheduler.rulebook import (
    LocksKept,
    PatternKept,
    PupilsInOnePlace,
    RoomsHoldGroups,
    RoomSuits,
    SafeRooms,
    SectionSizes,
    StaffInOnePlace,
)
from scheduler.solver.model import INFINITE, Ints, Mask
from scheduler.solver.scopes import in_force, meetings_bound, meets_bound, pupils_bound, seasons_bound, sections_bound
from scheduler.solver.statement import Statement, at_least, at_most, priced, together
from scheduler.solver.unknowns import Unknowns


def staff_in_one_place(unknowns: Unknowns, rule: StaffInOnePlace) -> Statement:
    """At any moment a person is at most on one meeting. Daytime lessons leave no column."""
    leads, slots = unknowns.lead_slots
    kept = meets_bound(unknowns, rule.scope)[unknowns.lead_offer[leads], slots]
    ones = np.ones(len(unknowns.staff), dtype=np.int64)
    moments = unknowns.moments(seasons_bound(unknowns, rule.scope))
    return _once_a_moment(moments, unknowns.lead_staff, unknowns.leads, (leads[kept], slots[kept]), ones)


def rooms_hold_groups(unknowns: Unknowns, rule: RoomsHoldGroups) -> Statement:
    """At any moment rooms of one kind hold no more meetings than they have groups, and no section is without a room.

    Closed rooms leave no column.
    """
    rooms, slots = unknowns.room_slots
    kept = meets_bound(unknowns, rule.scope)[unknowns.room_offer[rooms], slots]
    groups = np.array([kind.groups for kind in unknowns.room_classes], dtype=np.int64)
    moments = unknowns.moments(seasons_bound(unknowns, rule.scope))
    held = _once_a_moment(moments, unknowns.room_class, unknowns.rooms, (rooms[kept], slots[kept]), groups)
    times = meetings_bound(unknowns, rule.scope)
    count = len(unknowns.offers)
    without = at_least(
        np.concatenate([np.arange(count), unknowns.room_offer]),
        np.concatenate([unknowns.sections, unknowns.rooms]),
        np.concatenate([-times, times[unknowns.room_offer]]),
        np.zeros(count, dtype=np.int64),
        implied=np.ones(count, dtype=bool),
    )
    return together([held, without])


def _once_a_moment(moments: list[list[int]], owner: Ints, columns: Ints, slots: tuple[Ints, Ints], most: Ints) -> Statement:
    """Σ columns of one owner ≤ its most, at each moment. The bounds already keep a single column to that."""
    by_slot: defaultdict[int, list[int]] = defaultdict(list)
    for item, slot in zip(slots[0].tolist(), slots[1].tolist(), strict=True):
        by_slot[slot].append(item)
    owners = owner.tolist()
    rows: dict[tuple[int, frozenset[int]], list[int]] = {}
    for moment in moments:
        items: defaultdict[int, set[int]] = defaultdict(set)
        for slot in moment:
            for item in by_slot[slot]:
                items[owners[item]].add(item)
        for who, held in items.items():
            rows[who, frozenset(held)] = sorted(held)
    entries = [(row, item) for row, held in enumerate(rows.values()) for item in held]
    array = np.array(entries, dtype=np.int64).reshape(-1, 2)
    limit = most[np.array([who for who, _ in rows], dtype=np.int64)]
    single = np.array([len(held) == 1 for held in rows.values()], dtype=bool)
    return at_most(array[:, 0], columns[array[:, 1]], 1, limit, implied=single)


def pupils_in_one_place(unknowns: Unknowns, rule: PupilsInOnePlace) -> Statement:
    """At any moment a pupil sits in one meeting; within one slot the definition of a place says so already."""
    sits, slots = unknowns.sit_slots
    kept = pupils_bound(unknowns, rule.scope)[unknowns.sit_pupil[sits]]
    sits, slots = sits[kept], slots[kept]
    parts = []
    for moment in unknowns.moments(seasons_bound(unknowns, rule.scope)):
        here = np.isin(slots, moment)
        pupils, rows = np.unique(unknowns.sit_pupil[sits[here]], return_inverse=True)
        ones = np.ones(len(pupils), dtype=np.int64)
        first, last = np.full(len(pupils), len(unknowns.slots)), np.full(len(pupils), -1)
        np.minimum.at(first, rows, slots[here])
        np.maximum.at(last, rows, slots[here])
        parts.append(at_most(rows, unknowns.sits[sits[here]], 1, ones, implied=first == last))
    return together(parts)


def room_suits(unknowns: Unknowns, rule: RoomSuits) -> Statement:
    """The rooms of an offer seat its pupils. Wrong kinds and features leave no column."""
    seats = np.array([kind.like.seats for kind in unknowns.room_classes], dtype=np.int64)[unknowns.room_class]
    times = meetings_bound(unknowns, rule.scope)
    count = len(unknowns.offers)
    return at_most(
        np.concatenate([unknowns.sit_offer, unknowns.room_offer]),
        np.concatenate([unknowns.sits, unknowns.rooms]),
        np.concatenate([times[unknowns.sit_offer], -seats * times[unknowns.room_offer]]),
        np.zeros(count, dtype=np.int64),
        implied=np.ones(count, dtype=bool),
    )


def section_sizes(unknowns: Unknowns, rule: SectionSizes) -> Statement:
    """Chosen sections reach their least size, none is above its most, and courses keep to their number of sections."""
    bound = sections_bound(unknowns, rule.scope)
    chosen = np.array([offer.form is Form.CHOSEN for offer in unknowns.offers], dtype=bool)
    least = np.array([offer.course.min_size for offer in unknowns.offers], dtype=np.int64)
    most = np.array([offer.course.max_size for offer in unknowns.offers], dtype=np.int64)
    within = _by_section(unknowns, bound, most)
    count = len(within.lower)
    kept = replace(
        within,
        lower=np.full(count, -INFINITE, dtype=np.int64),
        upper=np.zeros(count, dtype=np.int64),
        implied=np.ones(count, dtype=bool),
    )
    return together([_by_section(unknowns, bound & chosen, least), kept, _number_of_sections(unknowns, bound)])


def _by_section(unknowns: Unknowns, wanted: Mask, size: Ints) -> Statement:
    """Σ places − size × sections ≥ 0, for each offer wanted."""
    offers = np.flatnonzero(wanted)
    number = np.full(len(unknowns.offers), -1, dtype=np.int64)
    number[offers] = np.arange(len(offers))
    sits = wanted[unknowns.sit_offer]
    return at_least(
        np.concatenate([number[unknowns.sit_offer[sits]], np.arange(len(offers))]),
        np.concatenate([unknowns.sits[sits], unknowns.sections[offers]]),
        np.concatenate([np.ones(int(sits.sum()), dtype=np.int64), -size[offers]]),
        np.zeros(len(offers), dtype=np.int64),
    )


def _number_of_sections(unknowns: Unknowns, bound: Mask) -> Statement:
    limited = sorted({offer.course.id for offer in unknowns.offers if offer.course.max_sections is not None})
    number = {course: row for row, course in enumerate(limited)}
    members = np.flatnonzero(bound & np.array([offer.course.id in number for offer in unknowns.offers], dtype=bool))
    rows = np.array([number[unknowns.offers[o].course.id] for o in members.tolist()], dtype=np.int64)
    upper = np.array([unknowns.scenario.course_by_id[course].max_sections or 0 for course in limited], dtype=np.int64)
    return at_most(rows, unknowns.sections[members], 1, upper)


def pattern_kept(unknowns: Unknowns, rule: PatternKept) -> Statement:
    """Offers have no other shape."""
    return Statement()


def locks_kept(unknowns: Unknowns, rule: LocksKept) -> Statement:
    """Each lock names a place for its pupil, or one section with its slots, room and leader."""
    if not in_force(unknowns.scenario, rule.scope):
        return Statement()
    return together([_one_of(_carry_out(unknowns, number, lock)) for number, lock in enumerate(unknowns.scenario.locks)])


def _carry_out(unknowns: Unknowns, number: int, lock: Lock) -> Ints:
    """Columns any of which carries the lock out."""
    of_course = np.array([offer.course.id == lock.course for offer in unknowns.offers], dtype=bool)
    if lock.pupil is not None:
        mine = np.array([pupil.id == lock.pupil for pupil in unknowns.pupils], dtype=bool)
        return unknowns.sits[np.flatnonzero(of_course[unknowns.sit_offer] & mine[unknowns.sit_pupil])]
    there = np.array([not lock.slots or {slot.id for slot in offer.slots} == lock.slots for offer in unknowns.offers], dtype=bool)
    offers = np.flatnonzero(of_course & there)
    if lock.room is None and lock.staff is None:
        return unknowns.sections[offers]
    room = np.array([any(room.id == lock.room for room in kind.rooms) for kind in unknowns.room_classes], dtype=bool)
    person = np.array([one.id == lock.staff for one in unknowns.staff], dtype=bool)
    columns = []
    for o in offers.tolist():
        parts = [unknowns.sections[o : o + 1]]
        if lock.room is not None:
            parts.append(unknowns.rooms[(unknowns.room_offer == o) & room[unknowns.room_class]])
        if lock.staff is not None:
            led = (unknowns.lead_offer == o) & unknowns.lead_first
            parts.append(unknowns.leads[led & person[unknowns.lead_staff]])
        if all(len(part) for part in parts):
            columns.append(unknowns.all_of(("lock", number, o), parts))
    return np.array(columns, dtype=np.int64)


def _one_of(columns: Ints) -> Statement:
    return at_least(np.zeros(len(columns), dtype=np.int64), columns, 1, np.ones(1, dtype=np.int64))


def safe_rooms(unknowns: Unknowns, rule: SafeRooms) -> Statement:
    """Kinds of room in use whose check runs out before the term's end; a kind counts once, however many rooms it has."""
    end = unknowns.scenario.term.end
    bound = meetings_bound(unknowns, rule.scope)[unknowns.room_offer] > 0
    unsafe = [k for k, kind in enumerate(unknowns.room_classes) if kind.like.safe_until is None or kind.like.safe_until < end]
    columns = [unknowns.any_of(("room", k, rule.scope), unknowns.rooms[bound & (unknowns.room_class == k)]) for k in unsafe]
    return priced(np.array(columns, dtype=np.int64), 1)
