"""What does a change touch? Sections that cannot go on as they are, pupils without a place, and circles round them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

import numpy as np
import numpy.typing as npt

from scheduler.domain import CourseId, Form, HomeClassId, Pupil, PupilId, Scenario, Slot, SlotId, Staff, StaffId
from scheduler.solver.model import Mask
from scheduler.solver.offers import Offer, may_lead, patterns_of
from scheduler.solver.unknowns import Unknowns
from scheduler.timetable import Meeting, SectionId, Timetable

MOST_SPARE = 8

SMALL = 400
"""Pupils of a school up to which stand-ins are looked for in the whole week at once, which proves the least."""

Key = tuple[CourseId, frozenset[SlotId]]
"""A course at the times of one pattern."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freed:
    """The columns of one radius: those in use, and those that may be otherwise."""

    name: str
    used: frozenset[Key]
    """Where sections are."""
    loose: frozenset[Key]
    """Where number, rooms and people of the sections are open."""
    open_slots: frozenset[SlotId]
    """Where further sections may open."""
    people: Mapping[Key, frozenset[StaffId]]
    """Who is on the sections now."""
    grades: Mapping[HomeClassId, int]
    order: tuple[Staff, ...]
    """Everybody, those with room for most further meetings first."""
    staff: frozenset[StaffId]
    busy: Mapping[SlotId, frozenset[StaffId]]
    """Who is on a meeting at the time of each slot now."""
    cells: Mapping[PupilId, frozenset[SlotId]]
    """Slots in which a pupil's place is open."""
    held: Mapping[PupilId, frozenset[Key]]
    """Places now."""
    grow: bool = False
    """Sections, people and rooms only come in addition."""
    classes: Mapping[Key, frozenset[HomeClassId]] | None = None
    """Given: of sections for one class or grade only those of these classes are loose."""
    guests: frozenset[HomeClassId] | None = None
    """Given: only sections that pupils of these classes may sit in are loose or open."""
    swapping: frozenset[StaffId] | None = None
    """Given: beside them only people who are free then come onto loose sections."""
    arranged: bool = False
    """Only sections that the school arranges open."""
    everything: bool = False
    stay: bool = False
    """Pupils keep their course or lose the place."""

    @property
    def complete(self) -> bool:
        """Every plan there may be lies within: all of the school, or all of a week in which nobody may be moved."""
        return self.everything or self.name == "week"

    @property
    def far(self) -> bool:
        """Others than those concerned may be moved, or more opened than is lacking."""
        return self.name in ("exchanges", "more sections", "slots", "pupils of the slots", "school")

    def offers(self, offer: Offer) -> bool:
        """In use, or in slots where sections may open."""
        return self._key(offer) in self.used or self._opens(offer)

    def leaders(self, offer: Offer) -> frozenset[StaffId] | None:
        """Anybody where the people are open, but for those busy elsewhere where they stay so; else those who are on it now."""
        now = self.people.get(self._key(offer), frozenset())
        if not self._is_loose(offer):
            return now
        if not self.grow and self.swapping is None:
            return None
        now |= self.swapping or frozenset()
        if self.grow and offer.course.skill is None:
            return now | self._spare(offer)
        return now | (self.staff - frozenset().union(*(self.busy.get(slot.id, frozenset()) for slot in offer.slots)))

    def _spare(self, offer: Offer) -> frozenset[StaffId]:
        """The few free people with most room for more, where nobody needs a skill: more would only be alike."""
        slots = frozenset(slot.id for slot in offer.slots)
        busy = frozenset().union(*(self.busy.get(slot, frozenset()) for slot in slots))
        able = (one.id for one in self.order if one.id not in busy and slots <= one.available and may_lead(one, offer.course))
        return frozenset(islice(able, MOST_SPARE))

    def places(self, pupils: Sequence[Pupil], offers: Sequence[Offer]) -> npt.NDArray[np.bool_]:
        """Places held, and all those in the open cells of a pupil."""
        held: defaultdict[Key, list[int]] = defaultdict(list)
        for i, pupil in enumerate(pupils):
            for key in self.held.get(pupil.id, ()):
                held[key].append(i)
        may = np.zeros((len(pupils), len(offers)), dtype=bool)
        free = [] if self.stay else [(i, cells) for i, pupil in enumerate(pupils) if (cells := self.cells.get(pupil.id))]
        slots = sorted({slot.id for offer in offers for slot in offer.slots})
        column = {id: s for s, id in enumerate(slots)}
        open_ = np.zeros((len(pupils), len(slots)), dtype=bool)
        for i, cells in free:
            open_[i, [column[id] for id in cells if id in column]] = True
        for o, offer in enumerate(offers):
            may[:, o] = np.all(open_[:, [column[slot.id] for slot in offer.slots]], axis=1)
            may[held[self._key(offer)], o] = True
        return may

    def columns(self, unknowns: Unknowns) -> Mask:
        """The columns that may change."""
        free = np.zeros(unknowns.model.column_count, dtype=bool)
        if self.everything:
            free[:] = True
            return free
        loose = np.array([self._is_loose(offer) for offer in unknowns.offers], dtype=bool)
        free[unknowns.sections[loose]] = True
        free[unknowns.rooms[loose[unknowns.room_offer]]] = True
        free[unknowns.leads[loose[unknowns.lead_offer]]] = True
        open_ = np.zeros((len(unknowns.pupils), len(unknowns.slots)), dtype=bool)
        for i, pupil in enumerate(unknowns.pupils):
            for id in self.cells.get(pupil.id, ()):
                if id in unknowns.slot_index:
                    open_[i, unknowns.slot_index[id]] = True
        sits, slots = unknowns.sit_slots
        shut = np.zeros(len(unknowns.sits), dtype=bool)
        np.logical_or.at(shut, sits, ~open_[unknowns.sit_pupil[sits], slots])
        free[unknowns.sits[~shut]] = True
        return free

    def _is_loose(self, offer: Offer) -> bool:
        kept = (self.arranged and offer.form is Form.CHOSEN) or not self._of_class(offer) or not self._for_guests(offer)
        return (self._key(offer) in self.loose and not kept) or self._opens(offer)

    def _of_class(self, offer: Offer) -> bool:
        if self.classes is None or (offer.home_class is None and offer.grade is None):
            return True
        mine = self.classes.get(self._key(offer), frozenset())
        return offer.home_class in mine if offer.grade is None else offer.grade in {self.grades[one] for one in mine}

    def _for_guests(self, offer: Offer) -> bool:
        if self.guests is None:
            return True
        if offer.home_class is not None:
            return offer.home_class in self.guests
        grades = frozenset(self.grades[one] for one in self.guests)
        return bool(grades & (frozenset({offer.grade}) if offer.grade is not None else offer.course.grades or grades))

    def _opens(self, offer: Offer) -> bool:
        open_ = bool(self.open_slots) and all(slot.id in self.open_slots for slot in offer.slots)
        return open_ and not (self.arranged and offer.form is Form.CHOSEN) and self._for_guests(offer)

    @staticmethod
    def _key(offer: Offer) -> Key:
        return offer.course.id, frozenset(slot.id for slot in offer.slots)


class Touched:
    """What of the old plan can stand in the changed school."""

    def __init__(self, scenario: Scenario, before: Timetable) -> None:
        self.scenario, self.before = scenario, before
        self.standing: dict[SectionId, Key] = {}
        """Sections whose course may still meet in their slots. Where the school arranges them, somebody is left in them."""
        self.weak: set[SectionId] = set()
        """Those among them that need other people or another room."""
        number = Counter(one.section for one in before.placements if one.pupil in scenario.pupil_by_id)
        patterns: dict[CourseId, frozenset[frozenset[SlotId]]] = {}
        for section in before.sections:
            course = scenario.course_by_id.get(section.course)
            meetings = before.meetings_by_section.get(section.id, ())
            if course is None or not meetings:
                continue
            if course.id not in patterns:
                shapes = patterns_of(course, scenario.slots)
                patterns[course.id] = frozenset(frozenset(slot.id for slot in shape) for shape in shapes)
            key = (course.id, frozenset(meeting.slot for meeting in meetings))
            if not number[section.id] and course.form is not Form.CHOSEN:
                continue
            if key[1] in patterns[course.id]:
                self.standing[section.id] = key
                if not all(self._serves(meeting, section.course) for meeting in meetings):
                    self.weak.add(section.id)
        self.held = self._held()
        self.empty = self._empty()
        self.thin = self._thin()

    @cached_property
    def table(self) -> Timetable:
        """The old plan without the sections that cannot be any more."""
        return replace(
            self.before,
            sections=tuple(one for one in self.before.sections if one.id in self.standing),
            meetings=tuple(one for one in self.before.meetings if one.section in self.standing),
            placements=tuple(one for one in self.before.placements if one.section in self.standing),
        )

    def _serves(self, meeting: Meeting, id: CourseId) -> bool:
        """The room is open and everybody can come."""
        course = self.scenario.course_by_id[id]
        room = self.scenario.room_by_id.get(meeting.room) if meeting.room is not None else None
        if room is None or meeting.slot in room.closed or not meeting.staff:
            return False
        people = [self.scenario.staff_by_id.get(id) for id in meeting.staff]
        return all(one is not None and meeting.slot in one.available and may_lead(one, course) for one in people)

    def _held(self) -> Mapping[PupilId, frozenset[Key]]:
        """Places that can still be, by pupil."""
        held: defaultdict[PupilId, set[Key]] = defaultdict(set)
        for placement in self.before.placements:
            if placement.section in self.standing and placement.pupil in self.scenario.pupil_by_id:
                held[placement.pupil].add(self.standing[placement.section])
        return {pupil: frozenset(keys) for pupil, keys in held.items()}

    def _empty(self) -> Mapping[PupilId, frozenset[SlotId]]:
        """Slots that are asked for and in which the pupil has no place."""
        empty = {}
        for pupil in self.scenario.pupils:
            taken = {slot for _, slots in self.held.get(pupil.id, ()) for slot in slots}
            if missing := frozenset(self.scenario.cells_of(pupil)) - taken:
                empty[pupil.id] = missing
        return empty

    def _thin(self) -> frozenset[SectionId]:
        """Chosen sections that too few pupils are left in."""
        number = Counter(p.section for p in self.before.placements if p.pupil in self.scenario.pupil_by_id)
        courses = self.scenario.course_by_id
        return frozenset(
            id
            for id, (course, _) in self.standing.items()
            if courses[course].form is Form.CHOSEN and number[id] < courses[course].min_size
        )

    def classes_of(self, sections: Collection[SectionId]) -> Mapping[Key, frozenset[HomeClassId]]:
        """The home classes that sit in these sections, by course and times."""
        found: defaultdict[Key, set[HomeClassId]] = defaultdict(set)
        pupils = self.scenario.pupil_by_id
        for section in sections:
            for placement in self.before.placements_by_section.get(section, ()):
                if placement.pupil in pupils:
                    found[self.standing[section]].add(pupils[placement.pupil].home_class)
        return {key: frozenset(classes) for key, classes in found.items()}

    def pupils_of(self, sections: set[SectionId]) -> Iterator[tuple[PupilId, frozenset[SlotId]]]:
        """Who sits in these sections, and when."""
        for placement in self.before.placements:
            if placement.section in sections and placement.pupil in self.scenario.pupil_by_id:
                yield placement.pupil, self.standing[placement.section][1]


def widening(touched: Touched, pupils_stay: bool) -> Iterator[Freed]:
    """Circles round the change, from what must be otherwise to the whole school."""
    shaken = touched.weak | touched.thin
    direct = _direct(touched, pupils_stay)
    yield direct
    all_cells: defaultdict[PupilId, set[SlotId]] = defaultdict(set)
    for pupil, slots in (*direct.cells.items(), *touched.pupils_of(shaken)):
        all_cells[pupil] |= slots
    cells = {pupil: frozenset(slots) for pupil, slots in all_cells.items()}
    slots = _at_once(touched.scenario, frozenset(slot for of_pupil in cells.values() for slot in of_pupil))
    around = frozenset(key for key in direct.used if key[1] & slots)
    if touched.weak:
        yield _swaps(touched, direct)
    if pupils_stay and len(touched.scenario.pupils) <= SMALL:
        week = {id: frozenset(slot for _, slots in keys for slot in slots) for id, keys in touched.held.items()}
        yield replace(direct, name="week", loose=direct.used, classes=None, cells=week)
        return
    if touched.weak:
        yield replace(direct, name="people", loose=around, classes=None)
    if pupils_stay:
        yield replace(direct, name="people of the week", loose=direct.used, classes=None)
        yield replace(direct, name="fewer meetings", loose=around, classes=None, cells=cells)
        return
    direct = replace(direct, classes=None)
    if direct.cells:
        guests = frozenset(touched.scenario.pupil_by_id[pupil].home_class for pupil in direct.cells)
        more = replace(direct, grow=True, loose=around, open_slots=slots, guests=guests)
        yield replace(more, name="more arranged sections", arranged=True)
        yield replace(more, name="more sections")
    yield replace(direct, name="slots", loose=around, open_slots=slots, cells=cells)
    everybody = {
        pupil.id: frozenset(mine)
        for pupil in touched.scenario.pupils
        if (mine := frozenset(touched.scenario.cells_of(pupil)) & slots | cells.get(pupil.id, frozenset()))
    }
    yield replace(direct, name="pupils of the slots", loose=around, open_slots=slots, cells=everybody)
    yield replace(direct, name="school", everything=True)


def _direct(touched: Touched, pupils_stay: bool) -> Freed:
    """Only what cannot go on as it is: people and rooms of weak sections, pupils without a place, sections of too few."""
    cells: defaultdict[PupilId, set[SlotId]] = defaultdict(set)
    for pupil, slots in () if pupils_stay else (*touched.empty.items(), *touched.pupils_of(set(touched.thin))):
        cells[pupil] |= slots
    people: defaultdict[Key, set[StaffId]] = defaultdict(set)
    for section, key in touched.standing.items():
        people[key].update(id for meeting in touched.before.meetings_by_section[section] for id in meeting.staff)
    return Freed(
        name="direct",
        used=frozenset(touched.standing.values()),
        loose=frozenset(touched.standing[section] for section in touched.weak | touched.thin),
        open_slots=frozenset(),
        people={key: frozenset(ids) for key, ids in people.items()},
        classes=touched.classes_of(touched.weak | touched.thin),
        grades={one.id: one.grade for one in touched.scenario.home_classes},
        order=_by_room_for_more(touched),
        staff=frozenset(touched.scenario.staff_by_id),
        busy=_busy(touched),
        cells={pupil: frozenset(slots) for pupil, slots in cells.items()},
        held=touched.held,
        stay=pupils_stay,
    )


def _by_room_for_more(touched: Touched) -> tuple[Staff, ...]:
    led = Counter(id for meeting in touched.table.meetings for id in meeting.staff)
    unlimited = len(touched.scenario.slots)

    def left(person: Staff) -> int:
        return (unlimited if person.max_per_week is None else person.max_per_week) - led[person.id]

    return tuple(sorted(touched.scenario.staff, key=lambda one: (-left(one), one.id)))


MOST_SWAPS = 12
"""Meetings looked at for each section that lacks people, whose leader could come if somebody free took over."""


def _swaps(touched: Touched, direct: Freed) -> Freed:
    """One step further: who could stand in leads something that somebody free can take over."""
    scenario, people = touched.scenario, touched.scenario.staff_by_id

    def able(id: StaffId, key: Key) -> bool:
        return id in people and may_lead(people[id], scenario.course_by_id[key[0]]) and key[1] <= people[id].available

    def free(key: Key) -> bool:
        busy = frozenset().union(*(direct.busy.get(slot, frozenset()) for slot in key[1]))
        return any(able(id, key) for id in direct.staff - busy)

    chosen: set[SectionId] = set()
    swapping: set[StaffId] = set()
    for weak in sorted(touched.weak):
        slots = _at_once(scenario, touched.standing[weak][1])
        near = [id for id, key in sorted(touched.standing.items()) if key[1] & slots and id not in touched.weak]
        found = 0
        for id in near:
            leader = next((one.staff[0] for one in touched.before.meetings_by_section[id] if one.staff), None)
            if leader is not None and able(leader, touched.standing[weak]) and free(touched.standing[id]):
                chosen.add(id)
                swapping.add(leader)
                found += 1
            if found == MOST_SWAPS:
                break
    return replace(
        direct,
        name="swaps",
        loose=direct.loose | {touched.standing[id] for id in chosen},
        classes=touched.classes_of(touched.weak | touched.thin | chosen),
        swapping=frozenset(swapping),
    )


def _busy(touched: Touched) -> Mapping[SlotId, frozenset[StaffId]]:
    on: defaultdict[SlotId, set[StaffId]] = defaultdict(set)
    for meeting in touched.table.meetings:
        on[meeting.slot].update(meeting.staff)
    return {
        slot.id: frozenset(id for other in _at_once(touched.scenario, frozenset({slot.id})) for id in on.get(other, ()))
        for slot in touched.scenario.slots
    }


def _at_once(scenario: Scenario, slots: frozenset[SlotId]) -> frozenset[SlotId]:
    """The slots and those that overlap one of them by the clock of some season."""
    known = [scenario.slot_by_id[id] for id in slots if id in scenario.slot_by_id]
    return slots | {other.id for other in scenario.slots if any(_overlap(one, other) for one in known)}


def _overlap(one: Slot, two: Slot) -> bool:
    if one.weekday != two.weekday:
        return False
    shared = set(one.clock_by_season) & set(two.clock_by_season)
    return any(one.clock_by_season[season].overlaps(two.clock_by_season[season]) for season in shared)
