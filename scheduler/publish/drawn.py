"""What plan did somebody draw? Reads back our own workbook after a school edited it, and tables drawn by hand.

Takes .xlsx, .csv and our .json; a folder of CSV files with the names of our tables is read as a workbook. Courses, rooms,
people and slots may be given by name or by id. Whatever cannot be understood is a fault at its row, all told at once; what
is understood but wrong is the audit's to say.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from scheduler.domain import Form, PupilId, Role, Scenario
from scheduler.errors import Fault, InputFaults
from scheduler.intake.grid import Grid, csv_grid
from scheduler.intake.text import same_look
from scheduler.intake.words import COUNTIES, words_of
from scheduler.intake.workbook import workbook_grids
from scheduler.publish.cells import Cells
from scheduler.publish.exchange import canonical, timetable_from_json
from scheduler.publish.sheet import Faults, Row, Sheets, sheets_of
from scheduler.publish.tables import CHANGE_KINDS, CHANGES, CHOSEN, DUTIES, FACT_KEYS, FACTS, MEETINGS, PLACEMENTS, RIDES
from scheduler.timetable import Change, Duty, Meeting, Placement, Ride, Section, SectionId, Timetable

_TWICE = (
    ("这一行与前面的行重复。", "this row repeats an earlier one."),
    ("请删掉其中一行。", "Please delete one of them."),
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A table that was understood, and what about it is worth a look: merged cells, hidden rows."""

    timetable: Timetable
    warnings: tuple[Fault, ...] = ()


def read_drawn(source: Path | bytes, scenario: Scenario, place: str = "") -> Timetable:
    """The plan that `drawn` reads, without its warnings."""
    return drawn(source, scenario, place).timetable


def drawn(source: Path | bytes, scenario: Scenario, place: str = "") -> Drawn:
    """The plan in a file, a folder of CSV files, or the bytes of a file. Raises `InputFaults` with every fault and warning.

    What the tables do not say is taken from the scenario: county, first and last day of the term. A place without the
    column 方式 counts as chosen where the pupil had wished for the course.
    """
    faults = Faults()
    if isinstance(source, Path):
        place = place or source.name
        if source.is_dir():
            return _drawn(scenario, sheets_of(_folder(source), place, faults))
        source = source.read_bytes()
    place = place or "课表"
    if source.lstrip()[:1] == b"{":
        return Drawn(timetable_from_json(source.decode("utf-8", "replace"), place))
    return _drawn(scenario, sheets_of(_grids(source, place, faults), place, faults))


def _folder(folder: Path) -> Sequence[Grid]:
    return [csv_grid(path.name, path.stem, path.read_bytes()) for path in sorted(folder.glob("*.csv"))]


def _grids(data: bytes, place: str, faults: Faults) -> Sequence[Grid]:
    workbook = Path(place).suffix.lower() in {".xlsx", ".xlsm", ".xls"} or data.startswith((b"PK", b"\xd0\xcf\x11\xe0"))
    if not workbook:
        return [csv_grid(place, Path(place).stem, data)]
    grids, told = workbook_grids(place, data)
    faults.found.extend(told)
    return grids


def _drawn(scenario: Scenario, sheets: Sheets) -> Drawn:
    timetable = _Reader(scenario, sheets).timetable()
    told = tuple(dict.fromkeys(sheets.faults.found))
    if any(not fault.warning for fault in told):
        raise InputFaults(told)
    return Drawn(canonical(timetable), told)


class _Reader:
    """Builds the plan row by row."""

    def __init__(self, scenario: Scenario, sheets: Sheets) -> None:
        self.scenario, self.sheets = scenario, sheets
        self.cells = Cells(scenario)
        self.sections: dict[SectionId, Section] = {}
        self.meetings: dict[tuple[str, str], Meeting] = {}
        self.placements: dict[tuple[str, str, date | None], Placement] = {}

    def timetable(self) -> Timetable:
        facts = {same_look(row["fact"]): row for row in self.sheets.rows(FACTS)}
        told = {key: row for key, words in FACT_KEYS.items() for word in words if (row := facts.get(same_look(word)))}
        for row in self.sheets.rows(MEETINGS):
            self._meeting(row)
        for row in self.sheets.rows(PLACEMENTS):
            self._placement(row)
        seed = told["seed"]["value"] if "seed" in told else ""
        county = told["county"]["value"] if "county" in told else ""
        return Timetable(
            county=COUNTIES.get(county, county) or self.scenario.school.county,
            scenario_digest=told["scenario_digest"]["value"] if "scenario_digest" in told else "",
            start=(self.cells.day(told["start"], "value") if "start" in told else None) or self.scenario.term.start,
            end=(self.cells.day(told["end"], "value") if "end" in told else None) or self.scenario.term.end,
            sections=tuple(self.sections.values()),
            meetings=tuple(self.meetings.values()),
            placements=tuple(self.placements.values()),
            rides=tuple(self._rides()),
            duties=tuple(self._duties()),
            changes=tuple(self._changes()),
            seed=int(seed) if seed.isdecimal() else None,
            program=(told["program"]["value"] if "program" in told else "") or None,
        )

    def _meeting(self, row: Row) -> None:
        section = self._section(row)
        slots = self.cells.slots(row, section.course if section else None)
        room, staff = self.cells.room(row, "room"), self.cells.staff(row, "staff")
        pupils = self.cells.pupils(row, "pupils")
        if section is None or slots is None:
            return
        for slot in slots:
            if (section.id, slot) in self.meetings:
                row.fault("slot", *_TWICE)
            self.meetings[section.id, slot] = Meeting(section=section.id, slot=slot, room=room, staff=staff)
        for pupil in pupils:
            self.placements.setdefault((pupil, section.id, None), self._wished(pupil, section))

    def _section(self, row: Row) -> Section | None:
        """The section of the row, made when it is first met; its id may be left out."""
        course, number = self.cells.course(row), self.cells.number(row)
        if course is None:
            return None
        named = self.sections.get(SectionId(row["section"])) if row["section"] else None
        number = number or (named.number if named else 1)
        key = SectionId(row["section"] or f"{course}-{number}")
        section = self.sections.setdefault(key, Section(id=key, course=course, number=number))
        if (section.course, section.number) != (course, number):
            row.fault(
                "section",
                (f"教学班“{key}”在别的行里是另一个项目或班次。", f"section {key!r} is another course or number in another row."),
                ("请统一，或给它另一个编号。", "Please make them agree, or give it another id."),
            )
        return section

    def _placement(self, row: Row) -> None:
        pupil, section = self.cells.pupil(row), self._placed_in(row)
        start, end = self.cells.day(row, "start"), self.cells.day(row, "end")
        chosen = self.cells.word(row, "chosen", CHOSEN) if row["chosen"] else None
        if pupil is None or section is None:
            return
        if (pupil, section.id, start) in self.placements:
            row.fault("section", *_TWICE)
        wished = self._wished(pupil, section).chosen
        self.placements[pupil, section.id, start] = Placement(
            pupil=pupil, section=section.id, chosen=wished if chosen is None else chosen, start=start, end=end
        )

    def _placed_in(self, row: Row) -> Section | None:
        """By the section's id, else by course and number; it must be in the timetable."""
        if row["section"]:
            section = self.sections.get(SectionId(row["section"]))
        else:
            course, number = self.cells.course(row), self.cells.number(row)
            if course is None:
                return None
            wanted = (course, number or 1)
            section = next((one for one in self.sections.values() if (one.course, one.number) == wanted), None)
        if section is None:
            row.fault(
                "section" if row["section"] else "course",
                ("“教学班与上课”里没有这个教学班。", "the table of meetings has no such section."),
                ("请先在那里加上，或改填已有的教学班。", "Add it there first, or name one that exists."),
            )
        return section

    def _wished(self, pupil: PupilId, section: Section) -> Placement:
        """A place of which only pupil and section are known."""
        chosen = self.scenario.course_by_id[section.course].form is Form.CHOSEN
        listed = any(choice.course == section.course for choice in self.scenario.pupil_by_id[pupil].choices)
        return Placement(pupil=pupil, section=section.id, chosen=chosen and listed)

    def _rides(self) -> Iterator[Ride]:
        for row in self.sheets.rows(RIDES):
            pupil, weekday, trip = self.cells.pupil(row), self.cells.weekday(row), self.cells.trip(row)
            if pupil is not None and weekday is not None and trip is not None:
                yield Ride(pupil=pupil, weekday=weekday, trip=trip)

    def _duties(self) -> Iterator[Duty]:
        roles = {Role(value): words for value, words in words_of(Role).items()}
        for row in self.sheets.rows(DUTIES):
            day, role, staff = self._needed_day(row), self.cells.word(row, "role", roles), self.cells.staff(row, "staff")
            if not row["staff"]:
                row.fault("staff", ("没有填人员。", "nobody is named."), ("请填写姓名。", "Please name somebody."))
            if day is not None and role is not None:
                yield from (Duty(day=day, role=role, staff=person) for person in staff)

    def _changes(self) -> Iterator[Change]:
        for row in self.sheets.rows(CHANGES):
            section = self.sections.get(SectionId(row["section"]))
            if section is None:
                row.fault("section", ("没有这个教学班。", "there is no such section."), ("请核对编号。", "Please check the id."))
            course = section.course if section else None
            slot, kind = self.cells.slot(row, "slot", course), self.cells.word(row, "kind", CHANGE_KINDS)
            day, new = self._needed_day(row), self.cells.slot(row, "new_slot", course)
            new_day, room, staff = (
                self.cells.day(row, "new_day"),
                self.cells.room(row, "new_room"),
                self.cells.staff(row, "new_staff"),
            )
            if not row["slot"]:
                row.fault("slot", ("没有填时段。", "no slot is given."), ("请填写时段。", "Please name the slot."))
            if section is not None and slot is not None and kind is not None and day is not None:
                yield Change(
                    section=section.id,
                    slot=slot,
                    day=day,
                    kind=kind,
                    why=row["why"],
                    new_day=new_day,
                    new_slot=new,
                    new_room=room,
                    new_staff=staff,
                )

    def _needed_day(self, row: Row) -> date | None:
        if not row["day"]:
            row.fault(
                "day",
                ("没有填日期。", "no date is given."),
                ("请写成 2025-09-01 这样的日期。", "Please write a date like 2025-09-01."),
            )
        return self.cells.day(row, "day")
