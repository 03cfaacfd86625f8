"""Ten ways in which schools lay out the same tables, and what row a person sees in each."""

import csv
import io
import random
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from scheduler.intake.cells import rows_by_sheet
from scheduler.intake.sheets import SHEETS
from scheduler.intake.write import fact_rows, headers_used, write_folder
from tests.intake.schools import small_school

CHINESE = {sheet.name: sheet.zh for sheet in SHEETS}


@dataclass
class Tables:
    """Headers and rows by sheet, in Chinese, to be spoilt and laid out."""

    headers: dict[str, list[str]]
    rows: dict[str, list[list[str]]]
    drop: set[str] = field(default_factory=set)

    def set(self, sheet: str, row: int, header: str, text: str) -> None:
        """Writes one cell; a header that is not there yet gets a column."""
        if header not in self.headers[sheet]:
            self.headers[sheet].append(header)
        place = self.headers[sheet].index(header)
        cells = self.rows[sheet][row]
        cells += [""] * (place + 1 - len(cells))
        cells[place] = text

    def get(self, sheet: str, row: int, header: str) -> str:
        """The text of one cell."""
        return self.rows[sheet][row][self.headers[sheet].index(header)]


@cache
def facts_file() -> str:
    """`scenario.toml` of the small school."""
    with TemporaryDirectory() as directory:
        write_folder(small_school(), Path(directory))
        return (Path(directory) / "scenario.toml").read_text(encoding="utf-8")


def sound_tables() -> Tables:
    """The small school's tables, without a fault."""
    tables = {name: list(rows) for name, rows in rows_by_sheet(small_school(), "zh").items()}
    tables["school"] = fact_rows(small_school(), "zh")
    headers = {name: headers_used(rows) for name, rows in tables.items()}
    return Tables(headers, {name: [[row.get(h, "") for h in headers[name]] for row in rows] for name, rows in tables.items()})


@dataclass(frozen=True)
class Laid:
    """Where a layout put things."""

    path: Path
    places: Mapping[str, str]
    """What a person calls the sheet."""
    first: Mapping[str, int]
    """Row of the first data row of each sheet, the others following with `step`."""
    step: int
    counts: Mapping[str, int]
    """Rows with something in them, headers and titles not counted; counted apart from the reader."""

    def row(self, sheet: str, index: int) -> int:
        return self.first[sheet] + index * self.step


def _folder(tables: Tables, path: Path, encoding: str, ending: str, name: Callable[[str], str], delimiter: str = ",") -> Laid:
    path.mkdir(parents=True)
    (path / "scenario.toml").write_text(facts_file(), encoding="utf-8")
    counts = {}
    for sheet, rows in tables.rows.items():
        if sheet == "school" or sheet in tables.drop:
            continue
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator=ending, delimiter=delimiter)
        writer.writerow(tables.headers[sheet])
        writer.writerows(rows)
        (path / f"{name(sheet)}.csv").write_bytes(out.getvalue().encode(encoding))
        text = (path / f"{name(sheet)}.csv").read_bytes().decode(encoding)
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        counts[sheet] = sum(any(cell.strip() for cell in cells) for cells in lines[1:])
    places = {sheet: f"{name(sheet)}.csv" for sheet in tables.rows}
    return Laid(path, places, dict.fromkeys(tables.rows, 2), 1, counts)


def utf8_folder(tables: Tables, path: Path) -> Laid:
    return _folder(tables, path, "utf-8-sig", "\r\n", str)


def gb18030_folder(tables: Tables, path: Path) -> Laid:
    return _folder(tables, path, "gb18030", "\r\n", lambda sheet: CHINESE[sheet])


def tab_folder(tables: Tables, path: Path) -> Laid:
    return _folder(tables, path, "utf-16", "\n", lambda sheet: CHINESE[sheet], "\t")


def zipped_folder(tables: Tables, path: Path) -> Laid:
    laid = _folder(tables, path, "utf-8", "\n", lambda sheet: CHINESE[sheet])
    target = path.parent / f"{path.name}.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for file in sorted(path.iterdir()):
            archive.writestr(f"我的方案/{file.name}", file.read_bytes())
    return Laid(target, laid.places, laid.first, laid.step, laid.counts)


def _workbook(
    tables: Tables, path: Path, above: int = 0, step: int = 1, left: int = 0, dress: Callable[[Worksheet], None] | None = None
) -> Laid:
    book = openpyxl.Workbook()
    book.remove(book["Sheet"])
    for sheet, rows in tables.rows.items():
        if sheet in tables.drop:
            continue
        page = book.create_sheet(CHINESE[sheet])
        top = 1 if sheet == "school" else 1 + above
        for number, cells in [(top, tables.headers[sheet]), *((top + 1 + i * step, row) for i, row in enumerate(rows))]:
            for place, text in enumerate(cells, 1 + left):
                if text:
                    page.cell(number, place, text).data_type = "s"
        if dress is not None and sheet != "school":
            dress(page)
    target = path.with_suffix(".xlsx")
    book.save(target)
    first = {sheet: 2 if sheet == "school" else 2 + above for sheet in tables.rows}
    heads = {sheet: 1 if sheet == "school" or not above else 2 for sheet in tables.rows}
    counts = {sheet: number - heads[sheet] for sheet, number in xml_counts(target).items()}
    return Laid(target, CHINESE, first, step, counts)


def xml_counts(path: Path) -> dict[str, int]:
    """Rows with a value, by sheet, counted in the XML with regular expressions only."""
    with zipfile.ZipFile(path) as archive:
        names = re.findall(r'<sheet [^>]*name="([^"]+)"', archive.read("xl/workbook.xml").decode())
        counts = {}
        by_zh = {sheet.zh: sheet.name for sheet in SHEETS}
        for number, name in enumerate(names, 1):
            xml = archive.read(f"xl/worksheets/sheet{number}.xml").decode()
            rows = re.findall(r"<row [^>]*>(.*?)</row>", xml, re.S)
            counts[by_zh[name]] = sum(bool(re.search(r"<v>|<is>|<f>|<f/>|<v />", row)) for row in rows)
    return counts


def plain_workbook(tables: Tables, path: Path) -> Laid:
    return _workbook(tables, path)


def titled_workbook(tables: Tables, path: Path) -> Laid:
    """A merged title above the headers."""

    def dress(page: Worksheet) -> None:
        page["A1"] = f"示例小学{page.title}登记"
        page.merge_cells("A1:D1")

    return _workbook(tables, path, above=1, dress=dress)


def hidden_workbook(tables: Tables, path: Path) -> Laid:
    """Hidden rows, columns and sheets."""

    def dress(page: Worksheet) -> None:
        page.row_dimensions[2].hidden = True
        page.column_dimensions["B"].hidden = True
        if page.title in ("志愿", "班车"):
            page.sheet_state = "hidden"

    return _workbook(tables, path, dress=dress)


def gappy_workbook(tables: Tables, path: Path) -> Laid:
    """A blank row after each row, and a blank column in front."""
    return _workbook(tables, path, step=2, left=1)


def lying_workbook(tables: Tables, path: Path) -> Laid:
    """`<dimension>` says there is one cell."""
    laid = _workbook(tables, path)
    parts: dict[str, bytes] = {}
    with zipfile.ZipFile(laid.path) as archive:
        for name in archive.namelist():
            data = archive.read(name)
            parts[name] = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', data)
    with zipfile.ZipFile(laid.path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return laid


def wide_workbook(tables: Tables, path: Path) -> Laid:
    """Columns in another order, spaces that nobody sees, full-width digits, and a column of notes."""
    shuffle = random.Random(11)
    tables = Tables(
        {k: list(v) for k, v in tables.headers.items()}, {k: [list(r) for r in v] for k, v in tables.rows.items()}, tables.drop
    )
    for sheet, headers in tables.headers.items():
        if sheet == "school":
            continue
        width = len(headers)
        if len(set(headers)) == width and all(len(row) <= width for row in tables.rows[sheet]):
            order = shuffle.sample(range(width), width)
            tables.rows[sheet] = [[(row + [""] * width)[place] for place in order] for row in tables.rows[sheet]]
            headers[:] = [headers[place] for place in order]
        headers[0] = f"\u3000{headers[0]} "
        for row in tables.rows[sheet]:
            row[:] = [f"\u00a0{text}\u3000" if text else "" for text in row]
            row[:] = [text.translate({48 + n: 0xFF10 + n for n in range(10)}) if text.strip().isdigit() else text for text in row]
    return _workbook(tables, path)


LAYOUTS: Mapping[str, Callable[[Tables, Path], Laid]] = {
    "utf8_folder": utf8_folder,
    "gb18030_folder": gb18030_folder,
    "tab_folder": tab_folder,
    "zipped_folder": zipped_folder,
    "plain_workbook": plain_workbook,
    "titled_workbook": titled_workbook,
    "hidden_workbook": hidden_workbook,
    "gappy_workbook": gappy_workbook,
    "lying_workbook": lying_workbook,
    "wide_workbook": wide_workbook,
}
