"""How does a plan reach a phone's calendar? One .ics for a class, teacher, room, course or pupil, safe to subscribe to.

What a pupil's calendar holds could tell a stranger where a child is: it has no child's name, no class and no reasons.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path
from urllib.parse import quote

from icalendar import Calendar, Timezone, vDuration, vText

from scheduler.calendar import SHANGHAI
from scheduler.differences import Side
from scheduler.domain import PupilId, RoomId, Scenario
from scheduler.publish.content_lines import content_lines, escaped
from scheduler.publish.entries import Entry, attended, entries_of
from scheduler.publish.names import shown
from scheduler.publish.view import Kind, View
from scheduler.publish.words import KINDS
from scheduler.timetable import Timetable

REFRESH = timedelta(hours=6)
CANCELLED = "【停课】"
DRAFT = "【草稿】"
OWN_ROOM = "本班教室"
"""What a pupil's calendar calls the room of the own home class: its name would tell the class."""

Earlier = Sequence[Timetable | Side]
"""Plans published before, oldest first; with their own scenario where the school has changed since."""


def ics(
    scenario: Scenario,
    timetable: Timetable,
    kind: Kind | str,
    id: str,
    published_at: datetime,
    *,
    earlier: Earlier = (),
    draft: bool = False,
) -> bytes:
    """The calendar of one class, teacher, room, course or pupil.

    `published_at` carries a time zone and is the DTSTAMP of every event. `earlier` are the plans published before, oldest
    first: SEQUENCE counts how often time, place or status of an event changed; a meeting that one of them had and this plan
    has not stays in the calendar as cancelled, and one from before this plan begins stays as it was. Same arguments, same bytes.
    """
    return Calendars(scenario, timetable, published_at, earlier=earlier, draft=draft).of(Kind(kind), id)


def write_ics(
    scenario: Scenario,
    timetable: Timetable,
    directory: Path,
    published_at: datetime,
    *,
    earlier: Earlier = (),
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
class Child:
    """A child in a family's calendar."""

    pupil: str
    called: str
    """Put before each title: a nickname, never a name. Empty: nothing."""
    mark: str
    """Put before each UID, so that two siblings in one group have two events."""


class Calendars:
    """The calendars of one publication; each event is drawn up once and shared by all who attend."""

    def __init__(
        self,
        scenario: Scenario,
        timetable: Timetable,
        published_at: datetime,
        *,
        earlier: Earlier = (),
        draft: bool = False,
    ) -> None:
        if published_at.tzinfo is None:
            raise ValueError("published_at needs a time zone")
        self.scenario, self.draft = scenario, draft
        self.stamp = f"{published_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        views = [
            *(View(one.scenario, one.timetable) if isinstance(one, Side) else View(scenario, one) for one in earlier),
            View(scenario, timetable),
        ]
        self.view = views[-1]
        self._entries = entries_of(views)
        self._attended = attended(self._entries)
        self._drawn: dict[tuple[str, bool, bool], bytes] = {}

    def members(self, kind: Kind) -> tuple[str, ...]:
        """Ids of those who have a calendar."""
        others = sorted(key for of, key in self._attended if of is kind)
        return tuple(dict.fromkeys((*self.view.members(kind), *others)))

    def of(self, kind: Kind, key: str) -> bytes:
        """The calendar of one of them."""
        families, home = kind in (Kind.CLASS, Kind.PUPIL), self._home(key) if kind is Kind.PUPIL else None
        events = (self._event(entry, families, home) for entry in self.entries(kind, key))
        if kind is Kind.PUPIL:
            return _closed(self._family_head, events)
        return _closed(_head(f"课后服务 {KINDS['zh'][kind]} {self.view.name(kind, key)}", self.draft), events)

    def of_children(self, children: Sequence[Child]) -> bytes:
        """One calendar for a family: who is meant stands before each title."""
        drawn = (
            (entry, content_lines(self._properties(entry, True, self._home(child.pupil), child)))
            for child in children
            for entry in self.entries(Kind.PUPIL, child.pupil)
        )
        ordered = sorted(drawn, key=lambda pair: pair[0].meeting.start)
        return _closed(self._family_head, (event for _, event in ordered))

    @cached_property
    def _family_head(self) -> bytes:
        """The same for every pupil: it names nobody."""
        return _head("课后服务", self.draft)

    def _home(self, pupil: str) -> RoomId | None:
        """The room of the pupil's home class."""
        scenario = self.view.scenario
        found = scenario.pupil_by_id.get(PupilId(pupil))
        home = None if found is None else scenario.home_class_by_id.get(found.home_class)
        return None if home is None else home.room

    def entries(self, kind: Kind, key: str) -> tuple[Entry, ...]:
        """The events of one of them, in order of time."""
        return tuple(self._entries[place] for place in sorted(set(self._attended.get((kind, key), ()))))

    def _event(self, entry: Entry, families: bool, home: RoomId | None) -> bytes:
        """The event as bytes; drawn up once, and once more for families where reasons or the room must not reach them."""
        at_home = home is not None and entry.meeting.room == home
        key = entry.uid, families and entry.meeting.changes != (), at_home
        drawn = self._drawn.get(key)
        if drawn is None:
            drawn = self._drawn[key] = content_lines(self._properties(entry, families, home))
        return drawn

    def _properties(
        self, entry: Entry, families: bool, home: RoomId | None, child: Child | None = None
    ) -> Iterator[tuple[str, str]]:
        meeting = entry.meeting
        title = entry.view.title(entry.view.timetable.section_by_id[meeting.section])
        marks = (DRAFT if self.draft else "") + (CANCELLED if meeting.cancelled else "")
        yield "BEGIN", "VEVENT"
        yield "UID", f"{child.mark}-{entry.uid}" if child else entry.uid
        yield "DTSTAMP", self.stamp
        yield "LAST-MODIFIED", self.stamp
        yield "SEQUENCE", str(entry.sequence)
        yield f"DTSTART;TZID={SHANGHAI.key}", f"{meeting.start:%Y%m%dT%H%M%S}"
        yield f"DTEND;TZID={SHANGHAI.key}", f"{meeting.end:%Y%m%dT%H%M%S}"
        yield "SUMMARY", escaped(shown(f"{marks}{f'{child.called} ' if child and child.called else ''}{title}"))
        if meeting.room is not None:
            place = OWN_ROOM if meeting.room == home else entry.view.names.rooms.label(meeting.room)
            yield "LOCATION", escaped(shown(place))
        yield "DESCRIPTION", escaped("\n".join(shown(line) for line in self._told(entry, families)))
        yield "STATUS", "CANCELLED" if meeting.cancelled else "TENTATIVE" if self.draft else "CONFIRMED"
        yield "END", "VEVENT"

    def _told(self, entry: Entry, families: bool) -> Iterator[str]:
        meeting = entry.meeting
        if meeting.staff:
            yield "教师：" + "、".join(entry.view.names.staff.label(person) for person in meeting.staff)
        if meeting.substituted:
            yield "本次由他人代课。"
        if meeting.moved:
            yield f"本次有调整，原定 {meeting.original_day.month}月{meeting.original_day.day}日。"
        if not families:
            yield from (f"原因：{change.why}" for change in meeting.changes if change.why)


def empty_calendar() -> bytes:
    """A calendar while nothing is published."""
    return _head("课后服务", draft=False)


def _head(name: str, draft: bool) -> bytes:
    """A calendar without events. `Calendar.new` would add a random UID, which changes the ETag at every request."""
    name = f"{DRAFT if draft else ''}{name}"
    calendar = Calendar()
    calendar.add("PRODID", "-//oneplusx//after-school service//ZH")
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    # Text, though not of a property that the library knows: commas and semicolons would cut it.
    calendar.add("NAME", vText(shown(name)))
    calendar.add("X-WR-CALNAME", vText(shown(name)))
    calendar.add("X-WR-TIMEZONE", SHANGHAI.key)
    # RFC 7986 wants the value type; the library's own parameter leaves it out.
    calendar.add("REFRESH-INTERVAL", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", vDuration(REFRESH))
    calendar.add_component(_time_zone())
    return bytes(calendar.to_ical())


def _closed(head: bytes, events: Iterable[bytes]) -> bytes:
    """The calendar with its events."""
    end = head.rindex(b"END:VCALENDAR")
    return b"".join((head[:end], *events, head[end:]))


@cache
def _time_zone() -> Timezone:
    """One clean +0800. Without a first date the summer time of 1986 to 1991 comes along; odd rules have emptied calendars."""
    zone = Timezone.from_tzid(SHANGHAI.key, first_date=date(2000, 1, 1))
    zone.pop("COMMENT")
    return zone
