"""What is read apart from the service? One process for each upload, with a memory of its own.

Started as `python -m api.worker TASK FOLDER`. The folder holds what the task needs and takes what it gives:
`faults.json` where the input is wrong, `failure.json` where memory ran out. What is below `TASKS` serves `hands`, too.
"""

import json
import os
import resource
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypedDict

from pydantic import BaseModel, ConfigDict

from scheduler import intake, line
from scheduler.errors import Fault, InputFaults
from scheduler.policy import load_policy
from scheduler.publish.drawn import drawn
from scheduler.telling import report_record

LOOK_SECONDS = 0.2
NICE = 5
"""How much a process stands back behind the web."""
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


def main() -> None:
    task, folder = sys.argv[1], Path(sys.argv[2])
    orders = Orders.model_validate_json((folder / "orders.json").read_bytes())
    os.nice(NICE)
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


TASKS: Mapping[str, Callable[[Path, Orders], None]] = {"read": read, "audit": audit}


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
