"""What does the process of a job do? It solves, mends, explains, tries out or exports, in a folder, and dies with who started it.

Started as `python -m api.service.hands TASK FOLDER`. The folder holds `orders.json`, `scenario.json`, and where it needs them
`before.json` (a plan) and `changes.toml`. It takes `events.jsonl` and `best.json` while the work goes on, and at the end
`result.json`, with `timetable.json`, `report.json`, `after.json` (changed facts) and `archive.zip` where there are any; or
`faults.json` where the input is wrong, `failure.json` where memory or time ran out.
"""

import json
import os
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from api.worker import LOOK_SECONDS, MEMORY, NICE, NO_PLAN, Orders, fault_record, limit, put, stop_flag
from scheduler import intake, line
from scheduler.audit.report import Report
from scheduler.changes import changed
from scheduler.domain import Scenario
from scheduler.errors import InputFaults
from scheduler.news import progress_record
from scheduler.policy import load_policy
from scheduler.publish import publish
from scheduler.publish.exchange import timetable_from_json, timetable_to_json
from scheduler.publish.view import Kind
from scheduler.reading_changes import read_changes
from scheduler.solver.outcome import Mode, Options, Progress, Status, Tell
from scheduler.telling import report_record
from scheduler.timetable import Timetable

if TYPE_CHECKING:
    # The process of a job has nothing to do with the database.
    from api.store.base import Json

ARCHIVE = "archive.zip"
"""A plan to take along, in the folder of its job."""


class JobOrders(Orders):
    """What the process of a job is told."""

    parent: int
    """Process id of the runner: without it nobody waits for the answer."""
    mode: Mode = Mode.ROUNDS


Task = Callable[[Path, JobOrders], None]


def main(tasks: "Mapping[str, Task] | None" = None) -> None:
    task, folder = sys.argv[1], Path(sys.argv[2])
    orders = JobOrders.model_validate_json((folder / "orders.json").read_bytes())
    die_with(orders.parent)
    os.nice(NICE)
    limit(orders)
    try:
        (tasks or TASKS)[task](folder, orders)
    except InputFaults as error:
        put(folder / "faults.json", [fault_record(fault) for fault in error.faults])
    except MemoryError:
        put(folder / "failure.json", {"reason": MEMORY})


def die_with(parent: int) -> None:
    """Ends this process at once when the one that started it is gone."""

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_SECONDS)
        os._exit(1)

    threading.Thread(target=look, daemon=True).start()


def solve(folder: Path, orders: JobOrders) -> None:
    """A plan for the school as it is."""
    _solved(folder, orders, scenario_in(folder), stands=True)


def explain(folder: Path, orders: JobOrders) -> None:
    """Why there is no lawful plan, or that there is one."""
    from scheduler.explaining.whole import explain as explained

    stop = stop_flag(folder)
    found = explained(scenario_in(folder), options_of(orders), telling(folder, keeps=False), stop.is_set, orders.policies)
    put(folder / "result.json", {"status": found.verdict.value, "explanation": found.record()})


def repair(folder: Path, orders: JobOrders) -> None:
    """The plan mended after changes, with the changed facts."""
    _mended(folder, orders, stands=True)


def whatif(folder: Path, orders: JobOrders) -> None:
    """What would come of changes: to a plan where there is one, else to a new one. Nothing of it stands."""
    if (folder / "before.json").exists():
        _mended(folder, orders, stands=False)
        return
    scenario = scenario_in(folder)
    _solved(folder, orders, changed(scenario, read_changes(folder / "changes.toml", scenario)), stands=False)


def rescue(folder: Path, orders: JobOrders) -> None:
    """Judges the best plan of a process that died."""
    scenario = scenario_in(folder)
    timetable = timetable_from_json((folder / "best.json").read_text("utf-8"))
    report = line.judged(timetable, scenario, load_policy(scenario.school.county, orders.policies))
    _plan(folder, timetable, report)
    put(
        folder / "result.json",
        {
            "status": Status.OUT_OF_TIME.value,
            "lawful": report.lawful,
            "summary": judged_summary(report, Status.OUT_OF_TIME.value, orders.seed),
            "explanation_zh": ["求解进程意外中断，这是当时最好的方案。"],
            "explanation_en": ["The solving process died; this is the best plan it had."],
        },
    )


def export(folder: Path, orders: JobOrders) -> None:
    """Everything that can be published of a plan, as one archive; marked as a draft where it may not be."""
    scenario = scenario_in(folder)
    timetable = timetable_from_json((folder / "before.json").read_text("utf-8"))
    report = line.judged(timetable, scenario, load_policy(scenario.school.county, orders.policies))
    files = folder / "files"
    written = publish(scenario, timetable, report, files, draft=not report.lawful, published_at=datetime.now(UTC))
    # What is not taken back when custody changes is not made: a child's calendar is a link.
    taken = [path for path in sorted(written) if (Kind.PUPIL.value, ".ics") != (path.parent.name, path.suffix)]
    with zipfile.ZipFile(folder / f".{ARCHIVE}", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in taken:
            archive.write(path, path.relative_to(files))
    (folder / f".{ARCHIVE}").replace(folder / ARCHIVE)
    put(folder / "result.json", {"status": "exported", "lawful": report.lawful, "files": len(taken)})


TASKS: Mapping[str, Task] = {
    "solve": solve,
    "repair": repair,
    "explain": explain,
    "whatif": whatif,
    "export": export,
    "rescue": rescue,
}


def judged_summary(report: Report, status: str, seed: int) -> "dict[str, Json]":
    """What a plan's summary says where nothing but its audit is known."""
    return {
        "status": status,
        "seed": seed,
        "deviations": {str(clause): amount for clause, amount in report.deviations().items()},
        "audit": {
            "breaches": len(report.breaches),
            "waivers_needed": len({finding.clause.id for finding in report.waivers_needed}),
            "waivers_used": len({finding.clause.id for finding in report.waivers_used}),
        },
    }


def scenario_in(folder: Path) -> Scenario:
    return intake.scenario_from_json((folder / "scenario.json").read_text("utf-8"))


def options_of(orders: JobOrders) -> Options:
    return Options(seed=orders.seed, time_limit=orders.time_limit, deterministic=orders.deterministic, mode=orders.mode)


def telling(folder: Path, keeps: bool = True) -> Tell:
    """Writes the news down as they come, and the best plan where it is to be kept."""

    def tell(news: Progress) -> None:
        if keeps and news.timetable is not None:
            line.write_text(folder / "best.json", timetable_to_json(news.timetable))
        with (folder / "events.jsonl").open("a", encoding="utf-8") as events:
            events.write(json.dumps(progress_record(news), ensure_ascii=False, allow_nan=False) + "\n")

    return tell


def _solved(folder: Path, orders: JobOrders, scenario: Scenario, stands: bool) -> None:
    from scheduler.make import make_plan

    stop = stop_flag(folder)
    outcome = make_plan(scenario, options_of(orders), telling(folder, keeps=stands), stop.is_set, orders.policies)
    if line.exit_of(outcome) is line.Exit.NO_PLAN:
        put(folder / "failure.json", {"reason": NO_PLAN})
        return
    if stands:
        _plan(folder, outcome.timetable, outcome.report)
    put(
        folder / "result.json",
        {
            "status": outcome.status.value,
            "lawful": outcome.report.lawful,
            "summary": outcome.summary,
            "explanation_zh": outcome.explanation_zh,
            "explanation_en": outcome.explanation_en,
        },
    )


def _mended(folder: Path, orders: JobOrders, stands: bool) -> None:
    from scheduler.mend import diff_json, in_words, repair_plan

    scenario = scenario_in(folder)
    before = timetable_from_json((folder / "before.json").read_text("utf-8"))
    changes = read_changes(folder / "changes.toml", scenario)
    stop = stop_flag(folder)
    done = repair_plan(scenario, before, changes, options_of(orders), stop.is_set, orders.policies)
    if stands:
        line.write_text(folder / "after.json", intake.scenario_to_json(done.scenario))
        _plan(folder, done.timetable, done.report)
    put(
        folder / "result.json",
        {
            "status": done.ended.value,
            "lawful": done.lawful,
            "summary": done.summary,
            "differences": diff_json(done),
            "explanation_zh": in_words(done, "zh"),
            "explanation_en": in_words(done, "en"),
        },
    )


def _plan(folder: Path, timetable: Timetable, report: Report) -> None:
    line.write_text(folder / "timetable.json", timetable_to_json(timetable))
    put(folder / "report.json", report_record(report))


if __name__ == "__main__":
    main()
