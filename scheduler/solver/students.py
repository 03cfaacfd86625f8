"""Who sits where, and who must not? Rows over places."""

from datetime import time

import numpy as np

from scheduler.domain import Form, minutes_between
from scheduler.rulebook import (
    LatestLeaveKept,
    NobodyRefused,
    OnlyWhereAskedFor,
    RidesKept,
    WishesKept,
)
from scheduler.solver.model import Ints
from scheduler.solver.statement import Statement, at_least, at_most, grouped, priced, together
from scheduler.solver.unknowns import MOST_WISHES, Unknowns


def nobody_refused(unknowns: Unknowns, rule: NobodyRefused) -> Statement:
    """Each cell that asks for a place in the service has one."""
    service = np.array([Form.BASE_CARE in _forms(unknowns, cell) for cell in range(len(unknowns.cell_pupil))], dtype=bool)
    return priced(unknowns.unplaced[service], 1)


def _forms(unknowns: Unknowns, cell: int) -> frozenset[Form]:
    slot = unknowns.slots[int(unknowns.cell_slot[cell])]
    return unknowns.cells[int(unknowns.cell_pupil[cell])][slot.id]


def of_form(unknowns: Unknowns, form: Form) -> Statement:
    """Cells of one form of care without a place."""
    wanted = np.array([form in _forms(unknowns, cell) for cell in range(len(unknowns.cell_pupil))], dtype=bool)
    return priced(unknowns.unplaced[wanted], 1)


def only_where_asked_for(unknowns: Unknowns, rule: OnlyWhereAskedFor) -> Statement:
    """A pupil has one place, or is counted unplaced, in each slot asked for; elsewhere there is no column."""
    count = len(unknowns.cell_pupil)
    number = {
        (i, s): row for row, (i, s) in enumerate(zip(unknowns.cell_pupil.tolist(), unknowns.cell_slot.tolist(), strict=True))
    }
    sits, slots = unknowns.sit_slots
    pupils = unknowns.sit_pupil[sits]
    rows = np.array([number[i, s] for i, s in zip(pupils.tolist(), slots.tolist(), strict=True)], dtype=np.int64)
    one = np.ones(count, dtype=np.int64)
    return Statement(
        rows=np.concatenate([rows, np.arange(count)]),
        columns=np.concatenate([unknowns.sits[sits], unknowns.unplaced]),
        coefficients=np.ones(len(rows) + count, dtype=np.int64),
        lower=one,
        upper=one,
        group=unknowns.pupil_kind[unknowns.cell_pupil] * len(unknowns.slots) + unknowns.cell_slot,
    )


def wishes_kept(unknowns: Unknowns, rule: WishesKept) -> Statement:
    """One section a course for each pupil, never more than wanted; levels count the wishes granted, in order."""
    chosen = np.flatnonzero(unknowns.sit_rank > 0)
    pupils = unknowns.sit_pupil[chosen]
    courses = [unknowns.offers[o].course.id for o in unknowns.sit_offer[chosen].tolist()]
    rows, keys = grouped(list(zip(pupils.tolist(), courses, strict=True)))
    group, _ = grouped([(int(unknowns.pupil_kind[i]), course) for i, course in keys])  # type: ignore[misc,attr-defined]
    once = at_most(rows, unknowns.sits[chosen], 1, np.ones(len(keys), dtype=np.int64), group)
    count = len(unknowns.pupils)
    counted = at_least(
        np.concatenate([pupils, unknowns.level_pupil]),
        np.concatenate([unknowns.sits[chosen], unknowns.levels]),
        np.concatenate([np.ones(len(chosen), dtype=np.int64), np.full(len(unknowns.levels), -1)]),
        np.zeros(count, dtype=np.int64),
        unknowns.pupil_kind,
    )
    wanted = np.array([pupil.wanted for pupil in unknowns.pupils], dtype=np.int64)
    not_more = at_most(pupils, unknowns.sits[chosen], 1, wanted, unknowns.pupil_kind)
    below = {(int(i), int(k)): column for i, k, column in zip(unknowns.level_pupil, unknowns.level, unknowns.levels, strict=True)}
    pairs = [(below[i, k - 1], column, i, k) for (i, k), column in below.items() if k > 0]
    array = np.array(pairs, dtype=np.int64).reshape(-1, 4)
    row = np.arange(len(pairs))
    in_order = at_least(
        np.concatenate([row, row]),
        np.concatenate([array[:, 0], array[:, 1]]),
        np.concatenate([np.ones(len(pairs), dtype=np.int64), np.full(len(pairs), -1)]),
        np.zeros(len(pairs), dtype=np.int64),
        unknowns.pupil_kind[array[:, 2]] * MOST_WISHES + array[:, 3],
    )
    return together([once, counted, not_more, in_order])


def latest_leave_kept(unknowns: Unknowns, rule: LatestLeaveKept) -> Statement:
    """Minutes a place ends after the hour the family named, over the seasons."""
    return _minutes_past(unknowns, lambda pupil, weekday, season: unknowns.pupils[pupil].latest_leave.get(weekday))


def rides_kept(unknowns: Unknowns, rule: RidesKept) -> Statement:
    """Minutes a place ends after the last bus of riders with no other way home, the buffer taken off."""
    last: dict[tuple[str, int, str], time] = {}
    for trip in unknowns.scenario.trips:
        for season, departure in trip.departure_by_season.items():
            key = (trip.route, trip.weekday, season)
            last[key] = max(last.get(key, departure), departure)

    def limit(pupil: int, weekday: int, season: str) -> time | None:
        person = unknowns.pupils[pupil]
        if person.route is None or not person.only_way_home:
            return None
        departure = last.get((person.route, weekday, season))
        if departure is None:
            return None
        minutes = max(0, departure.hour * 60 + departure.minute - rule.buffer_minutes)
        return time(minutes // 60, minutes % 60)

    return _minutes_past(unknowns, limit)


def _minutes_past(unknowns: Unknowns, limit: "object") -> Statement:
    columns, amounts = [], []
    sits, slots = unknowns.sit_slots
    for sit, s in zip(sits.tolist(), slots.tolist(), strict=True):
        slot = unknowns.slots[s]
        late = 0
        for season, clock in slot.clock_by_season.items():
            leave = limit(int(unknowns.sit_pupil[sit]), slot.weekday, season)  # type: ignore[operator]
            if leave is not None:
                late += max(0, minutes_between(leave, clock.end))
        if late:
            columns.append(int(unknowns.sits[sit]))
            amounts.append(late)
    return priced(np.array(columns, dtype=np.int64), np.array(amounts, dtype=np.int64))


def wish_values(unknowns: Unknowns) -> Ints:
    """Rank² of each place that grants a wish, 0 for the others. Shape: one a sit."""
    return np.where(unknowns.sit_rank > 0, unknowns.sit_rank**2, 0)
