"""What does one meeting, one seat, one lesson look like with everything it names beside it?"""

from collections.abc import Mapping
from dataclasses import dataclass

from scheduler.audit import naming
from scheduler.audit.report import Subject
from scheduler.domain import Clock, Course, Lesson, Pupil, Room, RoomKind, SeasonId, Service, Slot, Staff, Strand
from scheduler.timetable import Meeting, Section


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A meeting with everything it names; only known people and rooms."""

    meeting: Meeting
    section: Section
    course: Course
    slot: Slot
    room: Room | None
    staff: tuple[Staff, ...]
    """Leader first, each person once."""

    @property
    def regular(self) -> bool:
        return self.slot.service is Service.REGULAR

    @property
    def off_campus(self) -> bool:
        """Away from school: the room or the course itself."""
        return self.course.off_campus or (self.room is not None and self.room.kind is RoomKind.OFF_SITE)

    @property
    def zh(self) -> str:
        """周三第2时段的剪纸1班."""
        return f"{naming.slot_zh(self.slot)}的{naming.section_name(self.section, self.course)}"

    @property
    def en(self) -> str:
        """剪纸1班 in Wednesday slot 2."""
        return f"{naming.section_name(self.section, self.course)} in {naming.slot_en(self.slot)}"

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """The section and the slot, as a finding names them."""
        return (naming.section(self.section, self.course), naming.slot(self.slot))


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """A daytime lesson with its clock in each season that has a bell for it."""

    lesson: Lesson
    clock_by_season: Mapping[SeasonId, Clock]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A pupil in a section in a slot: one placement gives one cell a meeting."""

    pupil: Pupil
    section: Section
    course: Course
    slot: Slot
    chosen: bool
    held: Held

    @property
    def regular(self) -> bool:
        return self.slot.service is Service.REGULAR

    @property
    def strand(self) -> Strand | None:
        """What it counts as: nothing outside regular slots, nothing for care."""
        return self.course.strand if self.slot.service is Service.REGULAR else None
