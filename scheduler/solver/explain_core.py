"""Which few clauses and facts cannot hold together? Found where an LP first fails, made small, then shown to be so.

Reasons are first taken in large heaps (all stays, all staff), and the heaps that a contradiction needs are split as long as few
pieces are named: by slot, by home class, by person. What is claimed at the end is checked anew: the set alone is impossible, and
without any one of its items a plan of the rest was found.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from scheduler.domain import Form
from scheduler.solver.explain_grounds import Ground, Grounds, Reason
from scheduler.solver.explain_verdicts import (
    EPSILON,
    Part,
    Proof,
    adds_up_to_a_contradiction,
    loosened,
    priced_rows,
    reduced,
    whole_point,
)
from scheduler.solver.limits import Clock
from scheduler.solver.model import INFINITE, Ints, Mask, Problem
from scheduler.solver.readers import solve_priced, solve_whole

MOST_ITEMS, MOST_PIECES = 7, 2
NAMED_ONE_BY_ONE = (Ground.CLAUSE, Ground.LOCK, Ground.WISH, Ground.ROUTE)
"""Of other kinds more than two pieces of a heap say less than the heap."""
SMALL = 8_000
"""Columns up to which the whole model is looked at, and not its sums first."""
CLOSE = 3_000
"""Columns up to which CP-SAT is given a part of the whole model."""
HOPELESS = 24
"""Pieces of a heap that a contradiction uses beyond which nobody could read their names."""


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """Reasons named together: a clause, a lock, all stays in a slot."""

    ground: Ground
    level: int
    reasons: Ints
    """Numbers of the reasons."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Core:
    """Items that cannot hold together."""

    items: tuple[Item, ...]
    needed: tuple[bool, ...]
    """Of each item: without it the others were shown to be possible."""
    proofs: frozenset[Proof]
    """Empty: an LP says so, and nothing that was checked."""
    least: tuple[int | None, ...]
    """How far each item must give way while the others hold, at least; in the unit of its rows."""

    @property
    def minimal(self) -> bool:
        return all(self.needed)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Search:
    """What was found: a core; a point that keeps everything; or neither."""

    core: Core | None = None
    values: Ints | None = None


def _order(item: Item) -> tuple[int, int]:
    """Which heap is split next: all of them once, then the stays, then who and where."""
    if item.level == 0:
        return 0, int(item.ground is Ground.STAY)
    return (1 if item.ground is Ground.STAY else 2), item.level


def core_of(grounds: Grounds, clock: Clock) -> Search:
    """The first conflict found, or a point of the whole model where the school is small enough to look for one."""
    return _Hunt(grounds, clock).hunt()


def look(grounds: Grounds, clock: Clock) -> Ints | Proof | None:
    """A proof that no plan keeps everything, or a point that does; neither where a large school shows no conflict."""
    return _Hunt(grounds, clock).look()


class _Hunt:
    def __init__(self, grounds: Grounds, clock: Clock) -> None:
        self.grounds, self.clock = grounds, clock
        self.base = grounds if len(grounds.problem.lower) <= SMALL else grounds.summed
        self.every = np.ones(len(grounds.reasons), dtype=bool)
        self.elastic = np.diff(self.base.rests_on.indptr) > 0
        self.used = self.every
        self.part: Part | None = None
        """What matters of the rows in the scope looked at, whichever reasons are kept."""
        self.grade_of = {str(p.id): grounds.unknowns.scenario.grade_of(p).number for p in grounds.unknowns.pupils}
        self.class_of = {str(p.id): p.home_class for p in grounds.unknowns.pupils}

    def hunt(self) -> Search:
        seen = self.look()
        if isinstance(seen, Proof):
            return Search(core=self._core(self.used, self._clash if seen is Proof.SUM else self._forbidden))
        return Search(values=seen)

    def look(self) -> Ints | Proof | None:
        """What is seen first; what a proof rests on stays in `used`."""
        for scope, kept in self._scopes():
            if self.clock.over(0.5):
                return None
            self.part = reduced(self.base.problem, self.base.holding(kept), scope, self.elastic)
            used = self._clash(kept)
            if used is not None:
                self.used = used
                return Proof.SUM
        if self.base is not self.grounds:
            return None
        self.used = self.every
        return self._whole(reduced(self.grounds.problem, self.grounds.holding(self.every)), 0.4)

    def _scopes(self) -> Iterator[tuple[Mask | None, Mask]]:
        """Columns looked at, and the reasons: what needs no pupils; each slot; each weekday; the week."""
        if self.base is self.grounds:
            yield None, self.every
            return
        slots, weekdays = self.base.slots, self.grounds.unknowns.slot_weekday
        timetable = np.array([reason.ground is not Ground.STAY for reason in self.grounds.reasons], dtype=bool)
        yield None, timetable
        for slot in self._fullest_first():
            yield slots[:, slot], self.every
        for day in np.unique(weekdays).tolist():
            if (weekdays == day).sum() > 1:
                scope: Mask = np.asarray(slots[:, weekdays == day].any(axis=1))
                yield scope, self.every
        yield None, self.every

    def _fullest_first(self) -> list[int]:
        unknowns = self.grounds.unknowns
        asked = np.bincount(unknowns.cell_slot, minlength=len(unknowns.slots))
        free = np.array([sum(slot.id in person.available for person in unknowns.staff) for slot in unknowns.slots])
        return [int(slot) for slot in np.argsort(-asked / np.maximum(free, 1), kind="stable")]

    # --- what cannot be ----------------------------------------------------------------------------------------

    def _clash(self, kept: Mask) -> Mask | None:
        """Reasons that a contradiction among those kept rests on, checked; `None`: the LP sees none in this scope."""
        assert self.part is not None
        within = self.part.rows
        elastic = self.elastic[within]
        part = reduced(self.part.problem, self.base.holding(kept)[within], None, elastic)
        priced = priced_rows(part, elastic[part.rows], self.clock.limits(0.3), self.clock.stop)
        if priced is None or priced[0] <= EPSILON:
            return None
        prices = priced[1]
        if not adds_up_to_a_contradiction(part.problem, prices):
            return None
        rows = within[part.rows[np.abs(prices) > EPSILON * np.abs(prices).max()]]
        return np.asarray(self.base.rests_on[rows].sum(axis=0)).ravel() > 0

    def _forbidden(self, kept: Mask) -> Mask | None:
        """As `_clash`, for what only whole numbers forbid."""
        used = self._clash(kept)
        if used is not None:
            return used
        part = reduced(self.grounds.problem, self.grounds.holding(kept))
        return kept if part.broken is not None or isinstance(self._whole(part, 0.2), Proof) else None

    def _whole(self, part: Part, share: float) -> Ints | Proof | None:
        """A point of the whole model, `SEARCH`, or not known."""
        if part.broken is not None:
            return Proof.BOUNDS
        if not len(part.columns):
            return part.values
        found = whole_point(part, replace(self.clock.limits(share), workers=1), self.clock.stop)
        if found is None or isinstance(found, Proof):
            return found
        values = part.values.copy()
        values[part.columns] = found
        return values

    # --- small, and shown to be so ------------------------------------------------------------------------------

    def _core(self, used: Mask, clash: "Callable[[Mask], Mask | None]") -> Core:
        items = self._items(used, dict.fromkeys(Ground, 0))
        items = self._fewest([], items, clash, MOST_ITEMS + HOPELESS) or items
        settled: list[Item] = []
        while not self.clock.over(0.8):
            open_ = [item for item in items if item not in settled and item.level + 1 < len(self._levels(item.ground))]
            if not open_:
                break
            item = min(open_, key=_order)
            others = [other for other in items if other is not item]
            pieces = list(self._split(item))
            smaller = pieces if len(pieces) == 1 else self._pieces(item, pieces, others, clash)
            if smaller is not None:
                items = [*(self._fewest(smaller, others, clash, MOST_ITEMS) or others), *smaller]
            elif item.level + 2 < len(self._levels(item.ground)):
                items = [*others, replace(item, level=item.level + 1)]
            else:
                settled.append(item)
        return self._shown(items)

    def _pieces(
        self, item: Item, pieces: Sequence[Item], others: Sequence[Item], clash: "Callable[[Mask], Mask | None]"
    ) -> list[Item] | None:
        """The few pieces of a heap that are enough; `None` where the heap says it better.

        Some of a crowd are too many already: but where the rest of it is, too, it is the crowd that is.
        """
        most = MOST_ITEMS - len(others) if item.ground in NAMED_ONE_BY_ONE or item.level == 0 else MOST_PIECES
        smaller = self._fewest(others, pieces, clash, min(most, MOST_ITEMS - len(others)))
        if smaller is None or item.ground is not Ground.STAY or item.level == 0:
            return smaller
        rest = [piece for piece in pieces if piece not in smaller]
        return smaller if rest and clash(self._mask([*others, *rest])) is None else None

    def _levels(self, ground: Ground) -> Sequence[Callable[[Reason], Any]]:
        """From one heap to single reasons."""
        if ground is Ground.STAY:
            return (
                lambda reason: (),
                lambda reason: reason.slot,
                lambda reason: (reason.slot, self.grade_of[reason.who]),
                lambda reason: (reason.slot, self.class_of[reason.who]),
                lambda reason: (reason.slot, reason.who),
            )
        if ground in (Ground.STAFF, Ground.ROOM):
            return (
                lambda reason: (),
                lambda reason: (reason.aspect, reason.slot),
                lambda reason: (reason.aspect, reason.slot, reason.who),
            )
        if ground is Ground.COURSE:
            return lambda reason: (), lambda reason: reason.aspect, lambda reason: (reason.aspect, reason.who)
        if ground is Ground.CLAUSE:
            return (lambda reason: reason.who,)
        return (lambda reason: (), lambda reason: reason.who)

    def _items(self, used: Mask, levels: Mapping[Ground, int]) -> list[Item]:
        """All reasons, in heaps, of those heaps that hold a used one."""
        heaps: defaultdict[tuple[Ground, Any], list[int]] = defaultdict(list)
        for number, reason in enumerate(self.grounds.reasons):
            heaps[reason.ground, self._levels(reason.ground)[levels[reason.ground]](reason)].append(number)
        return [
            Item(ground, levels[ground], np.array(heap, dtype=np.int64))
            for (ground, _), heap in heaps.items()
            if used[heap].any()
        ]

    def _split(self, item: Item) -> Iterator[Item]:
        heaps: defaultdict[Any, list[int]] = defaultdict(list)
        key = self._levels(item.ground)[item.level + 1]
        for number in item.reasons.tolist():
            heaps[key(self.grounds.reasons[number])].append(number)
        for heap in heaps.values():
            yield Item(item.ground, item.level + 1, np.array(heap, dtype=np.int64))

    def _mask(self, items: Sequence[Item]) -> Mask:
        mask = np.zeros(len(self.grounds.reasons), dtype=bool)
        for item in items:
            mask[item.reasons] = True
        return mask

    def _fewest(
        self, given: Sequence[Item], items: Sequence[Item], clash: "Callable[[Mask], Mask | None]", most: int
    ) -> list[Item] | None:
        """Of `items` a few that cannot be beside `given`, none of which can be spared; `None`: more than `most`."""
        used = clash(self._mask([*given, *items]))
        if used is None:
            return None
        left = [item for item in items if used[item.reasons].any()]
        if len(left) > most + HOPELESS:
            return None
        kept: list[Item] = []
        while left:
            last = left.pop()
            used = clash(self._mask([*given, *kept, *left]))
            if used is None:
                kept.append(last)
                if len(kept) > most:
                    return None
            else:
                left = [item for item in left if used[item.reasons].any()]
        return kept

    def _shown(self, items: list[Item]) -> Core:
        """The items with what can be proven of them; an item that turns out idle is dropped."""
        proofs = self._proofs(self._mask(items))
        needed: dict[int, bool] = {}
        for item in list(items):
            rest = [other for other in items if other is not item]
            spared = self._spared(self._mask(rest))
            if spared is False and self._proofs(self._mask(rest)):
                items = rest
            else:
                needed[id(item)] = bool(spared)
        order = sorted(items, key=lambda item: (list(Ground).index(item.ground), int(item.reasons[0])))
        return Core(
            items=tuple(order),
            needed=tuple(needed[id(item)] for item in order),
            proofs=proofs if len(needed) == len(items) else proofs | self._proofs(self._mask(items)),
            least=tuple(self._least(order, item) for item in order),
        )

    def _proofs(self, kept: Mask) -> frozenset[Proof]:
        """Who says that these reasons cannot all hold."""
        assert self.part is not None
        found = set()
        if self._clash(kept) is not None:
            found.add(Proof.SUM)
        answer = self._whole(reduced(self.part.problem, self.base.holding(kept)[self.part.rows]), 0.15)
        if not isinstance(answer, Proof) and self.base is not self.grounds and not found:
            answer = self._whole(reduced(self.grounds.problem, self.grounds.holding(kept)), 0.15)
        if isinstance(answer, Proof):
            found.add(answer)
        elif answer is not None:
            # A point speaks louder than any proof.
            return frozenset()
        return frozenset(found)

    def _spared(self, kept: Mask) -> bool | None:
        """Whether these reasons were shown to hold together: a point of the whole model that keeps all their rows.

        A point without chosen courses is looked for first: it is enough for most, and quickly found.
        """
        problem, holding = self.grounds.problem, self.grounds.holding(kept)
        for upper in (self._without_wishes(), problem.upper):
            bounded = problem.with_bounds(problem.lower, upper)
            part = reduced(bounded, holding)
            answer = self._whole(part, 0.1) if len(part.columns) <= CLOSE else self._by_sums(kept, bounded, holding)
            if answer is not None and not isinstance(answer, Proof):
                return True if _keeps(problem, holding, answer) else None
        return False if isinstance(answer, Proof) else None

    def _without_wishes(self) -> Ints:
        """Upper bounds that leave out places in chosen courses, but for those that a lock speaks of."""
        unknowns, problem = self.grounds.unknowns, self.grounds.problem
        chosen = np.array([offer.form is Form.CHOSEN for offer in unknowns.offers], dtype=bool)
        upper = problem.upper.copy()
        upper[unknowns.sits[chosen[unknowns.sit_offer]]] = 0
        locked = [number for number, reason in enumerate(self.grounds.reasons) if reason.ground is Ground.LOCK]
        rows = np.unique(self.grounds.rests_on[:, locked].tocoo().row)
        spoken = np.unique(problem.matrix[rows].indices)
        upper[spoken] = problem.upper[spoken]
        return upper

    def _by_sums(self, kept: Mask, problem: Problem, holding: Mask) -> Ints | Proof | None:
        """Sections, rooms and leaders from the sums, then places for each pupil."""
        summed, unknowns, groups = self.grounds.summed, self.grounds.unknowns, self.grounds.column_groups
        upper_ = np.bincount(groups, weights=problem.upper, minlength=len(summed.problem.upper)).astype(np.int64)
        part = reduced(summed.problem.with_bounds(summed.problem.lower, np.minimum(upper_, INFINITE)), summed.holding(kept))
        answer = self._whole(part, 0.1)
        if answer is None or isinstance(answer, Proof):
            return answer
        dealt = self._dealt(answer)
        if _keeps(problem, holding, dealt):
            return dealt
        fixed = np.concatenate([unknowns.sections, unknowns.rooms, unknowns.leads])
        lower, upper = problem.lower.copy(), problem.upper.copy()
        lower[fixed] = upper[fixed] = answer[groups[fixed]]
        found = self._whole(reduced(problem.with_bounds(lower, upper), holding), 0.1)
        return None if isinstance(found, Proof) else found

    def _dealt(self, sums: Ints) -> Ints:
        """The places of each kind of pupil dealt out one by one, to whoever of the kind is free in their slots."""
        unknowns, groups = self.grounds.unknowns, self.grounds.column_groups
        values = sums[groups]
        values[unknowns.sits] = 0
        left = sums.copy()
        order = np.flatnonzero(left[groups[unknowns.sits]] > 0)
        taken = np.zeros((len(unknowns.pupils), len(unknowns.slots)), dtype=bool)
        slots_of = self.grounds.slots
        for sit in order.tolist():
            column, pupil = int(unknowns.sits[sit]), int(unknowns.sit_pupil[sit])
            here = slots_of[column]
            if left[groups[column]] > 0 and not taken[pupil, here].any():
                left[groups[column]] -= 1
                taken[pupil, here] = True
                values[column] = 1
        values[unknowns.unplaced] = 0
        of_places = set(unknowns.derived_of_places().tolist())
        for derived in unknowns.derived:
            if derived.column in of_places:
                used = [bool(values[part].any()) for part in derived.parts]
                values[derived.column] = int(all(used))
        return values

    def _least(self, items: Sequence[Item], item: Item) -> int | None:
        """How far the item must give way, at least, while the others hold."""
        assert self.part is not None
        within = self.part.rows
        rows = np.asarray(self.base.rests_on @ self._mask([item]).astype(np.int64))[within] > 0
        part = reduced(self.part.problem, self.base.holding(self._mask(items))[within], None, rows)
        mine = within[part.rows]
        loose = loosened(part, rows[part.rows], self.base.scale[mine], self.base.weight[mine])
        limits = replace(self.clock.limits(0.05), workers=1)
        if len(loose.objective) <= CLOSE // 4:
            bound = solve_whole(loose.problem, loose.objective, limits, stop=self.clock.stop).bound
        else:
            priced = solve_priced(loose.problem, loose.objective, limits, self.clock.stop)
            bound = -np.inf if priced is None else priced[0]
        return int(np.ceil(bound - EPSILON)) if np.isfinite(bound) and bound > EPSILON else None


def _keeps(problem: Problem, holding: Mask, values: Ints) -> bool:
    """Whether the values keep their bounds and every row that holds."""
    activity: Ints = np.asarray(problem.matrix @ values)
    broken = ((activity < problem.row_lower) | (activity > problem.row_upper)) & holding
    return not broken.any() and bool(np.all((values >= problem.lower) & (values <= problem.upper)))
