"""Which part of a plan is worth another look? Days, grades, courses and the children served worst."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from scheduler.domain import Form
from scheduler.solver.build import SearchModel, Stage
from scheduler.solver.model import Ints, Mask

Generator = np.random.Generator

FOLLOWED = 3
"""Steps from a place to what it decides: a wish's level, a day's sum, a deviation."""
MOST_MENDED, OTHERS = 9_000, 60
"""Places that one look frees at most to mend a day, and how many others of the pupils' grades make it easy."""

MOST_FREE = 15_000
"""Places that one look frees at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbourhood:
    """A way to choose the columns that are freed; it looks at the best plan and at chance."""

    name: str
    free: Callable[[Ints, Generator], Mask]
    summed: bool = False
    """Of use, too, where pupils are summed by home class."""


def neighbourhoods(parts: "Parts") -> list[Neighbourhood]:
    """The kinds there are, those for plans with unplaced children first."""
    return [
        Neighbourhood(name="mend", free=parts.mend),
        Neighbourhood(name="holes", free=parts.holes),
        Neighbourhood(name="arranged", free=parts.arranged),
        Neighbourhood(name="day", free=parts.day, summed=True),
        Neighbourhood(name="slots", free=parts.slots, summed=True),
        Neighbourhood(name="grade", free=parts.grade, summed=True),
        Neighbourhood(name="courses", free=parts.courses, summed=True),
        Neighbourhood(name="worst", free=parts.worst),
    ]


def _some_days(broken: Mask, generator: Generator, count: int) -> list[int]:
    """So many weekdays that are broken for somebody, different ones while there are any."""
    days = np.flatnonzero(broken.any(axis=0))
    chosen: list[int] = np.concatenate([generator.permutation(days) for _ in range(count)])[:count].tolist()
    return chosen


class Parts:
    """Columns by weekday, slot, grade and course."""

    def __init__(self, model: SearchModel) -> None:
        self.model = model
        self.unknowns = model.unknowns
        unknowns = model.unknowns
        self.count = unknowns.model.column_count
        self.always = model.deviations.copy()
        self.always[unknowns.levels] = True
        self.always[unknowns.used] = True
        self.always[unknowns.following_columns()] = True
        self.owner = np.full(self.count, -1, dtype=np.int64)
        """The pupil each column is about; -1: none, or several."""
        self.owner[unknowns.sits] = unknowns.sit_pupil
        self.owner[unknowns.unplaced] = unknowns.cell_pupil
        self.owner[unknowns.levels] = unknowns.level_pupil
        self.meets = np.zeros((len(unknowns.offers), len(unknowns.slots)), dtype=bool)
        self.meets[unknowns.offer_slots] = True
        care = np.array([offer.form is Form.BASE_CARE for offer in unknowns.offers], dtype=bool)
        self.base_care = care[unknowns.sit_offer]
        self.weekday = np.array([slot.weekday for slot in unknowns.slots], dtype=np.int64)
        self.grade_of_pupil = np.array([unknowns.scenario.grade_of(pupil).number for pupil in unknowns.pupils], dtype=np.int64)

    @cached_property
    def arranged_columns(self) -> Mask:
        """All columns but those of chosen courses."""
        chosen = np.array([offer.form is Form.CHOSEN for offer in self.unknowns.offers], dtype=bool)
        return ~self._offers(chosen) | self.always

    def _offers(self, chosen: Mask) -> Mask:
        """Everything about these offers: sections, rooms, leads and places."""
        unknowns = self.unknowns
        free = self.always.copy()
        free[unknowns.sections[chosen]] = True
        free[unknowns.rooms[chosen[unknowns.room_offer]]] = True
        free[unknowns.leads[chosen[unknowns.lead_offer]]] = True
        free[unknowns.sits[chosen[unknowns.sit_offer]]] = True
        return free

    def weekdays(self, slots: Mask, always: bool = True) -> Mask:
        """Every column of an offer that meets in one of the slots; with `always` also those that belong to no day."""
        free = self._offers(np.any(self.meets & slots[None, :], axis=1))
        if always:
            free[self.unknowns.unplaced] = True
            return free
        free[self.unknowns.unplaced[slots[self.unknowns.cell_slot]]] = True
        return free & ~self.always

    def _in_slots(self, slots: Mask) -> Mask:
        touched = np.any(self.meets & slots[None, :], axis=1)
        inside = touched & ~np.any(self.meets & ~slots[None, :], axis=1)
        free = self._offers(inside)
        free[self.unknowns.sits[touched[self.unknowns.sit_offer]]] = True
        free[self.unknowns.unplaced[slots[self.unknowns.cell_slot]]] = True
        return free

    def fewer(self, free: Mask, generator: Generator, first: Ints | None = None) -> Mask:
        """At most so many of the places freed as a search of seconds can look through, whole home classes chosen by chance.

        `first`: numbers of home classes that come before the others.
        """
        unknowns = self.unknowns
        open_ = free[unknowns.sits] & (self.model.problem.upper[unknowns.sits] > 0)
        if int(open_.sum()) <= MOST_FREE:
            return free
        of_class = np.bincount(unknowns.pupil_class[unknowns.sit_pupil[open_]], minlength=len(unknowns.classes))
        order = generator.permutation(len(of_class))
        if first is not None:
            order = order[np.argsort(~np.isin(order, first), kind="stable")]
        within = np.cumsum(of_class[order]) <= MOST_FREE
        within[0] = True
        chosen = np.zeros(len(of_class), dtype=bool)
        chosen[order[within]] = True
        mine = chosen[unknowns.pupil_class]
        free = free.copy()
        free[unknowns.sits[~mine[unknowns.sit_pupil]]] = False
        free[unknowns.unplaced[~mine[unknowns.cell_pupil]]] = False
        return free

    def broken(self, best: Ints) -> Mask:
        """On which weekdays pupils lack a place or something a binding clause asks for. Shape: (pupils, weekdays 0 to 7).

        What belongs to no single day is broken on each day of a pupil's stays; for those who are passed over, on the days of
        what they asked for.
        """
        unknowns, stages = self.unknowns, self.model.stages
        days = np.zeros((len(unknowns.pupils), 8), dtype=bool)
        missing = best[unknowns.unplaced] > 0
        days[unknowns.cell_pupil[missing], self.weekday[unknowns.cell_slot[missing]]] = True
        binding = (stages[Stage.MUST] + stages[Stage.IN_PRINCIPLE] > 0) & (best > 0)
        deviating = binding & self.model.deviations
        pupils = np.zeros(len(days), dtype=bool)
        pupils[self.owner[binding & ~deviating & (self.owner >= 0)]] = True
        for row in np.flatnonzero(self.by_column[:, np.flatnonzero(deviating)].sum(axis=1)).tolist():
            begin, end = self.model.problem.matrix.indptr[row : row + 2]
            columns = self.model.problem.matrix.indices[begin:end]
            of_row = np.unique(self.owner[columns])
            of_row = of_row[of_row >= 0]
            on = np.flatnonzero(self.days_of_place[self.place[columns[self.place[columns] >= 0]]].any(axis=0))
            if len(on) == 1:
                days[of_row, on[0]] = True
            else:
                pupils[of_row] = True
        whole = pupils[unknowns.cell_pupil]
        days[unknowns.cell_pupil[whole], self.weekday[unknowns.cell_slot[whole]]] = True
        wanted = unknowns.sit_grants & passed_over(self.model, best)[0][unknowns.sit_pupil]
        np.logical_or.at(days, unknowns.sit_pupil[wanted], self.days_of_place[wanted])
        return days

    @cached_property
    def place(self) -> Ints:
        """The number of the place that each column says; -1: none."""
        numbers = np.full(self.count, -1, dtype=np.int64)
        numbers[self.unknowns.sits] = np.arange(len(self.unknowns.sits))
        return numbers

    @cached_property
    def days_of_place(self) -> Mask:
        """On which weekdays each place meets. Shape: (places, weekdays 0 to 7)."""
        of_offer = np.zeros((len(self.unknowns.offers), 8), dtype=bool)
        offers, slots = np.nonzero(self.meets)
        of_offer[offers, self.weekday[slots]] = True
        return of_offer[self.unknowns.sit_offer]

    @cached_property
    def by_column(self) -> "sparse.csc_array[np.int64]":
        """The rows' matrix, quick to look into by column; absolute values."""
        return sparse.csc_array(abs(self.model.problem.matrix))

    def mend(self, best: Ints, generator: Generator) -> Mask:
        """One weekday for the pupils for whom a binding clause is broken on it, with others of their grades."""
        return self.mends(best, generator, 1)[0]

    def mends(self, best: Ints, generator: Generator, count: int) -> list[Mask]:
        """So many parts to mend, on different weekdays while there are any."""
        broken = self.broken(best)
        if not broken.any():
            return [self.holes(best, generator) for _ in range(count)]
        return [self._mend(broken[:, day], day, generator) for day in _some_days(broken, generator, count)]

    def whole_days(self, best: Ints, known: Ints, generator: Generator, count: int) -> list[Mask]:
        """So many weekdays that are broken for somebody, for everybody, among the offers that either plan opens."""
        unknowns, sections = self.unknowns, self.unknowns.sections
        broken = self.broken(best)
        used = (best[sections] > 0) | (known[sections] > 0)
        days = []
        for day in _some_days(broken, generator, count):
            slots = self.weekday == day
            inside = self._inside(slots)
            free = self._offers(inside & used)
            free[unknowns.leads[inside[unknowns.lead_offer]]] = True
            free[unknowns.unplaced[slots[unknowns.cell_slot]]] = True
            days.append(self._followed(self.fewer(free, generator, unknowns.pupil_class[broken[:, day]])))
        return days

    def _inside(self, slots: Mask) -> Mask:
        """Offers that meet in these slots and in no others."""
        outside = np.any(self.meets & ~slots[None, :], axis=1)
        inside: Mask = np.any(self.meets & slots[None, :], axis=1) & ~outside
        return inside

    def _mend(self, broken: Mask, day: int, generator: Generator) -> Mask:
        """Those for whom the day is broken, at most so many, and as many others of their grades as make it easy."""
        unknowns = self.unknowns
        slots = self.weekday == day
        inside = self._inside(slots)
        mine = generator.permutation(np.flatnonzero(broken))
        others = np.flatnonzero(np.isin(self.grade_of_pupil, self.grade_of_pupil[mine]) & ~broken)
        order = np.concatenate([mine, generator.permutation(others)[:OTHERS]])
        places = np.bincount(unknowns.sit_pupil[inside[unknowns.sit_offer]], minlength=len(unknowns.pupils))
        few = np.cumsum(places[order]) <= MOST_MENDED
        few[0] = True
        pupils = np.zeros(len(unknowns.pupils), dtype=bool)
        pupils[order[few]] = True
        touched = np.zeros(len(unknowns.offers), dtype=bool)
        touched[unknowns.sit_offer[pupils[unknowns.sit_pupil]]] = True
        free = self._offers(inside & touched)
        free[unknowns.leads[inside[unknowns.lead_offer]]] = True
        free[unknowns.sits] = inside[unknowns.sit_offer] & pupils[unknowns.sit_pupil]
        free[unknowns.unplaced[pupils[unknowns.cell_pupil] & slots[unknowns.cell_slot]]] = True
        return self._followed(free)

    def _followed(self, free: Mask) -> Mask:
        """Without the columns that follow from others where nothing that they follow from, in so many steps, is free."""
        matrix = self.model.problem.matrix
        near = free & ~self.always
        for _ in range(FOLLOWED):
            rows = np.zeros(matrix.shape[0], dtype=bool)
            rows[self.by_column[:, np.flatnonzero(near)].indices] = True
            near[matrix.indices[np.repeat(rows, np.diff(matrix.indptr))]] = True
            near &= free
        return near

    def holes(self, best: Ints, generator: Generator) -> Mask:
        """One slot in which children are unplaced or in base care, often with the rest of its day."""
        pain = self.pain(best)
        if not pain.any():
            return self.worst(best, generator)
        slot = int(generator.choice(len(pain), p=pain / pain.sum()))
        chosen = np.zeros(len(pain), dtype=bool)
        chosen[slot] = True
        if generator.random() < 0.5:
            chosen |= self.weekday == self.weekday[slot]
        return self._in_slots(chosen)

    def pain(self, best: Ints) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
        """How much each slot hurts: children unplaced, ten times those in base care."""
        unknowns = self.unknowns
        pain = np.zeros(len(unknowns.slots))
        np.add.at(pain, unknowns.cell_slot, 10.0 * best[unknowns.unplaced])
        sits, slots = unknowns.sit_slots
        np.add.at(pain, slots, (best[unknowns.sits[sits]] * self.base_care[sits]).astype(float))
        return pain

    def arranged(self, best: Ints, generator: Generator) -> Mask:
        """Everything the school arranges, all week, with every leader; the wishes granted stay."""
        unknowns = self.unknowns
        free = self._offers(np.array([offer.form is not Form.CHOSEN for offer in unknowns.offers], dtype=bool))
        free[unknowns.leads] = True
        free[unknowns.rooms] = True
        free[unknowns.unplaced] = True
        return free

    def day(self, best: Ints, generator: Generator) -> Mask:
        """One weekday, for everybody."""
        day = generator.choice(np.unique(self.weekday))
        return self._in_slots(self.weekday == day)

    def slots(self, best: Ints, generator: Generator) -> Mask:
        """Two or three slots anywhere in the week."""
        slots = np.zeros(len(self.weekday), dtype=bool)
        slots[generator.choice(len(slots), size=min(len(slots), 3), replace=False)] = True
        return self._in_slots(slots)

    def grade(self, best: Ints, generator: Generator) -> Mask:
        """All places of two grades, and the sections they can use."""
        grades = generator.choice(np.unique(self.grade_of_pupil), size=min(2, len(np.unique(self.grade_of_pupil))), replace=False)
        return self._of_pupils(np.isin(self.grade_of_pupil, grades))

    def _of_pupils(self, pupils: Mask) -> Mask:
        unknowns = self.unknowns
        mine = pupils[unknowns.sit_pupil]
        touched = np.zeros(len(unknowns.offers), dtype=bool)
        touched[unknowns.sit_offer[mine]] = True
        free = self._offers(touched)
        free[unknowns.sits[~mine]] = False
        free[unknowns.sits[mine]] = True
        free[unknowns.unplaced[pupils[unknowns.cell_pupil]]] = True
        return free

    def courses(self, best: Ints, generator: Generator) -> Mask:
        """A few chosen courses with everybody who asked for them."""
        unknowns = self.unknowns
        ids = sorted({offer.course.id for offer in unknowns.offers if offer.form is Form.CHOSEN})
        if not ids:
            return self.slots(best, generator)
        picked = set(generator.choice(len(ids), size=min(4, len(ids)), replace=False).tolist())
        chosen = {ids[index] for index in picked}
        offers = np.array([offer.course.id in chosen for offer in unknowns.offers], dtype=bool)
        pupils = np.zeros(len(unknowns.pupils), dtype=bool)
        pupils[unknowns.sit_pupil[offers[unknowns.sit_offer]]] = True
        if pupils.sum() > 120:
            keep = generator.choice(np.flatnonzero(pupils), size=120, replace=False)
            pupils = np.isin(np.arange(len(pupils)), keep)
        free = self._offers(offers)
        free[unknowns.sits[pupils[unknowns.sit_pupil]]] = True
        free[unknowns.unplaced[pupils[unknowns.cell_pupil]]] = True
        return free

    def worst(self, best: Ints, generator: Generator) -> Mask:
        """The children served worst, with as many others by chance, and the slots where they lack something."""
        unknowns = self.unknowns
        pain = np.zeros(len(unknowns.pupils))
        prices = self.model.weighted
        np.add.at(pain, unknowns.cell_pupil, best[unknowns.unplaced] * 1000.0)
        positive = np.maximum(prices[unknowns.sits], 0) * best[unknowns.sits]
        np.add.at(pain, unknowns.sit_pupil, positive.astype(float))
        np.add.at(pain, unknowns.level_pupil, (1 - best[unknowns.levels]) * -prices[unknowns.levels].astype(float))
        pain += generator.random(len(pain))
        pupils = np.zeros(len(pain), dtype=bool)
        pupils[np.argsort(-pain)[:50]] = True
        pupils[generator.choice(len(pain), size=min(len(pain), 50), replace=False)] = True
        day = generator.choice(np.unique(self.weekday))
        free = self._in_slots(self.weekday == day)
        free[unknowns.sits[~pupils[unknowns.sit_pupil]]] = False
        free[unknowns.sits[pupils[unknowns.sit_pupil]]] = True
        free[unknowns.unplaced[pupils[unknowns.cell_pupil]]] = True
        return free


def passed_over(model: SearchModel, values: Ints) -> tuple[Mask, Mask]:
    """Whom a pinned clause puts first, without a wish granted while others sit where they asked to; and places of others.

    Shapes: one a pupil, one a place.
    """
    unknowns = model.unknowns
    used = values[unknowns.sits] > 0
    served = np.zeros(len(unknowns.pupils), dtype=bool)
    served[unknowns.sit_pupil[used & unknowns.sit_grants]] = True
    others = (unknowns.sit_rank > 0) & ~model.bound_first[unknowns.sit_pupil]
    taken = np.zeros(len(unknowns.offers), dtype=bool)
    taken[unknowns.sit_offer[used & others]] = True
    short = np.zeros(len(unknowns.pupils), dtype=bool)
    short[unknowns.sit_pupil[unknowns.sit_grants & taken[unknowns.sit_offer]]] = True
    return short & model.bound_first & ~served, others
