"""What do the tests of jobs stand on? One plan of the tiny school, made once."""

from pathlib import Path

import pytest

from scheduler.intake import read_scenario
from scheduler.make import make_plan
from scheduler.publish.exchange import timetable_to_json
from scheduler.solver.outcome import Options
from tests.service.jobs.work import TINY


@pytest.fixture(scope="session")
def plan_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan of the tiny school, as JSON."""
    outcome = make_plan(read_scenario(TINY), Options(time_limit=1.0), lambda _: None, lambda: False)
    path = tmp_path_factory.mktemp("plan") / "plan.json"
    path.write_text(timetable_to_json(outcome.timetable), "utf-8")
    return path
