"""Is a calendar ever found by guessing? 10,000 secrets, many of them as near to a living one as can be."""

import random
import string
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from sqlalchemy import select

from api.service import links
from api.service.links import Link
from api.store.people import CalendarToken, Role
from api.store.store import Store
from tests.service.operation.served import measured
from tests.service.people import Caller
from tests.service.publication.world import ZHAO, World

LETTERS = string.ascii_letters + string.digits + "-_"
GUESSES = 10_000


def near(secret: str) -> Iterator[str]:
    """Every secret that differs in one letter, and other readings of the same letters."""
    for place in reversed(range(len(secret))):
        for other in LETTERS.replace(secret[place], ""):
            yield secret[:place] + other + secret[place + 1 :]
    yield from (secret.upper(), secret.lower(), secret[:-1], secret[1:], secret + "=", secret + "A", " " + secret, secret[:22])


def guesses(secret: str, kept: CalendarToken) -> Iterator[str]:
    """What somebody would try who has seen the link over a shoulder, or the database, or nothing at all."""
    yield from near(secret)
    yield from (kept.token_hash, kept.id, kept.account, kept.subject, "", "%", "' OR 1=1 --", "\0" * 43, "１" * 43)
    rng = random.Random(6)
    while True:
        yield "".join(rng.choice(LETTERS) for _ in secret)


def hits(world: World, count: int) -> tuple[int, set[int]]:
    """How many of so many guesses opened a calendar, and what was answered to all."""
    world.publish("first")
    path = world.link(world.person(Role.GUARDIAN, children=[ZHAO]), f"pupils/{ZHAO}")
    secret = path.removeprefix("/calendars/").removesuffix(".ics")
    with world.store.reading(world.office.school) as db:
        kept = db.scalars(select(CalendarToken)).one()
    found, answers = 0, set()
    for _, guess in zip(range(count), guesses(secret, kept), strict=False):
        answer = world.feed(f"/calendars/{quote(guess, safe='')}.ics")
        answers.add(answer.status_code)
        found += answer.status_code == 200 or b"VCALENDAR" in answer.content
    assert world.feed(path).status_code == 200, "whose link lives is served all the same"
    return found, answers


@pytest.mark.long
def test_ten_thousand_guesses_open_no_calendar(world: World, kind: str):
    found, answers = hits(world, GUESSES)
    assert (found, answers) == (0, {404, 429}), "and too many of them are told so"
    measured("D6", kind=kind, guesses=GUESSES, hits=found)


def test_a_service_that_looks_at_half_of_a_secret_is_found_by_guessing(world: World, monkeypatch: pytest.MonkeyPatch):
    """The control: the guesses are near enough to find what is weak."""
    exact, known = links.opened, {}

    def half(store: Store, secret: str) -> Link | None:
        return exact(store, secret) or exact(store, known.setdefault(secret[:22], secret))

    monkeypatch.setattr(links, "opened", half)
    made = world.link

    def remembered(caller: Caller, path: str) -> str:
        link = made(caller, path)
        secret = link.removeprefix("/calendars/").removesuffix(".ics")
        known[secret[:22]] = secret
        return link

    monkeypatch.setattr(world, "link", remembered)
    assert hits(world, 50)[0] > 0
