"""Who could make room? Pupils in the sections that somebody still lacks a place in, those with least to lose first."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import replace

import numpy as np
from scipy import sparse

from scheduler.domain import PupilId, SlotId
from scheduler.solver.build import SearchModel
from scheduler.solver.model import Ints
from scheduler.solver.repair_touched import Freed, Touched

MOST_GIVERS = 12
"""Pupils looked at for each section that would help."""


def exchanges(touched: Touched, freed: Freed, model: SearchModel, values: Ints, lacking: Ints) -> Freed | None:
    """The radius once more, and some who sit where a place is lacking may take others on that day; `None`: nobody could help.

    `values`: the best plan of the radius. `lacking`: columns of what is missing in it. A pupil who has the like twice on that
    day, or was only put there, gives way before one who chose it, and whoever has more wishes granted before one who has few.
    """
    helpful = dict(_helpful(model, values, lacking))
    chosen = {(one.pupil, touched.standing[one.section]) for one in touched.table.placements if one.chosen}
    sitting: defaultdict[int, list[int]] = defaultdict(list)
    unknowns = model.unknowns
    taken = np.flatnonzero(values[unknowns.sits] > 0)
    for pupil, offer in zip(unknowns.sit_pupil[taken].tolist(), unknowns.sit_offer[taken].tolist(), strict=True):
        if unknowns.pupils[pupil].id not in freed.cells:
            sitting[offer].append(pupil)
    alike: defaultdict[tuple[int, int], int] = defaultdict(int)
    for offer, weekday in helpful.items():
        for pupil in sitting[offer]:
            alike[pupil, weekday] += 1
    cells: defaultdict[PupilId, set[SlotId]] = defaultdict(set)
    wishes = np.bincount(unknowns.sit_pupil[taken[unknowns.sit_grants[taken]]], minlength=len(unknowns.pupils))
    for offer, weekday in helpful.items():
        key = (unknowns.offers[offer].course.id, frozenset(slot.id for slot in unknowns.offers[offer].slots))
        ordered = sorted((-alike[i, weekday], (unknowns.pupils[i].id, key) in chosen, -wishes[i], i) for i in sitting[offer])
        for *_, i in ordered[:MOST_GIVERS]:
            cells[unknowns.pupils[i].id] |= _on(unknowns.cells[i], weekday, touched)
    if not cells:
        return None
    pupils = touched.scenario.pupil_by_id
    return replace(
        freed,
        name="exchanges",
        cells={**freed.cells, **{id: frozenset(slots) for id, slots in cells.items()}},
        guests=(freed.guests or frozenset()) | {pupils[id].home_class for id in cells},
    )


def _helpful(model: SearchModel, values: Ints, lacking: Ints) -> Iterator[tuple[int, int]]:
    """Offers with the weekday on which a place in them would mend something that is lacking."""
    unknowns = model.unknowns
    rows = np.unique(sparse.csc_array(model.problem.matrix)[:, lacking].indices)
    columns = np.unique(model.problem.matrix[rows].indices)
    number = np.full(len(values), -1, dtype=np.int64)
    number[unknowns.sits] = np.arange(len(unknowns.sits))
    sits = number[columns[(values[columns] == 0) & (model.problem.upper[columns] > 0)]]
    for offer in np.unique(unknowns.sit_offer[sits[sits >= 0]]).tolist():
        yield offer, unknowns.offers[offer].slots[0].weekday


def _on(cells: Collection[SlotId], weekday: int, touched: Touched) -> set[SlotId]:
    return {id for id in cells if touched.scenario.slot_by_id[id].weekday == weekday}
