"""What do the tests of the line share? One solve a county."""

import pytest

from tests.line.running import SCENARIOS, Solved, oneplusx


@pytest.fixture(scope="session")
def solved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Solved:
    """The county's sample school after `oneplusx solve --time-limit 60 --seed 7`; the county is the parameter."""
    school = SCENARIOS / request.param
    out = tmp_path_factory.mktemp(request.param)
    return Solved(school=school, out=out, ended=oneplusx("solve", school, "--out", out, "--time-limit", 60, "--seed", 7))
