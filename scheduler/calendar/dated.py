"""Which meetings take place on which date, at what time, and what has been changed about them?"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import reduce
from zoneinfo import ZoneInfo

from scheduler.calendar.days import season_on, service_dates, weekday_followed
from scheduler.domain import Clock, RoomId, Scenario, SlotId, StaffId
from scheduler.timetable import Change, ChangeKind, Meeting, SectionId, Timetable

SHANGHAI = ZoneInfo("Asia/Shanghai")

ChangesByMeeting = Mapping[tuple[SectionId, SlotId, date], Sequence[Change]]


class Standing(StrEnum):
    """Whether a dated meeting takes place."""

    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedMeeting:
    """A meeting on one date. Section, slot and original date name it for ever; the rest may change."""

    section: SectionId
    slot: SlotId
    """Slot of the template week it comes from."""
    original_day: date
    day: date
    """Where it is now; differs from `original_day` when it was moved."""
    start: datetime
    end: datetime
    """In the time of Shanghai, by the clock of the season the day lies in."""
    room: RoomId | None
    staff: tuple[StaffId, ...]
    standing: Standing
    moved: bool = False
    substituted: bool = False
    changes: tuple[Change, ...] = ()
    """What was applied, in the order of the plan."""

    @property
    def cancelled(self) -> bool:
        return self.standing is Standing.CANCELLED


def dated_meetings(scenario: Scenario, timetable: Timetable) -> tuple[DatedMeeting, ...]:
    """Every meeting of the plan on every date it falls on, in order of time; cancelled ones are kept and say so.

    A slot without a clock in a season does not meet in that season; one the school does not have never does. Raises
    `InputFaults` when no season covers a date.
    """
    by_weekday: defaultdict[int, list[Meeting]] = defaultdict(list)
    for meeting in timetable.meetings:
        if meeting.slot in scenario.slot_by_id and meeting.section in timetable.section_by_id:
            by_weekday[scenario.slot_by_id[meeting.slot].weekday].append(meeting)
    changes = _changes_by_meeting(timetable)
    dated = (
        found
        for day in service_dates(scenario)
        if timetable.start <= day <= timetable.end
        for meeting in by_weekday.get(weekday_followed(scenario, day) or 0, [])
        for found in _on(scenario, meeting, day, changes)
    )
    return tuple(sorted(dated, key=lambda meeting: (meeting.start, meeting.section, meeting.original_day)))


def idle_changes(scenario: Scenario, timetable: Timetable) -> tuple[Change, ...]:
    """Changes of meetings that do not exist: the section does not meet in that slot on that date."""
    applied = {change for meeting in dated_meetings(scenario, timetable) for change in meeting.changes}
    return tuple(change for change in timetable.changes if change not in applied)


def _changes_by_meeting(timetable: Timetable) -> ChangesByMeeting:
    grouped: defaultdict[tuple[SectionId, SlotId, date], list[Change]] = defaultdict(list)
    for change in timetable.changes:
        grouped[change.section, change.slot, change.day].append(change)
    return grouped


def _on(scenario: Scenario, meeting: Meeting, day: date, changes: ChangesByMeeting) -> Iterator[DatedMeeting]:
    clock = _clock(scenario, meeting.slot, day)
    if clock is None:
        return
    planned = DatedMeeting(
        section=meeting.section,
        slot=meeting.slot,
        original_day=day,
        day=day,
        start=_at(day, clock)[0],
        end=_at(day, clock)[1],
        room=meeting.room,
        staff=meeting.staff,
        standing=Standing.CONFIRMED,
    )
    ordered = changes.get((meeting.section, meeting.slot, day), ())
    yield reduce(lambda dated, change: _changed(scenario, dated, change), ordered, planned)


def _changed(scenario: Scenario, dated: DatedMeeting, change: Change) -> DatedMeeting:
    told = replace(dated, changes=(*dated.changes, change))
    if change.kind is ChangeKind.CANCEL:
        return replace(told, standing=Standing.CANCELLED)
    if change.kind is ChangeKind.SUBSTITUTE:
        return replace(told, staff=change.new_staff or told.staff, substituted=True)
    day = change.new_day or dated.day
    clock = _clock(scenario, change.new_slot or change.slot, day)
    start, end = (dated.start, dated.end) if clock is None else _at(day, clock)
    return replace(
        told,
        day=day,
        start=start,
        end=end,
        room=change.new_room or told.room,
        staff=change.new_staff or told.staff,
        moved=True,
    )


def _clock(scenario: Scenario, slot: SlotId, day: date) -> Clock | None:
    known = scenario.slot_by_id.get(slot)
    return None if known is None else known.clock_by_season.get(season_on(scenario, day).id)


def _at(day: date, clock: Clock) -> tuple[datetime, datetime]:
    return (
        datetime.combine(day, clock.start, tzinfo=SHANGHAI),
        datetime.combine(day, clock.end, tzinfo=SHANGHAI),
    )
