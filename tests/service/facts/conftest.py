"""What do the tests of the facts share? An office clerk, a term that knows the tiny school, and that school's files."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.store import facts
from api.store.base import Json, TermId
from api.store.people import Role
from api.store.store import Store
from scheduler.intake import read_scenario, scenario_to_json
from tests.service.conftest import CLERK, HERE
from tests.service.jobs.work import TINY
from tests.service.people import Caller, add, signed_in
from tests.service.rows import term

Sign = Callable[..., Caller]


@cache
def tiny() -> str:
    """The tiny school as canonical JSON."""
    return scenario_to_json(read_scenario(TINY))


def known(store: Store, id: str, kind: str) -> dict[str, Any]:
    """What the facts of a term say now, by id."""
    with store.reading(HERE) as db:
        text = facts.text_of(db, facts.head(db, TermId(id)).id)
    return dict(facts.entities(json.loads(text), kind))


def digest(store: Store, id: str) -> tuple[str, int]:
    """Of the newest facts, and how many versions there are."""
    with store.reading(HERE) as db:
        newest = facts.head(db, TermId(id))
    return newest.digest, newest.number


def changed_school(**changes: Callable[[list[Json]], list[Json]]) -> str:
    """The tiny school with some of its lists changed."""
    school = json.loads(tiny())
    for kind, change in changes.items():
        school[kind] = change(school[kind])
    return json.dumps(school, ensure_ascii=False)


@pytest.fixture
def planned(store: Store) -> TermId:
    """A term that knows the tiny school."""
    id = term(store)
    with store.writing(HERE, CLERK) as db:
        facts.replace(db, id, tiny(), None, None, "import")
        db.record("facts.import", id)
    return id


@pytest.fixture
def sign(http: TestClient, store: Store) -> Sign:
    """Somebody of a role, over something."""

    def signed(role: Role, subject: str = "") -> Caller:
        return signed_in(http, store, HERE, role, add(store, HERE, role, subject))

    return signed


@pytest.fixture
def office(sign: Sign) -> Caller:
    return sign(Role.OFFICE)
