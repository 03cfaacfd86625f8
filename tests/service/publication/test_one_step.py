"""What do readers see when a publication is killed in the middle? All of what was before, or all of what is after."""

import os
import signal

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from icalendar import Calendar
from sqlalchemy import Connection, event, func, select

from api.service import publishing
from api.service.publishing import Asked
from api.store.log import Actor
from api.store.people import Role
from api.store.record import LogEntry, Notice
from api.store.store import Store
from tests.service.conftest import BASE, HERE
from tests.service.publication.world import ZHAO, World, world

AFTER = 1000
"""Beyond the last statement: only the commit itself is left to die behind."""


@pytest.fixture
def shown(store: Store, app: FastAPI) -> tuple[World, str]:
    """A world whose first plan is published, and the calendar of a child in it. No thread runs beside the test."""
    built = world(store, TestClient(app, base_url=BASE, raise_server_exceptions=False))
    link = built.link(built.person(Role.GUARDIAN, children=[ZHAO]), f"pupils/{ZHAO}")
    assert built.publish("first").status_code == 201
    return built, link


def publish_and_die(database: str, world: World, at: int, piecemeal: bool = False) -> int:
    """Publishes the second plan in a process that is killed before its statement number `at`; the signal it died of.

    `piecemeal`: each row is committed by itself, as it must not be.
    """
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        store, number = Store(database), 0

        @event.listens_for(store.database.writers, "before_cursor_execute")
        def counted(*_: object) -> None:
            nonlocal number
            number += 1
            if number == at:
                os.kill(os.getpid(), signal.SIGKILL)

        @event.listens_for(store.database.writers, "after_cursor_execute")
        def committed(connection: Connection, cursor: object, statement: str, *_: object) -> None:
            driver = connection.connection.driver_connection
            if piecemeal and driver is not None and statement.startswith(("INSERT", "UPDATE")):
                driver.commit()
                if store.database.sqlite:
                    driver.execute("BEGIN IMMEDIATE")

        asked = Asked(world.term, world.plans["moved"], 1, "换教室", world.office.account)
        publishing.publish(store, HERE, Actor(world.office.account, "web"), asked, True, None)
        os.kill(os.getpid(), signal.SIGKILL)
    finally:
        os._exit(1)


def views(world: World, link: str) -> dict[str, int]:
    """The number of the publication as each of the readers sees it."""
    term = f"/api/v1/terms/{world.term}"
    feed = world.feed(link)
    reading = next(one for one in Calendar.from_ical(feed.content).walk("VEVENT") if one["UID"].startswith("reading-2-20250910"))
    listed = world.office.ask("GET", f"{term}/publications").json()
    with world.store.reading(HERE) as db:
        told = db.scalar(select(func.count()).select_from(Notice).where(Notice.key.like("publication %in_app%")))
        lines = db.scalar(select(func.count()).select_from(LogEntry).where(LogEntry.action == "plan.publish"))
    return {
        "now": world.office.ask("GET", f"{term}/publication").json()["number"],
        "list": len(listed),
        "pointer": next(one["number"] for one in listed if one["current"]),
        "page": int(world.office.ask("GET", f"{term}/published-page").headers["x-publication"]),
        "file": 2 if '"reading-2", "slot": "wed-2", "room": "r4"' in plan(world) else 1,
        "feed": int(feed.headers["x-publication"]),
        "event": 1 + int(reading["SEQUENCE"]),
        "notices": told or 0,
        "log": lines or 0,
    }


def plan(world: World) -> str:
    text: str = world.office.ask("GET", f"/api/v1/terms/{world.term}/published/timetable.json").text
    found = [line for line in text.splitlines() if '"reading-2"' in line and "wed-2" in line]
    return '"reading-2", "slot": "wed-2", "room": "r4"' if any("r4" in line for line in found) else ""


def killed_at(database: str, world: World, link: str, at: int) -> None:
    before = views(world, link)["now"]
    assert publish_and_die(database, world, at) == -signal.SIGKILL
    seen = views(world, link)
    assert set(seen.values()) in ({before}, {before + 1}), (at, seen)


@pytest.mark.slow
@pytest.mark.parametrize("at", [1, 8, 12, AFTER])
def test_a_publication_that_is_killed_is_seen_whole_or_not_at_all(shown: tuple[World, str], database: str, at: int):
    built, link = shown
    killed_at(database, built, link, at)
    assert set(views(built, link).values()) == ({2} if at == AFTER else {1})
    if at != AFTER:
        assert built.publish("moved").status_code == 201
        assert set(views(built, link).values()) == {2}


@pytest.mark.long
@pytest.mark.parametrize("at", range(1, 31))
def test_thirty_places_to_be_killed_at(shown: tuple[World, str], database: str, at: int):
    killed_at(database, *shown, at)


@pytest.mark.slow
def test_rows_committed_one_by_one_would_be_seen_as_a_mixture(shown: tuple[World, str], database: str):
    """The control: the views would notice."""
    mixed = []
    for at in (9, 11, 13):
        publish_and_die(database, shown[0], at, piecemeal=True)
        mixed.append(len(set(views(*shown).values())) > 1)
        if mixed[-1]:
            return
    assert any(mixed)
