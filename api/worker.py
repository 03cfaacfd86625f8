"""What runs apart from the service? One process for each upload that is read and for each solve, with a memory of its own.

Started as `python -m api.worker TASK FOLDER`. The folder holds what the task needs and takes what it gives:
`faults.json` where the input is wrong, `failure.json` where memory ran out. A process whose service has died stops.
"""

import json
import os
import resource
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from pydantic import BaseModel, ConfigDict

from scheduler import intake, line
from scheduler.domain import Scenario
from scheduler.errors import Fault, InputFaults
from scheduler.news import progress_record
from scheduler.policy import load_policy
from scheduler.publish.drawn import drawn
from scheduler.publish.exchange import timetable_from_json, timetable_to_json
from scheduler.solver.outcome import Options, Progress, Status
from scheduler.telling import ReportRecord, report_record

if TYPE_CHECKING:
    # Reading and auditing need no solver.
    from scheduler.make import Outcome

LOOK_SECONDS = 0.2
MEMORY, NO_PLAN = "memory", "no plan"
"""Reasons in `failure.json`."""


class Orders(BaseModel):
    """What a process is told, in `orders.json`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = ""
    """Name of the uploaded file as the person knew it; its bytes are in `upload`."""
    policies: Path | None = None
    seed: int = 0
    time_limit: float = 60.0
    deterministic: bool = False
    memory_bytes: int | None = None
    cpu_seconds: int | None = None


class FaultRecord(TypedDict):
    """A fault on its way between two processes."""

    place: str
    row: int | None
    column: str | None
    zh: str
    en: str
    todo_zh: str
    todo_en: str
    warning: bool


class ReadingRecord(TypedDict):
    """What was counted while an upload was read; the scenario itself is in `scenario.json`."""

    rows: Mapping[str, tuple[int, int]]
    """Rows read and rows refused, by file or sheet."""
    warnings: list[FaultRecord]


class ResultRecord(TypedDict):
    """How a solve ended; the plan itself is in `timetable.json`."""

    status: str
    lawful: bool
    summary: Mapping[str, object]
    report: ReportRecord
    explanation_zh: Sequence[str]
    explanation_en: Sequence[str]


def main() -> None:
    task, folder = sys.argv[1], Path(sys.argv[2])
    orders = Orders.model_validate_json((folder / "orders.json").read_bytes())
    limit(orders)
    try:
        TASKS[task](folder, orders)
    except InputFaults as error:
        put(folder / "faults.json", [fault_record(fault) for fault in error.faults])
    except MemoryError:
        put(folder / "failure.json", {"reason": MEMORY})


def limit(orders: Orders) -> None:
    """No more memory and processor time than allowed; going past the time kills the process."""
    if orders.memory_bytes is not None:
        resource.setrlimit(resource.RLIMIT_AS, (orders.memory_bytes, orders.memory_bytes))
    if orders.cpu_seconds is not None:
        resource.setrlimit(resource.RLIMIT_CPU, (orders.cpu_seconds, orders.cpu_seconds))


def read(folder: Path, orders: Orders) -> None:
    """The uploaded scenario as JSON, with what was counted on the way."""
    reading = intake.read_bytes(orders.name, (folder / "upload").read_bytes())
    ready = line.prepared(reading, orders.policies)
    line.write_text(folder / "scenario.json", intake.scenario_to_json(ready.scenario))
    counted = ReadingRecord(rows=reading.rows, warnings=[fault_record(fault) for fault in ready.warnings])
    put(folder / "reading.json", counted)


def audit(folder: Path, orders: Orders) -> None:
    """The report of an uploaded table under the scenario in `scenario.json`."""
    scenario = intake.scenario_from_json((folder / "scenario.json").read_text("utf-8"))
    table = drawn((folder / "upload").read_bytes(), scenario, orders.name)
    report = line.judged(table.timetable, scenario, load_policy(scenario.school.county, orders.policies))
    put(folder / "report.json", report_record(report))
    put(folder / "warnings.json", [fault_record(fault) for fault in table.warnings])


def solve(folder: Path, orders: Orders) -> None:
    """The plan for `scenario.json`, with its news as they come and the best plan so far always at hand."""
    from scheduler.make import make_plan

    scenario = intake.scenario_from_json((folder / "scenario.json").read_text("utf-8"))
    options = Options(seed=orders.seed, time_limit=orders.time_limit, deterministic=orders.deterministic)
    stop = stop_flag(folder)
    with (folder / "events.jsonl").open("a", encoding="utf-8") as events:

        def tell(news: Progress) -> None:
            if news.timetable is not None:
                line.write_text(folder / "best.json", timetable_to_json(news.timetable))
            events.write(json.dumps(progress_record(news), ensure_ascii=False, allow_nan=False) + "\n")
            events.flush()

        outcome = make_plan(scenario, options, tell, stop.is_set, orders.policies)
    if line.exit_of(outcome) is line.Exit.NO_PLAN:
        put(folder / "failure.json", {"reason": NO_PLAN})
    else:
        finish(folder, outcome, scenario)


def rescue(folder: Path, orders: Orders) -> None:
    """Judges and publishes the best plan of a solve whose process died."""
    from scheduler.make import Outcome

    scenario = intake.scenario_from_json((folder / "scenario.json").read_text("utf-8"))
    timetable = timetable_from_json((folder / "best.json").read_text("utf-8"))
    report = line.judged(timetable, scenario, load_policy(scenario.school.county, orders.policies))
    summary = {
        "status": Status.OUT_OF_TIME.value,
        "seed": orders.seed,
        "deviations": report.deviations(),
        "audit": {
            "breaches": len(report.breaches),
            "waivers_needed": len(report.waivers_needed),
            "waivers_used": len(report.waivers_used),
        },
    }
    outcome = Outcome(
        status=Status.OUT_OF_TIME,
        timetable=timetable,
        report=report,
        stages=(),
        summary=summary,
        explanation_zh=("求解进程意外中断，这是当时最好的方案。",),
        explanation_en=("The solving process died; this is the best plan it had.",),
    )
    finish(folder, outcome, scenario)


TASKS: Mapping[str, Callable[[Path, Orders], None]] = {"read": read, "audit": audit, "solve": solve, "rescue": rescue}


def finish(folder: Path, outcome: "Outcome", scenario: Scenario) -> None:
    """Writes everything people get; `result.json` comes last and says that the rest is there."""
    line.write_outcome(outcome, scenario, folder / "published", datetime.now(UTC))
    result = ResultRecord(
        status=outcome.status.value,
        lawful=outcome.report.lawful,
        summary=outcome.summary,
        report=report_record(outcome.report),
        explanation_zh=outcome.explanation_zh,
        explanation_en=outcome.explanation_en,
    )
    put(folder / "result.json", result)


def stop_flag(folder: Path) -> threading.Event:
    """Set once somebody asked to stop, or once the service that started us is gone."""
    service = os.getppid()
    stop = threading.Event()

    def look() -> None:
        while not stop.wait(LOOK_SECONDS):
            if (folder / "stop").exists() or os.getppid() != service:
                stop.set()

    threading.Thread(target=look, daemon=True).start()
    return stop


def put(path: Path, content: object) -> None:
    """Content as JSON, in one step."""
    line.write_text(path, json.dumps(content, ensure_ascii=False, allow_nan=False))


def fault_record(fault: Fault) -> FaultRecord:
    """A fault as plain data."""
    return FaultRecord(
        place=fault.place,
        row=fault.row,
        column=fault.column,
        zh=fault.zh,
        en=fault.en,
        todo_zh=fault.todo_zh,
        todo_en=fault.todo_en,
        warning=fault.warning,
    )


if __name__ == "__main__":
    main()
