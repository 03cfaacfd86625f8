"""How does a plan look in a spreadsheet? Timetables to print and the tables that a school may edit and hand back.

Every text is written as text: nothing that a name holds is ever a formula.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from pathlib import Path

from xlsxwriter import Workbook

from scheduler.audit.report import Report
from scheduler.domain import Scenario, Strand
from scheduler.intake.text import inert
from scheduler.publish.menu import menu, span
from scheduler.publish.names import WEEKDAYS
from scheduler.publish.page import overview
from scheduler.publish.paper import Paper
from scheduler.publish.rows import rows_of
from scheduler.publish.tables import DRAFT_PREFIX, MEETINGS, PLACEMENTS, TABLES, Table
from scheduler.publish.view import Band, Kind, Line, View, Week
from scheduler.publish.words import ZH
from scheduler.timetable import Timetable

SHEETS: Mapping[Kind, str] = {
    Kind.CLASS: "班级课表",
    Kind.TEACHER: "教师课表",
    Kind.ROOM: "场地课表",
    Kind.COURSE: "项目课表",
    Kind.PUPIL: "学生课表",
}
MEETINGS_A_ROW = 8
"""More meetings than this in one cell go on in the next row: a row has a greatest height."""


def write_workbook(
    scenario: Scenario, timetable: Timetable, path: Path, report: Report | None = None, draft: bool = False
) -> None:
    """Writes the workbook of a plan, as `write_workbook_of` does."""
    write_workbook_of(View(scenario, timetable), path, report, draft)


def write_workbook_of(view: View, path: Path, report: Report | None = None, draft: bool = False) -> None:
    """Writes the workbook. With `draft` every sheet's name, first line and printed margin says so.

    Same plan, same bytes: the file carries the first day of the plan as its date, never the time it was written.
    """
    with Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}) as book:
        book.set_properties(
            {"title": ZH["title"], "created": datetime.combine(view.timetable.start, time())}  # xlsxwriter wants it naive.
        )
        _Pages(book, view, draft, report).write()


class _Pages:
    """The sheets of one workbook."""

    def __init__(self, book: Workbook, view: View, draft: bool, report: Report | None) -> None:
        self.book, self.view, self.draft, self.report = book, view, draft, report
        self.papers: list[Paper] = []
        self.lawful = report is None or report.lawful
        text = {"num_format": "@", "valign": "top", "text_wrap": True, "font_size": 10}
        boxed = {**text, "border": 1, "border_color": "#B8C0CC"}
        self.text = book.add_format(text)
        self.plain = book.add_format({**text, "text_wrap": False})
        self.title = book.add_format({**text, "bold": True, "font_size": 14, "text_wrap": False})
        self.warning = book.add_format({**text, "bold": True, "font_color": "#A61B1B", "text_wrap": False})
        self.head = book.add_format({**boxed, "bold": True, "bg_color": "#F3F5F8"})
        self.cell = book.add_format(boxed)
        self.tints = {
            Strand.ONE: book.add_format({**boxed, "bg_color": "#E8F0FB"}),
            Strand.X: book.add_format({**boxed, "bg_color": "#E9F6EA"}),
            None: book.add_format({**boxed, "bg_color": "#F1F1F1"}),
        }

    def write(self) -> None:
        """Printed sheets first, then the tables to edit."""
        self._overview()
        for kind in (Kind.CLASS, Kind.TEACHER, Kind.ROOM, Kind.COURSE):
            self._weeks(kind)
        self._pupils()
        self._menu()
        if self.report is not None:
            self._findings(self.report)
        for table in TABLES:
            self._table(table)
        for paper in self.papers:
            paper.finish()

    def _sheet(self, name: str) -> Paper:
        mark = "草稿 DRAFT" if self.draft else ""
        paper = Paper(self.book.add_worksheet(f"{DRAFT_PREFIX if self.draft else ''}{name}"), name, mark)
        self.papers.append(paper)
        return paper

    def _heading(self, sheet: Paper, row: int, text: str) -> int:
        """A title, with the draft's warning above it; the next free row."""
        if self.draft:
            sheet.put(row, 0, ZH["draft_clean" if self.lawful else "draft_note"], self.warning, wrapped=False)
            row += 1
        sheet.put(row, 0, text, self.title, wrapped=False)
        return row + 1

    def _overview(self) -> None:
        """Where everything is, one weekday below the other, each on a page of its own."""
        sheet, table = self._sheet("总表"), overview(self.view)
        name, term, plan = self.view.scenario.school.name, self.view.scenario.term.name, self.view.timetable
        days = {day: [band for each, band in table.columns if each == day] for day, _ in table.columns}
        sheet.columns(0, 0, 14)
        sheet.columns(1, max(1, *map(len, days.values())) if days else 1, 24)
        row, breaks = 0, []
        for day, bands in days.items():
            row = self._heading(sheet, row, f"{name} {ZH['title']} {WEEKDAYS['zh'][day - 1]}")
            sheet.put(row, 0, f"{term} {ZH['term']} {plan.start} {ZH['to']} {plan.end}", self.plain, wrapped=False)
            row += 1
            sheet.line(row, [ZH["room"], *map(_times, bands)], self.head)
            for room, lines_by_cell in table.rows:
                cells = [lines_by_cell.get((band, day), ()) for band in bands]
                if any(cells):
                    row += 1
                    sheet.put(row, 0, room or ZH["no_room"], self.head)
                    for column, lines in enumerate(cells, 1):
                        self._lines(sheet, row, column, lines, rooms=False)
            row += 2
            breaks.append(row)
        sheet.sheet.set_h_pagebreaks(breaks[:-1])

    def _weeks(self, kind: Kind) -> None:
        """One grid below the other, each on a page of its own."""
        sheet, row, breaks = self._sheet(SHEETS[kind]), 0, []
        sheet.columns(0, 0, 16)
        sheet.columns(1, 7, 26)
        for week in self.view.weeks(kind):
            row = self._week(sheet, row, week) + 1
            breaks.append(row)
        sheet.sheet.set_h_pagebreaks(breaks[:-1])

    def _week(self, sheet: Paper, row: int, week: Week) -> int:
        row = self._heading(sheet, row, week.title)
        sheet.line(row, [ZH["time"], *(WEEKDAYS["zh"][day - 1] for day in week.days)], self.head)
        for band in week.bands:
            cells = [week.lines_by_cell.get((band, day), ()) for day in week.days]
            for start in range(0, max(1, *map(len, cells)), MEETINGS_A_ROW):
                row += 1
                sheet.put(row, 0, _times(band) if start == 0 else "", self.head)
                for column, lines in enumerate(cells, 1):
                    self._lines(sheet, row, column, lines[start : start + MEETINGS_A_ROW])
        return row + 1

    def _pupils(self) -> None:
        """One row a pupil, one column a weekday."""
        sheet = self._sheet(SHEETS[Kind.PUPIL])
        weeks = self.view.weeks(Kind.PUPIL)
        days = sorted({day for week in weeks for day in week.days})
        row = self._heading(sheet, 0, SHEETS[Kind.PUPIL])
        sheet.columns(0, 1, 12)
        sheet.columns(2, 1 + max(1, len(days)), 26)
        sheet.line(row, ["行政班", "姓名", *(WEEKDAYS["zh"][day - 1] for day in days)], self.head)
        sheet.sheet.freeze_panes(row + 1, 2)
        sheet.sheet.repeat_rows(row)
        order = {label: place for place, label in enumerate(self.view.names.home_classes.label_by_id.values())}
        for number, week in enumerate(sorted(weeks, key=lambda week: order.get(week.note, len(order))), row + 1):
            cells = ["\n".join(_told(line) for line in week.lines_on(day)) for day in days]
            sheet.line(number, [week.note, week.title, *cells], self.cell)

    def _menu(self) -> None:
        sheet = self._sheet("项目表")
        row = self._heading(sheet, 0, f"{self.view.scenario.school.name} 项目表")
        heads = ("content", "strand", "grades", "time", "minutes", "leader", "place", "sections", "size", "placed")
        sheet.line(row, [ZH[head] for head in heads], self.head)
        for column, width in enumerate((16, 14, 10, 34, 8, 18, 18, 6, 8, 8)):
            sheet.columns(column, column, width)
        sheet.sheet.repeat_rows(row)
        for number, item in enumerate(menu(self.view), row + 1):
            told = [item.title, f"{item.strand}\n{item.category}", item.grades, "\n".join(item.times), item.minutes]
            counts = [str(item.sections), str(item.most), str(item.placed)]
            sheet.line(number, [*told, "、".join(item.leaders), "、".join(item.places), *counts], self.cell)

    def _findings(self, report: Report) -> None:
        sheet = self._sheet("审查结果")
        row = self._heading(sheet, 0, ZH["findings"])
        sheet.line(row, ["类型", ZH["clause"], "条款编号", ZH["what"], ZH["amount"], ZH["quote"]], self.head)
        for column, width in enumerate((20, 12, 26, 60, 8, 60)):
            sheet.columns(column, column, width)
        groups = (("breaches", report.breaches), ("waivers_needed", report.waivers_needed), ("waivers_used", report.waivers_used))
        told = [(ZH[word], finding) for word, findings in groups for finding in findings]
        for number, (word, finding) in enumerate(told, row + 1):
            clause = finding.clause
            sheet.line(number, [word, clause.at, clause.id, finding.zh, str(finding.amount), clause.quote], self.cell)
        if not told:
            sheet.put(row + 1, 0, ZH["none"], self.text)

    def _table(self, table: Table) -> None:
        """A table that is read back: headings in the first row, one row a thing."""
        rows = rows_of(table, self.view)
        sheet = self._sheet(table.sheet)
        columns = [column for column in table.columns if column.key != "pupils"]
        sheet.line(0, [column.headings[0] for column in columns], self.head)
        for place, column in enumerate(columns):
            sheet.columns(place, place, column.width, self.text)
        for number, row in enumerate(rows, 1):
            sheet.line(number, [_kept(row.get(column.key, "")) for column in columns], self.text)
        sheet.sheet.freeze_panes(1, 0)
        if rows and table in (MEETINGS, PLACEMENTS):
            sheet.sheet.autofilter(0, 0, len(rows), len(columns) - 1)

    def _lines(self, sheet: Paper, row: int, column: int, lines: Sequence[Line], rooms: bool = True) -> None:
        strands = {line.course.strand if line.course else None for line in lines}
        tint = self.tints[strands.pop()] if len(strands) == 1 else self.cell
        sheet.put(row, column, "\n".join(_told(line, rooms) for line in lines), tint)


def _times(band: Band) -> str:
    return "\n".join(f"{season} {span(clock)}".strip() for season, clock in band.times)


def _told(line: Line, rooms: bool = True) -> str:
    """剪纸1班 · 美术室 · 王老师 · 24人."""
    parts = [line.title, (line.room or ZH["no_room"]) if rooms else "", "、".join(line.staff) or ZH["no_staff"]]
    return " · ".join(part for part in (*parts, f"{line.size}{ZH['pupils']}") if part)


def _kept(text: str) -> str:
    """One more apostrophe where there is one already: reading takes a first one off, as a spreadsheet does."""
    return inert(text) if text.startswith("'") else text
