"""What do the quick commands say, and how do they end?"""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from api.cli import app
from scheduler.policy import load_policy
from scheduler.terminal import told

ROOT = Path(__file__).parents[2]
TINY = ROOT / "scenarios" / "tiny"
COUNTIES = ("changzhi", "helan", "liangping", "suifenhe", "yueyang")


def oneplusx(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def without(blocked: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """The command in a Python that cannot import `blocked`."""
    code = f"import sys; sys.modules[{blocked!r}] = None; from scheduler.__main__ import main; main()"
    command: Sequence[str] = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)


def test_check_says_that_good_data_can_be_used() -> None:
    ended = oneplusx("check", TINY)
    assert ended.exit_code == 0
    assert "数据可以使用" in ended.stdout
    assert "pupils.csv: 读 12 行，拒 0 行" in ended.stdout


def test_check_tells_every_fault_at_once_and_ends_with_2(tmp_path: Path) -> None:
    school = shutil.copytree(TINY, tmp_path / "school")
    header, _, *rooms = (school / "rooms.csv").read_text("utf-8-sig").splitlines()
    (school / "rooms.csv").write_text("\n".join([header, *rooms]), "utf-8")
    staff = (school / "staff.csv").read_text("utf-8-sig")
    (school / "staff.csv").write_text(staff.replace(",2,9,", ",两三,9,"), "utf-8")
    ended = oneplusx("check", school)
    assert ended.exit_code == 2
    faults = [line for line in ended.stderr.splitlines() if " 第 " in line and not line.startswith("提醒")]
    assert {fault.split()[0] for fault in faults} >= {"classes.csv", "staff.csv"}
    assert f"共 {len(faults)} 处错误" in ended.stderr
    assert "Traceback" not in ended.output


def test_a_template_filled_in_wrongly_is_marked_in_a_copy(tmp_path: Path) -> None:
    assert oneplusx("template", tmp_path / "school.xlsx").exit_code == 0
    book = openpyxl.load_workbook(tmp_path / "school.xlsx")
    book["人员"]["A3"].value = "T01"
    book.save(tmp_path / "school.xlsx")
    ended = oneplusx("check", tmp_path / "school.xlsx", "--marked", tmp_path / "marked.xlsx")
    assert ended.exit_code == 2
    marked = openpyxl.load_workbook(tmp_path / "marked.xlsx")
    comment = marked["人员"]["A3"].comment
    assert comment is not None
    assert "重复" in comment.text
    assert marked["问题清单"]["A2"].value


def test_what_the_law_asks_for_is_told_in_the_words_of_the_workbook(tmp_path: Path) -> None:
    """A clerk has never seen a CSV file or an English column."""
    assert oneplusx("template", tmp_path / "school.xlsx").exit_code == 0
    book = openpyxl.load_workbook(tmp_path / "school.xlsx")
    book["校历"]["A2"].value, book["校历"]["D2"].value = "活动", "秋游"
    book["校历"]["E2"].value = None
    book["作息"]["D2"].value = None
    book.save(tmp_path / "school.xlsx")
    ended = oneplusx("check", tmp_path / "school.xlsx")
    assert ended.exit_code == 2
    assert "学生: 读 3 行，拒 0 行" in ended.stdout
    assert "作息 当地下班时间：" in ended.stderr
    assert "提醒：校历：2025-10-11" in ended.stderr
    assert not [word for word in (".csv", ".toml", "term.", "off_work_time", "pupils_per_adult") if word in ended.output]


def test_a_template_is_a_workbook_and_a_folder_has_no_marked_copy(tmp_path: Path) -> None:
    assert oneplusx("template", tmp_path / "template.txt").exit_code == 2
    assert oneplusx("check", TINY, "--marked", tmp_path / "marked.xlsx").exit_code == 2
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("size", [20, 6001])
def test_a_school_of_a_size_nobody_can_invent_is_bad_input(tmp_path: Path, size: int) -> None:
    assert oneplusx("generate", "--county", "helan", "--size", size, "--out", tmp_path / "school").exit_code == 2


def test_a_folder_that_cannot_be_written_is_told_before_the_search(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ended = oneplusx("solve", TINY, "--out", tmp_path / "file", "--time-limit", 30)
    assert ended.exit_code == 2
    assert str(tmp_path / "file") in ended.stderr
    assert "s  " not in ended.stderr


def test_a_missing_folder_is_bad_input_in_the_language_asked_for(tmp_path: Path) -> None:
    ended = oneplusx("check", tmp_path / "nowhere", "--language", "en")
    assert ended.exit_code == 2
    assert "Faults: 1." in ended.stderr or "No such file" in ended.stderr


def test_a_reader_who_has_seen_enough_is_no_trouble() -> None:
    command = f"{sys.executable} -m scheduler policy yueyang | head -1"
    ended = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ended.stdout.startswith("岳阳市")
    assert ended.stderr == ""


def test_the_policies_are_listed() -> None:
    ended = oneplusx("policy")
    assert ended.exit_code == 0
    assert tuple(line.split()[0] for line in ended.stdout.splitlines()) == COUNTIES


@pytest.mark.parametrize("county", COUNTIES)
def test_a_policy_is_printed_with_every_clause(county: str) -> None:
    ended = oneplusx("policy", county)
    assert ended.exit_code == 0
    assert all(clause.id in ended.stdout for clause in load_policy(county).clauses)


def test_an_unknown_county_is_bad_input() -> None:
    assert oneplusx("policy", "atlantis").exit_code == 2


def test_a_lawful_table_drawn_by_hand_ends_with_0() -> None:
    ended = oneplusx("audit", TINY / "tables" / "lawful.csv", TINY)
    assert ended.exit_code == 0
    assert "违反 0 处，需要豁免 0 处" in ended.stdout


def test_a_bad_week_ends_with_3_and_cites_the_law() -> None:
    ended = oneplusx("audit", TINY / "tables" / "drawn.csv", TINY)
    assert ended.exit_code == 3
    assert "[必须]" in ended.stdout
    assert "“" in ended.stdout


def test_a_table_that_is_no_table_ends_with_2(tmp_path: Path) -> None:
    (tmp_path / "junk.xlsx").write_bytes(bytes(range(256)))
    ended = oneplusx("audit", tmp_path / "junk.xlsx", TINY)
    assert ended.exit_code == 2
    assert "junk.xlsx：这不是 .xlsx 工作簿" in ended.stderr
    assert "Traceback" not in ended.output


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [("audit", TINY / "tables" / "lawful.csv", TINY), ("check", TINY), ("policy", "helan")])
def test_only_planning_needs_the_solver(arguments: Sequence[object]) -> None:
    ended = without("ortools", *arguments)
    assert ended.returncode == 0, ended.stderr


def test_a_table_in_breach_is_published_only_as_a_draft(tmp_path: Path) -> None:
    arguments = ("publish", TINY / "tables" / "drawn.csv", TINY, "--out", tmp_path)
    refused = oneplusx(*arguments)
    assert refused.exit_code == 3
    assert not (tmp_path / "index.html").exists()
    assert oneplusx(*arguments, "--draft").exit_code == 0
    assert "草稿" in (tmp_path / "index.html").read_text("utf-8")


def test_the_template_is_a_workbook(tmp_path: Path) -> None:
    assert oneplusx("template", tmp_path / "school.xlsx").exit_code == 0
    assert (tmp_path / "school.xlsx").read_bytes()[:2] == b"PK"


def test_a_generated_school_can_be_checked(tmp_path: Path) -> None:
    out = tmp_path / "school"
    assert oneplusx("generate", "--county", "helan", "--size", 60, "--seed", 3, "--out", out).exit_code == 0
    assert oneplusx("check", out).exit_code == 0


def test_a_county_that_cannot_be_generated_is_bad_input(tmp_path: Path) -> None:
    ended = oneplusx("generate", "--county", "atlantis", "--size", 60, "--out", tmp_path / "school")
    assert ended.exit_code == 2
    assert "Traceback" not in ended.output


def test_our_own_failure_is_owned_and_never_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended, told("zh"):
        raise KeyError("slot")
    assert ended.value.exit_code == 1
    assert "这是程序的错误，不是您的" in capsys.readouterr().err
