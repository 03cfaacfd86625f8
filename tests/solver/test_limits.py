"""When is a plan near enough, and how long may a search go on?"""

import math
import time
from collections.abc import Sequence

import pytest

from scheduler.generate import generate
from scheduler.policy import clauses_in_force, load_policy
from scheduler.solver import plan
from scheduler.solver.limits import near
from scheduler.solver.outcome import Options
from scheduler.solver.plan import FINISHING, solve


def test_nothing_is_near_a_bound_that_nobody_knows() -> None:
    assert not near(-792_645.0, -math.inf)
    assert not near(0.0, -math.inf)


def test_a_plan_is_near_within_a_small_share_of_its_bound() -> None:
    assert near(-99_960.0, -100_000.0)
    assert not near(-99_940.0, -100_000.0)


@pytest.mark.parametrize(("pupils", "limit"), [(60, 30.0), (60, 0.3)])
def test_building_and_writing_are_kept_back_of_the_time_a_search_may_take(
    monkeypatch: pytest.MonkeyPatch, pupils: int, limit: float
) -> None:
    scenario = generate("suifenhe", pupils, 1)
    clauses = clauses_in_force(load_policy("suifenhe"), scenario)
    asked: list[float] = []

    class HeardError(Exception):
        pass

    def searched(*arguments: Sequence[object], **_: object) -> None:
        options = arguments[1]
        assert isinstance(options, Options)
        asked.append(options.time_limit)
        raise HeardError

    monkeypatch.setattr(plan, "search", searched)
    started = time.monotonic()
    with pytest.raises(HeardError):
        solve(scenario, clauses, Options(seed=1, time_limit=limit), lambda _: None, lambda: False, digest="", program="")
    built = time.monotonic() - started

    least = limit - built - FINISHING * len(scenario.pupils)
    assert asked[0] == pytest.approx(max(limit / 2, least), abs=0.5)
    assert limit / 2 <= asked[0] < limit
