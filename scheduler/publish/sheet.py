"""Which of our tables is this sheet, and what does each of its rows say? Headings are found, faults remember where."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from scheduler.errors import Fault
from scheduler.intake.grid import Grid, Trouble
from scheduler.intake.text import same_look
from scheduler.publish.tables import DRAFT_PREFIX, TABLES, Column, Table

HEADINGS_WITHIN = 10
"""Rows in which the headings may stand; a school likes to put a title above them."""

TROUBLES: Mapping[Trouble, tuple[str, str]] = {
    Trouble.NO_VALUE: ("公式没有算出值。", "the formula has no value."),
    Trouble.LOST_DIGITS: ("数字太长，表格软件已丢掉末几位。", "the number is too long; the spreadsheet lost its last digits."),
    Trouble.ERROR: ("单元格是错误值。", "the cell holds an error."),
    Trouble.MERGED: ("单元格横向合并了，看不出属于哪一列。", "the cell is merged across columns."),
}
RETYPE = ("请直接填写文字。", "Please type the value.")


class Faults:
    """Collects what is wrong, with its place."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def add(self, place: str, row: int | None, column: str | None, said: tuple[str, str], todo: tuple[str, str]) -> None:
        """One fault: what in Chinese and English, then what to do."""
        self.found.append(Fault(place=place, row=row, column=column, zh=said[0], en=said[1], todo_zh=todo[0], todo_en=todo[1]))


@dataclass(frozen=True, slots=True)
class Row:
    """One row as texts by column key; knows where it stands."""

    place: str
    number: int
    cells: Mapping[str, str]
    headings: Mapping[str, str]
    faults: Faults

    def __getitem__(self, key: str) -> str:
        """Text of the cell; empty where there is no such column."""
        return self.cells.get(key, "")

    def fault(self, key: str, said: tuple[str, str], todo: tuple[str, str]) -> None:
        """Something is wrong with this cell."""
        self.faults.add(self.place, self.number, self.headings.get(key), said, todo)


@dataclass(frozen=True, slots=True)
class Sheets:
    """The tables found in what was handed in."""

    rows_by_table: Mapping[str, Sequence[Row]]
    faults: Faults = field(default_factory=Faults)

    def rows(self, table: Table) -> Sequence[Row]:
        return self.rows_by_table.get(table.key, ())


def sheets_of(grids: Sequence[Grid], place: str, faults: Faults) -> Sheets:
    """Each of our tables by the name of its sheet; where no sheet is called so, by its headings.

    Sheets that are none of ours (the printed timetables) are passed over.
    """
    named = [(grid, table) for grid in grids for table in TABLES if _called(grid, table)]
    if not any(table.key in ("meetings", "placements") for _, table in named):
        named = [(grid, table) for grid in grids if (table := _like(grid)) is not None]
    rows_by_table: dict[str, list[Row]] = {}
    for grid, table in named:
        faults.found.extend(grid.faults)
        rows_by_table.setdefault(table.key, []).extend(_rows(grid, table, faults))
    if not named:
        faults.found.extend(fault for grid in grids for fault in grid.faults)
    if "meetings" not in rows_by_table and all(fault.warning for fault in faults.found):
        faults.add(
            place,
            None,
            None,
            ("找不到课表：需要“项目”和“时段”两列。", "there is no timetable: the columns course and slot are needed."),
            ("请按导出的“教学班与上课”表填写。", "Please use the columns of the exported sheet."),
        )
    return Sheets(rows_by_table, faults)


def _called(grid: Grid, table: Table) -> bool:
    name = same_look(grid.name.removeprefix(DRAFT_PREFIX).removeprefix("draft-"))
    return name in (same_look(table.sheet), same_look(table.english))


def _like(grid: Grid) -> Table | None:
    return next((table for table in TABLES if table.key in ("meetings", "placements") and _headings(grid, table)), None)


def _headings(grid: Grid, table: Table) -> tuple[int, Mapping[int, Column]] | None:
    """Row of the headings and the columns found in it, by position; `None` where the table's needs are not met."""
    for number, texts in enumerate(grid.rows[:HEADINGS_WITHIN], 1):
        found: dict[int, Column] = {}
        for place, text in enumerate(texts):
            column = next((one for one in table.columns if _heads(one, text) and one not in found.values()), None)
            if column is not None:
                found[place] = column
        keys = {column.key for column in found.values()}
        if all(keys & set(group) for group in table.needs):
            return number, found
    return None


def _heads(column: Column, text: str) -> bool:
    return text != "" and same_look(text) in {same_look(heading) for heading in column.headings}


def _rows(grid: Grid, table: Table, faults: Faults) -> Iterator[Row]:
    headed = _headings(grid, table)
    if headed is None:
        if any(any(texts) for texts in grid.rows):
            faults.add(grid.place, None, None, *_missing(table))
        return
    first, columns = headed
    headings = {column.key: grid.rows[first - 1][place] for place, column in columns.items()}
    for number, texts in enumerate(grid.rows[first:], first + 1):
        cells = {column.key: texts[place] for place, column in columns.items() if place < len(texts)}
        troubled = [(column, grid.troubles.get((number, place + 1))) for place, column in columns.items()]
        if any(cells.values()) or any(trouble for _, trouble in troubled):
            row = Row(grid.place, number, cells, headings, faults)
            for column, trouble in troubled:
                if trouble is not None:
                    row.fault(column.key, TROUBLES[trouble], RETYPE)
            yield row


def _missing(table: Table) -> tuple[tuple[str, str], tuple[str, str]]:
    def names(language: int) -> Iterable[str]:
        by_key = {column.key: column.headings[language] for column in table.columns}
        return (f"“{by_key[group[0]]}”" for group in table.needs)

    return (
        (f"缺少列：需要{'、'.join(names(0))}。", f"columns are missing: {', '.join(names(1))} are needed."),
        ("请补上这些列。", "Please add them."),
    )
