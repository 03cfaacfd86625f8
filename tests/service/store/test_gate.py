"""Do writers go through in the order in which they came, also those of other processes?"""

import fcntl
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from api.store.gate import Gate
from api.store.trouble import Unavailable

HOLDER = """
import sys
from pathlib import Path
from api.store.gate import Gate
gate = Gate(Path(sys.argv[1]), 20)
for _ in range(int(sys.argv[2])):
    with gate.passed():
        with open(sys.argv[1] + ".order", "a") as order:
            order.write(sys.argv[3])
if len(sys.argv) > 4:
    with gate.passed():
        print("held", flush=True)
        sys.stdin.read()
"""


def process(path: Path, times: int, name: str, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLDER, str(path), str(times), name, *more]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def is_held(path: Path) -> bool:
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_threads_pass_in_the_order_in_which_they_came(tmp_path: Path):
    gate = Gate(tmp_path / "db", 20)
    order: list[int] = []
    threads = []

    def passing(number: int) -> None:
        with gate.passed():
            order.append(number)

    with gate.passed():
        for number in range(30):
            threads.append(threading.Thread(target=passing, args=(number,)))
            threads[-1].start()
            while len(gate._waiting) < number + 2:
                time.sleep(0)
    for thread in threads:
        thread.join()
    assert order == list(range(30))


def test_a_process_that_has_just_written_cannot_overtake_one_that_waits(tmp_path: Path):
    path = tmp_path / "db"
    gate = Gate(path, 20)

    def passing() -> None:
        with gate.passed(), (tmp_path / "db.order").open("a") as order:
            order.write("here")

    here = threading.Thread(target=passing)
    with gate.passed():
        other = process(path, 1, "other,")
        while not is_held(gate.next_lock):
            time.sleep(0.001)
        here.start()
        while len(gate._waiting) < 2:
            time.sleep(0)
    here.join()
    assert other.wait(20) == 0
    assert (tmp_path / "db.order").read_text() == "other,here"


def test_a_process_that_is_killed_lets_the_next_one_pass(tmp_path: Path):
    path = tmp_path / "db"
    holder = process(path, 0, "a", "hold")
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(Unavailable), Gate(path, 0.05).passed():
        pass
    holder.kill()
    holder.wait()
    with Gate(path, 5).passed():
        pass


def test_who_runs_out_of_patience_leaves_the_queue(tmp_path: Path):
    gate = Gate(tmp_path / "db", 0.05)
    refused: list[bool] = []

    def passing() -> None:
        try:
            with gate.passed():
                pass
        except Unavailable:
            refused.append(True)

    with gate.passed():
        waiting = threading.Thread(target=passing)
        waiting.start()
        waiting.join()
    assert refused == [True]
    with gate.passed():
        pass
    assert not gate._waiting


def test_no_descriptor_is_left_open(tmp_path: Path):
    gate = Gate(tmp_path / "db", 5)
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        with gate.passed():
            pass
    assert len(os.listdir("/proc/self/fd")) == before
