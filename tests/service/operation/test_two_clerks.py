"""Is an edit ever lost between two clerks who have the same thing open? In any order of looking and writing, and at once."""

import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.store import facts
from api.store.base import Json
from api.store.facts import Edit
from api.store.people import Role
from api.store.store import Store
from tests.service.conftest import BASE, HERE
from tests.service.operation.served import measured
from tests.service.people import Caller, add, signed_in
from tests.service.publication.world import furnish
from tests.service.rows import term

ORDERS = ("AaBb", "ABab", "ABba", "BAab", "BbAa", "AB*")
"""A and B look, a and b write; `*`: both write at the same moment."""


@dataclass
class Clerk:
    """Somebody at a screen that shows what they last looked at."""

    name: str
    caller: Caller
    tag: str = ""
    value: dict[str, Any] | None = None

    def look(self, path: str) -> None:
        seen = self.caller.ask("GET", path)
        told = seen.json()
        self.tag, self.value = seen.headers["etag"], told.get("value", told)

    def write(self, path: str, mark: str) -> httpx2.Response:
        """Puts a mark behind the name that is on the screen."""
        assert self.value is not None
        wanted = {**self.value, "name": self.wanted(mark)}
        if path.count("/") == 4:
            return self.caller.ask("PATCH", path, json={"name": wanted["name"]}, headers={"If-Match": self.tag})
        return self.caller.ask("PUT", path, json=wanted, headers={"If-Match": self.tag})

    def wanted(self, mark: str) -> str:
        assert self.value is not None
        return f"{str(self.value['name'])[-30:]},{mark}"


@dataclass
class Seen:
    """What came of so many rounds."""

    acknowledged: int = 0
    lost: int = 0
    refused: int = 0
    untold: int = 0
    """Refusals that did not say what there is now, by whom and since when, and what was sent."""


def interleaved(clerks: Sequence[Clerk], paths: Sequence[str], rounds: int) -> Seen:
    rng, seen = random.Random(3), Seen()
    with ThreadPoolExecutor(2) as both:
        for round in range(rounds):
            path, order = rng.choice(paths), ORDERS[round % len(ORDERS)]
            a, b = clerks if rng.random() < 0.5 else reversed(clerks)
            by_letter = {"a": a, "b": b}
            answers: dict[str, httpx2.Response] = {}
            for step in order:
                if step == "*":
                    at_once = both.map(lambda one, path=path, round=round: one.write(path, f"{one.name}{round}"), (a, b))
                    answers = dict(zip("ab", at_once, strict=True))
                elif step.isupper():
                    by_letter[step.lower()].look(path)
                else:
                    one = by_letter[step]
                    answers[step] = one.write(path, f"{one.name}{round}")
            now = a.caller.ask("GET", path).json()
            name = str(now.get("value", now)["name"])
            for letter, answer in answers.items():
                one, other = by_letter[letter], by_letter["b" if letter == "a" else "a"]
                mark = f"{one.name}{round}"
                if answer.status_code == 200:
                    seen.acknowledged += 1
                    seen.lost += mark not in name
                else:
                    assert answer.status_code == 409, answer.text
                    told = answer.json()
                    seen.refused += 1
                    seen.untold += not (
                        (told["current"]["name"], told["yours"]["name"], told["by"])
                        == (name, one.wanted(mark), other.caller.account)
                        and told["at"]
                    )
    return seen


@pytest.fixture
def clerks(app: FastAPI, store: Store) -> Iterator[list[Clerk]]:
    with TestClient(app, base_url=BASE) as one, TestClient(app, base_url=BASE) as other:
        yield [
            Clerk(name, signed_in(http, store, HERE, Role.OFFICE, add(store, HERE, Role.OFFICE)))
            for name, http in (("wang", one), ("li", other))
        ]


@pytest.fixture
def paths(store: Store) -> list[str]:
    """Things that two may have open: a term, two rooms and a teacher."""
    base = f"/api/v1/terms/{furnish(store)[0]}/facts"
    return [f"/api/v1/terms/{term(store)}", *(f"{base}/{thing}" for thing in ("rooms/r2", "rooms/r4", "staff/zhou"))]


def expected(rounds: int) -> Seen:
    """One of both is let through each time; the other, too, where they looked after the first wrote."""
    orders = [ORDERS[round % len(ORDERS)] for round in range(rounds)]
    one_by_one = sum(order in ("AaBb", "BbAa") for order in orders)
    return Seen(acknowledged=rounds + one_by_one, refused=rounds - one_by_one)


def test_no_edit_is_lost_between_two_clerks_and_the_second_sees_both_versions(clerks: list[Clerk], paths: list[str]):
    assert interleaved(clerks, paths, 12) == expected(12)


@pytest.mark.long
def test_no_edit_is_lost_in_five_hundred_interleavings(clerks: list[Clerk], paths: list[str], kind: str):
    seen = interleaved(clerks, paths, 500)
    assert seen == expected(500)
    measured("A5 two clerks", kind=kind, interleavings=500, lost=seen.lost, refused=seen.refused, untold=seen.untold)


def test_without_the_version_edits_vanish(clerks: list[Clerk], paths: list[str], monkeypatch: pytest.MonkeyPatch):
    """The control."""
    careful = facts.edited

    def blind(text: str, edits: Sequence[Edit]) -> str:
        now: dict[str, Json] = dict(chain.from_iterable(facts.entities(facts.parsed(text), one.kind).items() for one in edits))
        return careful(text, [replace(one, expected=facts.tag(now[one.entity])) for one in edits])

    monkeypatch.setattr(facts, "edited", blind)
    seen = interleaved(clerks, paths[1:], 6)
    assert seen.lost > 0
    assert seen.refused == 0
