"""What do the tests of the line share? One solve a county."""

from collections.abc import Callable

import pytest

from tests.line.running import SCENARIOS, Solved, oneplusx

SECONDS = {"liangping": 90, "changzhi": 120}
"""The two largest need more than 60 seconds where other tests run beside them: most pupils, and wishes that name teachers."""


@pytest.fixture(scope="session")
def solve_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Solved]:
    """`oneplusx solve --seed 7` of a sample school within its seconds (60 for most), for whoever asks first."""
    known: dict[str, Solved] = {}

    def solved(county: str) -> Solved:
        if county not in known:
            school, out = SCENARIOS / county, tmp_path_factory.mktemp(county)
            ended = oneplusx("solve", school, "--out", out, "--time-limit", SECONDS.get(county, 60), "--seed", 7)
            known[county] = Solved(school=school, out=out, ended=ended)
        return known[county]

    return solved


@pytest.fixture
def solved(request: pytest.FixtureRequest, solve_once: Callable[[str], Solved]) -> Solved:
    """The county's sample school, solved; the county is the parameter."""
    return solve_once(request.param)
