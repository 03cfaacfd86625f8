"""What does a solve of each sample school cost? One table: `python -m tests.bench [SECONDS] [SCHOOL …]`."""

import os
import platform
import sys
import time
from pathlib import Path

from scheduler.intake import read_scenario
from scheduler.make import make_plan
from scheduler.policy import clauses_in_force, load_policy
from scheduler.solver.build import build
from scheduler.solver.outcome import Options, Progress

SCHOOLS = ("yueyang", "liangping", "suifenhe", "helan", "changzhi")
SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"


def measured(name: str, seconds: float) -> tuple[object, ...]:
    """One row: sizes, seconds to build, to the first and the last plan, CPU, and what the plan is worth."""
    scenario = read_scenario(SCENARIOS / name)
    started = time.process_time()
    model = build(scenario, clauses_in_force(load_policy(scenario.school.county), scenario))
    built = time.process_time() - started
    news: list[float] = []

    def tell(progress: Progress) -> None:
        if progress.timetable is not None:
            news.append(progress.seconds)

    outcome = make_plan(scenario, Options(seed=7, time_limit=seconds), tell, lambda: False)
    summary = outcome.summary
    wishes = summary["wishes"]
    assert isinstance(wishes, dict)
    rows, columns = model.problem.matrix.shape
    return (
        name,
        len(scenario.pupils),
        f"{columns}×{rows}",
        f"{built:.1f}",
        f"{news[0]:.1f}" if news else "–",
        summary["wall_seconds"],
        summary["cpu_seconds"],
        summary["peak_memory_mb"],
        outcome.status.value,
        f"{wishes['granted']}/{wishes['wanted']}",
        wishes["none_granted"],
        wishes["worst_rank"],
    )


def main() -> None:
    """Prints the table with the load it was measured under."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, limit {seconds:g} s")
    print("school pupils columns×rows build_cpu_s first_plan_s wall_s cpu_s peak_mb status granted none worst_rank")
    for name in sys.argv[2:] or SCHOOLS:
        print(*measured(name, seconds), flush=True)


if __name__ == "__main__":
    main()
