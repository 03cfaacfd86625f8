"""What does a class, a teacher, a room, a course or a pupil see of the template week?"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

from scheduler.domain import (
    Clock,
    Course,
    CourseId,
    HolidaySeason,
    HomeClassId,
    PupilId,
    RoomId,
    Scenario,
    Season,
    Slot,
    SlotId,
    StaffId,
)
from scheduler.publish.exchange import canonical
from scheduler.publish.names import Names
from scheduler.timetable import Meeting, Section, SectionId, Timetable

Times = tuple[tuple[str, Clock], ...]
"""Season's name (empty where all seasons agree) and the clock."""

K = TypeVar("K")
V = TypeVar("V")


class Kind(StrEnum):
    """Whose timetable it is."""

    CLASS = "class"
    TEACHER = "teacher"
    ROOM = "room"
    COURSE = "course"
    PUPIL = "pupil"


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One meeting as people read it; a view has one of it for everybody whom it concerns."""

    meeting: Meeting
    section: Section
    course: Course | None
    """`None` when the school has no such course."""
    slot: Slot
    title: str
    room: str
    """Empty where no room is given."""
    staff: tuple[str, ...]
    size: int
    """Pupils placed in the section."""


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """A row of a week: slots of the same number and clock, whatever the weekday, have one band of a view."""

    number: int
    times: Times


Cell = tuple[Band, int]
"""A band and a weekday."""


@dataclass(frozen=True, slots=True)
class Week:
    """One timetable: whose, and what is in each cell."""

    kind: Kind
    id: str
    title: str
    note: str
    days: tuple[int, ...]
    bands: tuple[Band, ...]
    lines_by_cell: Mapping[Cell, tuple[Line, ...]]
    offered: frozenset[Cell]
    """Cells in which a slot exists for them."""

    @property
    def busy(self) -> frozenset[int]:
        """Weekdays with a meeting."""
        return frozenset(day for _, day in self.lines_by_cell)

    def row(self, band: Band) -> Iterator[tuple[int, tuple[Line, ...], bool]]:
        """Day by day: what is in the cell, and whether a slot exists for them."""
        for day in self.days:
            yield day, self.lines_by_cell.get((band, day), ()), (band, day) in self.offered

    def lines_on(self, day: int) -> Iterator[Line]:
        """The meetings of a weekday, band by band."""
        for band in self.bands:
            yield from self.lines_by_cell.get((band, day), ())


class View:
    """A plan with the names of its school. What the school does not know is shown by its id, so that drafts can be read."""

    def __init__(self, scenario: Scenario, timetable: Timetable, language: str = "zh") -> None:
        self.scenario, self.timetable, self.language = scenario, timetable, language
        self.names = Names(scenario)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Every meeting in a slot that exists, in the order of the week."""
        known = self.timetable.section_by_id
        lines = (
            self._line(meeting, known[meeting.section], self.scenario.slot_by_id[meeting.slot])
            for meeting in self.timetable.meetings
            if meeting.section in known and meeting.slot in self.scenario.slot_by_id
        )
        return tuple(sorted(lines, key=lambda line: (line.slot.weekday, line.slot.number, line.title, line.section.id)))

    @cached_property
    def ordered(self) -> Timetable:
        """The plan with every row in its place."""
        return canonical(self.timetable)

    def title(self, section: Section) -> str:
        """剪纸2班: the course and the number of the section."""
        course = self.scenario.course_by_id.get(section.course)
        number = f"{section.number}班" if self.language == "zh" else f" {section.number}"
        return f"{course.title if course else section.course}{number}"

    def weeks(self, kind: Kind) -> tuple[Week, ...]:
        """The timetables of everybody of one kind who has one, in the order of the school's lists."""
        return tuple(self.week(kind, key) for key in self.members(kind))

    def members(self, kind: Kind) -> tuple[str, ...]:
        """Ids of those with a timetable: every home class; of the others whoever appears in the plan."""
        order: Mapping[Kind, Sequence[str]] = {
            Kind.CLASS: [home_class.id for home_class in self.scenario.home_classes],
            Kind.TEACHER: [person.id for person in self.scenario.staff],
            Kind.ROOM: [room.id for room in self.scenario.rooms],
            Kind.COURSE: [course.id for course in self.scenario.courses],
            Kind.PUPIL: [pupil.id for pupil in self.scenario.pupils],
        }
        if kind is Kind.CLASS:
            return tuple(order[kind])
        known = list(dict.fromkeys(order[kind]))
        rest = sorted(self._lines_by_kind[kind].keys() - set(known))
        return tuple(key for key in (*known, *rest) if self._lines_by_kind[kind].get(key))

    def lines_of(self, kind: Kind, key: str) -> tuple[Line, ...]:
        """Meetings that concern them."""
        return self._lines_by_kind[kind].get(key, ())

    def week(self, kind: Kind, key: str) -> Week:
        """One timetable."""
        lines = self.lines_of(kind, key)
        lines_by_cell = _grouped((self._cell_by_slot[line.slot.id], line) for line in lines)
        cells = frozenset((*self._offered(kind, key), *lines_by_cell))
        bands = {band for band, _ in cells}
        weekdays = {1, 2, 3, 4, 5} | {day for _, day in cells}
        return Week(
            kind=kind,
            id=key,
            title=self.name(kind, key),
            note=self._note(kind, key),
            days=tuple(sorted(weekdays)),
            bands=tuple(band for band in self._bands if band in bands),
            lines_by_cell=lines_by_cell,
            offered=cells,
        )

    def name(self, kind: Kind, key: str) -> str:
        """What people call them; with the id only where two share a name."""
        match kind:
            case Kind.CLASS:
                return self.names.home_classes.label(HomeClassId(key))
            case Kind.TEACHER:
                return self.names.staff.label(StaffId(key))
            case Kind.ROOM:
                return self.names.rooms.label(RoomId(key))
            case Kind.COURSE:
                return self.names.courses.label(CourseId(key))
            case Kind.PUPIL:
                return self.names.pupils.label(PupilId(key))

    @cached_property
    def seasons(self) -> tuple[Season, ...]:
        """Seasons that share a day with the plan, in order."""
        first, last = self.timetable.start, self.timetable.end
        shared = (season for season in self.scenario.seasons if season.start <= last and first <= season.end)
        return tuple(sorted(shared, key=lambda season: (season.start, season.id)))

    def times(self, slot: Slot) -> Times:
        """The slot's clock in each season, once where all agree."""
        return self.band(slot).times

    def band(self, slot: Slot) -> Band:
        """The row of the slot."""
        return self._cell_by_slot[slot.id][0]

    @cached_property
    def _bands(self) -> tuple[Band, ...]:
        """All rows, in order of their clocks."""
        bands = dict.fromkeys(band for band, _ in self._cell_by_slot.values())
        return tuple(sorted(bands, key=lambda band: ([clock.start for _, clock in band.times], band.number)))

    @cached_property
    def _cell_by_slot(self) -> Mapping[SlotId, Cell]:
        bands: dict[tuple[int, Times], Band] = {}
        rows = [(slot, (slot.number, self._times(slot))) for slot in self.scenario.slots]
        return {slot.id: (bands.setdefault(row, Band(*row)), slot.weekday) for slot, row in rows}

    def _times(self, slot: Slot) -> Times:
        clocks = [(season, slot.clock_by_season[season.id]) for season in self.seasons if season.id in slot.clock_by_season]
        if len({clock for _, clock in clocks}) <= 1 and len(clocks) == len(self.seasons):
            return tuple(("", clock) for _, clock in clocks[:1])
        return tuple((self.season_name(season), clock) for season, clock in clocks)

    def season_name(self, season: Season) -> str:
        """夏季 or 冬季 where the county prints hours for them, else its dates."""
        kinds = [other.kind for other in self.seasons]
        words = {
            HolidaySeason.SUMMER: {"zh": "夏季", "en": "summer"},
            HolidaySeason.WINTER: {"zh": "冬季", "en": "winter"},
        }
        if season.kind is not None and kinds.count(season.kind) == 1:
            return words[season.kind][self.language]
        start, end = max(season.start, self.timetable.start), min(season.end, self.timetable.end)
        if self.language == "zh":
            return f"{start.month}月{start.day}日—{end.month}月{end.day}日"
        return f"{start:%d %b} – {end:%d %b}"

    def _line(self, meeting: Meeting, section: Section, slot: Slot) -> Line:
        return Line(
            meeting=meeting,
            section=section,
            course=self.scenario.course_by_id.get(section.course),
            slot=slot,
            title=self.title(section),
            room="" if meeting.room is None else self.names.rooms.label(meeting.room),
            staff=tuple(self.names.staff.label(person) for person in meeting.staff),
            size=len({placement.pupil for placement in self.timetable.placements_by_section.get(section.id, ())}),
        )

    @cached_property
    def _lines_by_kind(self) -> Mapping[Kind, Mapping[str, tuple[Line, ...]]]:
        pupils, classes = self._pupils_by_section, self._classes_by_section
        return {
            Kind.CLASS: _grouped((key, line) for line in self.lines for key in classes.get(line.section.id, ())),
            Kind.TEACHER: _grouped((key, line) for line in self.lines for key in dict.fromkeys(line.meeting.staff)),
            Kind.ROOM: _grouped((line.meeting.room, line) for line in self.lines if line.meeting.room is not None),
            Kind.COURSE: _grouped((line.section.course, line) for line in self.lines),
            Kind.PUPIL: _grouped((key, line) for line in self.lines for key in pupils.get(line.section.id, ())),
        }

    @cached_property
    def _pupils_by_section(self) -> Mapping[SectionId, tuple[str, ...]]:
        placed = {(placement.section, placement.pupil): None for placement in self.timetable.placements}
        return _grouped((section, pupil) for section, pupil in placed)

    @cached_property
    def _classes_by_section(self) -> Mapping[SectionId, tuple[str, ...]]:
        known = self.scenario.pupil_by_id
        pairs = {
            (placement.section, known[placement.pupil].home_class): None
            for placement in self.timetable.placements
            if placement.pupil in known
        }
        return _grouped((section, home_class) for section, home_class in pairs)

    def _offered(self, kind: Kind, key: str) -> Iterable[Cell]:
        """Cells that are theirs even when nothing is in them: those of the class's grade, or of the pupil's stays."""
        home_class = self.scenario.home_class_by_id.get(HomeClassId(key)) if kind is Kind.CLASS else None
        if home_class is not None:
            yield from (self._cell_by_slot[slot.id] for slot in self.scenario.slots_of(home_class.grade))
        pupil = self.scenario.pupil_by_id.get(PupilId(key)) if kind is Kind.PUPIL else None
        if pupil is not None:
            yield from (self._cell_by_slot[slot] for slot in pupil.stays if slot in self._cell_by_slot)

    def _note(self, kind: Kind, key: str) -> str:
        if kind is not Kind.PUPIL:
            return ""
        pupil = self.scenario.pupil_by_id.get(PupilId(key))
        return "" if pupil is None else self.names.home_classes.label(pupil.home_class)


def _grouped(pairs: Iterable[tuple[K, V]]) -> Mapping[K, tuple[V, ...]]:
    grouped: defaultdict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        grouped[key].append(value)
    return {key: tuple(values) for key, values in grouped.items()}
