"""Which events do calendars hold, whose are they, and how often has each changed since it was first published?"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise
from urllib.parse import quote

from scheduler.calendar import DatedMeeting, Standing, dated_meetings
from scheduler.domain import PupilId, Scenario
from scheduler.publish.view import Kind, View
from scheduler.timetable import SectionId, Timetable


@dataclass(frozen=True, slots=True)
class Entry:
    """One event: a meeting on a date, and how often it has changed since it was first published."""

    uid: str
    meeting: DatedMeeting
    sequence: int
    view: View
    """The publication that had it last, with the names of its school."""


def entries_of(views: Sequence[View]) -> tuple[Entry, ...]:
    """The events of the last of these publications, oldest first, in order of time.

    A meeting that an earlier one had and the last has not is called off; one from before the last begins stays as it was.
    """
    history, last = _history(views)
    found = (
        Entry(uid, meeting if uid in history[-1] else _called_off(meeting), _changes(uid, history), view)
        for uid, (meeting, view) in last.items()
    )
    return tuple(sorted(found, key=lambda entry: (entry.meeting.start, entry.uid)))


def attended(entries: Sequence[Entry]) -> Mapping[tuple[Kind, str], Sequence[int]]:
    """Whose events they are: places in `entries`, in any order, some twice. A section's pupils get all of its places at once."""
    found: defaultdict[tuple[Kind, str], list[int]] = defaultdict(list)
    places_by_section: defaultdict[tuple[View, SectionId], list[int]] = defaultdict(list)
    for place, entry in enumerate(entries):
        places_by_section[entry.view, entry.meeting.section].append(place)
        for person in entry.meeting.staff:
            found[Kind.TEACHER, person].append(place)
        if entry.meeting.room is not None:
            found[Kind.ROOM, entry.meeting.room].append(place)
    for (view, section), places in places_by_section.items():
        found[Kind.COURSE, view.timetable.section_by_id[section].course] += places
        placements = view.timetable.placements_by_section.get(section, ())
        # Pupils of one class who are there all the time are one row here.
        there = dict.fromkeys((who, row.start, row.end) for row in placements for who in _who(view.scenario, row.pupil))
        for who, start, end in there:
            first, last = start or date.min, end or date.max
            found[who] += [place for place in places if first <= entries[place].meeting.original_day <= last]
    return {who: places for who, places in found.items() if places}


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


def _history(views: Sequence[View]) -> tuple[list[Mapping[str, DatedMeeting]], Mapping[str, tuple[DatedMeeting, View]]]:
    """What each publication showed, by UID, and each meeting as last planned. Until a plan begins, the former one holds."""
    history: list[Mapping[str, DatedMeeting]] = []
    last: dict[str, tuple[DatedMeeting, View]] = {}
    for view in views:
        own = _by_uid(view.scenario, view.timetable)
        held = history[-1] if history else {}
        past = {uid: meeting for uid, meeting in held.items() if meeting.original_day < view.timetable.start}
        history.append({**past, **own})
        last.update({uid: (meeting, view) for uid, meeting in own.items()})
    return history, last


def _changes(uid: str, history: Sequence[Mapping[str, DatedMeeting]]) -> int:
    """How often time, place or status changed from one publication to the next, since the event first appeared."""
    states = [_state(meetings.get(uid)) for meetings in history]
    first = next((place for place, state in enumerate(states) if state is not None), len(states))
    return sum(before != after for before, after in pairwise(states[first:]))


def _state(meeting: DatedMeeting | None) -> tuple[datetime, datetime, str | None, bool] | None:
    return None if meeting is None else (meeting.start, meeting.end, meeting.room, meeting.cancelled)


def _called_off(meeting: DatedMeeting) -> DatedMeeting:
    return replace(meeting, standing=Standing.CANCELLED)


def _who(scenario: Scenario, pupil: PupilId) -> Iterator[tuple[Kind, str]]:
    yield Kind.PUPIL, pupil
    if pupil in scenario.pupil_by_id:
        yield Kind.CLASS, scenario.pupil_by_id[pupil].home_class
