"""Is what was acknowledged kept, and is nothing said that should not be, while web processes are killed under clients?"""

import os
import random
import re
import signal
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import select

from api.identity.secret import hashed
from api.store import backup, log
from api.store.people import Role
from api.store.planning import Term
from api.store.store import Store
from tests.service.conftest import HERE
from tests.service.jobs.work import until
from tests.service.operation.served import CARELESS, METRICS_KEY, Served, line, measured, served
from tests.service.publication.world import furnish

CLIENTS = 6


@dataclass
class Clients:
    """Who open terms, one after the other, and ask again with the same key until they are answered."""

    service: Served
    retry: bool = True
    acknowledged: list[str] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    cut: int = 0
    """Requests whose answer never came."""
    over: threading.Event = field(default_factory=threading.Event)

    def work(self, number: int, headers: dict[str, str]) -> None:
        count, http = 0, line(httpx2.Limits())
        while not self.over.is_set():
            count += 1
            name = f"Term {number}-{count}"
            body = {"name": name, "first": "2026-09-01", "last": "2027-01-22"}
            while not self._answered(http, name, {**headers, "Idempotency-Key": name.replace(" ", "-")}, body):
                pass

    def _answered(self, http: httpx2.Client, name: str, headers: dict[str, str], body: dict[str, str]) -> bool:
        try:
            answer = http.post(f"{self.service.url}/api/v1/terms", headers=headers, json=body)
        except httpx2.TransportError:
            self.cut += 1
            return not self.retry
        if answer.status_code == 201:
            self.acknowledged.append(name)
        else:
            self.refused.append((answer.status_code, answer.text))
        return True


def kill_under(service: Served, clients: Clients, kills: int) -> None:
    """All web processes are killed again and again, at any moment, while the clients go on."""
    headers, chance = service.headers(Role.OFFICE), random.Random(1)
    at_work = [threading.Thread(target=clients.work, args=(number, headers)) for number in range(CLIENTS)]
    for each in at_work:
        each.start()
    try:
        for _ in range(kills):
            before = len(clients.acknowledged)
            until(lambda before=before: len(clients.acknowledged) >= before + 5, "nothing is acknowledged")
            clients.over.wait(chance.random() * 0.1)
            for pid in service.pids():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
    finally:
        clients.over.set()
        for each in at_work:
            each.join()
    service.up()


def present(store: Store) -> Counter[str]:
    with store.reading(HERE) as db:
        return Counter(name for name in db.scalars(select(Term.name)) if name.startswith("Term "))


def secrets_in(text: str, secrets: dict[str, str]) -> list[str]:
    return sorted(name for name, secret in secrets.items() if secret in text)


def asked_around(service: Served) -> dict[str, str]:
    """Uses the service with what must not be written down, and says what that was."""
    term, plans = furnish(service.store)
    publication = {"plan": plans["first"], "reason": "王老师说可以"}
    path = f"/api/v1/terms/{term}/publications"
    assert service.ask(Role.OFFICE, "POST", path, json=publication, headers={"If-Match": '"0"'}).status_code == 201
    link = service.ask(Role.OFFICE, "POST", "/api/v1/calendars/rooms/r4").json()
    address = re.sub(r"http://[^/]+", service.url, link["address"])
    dead = "c2VjcmV0LWNvZGUtbm9ib2R5LXNob3VsZC1zZWU"
    assert service.http.get(f"{service.url}/welcome?code={dead}").status_code < 500
    body = {"login": "zhaoyiming", "password": "not-their-password", "school": "here"}
    assert service.http.post(f"{service.url}/api/v1/sign-in", json=body).status_code == 401
    assert service.http.get(f"{service.url}/pupils/赵一鸣?phone=13912345678").status_code == 404
    junk = service.ask(Role.ADMINISTRATOR, "PATCH", "/api/v1/accounts/none", json={"name": "钱多多"}, headers={"If-Match": '"1"'})
    assert junk.status_code == 404

    def fetched(times: int) -> set[int]:
        # A new connection each time, so that both processes are asked.
        return {service.http.get(address).status_code for _ in range(times)}

    assert fetched(30) == {200}
    assert service.ask(Role.OFFICE, "POST", f"/api/v1/me/calendars/{link['id']}/reset").status_code in (200, 201)
    assert fetched(30) == {404}, "dead at the next request, whichever process is asked"
    secret = address.rpartition("/")[2].removesuffix(".ics")
    return {
        "link": secret,
        "cookie": service.cookies[Role.OFFICE],
        "code": dead,
        "login": "zhaoyiming",
        "password": "not-their-password",
        "child": "赵一鸣",
        "child in an address": "%E8%B5%B5",
        "phone": "13912345678",
        "name": "钱多多",
        "reason": "王老师",
        "key": METRICS_KEY,
    }


@pytest.mark.slow
def test_killed_web_processes_lose_nothing_and_the_log_says_no_secret(store: Store, database: str, tmp_path: Path):
    with served(database, tmp_path) as service:
        secrets = asked_around(service)
        both = {each["pid"] for each in service.lines() if each["route"] == "/calendars/{secret}.ics" and each["status"] == 404}
        assert len(both) == 2, "both processes were asked for the dead link"
        clients = Clients(service)
        kill_under(service, clients, 10)
    nothing_lost(store, clients)
    written = service.told.read_text("utf-8")
    assert secrets_in(written, secrets) == []
    assert {"request", "process died"} <= {each["event"] for each in [*service.lines(), *service.lines("process died")]}
    # Nor does the database hold the secret of a link, or of a browser: their hashes only.
    backup.backup(store.database, tmp_path / "all.zip")
    kept = all_of(tmp_path / "all.zip")
    assert secrets_in(kept, {name: secrets[name] for name in ("link", "cookie", "password", "key")}) == []
    assert hashed(secrets["link"]) in kept
    assert len(secrets["link"]) >= 22, "128 bits at least"


def all_of(archive: Path) -> str:
    import zipfile

    with zipfile.ZipFile(archive) as opened:
        return "\n".join(opened.read(name).decode("utf-8") for name in opened.namelist())


def nothing_lost(store: Store, clients: Clients) -> None:
    found = present(store)
    assert clients.cut, "no request was cut off"
    assert clients.refused == []
    assert set(clients.acknowledged) - set(found) == set(), "acknowledged and lost"
    # Everybody asked until they were answered, so that there is nothing of which nobody knows.
    assert set(found) - set(clients.acknowledged) == set(), "there, and nobody was told"
    assert set(found.values()) == {1}
    with store.reading(HERE) as db:
        assert log.broken(db, HERE) is None


@pytest.mark.long
def test_fifty_kills_lose_nothing(store: Store, database: str, kind: str, tmp_path: Path):
    with served(database, tmp_path) as service:
        clients = Clients(service)
        kill_under(service, clients, 50)
    nothing_lost(store, clients)
    measured("A3", kind=kind, kills=50, acknowledged=len(clients.acknowledged), cut=clients.cut, lost=0)


@pytest.mark.long
def test_a_service_that_answers_before_it_writes_loses_terms_and_one_with_the_usual_log_tells_links(
    store: Store, database: str, tmp_path: Path
):
    """The controls of the test above."""
    with served(database, tmp_path, command=CARELESS, careless="hasty") as service:
        service.http.get(f"{service.url}/calendars/a-secret.ics")
        clients = Clients(service, retry=False)
        kill_under(service, clients, 5)
        until(lambda: "a-secret" in service.told.read_text("utf-8"), "the usual log is silent")
    assert set(clients.acknowledged) - set(present(store))
