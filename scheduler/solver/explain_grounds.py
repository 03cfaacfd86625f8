"""Which clause or fact stands behind each row? The rows of a lawful plan, each with the reasons without which it would not hold.

A lawful plan has no deviation from a pinned clause, so here every pinned clause is a family of hard rows. A row may rest on
facts, too: a stay, a lock, the groups of a room, a person's hours. It holds only while all its reasons do; a row without
reasons says what words mean, and always holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

import numpy as np
from scipy import sparse

from scheduler.domain import Scenario
from scheduler.policy import Clause
from scheduler.rulebook import RidesKept
from scheduler.solver.build import HARD, TWINS, Stage, one_grade_courses, stage_of
from scheduler.solver.definitions import Defined, define, follow
from scheduler.solver.model import INFINITE, Ints, Mask, Problem
from scheduler.solver.statement import Statement
from scheduler.solver.unknowns import Unknowns


class Ground(StrEnum):
    """What kind of reason a row may have."""

    CLAUSE = "clause"
    LOCK = "lock"
    STAY = "stay"
    """A pupil asked for a slot."""
    STAFF = "staff"
    """A person is in one place at a time, and leads no more than agreed."""
    ROOM = "room"
    """Rooms hold so many groups at a time."""
    COURSE = "course"
    """What a section of a course needs, and how many there may be."""
    WISH = "wish"
    """A pupil's own wishes: once each, and no more than wanted."""
    ROUTE = "route"
    """Trips of a route."""


@dataclass(frozen=True, slots=True, order=True)
class Reason:
    """One fact or clause, as small as we tell them apart."""

    ground: Ground
    slot: int
    """Index of the slot; −1 for none."""
    aspect: str
    """Of staff: `place`, `load`, `flexible`; of courses: `leaders`, `ratio`, `rooms` (with their seats), `least`, `sections`."""
    who: str
    """Id of pupil, person, course or route; number of the lock, the clause or the class of rooms."""


SECTIONS_AT_MOST = 400
"""Stands for "as many as you like" where what bounds an offer's sections is a reason of its own."""

ASPECTS = {"staff_in_one_place": "place", "load_caps": "load", "flexible_hours_kept": "flexible"}
"""What of a person the rows of these rules speak of."""

Pairs = tuple[Ints, Ints]
"""Aligned: row of a block, number of a reason."""


@dataclass(frozen=True, eq=False)
class Grounds:
    """The rows of a lawful plan with their reasons."""

    unknowns: Unknowns
    clauses: Sequence[Clause]
    """Pinned clauses; a reason of the ground `clause` names one by its place here."""
    problem: Problem
    rests_on: "sparse.csr_array[np.int64]"
    """Shape: rows × reasons; an entry says that the row rests on the reason."""
    reasons: Sequence[Reason]
    column_groups: Ints
    row_groups: Ints
    scale: Ints
    """Overshoot of each row that makes one unit of deviation."""
    weight: Ints
    """Deviation that one unit of each row's overshoot is."""
    slots: Mask
    """In which slots a column says something. Shape: columns × slots."""

    @cached_property
    def summed(self) -> "Grounds":
        """The relaxation whose pupils are summed by kind; a summed row rests on the reasons of all its rows."""
        problem, group_of_row = self.problem.aggregated_rows(self.column_groups, self.row_groups)
        groups = int(self.row_groups.max()) + 1
        members = sparse.csr_array(
            (np.ones(len(self.row_groups), dtype=np.int64), (self.row_groups, np.arange(len(self.row_groups)))),
            shape=(groups, len(self.row_groups)),
        )
        rests_on = sparse.csr_array((members @ self.rests_on)[group_of_row])
        rests_on.data[:] = 1
        scale = np.ones(groups, dtype=np.int64)
        np.maximum.at(scale, self.row_groups, self.scale)
        slots = np.zeros((len(problem.lower), self.slots.shape[1]), dtype=bool)
        np.logical_or.at(slots, self.column_groups, self.slots)
        weight = np.full(groups, np.iinfo(np.int64).max)
        np.minimum.at(weight, self.row_groups, self.weight)
        return replace(
            self,
            problem=problem,
            rests_on=rests_on,
            scale=scale[group_of_row],
            weight=weight[group_of_row],
            slots=slots,
        )

    def holding(self, kept: Mask) -> Mask:
        """Which rows hold when only some reasons do. Shapes: one a reason in, one a row out."""
        missing: Ints = np.asarray(self.rests_on @ (~kept).astype(np.int64))
        return np.asarray(missing == 0)


def grounds(scenario: Scenario, clauses: Sequence[Clause]) -> Grounds:
    """States every pinned clause and every fact that may stand against it.

    `clauses`: those in force. Encouraged and waived ones are left out: they stand against no plan.
    """
    unknowns = Unknowns(scenario, one_grade=one_grade_courses(scenario, clauses))
    bounded = np.concatenate([unknowns.sections, unknowns.rooms])
    defined = define(unknowns)
    pinned = [c for c in clauses if c.rule is not None and c.rule.name in TWINS and stage_of(c, scenario) is not Stage.ENCOURAGED]
    said = [TWINS[clause.rule.name](unknowns, clause.rule) for clause in pinned if clause.rule is not None]
    unknowns.model.widen(bounded, SECTIONS_AT_MOST)
    follow(unknowns, np.zeros(unknowns.model.column_count, dtype=bool))
    rows = _Rows(unknowns, defined)
    rows.facts()
    for number, (clause, statement) in enumerate(zip(pinned, said, strict=True)):
        assert clause.rule is not None
        if clause.rule.name == "locks_kept":
            rows.locks(statement)
        elif clause.rule.name in HARD:
            rows.hard(clause.rule.name, statement)
        else:
            rows.measured(number, clause, statement)
    return rows.grounds(pinned)


class _Rows:
    """Blocks of rows as they are stated, with their reasons."""

    def __init__(self, unknowns: Unknowns, defined: Defined) -> None:
        self.unknowns, self.defined = unknowns, defined
        self.base = unknowns.model.problem()
        self.width = unknowns.model.column_count
        self.column_groups, self.base_groups = unknowns.model.groups()
        self.numbers: dict[Reason, int] = {}
        self.blocks: list[sparse.csr_array[np.int64]] = []
        self.lower: list[Ints] = []
        self.upper: list[Ints] = []
        self.groups: list[Ints] = []
        self.scales: list[Ints] = []
        self.weights: list[Ints] = []
        self.pairs: list[Pairs] = []
        self.count, self.next_group = 0, 0
        self._facts_of_columns()

    def _facts_of_columns(self) -> None:
        """Offer, pupil and person of each column, −1 for none."""
        u = self.unknowns
        self.offer, self.pupil, self.person, self.room = (np.full(self.width, -1, dtype=np.int64) for _ in range(4))
        self.offer[u.sections] = np.arange(len(u.offers))
        self.offer[u.rooms], self.room[u.rooms] = u.room_offer, u.room_class
        self.offer[u.leads], self.person[u.leads] = u.lead_offer, u.lead_staff
        self.offer[u.sits], self.pupil[u.sits] = u.sit_offer, u.sit_pupil
        self.pupil[u.unplaced] = u.cell_pupil
        for derived in u.derived:
            first = derived.parts[0]
            if len(first) and not derived.conjunction:
                self.person[derived.column] = self.person[first[0]]
        self.meets = np.zeros((len(u.offers), len(u.slots)), dtype=np.int64)
        self.meets[u.offer_slots] = 1
        self.stay_of = np.full(len(u.cell_pupil), -1, dtype=np.int64)
        self.cell_of = np.full((len(u.pupils), len(u.slots)), -1, dtype=np.int64)
        self.cell_of[u.cell_pupil, u.cell_slot] = np.arange(len(u.cell_pupil))

    # --- rows and reasons ---------------------------------------------------------------------------------------

    def add(
        self,
        block: "sparse.csr_array[np.int64]",
        lower: Ints,
        upper: Ints,
        group: Ints,
        scale: Ints | int = 1,
        weight: Ints | int = 1,
    ) -> Ints:
        """Adds rows; returns their numbers."""
        count = block.shape[0]
        self.blocks.append(block)
        self.lower.append(lower)
        self.upper.append(upper)
        self.groups.append(group + self.next_group)
        self.scales.append(np.broadcast_to(np.asarray(scale, dtype=np.int64), (count,)))
        self.weights.append(np.broadcast_to(np.asarray(weight, dtype=np.int64), (count,)))
        self.next_group += int(group.max(initial=-1)) + 1
        self.count += count
        return np.arange(self.count - count, self.count)

    def number(self, ground: Ground, who: str, slot: int = -1, aspect: str = "") -> int:
        return self.numbers.setdefault(Reason(ground, slot, aspect, who), len(self.numbers))

    def rest(self, rows: Ints, reasons: Sequence[int] | Ints) -> None:
        """Each row rests on the reason beside it."""
        self.pairs.append((rows, np.asarray(reasons, dtype=np.int64)))

    def stays(self, rows: Ints, cells: Ints) -> None:
        u = self.unknowns
        fresh = np.unique(cells)
        for cell, i, s in zip(fresh.tolist(), u.cell_pupil[fresh].tolist(), u.cell_slot[fresh].tolist(), strict=True):
            if self.stay_of[cell] < 0:
                self.stay_of[cell] = self.number(Ground.STAY, u.pupils[i].id, s)
        self.rest(rows, self.stay_of[cells])

    def slots_of(self, block: "sparse.csr_array[np.int64]") -> Ints:
        """The slot in which most columns of each row meet; −1 where none does. Shape: one a row."""
        entries = block.tocoo()
        offers = self.offer[entries.col]
        met = np.zeros((block.shape[0], len(self.unknowns.slots)), dtype=np.int64)
        np.add.at(met, entries.row[offers >= 0], self.meets[offers[offers >= 0]])
        return np.where(met.any(axis=1), met.argmax(axis=1), -1) if met.size else np.full(block.shape[0], -1)

    def of_rows(self, block: "sparse.csr_array[np.int64]", facts: Ints) -> Ints:
        """The fact that the columns of a row share, as their largest; −1 for none. Shape: one a row."""
        entries = block.tocoo()
        most = np.full(block.shape[0], -1, dtype=np.int64)
        np.maximum.at(most, entries.row, facts[entries.col])
        return most

    # --- what words mean, and facts -----------------------------------------------------------------------------

    def facts(self) -> None:
        """The definitions, those that rest on facts with their reasons."""
        u, base, matrix = self.unknowns, self.base, self.base.matrix
        lower, upper = base.row_lower.copy(), base.row_upper.copy()
        upper[self.defined.rooms] = upper[self.defined.leaders] = 0
        lower[self.defined.rooms] = lower[self.defined.leaders] = -INFINITE
        lower[self.defined.cells] = -INFINITE
        self.add(matrix, lower, upper, self.base_groups)
        for rows, aspect in ((self.defined.rooms, "rooms"), (self.defined.leaders, "leaders")):
            none = np.zeros(len(rows), dtype=np.int64)
            mine = self.add(matrix[rows], none, np.full(len(rows), INFINITE), self.base_groups[rows])
            self._of_offers(mine, aspect)
        self._of_offers(self.defined.seats, "rooms")
        self.cells = sparse.csr_array(matrix[self.defined.cells])
        entries = self.cells.tocoo()
        kept = np.isin(entries.col, u.unplaced, invert=True)
        self.cells = sparse.csr_array((entries.data[kept], (entries.row[kept], entries.col[kept])), shape=self.cells.shape)

    def _of_offers(self, rows: Ints, aspect: str) -> None:
        """One row an offer: each rests on what its course needs."""
        self.rest(rows, [self.number(Ground.COURSE, offer.course.id, -1, aspect) for offer in self.unknowns.offers])

    # --- clauses ------------------------------------------------------------------------------------------------

    def block(self, statement: Statement) -> "sparse.csr_array[np.int64]":
        shape = (len(statement.lower), self.width)
        built = sparse.csr_array((statement.coefficients, (statement.rows, statement.columns)), shape=shape)
        built.sum_duplicates()
        return built

    def stated(self, statement: Statement) -> tuple["sparse.csr_array[np.int64]", Ints]:
        """The statement's rows, as they are; their block and numbers."""
        block = self.block(statement)
        count = block.shape[0]
        alone = np.array_equal(statement.measures, np.arange(count)) and statement.group is not None
        group = statement.group if alone and statement.group is not None else np.arange(count)
        return block, self.add(block, statement.lower, statement.upper, group, statement.scales)

    def barred(self, columns: Ints, amounts: Ints) -> tuple["sparse.csr_array[np.int64]", Ints]:
        """Rows that keep columns at 0; of places that are missing, rows that ask for one."""
        count = len(columns)
        missing = np.full(self.width, -1, dtype=np.int64)
        missing[self.unknowns.unplaced] = np.arange(len(self.unknowns.unplaced))
        cells = missing[columns]
        asks = cells >= 0
        places = self.cells[cells[asks]].tocoo()
        row = np.concatenate([np.flatnonzero(~asks), np.flatnonzero(asks)[places.row]])
        column = np.concatenate([columns[~asks], places.col])
        block = sparse.csr_array((np.ones(len(row), dtype=np.int64), (row, column)), shape=(count, self.width))
        lower, upper = np.where(asks, 1, -INFINITE), np.where(asks, INFINITE, 0)
        rows = self.add(block, lower, upper, self.column_groups[columns], weight=amounts)
        self.stays(rows[asks], cells[asks])
        return block, rows

    def locks(self, statement: Statement) -> None:
        """One row a lock."""
        _, rows = self.stated(replace(statement, group=None))
        self.rest(rows, [self.number(Ground.LOCK, str(number)) for number in range(len(rows))])

    def hard(self, rule: str, statement: Statement) -> None:
        """Rules of nature: each row rests on the fact it speaks of."""
        block, rows = self.stated(_said_here(statement, rule))
        if len(rows) and rule != "pupils_in_one_place":
            self._of_nature(rule, block, rows)
        if len(statement.priced):
            bars, more = self.barred(statement.priced, statement.amounts)
            self.rest(more, self._people(bars, np.full(len(more), -1), ASPECTS[rule]))

    def _of_nature(self, rule: str, block: "sparse.csr_array[np.int64]", rows: Ints) -> None:
        u, slots = self.unknowns, self.slots_of(block)
        courses = [u.offers[o].course.id if o >= 0 else "" for o in self.of_rows(block, self.offer).tolist()]
        if rule == "rooms_hold_groups":
            kinds = self.of_rows(block, self.room).tolist()
            pairs = zip(kinds, slots.tolist(), strict=True)
            self.rest(rows, [self.number(Ground.ROOM, str(k), s) for k, s in pairs])
        elif rule == "section_sizes":
            least = self.of_rows(block, self.pupil) >= 0
            aspects = ["least" if one else "sections" for one in least.tolist()]
            self.rest(rows, [self.number(Ground.COURSE, c, -1, aspect) for aspect, c in zip(aspects, courses, strict=True)])
        elif rule == "wishes_kept":
            pupils = self.of_rows(block, self.pupil).tolist()
            self.rest(rows, [self.number(Ground.WISH, u.pupils[i].id) for i in pupils])
        elif rule == "enough_staff":
            for aspect in ("ratio", "leaders"):
                self.rest(rows, [self.number(Ground.COURSE, course, -1, aspect) for course in courses])
        else:
            self.rest(rows, self._people(block, slots if rule == "staff_in_one_place" else np.full(len(rows), -1), ASPECTS[rule]))

    def _people(self, block: "sparse.csr_array[np.int64]", slots: Ints, aspect: str) -> list[int]:
        people = self.of_rows(block, self.person).tolist()
        return [
            self.number(Ground.STAFF, self.unknowns.staff[t].id, s, aspect) for t, s in zip(people, slots.tolist(), strict=True)
        ]

    def measured(self, number: int, clause: Clause, statement: Statement) -> None:
        """A county's clause: no deviation at all. Rows over one pupil rest on the stays they speak of."""
        me = self.number(Ground.CLAUSE, str(number))
        if statement.constant > 0:
            nothing = sparse.csr_array((1, self.width), dtype=np.int64)
            one = np.full(1, statement.constant, dtype=np.int64)
            self.rest(self.add(nothing, one, np.full(1, INFINITE), np.zeros(1, dtype=np.int64)), [me])
        if len(statement.lower):
            block, rows = self.stated(statement)
            self.rest(rows, np.full(len(rows), me))
            self._of_one_pupil(block, rows, routes=isinstance(clause.rule, RidesKept))
        used = statement.amounts > 0
        if used.any():
            _, rows = self.barred(statement.priced[used], statement.amounts[used])
            self.rest(rows, np.full(len(rows), me))

    def _of_one_pupil(self, block: "sparse.csr_array[np.int64]", rows: Ints, routes: bool) -> None:
        """Rows whose columns are places of one pupil rest on that pupil's stays in the slots of those places."""
        u = self.unknowns
        entries = block.tocoo()
        pupils, offers = self.pupil[entries.col], self.offer[entries.col]
        most = self.of_rows(block, self.pupil)
        own = (pupils >= 0) & (pupils == most[entries.row])
        whole = np.bincount(entries.row, minlength=len(rows)) == np.bincount(entries.row[own], minlength=len(rows))
        kept = own & whole[entries.row]
        if not kept.any():
            return
        pair, slot = np.nonzero(self.meets[offers[kept]])
        row, pupil = entries.row[kept][pair], pupils[kept][pair]
        # A course on two days meets outside the day that the row speaks of, too: its stay there is not what is asked.
        by_day = np.zeros((len(rows), 8), dtype=np.int64)
        np.add.at(by_day, (row, u.slot_weekday[slot]), 1)
        places = np.bincount(entries.row[kept], minlength=len(rows))
        always: Mask = np.asarray(by_day >= places[:, None])
        anchored: Mask = np.asarray(always.any(axis=1))
        here = ~anchored[row] | always[row, u.slot_weekday[slot]]
        cells = self.cell_of[pupil, slot]
        key = np.unique(np.stack([row, cells])[:, here & (cells >= 0)], axis=1)
        self.stays(rows[key[0]], key[1])
        if routes:
            named = [str(u.pupils[i].route) if i >= 0 and u.pupils[i].route is not None else "" for i in most.tolist()]
            self.rest(rows, [self.number(Ground.ROUTE, name) for name in named])

    def grounds(self, clauses: Sequence[Clause]) -> Grounds:
        """All rows, frozen."""
        problem = Problem(
            matrix=sparse.csr_array(sparse.vstack(self.blocks, format="csr")),
            lower=self.base.lower,
            upper=self.base.upper,
            row_lower=np.concatenate(self.lower),
            row_upper=np.concatenate(self.upper),
        )
        rows, reasons = (np.concatenate([pair[side] for pair in self.pairs]) for side in (0, 1))
        ones = (np.ones(len(rows), dtype=np.int64), (rows, reasons))
        return Grounds(
            unknowns=self.unknowns,
            clauses=clauses,
            problem=problem,
            rests_on=sparse.csr_array(ones, shape=(self.count, len(self.numbers))),
            reasons=list(self.numbers),
            column_groups=self.column_groups,
            row_groups=np.unique(np.concatenate(self.groups), return_inverse=True)[1].astype(np.int64),
            scale=np.concatenate(self.scales),
            weight=np.concatenate(self.weights),
            slots=self._slots_of_columns(),
        )

    def _slots_of_columns(self) -> Mask:
        u = self.unknowns
        slots = np.zeros((self.width, len(u.slots)), dtype=bool)
        met = self.offer >= 0
        slots[met] = self.meets[self.offer[met]] > 0
        slots[u.used] = np.eye(len(u.slots), dtype=bool)
        slots[u.unplaced, u.cell_slot] = True
        for derived in u.derived:
            slots[derived.column] = slots[np.concatenate(derived.parts)].any(axis=0)
        return slots


def _said_here(statement: Statement, rule: str) -> Statement:
    """The rows that the definitions do not keep here; rooms' groups, which bounds keep elsewhere, are said in full."""
    if statement.implied is None:
        return statement
    capped: Mask = np.asarray(statement.upper < INFINITE)
    kept: Mask = capped if rule == "rooms_hold_groups" else ~statement.implied
    entries = kept[statement.rows]
    number = np.cumsum(kept) - 1
    return replace(
        statement,
        rows=number[statement.rows[entries]],
        columns=statement.columns[entries],
        coefficients=statement.coefficients[entries],
        lower=statement.lower[kept],
        upper=statement.upper[kept],
        group=None if statement.group is None else statement.group[kept],
        measure=None if statement.measure is None else statement.measure[kept],
        scale=None if statement.scale is None else statement.scale[kept],
        implied=None,
    )
