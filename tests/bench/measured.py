"""What does one part of one school cost? Run in a process of its own, so that its memory and time are nobody else's.

    python -m tests.bench.measured PART COUNTY PUPILS SEED SECONDS

prints one line of JSON. CPU seconds are those of the process tree after the school is in memory.
"""

import json
import math
import pickle
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from scheduler.domain import Scenario
from scheduler.generate import generate
from scheduler.make import make_plan
from scheduler.mend import repair_plan
from scheduler.policy import Clause, clauses_in_force, load_policy
from scheduler.solver.build import build
from scheduler.solver.dictatorship import Dictated, rank_by_rank, serial_dictatorship
from scheduler.solver.explain import explain_conflict
from scheduler.solver.outcome import Options, Progress
from scheduler.timetable import Timetable
from tests.bench.changes import pupils_join, teacher_ill, without_grounds
from tests.bench.machine import load, peak_mb, tree_cpu
from tests.bench.plain import Plain, TooLarge
from tests.bench.worth import by_stage, is_complete, points

CHECKPOINTS = (10, 60, 180)
"""CPU seconds at which the best plan so far is looked at."""
MOST_BOOLEANS = 2_500_000
"""Above this the plain model is not built: it would not fit."""
QUEUES = range(5)

Measured = Mapping[str, object]


def built(scenario: Scenario, clauses: Sequence[Clause], seconds: float) -> Measured:
    """CPU seconds and memory of building the model alone."""
    started = tree_cpu()
    rows, columns = build(scenario, clauses).problem.matrix.shape
    return {"columns": columns, "rows": rows, "build_cpu": round(tree_cpu() - started, 2), "build_mb": peak_mb()}


def searched(scenario: Scenario, clauses: Sequence[Clause], seconds: float) -> Measured:
    """A whole solve: when the first complete plan came, how good the best was at each checkpoint, and what peers would bring."""
    started = tree_cpu()
    with tempfile.TemporaryDirectory() as folder:
        plans: list[tuple[float, Path]] = []

        def tell(progress: Progress) -> None:
            if progress.timetable is not None:
                # Kept on disk: the plans of the way must not count as memory of the search.
                path = Path(folder) / f"{len(plans)}.pickle"
                path.write_bytes(pickle.dumps(progress.timetable))
                plans.append((tree_cpu() - started, path))

        outcome = make_plan(scenario, Options(seed=7, time_limit=seconds), tell, lambda: False)
        used, peak = tree_cpu() - started, peak_mb()
        kept = [(cpu, pickle.loads(path.read_bytes())) for cpu, path in plans]
        kept.append((used, outcome.timetable))
        first = next((cpu for cpu, plan in kept if is_complete(scenario, clauses, plan)), None)
        bounds = _bounds(outcome.summary["stages"])
        return {
            "status": outcome.status.value,
            "cpu": round(used, 1),
            "wall": outcome.summary["wall_seconds"],
            "peak_mb": peak,
            "first_complete_cpu": None if first is None else round(first, 1),
            "lawful": outcome.report.lawful,
            "at": {str(limit): _at(scenario, clauses, kept, limit, bounds) for limit in (*CHECKPOINTS, "end")},
            "points": [(round(cpu, 1), points(scenario, plan)) for cpu, plan in _sparse(kept)],
            "wishes": outcome.summary["wishes"],
            "courtesies": outcome.summary["courtesies"],
            "repairs": _repaired(scenario, outcome.timetable, seconds) if outcome.report.lawful else {},
            "queues": _peers(serial_dictatorship, scenario, clauses, outcome.timetable),
            "rank_by_rank": _peers(rank_by_rank, scenario, clauses, outcome.timetable),
        }


def plain(scenario: Scenario, clauses: Sequence[Clause], seconds: float) -> Measured:
    """The plain model: its size, and the points of each better plan with the CPU seconds at which it came."""
    started = tree_cpu()
    try:
        model = Plain(scenario, MOST_BOOLEANS)
    except TooLarge:
        return {"booleans": None, "build_cpu": round(tree_cpu() - started, 1), "points": [], "status": "not built"}
    build_cpu = tree_cpu() - started
    found: list[tuple[float, int]] = []
    status = model.solve(seconds, lambda value: found.append((round(tree_cpu() - started, 1), value)))
    return {
        "booleans": model.count,
        "build_cpu": round(build_cpu, 1),
        "cpu": round(tree_cpu() - started, 1),
        "peak_mb": peak_mb(),
        "points": found,
        "status": status.lower(),
    }


def explained(scenario: Scenario, clauses: Sequence[Clause], seconds: float) -> Measured:
    """CPU seconds until the conflict of a school without grounds is named."""
    closed = without_grounds(scenario)
    bound = clauses_in_force(load_policy(closed.school.county), closed)
    started = tree_cpu()
    found = explain_conflict(closed, bound, Options(seed=7, time_limit=seconds), lambda: False)
    things = 0 if found.conflict is None else len(found.conflict.things)
    return {"cpu": round(tree_cpu() - started, 1), "status": found.verdict.value, "things": things, "peak_mb": peak_mb()}


PARTS: Mapping[str, Callable[[Scenario, Sequence[Clause], float], Measured]] = {
    "build": built,
    "search": searched,
    "plain": plain,
    "explain": explained,
}


def _bounds(stages: object) -> Mapping[str, float]:
    """Bounds for any plan at all, by stage; the binding stages are one here."""
    assert isinstance(stages, list)
    bounds = {stage["name"]: stage["bound"] for stage in stages if stage["bound"] is not None}
    binding = [bounds[name] for name in ("must", "in_principle") if name in bounds]
    return {**bounds, "binding": sum(binding)} if binding else bounds


def _at(
    scenario: Scenario,
    clauses: Sequence[Clause],
    plans: Sequence[tuple[float, Timetable]],
    limit: int | str,
    bounds: Mapping[str, float],
) -> Measured | None:
    """The stages of the last plan before the limit, with their gap to the bound of the whole run; `None`: no plan yet."""
    before = [plan for cpu, plan in plans if limit == "end" or (isinstance(limit, int) and cpu <= limit)]
    over = isinstance(limit, int) and plans[-1][0] < limit
    if not before or over:
        return None
    return {
        name: {"objective": value, "gap": _gap(value, bounds.get(name))}
        for name, value in by_stage(scenario, clauses, before[-1]).items()
    }


def _gap(objective: int, bound: float | None) -> float | None:
    if bound is None or not math.isfinite(bound):
        return 0.0 if objective == 0 else None
    return round(max(0.0, objective - bound) / max(1.0, abs(objective)), 4)


def _sparse(plans: Sequence[tuple[float, Timetable]]) -> Iterator[tuple[float, Timetable]]:
    """At most some twenty of the plans, the first and the last among them."""
    step = max(1, len(plans) // 20)
    return (plan for number, plan in enumerate(plans) if number % step == 0 or number == len(plans) - 1)


def _repaired(scenario: Scenario, plan: Timetable, seconds: float) -> Mapping[str, Measured]:
    """CPU seconds of mending the plan after each change, how it ended, and the disturbance beside its bound."""
    answers: dict[str, Measured] = {}
    for name, change in (("ill", teacher_ill), ("join", pupils_join)):
        mended = repair_plan(scenario, plan, change(scenario, plan), Options(seed=7, time_limit=seconds), lambda: False)
        answers[name] = {
            "cpu": mended.summary["cpu_seconds"],
            "status": mended.ended.value,
            "disturbance": mended.disturbance,
            "bound": mended.bound,
        }
    return answers


def _peers(
    queue: Callable[[Scenario, Sequence[Clause], Timetable, int], Dictated],
    scenario: Scenario,
    clauses: Sequence[Clause],
    plan: Timetable,
) -> list[tuple[int, int, int | None, float | None]]:
    """Wishes granted, pupils with none, worst rank, mean rank, for each of some draws on the sections of the plan."""
    drawn = [queue(scenario, clauses, plan, seed) for seed in QUEUES]
    return [(one.seats, one.none_granted, one.worst_rank, one.mean_rank) for one in drawn]


def main() -> None:
    """Measures what the arguments say."""
    part, county, pupils, seed, seconds = sys.argv[1:]
    scenario = generate(county, int(pupils), int(seed))
    clauses = clauses_in_force(load_policy(county), scenario)
    before = load()
    result = PARTS[part](scenario, clauses, float(seconds))
    print(json.dumps({**result, "load": before}))


if __name__ == "__main__":
    main()
