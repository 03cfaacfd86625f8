"""Does a scenario come back as it was written?"""

import random
from pathlib import Path
from typing import Literal

import pytest

from scheduler.intake import (
    digest,
    read,
    read_bytes,
    scenario_from_json,
    scenario_to_json,
    write_folder,
    write_workbook,
)
from tests.intake.schools import small_school

LANGUAGES: tuple[Literal["zh", "en"], ...] = ("zh", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_folder_reads_back_equal(tmp_path: Path, language: Literal["zh", "en"]) -> None:
    write_folder(small_school(), tmp_path / "school", language)
    reading = read(tmp_path / "school")
    assert reading.faults == ()
    assert reading.scenario == small_school()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_workbook_reads_back_equal(tmp_path: Path, language: Literal["zh", "en"]) -> None:
    write_workbook(small_school(), tmp_path / "school.xlsx", language)
    reading = read(tmp_path / "school.xlsx")
    assert reading.faults == ()
    assert reading.scenario == small_school()


def test_json_reads_back_equal() -> None:
    assert scenario_from_json(scenario_to_json(small_school())) == small_school()
    assert read_bytes("school.json", scenario_to_json(small_school()).encode()).scenario == small_school()


def test_the_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    write_folder(small_school(), tmp_path)
    shuffle = random.Random(5)
    for path in tmp_path.glob("*.csv"):
        head, *lines = path.read_bytes().decode("utf-8").splitlines(keepends=True)
        shuffle.shuffle(lines)
        path.write_bytes("".join([head, *lines]).encode())
    scenario = read(tmp_path).scenario
    assert scenario == small_school()
    assert scenario is not None
    assert digest(scenario) == digest(small_school())
