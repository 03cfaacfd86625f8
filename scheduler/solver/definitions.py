"""What do the columns mean to each other? Rows that hold in every plan, whatever the law: no clause can loosen them."""

from dataclasses import dataclass

import numpy as np

from scheduler.solver.model import Ints, Mask
from scheduler.solver.unknowns import MOST_WISHES, Derived, Unknowns

MOST_IN_A_SLOT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Defined:
    """Where the rows of facts stand. Shape: one row a cell, and one an offer."""

    cells: Ints
    rooms: Ints
    leaders: Ints
    seats: Ints


def define(unknowns: Unknowns) -> Defined:
    """Adds the rows that say what a section, a place and a counted wish are."""
    cells = _one_place_a_cell(unknowns)
    rooms, leaders = _one_room_and_leader_a_section(unknowns)
    seats = _places_fit_the_sections(unknowns)
    _wishes_are_counted(unknowns)
    _slots_are_in_use(unknowns)
    return Defined(cells=cells, rooms=rooms, leaders=leaders, seats=seats)


def _one_place_a_cell(unknowns: Unknowns) -> Ints:
    """A pupil has one place, or counts as unplaced, in each slot asked for; elsewhere there is no column."""
    count = len(unknowns.cell_pupil)
    cell = np.full((len(unknowns.pupils), len(unknowns.slots)), -1, dtype=np.int64)
    cell[unknowns.cell_pupil, unknowns.cell_slot] = np.arange(count)
    sits, slots = unknowns.sit_slots
    return unknowns.model.add_rows(
        count,
        np.concatenate([cell[unknowns.sit_pupil[sits], slots], np.arange(count)]),
        np.concatenate([unknowns.sits[sits], unknowns.unplaced]),
        1,
        1,
        1,
        unknowns.pupil_kind[unknowns.cell_pupil] * len(unknowns.slots) + unknowns.cell_slot if count else None,
    )


def _one_room_and_leader_a_section(unknowns: Unknowns) -> tuple[Ints, Ints]:
    """Each section has one room and one leader; the rows of both."""
    leads = np.flatnonzero(unknowns.lead_first)
    rooms = _one_each(unknowns, unknowns.room_offer, unknowns.rooms)
    return rooms, _one_each(unknowns, unknowns.lead_offer[leads], unknowns.leads[leads])


def _one_each(unknowns: Unknowns, offers: Ints, columns: Ints) -> Ints:
    count = len(unknowns.offers)
    return unknowns.model.add_rows(
        count,
        np.concatenate([np.arange(count), offers]),
        np.concatenate([unknowns.sections, columns]),
        np.concatenate([np.full(count, -1), np.ones(len(columns), dtype=np.int64)]),
        0,
        0,
    )


def _places_fit_the_sections(unknowns: Unknowns) -> Ints:
    """An offer has no more pupils than its sections may hold in the rooms they have."""
    count = len(unknowns.offers)
    seats = np.array([kind.like.seats for kind in unknowns.room_classes], dtype=np.int64)
    most = np.array([offer.course.max_size for offer in unknowns.offers], dtype=np.int64)
    held = np.minimum(seats[unknowns.room_class], most[unknowns.room_offer])
    return unknowns.model.add_rows(
        count,
        np.concatenate([unknowns.sit_offer, unknowns.room_offer]),
        np.concatenate([unknowns.sits, unknowns.rooms]),
        np.concatenate([np.ones(len(unknowns.sits), dtype=np.int64), -held]),
        upper=0,
    )


def _wishes_are_counted(unknowns: Unknowns) -> None:
    """Levels count the wishes granted, in order."""
    chosen = np.flatnonzero(unknowns.sit_grants)
    pupils = unknowns.sit_pupil[chosen]
    unknowns.model.add_rows(
        len(unknowns.pupils),
        np.concatenate([pupils, unknowns.level_pupil]),
        np.concatenate([unknowns.sits[chosen], unknowns.levels]),
        np.concatenate([np.ones(len(chosen), dtype=np.int64), np.full(len(unknowns.levels), -1)]),
        lower=0,
        group=unknowns.pupil_kind,
    )
    above = np.flatnonzero(unknowns.level > 0)
    row = np.arange(len(above))
    unknowns.model.add_rows(
        len(above),
        np.concatenate([row, row]),
        np.concatenate([unknowns.levels[above - 1], unknowns.levels[above]]),
        np.concatenate([np.ones(len(above), dtype=np.int64), np.full(len(above), -1)]),
        lower=0,
        group=unknowns.pupil_kind[unknowns.level_pupil[above]] * MOST_WISHES + unknowns.level[above],
    )


def _slots_are_in_use(unknowns: Unknowns) -> None:
    """A slot is in use when a section meets in it."""
    offers, slots = unknowns.offer_slots
    count = len(unknowns.slots)
    unknowns.model.add_rows(
        count,
        np.concatenate([slots, np.arange(count)]),
        np.concatenate([unknowns.sections[offers], unknowns.used]),
        np.concatenate([np.ones(len(slots), dtype=np.int64), np.full(count, -MOST_IN_A_SLOT)]),
        upper=0,
    )


def follow(unknowns: Unknowns, barred: Mask) -> Ints:
    """Adds the rows of the columns that follow from others; returns what is barred because a barred column follows from it."""
    upper = unknowns.model.upper()
    also = [np.zeros(0, dtype=np.int64)]
    for derived in unknowns.derived:
        if derived.conjunction:
            for part in derived.parts:
                unknowns.model.add_row([*((int(column), -1) for column in part), (derived.column, 1)], upper=0)
        elif barred[derived.column]:
            also.extend(derived.parts)
        else:
            _made_by_use(unknowns, derived, upper)
    return np.concatenate(also)


def _made_by_use(unknowns: Unknowns, derived: Derived, upper: Ints) -> None:
    (columns,) = derived.parts
    columns = columns[upper[columns] > 0]
    count = len(columns)
    if derived.summed:
        unknowns.model.add_row([*((int(one), 1) for one in columns), (derived.column, -int(upper[columns].sum()))], upper=0)
        return
    unknowns.model.add_rows(
        count,
        np.tile(np.arange(count), 2),
        np.concatenate([columns, np.full(count, derived.column)]),
        np.concatenate([np.ones(count, dtype=np.int64), -upper[columns]]),
        upper=0,
    )
