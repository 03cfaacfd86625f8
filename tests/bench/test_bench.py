"""Do the benchmark's yardsticks measure what they say, and do its verdicts fail when they should?"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scheduler.domain import Category, Form
from scheduler.intake import read_scenario
from scheduler.publish.drawn import read_drawn
from tests.bench import allocation
from tests.bench.answered import Answer, instances, told
from tests.bench.contests import invented
from tests.bench.machine import peak_mb, tree_cpu
from tests.bench.plain import Plain, TooLarge
from tests.bench.tables import COLUMNS, csv_rows, table, verdicts
from tests.bench.worth import points
from tests.rules.worlds import Drawing

TINY = Path(__file__).parents[2] / "scenarios" / "tiny"


def test_the_points_of_a_week_can_be_added_up_by_hand() -> None:
    """li stays three slots: one has no place (1,000), one is base care (100), Monday has no PE (300); of two wishes the
    second is granted: 60 for the one that is short, 2 for the rank."""
    week = Drawing()
    for slot, hours in (("mon1", "Mon 16:30-17:10"), ("mon2", "Mon 17:20-18:00"), ("tue1", "Tue 16:30-17:10")):
        week.slot(slot, hours)
    week.course("剪纸")
    week.course("足球", category=Category.PE)
    week.course("托管", form=Form.BASE_CARE)
    week.pupil("li", stays="mon1 mon2 tue1", wishes="足球 剪纸")
    week.meeting("剪纸", "mon1")
    week.meeting("托管", "mon2", staff="zhao")
    week.place("li", "剪纸")
    week.place("li", "托管", arranged=True)
    world = week.world()
    assert points(world.scenario, world.timetable) == 1000 + 100 + 300 + 60 + 2


def test_the_plain_model_is_the_easier_problem() -> None:
    """Proven best for the smallest school, and no worse than the lawful week that somebody drew by hand."""
    scenario = read_scenario(TINY)
    found: list[int] = []
    assert Plain(scenario, 100_000).solve(20, found.append) == "OPTIMAL"
    assert found == sorted(found, reverse=True)
    assert found[-1] <= points(scenario, read_drawn(TINY / "tables" / "lawful.csv", scenario))


def test_a_plain_model_that_would_not_fit_is_not_built() -> None:
    with pytest.raises(TooLarge):
        Plain(read_scenario(TINY), 1000)


def test_the_time_and_memory_of_this_process_are_seen() -> None:
    before = tree_cpu()
    assert sum(range(3_000_000)) > 0
    assert tree_cpu() >= before > 0
    assert 10 < peak_mb() < 100_000


def measured(**changes: Any) -> Mapping[str, Any]:
    """A search that is ahead of everybody."""
    stage = {"objective": 0, "gap": 0.0}
    search = {
        "status": "feasible", "cpu": 20.0, "wall": 12.0, "peak_mb": 200.0, "first_complete_cpu": 2.0, "lawful": True,
        "at": {"10": {"unplaced": stage}, "60": None, "180": None, "end": {"unplaced": stage}},
        "points": [(2.0, 500), (9.0, 100)], "load": "idle",
        "wishes": {"granted": 50, "wanted": 60, "none_granted": 1, "worst_rank": 4},
        "queues": [(45, 3, 3, 2.0), (44, 1, 5, 2.1)], "rank_by_rank": [(46, 2, 6, 1.9)],
    }  # fmt: skip
    return {**search, **changes}


def failed(search: Mapping[str, Any], plain: Mapping[str, Any]) -> list[str]:
    results = {("S", 1): {"school": {"pupils": 250}, "search": search, "plain": plain}}
    assert {line.count("|") for line in table(results)} == {len(COLUMNS) + 1}
    assert csv_rows(results) or "failed" in search
    return [verdict.claim for verdict in verdicts(results) if not verdict.holds]


def test_a_measurement_that_failed_is_a_row_and_no_verdict() -> None:
    assert failed({"failed": "killed"}, {}) == []


def test_verdicts_hold_for_the_better_and_fail_for_the_worse() -> None:
    plain = {"points": [(5.0, 600), (12.0, 100)], "booleans": 9, "load": "idle"}
    assert failed(measured(), plain) == []
    assert failed(measured(lawful=False), plain) == ["S 1: the plan is lawful"]
    assert failed(measured(), {**plain, "points": [(5.0, 400)]}) == [
        "S 1: never slower than the plain model to a plan of equal quality"
    ]
    emptier = {"granted": 50, "wanted": 60, "none_granted": 2, "worst_rank": 4}
    assert failed(measured(wishes=emptier), plain) == ["S 1: no more children without any granted wish than a queue"]
    late = {"ill": {"cpu": {"repair": 0.9, "audit": 0.2}, "status": "least", "disturbance": 7, "bound": 7}}
    assert failed(measured(repairs=late), plain) == ["S 1: substitutes proven least in 1 CPU s"]
    assert failed(measured(peak_mb=301.0, first_complete_cpu=None), plain) == [
        "S 1: a complete plan in 5 CPU s",
        "S 1: at most 300 MB",
    ]
    longer = {"granted": 50, "wanted": 60, "none_granted": 1, "worst_rank": 6}
    assert failed(measured(wishes=longer), plain) == ["S 1: no worse worst rank than a queue that leaves no more children empty"]


def test_rounds_are_held_to_what_was_promised_beside_the_draft() -> None:
    """On an invented contest nothing fails; a table in which another way stands for the rounds fails where it is worse."""
    rows = list(allocation.compared(invented(60, 1), 7, None))
    assert [verdict.claim for verdict in allocation.verdicts("60", rows) if not verdict.holds] == []
    queue = next(row for row in rows if row.way == "queue")
    poor = [row for row in rows if row.way != "rounds"] + [replace(queue, way="rounds", none=1, cpu_seconds=6.0)]
    failed = {verdict.claim for verdict in allocation.verdicts("60", poor) if not verdict.holds}
    assert failed == {
        "60: each aim is proven",
        "60: nobody is left empty",
        "60: under 5 CPU s",
        "60: no more envy than draft",
        "60: no more EF1 breaks than draft",
    }


def test_an_answer_counts_only_where_it_came_in_time_and_says_what_it_is(tmp_path: Path) -> None:
    """60 instances meet every county; an answer is late past 1.1 limits and 5 s, by the clock and by what it used."""
    every = list(instances(60, ["S", "M", "L"]))
    assert {size: sum(one[0] == size for one in every) for size in "SML"} == {"S": 36, "M": 18, "L": 6}
    assert len({one[1] for one in every}) == 5
    late = Answer(name="", wall=30.0, cpu=17.0, limit=10.0, said="lawful")
    assert not late.in_time
    assert replace(late, cpu=15.9).in_time
    assert replace(late, wall=15.9).in_time
    assert not replace(late, said=told(4, "no plan\n", TINY, tmp_path)).holds
    assert not replace(late, said="status unknown").holds
