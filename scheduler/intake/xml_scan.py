"""What does the workbook's own XML say? Hidden and merged parts, formulas without a value, and how many rows there are.

A count of its own, apart from the reader's: if the two disagree, rows were lost and the workbook is refused.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import iterparse

MOST_ROWS = 100_000
MOST_COLUMNS = 400
MOST_CELLS = 1_000_000


class TooLarge(ValueError):
    """The sheet reaches further than any school's; `where` is a cell."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.where = where


@dataclass(slots=True)
class Scan:
    """Facts about one sheet; rows and columns count from 1."""

    filled_rows: set[int] = field(default_factory=set)
    """Rows with a value or a formula."""
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    valueless: set[tuple[int, int]] = field(default_factory=set)
    """Formulas without a stored value."""
    errors: set[tuple[int, int]] = field(default_factory=set)
    """Cells that show #N/A and the like."""
    long_numbers: set[tuple[int, int]] = field(default_factory=set)
    """Numbers beyond 15 digits: a spreadsheet has rounded them."""
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    """First row, first column, last row, last column."""


def sheet_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str, bool]]:
    """Name, part and hidden or not, of each sheet in the order of the workbook."""
    targets: dict[str, str] = {}
    with archive.open("xl/_rels/workbook.xml.rels") as part:
        for _, element in iterparse(part, forbid_dtd=True):
            if _tag(element) == "Relationship":
                targets[element.get("Id", "")] = element.get("Target", "")
    with archive.open("xl/workbook.xml") as part:
        for _, element in iterparse(part, forbid_dtd=True):
            if _tag(element) == "sheet":
                key = next((value for name, value in element.items() if name.endswith("}id")), "")
                target = targets.get(key, "").lstrip("/")
                path = target if target.startswith("xl/") else f"xl/{target}"
                yield element.get("name", ""), path, element.get("state", "visible") != "visible"


def blank_strings(archive: zipfile.ZipFile) -> frozenset[int]:
    """Numbers of the shared strings that hold nothing but spaces."""
    if "xl/sharedStrings.xml" not in archive.namelist():
        return frozenset()
    blank, number = set(), 0
    with archive.open("xl/sharedStrings.xml") as part:
        for _, element in iterparse(part, forbid_dtd=True):
            if _tag(element) == "si":
                if not _text_of(element).strip():
                    blank.add(number)
                number += 1
                element.clear()
    return frozenset(blank)


def scanned(part: IO[bytes], blank: frozenset[int]) -> Scan:
    """The facts of one sheet's XML.

    Errors: `TooLarge` beyond the bounds above, whatever `<dimension>` claims.
    """
    scan, row, column, cells, rows = Scan(), 0, 0, 0, 0
    for event, element in iterparse(part, events=("start", "end"), forbid_dtd=True):
        tag = _tag(element)
        if event == "start":
            if tag == "row":
                row, column, rows = int(element.get("r") or row + 1), 0, rows + 1
                if row > 1_048_576 or rows > MOST_ROWS:
                    raise TooLarge(f"{row}")
                if element.get("hidden") in ("1", "true"):
                    scan.hidden_rows.add(row)
            elif tag == "c":
                column = column_number(element.get("r", "")) or column + 1
            elif tag == "col" and element.get("hidden") in ("1", "true"):
                first, last = int(element.get("min", "1")), int(element.get("max", "1"))
                scan.hidden_columns.update(range(first, min(last, MOST_COLUMNS) + 1))
            elif tag == "mergeCell":
                corners = re.fullmatch(r"([A-Z]+)(\d+):([A-Z]+)(\d+)", element.get("ref", ""))
                if corners and len(scan.merged) < MOST_ROWS:
                    first, last = column_number(corners[1]), column_number(corners[3])
                    scan.merged.append((int(corners[2]), first, int(corners[4]), last))
        elif tag == "c":
            cells += 1
            if _note(scan, element, row, column, blank) and (row > MOST_ROWS or column > MOST_COLUMNS):
                raise TooLarge(element.get("r") or f"{row}:{column}")
            if cells > MOST_CELLS:
                raise TooLarge(element.get("r") or f"{row}:{column}")
            element.clear()
        elif tag == "row":
            element.clear()
    return scan


def _note(scan: Scan, cell: Element, row: int, column: int, blank: frozenset[int]) -> bool:
    """Writes down what the cell tells; true where it holds something."""
    kind = cell.get("t", "n")
    value = next((child.text or "" for child in cell if _tag(child) == "v"), "")
    formula = any(_tag(child) == "f" for child in cell)
    if kind == "inlineStr":
        value = next((_text_of(child) for child in cell if _tag(child) == "is"), "")
    if formula and not value.strip() and kind != "str":
        scan.valueless.add((row, column))
        scan.filled_rows.add(row)
        return True
    if kind == "e":
        scan.errors.add((row, column))
    if kind == "n" and _vast(value):
        scan.long_numbers.add((row, column))
    if not value.strip() or (kind == "s" and value.strip().isdigit() and int(value) in blank):
        return False
    scan.filled_rows.add(row)
    return True


def _vast(value: str) -> bool:
    try:
        return abs(float(value)) >= 1e15
    except ValueError:
        return False


def column_number(reference: str) -> int:
    """1 for A, 27 for AA7; 0 where there is no letter."""
    number = 0
    for char in reference:
        if not "A" <= char <= "Z":
            break
        number = number * 26 + ord(char) - 64
    return number


def column_letters(number: int) -> str:
    """A for 1, AA for 27."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _text_of(element: Element) -> str:
    return "".join(child.text or "" for child in element.iter() if _tag(child) == "t")


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]
