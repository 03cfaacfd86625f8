"""What does the table say about the school? A read-only view of both, with the indexes that the twins look things up in.

A table drawn by hand may name people and things the school does not have. Whatever names one is left out of every index
here and told once: in `unknown_in_meetings` (yielded by `pattern_kept`) or `unknown_in_placements` (yielded by
`only_where_asked_for`). So no twin needs to look before it follows an id.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from scheduler.audit.report import Deviation
from scheduler.audit.strangers import strangers_in_meetings, strangers_in_placements
from scheduler.audit.views import Cell, Held, Taught
from scheduler.domain import (
    BellKind,
    Category,
    Clock,
    Course,
    Grade,
    HomeClass,
    HomeClassId,
    Pupil,
    PupilId,
    RoomId,
    Scenario,
    Season,
    SeasonId,
    Service,
    Slot,
    SlotId,
    StaffId,
)
from scheduler.rulebook import Scope
from scheduler.timetable import Placement, Section, SectionId, Timetable

__all__ = ["SCHOOL_WEEK", "Cell", "Held", "Taught", "World"]

SCHOOL_WEEK = frozenset({1, 2, 3, 4, 5})
"""Monday to Friday; weekly measures leave the weekend out."""


@dataclass(frozen=True)
class World:
    """One school and one table, over a stretch of days in which the placements do not change."""

    scenario: Scenario
    timetable: Timetable
    first_day: date | None = None
    """Given with `last_day` where only the placements of that stretch are looked at; else those of any day."""
    last_day: date | None = None

    @property
    def stretch(self) -> tuple[date, date]:
        """First and last day looked at; those of the table unless told otherwise."""
        return self.first_day or self.timetable.start, self.last_day or self.timetable.end

    # --- meetings ---------------------------------------------------------------------------------------------

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """Sections of known courses, each id once."""
        known = {section.id: section for section in self.timetable.sections if section.course in self.scenario.course_by_id}
        return tuple(known.values())

    @cached_property
    def section_by_id(self) -> Mapping[SectionId, Section]:
        return {section.id: section for section in self.sections}

    def course(self, section: Section) -> Course:
        return self.scenario.course_by_id[section.course]

    @cached_property
    def held(self) -> tuple[Held, ...]:
        """Meetings of known sections in known slots, in the table's order."""
        return tuple(
            Held(
                meeting=meeting,
                section=(section := self.section_by_id[meeting.section]),
                course=self.course(section),
                slot=self.scenario.slot_by_id[meeting.slot],
                room=self.scenario.room_by_id.get(meeting.room) if meeting.room is not None else None,
                staff=tuple(
                    self.scenario.staff_by_id[one] for one in dict.fromkeys(meeting.staff) if one in self.scenario.staff_by_id
                ),
            )
            for meeting in self.timetable.meetings
            if meeting.section in self.section_by_id and meeting.slot in self.scenario.slot_by_id
        )

    @cached_property
    def held_by_section(self) -> Mapping[SectionId, tuple[Held, ...]]:
        """Every section has an entry, empty where it never meets."""
        grouped: dict[SectionId, list[Held]] = {section.id: [] for section in self.sections}
        for held in self.held:
            grouped[held.section.id].append(held)
        return {section: tuple(meetings) for section, meetings in grouped.items()}

    @cached_property
    def held_by_slot(self) -> Mapping[SlotId, tuple[Held, ...]]:
        """Slots in use only."""
        grouped: defaultdict[SlotId, list[Held]] = defaultdict(list)
        for held in self.held:
            grouped[held.slot.id].append(held)
        return {slot: tuple(meetings) for slot, meetings in grouped.items()}

    @cached_property
    def held_by_staff(self) -> Mapping[StaffId, tuple[Held, ...]]:
        """Leaders and helpers alike; people with a meeting only."""
        grouped: defaultdict[StaffId, list[Held]] = defaultdict(list)
        for held in self.held:
            for person in held.staff:
                grouped[person.id].append(held)
        return {person: tuple(meetings) for person, meetings in grouped.items()}

    @cached_property
    def held_by_room(self) -> Mapping[RoomId, tuple[Held, ...]]:
        """Rooms in use only."""
        grouped: defaultdict[RoomId, list[Held]] = defaultdict(list)
        for held in self.held:
            if held.room is not None:
                grouped[held.room.id].append(held)
        return {room: tuple(meetings) for room, meetings in grouped.items()}

    @cached_property
    def slots_in_use(self) -> tuple[Slot, ...]:
        """Slots with at least one meeting, in order of weekday and number."""
        used = (self.scenario.slot_by_id[slot] for slot in self.held_by_slot)
        return tuple(sorted(used, key=lambda slot: (slot.weekday, slot.number, slot.id)))

    @cached_property
    def regular_slots_in_use(self) -> tuple[Slot, ...]:
        return tuple(slot for slot in self.slots_in_use if slot.service is Service.REGULAR)

    @cached_property
    def sections_held(self) -> tuple[Section, ...]:
        """Sections that take place: those with a meeting."""
        return tuple(one for one in self.sections if self.held_by_section[one.id])

    @cached_property
    def pe_sections(self) -> tuple[Section, ...]:
        """Sections of category `pe` that take place."""
        return tuple(one for one in self.sections_held if self.course(one).category is Category.PE)

    def grades_open(self, course: Course) -> frozenset[int]:
        """Grades the course is for; every grade of the school where it names none."""
        return course.grades or self.all_grades

    def grades_of_meeting(self, held: Held) -> frozenset[int]:
        """Grades that both the slot and the course are open to, whoever sits there."""
        return held.slot.grades & self.grades_open(held.course)

    # --- placements -------------------------------------------------------------------------------------------

    @cached_property
    def placements(self) -> tuple[Placement, ...]:
        """Placements of known pupils in known sections that hold on some day of the stretch, each pupil and section once."""
        first, last = self.stretch
        known = {
            (placement.pupil, placement.section): placement
            for placement in self.timetable.placements
            if placement.pupil in self.pupil_by_id
            and placement.section in self.section_by_id
            and (placement.start is None or placement.start <= last)
            and (placement.end is None or placement.end >= first)
        }
        return tuple(known.values())

    @cached_property
    def pupil_by_id(self) -> Mapping[PupilId, Pupil]:
        """Pupils whose home class and grade are known."""
        return {
            pupil.id: pupil
            for pupil in self.scenario.pupils
            if pupil.home_class in self.scenario.home_class_by_id
            and self.scenario.home_class_by_id[pupil.home_class].grade in self.scenario.grade_by_number
        }

    @cached_property
    def placements_by_pupil(self) -> Mapping[PupilId, tuple[Placement, ...]]:
        grouped: defaultdict[PupilId, list[Placement]] = defaultdict(list)
        for placement in self.placements:
            grouped[placement.pupil].append(placement)
        return {pupil: tuple(placements) for pupil, placements in grouped.items()}

    @cached_property
    def placements_by_section(self) -> Mapping[SectionId, tuple[Placement, ...]]:
        grouped: defaultdict[SectionId, list[Placement]] = defaultdict(list)
        for placement in self.placements:
            grouped[placement.section].append(placement)
        return {section: tuple(placements) for section, placements in grouped.items()}

    def pupils_of(self, section: Section) -> tuple[Pupil, ...]:
        """Pupils placed in the section."""
        return tuple(self.pupil_by_id[placement.pupil] for placement in self.placements_by_section.get(section.id, ()))

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Every pupil in every meeting they sit in; a section that never meets gives none."""
        return tuple(
            Cell(
                pupil=self.pupil_by_id[placement.pupil],
                section=held.section,
                course=held.course,
                slot=held.slot,
                chosen=placement.chosen,
                held=held,
            )
            for placement in self.placements
            for held in self.held_by_section[placement.section]
        )

    @cached_property
    def cells_by_pupil(self) -> Mapping[PupilId, tuple[Cell, ...]]:
        """Every pupil has an entry, empty where they sit nowhere."""
        grouped: dict[PupilId, list[Cell]] = {pupil: [] for pupil in self.pupil_by_id}
        for cell in self.cells:
            grouped[cell.pupil.id].append(cell)
        return {pupil: tuple(cells) for pupil, cells in grouped.items()}

    # --- pupils, grades, classes ------------------------------------------------------------------------------

    @cached_property
    def all_grades(self) -> frozenset[int]:
        return frozenset(self.scenario.grade_by_number)

    def home_class(self, pupil: Pupil) -> HomeClass:
        return self.scenario.home_class_by_id[pupil.home_class]

    def grade(self, pupil: Pupil) -> Grade:
        return self.scenario.grade_of(pupil)

    @cached_property
    def participants(self) -> tuple[Pupil, ...]:
        """Enrolled pupils with at least one stay in a slot the school has."""
        return tuple(pupil for pupil in self.pupil_by_id.values() if pupil.enrolled and self.stays_of(pupil))

    @cached_property
    def full_week_participants(self) -> tuple[Pupil, ...]:
        """Participants who stay in every regular slot offered to their grade from Monday to Friday."""
        offered = {
            grade: frozenset(slot.id for slot in self.regular_slots(grade) if slot.weekday in SCHOOL_WEEK)
            for grade in self.all_grades
        }
        return tuple(
            pupil for pupil in self.participants if (whole := offered[self.grade(pupil).number]) and whole <= pupil.stays
        )

    @cached_property
    def participants_by_class(self) -> Mapping[HomeClassId, tuple[Pupil, ...]]:
        """Every home class has an entry."""
        grouped: dict[HomeClassId, list[Pupil]] = {home_class.id: [] for home_class in self.scenario.home_classes}
        for pupil in self.participants:
            grouped[pupil.home_class].append(pupil)
        return {home_class: tuple(pupils) for home_class, pupils in grouped.items()}

    def stays_of(self, pupil: Pupil) -> tuple[Slot, ...]:
        """Slots the family asked for and the school has, in order of weekday and number."""
        return self._stays_by_pupil.get(pupil.id, ())

    @cached_property
    def _stays_by_pupil(self) -> Mapping[PupilId, tuple[Slot, ...]]:
        ordered = sorted(self.scenario.slots, key=lambda slot: (slot.weekday, slot.number, slot.id))
        return {pupil.id: tuple(slot for slot in ordered if slot.id in pupil.stays) for pupil in self.scenario.pupils}

    def regular_slots(self, grade: int) -> tuple[Slot, ...]:
        """Regular slots offered to a grade, in order of weekday and number."""
        return self._regular_slots_by_grade.get(grade, ())

    @cached_property
    def _regular_slots_by_grade(self) -> Mapping[int, tuple[Slot, ...]]:
        return {grade: self.scenario.slots_of(grade) for grade in self.all_grades}

    # --- whom a clause binds, and when ------------------------------------------------------------------------

    def in_force(self, scope: Scope) -> bool:
        """The scope's areas take in this school and its dates share a day with those looked at."""
        first, last = self.stretch
        return (not scope.areas or self.scenario.school.area in scope.areas) and (
            (scope.start is None or scope.start <= last) and (scope.end is None or scope.end >= first)
        )

    def grades_bound(self, scope: Scope) -> tuple[int, ...]:
        """Grades of this school the scope binds, lowest first; none where it is not in force here."""
        if not self.in_force(scope):
            return ()
        return tuple(
            sorted(
                grade.number
                for grade in self.scenario.grades
                if (not scope.stages or grade.stage in scope.stages)
                and (not scope.grades or grade.number in scope.grades)
                and (scope.graduating is None or grade.graduating == scope.graduating)
            )
        )

    def seasons_bound(self, scope: Scope) -> tuple[Season, ...]:
        """Seasons that share a day with the scope's dates and those looked at, earliest first."""
        first = max(self.stretch[0], scope.start or date.min)
        last = min(self.stretch[1], scope.end or date.max)
        bound = (one for one in self.scenario.seasons if max(first, one.start) <= min(last, one.end))
        return tuple(sorted(bound, key=lambda one: (one.start, one.id)))

    def binds_pupil(self, scope: Scope, pupil: Pupil) -> bool:
        return self.grade(pupil).number in self.grades_bound(scope)

    def pupils_bound(self, scope: Scope) -> tuple[Pupil, ...]:
        """Pupils of the grades bound, participants or not."""
        grades = frozenset(self.grades_bound(scope))
        return tuple(pupil for pupil in self.pupil_by_id.values() if self.grade(pupil).number in grades)

    def participants_bound(self, scope: Scope) -> tuple[Pupil, ...]:
        """Participants of the grades bound."""
        grades = frozenset(self.grades_bound(scope))
        return tuple(pupil for pupil in self.participants if self.grade(pupil).number in grades)

    def classes_bound(self, scope: Scope) -> tuple[HomeClass, ...]:
        """Home classes of the grades bound, in order of grade and id."""
        grades = frozenset(self.grades_bound(scope))
        bound = (home_class for home_class in self.scenario.home_classes if home_class.grade in grades)
        return tuple(sorted(bound, key=lambda home_class: (home_class.grade, home_class.id)))

    def held_bound(self, scope: Scope) -> tuple[Held, ...]:
        """Meetings that belong to a grade bound, by slot and course; whoever sits there. All of them where all grades are."""
        grades = frozenset(self.grades_bound(scope))
        if grades == self.all_grades:
            return self.held
        return tuple(held for held in self.held if self.grades_of_meeting(held) & grades)

    def sections_bound(self, scope: Scope) -> tuple[Section, ...]:
        """Sections that take place and whose course is open to a grade bound; all of them where all grades are."""
        grades = frozenset(self.grades_bound(scope))
        if grades == self.all_grades:
            return self.sections_held
        return tuple(one for one in self.sections_held if self.grades_open(self.course(one)) & grades)

    # --- clock time -------------------------------------------------------------------------------------------

    def clock(self, slot: Slot, season: Season) -> Clock | None:
        """The slot's clock in that season; `None` where it is not held then."""
        return slot.clock_by_season.get(season.id)

    def minutes(self, slot: Slot, season: Season) -> int:
        """Minutes of the slot in that season, 0 where it is not held then."""
        clock = slot.clock_by_season.get(season.id)
        return clock.minutes if clock is not None else 0

    @cached_property
    def lessons_by_day(self) -> Mapping[tuple[SeasonId, int, int], tuple[Clock, ...]]:
        """Clocks of the lesson bells by season, grade and weekday, earliest first."""
        grouped: defaultdict[tuple[SeasonId, int, int], list[Clock]] = defaultdict(list)
        for bell in self.scenario.bells:
            if bell.kind is BellKind.LESSON:
                for grade in bell.grades:
                    for weekday in bell.weekdays:
                        grouped[bell.season, grade, weekday].append(bell.clock)
        return {key: tuple(sorted(clocks, key=lambda clock: (clock.start, clock.end))) for key, clocks in grouped.items()}

    @cached_property
    def clock_of_lesson(self) -> Mapping[tuple[SeasonId, int, int, int], Clock]:
        """Clock of a lesson by season, grade, weekday and lesson number."""
        return {
            (bell.season, grade, weekday, bell.number): bell.clock
            for bell in self.scenario.bells
            if bell.kind is BellKind.LESSON
            for grade in bell.grades
            for weekday in bell.weekdays
        }

    @cached_property
    def lessons_of_staff(self) -> Mapping[StaffId, tuple[Taught, ...]]:
        """Daytime lessons a person teaches, in the scenario's order."""
        grouped: defaultdict[StaffId, list[Taught]] = defaultdict(list)
        for lesson in self.scenario.lessons:
            home_class = self.scenario.home_class_by_id.get(lesson.home_class)
            if lesson.teacher is None or home_class is None:
                continue
            clocks = {
                season.id: clock
                for season in self.scenario.seasons
                if (clock := self.clock_of_lesson.get((season.id, home_class.grade, lesson.weekday, lesson.number)))
            }
            grouped[lesson.teacher].append(Taught(lesson=lesson, clock_by_season=clocks))
        return {person: tuple(lessons) for person, lessons in grouped.items()}

    @cached_property
    def pe_lessons(self) -> frozenset[tuple[HomeClassId, int]]:
        """Home class and weekday on which the daytime timetable has PE."""
        return frozenset((lesson.home_class, lesson.weekday) for lesson in self.scenario.lessons if lesson.pe)

    # --- what the table names and the school does not have -----------------------------------------------------

    @cached_property
    def unknown_in_meetings(self) -> tuple[Deviation, ...]:
        """1 per section of an unknown course, meeting of an unknown section or slot, and unknown room or person."""
        return strangers_in_meetings(self.scenario, self.timetable)

    @cached_property
    def unknown_in_placements(self) -> tuple[Deviation, ...]:
        """1 per placement of an unknown pupil or in an unknown section."""
        return strangers_in_placements(self.timetable, self.pupil_by_id)
