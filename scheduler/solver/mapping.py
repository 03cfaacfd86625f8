"""What does a table look like in the columns? Its sections, people and places as values, and what no column can say.

By choice the columns are narrower than the law in three ways: a section keeps its people and its kind of room from meeting to
meeting; adults beside the leader are looked at only where a staff ratio or an online course asks for them; and a section that
nobody sits in, if the school arranges it, is left out.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from scheduler.calendar import service_dates, weekday_followed
from scheduler.domain import Course, CourseId, Form, Grouping, Pupil, Room, Slot, Staff
from scheduler.solver.model import Ints
from scheduler.solver.offers import SERVICE_OF_FORM, Offer, fits_choice, may_lead, patterns_of
from scheduler.solver.unknowns import Unknowns
from scheduler.timetable import Meeting, Section, SectionId, Timetable

NARROWER = "narrower"
"""Stands where no rule is broken: the table is lawful and merely cannot be said."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class NotExpressible:
    """A combination that has no column, and the rule that forbids it (`NARROWER`: none does)."""

    rule: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mapped:
    """A table in the columns."""

    values: Ints
    offers: dict[SectionId, int]
    """The offer each section is counted in, where there is one."""
    not_expressible: tuple[NotExpressible, ...]


def values_of(unknowns: Unknowns, timetable: Timetable) -> Mapped:
    """The column values of a table, right or wrong. What follows from other columns is filled in too."""
    drawn = _Drawn(unknowns, timetable)
    drawn.sections()
    drawn.placements()
    drawn.duties()
    drawn.following()
    return Mapped(values=drawn.values, offers=drawn.offers, not_expressible=tuple(sorted(set(drawn.wrong))))


class _Drawn:
    """One table on its way into the columns."""

    def __init__(self, unknowns: Unknowns, timetable: Timetable) -> None:
        self.unknowns, self.timetable = unknowns, timetable
        self.scenario = unknowns.scenario
        self.values: Ints = np.zeros(unknowns.model.column_count, dtype=np.int64)
        self.offers: dict[SectionId, int] = {}
        self.wrong: list[NotExpressible] = []
        self.offers_of: defaultdict[CourseId, list[int]] = defaultdict(list)
        for o, offer in enumerate(unknowns.offers):
            self.offers_of[offer.course.id].append(o)
        pupils = {pupil.id: pupil for pupil in unknowns.pupils}
        self.pupils: defaultdict[SectionId, dict[str, Pupil]] = defaultdict(dict)
        for placement in timetable.placements:
            if placement.pupil in pupils:
                self.pupils[placement.section][placement.pupil] = pupils[placement.pupil]

    def _say(self, rule: str, what: str) -> None:
        self.wrong.append(NotExpressible(rule=rule, what=what))

    # Sections: offers, rooms and people.

    def sections(self) -> None:
        seen: set[SectionId] = set()
        for section in self.timetable.sections:
            if section.id in seen:
                self._say("pattern_kept", f"the id {section.id} twice")
            seen.add(section.id)
            course = self.scenario.course_by_id.get(section.course)
            if course is None:
                self._say("pattern_kept", f"the course {section.course}")
        by_id = {section.id: section for section in self.timetable.sections if section.course in self.scenario.course_by_id}
        meetings: defaultdict[SectionId, list[Meeting]] = defaultdict(list)
        for meeting in self.timetable.meetings:
            if meeting.section not in seen:
                self._say("pattern_kept", f"the section {meeting.section}")
            if meeting.slot not in self.unknowns.slot_index:
                self._say("pattern_kept", f"the slot {meeting.slot}")
            elif meeting.section in by_id:
                meetings[meeting.section].append(meeting)
        for id, section in by_id.items():
            self._section(section, meetings[id])

    def _section(self, section: Section, meetings: Sequence[Meeting]) -> None:
        course = self.scenario.course_by_id[section.course]
        pupils = tuple(self.pupils[section.id].values())
        if not meetings:
            if pupils:
                self._say("pattern_kept", f"{section.id} without a slot")
            return
        slots = [self.scenario.slot_by_id[meeting.slot] for meeting in meetings]
        people = self._people(section, meetings)
        room = self._room(section, meetings)
        met = sorted(slot.id for slot in slots)
        options = [o for o in self.offers_of[course.id] if sorted(slot.id for slot in self.unknowns.offers[o].slots) == met]
        if not options:
            for rule in self._why_no_offer(course, slots):
                self._say(rule, f"{section.id} in {', '.join(slot.id for slot in slots)}")
            return
        o = self._whose(section, course, options, pupils, people)
        if o is None:
            return
        offer = self.unknowns.offers[o]
        if not pupils and offer.form is not Form.CHOSEN:
            self._say(NARROWER, f"{section.id} without pupils")
        self.offers[section.id] = o
        self.values[self.unknowns.sections[o]] += 1
        self._lead(section, o, people)
        if room is not None:
            self._place(section, o, room, pupils)

    def _people(self, section: Section, meetings: Sequence[Meeting]) -> tuple[Staff, ...]:
        """The people of the first meeting, known ones once; others in other meetings cannot be said."""
        by_meeting = []
        for meeting in meetings:
            for id in meeting.staff:
                if id not in self.scenario.staff_by_id:
                    self._say("pattern_kept", f"the person {id}")
            known = dict.fromkeys(id for id in meeting.staff if id in self.scenario.staff_by_id)
            by_meeting.append(tuple(self.scenario.staff_by_id[id] for id in known))
            if not known and any(other.staff for other in meetings):
                self._say("may_lead", f"{section.id} in {meeting.slot}")
        for people in by_meeting[1:]:
            if people and by_meeting[0] and people != by_meeting[0]:
                self._say(NARROWER, f"{section.id} with people that change")
                self._changing(meetings)
        return by_meeting[0]

    def _changing(self, meetings: Sequence[Meeting]) -> None:
        """Whoever may not be on one of the meetings, where the people change."""
        for meeting in meetings:
            course = self.scenario.course_by_id[self.timetable.section_by_id[meeting.section].course]
            slot = self.scenario.slot_by_id[meeting.slot]
            for person in (self.scenario.staff_by_id[id] for id in meeting.staff if id in self.scenario.staff_by_id):
                for rule in self._why_no_lead(person, course, (slot,)):
                    self._say(rule, f"{person.id} on {meeting.section} in {slot.id}")

    def _room(self, section: Section, meetings: Sequence[Meeting]) -> Room | None:
        """The room of the first meeting; rooms of other kinds in other meetings cannot be said."""
        rooms = []
        for meeting in meetings:
            if meeting.room is not None and meeting.room not in self.scenario.room_by_id:
                self._say("pattern_kept", f"the room {meeting.room}")
            room = self.scenario.room_by_id.get(meeting.room) if meeting.room is not None else None
            if room is None and any(other.room is not None for other in meetings):
                self._say("rooms_hold_groups", f"{section.id} in {meeting.slot}")
            rooms.append(room)
        classes = {self._class_of(room) for room in rooms if room is not None}
        if len(classes) > 1:
            self._say(NARROWER, f"{section.id} in rooms of different kinds")
        return next((room for room in rooms if room is not None), None)

    def _class_of(self, room: Room) -> int:
        return next(k for k, kind in enumerate(self.unknowns.room_classes) if room in kind.rooms)

    def _why_no_offer(self, course: Course, slots: Sequence[Slot]) -> Iterator[str]:
        """The rules against a section of the course in these slots."""
        elsewhere = [slot for slot in slots if slot.service is not SERVICE_OF_FORM[course.form]]
        if elsewhere:
            yield "care_kept_apart"
        shapes = [sorted(slot.id for slot in pattern) for pattern in patterns_of(course, self.unknowns.slots)]
        if len(elsewhere) < len(slots) and sorted(slot.id for slot in slots) not in shapes:
            yield "pattern_kept"
        elif not elsewhere:
            # Its wishes name teachers, and nobody may lead it.
            yield "may_lead"

    def _whose(
        self, section: Section, course: Course, options: list[int], pupils: tuple[Pupil, ...], people: tuple[Staff, ...]
    ) -> int | None:
        """The offer for these pupils and this leader."""
        teachers = {self.unknowns.offers[o].teacher for o in options}
        if teachers != {None}:
            leader = people[0].id if people else None
            options = [o for o in options if self.unknowns.offers[o].teacher == leader]
            if not options:
                self._say("may_lead", f"{section.id} led by {leader}")
                return None
        like = self.unknowns.offers[options[0]]
        if like.home_class is not None or like.grade is not None:
            by_class = like.home_class is not None
            groups = {pupil.home_class if by_class else self.scenario.grade_of(pupil).number for pupil in pupils}
            if len(groups) > 1:
                rule = "homework_groups" if course.grouping is Grouping.MIXED else "section_sizes"
                self._say(rule, f"{section.id} mixes {'classes' if by_class else 'grades'}")
        if len(options) > 1 and not pupils:
            self._say(NARROWER, f"{section.id} without pupils")
            return None
        sizes = [sum(_is_for(self.unknowns, self.unknowns.offers[o], pupil) for pupil in pupils) for o in options]
        return options[int(np.argmax(sizes))]

    def _lead(self, section: Section, o: int, people: tuple[Staff, ...]) -> None:
        unknowns, offer = self.unknowns, self.unknowns.offers[o]
        for number, person in enumerate(people):
            t = unknowns.staff_index[person.id]
            of_person = (unknowns.lead_staff == t) & (unknowns.lead_offer == o) & (unknowns.lead_first == (number == 0))
            columns = np.flatnonzero(of_person)
            if len(columns):
                column = unknowns.leads[columns[0]]
                self.values[column] += 1
                if self.values[column] > 1:
                    self._say("staff_in_one_place", f"{person.id} on {section.id} and another")
                continue
            reasons = list(self._why_no_lead(person, offer.course, offer.slots))
            for rule in reasons or [NARROWER]:
                self._say(rule, f"{person.id} on {section.id}")

    def _why_no_lead(self, person: Staff, course: Course, slots: Sequence[Slot]) -> Iterator[str]:
        """The rules against this person on this course in these slots."""
        if not may_lead(person, course):
            yield "may_lead"
        if any(slot.id not in person.available for slot in slots):
            yield "works_only_when_available"
        if any((person.id, self.unknowns.slot_index[slot.id]) in self.unknowns.lesson_clashes for slot in slots):
            yield "staff_in_one_place"

    def _place(self, section: Section, o: int, room: Room, pupils: tuple[Pupil, ...]) -> None:
        unknowns, offer = self.unknowns, self.unknowns.offers[o]
        columns = np.flatnonzero((unknowns.room_offer == o) & (unknowns.room_class == self._class_of(room)))
        if len(columns):
            self.values[unknowns.rooms[columns[0]]] += 1
            return
        course = offer.course
        reasons = []
        if (course.room_kinds and room.kind not in course.room_kinds) or course.room_features - room.features:
            reasons.append("room_suits")
        if any(slot.id in room.closed for slot in offer.slots):
            reasons.append("rooms_hold_groups")
        if not reasons:
            reasons.append("room_suits" if len(pupils) > room.seats else "section_sizes")
        for rule in reasons:
            self._say(rule, f"{section.id} in {room.id}")

    # Places.

    def placements(self) -> None:
        unknowns = self.unknowns
        column = {(int(i), int(o)): k for k, (i, o) in enumerate(zip(unknowns.sit_pupil, unknowns.sit_offer, strict=True))}
        number = {pupil.id: i for i, pupil in enumerate(unknowns.pupils)}
        known = {section.id for section in self.timetable.sections}
        seen: set[tuple[str, str]] = set()
        for placement in self.timetable.placements:
            if placement.pupil not in number:
                self._say("only_where_asked_for", f"the pupil {placement.pupil}")
            if placement.section not in known:
                self._say("only_where_asked_for", f"the section {placement.section}")
            if placement.pupil not in number or placement.section not in known:
                continue
            course = self.scenario.course_by_id.get(self.timetable.section_by_id[placement.section].course)
            if course is not None and placement.chosen and course.form is not Form.CHOSEN:
                self._say("wishes_kept", f"{placement.pupil} in {placement.section} as a wish")
            o = self.offers.get(placement.section)
            if o is None or (placement.pupil, placement.section) in seen:
                continue
            seen.add((placement.pupil, placement.section))
            i = number[placement.pupil]
            if (i, o) in column:
                sit = unknowns.sits[column[i, o]]
                self.values[sit] += 1
                if self.values[sit] > 1:
                    self._say("pupils_in_one_place", f"{placement.pupil} in {placement.section} and another")
                continue
            for rule in self._why_no_place(unknowns.pupils[i], unknowns.offers[o]):
                self._say(rule, f"{placement.pupil} in {placement.section}")

    def _why_no_place(self, pupil: Pupil, offer: Offer) -> Iterator[str]:
        """The rules against this pupil in this offer; that classes or grades mix is said of the section."""
        cells = self.scenario.cells_of(pupil)
        grade = self.scenario.grade_of(pupil).number
        if not all(offer.form in cells.get(slot.id, ()) for slot in offer.slots):
            yield "only_where_asked_for"
        if offer.course.grades and grade not in offer.course.grades:
            yield "section_sizes"
        if offer.form is Form.CHOSEN and not self._may_choose(pupil, offer, grade):
            yield "wishes_kept"

    def _may_choose(self, pupil: Pupil, offer: Offer, grade: int) -> bool:
        if any(lock.pupil == pupil.id and lock.course == offer.course.id for lock in self.scenario.locks):
            return True
        wished = any(choice.course == offer.course.id and fits_choice(offer, choice) for choice in pupil.choices)
        anything = pupil.accept_any and (not offer.course.grades or grade in offer.course.grades)
        return pupil.wanted > 0 and (wished or anything)

    # Duties, and what follows from the rest.

    def duties(self) -> None:
        weekday = {day: weekday_followed(self.scenario, day) or 0 for day in service_dates(self.scenario)}
        for duties in self.unknowns.duties_by_role.values():
            scope = duties.scope
            first = max(self.scenario.term.start, scope.start or self.scenario.term.start)
            last = min(self.scenario.term.end, scope.end or self.scenario.term.end)
            column = dict(zip(duties.holders, duties.columns.tolist(), strict=True))
            count: defaultdict[str, int] = defaultdict(int, {holder: 0 for holder, _ in duties.holders})
            for duty in self.timetable.duties:
                if duty.role is not duties.role or duty.day not in weekday or not first <= duty.day <= last:
                    continue
                if (duty.staff, weekday[duty.day]) not in column:
                    self._say("duty_each_day", f"{duty.staff} on {duty.day}")
                    continue
                self.values[column[duty.staff, weekday[duty.day]]] += 1
                count[duty.staff] += 1
            self.values[duties.least] = min(count.values())

    def following(self) -> None:
        """Cells without a place, wishes counted, slots in use, and all that is derived."""
        unknowns, values = self.unknowns, self.values
        placed = np.zeros((len(unknowns.pupils), len(unknowns.slots)), dtype=bool)
        sits, slots = unknowns.sit_slots
        held = values[unknowns.sits[sits]] > 0
        placed[unknowns.sit_pupil[sits[held]], slots[held]] = True
        values[unknowns.unplaced] = ~placed[unknowns.cell_pupil, unknowns.cell_slot]
        chosen = values[unknowns.sits] * unknowns.sit_grants
        granted = np.bincount(unknowns.sit_pupil, weights=chosen, minlength=len(unknowns.pupils))
        values[unknowns.levels] = granted[unknowns.level_pupil] > unknowns.level
        offers, slots = unknowns.offer_slots
        values[unknowns.used] = np.bincount(slots, weights=values[unknowns.sections[offers]], minlength=len(unknowns.slots)) > 0
        for derived in unknowns.derived:
            values[derived.column] = all(values[part].any() for part in derived.parts)


def _is_for(unknowns: Unknowns, offer: Offer, pupil: Pupil) -> bool:
    """The pupil is of the class or grade that the offer is for."""
    grade = unknowns.scenario.grade_of(pupil).number
    return offer.home_class in (None, pupil.home_class) and offer.grade in (None, grade)
