"""Is a plan in breach refused, is a draft marked wherever people look, and is what is shown the plan that was audited?"""

import csv
import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, time
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest
from icalendar import Calendar

from scheduler.audit.report import Finding, Report, Subject, SubjectKind
from scheduler.domain import ClauseId, Clock
from scheduler.policy import Clause, Strength
from scheduler.publish import NotLawful, publish
from scheduler.publish.drawn import read_drawn
from scheduler.publish.exchange import canonical, timetable_from_json
from scheduler.publish.page import content_security_policy, html
from scheduler.publish.view import Kind, View
from scheduler.publish.workbook import write_workbook
from tests.publish.worlds import meeting, plan, school

PUBLISHED = datetime(2025, 8, 30, 4, tzinfo=UTC)
CLEAN = Report(findings=())


def report(strength: Strength, *, waived: bool = False) -> Report:
    """A report with one finding."""
    clause = Clause(
        id=ClauseId("yueyang-2.4-end-time"),
        county="yueyang",
        at="二（四）",
        quote="原则上不早于当地正常下班时间",
        strength=strength,
    )
    subjects = (Subject(SubjectKind.SLOT, "d1-2", "周一第2时段"),)
    found = Finding(
        clause=clause,
        rule="latest_end",
        amount=5,
        subjects=subjects,
        zh="周一第2时段晚了5分钟。",
        en="Ends 5 minutes late.",
        waived=waived,
    )
    return Report(findings=(found,))


@pytest.mark.parametrize("strength", [Strength.MUST, Strength.IN_PRINCIPLE])
def test_a_plan_that_is_not_lawful_is_refused_and_nothing_is_written(tmp_path: Path, strength: Strength) -> None:
    with pytest.raises(NotLawful) as caught:
        publish(school(), plan(), report(strength), tmp_path / "out", published_at=PUBLISHED)
    assert len(caught.value.findings) == 1
    assert "1 处不符合规定" in caught.value.text("zh")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("waived", [report(Strength.IN_PRINCIPLE, waived=True), report(Strength.ENCOURAGED), CLEAN])
def test_a_lawful_plan_is_published_without_a_mark(tmp_path: Path, waived: Report) -> None:
    paths = publish(school(), plan(), waived, tmp_path, published_at=PUBLISHED)
    assert {"timetable.json", "workbook.xlsx", "index.html", "en.html", "meetings.csv", "p1.ics"} <= {path.name for path in paths}
    assert all(path.exists() for path in paths)
    assert "草稿" not in (tmp_path / "index.html").read_text("utf-8").split("</style>")[1]
    assert not [path.name for path in paths if "draft" in path.name]


def test_a_draft_says_so_in_every_file_that_people_read(tmp_path: Path) -> None:
    paths = publish(school(), plan(), report(Strength.MUST), tmp_path, draft=True, published_at=PUBLISHED)
    for path in paths:
        if path.suffix == ".ics":
            assert Calendar.from_ical(path.read_bytes())["X-WR-CALNAME"].startswith("【草稿】")
        elif path.suffix == ".csv":
            assert path.name.startswith("draft-")
        elif path.suffix == ".html":
            text = path.read_text("utf-8").split("</style>")[1]
            assert 'class="watermark"' in text
            assert 'class="banner"' in text
            assert ("原则上不早于当地正常下班时间" in text) == (not path.name.startswith("public."))
    book = openpyxl.load_workbook(tmp_path / "workbook.xlsx")
    assert all(sheet.title.startswith("草稿-") for sheet in book)
    assert all("草稿" in str(sheet.oddHeader.center.text) for sheet in book)


def test_the_same_plan_gives_the_same_files(tmp_path: Path) -> None:
    first = publish(school(), plan(), CLEAN, tmp_path / "a", published_at=PUBLISHED)
    second = publish(school(), plan(), CLEAN, tmp_path / "b", published_at=PUBLISHED)
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_the_plan_in_every_published_file_is_the_plan(tmp_path: Path) -> None:
    """What is shown is what was audited: JSON, workbook and CSV are read back, the pages compared meeting by meeting."""
    publish(school(), plan(), CLEAN, tmp_path, published_at=PUBLISHED)
    expected = canonical(plan())
    assert timetable_from_json((tmp_path / "timetable.json").read_text("utf-8")) == expected
    assert read_drawn(tmp_path / "workbook.xlsx", school()) == expected
    assert read_drawn(tmp_path / "csv", school()) == expected


class Page(HTMLParser):
    """The page as a reader sees it: what stands in each timetable, by its anchor and the day's column."""

    def __init__(self) -> None:
        super().__init__()
        self.cells: dict[str, set[tuple[str, str]]] = {}
        self.links: list[str] = []
        self.ids: list[str] = []
        self._week = self._day = ""
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if "id" in told:
            self.ids.append(told["id"])
        self.links += [told[name] for name in ("href", "src", "action", "data", "xlink:href") if name in told]
        if tag == "article":
            self._week = told["id"]
            self.cells[self._week] = set()
        if tag == "td":
            self._day = told.get("class", "").split(" ")[0]
        self._in_title = tag == "b" and self._week != "" and self._day != ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "article":
            self._week = ""
        if tag == "table":
            self._day = ""

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.cells[self._week].add((self._day, data))
            self._in_title = False


def page(text: str) -> Page:
    read = Page()
    read.feed(text)
    return read


def test_every_week_on_the_page_shows_exactly_its_meetings() -> None:
    shown, view = page(html(school(), plan())), View(school(), plan())
    for kind in Kind:
        for number, week in enumerate(view.weeks(kind), 1):
            expected = {(f"d{line.slot.weekday}", line.title) for line in view.lines_of(kind, week.id)}
            assert shown.cells[f"{kind}-{number}"] == expected
    assert shown.cells["pupil-1"] == {("d1", "作业辅导1班"), ("d1", "剪纸1班"), ("d3", "作业辅导1班")}


def test_rows_that_begin_together_stand_in_one_order_for_everybody() -> None:
    """A pupil's stays are a set: a Friday that ends earlier once stood above or below the other days as it fell out."""
    long, short = Clock(time(16, 40), time(17, 20)), Clock(time(16, 40), time(17, 0))
    slots = tuple(
        replace(slot, clock_by_season=dict.fromkeys(slot.clock_by_season, short if slot.weekday == 5 else long))
        for slot in school().slots
        if slot.number == 1
    )
    pupils = tuple(replace(pupil, stays=frozenset(slot.id for slot in slots)) for pupil in school().pupils)
    view = View(replace(school(), slots=slots, pupils=pupils), plan())
    for kind in (Kind.CLASS, Kind.PUPIL):
        for week in view.weeks(kind):
            assert [clock for band in week.bands for _, clock in band.times] == [long, short]


def test_the_page_asks_nobody_for_anything_and_holds_no_script() -> None:
    text = html(school(), plan(), report(Strength.MUST), draft=True)
    shown = page(text)
    assert not [link for link in shown.links if not link.startswith("#")]
    assert {link[1:] for link in shown.links} <= set(shown.ids)
    assert len(shown.ids) == len(set(shown.ids))
    assert "<script" not in text
    assert not re.search(r"https?:|url\(|@import|style=", text)


def test_the_pages_own_policy_allows_its_style_sheet_and_nothing_else() -> None:
    text = html(school(), plan())
    assert content_security_policy().replace("'", "&#39;") in text
    assert "default-src 'none'" in content_security_policy()


def test_the_page_to_be_posted_names_no_pupil_and_the_other_says_that_it_does(tmp_path: Path) -> None:
    publish(school(), plan(), report(Strength.ENCOURAGED), tmp_path, published_at=PUBLISHED)
    public, internal = ((tmp_path / name).read_text("utf-8") for name in ("public.html", "index.html"))
    assert not [pupil for pupil in school().pupils if pupil.name in public]
    assert all(pupil.name in internal for pupil in school().pupils)
    assert "仅供校内使用" in internal
    assert "仅供校内使用" not in public
    assert "剪纸1班" in public


def test_the_page_speaks_english_too() -> None:
    text = html(school(), plan(), CLEAN, language="en")
    assert 'lang="en"' in text
    assert "After-school service timetable" in text
    assert "Nothing found." in text
    assert "班级" not in text.split("</style>")[1]


def test_clock_times_are_told_for_each_season() -> None:
    text = html(school(), plan())
    assert "9月1日—9月30日" in text
    assert "16:40—17:20" in text
    assert "15:40—16:20" in text


def test_a_draft_with_things_the_school_does_not_have_can_still_be_shown(tmp_path: Path) -> None:
    odd = replace(
        plan(), meetings=(*plan().meetings, meeting("papercut-1", "d2-1", "moon", "nobody"), meeting("papercut-1", "d9-9", None))
    )
    publish(school(), odd, report(Strength.MUST), tmp_path, draft=True, published_at=PUBLISHED)
    assert "moon" in (tmp_path / "index.html").read_text("utf-8")


def test_the_menu_says_content_time_duration_leader_place_sections_and_size(tmp_path: Path) -> None:
    write_workbook(school(), plan(), tmp_path / "w.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "w.xlsx")["项目表"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert rows[0] == ["项目", "类别", "年级", "时间", "时长（分钟）", "负责教师", "地点", "班数", "每班上限", "已排人数"]
    papercut = next(row for row in rows if row[0] == "剪纸")
    assert papercut[1:3] == ["“X”素质拓展\n艺术", "3—4年级"]
    assert papercut[4:] == ["40", "王秀英", "三1班教室", "1", "30", "2"]
    assert "17:40—18:20" in str(papercut[3])


def test_every_sheet_prints_on_landscape_paper_and_classes_start_a_page(tmp_path: Path) -> None:
    write_workbook(school(), plan(), tmp_path / "w.xlsx")
    book = openpyxl.load_workbook(tmp_path / "w.xlsx")
    assert all((sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9) for sheet in book)
    assert len(book["班级课表"].row_breaks.brk) == 1
    assert [row[1].value for row in book["说明"].rows if row[0].value == "县（市、区）"] == ["岳阳"]


def test_the_workbook_holds_text_only(tmp_path: Path) -> None:
    write_workbook(school(), plan(), tmp_path / "w.xlsx")
    with zipfile.ZipFile(tmp_path / "w.xlsx") as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    kinds = {kind for sheet in sheets for kind in re.findall(r'<c r="[A-Z]+\d+"[^>]*? t="(\w+)"', sheet)}
    assert kinds == {"s"}


def test_pupils_stand_one_a_row_class_by_class(tmp_path: Path) -> None:
    write_workbook(school(), plan(), tmp_path / "w.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "w.xlsx")["学生课表"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert rows[0][:3] == ["行政班", "姓名", "周一"]
    assert [row[1] for row in rows[1:]] == ["陈一诺", "刘子涵", "周雨桐", "吴俊杰"]
    assert rows[1][2] == "作业辅导1班 · 三1班教室 · 王秀英 · 4人\n剪纸1班 · 三1班教室 · 王秀英 · 2人"


def test_csv_files_open_in_excel_as_chinese(tmp_path: Path) -> None:
    publish(school(), plan(), CLEAN, tmp_path, published_at=PUBLISHED)
    data = (tmp_path / "csv" / "meetings.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert {row["时段"] for row in rows} == {"周一第1时段", "周一第2时段", "周三第1时段"}
