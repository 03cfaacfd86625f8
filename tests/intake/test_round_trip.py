"""Does a scenario come back as it was written?"""

import random
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import pytest
from hypothesis import given, settings

from scheduler.domain import Scenario
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
from tests.intake.strategies import scenarios

# A reading takes some hundredths of a second; machines that are busy take longer.
QUICK = settings(max_examples=5, deadline=None, derandomize=True)
THOROUGH = settings(max_examples=100, deadline=None, derandomize=True)
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


def comes_back(scenario: Scenario) -> None:
    """The same scenario by every way out and in again."""
    with TemporaryDirectory() as directory:
        for language in LANGUAGES:
            folder = Path(directory) / language
            write_folder(scenario, folder, language)
            reading = read(folder)
            assert reading.errors == ()
            assert reading.scenario == scenario
            before = {path.name: path.read_bytes() for path in folder.iterdir()}
            write_folder(reading.scenario, folder, language)
            assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
        write_workbook(scenario, Path(directory) / "school.xlsx")
        assert read(Path(directory) / "school.xlsx").scenario == scenario
    assert scenario_from_json(scenario_to_json(scenario)) == scenario
    reading = read_bytes("school.json", scenario_to_json(scenario).encode())
    assert reading.errors == ()
    assert reading.scenario == scenario


@given(scenarios())
@QUICK
def test_some_scenarios_come_back_equal(scenario: Scenario) -> None:
    comes_back(scenario)


@pytest.mark.slow
@given(scenarios())
@THOROUGH
def test_any_scenario_comes_back_equal(scenario: Scenario) -> None:
    comes_back(scenario)
