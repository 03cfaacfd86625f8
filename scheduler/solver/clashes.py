"""Who and what can be in one place only? Rows for staff, rooms and the shape of sections."""

from collections import defaultdict

import numpy as np

from scheduler.domain import Form
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
from scheduler.solver.model import INFINITE, Ints
from scheduler.solver.statement import Statement, at_least, at_most, priced, together
from scheduler.solver.unknowns import Unknowns


def staff_in_one_place(unknowns: Unknowns, rule: StaffInOnePlace) -> Statement:
    """At any moment a person leads at most one meeting. Daytime lessons leave no column."""
    return _once_a_moment(
        unknowns, unknowns.lead_staff, unknowns.leads, unknowns.lead_slots, np.ones(len(unknowns.staff), np.int64)
    )


def rooms_hold_groups(unknowns: Unknowns, rule: RoomsHoldGroups) -> Statement:
    """At any moment rooms of one kind hold no more meetings than they have groups. Closed rooms leave no column."""
    groups = np.array([kind.groups for kind in unknowns.room_classes], dtype=np.int64)
    return _once_a_moment(unknowns, unknowns.room_class, unknowns.rooms, unknowns.room_slots, groups)


def _once_a_moment(unknowns: Unknowns, owner: Ints, columns: Ints, slots: tuple[Ints, Ints], most: Ints) -> Statement:
    by_slot: defaultdict[int, list[int]] = defaultdict(list)
    for item, slot in zip(slots[0].tolist(), slots[1].tolist(), strict=True):
        by_slot[slot].append(item)
    rows: dict[tuple[int, frozenset[int]], list[int]] = {}
    for moment in unknowns.moments:
        items: defaultdict[int, set[int]] = defaultdict(set)
        for slot in moment:
            for item in by_slot[slot]:
                items[int(owner[item])].add(item)
        for who, held in items.items():
            if len(held) > 1 or most[who] == 0:
                rows[who, frozenset(held)] = sorted(held)
    entries = [(row, item) for row, held in enumerate(rows.values()) for item in held]
    array = np.array(entries, dtype=np.int64).reshape(-1, 2)
    upper = np.array([most[who] for who, _ in rows], dtype=np.int64)
    return at_most(array[:, 0], columns[array[:, 1]], 1, upper)


def pupils_in_one_place(unknowns: Unknowns, rule: PupilsInOnePlace) -> Statement:
    """At any moment a pupil sits in one meeting; within one slot the fill rows say so already."""
    by_slot: defaultdict[int, list[int]] = defaultdict(list)
    for sit, slot in zip(unknowns.sit_slots[0].tolist(), unknowns.sit_slots[1].tolist(), strict=True):
        by_slot[slot].append(sit)
    rows, columns, count = [], [], 0
    for moment in (moment for moment in unknowns.moments if len(moment) > 1):
        slots_of: defaultdict[int, set[int]] = defaultdict(set)
        sits_of: defaultdict[int, set[int]] = defaultdict(set)
        for slot in moment:
            for sit in by_slot[slot]:
                slots_of[int(unknowns.sit_pupil[sit])].add(slot)
                sits_of[int(unknowns.sit_pupil[sit])].add(sit)
        for pupil, slots in slots_of.items():
            if len(slots) > 1:
                rows.extend([count] * len(sits_of[pupil]))
                columns.extend(sorted(sits_of[pupil]))
                count += 1
    indices = unknowns.sits[np.array(columns, dtype=np.int64)] if columns else np.zeros(0, dtype=np.int64)
    return at_most(np.array(rows, dtype=np.int64), indices, 1, np.ones(count, dtype=np.int64))


def room_suits(unknowns: Unknowns, rule: RoomSuits) -> Statement:
    """Each section has a room, and the rooms of an offer seat its pupils. Wrong kinds and features leave no column."""
    count = len(unknowns.offers)
    one_room = Statement(
        rows=np.concatenate([np.arange(count), unknowns.room_offer]),
        columns=np.concatenate([unknowns.sections, unknowns.rooms]),
        coefficients=np.concatenate([np.full(count, -1), np.ones(len(unknowns.rooms), dtype=np.int64)]),
        lower=np.zeros(count, dtype=np.int64),
        upper=np.zeros(count, dtype=np.int64),
    )
    seats = np.array([kind.like.seats for kind in unknowns.room_classes], dtype=np.int64)
    most = np.array([offer.course.max_size for offer in unknowns.offers], dtype=np.int64)
    held = np.minimum(seats[unknowns.room_class], most[unknowns.room_offer])
    enough = at_most(
        np.concatenate([unknowns.sit_offer, unknowns.room_offer]),
        np.concatenate([unknowns.sits, unknowns.rooms]),
        np.concatenate([np.ones(len(unknowns.sits), dtype=np.int64), -held]),
        np.zeros(count, dtype=np.int64),
    )
    return together([one_room, enough])


def section_sizes(unknowns: Unknowns, rule: SectionSizes) -> Statement:
    """Chosen sections reach their least size, and courses keep to their number of sections. The most pupils stand in `room_suits`."""
    count = len(unknowns.offers)
    chosen = np.array([offer.form is Form.CHOSEN for offer in unknowns.offers], dtype=bool)
    least = np.array([offer.course.min_size for offer in unknowns.offers], dtype=np.int64)
    sits = chosen[unknowns.sit_offer]
    offers = np.flatnonzero(chosen)
    reached = at_least(
        np.concatenate([unknowns.sit_offer[sits], offers]),
        np.concatenate([unknowns.sits[sits], unknowns.sections[offers]]),
        np.concatenate([np.ones(int(sits.sum()), dtype=np.int64), -least[offers]]),
        np.where(chosen, 0, -INFINITE),
    )
    limited = sorted({offer.course.id for offer in unknowns.offers if offer.course.max_sections is not None})
    number = {course: row for row, course in enumerate(limited)}
    members = unknowns.offers_where(offer.course.id in number for offer in unknowns.offers)
    rows = np.array([number[unknowns.offers[o].course.id] for o in members.tolist()], dtype=np.int64)
    upper = np.array([unknowns.scenario.course_by_id[course].max_sections or 0 for course in limited], dtype=np.int64)
    return together([reached, at_most(rows, unknowns.sections[members], 1, upper)])


def pattern_kept(unknowns: Unknowns, rule: PatternKept) -> Statement:
    """Offers have no other shape; a slot is in use when a section meets in it."""
    offers, slots = unknowns.offer_slots
    count = len(unknowns.slots)
    return at_most(
        np.concatenate([slots, np.arange(count)]),
        np.concatenate([unknowns.sections[offers], unknowns.used]),
        np.concatenate([np.ones(len(slots), dtype=np.int64), np.full(count, -1000)]),
        np.zeros(count, dtype=np.int64),
    )


def locks_kept(unknowns: Unknowns, rule: LocksKept) -> Statement:
    """Each lock names a place for its pupil, or a section with its slots, room and leader."""
    parts = []
    for lock in unknowns.scenario.locks:
        offers = {o for o, offer in enumerate(unknowns.offers) if offer.course.id == lock.course}
        if lock.pupil is not None:
            sits = [
                sit
                for sit in np.flatnonzero(np.isin(unknowns.sit_offer, list(offers))).tolist()
                if unknowns.pupils[int(unknowns.sit_pupil[sit])].id == lock.pupil
            ]
            parts.append(_one_of(unknowns.sits[np.array(sits, dtype=np.int64)]))
            continue
        if lock.slots:
            offers = {o for o in offers if {slot.id for slot in unknowns.offers[o].slots} == lock.slots}
        parts.append(_one_of(unknowns.sections[np.array(sorted(offers), dtype=np.int64)]))
        if lock.room is not None:
            rooms = [
                column
                for column in range(len(unknowns.rooms))
                if int(unknowns.room_offer[column]) in offers
                and any(room.id == lock.room for room in unknowns.room_classes[int(unknowns.room_class[column])].rooms)
            ]
            parts.append(_one_of(unknowns.rooms[np.array(rooms, dtype=np.int64)]))
        if lock.staff is not None:
            leads = [
                column
                for column in range(len(unknowns.leads))
                if int(unknowns.lead_offer[column]) in offers
                and unknowns.staff[int(unknowns.lead_staff[column])].id == lock.staff
            ]
            parts.append(_one_of(unknowns.leads[np.array(leads, dtype=np.int64)]))
    return together(parts)


def _one_of(columns: Ints) -> Statement:
    return at_least(np.zeros(len(columns), dtype=np.int64), columns, 1, np.ones(1, dtype=np.int64))


def safe_rooms(unknowns: Unknowns, rule: SafeRooms) -> Statement:
    """Rooms whose check runs out before the term's end are not used."""
    end = unknowns.scenario.term.end
    unsafe = np.array([kind.like.safe_until is None or kind.like.safe_until < end for kind in unknowns.room_classes], dtype=bool)
    return priced(unknowns.rooms[unsafe[unknowns.room_class]], 1)
