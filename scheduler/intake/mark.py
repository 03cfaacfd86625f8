"""Where exactly is it wrong? The school's own workbook, with red cells, notes and a list of everything found."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import openpyxl
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from scheduler.errors import Fault, InputFaults
from scheduler.intake.cells import Language
from scheduler.intake.tables import HEADER_SEARCH
from scheduler.intake.text import clean, inert
from scheduler.intake.workbook import workbook_grids
from scheduler.intake.xml_scan import column_number

RED = PatternFill("solid", fgColor="FFFFC7CE")
YELLOW = PatternFill("solid", fgColor="FFFFEB9C")
AUTHOR = "oneplusx"


def mark_faults(path_in: Path, faults: Sequence[Fault], path_out: Path, language: Language = "zh") -> None:
    """Writes a copy of the workbook with red cells (yellow for warnings), notes, and a first sheet that lists all.

    Errors: `InputFaults` where the workbook itself cannot be opened.
    """
    _, unreadable = workbook_grids(path_in.name, path_in.read_bytes())
    if unreadable:
        raise InputFaults(unreadable)
    book = openpyxl.load_workbook(path_in)
    by_cell: defaultdict[tuple[str, int, int], list[Fault]] = defaultdict(list)
    for fault in faults:
        page = book[fault.place] if fault.place in book.sheetnames else None
        if isinstance(page, Worksheet) and fault.row is not None:
            by_cell[fault.place, fault.row, _column(page, fault)].append(fault)
    for (place, row, column), found in by_cell.items():
        _mark(_cell(book[place], row, column), found, language)
    _listed(book, faults, language)
    book.save(path_out)


def _column(page: Worksheet, fault: Fault) -> int:
    """Number of the column with that header; the first where the whole row is meant."""
    if fault.column is None:
        return 1
    if letters := re.fullmatch(r"([A-Z]{1,3}) 列", fault.column):
        return column_number(letters[1])
    for row in page.iter_rows(min_row=1, max_row=HEADER_SEARCH + 1):
        for cell in row:
            if cell.value is not None and clean(str(cell.value)).rstrip("*＊") == fault.column.rstrip("*＊"):
                return 2 if fault.row == cell.row and fault.place in ("学校", "school") else cell.column
    return 1


def _cell(page: Worksheet, row: int, column: int) -> Cell:
    cell = page.cell(row, column)
    if isinstance(cell, MergedCell):
        merged = next(each for each in page.merged_cells.ranges if cell.coordinate in each)
        cell = page.cell(merged.min_row, merged.min_col)
    assert isinstance(cell, Cell)
    return cell


def _mark(cell: Cell, faults: Iterable[Fault], language: Language) -> None:
    found = list(faults)
    cell.fill = YELLOW if all(fault.warning for fault in found) else RED
    told = "\n".join(dict.fromkeys(_sentence(fault, language) for fault in found))
    before = f"{cell.comment.text}\n" if cell.comment is not None else ""
    cell.comment = Comment((before + told)[:4000], AUTHOR, width=320, height=140)


def _sentence(fault: Fault, language: Language) -> str:
    return f"{fault.zh}{fault.todo_zh}" if language == "zh" else f"{fault.en} {fault.todo_en}"


def _listed(book: Workbook, faults: Sequence[Fault], language: Language) -> None:
    title = "问题清单" if language == "zh" else "faults"
    if title in book.sheetnames:
        del book[title]
    page = book.create_sheet(title, 0)
    heads = (
        ("表", "行", "列", "轻重", "问题", "怎么办")
        if language == "zh"
        else ("sheet", "row", "column", "weight", "what", "what to do")
    )
    page.append(heads)
    for fault in faults:
        grave = ("提醒", "warning") if fault.warning else ("错误", "error")
        zh = language == "zh"
        texts = (
            fault.place,
            fault.row,
            fault.column,
            grave[0 if zh else 1],
            fault.zh if zh else fault.en,
            fault.todo_zh if zh else fault.todo_en,
        )
        page.append([inert(text) if isinstance(text, str) else text for text in texts])
    for cell in page[1]:
        cell.font = Font(bold=True)
    for letters, width in zip("ABCDEF", (14, 6, 18, 8, 60, 60), strict=True):
        page.column_dimensions[letters].width = width
    for row in page.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    page.freeze_panes = "A2"
