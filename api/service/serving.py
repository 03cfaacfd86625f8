"""How does the service start, stay up and end? One process holds the socket and looks after the others.

The others are the web processes, which share the socket, and the one that works on jobs. They are made by forking, when all
modules are loaded and the application is built: whichever dies is there again at once, and they share their memory. When
this process is told to go, requests under way are answered, jobs are given back, and no process stays.
"""

import gc
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import structlog

from api.settings import Settings

QUICK_SECONDS = 5.0
"""A process that dies sooner than this was hardly started: the next one waits a little, ever longer."""
LONGEST_PAUSE = 5.0
"""Seconds before the next one, where it ended by itself."""
LONGEST_AFTER_A_KILL = 0.2
"""Where somebody else ended it, it may well live."""
LOOK_SECONDS = 0.5
MORE_SECONDS = 5.0
"""Beyond the time that requests have to finish; then the process is killed."""
ENDING = (signal.SIGTERM, signal.SIGINT)
log = structlog.get_logger("oneplusx")


@dataclass
class Child:
    """One of the processes, or its place while there is none."""

    task: str
    pid: int = 0
    """0: there is none."""
    started: float = 0.0
    quick: int = 0
    """How often in a row it died at once."""
    not_before: float = 0.0


class Supervisor:
    """Keeps `settings.web_processes` web processes alive, and one that works on jobs where `settings.run_jobs`."""

    def __init__(self, settings: Settings, listening: socket.socket) -> None:
        self.settings, self.listening = settings, listening
        self.running = settings.state.absolute() / "run"
        self.folder = self.running / str(os.getpid())
        """Scratch paper of all processes, for this start alone: uploads while they are read, and what they count together."""
        tasks = ["web"] * settings.web_processes + (["jobs"] if settings.run_jobs else [])
        self.children = [Child(task) for task in tasks]

    def run(self) -> None:
        """Until somebody says stop: SIGTERM, SIGINT."""
        self.sweep()
        for name in ("counts", "scratch"):
            (self.folder / name).mkdir(parents=True, mode=0o700)
        # Before the library is loaded that looks there.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(self.folder / "counts")
        os.environ["TMPDIR"] = str(self.folder / "scratch")
        tempfile.tempdir = None
        from api.service import process

        self.app = process.made(self.settings)
        gc.collect()
        # What is there now is shared with the others, and nobody's collector needs to touch it.
        gc.freeze()
        with _told_of_signals() as heard:
            try:
                while not heard.ends(LOOK_SECONDS):
                    for child in self.children:
                        self._looked_after(child)
            finally:
                self._end()
                shutil.rmtree(self.folder, ignore_errors=True)

    def sweep(self) -> None:
        """Takes away what is left of starts that were killed: it may hold what a school sent."""
        self.running.mkdir(parents=True, exist_ok=True, mode=0o700)
        for folder in self.running.iterdir():
            if not Path(f"/proc/{folder.name}").exists():
                shutil.rmtree(folder, ignore_errors=True)

    def _looked_after(self, child: Child) -> None:
        moment = time.monotonic()
        if child.pid:
            status = _ended(child.pid)
            if status is None:
                return
            child.quick = child.quick + 1 if moment - child.started < QUICK_SECONDS else 0
            longest = LONGEST_AFTER_A_KILL if status < 0 else LONGEST_PAUSE
            pause = min(longest, 0.05 * 2**child.quick) if child.quick else 0.0
            log.warning("process died", task=child.task, pid=child.pid, ended=status, pause=pause)
            child.pid, child.not_before = 0, moment + pause
        if moment >= child.not_before:
            child.pid, child.started = self._started(child.task), moment
            log.info("process started", task=child.task, pid=child.pid)

    def _started(self, task: str) -> int:
        parent = os.getpid()
        pid = os.fork()
        if not pid:
            self._become(task, parent)
        return pid

    def _become(self, task: str, parent: int) -> NoReturn:
        """The life of one of the others."""
        from api.service import process

        ended = 1
        try:
            # Ctrl-C is for the first process; it tells the others itself.
            os.setsid()
            signal.set_wakeup_fd(-1)
            for each in (*ENDING, signal.SIGCHLD):
                signal.signal(each, signal.SIG_DFL)
            process.live(task, self.app, self.settings, self.listening, parent)
            ended = 0
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            # Never back into what the first process was doing.
            os._exit(ended)

    def _end(self) -> None:
        going = [child.pid for child in self.children if child.pid]
        for pid in going:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + self.settings.close_seconds + MORE_SECONDS
        while going and time.monotonic() < deadline:
            going = [pid for pid in going if _ended(pid) is None]
            time.sleep(0.05)
        for pid in going:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _ended(pid: int) -> int | None:
    """How a process ended, a signal below 0; `None` while it lives."""
    try:
        found, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return 0
    return os.waitstatus_to_exitcode(status) if found else None


class Heard:
    """What signals have said."""

    def __init__(self, reader: int) -> None:
        self.reader = reader

    def ends(self, seconds: float) -> bool:
        """Waits for a signal, at most so long; whether it was one to end."""
        if not select.select([self.reader], [], [], seconds)[0]:
            return False
        return any(number in ENDING for number in os.read(self.reader, 1024))


@contextmanager
def _told_of_signals() -> Iterator[Heard]:
    """Signals become bytes in a pipe: nothing runs in the middle of anything, and none is missed."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    old_writer = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    old = {each: signal.signal(each, lambda *_: None) for each in (*ENDING, signal.SIGCHLD)}
    try:
        yield Heard(reader)
    finally:
        for each, handler in old.items():
            signal.signal(each, handler)
        signal.set_wakeup_fd(old_writer)
        os.close(reader)
        os.close(writer)
