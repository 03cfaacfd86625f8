"""Which sections would a school open that knew its pupils by grade, its staff by what they can do? A sketch of a large week.

The sums by kinds are summed once more: home classes of a grade, teachers of a course and people who may lead the same become
one each. What is left is small at every size, forbids no plan, and says how many sections of a course meet in a slot.
"""

import numpy as np

from scheduler.solver.build import SearchModel
from scheduler.solver.model import INFINITE, Ints, Mask, Problem, numbered
from scheduler.solver.unknowns import Unknowns

SECTIONS, ROOMS, LEADS, SITS, UNPLACED, LEVELS, OTHERS = range(7)
NONE = -1


class Coarse:
    """The sums of a search model, summed once more."""

    def __init__(self, model: SearchModel, summed: Problem, row_of_group: Ints) -> None:
        """`summed`: the model by `model.column_groups`; `row_of_group`: the group of rows each of its rows came from."""
        unknowns, groups = model.unknowns, model.column_groups
        self.offers = _offers(unknowns)
        """The coarse offer of each offer."""
        keys, slots = _keys(model, self.offers)
        of_sum = np.full((keys.shape[0], len(summed.lower)), NONE, dtype=np.int64)
        of_sum[:, groups] = keys
        slots_of_sum = np.zeros(len(summed.lower), dtype=np.int64)
        slots_of_sum[groups] = slots
        block = np.zeros(int(model.row_groups.max(initial=-1)) + 1, dtype=np.int64)
        block[model.row_groups] = model.row_blocks
        days = [int((np.int64(1) << np.minimum(np.flatnonzero(unknowns.slot_weekday == day), 62)).sum()) for day in range(1, 8)]
        rows = _row_keys(summed, of_sum, slots_of_sum, np.array(days, dtype=np.int64), block[row_of_group])
        others = np.flatnonzero(of_sum[0] == OTHERS)
        of_sum[1:3, others] = _by_rows(summed, others, rows)
        self.columns: Ints = numbered(of_sum)
        """The coarse column of each sum."""
        self.problem = summed.aggregated(self.columns, rows)

    def objective(self, prices: Ints) -> Ints:
        """Mean prices of the sums."""
        count = len(self.problem.lower)
        size = np.bincount(self.columns, minlength=count)
        return np.rint(np.bincount(self.columns, weights=prices, minlength=count) / size).astype(np.int64)

    def least(self, prices: Ints) -> Ints:
        """Of each coarse column the least price of its sums: what costs least by these bounds all plans."""
        least = np.full(len(self.problem.lower), np.iinfo(np.int64).max)
        np.minimum.at(least, self.columns, prices)
        return least


def _offers(unknowns: Unknowns) -> Ints:
    """Offers of one course in the same slots, for one grade where they must be, are one: whichever home class, whoever leads."""
    grades = {home_class.id: home_class.grade for home_class in unknowns.classes}
    numbers: dict[object, int] = {}
    coarse = []
    for offer in unknowns.offers:
        grade = offer.grade if offer.home_class is None else grades[offer.home_class]
        key = (offer.course.id, tuple(slot.id for slot in offer.slots), grade)
        coarse.append(numbers.setdefault(key, len(numbers)))
    return np.array(coarse, dtype=np.int64)


def _kinds_of_pupil(unknowns: Unknowns) -> Ints:
    """Kinds that differ in their home class alone are one. Shape: one a pupil."""
    scenario, numbers = unknowns.scenario, dict[object, int]()
    kinds = []
    for pupil in unknowns.pupils:
        grade = scenario.grade_of(pupil).number
        offered = {slot.id for slot in scenario.slots_of(grade) if slot.weekday <= 5}
        kinds.append(numbers.setdefault((grade, pupil.enrolled, offered <= pupil.stays), len(numbers)))
    return np.array(kinds, dtype=np.int64)


def _kinds_of_staff(unknowns: Unknowns, offers: Ints) -> Ints:
    """People who may lead and help in the same coarse offers are one. Shape: one a person."""
    able: list[set[tuple[int, bool]]] = [set() for _ in unknowns.staff]
    for person, offer, first in zip(
        unknowns.lead_staff.tolist(), offers[unknowns.lead_offer].tolist(), unknowns.lead_first.tolist(), strict=True
    ):
        able[person].add((offer, first))
    numbers: dict[object, int] = {}
    return np.array([numbers.setdefault(frozenset(of_person), len(numbers)) for of_person in able], dtype=np.int64)


def _keys(model: SearchModel, offers: Ints) -> tuple[Ints, Ints]:
    """Family, offer or slot or level, who or where, and course of each column; its slots as bits.

    Shapes: (4, columns) and (columns,).
    """
    unknowns, count = model.unknowns, len(model.problem.lower)
    keys = np.full((4, count), NONE, dtype=np.int64)
    keys[0] = OTHERS
    slots = np.zeros(count, dtype=np.int64)
    meets = np.zeros(len(unknowns.offers), dtype=np.int64)
    of_pair, slot = unknowns.offer_slots
    np.bitwise_or.at(meets, of_pair, np.int64(1) << np.minimum(slot, 62))
    courses = np.unique([str(offer.course.id) for offer in unknowns.offers], return_inverse=True)[1].astype(np.int64)
    pupils, staff = _kinds_of_pupil(unknowns), _kinds_of_staff(unknowns, offers)
    for columns, family, which, who, of_offer in (
        (unknowns.sections, SECTIONS, offers, np.full(len(offers), NONE), np.arange(len(offers))),
        (unknowns.rooms, ROOMS, offers[unknowns.room_offer], unknowns.room_class, unknowns.room_offer),
        (
            unknowns.leads,
            LEADS,
            offers[unknowns.lead_offer],
            2 * staff[unknowns.lead_staff] + unknowns.lead_first,
            unknowns.lead_offer,
        ),
        (unknowns.sits, SITS, offers[unknowns.sit_offer], pupils[unknowns.sit_pupil], unknowns.sit_offer),
    ):
        keys[:, columns] = np.stack([np.full(len(columns), family), which, who, courses[of_offer]])
        slots[columns] = meets[of_offer]
    keys[:3, unknowns.unplaced] = np.stack(
        [np.full(len(unknowns.unplaced), UNPLACED), unknowns.cell_slot, pupils[unknowns.cell_pupil]]
    )
    slots[unknowns.unplaced] = np.int64(1) << np.minimum(unknowns.cell_slot, 62)
    keys[:3, unknowns.levels] = np.stack([np.full(len(unknowns.levels), LEVELS), unknowns.level, pupils[unknowns.level_pupil]])
    return keys, slots


def _row_keys(summed: Problem, keys: Ints, slots: Ints, days: Ints, blocks: Ints) -> Ints:
    """Rows of one rule that are about the same kind of pupils or person, the same offer, slots or day, are one.

    `days`: the slots of each weekday as bits.
    """
    matrix = summed.matrix
    starts = matrix.indptr[:-1][np.diff(matrix.indptr) > 0].astype(np.int64)
    filled = np.flatnonzero(np.diff(matrix.indptr) > 0)
    columns = matrix.indices.astype(np.int64)
    parts = [blocks, np.sign(summed.row_lower) * (np.abs(summed.row_lower) >= INFINITE)]
    parts.append(np.sign(summed.row_upper) * (np.abs(summed.row_upper) >= INFINITE))
    family, which, who, course = keys[:, columns]
    of_offers = np.isin(family, (SECTIONS, ROOMS, LEADS, SITS))
    for amount, mine in (
        (which, of_offers),
        (who, np.isin(family, (SITS, UNPLACED, LEVELS))),
        (who // 2, family == LEADS),
        (who, family == ROOMS),
        (which, family == LEVELS),
        (course, of_offers),
    ):
        parts.append(_only_one(amount, mine, starts, filled, matrix.shape[0]))
    every = np.where(slots[columns] == 0, np.int64(-1), slots[columns])
    common, any_ = np.full((2, matrix.shape[0]), NONE, dtype=np.int64)
    common[filled] = np.bitwise_and.reduceat(every, starts)
    any_[filled] = np.bitwise_or.reduceat(slots[columns], starts)
    within = np.full(matrix.shape[0], NONE, dtype=np.int64)
    for number, day in enumerate(days.tolist()):
        within[(any_ > 0) & (any_ & ~np.int64(day) == 0)] = number
    parts += [np.where(common > 0, common, NONE), np.where(common > 0, NONE, within)]
    return numbered(np.stack(parts))


def _only_one(amount: Ints, mine: Mask, starts: Ints, filled: Ints, count: int) -> Ints:
    """What all entries of a row that are asked have in common; −2 where they differ, −1 where none is asked."""
    most = np.iinfo(np.int64).max
    found = np.full(count, NONE, dtype=np.int64)
    least = np.minimum.reduceat(np.where(mine, amount, most), starts)
    largest = np.maximum.reduceat(np.where(mine, amount, NONE), starts)
    found[filled] = np.where(largest == NONE, NONE, np.where(least == largest, least, -2))
    return found


def _by_rows(summed: Problem, columns: Ints, rows: Ints) -> Ints:
    """What a column without a key of its own stands in: the first coarse row, and how many rows. Shape: (2, columns)."""
    matrix = summed.matrix.tocsc()[:, columns]
    entries = np.diff(matrix.indptr)
    first = np.full(len(columns), NONE, dtype=np.int64)
    of_entry = rows[matrix.indices]
    filled = entries > 0
    first[filled] = np.minimum.reduceat(of_entry, matrix.indptr[:-1][filled])
    return np.stack([np.where(filled, first, columns), entries])
