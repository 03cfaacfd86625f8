"""What stands in the rows of the tables a school may edit? A plan as plain text, cell by cell."""

from collections.abc import Iterator, Mapping
from datetime import date

from scheduler.domain import PupilId, Role
from scheduler.intake.words import county_in_chinese, words_of
from scheduler.publish.menu import clock_text
from scheduler.publish.names import WEEKDAYS, Names, joined, shown
from scheduler.publish.tables import CHANGE_KINDS, CHOSEN, FACT_KEYS, Table
from scheduler.publish.view import View
from scheduler.timetable import Change, Section, Timetable

Row = Mapping[str, str]


def rows_of(table: Table, view: View) -> tuple[Row, ...]:
    """The rows of one table, in the plan's own order; a row gives its cells by column key."""
    makers = {
        "meetings": _meetings,
        "placements": _placements,
        "rides": _rides,
        "duties": _duties,
        "changes": _changes,
        "facts": _facts,
    }
    return tuple(makers[table.key](view, view.ordered))


def _meetings(view: View, timetable: Timetable) -> Iterator[Row]:
    names = view.names
    for section in timetable.sections:
        of_section = _section_cells(section, names)
        meetings = timetable.meetings_by_section.get(section.id, ())
        if not meetings:
            yield of_section
        for meeting in meetings:
            slot = view.scenario.slot_by_id.get(meeting.slot)
            yield {
                **of_section,
                "slot": names.slots.label(meeting.slot),
                "clock": "" if slot is None else clock_text(slot, view),
                "room": "" if meeting.room is None else names.rooms.label(meeting.room),
                "staff": joined(names.staff.label(person) for person in meeting.staff),
            }


def _section_cells(section: Section, names: Names) -> Row:
    return {
        "section": section.id,
        "course_id": section.course,
        "course": names.courses.label(section.course),
        "number": str(section.number),
    }


def _placements(view: View, timetable: Timetable) -> Iterator[Row]:
    for row in timetable.placements:
        section = timetable.section_by_id[row.section]
        yield {
            **_pupil_cells(view, row.pupil),
            "section": section.id,
            "course": view.names.courses.label(section.course),
            "number": str(section.number),
            "chosen": CHOSEN[row.chosen][0],
            "start": _iso(row.start),
            "end": _iso(row.end),
        }


def _rides(view: View, timetable: Timetable) -> Iterator[Row]:
    for row in timetable.rides:
        yield {
            **_pupil_cells(view, row.pupil),
            "weekday": WEEKDAYS["zh"][row.weekday - 1],
            "trip": view.names.trips.label(row.trip),
        }


def _pupil_cells(view: View, key: PupilId) -> Row:
    pupil = view.scenario.pupil_by_id.get(key)
    home_class = "" if pupil is None else view.names.home_classes.label(pupil.home_class)
    return {"pupil": key, "name": "" if pupil is None else shown(pupil.name), "home_class": home_class}


def _duties(view: View, timetable: Timetable) -> Iterator[Row]:
    for row in timetable.duties:
        role = words_of(Role)[row.role.value][0]
        yield {"day": row.day.isoformat(), "role": role, "staff": view.names.staff.label(row.staff)}


def _changes(view: View, timetable: Timetable) -> Iterator[Row]:
    for row in timetable.changes:
        yield _change_cells(view.names, row)


def _change_cells(names: Names, row: Change) -> Row:
    return {
        "section": row.section,
        "slot": names.slots.label(row.slot),
        "day": row.day.isoformat(),
        "kind": CHANGE_KINDS[row.kind][0],
        "why": shown(row.why),
        "new_day": _iso(row.new_day),
        "new_slot": "" if row.new_slot is None else names.slots.label(row.new_slot),
        "new_room": "" if row.new_room is None else names.rooms.label(row.new_room),
        "new_staff": joined(names.staff.label(person) for person in row.new_staff),
    }


def _facts(view: View, timetable: Timetable) -> Iterator[Row]:
    values = {
        "county": county_in_chinese(timetable.county),
        "start": timetable.start.isoformat(),
        "end": timetable.end.isoformat(),
        "seed": "" if timetable.seed is None else str(timetable.seed),
        "program": timetable.program or "",
        "scenario_digest": timetable.scenario_digest,
    }
    return ({"fact": FACT_KEYS[key][0], "value": value} for key, value in values.items())


def _iso(day: date | None) -> str:
    return "" if day is None else day.isoformat()
