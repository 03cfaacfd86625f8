"""Who writes next? First come, first served: SQLite lets one write at a time, and those who wait must not fight.

SQLite's own way to wait is to ask again and again, which lets late ones overtake and early ones starve. So threads of one
process queue up here, and the first of each process goes through two locks on files. Who holds the first lock is next:
a process that has just written cannot overtake one that waits. The system frees the locks of a process that dies.
"""

import fcntl
import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.store.trouble import Unavailable

PAUSE = 0.0005
"""Seconds between two looks at a lock that another process holds. Only one thread of a process looks."""


class Gate:
    """One writer at a time on this computer, in the order of arrival. `patience`: seconds one waits at most."""

    def __init__(self, database: Path, patience: float) -> None:
        self.next_lock = database.with_name(database.name + ".next")
        self.write_lock = database.with_name(database.name + ".write")
        self.patience = patience
        self._mutex = threading.Lock()
        self._waiting: deque[threading.Event] = deque()

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Inside, nobody else writes.

        Errors: `Unavailable` when patience ran out.
        """
        deadline = time.monotonic() + self.patience
        turn = threading.Event()
        with self._mutex:
            self._waiting.append(turn)
            if self._waiting[0] is turn:
                turn.set()
        try:
            if not turn.wait(self.patience):
                raise Unavailable("others are writing")
            descriptor = self._lock(deadline)
            try:
                yield
            finally:
                _freed(descriptor)
        finally:
            with self._mutex:
                self._waiting.remove(turn)
                if self._waiting:
                    self._waiting[0].set()

    def _lock(self, deadline: float) -> int:
        ahead = _locked(self.next_lock, deadline)
        try:
            return _locked(self.write_lock, deadline)
        finally:
            _freed(ahead)


def _locked(path: Path, deadline: float) -> int:
    """A descriptor that holds the lock. It is opened anew each time, so that threads do not share it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(descriptor)
                raise Unavailable("another process is writing") from None
            time.sleep(PAUSE)
        except BaseException:
            os.close(descriptor)
            raise


def _freed(descriptor: int) -> None:
    # Said aloud: a child made by a fork may hold the same descriptor.
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    os.close(descriptor)
