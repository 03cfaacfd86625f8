"""Does a request that is sent again and again have one effect and one answer: double clicks, lost answers, two tabs?"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.service.app import create_service
from api.settings import Settings
from api.store import facts, log
from api.store.base import TermId
from api.store.people import Role
from api.store.record import LogEntry
from api.store.store import Store
from tests.service.conftest import BASE, HERE
from tests.service.operation.served import measured
from tests.service.people import Caller, add, signed_in
from tests.service.publication.world import World
from tests.service.publication.world import world as furnished

TIMES = 5
LOST = "x-lost"
"""A request with this header never hears the answer."""


class Cut:
    """The connection breaks after the work is done, before a word of the answer is sent."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        lost = any(name == LOST.encode() for name, _ in scope.get("headers", ()))

        async def nothing(_: Message) -> None:
            raise ConnectionResetError

        await self.app(scope, receive, nothing if lost else send)


def receipt(answer: httpx2.Response) -> tuple[int, str, str | None]:
    """What must be the same each time. A job that is there already is answered with 200, not with 202 once more."""
    return answer.status_code // 100, answer.text, answer.headers.get("etag")


@dataclass
class Desk:
    """One clerk with two tabs in one process of the service, and a browser that another process answers."""

    world: World
    tabs: list[Caller]
    keyed: bool = True
    rng: random.Random = field(default_factory=lambda: random.Random(5))
    sent: Counter[str] = field(default_factory=Counter)
    """Operations by the action that the log calls them."""
    answers: int = 0
    odd: list[str] = field(default_factory=list)
    """Answers that were not the same as the others of their operation."""

    @property
    def term(self) -> TermId:
        return TermId(self.world.term)

    def ask(self, path: str) -> httpx2.Response:
        return self.tabs[0].ask("GET", f"/api/v1{path}")

    def send(self, action: str, method: str, path: str, **more: Any) -> httpx2.Response:
        """The same request five times: its answer is lost, it is clicked twice at once in two tabs, and sent again."""
        self.sent[action] += 1
        headers = dict(more.pop("headers", {}))
        if self.keyed:
            headers["Idempotency-Key"] = f"key-{self.sent.total()}"

        def once(tab: Caller, lost: bool = False) -> httpx2.Response | None:
            given = {**headers, **({LOST: "1"} if lost else {})}
            try:
                return tab.ask(method, f"/api/v1{path}", headers=given, **more)
            except ConnectionResetError:
                return None

        waves: list[list[tuple[Caller, bool]]] = [
            [(self.tabs[0], True)],
            [(self.tabs[1], False), (self.tabs[2], False)],
            [(self.tabs[0], False)],
            [(self.tabs[2], False)],
        ]
        self.rng.shuffle(waves)
        heard: list[httpx2.Response] = []
        with ThreadPoolExecutor(2) as clicks:
            for wave in waves:
                heard += [answer for answer in clicks.map(lambda each: once(*each), wave) if answer is not None]
        assert sum(map(len, waves)) == TIMES
        self.answers += len(heard)
        first = heard[0]
        for other in heard[1:]:
            if receipt(other) != receipt(first):
                self.odd.append(f"{action}: {first.status_code} {first.text[:80]} / {other.status_code} {other.text[:80]}")
        if self.keyed:
            assert first.status_code in (200, 201, 202), (action, first.text)
        return first


def open_term(desk: Desk) -> None:
    body = {"name": f"Term {desk.sent.total()}", "first": "2026-09-01", "last": "2027-01-22"}
    desk.send("term.open", "POST", "/terms", json=body)


def things(desk: Desk, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = desk.ask(f"/terms/{desk.term}/facts/{kind}").json()["items"]
    return found


def edit(desk: Desk) -> None:
    room = desk.rng.choice(things(desk, "rooms"))
    value = {**room["value"], "name": f"Room {desk.sent.total()}"}
    path = f"/terms/{desk.term}/facts/rooms/{room['id']}"
    desk.send("facts.edit", "PUT", path, json=value, headers={"If-Match": f'"{room["etag"]}"'})


def edit_two(desk: Desk) -> None:
    edits = [
        {
            "kind": "staff",
            "entity": one["id"],
            "value": {**one["value"], "name": f"老师{desk.sent.total()}"},
            "expected": one["etag"],
        }
        for one in desk.rng.sample(things(desk, "staff"), 2)
    ]
    desk.send("facts.edit", "PATCH", f"/terms/{desk.term}/facts", json={"edits": edits})


def newest(desk: Desk) -> tuple[str, str]:
    with desk.world.store.reading(HERE) as db:
        head = facts.head(db, desk.term)
        return head.id, facts.text_of(db, head.id)


def take_in(desk: Desk) -> None:
    id, text = newest(desk)
    school = facts.parsed(text)
    pupils = school["pupils"]
    assert isinstance(pupils, list)
    assert isinstance(pupils[0], dict)
    pupils[0]["name"] = f"学生{desk.sent.total()}"
    desk.send("facts.import", "PUT", f"/terms/{desk.term}/facts", json=school, headers={"If-Match": f'"{id}"'})


def undo(desk: Desk) -> None:
    desk.send("facts.undo", "POST", f"/terms/{desk.term}/facts/undo", json={}, headers={"If-Match": f'"{newest(desk)[0]}"'})


def waive(desk: Desk) -> None:
    body = {"clause": "base-daily-pe", "reason": f"维修{desk.sent.total()}", "approver": "校长", "approved": "2025-09-01"}
    # It takes effect in a term that nobody plans: those of this one would pile up in its facts.
    other = desk.ask("/terms?count=1").json()["items"][0]["id"]
    dates = {"first": "2025-09-01", "last": "2025-09-30"}
    desk.send("waiver.make", "POST", f"/terms/{other}/waivers", json={**body, **dates})


def shown(desk: Desk) -> int:
    return int(desk.ask(f"/terms/{desk.term}/publication").json()["number"])


def publish(desk: Desk) -> None:
    plan = desk.rng.choice(["first", "moved", "off"])
    body = {"plan": desk.world.plans[plan], "reason": "开学"}
    seen = {"If-Match": f'"{shown(desk)}"'}
    desk.send("plan.publish", "POST", f"/terms/{desk.term}/publications", json=body, headers=seen)


def withdraw(desk: Desk) -> None:
    number = shown(desk)
    if not number:
        publish(desk)
        number = shown(desk)
    path = f"/terms/{desk.term}/publications/withdraw"
    desk.send("plan.withdraw", "POST", path, json={"reason": "有误"}, headers={"If-Match": f'"{number}"'})


def hold(desk: Desk) -> None:
    locks = desk.ask(f"/terms/{desk.term}/locks").json()
    if locks:
        path = f"/terms/{desk.term}/locks/{locks[0]['id']}/unlock"
        desk.send("plan.unlock", "POST", path, json={"reason": "放开"})
    else:
        path = f"/plans/{desk.world.plans['first']}/locks"
        desk.send("plan.lock", "POST", path, json={"section": "paper-1", "reason": "比赛"})


def rename(desk: Desk) -> None:
    other = desk.ask("/terms?count=1").json()["items"][0]
    seen = {"If-Match": f'"{other["version"]}"'}
    desk.send("term.change", "PATCH", f"/terms/{other['id']}", json={"name": f"Name {desk.sent.total()}"}, headers=seen)


def solve_and_stop(desk: Desk) -> None:
    """These take no key: the same question is the same job, and what is stopped is stopped."""
    made = desk.send("job.solve", "POST", f"/terms/{desk.term}/solve", json={"seed": desk.sent.total()}).json()
    desk.send("job.stop", "POST", f"/jobs/{made['id']}/stop")


def move(desk: Desk) -> None:
    body = {"section": "paper-1", "slot": "tue-2", "to_room": "r4", "reason": f"第{desk.sent.total()}次"}
    desk.send("plan.move", "POST", f"/plans/{desk.world.plans['first']}/moves", json=body)


SHARES: list[tuple[Callable[[Desk], None], int]] = [
    *[(open_term, 20), (rename, 10), (edit, 24), (edit_two, 12), (waive, 10), (undo, 9)],
    *[(hold, 4), (solve_and_stop, 4), (move, 2), (publish, 2), (withdraw, 2), (take_in, 1)],
]
"""Of a hundred operations. Short runs have one of each, but no import: each of its five requests starts a process."""


def work(desk: Desk, count: int) -> None:
    for operation, share in SHARES:
        for _ in range(max(share > 1, count * share // 100)):
            operation(desk)


@pytest.fixture
def desk(store: Store, database: str) -> Iterator[Desk]:
    """A clerk of the office, whose every operation leaves one line in the log."""
    with ExitStack() as open_ones:
        account = add(store, HERE, Role.OFFICE)
        tabs = []
        for each in (store, store, Store(database)):
            app = create_service(Settings(run_jobs=False), each)
            http = open_ones.enter_context(TestClient(Cut(app), base_url=BASE))
            tabs.append(signed_in(http, store, HERE, Role.OFFICE, account))
        yield Desk(furnished(store, tabs[0].http), tabs)


def effects(desk: Desk) -> Counter[str]:
    """What the log says that this clerk did."""
    with desk.world.store.reading(HERE) as db:
        assert log.broken(db, HERE) is None
        return Counter(db.scalars(select(LogEntry.action).where(LogEntry.actor == desk.tabs[0].account)))


@pytest.mark.slow
def test_whatever_is_sent_five_times_has_one_effect_and_one_answer(desk: Desk):
    once_each(desk, 10)


@pytest.mark.long
def test_two_thousand_operations_sent_five_times_have_one_effect_each(desk: Desk, kind: str):
    once_each(desk, 2000)
    done = desk.sent.total()
    measured("A5 one effect", kind=kind, operations=done, sent=done * TIMES, effects=done, odd_answers=0)


def once_each(desk: Desk, count: int) -> None:
    work(desk, count)
    assert effects(desk) == desk.sent
    assert desk.odd == []
    assert desk.answers == desk.sent.total() * (TIMES - 1)


def test_without_a_key_effects_are_doubled_and_answers_differ(desk: Desk):
    """The control."""
    desk.keyed = False
    for operation in (open_term, edit, publish):
        operation(desk)
    assert effects(desk)["term.open"] == TIMES
    assert {line.partition(":")[0] for line in desk.odd} == {"term.open", "facts.edit", "plan.publish"}
