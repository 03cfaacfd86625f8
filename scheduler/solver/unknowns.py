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
    Choice,
    Course,
    CourseId,
    Form,
    Grouping,
    HomeClassId,
    Pattern,
    Pupil,
    Role,
    Room,
    Scenario,
    Service,
    Slot,
    SlotId,
    Staff,
    StaffId,
    StaffKind,
)
from scheduler.solver.model import Ints, Model

MOST_WISHES = 6
"""Granted wishes beyond this are not told apart by the rounds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A course in the slots of one pattern, for whom it may be."""

    course: Course
    slots: tuple[Slot, ...]
    teacher: StaffId | None = None
    """Given where wishes name teachers: course × teacher is an item of its own."""
    home_class: HomeClassId | None = None
    grade: int | None = None

    @property
    def form(self) -> Form:
        return self.course.form


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomClass:
    """Rooms that nothing tells apart but their names."""

    rooms: tuple[Room, ...]

    @property
    def like(self) -> Room:
        return self.rooms[0]

    @property
    def groups(self) -> int:
        return sum(room.groups for room in self.rooms)


class Unknowns:
    """The columns of one scenario, aligned with arrays of their facts."""

    def __init__(self, scenario: Scenario, one_grade: frozenset[CourseId] = frozenset()) -> None:
        """`one_grade`: courses whose sections may not mix grades here, whatever their own grouping says."""
        self.scenario = scenario
        self.model = Model()
        self.slots = sorted(scenario.slots, key=lambda slot: (slot.weekday, slot.number, slot.id))
        self.slot_index = {slot.id: index for index, slot in enumerate(self.slots)}
        self.pupils = sorted(scenario.pupils, key=lambda pupil: pupil.id)
        self.staff = sorted(scenario.staff, key=lambda person: person.id)
        self.staff_index = {person.id: index for index, person in enumerate(self.staff)}
        self.classes = sorted(scenario.home_classes, key=lambda home_class: home_class.id)
        self.class_index = {home_class.id: index for index, home_class in enumerate(self.classes)}
        self.cells = [scenario.cells_of(pupil) for pupil in self.pupils]
        self.room_classes = _room_classes(scenario.rooms)
        self.offers = list(_offers(scenario, self.slots, self.pupils, one_grade))
        self._lesson_clash = _lesson_clashes(scenario, self.slots)
        self._add_sections()
        self._add_rooms()
        self._add_leads()
        self._add_sits()
        self._add_others()

    # Facts of the offers, aligned with `offers`.

    @cached_property
    def minutes(self) -> Ints:
        """Minutes of one section by season and offer. Shape: (seasons, offers)."""
        return np.array(
            [
                [
                    sum(slot.clock_by_season[season.id].minutes for slot in offer.slots if season.id in slot.clock_by_season)
                    for offer in self.offers
                ]
                for season in self.scenario.seasons
            ],
            dtype=np.int64,
        ).reshape(len(self.scenario.seasons), len(self.offers))

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
        by_offer: list[list[int]] = [[] for _ in self.offers]
        for offer, slot in zip(*self.offer_slots, strict=True):
            by_offer[offer].append(slot)
        items = [(item, slot) for item, offer in enumerate(offers.tolist()) for slot in by_offer[offer]]
        array = np.array(items, dtype=np.int64).reshape(-1, 2)
        return array[:, 0], array[:, 1]

    @cached_property
    def moments(self) -> list[list[int]]:
        """Maximal sets of slots that some clock time of some season has in common, as slot indices."""
        return _moments(self.scenario, self.slots)

    def offers_where(self, wanted: Iterable[bool]) -> Ints:
        """Indices of the offers for which the aligned condition holds."""
        return np.flatnonzero(np.fromiter(wanted, dtype=bool, count=len(self.offers)))

    def _add_sections(self) -> None:
        limits = [offer.course.max_sections or _most_sections(offer, self.scenario) for offer in self.offers]
        self.sections = self.model.add_columns(len(self.offers), np.array(limits, dtype=np.int64))

    def _add_rooms(self) -> None:
        pairs = [
            (k, o)
            for o, offer in enumerate(self.offers)
            for k, kind in enumerate(self.room_classes)
            if room_suits(kind.like, offer)
        ]
        array = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        self.room_class, self.room_offer = array[:, 0], array[:, 1]
        most = np.array([kind.groups for kind in self.room_classes], dtype=np.int64)
        self.rooms = self.model.add_columns(len(pairs), most[self.room_class] if len(pairs) else 0)

    def _add_leads(self) -> None:
        pairs = []
        for o, offer in enumerate(self.offers):
            indices = [self.slot_index[slot.id] for slot in offer.slots]
            for t, person in enumerate(self.staff):
                named = offer.teacher is None or offer.teacher == person.id
                if named and may_lead(person, offer.course) and self._is_free(person, indices):
                    pairs.append((t, o))
        array = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        self.lead_staff, self.lead_offer = array[:, 0], array[:, 1]
        self.leads = self.model.add_columns(len(pairs), 1)

    def _is_free(self, person: Staff, slots: Sequence[int]) -> bool:
        return all(self.slots[s].id in person.available and (person.id, s) not in self._lesson_clash for s in slots)

    def _add_sits(self) -> None:
        by_course: defaultdict[CourseId, list[int]] = defaultdict(list)
        for o, offer in enumerate(self.offers):
            by_course[offer.course.id].append(o)
        pupil_of, offer_of, rank_of = [], [], []
        for i, pupil in enumerate(self.pupils):
            for o, rank in self._places_of(pupil, self.cells[i], by_course):
                pupil_of.append(i)
                offer_of.append(o)
                rank_of.append(rank)
        self.sit_pupil = np.array(pupil_of, dtype=np.int64)
        self.sit_offer = np.array(offer_of, dtype=np.int64)
        self.sit_rank = np.array(rank_of, dtype=np.int64)
        """1, 2, … for wishes, one past the list for accepted others, 0 for arranged places and care."""
        self.pupil_kind = _kinds_of_pupil(self.scenario, self.pupils)
        """Number of the pupil's kind: those of one kind are summed in the aggregated problem."""
        self.pupil_class = np.array([self.class_index[pupil.home_class] for pupil in self.pupils], dtype=np.int64)
        group = self.pupil_kind[self.sit_pupil] * len(self.offers) + self.sit_offer if len(pupil_of) else None
        self.sits = self.model.add_columns(len(pupil_of), 1, group=group)

    def _places_of(
        self, pupil: Pupil, cells: "dict[SlotId, frozenset[Form]] | object", by_course: dict[CourseId, list[int]]
    ) -> Iterable[tuple[int, int]]:
        grade = self.scenario.grade_of(pupil).number
        taken = self.scenario.cells_of(pupil)
        wishes: defaultdict[CourseId, list[Choice]] = defaultdict(list)
        for choice in pupil.choices:
            wishes[choice.course].append(choice)
        for course, offers in by_course.items():
            for o in offers:
                offer = self.offers[o]
                form = offer.form
                if not all(form in taken.get(slot.id, frozenset()) and grade in slot.grades for slot in offer.slots):
                    continue
                if offer.course.grades and grade not in offer.course.grades:
                    continue
                if offer.home_class not in (None, pupil.home_class) or offer.grade not in (None, grade):
                    continue
                if form is not Form.CHOSEN:
                    yield o, 0
                elif pupil.wanted > 0:
                    ranks = [choice.rank for choice in wishes[course] if fits_choice(offer, choice)]
                    if ranks:
                        yield o, min(ranks)
                    elif pupil.accept_any and course not in wishes:
                        yield o, len(pupil.choices) + 1

    def _add_others(self) -> None:
        cells = [(i, self.slot_index[slot]) for i, taken in enumerate(self.cells) for slot in sorted(taken)]
        array = np.array(cells, dtype=np.int64).reshape(-1, 2)
        self.cell_pupil, self.cell_slot = array[:, 0], array[:, 1]
        group = self.pupil_kind[self.cell_pupil] * len(self.slots) + self.cell_slot if len(cells) else None
        self.unplaced = self.model.add_columns(len(cells), 1, group=group)
        levels = [(i, k) for i, pupil in enumerate(self.pupils) for k in range(min(pupil.wanted, MOST_WISHES))]
        array = np.array(levels, dtype=np.int64).reshape(-1, 2)
        self.level_pupil, self.level = array[:, 0], array[:, 1]
        group = self.pupil_kind[self.level_pupil] * MOST_WISHES + self.level if len(levels) else None
        self.levels = self.model.add_columns(len(levels), 1, group=group)
        """`levels[i, k]`: the pupil has at least k + 1 wishes granted."""
        self.used = self.model.add_columns(len(self.slots), 1)
        """`used[s]`: some section meets in the slot."""
        self._busy: dict[Role, Ints] = {}

    def busy(self, role: Role, count: int) -> Ints:
        """Columns saying that a holder of the role leads a meeting on a weekday; made when first asked for."""
        if role not in self._busy:
            self._busy[role] = self.model.add_columns(count, 1)
        return self._busy[role]

    def busy_columns(self) -> list[Ints]:
        """The columns `busy` has made so far."""
        return list(self._busy.values())


def _kinds_of_pupil(scenario: Scenario, pupils: Sequence[Pupil]) -> Ints:
    """Pupils of one home class who stay the whole week, the others of it, and its boarders apart."""
    numbers: dict[tuple[str, bool, bool], int] = {}
    kinds = []
    for pupil in pupils:
        offered = {slot.id for slot in scenario.slots_of(scenario.grade_of(pupil).number) if slot.weekday <= 5}
        key = (pupil.home_class, pupil.enrolled, offered <= pupil.stays)
        kinds.append(numbers.setdefault(key, len(numbers)))
    return np.array(kinds, dtype=np.int64)


def _room_classes(rooms: Sequence[Room]) -> list[RoomClass]:
    alike: defaultdict[tuple[object, ...], list[Room]] = defaultdict(list)
    for room in sorted(rooms, key=lambda room: room.id):
        key = (room.kind, room.seats, room.groups, room.features, room.outdoor, room.closed, room.travel_minutes, room.safe_until)
        alike[key].append(room)
    return [RoomClass(rooms=tuple(group)) for group in alike.values()]


def _offers(
    scenario: Scenario, slots: Sequence[Slot], pupils: Sequence[Pupil], one_grade: frozenset[CourseId]
) -> Iterable[Offer]:
    named = {choice.course for pupil in pupils for choice in pupil.choices if choice.teacher is not None}
    for course in sorted(scenario.courses, key=lambda course: course.id):
        for pattern in patterns_of(course, slots):
            if course.form is Form.CHOSEN:
                if course.id in named:
                    for person in sorted(scenario.staff, key=lambda person: person.id):
                        if may_lead(person, course):
                            yield Offer(course=course, slots=pattern, teacher=person.id)
                else:
                    yield Offer(course=course, slots=pattern)
            else:
                yield from _arranged(scenario, course, pattern, course.id in one_grade)


def _arranged(scenario: Scenario, course: Course, pattern: tuple[Slot, ...], one_grade: bool) -> Iterable[Offer]:
    grades = set(course.grades or scenario.grade_by_number).intersection(*(slot.grades for slot in pattern))
    if course.grouping is Grouping.HOME_CLASS:
        for home_class in sorted(scenario.home_classes, key=lambda home_class: home_class.id):
            if home_class.grade in grades:
                yield Offer(course=course, slots=pattern, home_class=home_class.id)
    elif course.grouping is Grouping.GRADE or one_grade:
        for grade in sorted(grades):
            yield Offer(course=course, slots=pattern, grade=grade)
    elif grades:
        yield Offer(course=course, slots=pattern)


SERVICE_OF_FORM = {
    Form.CHOSEN: Service.REGULAR,
    Form.ARRANGED: Service.REGULAR,
    Form.BASE_CARE: Service.REGULAR,
    Form.BOARDER_CARE: Service.REGULAR,
    Form.EXTENDED_CARE: Service.EXTENDED_CARE,
    Form.EVENING_STUDY: Service.EVENING_STUDY,
}


def patterns_of(course: Course, slots: Sequence[Slot]) -> list[tuple[Slot, ...]]:
    """The sets of slots in which a section of the course may meet, in order."""
    usable = [
        slot
        for slot in slots
        if slot.service is SERVICE_OF_FORM[course.form]
        and (course.slots is None or slot.id in course.slots)
        and (not course.grades or course.grades & slot.grades)
        and (course.strand is None or slot.strand in (None, course.strand))
    ]
    if course.form is not Form.CHOSEN or course.pattern is Pattern.SINGLE:
        return [(slot,) for slot in usable]
    pairs = [(one, two) for one in usable for two in usable if one.grades == two.grades]
    if course.pattern is Pattern.TWO_DAYS:
        return [(one, two) for one, two in pairs if one.weekday < two.weekday and one.number == two.number]
    return [(one, two) for one, two in pairs if one.weekday == two.weekday and two.number == one.number + 1]


def may_lead(person: Staff, course: Course) -> bool:
    """Whether the person may stand before the course's pupils at all."""
    if not person.willing:
        return False
    if course.leaders and person.id not in course.leaders:
        return False
    if course.provider is not None and person.provider != course.provider:
        return False
    if course.skill is not None:
        return course.skill in person.skills or person.id in course.leaders
    if course.leaders or course.provider is not None:
        return True
    return person.kind in (StaffKind.OWN, StaffKind.BORROWED)


def room_suits(room: Room, offer: Offer) -> bool:
    """Kind, features and opening; seats are a matter of how many sit there."""
    course = offer.course
    kind = not course.room_kinds or room.kind in course.room_kinds
    return kind and course.room_features <= room.features and not any(slot.id in room.closed for slot in offer.slots)


def fits_choice(offer: Offer, choice: Choice) -> bool:
    """Whether a place in the offer grants the wish."""
    teacher = choice.teacher is None or choice.teacher == offer.teacher
    return teacher and (choice.weekday is None or all(slot.weekday == choice.weekday for slot in offer.slots))


def _most_sections(offer: Offer, scenario: Scenario) -> int:
    if offer.teacher is not None:
        return 1
    return max(1, min(30, 1 + len(scenario.pupils) // max(1, min(offer.course.max_size, 12))))


def _lesson_clashes(scenario: Scenario, slots: Sequence[Slot]) -> set[tuple[StaffId, int]]:
    """Pairs (person, slot) where a daytime lesson of theirs overlaps the slot in some season."""
    clocks: defaultdict[tuple[int, int, int], list[tuple[object, object]]] = defaultdict(list)
    for bell in scenario.bells:
        if bell.kind.value == "lesson":
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
                own = slot.clock_by_season.get(season) if slot.weekday == lesson.weekday else None  # type: ignore[call-overload]
                if own is not None and own.overlaps(clock):
                    clashes.add((lesson.teacher, s))
    return clashes


def _moments(scenario: Scenario, slots: Sequence[Slot]) -> list[list[int]]:
    found: set[frozenset[int]] = set()
    for season in scenario.seasons:
        for start in range(len(slots)):
            clock = slots[start].clock_by_season.get(season.id)
            if clock is None:
                continue
            together = frozenset(
                s
                for s, slot in enumerate(slots)
                if slot.weekday == slots[start].weekday
                and (own := slot.clock_by_season.get(season.id)) is not None
                and own.start <= clock.start < own.end
            )
            found.add(together)
    return sorted(sorted(group) for group in found if not any(group < other for other in found))
