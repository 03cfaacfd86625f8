"""What is open in a plan? Counts of sections, leaders, room kinds and places, as columns with their facts beside them.

No section has an identity here. An *offer* is a course (for one named teacher, or one home class or grade, where it must
be) in the slots of one pattern; `sections[o]` counts its parallel sections, `leads[t, o]` says that a person leads one of
them, `rooms[k, o]` counts its sections in rooms of one kind, `sits[i, o]` places a pupil. Parallel sections are split and
rooms named afterwards. A combination that cannot be (a teacher who may not lead it, a room without the feature) has no
column at all.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from scheduler.domain import (
    BellKind,
    Clock,
    CourseId,
    Form,
    Pupil,
    PupilId,
    Role,
    Scenario,
    Season,
    SeasonId,
    Service,
    Slot,
    StaffId,
)
from scheduler.rulebook import Scope
from scheduler.solver.model import Ints, Mask, Model
from scheduler.solver.offers import Part, fits_choice, may_lead, offers_of, room_classes_of, room_suits

UNASKED = 1 << 20
"""Rank of a course that the pupil does not want."""
MOST_WISHES = 6
"""Granted wishes beyond this are not told apart by the rounds."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Derived:
    """A column that says whether any of some columns is used; of several parts, whether any is in each."""

    column: int
    parts: tuple[Ints, ...]
    conjunction: bool = False
    """True: 1 claims that the parts are used, and must be true. False: their use makes it 1."""
    summed: bool = False
    """One row for all columns instead of one each: enough where the column is 1 in nearly every plan."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Duties:
    """Columns that count the duties of a role, by holder and weekday (0: a date that follows none)."""

    role: Role
    scope: Scope
    holders: tuple[tuple[StaffId, int], ...]
    columns: Ints
    least: int
    """Column: fewest duties of any holder."""


class Unknowns:
    """The columns of one scenario, aligned with arrays of their facts."""

    def __init__(self, scenario: Scenario, one_grade: frozenset[CourseId] = frozenset(), part: Part | None = None) -> None:
        """`one_grade`: courses whose sections may not mix grades here, whatever their own grouping says.

        `part`: only these combinations get a column, where a plan is mended and not made.
        """
        self.scenario = scenario
        self.part = part
        self.model = Model()
        self.slots = sorted(scenario.slots, key=lambda slot: (slot.weekday, slot.number, slot.id))
        self.slot_index = {slot.id: index for index, slot in enumerate(self.slots)}
        self.pupils = sorted(scenario.pupils, key=lambda pupil: pupil.id)
        self.staff = sorted(scenario.staff, key=lambda person: person.id)
        self.staff_index = {person.id: index for index, person in enumerate(self.staff)}
        self.classes = sorted(scenario.home_classes, key=lambda home_class: home_class.id)
        self.class_index = {home_class.id: index for index, home_class in enumerate(self.classes)}
        self.cells = [scenario.cells_of(pupil) for pupil in self.pupils]
        self.seasons = _seasons_of_term(scenario)
        """Indices of the seasons that share a day with the term."""
        self.room_classes = room_classes_of(scenario.rooms)
        every = offers_of(scenario, self.slots, self.pupils, one_grade)
        self.offers = [offer for offer in every if part is None or part.offers(offer)]
        self.derived: list[Derived] = []
        """What follows from other columns, in order of making."""
        self._derived: dict[object, int] = {}
        self.duties_by_role: dict[tuple[Role, Scope], Duties] = {}
        self._find_rooms()
        self._find_leads()
        self._find_sits()
        self._add_timetable()
        self._add_places()

    # Facts of the offers, aligned with `offers`.

    @cached_property
    def offer_slots(self) -> tuple[Ints, Ints]:
        """Aligned pairs (offer, slot): where each offer meets."""
        pairs = [(o, self.slot_index[slot.id]) for o, offer in enumerate(self.offers) for slot in offer.slots]
        array = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        return array[:, 0], array[:, 1]

    @cached_property
    def sit_slots(self) -> tuple[Ints, Ints]:
        """Aligned pairs (sit, slot): where each place is taken up. `sit` counts from 0."""
        return self._spread(self.sit_offer)

    @cached_property
    def lead_slots(self) -> tuple[Ints, Ints]:
        """Aligned pairs (lead, slot)."""
        return self._spread(self.lead_offer)

    @cached_property
    def room_slots(self) -> tuple[Ints, Ints]:
        """Aligned pairs (room column, slot)."""
        return self._spread(self.room_offer)

    def _spread(self, offers: Ints) -> tuple[Ints, Ints]:
        of_pair, slot = self.offer_slots
        many = np.bincount(of_pair, minlength=len(self.offers))
        begin = np.cumsum(many) - many
        items = np.repeat(np.arange(len(offers), dtype=np.int64), many[offers])
        before = np.cumsum(many[offers]) - many[offers]
        return items, slot[begin[offers[items]] + np.arange(len(items)) - before[items]]

    def moments(self, seasons: Iterable[int] | None = None) -> list[list[int]]:
        """Maximal sets of slots that some clock time of these seasons has in common, as slot indices; each slot is in one."""
        chosen = tuple(self.seasons if seasons is None else seasons)
        if chosen not in self._moments:
            self._moments[chosen] = _moments([self.scenario.seasons[index] for index in chosen], self.slots)
        return self._moments[chosen]

    @cached_property
    def _moments(self) -> dict[tuple[int, ...], list[list[int]]]:
        return {}

    def lengths(self, season: int) -> Ints:
        """Minutes of each slot by the clock of one season, 0 where it is not held then. Shape: one a slot."""
        key = self.scenario.seasons[season].id
        clocks = [slot.clock_by_season.get(key) for slot in self.slots]
        return np.array([0 if clock is None else clock.minutes for clock in clocks], dtype=np.int64)

    @cached_property
    def slot_weekday(self) -> Ints:
        """Weekday of each slot."""
        return np.array([slot.weekday for slot in self.slots], dtype=np.int64)

    @cached_property
    def regular(self) -> Mask:
        """Which slots belong to the regular service."""
        return np.array([slot.service is Service.REGULAR for slot in self.slots], dtype=bool)

    @cached_property
    def in_week(self) -> Mask:
        """Which slots are regular and lie between Monday and Friday."""
        return self.regular & (self.slot_weekday <= 5)

    def _find_rooms(self) -> None:
        pairs = [
            (k, o)
            for o, offer in enumerate(self.offers)
            for k, kind in enumerate(self.room_classes)
            if room_suits(kind.like, offer)
        ]
        array = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        self.room_class, self.room_offer = array[:, 0], array[:, 1]

    def _find_leads(self) -> None:
        clashes = self.lesson_clashes = _lesson_clashes(self.scenario, self.slots, self.seasons)
        free = [
            [slot.id in person.available and (person.id, s) not in clashes for s, slot in enumerate(self.slots)]
            for person in self.staff
        ]
        able: dict[CourseId, list[int]] = {}
        triples = []
        for o, offer in enumerate(self.offers):
            if offer.course.id not in able:
                able[offer.course.id] = [t for t, person in enumerate(self.staff) if may_lead(person, offer.course)]
            slots = [self.slot_index[slot.id] for slot in offer.slots]
            among = None if self.part is None else self.part.leaders(offer)
            for t in able[offer.course.id]:
                if (among is None or self.staff[t].id in among) and all(free[t][s] for s in slots):
                    if offer.teacher is None or offer.teacher == self.staff[t].id:
                        triples.append((t, o, 1))
                    if offer.takes_helpers:
                        triples.append((t, o, 0))
        array = np.array(triples, dtype=np.int64).reshape(-1, 3)
        self.lead_staff, self.lead_offer = array[:, 0], array[:, 1]
        self.lead_first = array[:, 2] == 1
        """True where the person leads a section, False where they help the leader of one."""

    def _find_sits(self) -> None:
        self.pupil_class = np.array([self.class_index[pupil.home_class] for pupil in self.pupils], dtype=np.int64)
        self.sit_pupil, self.sit_offer, self.sit_rank = self._ranked(self._may_sit())
        """1, 2, … for wishes, one past the list for other chosen courses, 0 for arranged places and care."""
        listed = np.array([len(pupil.choices) for pupil in self.pupils], dtype=np.int64)
        self.sit_grants = (self.sit_rank > 0) & (self.sit_rank <= listed[self.sit_pupil])
        """Whether the place grants a wish: one in an accepted other course does not."""

    def _add_timetable(self) -> None:
        """Sections, rooms and leads. No offer has more sections than leaders, groups of rooms, or pupils to fill them."""
        most = np.array([kind.groups for kind in self.room_classes], dtype=np.int64)[self.room_class]
        count = len(self.offers)
        groups = np.bincount(self.room_offer, weights=most, minlength=count).astype(np.int64)
        leaders = np.bincount(self.lead_offer[self.lead_first], minlength=count)
        least = np.array([max(1, o.course.min_size) if o.form is Form.CHOSEN else 1 for o in self.offers], dtype=np.int64)
        filled = np.bincount(self.sit_offer, minlength=count) // least
        allowed = np.array(
            [len(self.pupils) if o.course.max_sections is None else o.course.max_sections for o in self.offers], dtype=np.int64
        )
        self.sections = self.model.add_columns(count, np.minimum.reduce([groups, leaders, filled, allowed]))
        self.rooms = self.model.add_columns(len(most), most)
        self.leads = self.model.add_columns(len(self.lead_staff), 1)

    def _may_sit(self) -> Mask:
        """Who may sit where, wishes left aside: by slots asked for, forms, grades and classes. Shape: (pupils, offers)."""
        count = len(self.pupils)
        takes = {form: np.zeros((count, len(self.slots)), dtype=bool) for form in Form}
        for i, cells in enumerate(self.cells):
            for id, forms in cells.items():
                for form in forms:
                    takes[form][i, self.slot_index[id]] = True
        grades = np.array([self.scenario.grade_of(pupil).number for pupil in self.pupils], dtype=np.int64)
        may = np.ones((count, len(self.offers)), dtype=bool)
        for o, offer in enumerate(self.offers):
            for slot in offer.slots:
                may[:, o] &= takes[offer.form][:, self.slot_index[slot.id]]
            if offer.course.grades:
                may[:, o] &= np.isin(grades, list(offer.course.grades))
            if offer.grade is not None:
                may[:, o] &= grades == offer.grade
            if offer.home_class is not None:
                may[:, o] &= self.pupil_class == self.class_index[offer.home_class]
        return may if self.part is None else may & self.part.places(self.pupils, self.offers)

    def _ranked(self, may: Mask) -> tuple[Ints, Ints, Ints]:
        """Pupil, offer and rank of each place; a chosen course must be listed, locked, or any be accepted."""
        locked: defaultdict[PupilId, set[CourseId]] = defaultdict(set)
        for lock in self.scenario.locks:
            if lock.pupil is not None:
                locked[lock.pupil].add(lock.course)
        chosen = np.array([offer.form is Form.CHOSEN for offer in self.offers], dtype=bool)
        of_course: defaultdict[CourseId, list[int]] = defaultdict(list)
        for o, offer in enumerate(self.offers):
            of_course[offer.course.id].append(o)
        asked_by_nobody = np.full(len(self.offers), UNASKED, dtype=np.int64)
        fitting: dict[tuple[object, ...], Ints] = {}
        offers, ranks = [], []
        for i, pupil in enumerate(self.pupils):
            past = len(pupil.choices) + 1
            rank, wished = np.where(chosen, past if pupil.wanted > 0 and pupil.accept_any else UNASKED, 0), asked_by_nobody.copy()
            for course in locked[pupil.id]:
                fits = np.array(of_course[course], dtype=np.int64)
                rank[fits[chosen[fits]]] = past
            for choice in pupil.choices if pupil.wanted > 0 else ():
                key = (choice.course, choice.teacher, choice.weekday)
                if key not in fitting:
                    fitting[key] = np.array(
                        [o for o in of_course[choice.course] if chosen[o] and fits_choice(self.offers[o], choice)], dtype=np.int64
                    )
                wished[fitting[key]] = np.minimum(wished[fitting[key]], choice.rank)
            rank = np.where(wished < UNASKED, wished, rank)
            offers.append(np.flatnonzero(may[i] & (rank < UNASKED)))
            ranks.append(rank[offers[-1]])
        count = np.array([len(of_pupil) for of_pupil in offers], dtype=np.int64)
        none = np.zeros(0, dtype=np.int64)
        return np.repeat(np.arange(len(offers)), count), np.concatenate([none, *offers]), np.concatenate([none, *ranks])

    def _add_places(self) -> None:
        """Places, cells without one, wishes counted, slots in use."""
        self.pupil_kind = _kinds_of_pupil(self.scenario, self.pupils)
        """Number of the pupil's kind: those of one kind are summed in the aggregated problem."""
        group = self.pupil_kind[self.sit_pupil] * len(self.offers) + self.sit_offer if len(self.sit_pupil) else None
        self.sits = self.model.add_columns(len(self.sit_pupil), 1, group=group)
        cells = [(i, self.slot_index[slot]) for i, taken in enumerate(self.cells) for slot in sorted(taken)]
        array = np.array(cells, dtype=np.int64).reshape(-1, 2)
        self.cell_pupil, self.cell_slot = array[:, 0], array[:, 1]
        group = self.pupil_kind[self.cell_pupil] * len(self.slots) + self.cell_slot if len(cells) else None
        self.unplaced = self.model.add_columns(len(cells), 1, group=group)
        """`unplaced[cell]`: the pupil has no place in the slot."""
        levels = [(i, k) for i, pupil in enumerate(self.pupils) for k in range(min(pupil.wanted, MOST_WISHES))]
        array = np.array(levels, dtype=np.int64).reshape(-1, 2)
        self.level_pupil, self.level = array[:, 0], array[:, 1]
        group = self.pupil_kind[self.level_pupil] * MOST_WISHES + self.level if len(levels) else None
        self.levels = self.model.add_columns(len(levels), 1, group=group)
        """`levels[i, k]`: the pupil has at least k + 1 wishes granted."""
        self.used = self.model.add_columns(len(self.slots), 1)
        """`used[s]`: some section meets in the slot."""

    # What follows from other columns; made when a rule asks for it.

    def any_of(self, key: object, columns: Ints, summed: bool = False) -> int:
        """A column that is 1 when any of the columns is used; the same one for the same key."""
        return self._follow(key, (columns,), conjunction=False, summed=summed)

    def all_of(self, key: object, parts: Sequence[Ints]) -> int:
        """A column that may be 1 only when, in each part, any of the columns is used; the same one for the same key."""
        return self._follow(key, tuple(parts), conjunction=True, summed=False)

    def _follow(self, key: object, parts: tuple[Ints, ...], conjunction: bool, summed: bool) -> int:
        if key not in self._derived:
            self._derived[key] = int(self.model.add_columns(1, 1)[0])
            self.derived.append(Derived(column=self._derived[key], parts=parts, conjunction=conjunction, summed=summed))
        return self._derived[key]

    def seats(self, values: Ints) -> Ints:
        """Pupils that the sections of each offer hold in their rooms: by the course's size and the notice on the door."""
        seats = np.array([kind.like.seats for kind in self.room_classes], dtype=np.int64)
        most = np.array([offer.course.max_size for offer in self.offers], dtype=np.int64)
        held = np.minimum(seats[self.room_class], most[self.room_offer]) * values[self.rooms]
        return np.bincount(self.room_offer, weights=held, minlength=len(self.offers)).astype(np.int64)

    def duties(self, role: Role, scope: Scope, holders: Sequence[tuple[StaffId, int]], most: Ints) -> Duties:
        """Columns of a role's duties, no more of each than `most`; the same ones for the same role and scope."""
        if (role, scope) not in self.duties_by_role:
            columns = self.model.add_columns(len(holders), most)
            least = int(self.model.add_columns(1, int(most.sum()))[0])
            self.duties_by_role[role, scope] = Duties(
                role=role, scope=scope, holders=tuple(holders), columns=columns, least=least
            )
        return self.duties_by_role[role, scope]

    def following_columns(self) -> Ints:
        """The columns that only follow what sections, leads and places decide."""
        columns = [one.column for one in self.derived]
        for duties in self.duties_by_role.values():
            columns += [*duties.columns.tolist(), duties.least]
        return np.array(columns, dtype=np.int64)

    def derived_of_places(self) -> Ints:
        """Those among them that follow from places."""
        places = np.zeros(self.model.column_count, dtype=bool)
        places[self.sits] = True
        columns = [one.column for one in self.derived if any(places[part].any() for part in one.parts)]
        return np.array(columns, dtype=np.int64)


def _kinds_of_pupil(scenario: Scenario, pupils: Sequence[Pupil]) -> Ints:
    """Pupils of one home class who stay the whole week, the others of it, and its boarders apart."""
    numbers: dict[tuple[str, bool, bool], int] = {}
    kinds = []
    for pupil in pupils:
        offered = {slot.id for slot in scenario.slots_of(scenario.grade_of(pupil).number) if slot.weekday <= 5}
        key = (pupil.home_class, pupil.enrolled, offered <= pupil.stays)
        kinds.append(numbers.setdefault(key, len(numbers)))
    return np.array(kinds, dtype=np.int64)


def _seasons_of_term(scenario: Scenario) -> list[int]:
    term = scenario.term
    return [index for index, season in enumerate(scenario.seasons) if season.start <= term.end and term.start <= season.end]


def _lesson_clashes(scenario: Scenario, slots: Sequence[Slot], seasons: Sequence[int]) -> set[tuple[StaffId, int]]:
    """Pairs (person, slot) where a daytime lesson of theirs overlaps the slot in one of the seasons."""
    chosen = {scenario.seasons[index].id for index in seasons}
    clocks: defaultdict[tuple[int, int, int], list[tuple[SeasonId, Clock]]] = defaultdict(list)
    for bell in scenario.bells:
        if bell.kind is BellKind.LESSON and bell.season in chosen:
            for grade in bell.grades:
                for weekday in bell.weekdays:
                    clocks[grade, weekday, bell.number].append((bell.season, bell.clock))
    clashes = set()
    for lesson in scenario.lessons:
        if lesson.teacher is None:
            continue
        grade = scenario.home_class_by_id[lesson.home_class].grade
        for season, clock in clocks[grade, lesson.weekday, lesson.number]:
            for s, slot in enumerate(slots):
                own = slot.clock_by_season.get(season) if slot.weekday == lesson.weekday else None
                if own is not None and own.overlaps(clock):
                    clashes.add((lesson.teacher, s))
    return clashes


def _moments(seasons: Sequence[Season], slots: Sequence[Slot]) -> list[list[int]]:
    found: set[frozenset[int]] = {frozenset({s}) for s in range(len(slots))}
    for season in seasons:
        for first in slots:
            clock = first.clock_by_season.get(season.id)
            if clock is None:
                continue
            together = frozenset(
                s
                for s, slot in enumerate(slots)
                if slot.weekday == first.weekday
                and (own := slot.clock_by_season.get(season.id)) is not None
                and own.start <= clock.start < own.end
            )
            found.add(together)
    return sorted(sorted(group) for group in found if not any(group < other for other in found))
