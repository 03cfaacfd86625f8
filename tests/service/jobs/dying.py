"""How does the process of a job die? Each way on purpose, where a real one would.

Started as the real process is, `python -m tests.service.jobs.dying PLAN TASK FOLDER`. The seed of the job says which way.
`PLAN` is a file with a plan that it has found by then, for the ways that have one.
"""

import ctypes
import json
import os
import runpy
import shutil
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path


def memory() -> None:
    """Takes more than its limit, inside the real process."""
    from api.service import hands

    def greedy(folder: Path, orders: hands.JobOrders) -> None:
        held = []
        while True:
            held.append(bytearray(1 << 26))

    hands.main({"solve": greedy})


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def kept() -> None:
    """Has a plan, and is killed."""
    shutil.copy(PLAN, FOLDER / "best.json")
    killed()


def waiting() -> None:
    """Has a plan, and goes on until somebody kills it."""
    news = {"stage": "timetable", "objective": 1.0, "bound": None, "gap": None, "seconds": 0.5, "share": 0.1, "zh": "", "en": ""}
    (FOLDER / "events.jsonl").write_text(json.dumps(news) + "\n")
    shutil.copy(PLAN, FOLDER / "best.json")
    time.sleep(600)


WAYS: Mapping[str, Callable[[], None]] = {
    "memory": memory,
    "abort": os.abort,
    "fault": lambda: ctypes.string_at(0) and None,
    "kill": killed,
    "kept": kept,
    "waiting": waiting,
}

if __name__ == "__main__":
    PLAN = sys.argv.pop(1)
    TASK, FOLDER = sys.argv[1], Path(sys.argv[2])
    if TASK != "solve":
        # Only solving dies.
        runpy.run_module("api.service.hands", run_name="__main__", alter_sys=True)
        sys.exit()
    # Read without the libraries of the real process, which would take longer to load than to die.
    seed = int((FOLDER / "orders.json").read_text().partition('"seed":')[2].partition(",")[0])
    list(WAYS.values())[seed % len(WAYS)]()
