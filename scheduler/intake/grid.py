"""What stands where in this file? CSV and workbook sheets as rows of plain texts, nothing interpreted yet."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from scheduler.errors import Fault
from scheduler.intake.encoding import decoded
from scheduler.intake.text import clean


class Trouble(StrEnum):
    """Why a cell has no trustworthy text."""

    NO_VALUE = "no_value"
    """A formula whose value was never calculated."""
    LOST_DIGITS = "lost_digits"
    """A number of more than 15 digits: the spreadsheet has rounded it."""
    ERROR = "error"
    """#N/A and the like."""
    MERGED = "merged"
    """Merged across columns."""


@dataclass(frozen=True, slots=True)
class Grid:
    """One file or sheet as texts; row 1 is the first."""

    place: str
    name: str
    """Stem of the file, or name of the sheet."""
    rows: Sequence[tuple[str, ...]]
    """Every row up to the last one used, trimmed; blank ones are empty or all empty."""
    troubles: Mapping[tuple[int, int], Trouble] = field(default_factory=dict)
    """By row and column, both from 1."""
    faults: tuple[Fault, ...] = ()


def csv_grid(place: str, stem: str, data: bytes, encoding: str | None = None) -> Grid:
    """A CSV file; its faults say when it cannot be read as text or as a table."""
    result = decoded(data, encoding)
    if result.text is None:
        return Grid(place, stem, (), faults=(_undecodable(place, result.doubt, encoding),))
    text = result.text.rstrip("\x1a").replace("\x00", "")
    faults: list[Fault] = []
    if text.lstrip().lower().startswith(("<html", "<!doctype", "<?xml", "<table")):
        return Grid(place, stem, (), faults=(_no_table(place),))
    delimiter = _delimiter(text)
    rows: list[tuple[str, ...]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            rows.append(tuple(cells))
            for cell in cells:
                if delimiter in cell and ("\n" in cell or "\r" in cell):
                    faults.append(_quote(place, len(rows)))
    except csv.Error:
        faults.append(_quote(place, len(rows) + 1))
    if rows and rows[0] and rows[0][0].lower().startswith("sep=") and len("".join(rows[0])) <= 5:
        rows[0] = ()
    return Grid(place, stem, [tuple(map(clean, row)) for row in rows], faults=tuple(faults))


def _delimiter(text: str) -> str:
    if text.lower().startswith("sep=") and text[4:5] in (",", ";", "\t", "|"):
        return text[4]
    head = text[:4000].split("\n")[:10]
    return max(",\t;，", key=lambda sign: max(line.count(sign) for line in head))


def _undecodable(place: str, doubt: tuple[str, ...], encoding: str | None) -> Fault:
    if doubt:
        names = "、".join(doubt)
        return Fault(
            place=place,
            zh=f"文件太短或用字少见，看不出是哪种编码（{names} 都有可能）。",
            en=f"its encoding is in doubt: it may be {' or '.join(doubt)}.",
            todo_zh='请另存为“CSV UTF-8”，或在 scenario.toml 第一行写 encoding = "gb18030"（或 "utf-8"）。',
            todo_en='Save it as "CSV UTF-8", or write encoding = "gb18030" (or "utf-8") as first line of scenario.toml.',
        )
    what = f" {encoding} " if encoding else " UTF-8 或 GB18030 "
    return Fault(
        place=place,
        zh=f"不是{what}编码的文字。",
        en=f"this is no text in {encoding or 'UTF-8 or GB18030'}.",
        todo_zh="请在表格软件中打开后另存为“CSV UTF-8”。",
        todo_en='Open it in a spreadsheet program and save it as "CSV UTF-8".',
    )


def _no_table(place: str) -> Fault:
    return Fault(
        place=place,
        zh="这是网页，不是表格。",
        en="this is a web page, not a table.",
        todo_zh="请在表格软件中打开后另存为“CSV UTF-8”。",
        todo_en='Open it in a spreadsheet program and save it as "CSV UTF-8".',
    )


def _quote(place: str, row: int) -> Fault:
    return Fault(
        place=place,
        row=row,
        zh="引号不成对，后面的行可能被并进了一个单元格。",
        en="a quotation mark is not closed; the lines after it may have run into one cell.",
        todo_zh="请检查这一行前后的引号。",
        todo_en="Check the quotation marks around this line.",
    )
