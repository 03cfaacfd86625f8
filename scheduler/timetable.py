"""What is a plan? The weekly meetings and placements that somebody, or our solver, decided; no judgement lives here."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import NewType

from scheduler.domain import CourseId, PupilId, Role, RoomId, SlotId, StaffId, TripId

SectionId = NewType("SectionId", str)


class ChangeKind(StrEnum):
    """What a dated exception does to one meeting."""

    CANCEL = "cancel"
    MOVE = "move"
    SUBSTITUTE = "substitute"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Section:
    """教学班: one group of a course. The id survives re-solving."""

    id: SectionId
    course: CourseId
    number: int
    """1, 2, … among the sections of the course; what people call it."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Meeting:
    """一次课: a section in a slot of the template week."""

    section: SectionId
    slot: SlotId
    room: RoomId | None
    """`None` only in drafts: no room could be found."""
    staff: tuple[StaffId, ...]
    """Leader first, then helpers. Empty only in drafts."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Placement:
    """选课结果: a pupil sits in every meeting of a section."""

    pupil: PupilId
    section: SectionId
    chosen: bool
    """A wish granted. Arranged places and every form of care are never wishes."""
    start: date | None = None
    """Given where it does not hold from the timetable's first day."""
    end: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Ride:
    """The trip a rider takes home on a weekday."""

    pupil: PupilId
    weekday: int
    trip: TripId


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Duty:
    """值班 or 督查 on one date."""

    day: date
    role: Role
    staff: StaffId


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Change:
    """A dated exception to one meeting: cancelled, moved (slot, day or room), or led by somebody else."""

    section: SectionId
    slot: SlotId
    day: date
    """The original date."""
    kind: ChangeKind
    why: str
    new_day: date | None = None
    new_slot: SlotId | None = None
    new_room: RoomId | None = None
    new_staff: tuple[StaffId, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Timetable:
    """课表: one set of placements serves all seasons; hours are read from each season's clock."""

    county: str
    scenario_digest: str
    """SHA-256 of the canonical scenario it was made for; empty for tables drawn by hand."""
    start: date
    end: date
    sections: tuple[Section, ...]
    meetings: tuple[Meeting, ...]
    placements: tuple[Placement, ...]
    rides: tuple[Ride, ...] = ()
    duties: tuple[Duty, ...] = ()
    changes: tuple[Change, ...] = ()
    seed: int | None = None
    program: str | None = None
    """Name and version of what made it."""

    @cached_property
    def section_by_id(self) -> Mapping[SectionId, Section]:
        return {section.id: section for section in self.sections}

    @cached_property
    def meetings_by_section(self) -> Mapping[SectionId, tuple[Meeting, ...]]:
        grouped: defaultdict[SectionId, list[Meeting]] = defaultdict(list)
        for meeting in self.meetings:
            grouped[meeting.section].append(meeting)
        return {section: tuple(meetings) for section, meetings in grouped.items()}

    @cached_property
    def placements_by_section(self) -> Mapping[SectionId, tuple[Placement, ...]]:
        grouped: defaultdict[SectionId, list[Placement]] = defaultdict(list)
        for placement in self.placements:
            grouped[placement.section].append(placement)
        return {section: tuple(placements) for section, placements in grouped.items()}

    @cached_property
    def placements_by_pupil(self) -> Mapping[PupilId, tuple[Placement, ...]]:
        grouped: defaultdict[PupilId, list[Placement]] = defaultdict(list)
        for placement in self.placements:
            grouped[placement.pupil].append(placement)
        return {pupil: tuple(placements) for pupil, placements in grouped.items()}
