"""Does a plan come back from a spreadsheet as it left, and is everything wrong with an edited one told at its row?"""

from pathlib import Path

import openpyxl
import pytest

from scheduler.domain import Scenario
from scheduler.errors import Fault, InputFaults
from scheduler.publish.csv_tables import write_csv
from scheduler.publish.drawn import read_drawn
from scheduler.publish.exchange import canonical, timetable_to_json
from scheduler.publish.workbook import write_workbook
from tests.publish.worlds import plan, school


def test_the_workbook_comes_back_as_the_plan_it_was(tmp_path: Path) -> None:
    write_workbook(school(), plan(), tmp_path / "w.xlsx")
    assert read_drawn(tmp_path / "w.xlsx", school()) == canonical(plan())
