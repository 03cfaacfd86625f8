"""Does a table that was exported, edited in a spreadsheet and read back get exactly the findings it deserves?"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from scheduler.audit import audit
from scheduler.domain import Strand
from scheduler.generate import generate
from scheduler.intake import write_folder
from scheduler.policy import Strength
from scheduler.publish.drawn import read_drawn
from scheduler.publish.exchange import timetable_from_json
from tests.cli.test_commands import oneplusx
from tests.line.running import SCENARIOS, law_of, scenario_in
from tests.line.running import oneplusx as run

pytestmark = pytest.mark.slow

TINY = SCENARIOS / "tiny"
MEETINGS, PLACEMENTS = "教学班与上课", "学生名单"


class Book:
    """An exported workbook in somebody's spreadsheet program."""

    def __init__(self, path: Path) -> None:
        self.path, self.book = path, openpyxl.load_workbook(path)

    def rows(self, sheet: str, **wanted: str) -> Sequence[int]:
        """Numbers of the rows that hold these values; headings are given as words."""
        page, columns = self.book[sheet], self._columns(sheet)
        numbers = range(2, page.max_row + 1)
        return [row for row in numbers if all(page.cell(row, columns[key]).value == value for key, value in wanted.items())]

    def put(self, sheet: str, row: int, **values: str) -> None:
        for key, value in values.items():
            self.book[sheet].cell(row, self._columns(sheet)[key]).value = value

    def text(self, sheet: str, row: int, heading: str) -> str:
        return str(self.book[sheet].cell(row, self._columns(sheet)[heading]).value)

    def add(self, sheet: str, **values: str) -> None:
        self.put(sheet, self.book[sheet].max_row + 1, **values)

    def drop(self, sheet: str, row: int) -> None:
        self.book[sheet].delete_rows(row)

    def _columns(self, sheet: str) -> Mapping[str, int]:
        page: Worksheet = self.book[sheet]
        return {str(cell.value): number for number, cell in enumerate(page[1], 1)}

    def save(self) -> Path:
        self.book.save(self.path)
        return self.path


@pytest.fixture
def lawful(tmp_path: Path) -> Book:
    """The lawful week of the tiny school, published as a workbook by the command."""
    assert oneplusx("publish", TINY / "tables" / "lawful.csv", TINY, "--out", tmp_path).exit_code == 0
    return Book(tmp_path / "workbook.xlsx")


def against(table: Path, school: Path) -> dict[str, int]:
    """Points by clause that stand against publication."""
    scenario = scenario_in(school)
    report = audit(scenario, read_drawn(table, scenario), law_of(scenario))
    points: Counter[str] = Counter()
    for finding in report.findings:
        if finding.clause.strength is not Strength.ENCOURAGED:
            points[finding.clause.id] += finding.amount
    return dict(points)


def move_a_meeting(book: Book) -> None:
    """Basketball from Wednesday 2 to Thursday 2, where 李志刚 and four of its five players have class PE.

    It is his third meeting that day and two are the most. 郑晓彤 does not stay on Thursday. All five are left without a
    place on Wednesday 2.
    """
    (row,) = book.rows(MEETINGS, 项目="篮球")
    book.put(MEETINGS, row, 时段="周四第2时段", 钟点="")


def swap_rooms(book: Book) -> None:
    """Paper-cutting on the playground, class PE in the classroom: neither belongs there."""
    (paper,) = book.rows(MEETINGS, 项目="剪纸")
    (pe,) = book.rows(MEETINGS, 项目="阳光体育", 时段="周二第2时段")
    book.put(MEETINGS, paper, 场地="操场")
    book.put(MEETINGS, pe, 场地="二（1）班教室")


def drop_a_pupil(book: Book) -> None:
    """吴振宇 no longer sits anywhere on Thursday 1."""
    (meeting,) = book.rows(MEETINGS, 项目="作业辅导", 时段="周四第1时段")
    number = book.text(MEETINGS, meeting, "教学班编号")
    (row,) = book.rows(PLACEMENTS, 姓名="吴振宇", 教学班编号=number)
    book.drop(PLACEMENTS, row)


def put_the_head_before_the_class(book: Book) -> None:
    """林校长 leads nothing, neither this day nor this week, and cannot cut paper."""
    (row,) = book.rows(MEETINGS, 项目="剪纸")
    book.put(MEETINGS, row, 教师="林校长")


def crowd_the_club(book: Book) -> None:
    """A sixth child in a club of five: 孙可馨, who has class PE at that hour."""
    (row,) = book.rows(MEETINGS, 项目="剪纸")
    section = book.text(MEETINGS, row, "教学班编号")
    book.add(PLACEMENTS, 学生编号="202404", 姓名="孙可馨", 教学班编号=section, 方式="志愿")


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (
            move_a_meeting,
            {
                "base-nobody-refused": 5,
                "nature-load-caps": 1,
                "nature-pupils-in-one-place": 4,
                "yueyang-1.2-voluntary": 1,
                "yueyang-2.6-support-staff-joining": 1,
            },
        ),
        (swap_rooms, {"nature-room-suits": 2}),
        (drop_a_pupil, {"base-nobody-refused": 1}),
        (put_the_head_before_the_class, {"nature-load-caps": 2, "nature-may-lead": 1}),
        (crowd_the_club, {"nature-pupils-in-one-place": 1, "yueyang-2.7-grouping": 1}),
    ],
)
def test_an_edit_gets_its_findings_and_no_others(lawful: Book, edit: Callable[[Book], None], expected: Mapping[str, int]) -> None:
    edit(lawful)
    table = lawful.save()
    assert against(table, TINY) == expected
    ended = oneplusx("audit", table, TINY)
    assert ended.exit_code == 3
    assert all(clause in ended.stdout for clause in expected)


def test_a_table_saved_unchanged_has_no_findings(lawful: Book) -> None:
    """The control: nothing is found in what nobody touched."""
    table = lawful.save()
    assert against(table, TINY) == {}
    assert oneplusx("audit", table, TINY).exit_code == 0


def test_the_bad_week_ends_with_3_and_tells_each_listed_mistake() -> None:
    """Every clause that faults.md names is cited, and the people it names are named."""
    told = (TINY / "tables" / "faults.md").read_text("utf-8")
    ended = oneplusx("audit", TINY / "tables" / "drawn.csv", TINY)
    assert ended.exit_code == 3
    clauses = against(TINY / "tables" / "drawn.csv", TINY)
    assert all(f"`{clause}`" in told and clause in ended.stdout for clause in clauses)
    for name in ("王芳", "孙可馨", "剪纸", "何小雨", "篮球", "赵一鸣", "周桂兰"):
        assert name in ended.stdout, name


def test_a_countys_plan_is_judged_after_an_edit(tmp_path: Path) -> None:
    """One child of Helan taken out of one homework hour: one finding, about that child."""
    school, out = tmp_path / "school", tmp_path / "out"
    write_folder(generate("helan", 60, 3), school)
    assert run("solve", school, "--out", out, "--time-limit", 5, "--seed", 7).code == 0
    scenario, timetable = scenario_in(school), timetable_from_json((out / "timetable.json").read_text("utf-8"))
    book = Book(out / "workbook.xlsx")
    homework = {one.id for one in timetable.sections if scenario.course_by_id[one.course].strand is Strand.ONE}
    placement = next(one for one in timetable.placements if one.section in homework)
    (row,) = book.rows(PLACEMENTS, 学生编号=placement.pupil, 教学班编号=placement.section)
    book.drop(PLACEMENTS, row)
    report = audit(scenario, read_drawn(book.save(), scenario), law_of(scenario))
    (finding,) = [*report.breaches, *report.waivers_needed]
    assert finding.rule == "nobody_refused"
    assert placement.pupil in {subject.id for subject in finding.subjects}


def test_one_room_changed_in_a_plan_stands_against_its_publication(lawful: Book, tmp_path: Path) -> None:
    """The plan's own file, with paper-cutting sent to the playground by hand: published only as a draft."""
    plan = lawful.path.with_name("timetable.json")
    text = plan.read_text("utf-8")
    was = '"section": "paper-1", "slot": "tue-2", "room": "r2"'
    assert was in text
    plan.write_text(text.replace(was, was.replace("r2", "ground")), "utf-8")
    refused = oneplusx("publish", plan, TINY, "--out", tmp_path / "again")
    assert refused.exit_code == 3
    assert "nature-room-suits" in refused.stderr
    assert not (tmp_path / "again").exists()
    assert oneplusx("publish", plan, TINY, "--out", tmp_path / "again", "--draft").exit_code == 0


def test_a_plan_published_where_a_draft_lay_leaves_nothing_of_the_draft(tmp_path: Path) -> None:
    """Neither the bad week's draft tables nor the calendar of somebody who no longer leads anything."""
    tables = TINY / "tables"
    assert oneplusx("publish", tables / "drawn.csv", TINY, "--out", tmp_path, "--draft").exit_code == 0
    (tmp_path / "ics" / "teacher" / "lin.ics").write_text("left by an earlier plan", "utf-8")
    assert (tmp_path / "csv" / "draft-meetings.csv").exists()
    assert oneplusx("publish", tables / "lawful.csv", TINY, "--out", tmp_path).exit_code == 0
    assert not (tmp_path / "csv" / "draft-meetings.csv").exists()
    assert not (tmp_path / "ics" / "teacher" / "lin.ics").exists()
    assert against(tmp_path / "csv", TINY) == {}
