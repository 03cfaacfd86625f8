"""How does a plan reach a phone's calendar? One .ics for a class, teacher, room, course or pupil, safe to subscribe to.

What a pupil's calendar holds could tell a stranger where a child is: it has no child's name, no class and no reasons.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

from icalendar import Calendar, Timezone, vDuration

from scheduler.calendar import SHANGHAI, DatedMeeting, Standing, dated_meetings
from scheduler.domain import Scenario
from scheduler.publish.content_lines import content_lines, escaped
from scheduler.publish.names import shown
from scheduler.publish.view import Kind, View
from scheduler.publish.words import KINDS
from scheduler.timetable import SectionId, Timetable

REFRESH = timedelta(hours=6)
CANCELLED = "【停课】"
DRAFT = "【草稿】"


def ics(
    scenario: Scenario,
    timetable: Timetable,
    kind: Kind | str,
    id: str,
    published_at: datetime,
    *,
    earlier: Sequence[Timetable] = (),
    draft: bool = False,
) -> bytes:
    """The calendar of one class, teacher, room, course or pupil.

    `published_at` carries a time zone and is the DTSTAMP of every event. `earlier` are the plans published before, oldest
    first: SEQUENCE counts how often time, place or status of an event changed, and a meeting that the last of them had and
    this plan has not stays in the calendar as cancelled. Same arguments, same bytes.
    """
    return Calendars(scenario, timetable, published_at, earlier=earlier, draft=draft).of(Kind(kind), id)


def write_ics(
    scenario: Scenario,
    timetable: Timetable,
    directory: Path,
    published_at: datetime,
    *,
    earlier: Sequence[Timetable] = (),
    draft: bool = False,
) -> tuple[Path, ...]:
    """All calendars, `<directory>/<kind>/<id>.ics`; the paths written."""
    calendars = Calendars(scenario, timetable, published_at, earlier=earlier, draft=draft)
    written = []
    for kind in Kind:
        for key in calendars.members(kind):
            path = directory / kind.value / f"{quote(key, safe='')}.ics"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(calendars.of(kind, key))
            written.append(path)
    return tuple(written)


@dataclass(frozen=True, slots=True)
class Entry:
    """One event: a meeting on a date, and how often it has changed since it was first published."""

    uid: str
    meeting: DatedMeeting
    sequence: int


class Calendars:
    """The calendars of one publication; each event is drawn up once and shared by all who attend."""

    def __init__(
        self,
        scenario: Scenario,
        timetable: Timetable,
        published_at: datetime,
        *,
        earlier: Sequence[Timetable] = (),
        draft: bool = False,
    ) -> None:
        if published_at.tzinfo is None:
            raise ValueError("published_at needs a time zone")
        self.scenario, self.draft = scenario, draft
        self.published_at = published_at.astimezone(UTC).replace(microsecond=0)
        self.view = View(scenario, timetable)
        self._sections = {key: one for table in (*earlier[-1:], timetable) for key, one in table.section_by_id.items()}
        self._history = tuple(_by_uid(scenario, table) for table in (*earlier, timetable))
        now, last = self._history[-1], (self._history[-2] if earlier else {})
        gone = {uid: _called_off(meeting) for uid, meeting in last.items() if uid not in now}
        self._entries = {uid: Entry(uid, meeting, _changes(uid, self._history)) for uid, meeting in {**now, **gone}.items()}
        self._attended = _attendance(scenario, timetable, now)
        if earlier:
            for who, uids in _attendance(scenario, earlier[-1], gone).items():
                self._attended.setdefault(who, []).extend(uids)
        self._drawn: dict[tuple[str, bool], bytes] = {}

    def members(self, kind: Kind) -> tuple[str, ...]:
        """Ids of those who have a calendar."""
        others = sorted(key for of, key in self._attended if of is kind)
        return tuple(dict.fromkeys((*self.view.members(kind), *others)))

    def of(self, kind: Kind, key: str) -> bytes:
        """The calendar of one of them."""
        families = kind in (Kind.CLASS, Kind.PUPIL)
        events = b"".join(self._event(entry, families) for entry in self.entries(kind, key))
        shell = self._shell(kind, key)
        end = shell.rindex(b"END:VCALENDAR")
        return shell[:end] + events + shell[end:]

    def entries(self, kind: Kind, key: str) -> tuple[Entry, ...]:
        """The events of one of them, in order of time."""
        entries = (self._entries[uid] for uid in self._attended.get((kind, key), ()))
        return tuple(sorted(entries, key=lambda entry: (entry.meeting.start, entry.uid)))

    def _shell(self, kind: Kind, key: str) -> bytes:
        """A calendar without events. `Calendar.new` would add a random UID, which changes the ETag at every request."""
        name = f"{DRAFT if self.draft else ''}课后服务"
        if kind is not Kind.PUPIL:
            name += f" {KINDS['zh'][kind]} {self.view.name(kind, key)}"
        calendar = Calendar()
        calendar.add("PRODID", "-//oneplusx//after-school service//ZH")
        calendar.add("VERSION", "2.0")
        calendar.add("CALSCALE", "GREGORIAN")
        calendar.add("NAME", shown(name))
        calendar.add("X-WR-CALNAME", shown(name))
        calendar.add("X-WR-TIMEZONE", SHANGHAI.key)
        # RFC 7986 wants the value type; the library's own parameter leaves it out.
        calendar.add("REFRESH-INTERVAL", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
        calendar.add("X-PUBLISHED-TTL", vDuration(REFRESH))
        calendar.add_component(_time_zone())
        return bytes(calendar.to_ical())

    def _event(self, entry: Entry, families: bool) -> bytes:
        """The event as bytes; drawn up once, and once more for families where a reason must not reach them."""
        key = entry.uid, families and any(change.why for change in entry.meeting.changes)
        if key not in self._drawn:
            self._drawn[key] = content_lines(self._properties(entry, families))
        return self._drawn[key]

    def _properties(self, entry: Entry, families: bool) -> Iterator[tuple[str, str]]:
        meeting = entry.meeting
        marks = (DRAFT if self.draft else "") + (CANCELLED if meeting.cancelled else "")
        yield "BEGIN", "VEVENT"
        yield "UID", entry.uid
        yield "DTSTAMP", f"{self.published_at:%Y%m%dT%H%M%SZ}"
        yield "LAST-MODIFIED", f"{self.published_at:%Y%m%dT%H%M%SZ}"
        yield "SEQUENCE", str(entry.sequence)
        yield f"DTSTART;TZID={SHANGHAI.key}", f"{meeting.start:%Y%m%dT%H%M%S}"
        yield f"DTEND;TZID={SHANGHAI.key}", f"{meeting.end:%Y%m%dT%H%M%S}"
        yield "SUMMARY", escaped(shown(f"{marks}{self.view.title(self._sections[meeting.section])}"))
        if meeting.room is not None:
            yield "LOCATION", escaped(shown(self.view.names.rooms.label(meeting.room)))
        yield "DESCRIPTION", escaped("\n".join(shown(line) for line in self._told(meeting, families)))
        yield "STATUS", "CANCELLED" if meeting.cancelled else "TENTATIVE" if self.draft else "CONFIRMED"
        yield "END", "VEVENT"

    def _told(self, meeting: DatedMeeting, families: bool) -> Iterator[str]:
        if meeting.staff:
            yield "教师：" + "、".join(self.view.names.staff.label(person) for person in meeting.staff)
        if meeting.substituted:
            yield "本次由他人代课。"
        if meeting.moved:
            yield f"本次有调整，原定 {meeting.original_day.month}月{meeting.original_day.day}日。"
        if not families:
            yield from (f"原因：{change.why}" for change in meeting.changes if change.why)


@cache
def _time_zone() -> Timezone:
    """One clean +0800. Without a first date the summer time of 1986 to 1991 comes along; odd rules have emptied calendars."""
    zone = Timezone.from_tzid(SHANGHAI.key, first_date=date(2000, 1, 1))
    zone.pop("COMMENT")
    return zone


def _by_uid(scenario: Scenario, timetable: Timetable) -> Mapping[str, DatedMeeting]:
    """Dated meetings by UID: section and original date. Of two on one date the second has `-2`, whatever slot it is in."""
    school = hashlib.sha256(f"{scenario.school.county} {scenario.school.name}".encode()).hexdigest()[:12]
    ordered = sorted(
        dated_meetings(scenario, timetable),
        key=lambda meeting: (meeting.original_day, scenario.slot_by_id[meeting.slot].number, meeting.slot),
    )
    seen: Counter[tuple[SectionId, date]] = Counter()
    found = {}
    for meeting in ordered:
        seen[meeting.section, meeting.original_day] += 1
        nth = seen[meeting.section, meeting.original_day]
        of_day = f"{quote(meeting.section, safe='')}-{meeting.original_day:%Y%m%d}{f'-{nth}' if nth > 1 else ''}"
        found[f"{of_day}@{school}.oneplusx"] = meeting
    return found


def _changes(uid: str, history: Sequence[Mapping[str, DatedMeeting]]) -> int:
    """How often time, place or status changed from one publication to the next, since the event first appeared."""
    states = [_state(meetings.get(uid)) for meetings in history]
    first = next((place for place, state in enumerate(states) if state is not None), len(states))
    return sum(before != after for before, after in pairwise(states[first:]))


def _state(meeting: DatedMeeting | None) -> tuple[datetime, datetime, str | None, bool] | None:
    return None if meeting is None else (meeting.start, meeting.end, meeting.room, meeting.cancelled)


def _called_off(meeting: DatedMeeting) -> DatedMeeting:
    return replace(meeting, standing=Standing.CANCELLED)


def _attendance(
    scenario: Scenario, timetable: Timetable, meetings: Mapping[str, DatedMeeting]
) -> dict[tuple[Kind, str], list[str]]:
    """UIDs by who is there. A pupil is there while the placement holds; whoever was substituted is not."""
    attended: defaultdict[tuple[Kind, str], list[str]] = defaultdict(list)
    for uid, meeting in meetings.items():
        for who in dict.fromkeys(_there(scenario, timetable, meeting)):
            attended[who].append(uid)
    return dict(attended)


def _there(scenario: Scenario, timetable: Timetable, meeting: DatedMeeting) -> Iterator[tuple[Kind, str]]:
    yield from ((Kind.TEACHER, person) for person in meeting.staff)
    if meeting.room is not None:
        yield Kind.ROOM, meeting.room
    yield Kind.COURSE, timetable.section_by_id[meeting.section].course
    for placement in timetable.placements_by_section.get(meeting.section, ()):
        if (placement.start or date.min) <= meeting.original_day <= (placement.end or date.max):
            yield Kind.PUPIL, placement.pupil
            if placement.pupil in scenario.pupil_by_id:
                yield Kind.CLASS, scenario.pupil_by_id[placement.pupil].home_class
