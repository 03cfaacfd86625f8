"""Which row holds the headers, and which column is which? Grids become tables of known columns."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scheduler.errors import Fault
from scheduler.intake.grid import Grid, Trouble
from scheduler.intake.sheets import CHOICES, NOTE_HEADERS, Choices, Column, Sheet, headers_of
from scheduler.intake.text import half_width, same_look
from scheduler.intake.xml_scan import column_letters

HEADER_SEARCH = 10
"""Titles may stand above the headers; nobody needs more rows for them."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a file that we know."""

    column: Column[object]
    index: int
    """From 0."""
    header: str
    """As the person wrote it."""
    rank: int | None = None
    """2 for 志愿2."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row with something in it."""

    number: int
    cells: Mapping[int, str]
    troubles: Mapping[int, Trouble]


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet's rows below its headers."""

    sheet: Sheet
    place: str
    fields: tuple[Field, ...]
    lines: tuple[Line, ...]
    faults: tuple[Fault, ...]
    bad_lines: frozenset[int] = frozenset()
    """Lines with a value where no column is."""

    def field(self, column: Column[object]) -> Field | None:
        """Where the file keeps that column."""
        return next((field for field in self.fields if field.column is column), None)


def table(grid: Grid, sheet: Sheet) -> Table:
    """The grid's table, with faults for headers that are unknown, doubled or missing."""
    faults = list(grid.faults)
    found = _header(grid, sheet)
    if found is None:
        if any(any(row) for row in grid.rows):
            faults.append(_no_header(grid, sheet))
        elif not any(not fault.warning for fault in faults):
            faults.append(_empty(grid)) if sheet.required else None
        lines = tuple(_lines(grid, 0))
        return Table(sheet, grid.place, (), lines, tuple(faults), frozenset(line.number for line in lines))
    first, last, headers = found
    if first > 1 and any(any(row) for row in grid.rows[: first - 1]):
        faults.append(_above(grid, first))
    lines = tuple(_lines(grid, last))
    fields, more = _fields(grid, sheet, first, headers, lines)
    faults += more
    known = {field.index for field in fields} | {i for i, header in enumerate(headers) if header}
    bad = set()
    for line in lines:
        for index in sorted(line.cells.keys() - known):
            bad.add(line.number)
            faults.append(_headless(grid, line.number, index, line.cells[index]))
    for column in sheet.columns:
        if column.required and not any(field.column is column for field in fields):
            faults.append(_missing(grid, first, column))
    return Table(sheet, grid.place, fields, lines, tuple(faults), frozenset(bad))


def _header(grid: Grid, sheet: Sheet) -> tuple[int, int, list[str]] | None:
    """First and last row of the headers, and the headers; the rows that name the most columns."""
    best: tuple[int, tuple[int, int, list[str]]] | None = None
    for number, row in enumerate(grid.rows[:HEADER_SEARCH], 1):
        headers = list(row)
        score = sum(_match(sheet, header) is not None for header in headers)
        if not score or (2 * score < sum(map(bool, headers)) and score < 3):
            continue
        below = grid.rows[number] if number < len(grid.rows) else ()
        last = number
        if any(below) and all(_match(sheet, header) for header in below if header):
            width = max(len(headers), len(below))
            padded = [*headers, *[""] * (width - len(headers))]
            headers = [low or high for low, high in zip([*below, *[""] * (width - len(below))], padded, strict=True)]
            last, score = number + 1, sum(_match(sheet, header) is not None for header in headers)
        if best is None or score > best[0]:
            best = score, (number, last, headers)
    return best[1] if best else None


def _match(sheet: Sheet, header: str) -> tuple[Column[object], int | None] | None:
    key = _folded(header)
    if not key:
        return None
    for column in sheet.columns:
        if key in headers_of(column) and column is not Choices.wish:
            return column, None
    if sheet is CHOICES and (ranked := re.fullmatch(r"(?:第(.{1,2})志愿|(?:志愿|wish|choice)\s*_?(.{1,2}))", key)):
        number = ranked[1] or ranked[2]
        numeral = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}.get(number)
        rank = numeral or (int(number) if number.isdigit() else None)
        if rank:
            column = next(column for column in sheet.columns if column is Choices.wish)
            return column, rank
    return None


def _folded(header: str) -> str:
    """The header without the star of required columns, units in brackets, or full-width signs."""
    plain = half_width(header).strip().strip("*＊ :").casefold()
    return re.sub(r"\((必填|选填|required|optional)\)$", "", plain).strip()


def _lines(grid: Grid, after: int) -> Iterator[Line]:
    troubles: dict[int, dict[int, Trouble]] = {}
    for (row, column), trouble in grid.troubles.items():
        troubles.setdefault(row, {})[column - 1] = trouble
    for number, texts in enumerate(grid.rows[after:], after + 1):
        cells = {index: text for index, text in enumerate(texts) if text}
        wrong = troubles.get(number, {})
        if cells or any(trouble in (Trouble.NO_VALUE, Trouble.ERROR) for trouble in wrong.values()):
            yield Line(number, cells, wrong)


def _fields(
    grid: Grid, sheet: Sheet, row: int, headers: Sequence[str], lines: Sequence[Line]
) -> tuple[tuple[Field, ...], list[Fault]]:
    fields: list[Field] = []
    faults: list[Fault] = []
    for index, header in enumerate(headers):
        match = _match(sheet, header)
        if match is None:
            if header and _folded(header) not in NOTE_HEADERS:
                faults.append(_unknown(grid, sheet, row, header, any(index in line.cells for line in lines)))
            continue
        column, rank = match
        if any(field.column is column and field.rank == rank for field in fields):
            faults.append(_double(grid, row, header))
            continue
        fields.append(Field(column, index, header, rank))
    return tuple(fields), faults


def nearest(word: str, words: Sequence[str]) -> str | None:
    """The word that was probably meant."""
    looks = {same_look(each): each for each in reversed(words)}
    close = difflib.get_close_matches(same_look(word), looks, n=1, cutoff=0.5)
    return looks[close[0]] if close else None


def _unknown(grid: Grid, sheet: Sheet, row: int, header: str, used: bool) -> Fault:
    names = [column.zh for column in sheet.columns] + [column.name for column in sheet.columns]
    meant = nearest(header, names)
    return Fault(
        place=grid.place,
        row=row,
        column=header,
        zh=f"没有“{header}”这一列。",
        en=f"there is no column “{header}”.",
        todo_zh=(f"是不是“{meant}”？" if meant else "") + "不需要的列请删去，或改名为“备注”。",
        todo_en=(f"Did you mean “{meant}”? " if meant else "") + "Delete the column if it is not needed, or call it “note”.",
        warning=not used,
    )


def _double(grid: Grid, row: int, header: str) -> Fault:
    return Fault(
        place=grid.place,
        row=row,
        column=header,
        zh=f"“{header}”这一列出现了两次。",
        en=f"the column “{header}” is there twice.",
        todo_zh="请只留一列。",
        todo_en="Keep one of them.",
    )


def _missing(grid: Grid, row: int, column: Column[object]) -> Fault:
    return Fault(
        place=grid.place,
        row=row,
        column=column.zh,
        zh=f"缺少必填的“{column.zh}”列。",
        en=f"the required column “{column.name}” is missing.",
        todo_zh=f"请加上这一列，填{column.kind.zh}。",
        todo_en=f"Add it, with {column.kind.en}.",
    )


def _no_header(grid: Grid, sheet: Sheet) -> Fault:
    names = "、".join(column.zh for column in sheet.columns if column.required)
    english = ", ".join(column.name for column in sheet.columns if column.required)
    return Fault(
        place=grid.place,
        row=1,
        zh="前几行里找不到表头。",
        en="there is no row of headers among the first rows.",
        todo_zh=f"请在第一行写上列名，至少有：{names}。",
        todo_en=f"Write the column names in the first row, at least {english}.",
    )


def _empty(grid: Grid) -> Fault:
    return Fault(
        place=grid.place,
        zh="是空的。",
        en="it is empty.",
        todo_zh="请按模板填写。",
        todo_en="Fill it in as in the template.",
    )


def _above(grid: Grid, first: int) -> Fault:
    return Fault(
        place=grid.place,
        row=1,
        zh=f"第 {first} 行是表头，它上面的行作为标题，没有读入。",
        en=f"row {first} holds the headers; what is above it was taken for a title and not read.",
        todo_zh="如果上面有数据，请移到表头下面。",
        todo_en="Move any data there below the headers.",
        warning=True,
    )


def _headless(grid: Grid, row: int, index: int, text: str) -> Fault:
    letters = column_letters(index + 1)
    return Fault(
        place=grid.place,
        row=row,
        column=f"{letters} 列",
        zh=f"“{text}”所在的列没有列名，可能填错了列。",
        en=f"“{text}” stands in a column without a header; perhaps the row has slipped.",
        todo_zh="请移到正确的列，或删去。",
        todo_en="Move it into its column, or delete it.",
    )
