"""Who stands in while somebody is away for some days? The week as it is on those days, mended; nobody else is moved."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from scheduler.calendar import service_dates, weekday_followed
from scheduler.domain import Absence, Pattern, Scenario, StaffId
from scheduler.policy import Clause
from scheduler.rulebook import WishesKept
from scheduler.solver.outcome import Options, Stop
from scheduler.solver.repair import Mended, mended
from scheduler.solver.repair_names import Names
from scheduler.timetable import Change, ChangeKind, Meeting, SectionId, Timetable

WHY = "请假，安排代课"
MARK = "@"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Days on which the same people are away, and how each meeting concerned is held."""

    first: date
    last: date
    away: frozenset[StaffId]
    mended: Mended
    week: Scenario
    """The school as it is on those days, each meeting a section of its own."""
    table: Timetable
    changes: tuple[Change, ...]

    @property
    def cancelled(self) -> int:
        """Dated meetings nobody can take."""
        return sum(one.kind is ChangeKind.CANCEL for one in self.changes)


def stand_ins(
    scenario: Scenario, clauses: Sequence[Clause], before: Timetable, absences: Sequence[Absence], options: Options, stop: Stop
) -> Iterator[Stretch]:
    """For each stretch of days the week that changes fewest people; the same person stands in on all its dates."""
    # A course of two meetings a week is two sections there, and nobody may be moved: its pupils' wishes are not asked again.
    asked = [clause for clause in clauses if not isinstance(clause.rule, WishesKept)]
    for first, last, away in _stretches(absences):
        days = [day for day in service_dates(scenario) if first <= day <= last]
        by_weekday = _by_weekday(scenario, days)
        week = _week(scenario, frozenset(by_weekday), away)
        table = _split(before)
        found = mended(week, asked, table, options, stop, pupils_stay=True)
        names = Names(found.model.unknowns, found.values, found.mapped.offers, table)
        now = names.timetable(week, begins=before.start, digest="", program="", seed=None, buffer_minutes=0)
        changes = tuple(sorted(_dated(before, now, by_weekday, scenario)))
        yield Stretch(first=first, last=last, away=away, mended=found, week=week, table=now, changes=changes)


def _stretches(absences: Sequence[Absence]) -> Iterator[tuple[date, date, frozenset[StaffId]]]:
    """Days in a row on which the same people are away."""
    marks = sorted({day for one in absences for day in (one.first, one.last + timedelta(days=1))})
    for first, after in pairwise(marks):
        away = frozenset(one.staff for one in absences if one.first <= first <= one.last)
        if away:
            yield first, after - timedelta(days=1), away


def _by_weekday(scenario: Scenario, days: Sequence[date]) -> Mapping[int, list[date]]:
    found: dict[int, list[date]] = {}
    for day in days:
        weekday = weekday_followed(scenario, day)
        if weekday is not None:
            found.setdefault(weekday, []).append(day)
    return found


def _week(scenario: Scenario, weekdays: frozenset[int], away: frozenset[StaffId]) -> Scenario:
    """The school of those days: each meeting on its own, no wish asked about its teacher, the absent not there."""
    gone = frozenset(slot.id for slot in scenario.slots if slot.weekday in weekdays)
    return replace(
        scenario,
        staff=tuple(
            replace(one, available=one.available - gone, prefers=one.prefers - gone) if one.id in away else one
            for one in scenario.staff
        ),
        courses=tuple(replace(course, pattern=Pattern.SINGLE, max_sections=None) for course in scenario.courses),
        pupils=tuple(
            replace(pupil, choices=tuple(replace(wish, teacher=None) for wish in pupil.choices)) for pupil in scenario.pupils
        ),
        locks=(),
    )


def _split(table: Timetable) -> Timetable:
    """Sections of several meetings as one section each."""
    several = {id: meetings for id, meetings in table.meetings_by_section.items() if len(meetings) > 1}
    sections = [one for one in table.sections if one.id not in several]
    sections += [replace(table.section_by_id[id], id=_part(one)) for id, meetings in several.items() for one in meetings]
    return replace(
        table,
        sections=tuple(sections),
        meetings=tuple(replace(one, section=_part(one)) if one.section in several else one for one in table.meetings),
        placements=tuple(
            replace(placement, section=section)
            for placement in table.placements
            for section in (
                [_part(one) for one in several[placement.section]] if placement.section in several else [placement.section]
            )
        ),
        rides=(),
        duties=(),
        changes=(),
    )


def _part(meeting: Meeting) -> SectionId:
    return SectionId(f"{meeting.section}{MARK}{meeting.slot}")


def _dated(before: Timetable, now: Timetable, by_weekday: Mapping[int, list[date]], scenario: Scenario) -> Iterator[Change]:
    """A change for each date on which a meeting has other people, joins a parallel group, or nobody can take it."""
    held = {(one.section, one.slot): one for one in now.meetings}
    for old in before.meetings:
        slot = scenario.slot_by_id.get(old.slot)
        new = held.get((_part(old), old.slot)) or held.get((old.section, old.slot))
        if slot is None or (new is not None and new.staff == old.staff):
            continue
        host = _host(before, now, old) if new is None else None
        kind = ChangeKind.SUBSTITUTE if new else ChangeKind.MOVE if host else ChangeKind.CANCEL
        people = new or host
        for day in by_weekday.get(slot.weekday, ()):
            yield Change(
                section=old.section,
                slot=old.slot,
                day=day,
                kind=kind,
                why=WHY,
                new_room=host.room if host is not None else None,
                new_staff=() if people is None else people.staff,
            )


def _host(before: Timetable, now: Timetable, old: Meeting) -> Meeting | None:
    """The meeting most pupils of a closed section go to; `None` where they have no place."""
    pupils = {one.pupil for one in before.placements_by_section.get(old.section, ())}
    here = {one.section: one for one in now.meetings if one.slot == old.slot}
    guests = Counter(one.section for one in now.placements if one.pupil in pupils and one.section in here)
    return here[guests.most_common(1)[0][0]] if guests else None
