"""Do pages wait longer while somebody's bomb is being read? Measured by turns: a busy machine is busy for both."""

import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from api.store.people import Role
from api.store.store import Store
from tests.intake.bombs import BOMBS
from tests.service.jobs.work import planned_term, until
from tests.service.operation.served import CARELESS, Served, measured, served

SAMPLES, TURNS = 1200, 12
SLOWER = 1.5
"""How many times as long the slowest of a hundred may take."""


class Uploads:
    """Somebody who sends the bomb again and again while they are let."""

    def __init__(self, service: Served, term: str) -> None:
        self.service, self.bomb = service, BOMBS["a million rows"]()
        self.address = f"{service.url}/api/v1/terms/{term}/facts/preview"
        self.headers = service.headers(Role.OFFICE)
        self.sending, self.over, self.sent = threading.Event(), threading.Event(), 0
        self.thread = threading.Thread(target=self._send)

    def _send(self) -> None:
        while not self.over.is_set():
            if not self.sending.wait(0.05):
                continue
            answer = self.service.http.post(
                self.address, headers=self.headers, files={"facts": ("school.xlsx", self.bomb)}, timeout=120
            )
            assert answer.status_code == 422, answer.text
            self.sent += 1


def milliseconds(service: Served, count: int) -> list[float]:
    """How long so many pages take, one after the other, each on a connection of its own."""
    took = []
    for _ in range(count):
        begun = time.perf_counter()
        assert service.ask(Role.OFFICE, "GET", "/api/v1/terms").status_code == 200
        took.append(1000 * (time.perf_counter() - begun))
    return took


def p99(took: Sequence[float]) -> float:
    return sorted(took)[int(len(took) * 0.99)]


def by_turns(service: Served, term: str, samples: int) -> tuple[list[float], list[float], int]:
    """Without and beside the bomb, and how often it was sent."""
    uploads = Uploads(service, term)
    uploads.thread.start()
    milliseconds(service, 20)
    without: list[float] = []
    beside: list[float] = []
    try:
        for _ in range(TURNS):
            without += milliseconds(service, samples // TURNS)
            before = uploads.sent
            uploads.sending.set()
            beside += milliseconds(service, samples // TURNS)
            uploads.sending.clear()
            until(lambda before=before: uploads.sent > before, "the bomb is never refused")
    finally:
        uploads.over.set()
        uploads.thread.join()
    return without, beside, uploads.sent


@pytest.mark.long
def test_pages_are_as_quick_beside_a_bomb(store: Store, database: str, tmp_path: Path, kind: str):
    with served(database, tmp_path) as service:
        without, beside, bombs = by_turns(service, planned_term(store), SAMPLES)
    figures = {"p99_ms": round(p99(without), 1), "p99_ms_beside": round(p99(beside), 1)}
    measured("C3 beside a bomb", kind=kind, samples=SAMPLES, bombs=bombs, ratio=round(p99(beside) / p99(without), 2), **figures)
    assert p99(beside) <= SLOWER * p99(without)


@pytest.mark.long
def test_a_bomb_read_where_pages_are_answered_makes_them_wait(store: Store, database: str, tmp_path: Path, kind: str):
    """The control."""
    with served(database, tmp_path, command=CARELESS, careless="reading") as service:
        without, beside, _ = by_turns(service, planned_term(store), SAMPLES // 4)
    measured("C3 control", kind=kind, ratio=round(p99(beside) / p99(without), 2))
    assert p99(beside) > SLOWER * p99(without)
