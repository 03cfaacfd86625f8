"""Are the traps of spreadsheets seen, where an ordinary reader says nothing?"""

import datetime
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas
import pytest
from openpyxl.workbook import Workbook

from scheduler.intake import Reading, read, write_folder, write_workbook
from tests.intake.schools import small_school


def spoilt(tmp_path: Path, spoil: Callable[[Workbook], None]) -> Path:
    """The small school's workbook after somebody worked on it."""
    path = tmp_path / "school.xlsx"
    write_workbook(small_school(), path)
    book = openpyxl.load_workbook(path)
    spoil(book)
    book.save(path)
    return path


def place_of(book: Workbook, sheet: str, header: str) -> int:
    return [cell.value for cell in book[sheet][1]].index(header) + 1


def put(sheet: str, row: int, header: str, value: object) -> Callable[[Workbook], None]:
    def spoil(book: Workbook) -> None:
        cell = book[sheet].cell(row, place_of(book, sheet, header))
        cell.number_format = "General"
        cell.value = value  # type: ignore[assignment]

    return spoil


def told(reading: Reading, sheet: str, row: int, header: str) -> str:
    """What was said about the cell."""
    return " ".join(f.zh for f in reading.faults if (f.place, f.row, f.column) == (sheet, row, header))


def test_numbers_typed_as_ids_stay_ids(tmp_path: Path) -> None:
    """A spreadsheet stores 20230101.0."""

    def spoil(book: Workbook) -> None:
        for row in range(2, 6):
            cell = book["学生"].cell(row, 1)
            cell.number_format = "0"
            cell.value = int(str(cell.value))
        for row in range(2, 4):
            book["志愿"].cell(row, 1).value = float(str(book["志愿"].cell(row, 1).value))

    assert read(spoilt(tmp_path, spoil)).scenario == small_school()


def test_dates_and_times_of_a_spreadsheet_are_read(tmp_path: Path) -> None:
    def spoil(book: Workbook) -> None:
        put("作息", 2, "开始日期", datetime.date(2025, 10, 9))(book)
        put("作息", 2, "结束日期", 46038)(book)
        put("时段", 2, "开始", datetime.time(16, 20))(book)
        put("时段", 2, "结束", 1020 / 1440)(book)
        put("班车", 2, "发车时间", 1085 / 1440)(book)

    path = spoilt(tmp_path, spoil)
    assert read(path).errors == ()
    assert read(path).scenario == small_school()


def test_an_id_of_eighteen_digits_typed_as_a_number_is_refused(tmp_path: Path) -> None:
    path = spoilt(tmp_path, put("学生", 2, "学号", 430602201601011234))
    assert "15 位" in told(read(path), "学生", 2, "学号")


def test_a_formula_without_a_stored_value_is_refused(tmp_path: Path) -> None:
    """Control: pandas reads it as an empty cell and says nothing."""
    path = spoilt(tmp_path, put("学生", 3, "姓名", '="刘"&"子涵"'))
    assert "公式" in told(read(path), "学生", 3, "姓名")
    assert pandas.read_excel(path, sheet_name="学生", engine="openpyxl")["姓名"].isna().sum() == 1


@pytest.mark.parametrize("header", ["姓名", "家庭编号"])
def test_an_error_value_is_refused_even_where_nothing_is_needed(tmp_path: Path, header: str) -> None:
    path = spoilt(tmp_path, put("学生", 3, header, "#N/A"))
    assert "公式出错" in told(read(path), "学生", 3, header)


def test_cells_merged_downwards_count_for_each_row_with_a_warning(tmp_path: Path) -> None:
    """Control: pandas leaves the second class empty."""

    def spoil(book: Workbook) -> None:
        place = place_of(book, "学生", "班级")
        page = book["学生"]
        assert page.cell(2, place).value == page.cell(3, place).value
        page.merge_cells(start_row=2, end_row=3, start_column=place, end_column=place)

    path = spoilt(tmp_path, spoil)
    reading = read(path)
    assert reading.scenario == small_school()
    assert any("合并单元格" in fault.zh and fault.place == "学生" for fault in reading.warnings)
    assert pandas.read_excel(path, sheet_name="学生", dtype=str, engine="openpyxl")["班级"].isna().sum() == 1


def test_cells_merged_across_columns_are_refused(tmp_path: Path) -> None:
    path = spoilt(tmp_path, lambda book: book["场地"].merge_cells("A3:B3"))
    assert "跨列合并" in told(read(path), "场地", 3, "场地编号")


def test_hidden_rows_columns_and_sheets_are_read_with_a_warning(tmp_path: Path) -> None:
    def spoil(book: Workbook) -> None:
        book["学生"].row_dimensions[3].hidden = True
        book["场地"].column_dimensions["C"].hidden = True
        book["志愿"].sheet_state = "hidden"

    reading = read(spoilt(tmp_path, spoil))
    assert reading.scenario == small_school()
    assert {fault.place for fault in reading.warnings} == {"学生", "场地", "志愿"}


def test_two_rows_of_headers_are_understood(tmp_path: Path) -> None:
    """志愿 over 志愿1 to 志愿3."""

    def spoil(book: Workbook) -> None:
        page = book["志愿"]
        page.insert_rows(1)
        page["A1"], page["B1"] = "学号", "志愿"
        page["A2"] = None
        page.merge_cells("A1:A2")
        page.merge_cells("B1:D1")

    reading = read(spoilt(tmp_path, spoil))
    assert reading.scenario == small_school()
    assert reading.rows["choices"] == (2, 0)


@pytest.mark.parametrize("claim", ["A1", "A1:B2", "A1:XFD1048576", None])
def test_a_lying_dimension_hides_no_row(tmp_path: Path, claim: str | None) -> None:
    """Control: openpyxl believes it in read-only mode."""
    path = tmp_path / "school.xlsx"
    write_workbook(small_school(), path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    tag = f'<dimension ref="{claim}"/>'.encode() if claim else b""
    parts = {name: re.sub(rb'<dimension ref="[^"]*"/>', tag, data) for name, data in parts.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    assert read(path).scenario == small_school()
    if claim == "A1":
        rows = list(openpyxl.load_workbook(path, read_only=True)["学生"].iter_rows(values_only=True))
        assert all(len(row) == 1 for row in rows)


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("school.xlsx", "学号,姓名\n1,王芳\n".encode("gb18030"), "CSV"),
        ("school.xlsx", b"<html><table></table></html>", "网页"),
        ("school.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ".xls"),
        ("school.et", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ".et"),
        ("school.xlsx", b"PK\x03\x04 broken", "损坏"),
        ("school.xlsx", b"", "改了扩展名"),
        ("school.pdf", b"%PDF-1.7", "不认得"),
    ],
)
def test_renamed_and_broken_files_are_refused_with_a_sentence(tmp_path: Path, name: str, data: bytes, word: str) -> None:
    (tmp_path / name).write_bytes(data)
    reading = read(tmp_path / name)
    assert reading.scenario is None
    assert any(word in fault.zh for fault in reading.faults)


def test_a_workbook_called_csv_is_refused_with_a_sentence(tmp_path: Path) -> None:
    write_workbook(small_school(), tmp_path / "pupils.csv")
    (tmp_path / "scenario.toml").write_text("", encoding="utf-8")
    assert any("内容却是工作簿" in fault.zh for fault in read(tmp_path).faults)


def test_an_open_quotation_mark_swallows_no_rows(tmp_path: Path) -> None:
    write_folder(small_school(), tmp_path)
    path = tmp_path / "pupils.csv"
    lines = path.read_bytes().decode("utf-8").split("\r\n")
    lines[2] = '"' + lines[2]
    path.write_bytes("\r\n".join(lines).encode())
    reading = read(tmp_path)
    assert reading.scenario is None
    assert any(fault.place == "pupils.csv" and fault.row == 3 and "引号" in fault.zh for fault in reading.faults)


def test_what_pandas_loses_in_silence_is_told_here(tmp_path: Path) -> None:
    """Positive control: four losses of which an ordinary reader says nothing."""

    def spoil(book: Workbook) -> None:
        put("学生", 2, "学号", 430602201601011234)(book)
        put("学生", 3, "姓名", '="刘"&"子涵"')(book)
        put("学生", 4, "姓名", "NA")(book)
        book["学生"].merge_cells("C4:C5")
        book["场地"].cell(2, place_of(book, "场地", "场地编号")).value = "007"
        book["班级"].cell(2, place_of(book, "班级", "教室")).value = "007"
        book["班级"].cell(3, place_of(book, "班级", "教室")).value = "R2"

    path = spoilt(tmp_path, spoil)
    plain = pandas.read_excel(path, sheet_name="学生", engine="openpyxl")
    lost = int(plain["姓名"].isna().sum() + plain["班级"].isna().sum())
    assert lost == 3
    assert str(plain["学号"].iloc[0]) != "430602201601011234"
    reading = read(path)
    assert "15 位" in told(reading, "学生", 2, "学号")
    assert "公式" in told(reading, "学生", 3, "姓名")
    assert sum(reading.rows["pupils"]) == 4
