"""Can a name in a plan do anything to whoever opens an exported file? Twenty payloads in every field of every export."""

import csv
import io
import re
import subprocess
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest
from icalendar import Calendar

from scheduler.domain import Scenario
from scheduler.publish.csv_tables import DANGEROUS, write_csv
from scheduler.publish.drawn import read_drawn
from scheduler.publish.exchange import canonical, timetable_from_json, timetable_to_json
from scheduler.publish.ical import Calendars
from scheduler.publish.page import html
from scheduler.publish.view import Kind
from scheduler.publish.workbook import write_workbook
from scheduler.timetable import Timetable
from tests.publish.worlds import cancelled, plan, school

PAYLOADS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1,1)",
    "\t=1+1",
    "\r=1+1",
    "\x00=1+1",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(1,1)",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example","看")',
    '=IMPORTXML("http://evil.example","//a")',
    '=WEBSERVICE("http://evil.example")',
    "'=1+1",
    "{=1+1}",
    "=1+1\n=2+2",
    '"=1+1',
    "<script>alert(1)</script>",
]
HARMLESS = ["-", "@小明", "'-", "+", "=", "张-三", "＠", "O'Neil", "''=x"]
FIELDS = ["pupil_name", "title", "room_name", "staff_name"]
PUBLISHED = datetime(2025, 8, 30, 4, tzinfo=UTC)


def everywhere(payload: str) -> tuple[Scenario, Timetable]:
    """The payload as every name and as the free text of a change."""
    scenario = school(**dict.fromkeys(FIELDS, payload))
    term, named = replace(scenario.term, name=payload), replace(scenario.school, name=payload)
    classes = tuple(replace(home_class, name=f"{payload}{home_class.id}") for home_class in scenario.home_classes)
    changes = (cancelled(scenario.term.start.replace(day=8), why=payload),)
    return replace(scenario, term=term, school=named, home_classes=classes), replace(
        plan(), end=date(2025, 9, 14), changes=changes, program=payload
    )


def formulas(path: Path) -> int:
    """Formula elements, links and external parts of a workbook."""
    with zipfile.ZipFile(path) as archive:
        texts = [archive.read(name).decode() for name in archive.namelist() if name.endswith((".xml", ".rels"))]
    return sum(len(re.findall(r"<f[ >]|<hyperlink|TargetMode=\"External\"|<ddeLink", text)) for text in texts)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_cell_of_the_workbook_is_a_formula_or_a_link(tmp_path: Path, payload: str) -> None:
    scenario, timetable = everywhere(payload)
    write_workbook(scenario, timetable, tmp_path / "w.xlsx", draft=True)
    assert formulas(tmp_path / "w.xlsx") == 0


def test_a_workbook_written_carelessly_would_have_been_found_out(tmp_path: Path) -> None:
    """The positive control: what the usual call of a spreadsheet library does with the same names."""
    book = openpyxl.Workbook()
    for payload in ("=1+1", '=HYPERLINK("http://evil.example","看")'):
        book.worksheets[0].append([payload])
    book.save(tmp_path / "careless.xlsx")
    assert formulas(tmp_path / "careless.xlsx") == 2


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_cell_of_a_csv_file_begins_like_a_formula(tmp_path: Path, payload: str) -> None:
    scenario, timetable = everywhere(payload)
    cells = [cell for path in write_csv(scenario, timetable, tmp_path) for row in table(path) for cell in row]
    assert any(payload.strip("'")[-3:] in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith(tuple("=+-@\t\r\n\x00＝＋－＠"))]


def test_a_csv_file_written_carelessly_would_have_been_found_out() -> None:
    text = io.StringIO()
    csv.writer(text).writerow(["=1+1", "ok"])
    assert DANGEROUS.match(text.getvalue())


@pytest.mark.parametrize("name", [*PAYLOADS, *HARMLESS])
@pytest.mark.parametrize("export", ["xlsx", "csv", "json"])
def test_a_plan_with_odd_names_comes_back_unchanged(tmp_path: Path, name: str, export: str) -> None:
    scenario = school(**dict.fromkeys(FIELDS, name))
    timetable = replace(plan(), changes=())
    if export == "xlsx":
        write_workbook(scenario, timetable, tmp_path / "w.xlsx")
        assert read_drawn(tmp_path / "w.xlsx", scenario) == canonical(timetable)
    elif export == "csv":
        write_csv(scenario, timetable, tmp_path)
        assert read_drawn(tmp_path, scenario) == canonical(timetable)
    else:
        assert timetable_from_json(timetable_to_json(timetable)) == canonical(timetable)


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_name_is_read_back_by_name_alone(tmp_path: Path, name: str) -> None:
    """A pupil called “-” is found without the id, in the very spelling."""
    scenario = school(pupil_name=name)
    write_csv(scenario, plan(), tmp_path)
    path = tmp_path / "placements.csv"
    rows = table(path)
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([rows[0], *([["", *row[1:]] for row in rows[1:]])])
    path.write_bytes(text.getvalue().encode("utf-8-sig"))
    assert read_drawn(tmp_path, scenario) == canonical(plan())


@pytest.mark.slow
def test_an_office_program_computes_nothing_in_our_files(tmp_path: Path) -> None:
    """LibreOffice opens every export and writes it out again: what comes out are the texts, not what they compute."""
    scenario, timetable = everywhere("=1+41")
    write_workbook(scenario, timetable, tmp_path / "workbook.xlsx")
    write_csv(scenario, timetable, tmp_path)
    (tmp_path / "control.csv").write_text("=1+41\n", "utf-8")
    out = tmp_path / "out"
    told = f"-env:UserInstallation=file://{tmp_path}/profile"
    # 59 is UTF-8 written, -1 every sheet: one CSV file each.
    filtering = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    names = ["workbook.xlsx", "meetings.csv", "placements.csv", "control.csv"]
    subprocess.run(
        [
            "soffice",
            told,
            "--headless",
            "--convert-to",
            filtering,
            "--outdir",
            str(out),
            *(str(tmp_path / name) for name in names),
        ],
        check=True,
        capture_output=True,
        timeout=100,
    )
    texts = {path.name: path.read_text("utf-8") for path in out.iterdir()}
    ours = {name: text for name, text in texts.items() if not name.startswith("control")}
    assert len(ours) > 10
    assert any("=1+41" in text for text in ours.values())
    assert not [name for name, text in ours.items() if re.search(r"(?<![\d+])42(?!\d)", text)]
    assert any("42" in text for name, text in texts.items() if name.startswith("control")), "the control was not computed"


class Seen(HTMLParser):
    """Tags, attributes and texts of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.extend((name, value or "") for name, value in attrs)


@pytest.mark.parametrize(
    "payload", [*PAYLOADS, '"><img src=x onerror=alert(1)>', "</style><script>", "javascript:alert(1)", "{{7*7}}"]
)
def test_a_name_is_never_markup_in_the_page(payload: str) -> None:
    plain, hostile = Seen(), Seen()
    plain.feed(html(*everywhere("小明")))
    hostile.feed(html(*everywhere(payload)))
    assert set(hostile.tags) <= set(plain.tags)
    assert not [name for name, _ in hostile.attributes if name.startswith("on")]
    assert {value for name, value in hostile.attributes if name == "href"} == {
        value for name, value in plain.attributes if name == "href"
    }
    assert "49" not in html(*everywhere("{{7*7}}")).split("</style>")[1] or payload != "{{7*7}}"


@pytest.mark.parametrize(
    "payload", [*PAYLOADS, "a\r\nATTACH:file:///etc/passwd", "x\nEND:VEVENT\nBEGIN:VALARM", "\u2028BEGIN:VALARM"]
)
def test_a_name_adds_no_line_to_a_calendar(payload: str) -> None:
    calendars = Calendars(*everywhere(payload), PUBLISHED)
    for kind in (Kind.TEACHER, Kind.CLASS):
        data = calendars.of(kind, calendars.members(kind)[0])
        parts = list(Calendar.from_ical(data).walk())
        assert {part.name for part in parts} == {"VCALENDAR", "VTIMEZONE", "STANDARD", "VEVENT"}
        assert not [part for part in parts if "ATTACH" in part]
        # Unfolded, every line is a property we wrote.
        lines = data.replace(b"\r\n ", b"").decode().split("\r\n")
        assert not [line for line in lines if line and not re.match(r"[A-Z-]+[:;]", line)]


def table(path: Path) -> list[list[str]]:
    """Rows of a CSV file as a spreadsheet sees them."""
    return list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
