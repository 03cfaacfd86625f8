"""Can a school start from the template, and find its mistakes in its own file?"""

from pathlib import Path
from typing import Literal

import openpyxl
import pytest

from scheduler.intake import mark_faults, read, write_template, write_workbook
from scheduler.intake.sheets import SHEETS
from tests.intake.schools import small_school


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_template_reads_without_a_fault(tmp_path: Path, language: Literal["zh", "en"]) -> None:
    write_template(tmp_path / "template.xlsx", language)
    reading = read(tmp_path / "template.xlsx")
    assert reading.faults == ()
    assert reading.scenario is not None
    assert reading.scenario.pupils[0].choices or reading.scenario.pupils[1].choices


def test_both_languages_of_the_template_mean_the_same(tmp_path: Path) -> None:
    write_template(tmp_path / "zh.xlsx", "zh")
    write_template(tmp_path / "en.xlsx", "en")
    assert read(tmp_path / "zh.xlsx").scenario == read(tmp_path / "en.xlsx").scenario


def test_the_template_explains_every_column_and_keeps_ids_as_text(tmp_path: Path) -> None:
    write_template(tmp_path / "template.xlsx")
    book = openpyxl.load_workbook(tmp_path / "template.xlsx")
    for sheet in SHEETS:
        page = book[sheet.zh]
        assert page.freeze_panes is not None
        heads = [page.cell(row, 1) for row in range(2, page.max_row + 1)] if sheet.name == "school" else page[1]
        assert all(cell.comment is not None for cell in heads if cell.value)
    assert book["学生"].column_dimensions["A"].width
    assert book["学生"]["A2"].number_format == "@"
    assert len(book["项目"].data_validations.dataValidation) > 5


def test_a_column_has_a_word_of_help_or_a_plain_name() -> None:
    for sheet in SHEETS:
        for column in sheet.columns:
            assert column.kind.zh, column.name
            assert column.kind.en, column.name


def test_faults_are_marked_in_the_schools_own_workbook(tmp_path: Path) -> None:
    path, marked = tmp_path / "school.xlsx", tmp_path / "marked.xlsx"
    write_workbook(small_school(), path)
    book = openpyxl.load_workbook(path)
    book["场地"]["D3"] = "四十五"
    book.save(path)
    reading = read(path)
    mark_faults(path, reading.faults, marked)
    red = openpyxl.load_workbook(marked)
    cell = red["场地"]["D3"]
    assert cell.fill.fgColor.rgb == "FFFFC7CE"
    assert cell.comment is not None
    assert "四十五" in cell.comment.text
    assert [row[4].value for row in red["问题清单"].iter_rows(min_row=2)] == [fault.zh for fault in reading.faults]
    again = read(marked)
    assert again.faults == reading.faults
