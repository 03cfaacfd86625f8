"""How does a test run the whole service? As a user does: `oneplusx serve`, in processes of its own, asked over HTTP."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2

from api.identity.secret import csrf_token, hashed, token
from api.store.base import AccountId, now
from api.store.people import Role, SignIn
from api.store.store import Store
from tests.service.conftest import HERE
from tests.service.jobs.work import alive, until
from tests.service.people import add

CARELESS = ("tests.service.operation.careless", "serve")
RESULTS = Path(__file__).parents[3] / "test-results"
METRICS_KEY = "a key that only the tests' monitor has"


def measured(what: str, **figures: object) -> None:
    """Puts figures down beside the tests, for whoever writes them into a page by hand."""
    RESULTS.mkdir(exist_ok=True)
    told = {"what": what, "at": now().isoformat(timespec="seconds"), "load": round(os.getloadavg()[0], 1), **figures}
    with (RESULTS / "operation.jsonl").open("a") as file:
        file.write(json.dumps(told) + "\n")


def line(limits: httpx2.Limits) -> httpx2.Client:
    """A client that keeps no cookies for itself and trusts no proxy of the machine."""
    return httpx2.Client(limits=limits, timeout=30, trust_env=False, verify=False)


@dataclass
class Served:
    """A service at work."""

    store: Store
    """The same database, for looking past the service."""
    state: Path
    process: "subprocess.Popen[str]"
    url: str
    told: Path
    """What it wrote down while it worked."""
    cookies: dict[Role, str] = field(default_factory=dict)
    http: httpx2.Client = field(default_factory=lambda: line(httpx2.Limits(max_keepalive_connections=0)), repr=False)
    """A new connection each time, so that each of the web processes is asked."""

    def pids(self, task: str = "web") -> list[int]:
        """The processes of a kind that are alive."""
        return [line["pid"] for line in self.lines("process started") if line["task"] == task and alive(line["pid"])]

    def up(self) -> None:
        """Waits until it answers."""
        until(self._answers, "it never answers")

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.told.read_text("utf-8")
        try:
            return self.http.get(f"{self.url}/health", timeout=2).status_code == 200
        except httpx2.TransportError:
            return False

    def headers(self, role: Role) -> dict[str, str]:
        """Those of a browser in which somebody with a role is signed in."""
        if role not in self.cookies:
            account, cookie = add(self.store, HERE, role), token()
            with self.store.bookkeeping(HERE) as db:
                db.add(SignIn(account=AccountId(account), token_hash=hashed(cookie), expires=now() + timedelta(days=1)))
            self.cookies[role] = cookie
        cookie = self.cookies[role]
        return {"Cookie": f"oneplusx={cookie}", "X-CSRF-Token": csrf_token(cookie)}

    def ask(self, role: Role, method: str, path: str, **more: Any) -> httpx2.Response:
        headers = {**self.headers(role), **more.pop("headers", {})}
        return self.http.request(method, self.url + path, headers=headers, **more)

    def lines(self, event: str = "request") -> list[dict[str, Any]]:
        """What it wrote down of one kind."""
        whole = [each for each in self.told.read_text("utf-8").splitlines(keepends=True) if each.endswith("}\n")]
        every = [json.loads(each) for each in whole if each.startswith("{")]
        return [line for line in every if line["event"] == event]

    def end(self) -> None:
        """Tells it to go, and waits."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(60) == 0


@contextmanager
def served(database: str, folder: Path, command: Sequence[str] = ("api.cli", "serve"), **settings: str) -> Iterator[Served]:
    """The service with this database, on a free port, with two web processes."""
    state, told = folder / "state", folder / "told.jsonl"
    given = {name.upper(): value for name, value in settings.items()}
    environment = {**os.environ, "ONEPLUSX_DATABASE": database, "ONEPLUSX_METRICS_KEY": METRICS_KEY, **given}
    store = Store(database)
    with told.open("w") as error:
        process = subprocess.Popen(
            [sys.executable, "-m", *command, "--port", "0", "--state", str(state), "--language", "en"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=error,
            text=True,
            start_new_session=True,
        )
    try:
        assert process.stdout is not None
        said = re.search(r"http://[\d.:]+", process.stdout.readline())
        assert said, told.read_text("utf-8")
        service = Served(store, state, process, said[0], told)
        service.up()
        yield service
        if process.poll() is None:
            service.end()
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        store.close()
