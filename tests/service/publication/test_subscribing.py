"""Can people get a calendar link on a page, see it once, replace it and end it, and does a phone find its way from there?"""

import re
from datetime import date
from html import unescape

import pytest
from fastapi.testclient import TestClient
from limits import RateLimitItemPerMinute

from api.service import feeds
from api.store.people import Role
from api.store.planning import Term
from tests.service.conftest import BASE, CLERK, HERE
from tests.service.publication.world import LI, ZHAO, World

PAGE = "/my/calendars"


def options(text: str) -> set[str]:
    return set(re.findall(r'<option value="([^"]*)"', text))


def address(text: str) -> str:
    """The path of the calendar that a page tells."""
    return unescape(re.findall(r'id="address"[^>]*value="([^"]+)"', text)[0]).removeprefix("http://127.0.0.1:8000")


def links(text: str) -> list[str]:
    return re.findall(r'action="/my/calendars/([^/"]+)/end"', text)


def test_a_mother_makes_sees_once_replaces_and_ends_a_link_under_a_nickname(world: World):
    world.publish("first")
    mother = world.person(Role.GUARDIAN, children=[ZHAO])
    assert options(mother.ask("GET", PAGE).text) == {"guardian:", f"pupil:{ZHAO}"}
    named = mother.ask("POST", f"/my/children/{ZHAO}/nickname", data={"nickname": "豆豆"}, follow_redirects=False)
    assert (named.status_code, named.headers["location"]) == (303, PAGE)
    assert ">豆豆</option>" in mother.ask("GET", PAGE).text
    made = mother.ask("POST", PAGE, data={"what": "guardian:"})
    assert (made.status_code, made.headers["referrer-policy"], made.headers["cache-control"]) == (200, "no-referrer", "no-store")
    old = address(made.text)
    assert f'href="webcal://127.0.0.1:8000{old}"' in made.text
    assert "<svg" in made.text
    assert "华为" in made.text
    assert "豆豆" in world.feed(old).text
    listed = mother.ask("GET", PAGE).text
    assert old.removesuffix(".ics") not in listed, "it is told once"
    (id,) = links(listed)
    fresh = address(mother.ask("POST", f"{PAGE}/{id}/reset").text)
    assert (world.feed(old).status_code, world.feed(fresh).status_code) == (404, 200)
    stranger = world.person(Role.GUARDIAN, children=[LI])
    (id,) = links(mother.ask("GET", PAGE).text)
    assert [stranger.ask("POST", f"{PAGE}/{id}/{what}").status_code for what in ("reset", "end")] == [404, 404]
    assert stranger.ask("POST", f"/my/children/{ZHAO}/nickname", data={"nickname": "x"}).status_code == 404
    assert mother.ask("POST", f"{PAGE}/{id}/end", follow_redirects=False).status_code == 303
    assert world.feed(fresh).status_code == 404
    assert links(mother.ask("GET", PAGE).text) == []
    assert "How to subscribe" in mother.ask("POST", PAGE, data={"what": "guardian:"}, headers={"Accept-Language": "en"}).text


def test_a_family_reads_its_childs_name_on_the_page_also_when_the_term_is_over_and_no_calendar_tells_it(world: World):
    world.publish("first")
    mother = world.person(Role.GUARDIAN, children=[ZHAO])
    mother.ask("POST", f"/my/children/{ZHAO}/nickname", data={"nickname": "豆豆"})
    feeds = [address(mother.ask("POST", PAGE, data={"what": what}).text) for what in ("guardian:", f"pupil:{ZHAO}")]
    listed = mother.ask("GET", PAGE).text
    assert "<span>学生 赵一鸣</span>" in listed
    assert ZHAO not in re.sub(r'(value|action)="[^"]*"', "", listed)
    assert not [secret for secret in ("赵一鸣", ZHAO) for path in feeds if secret in world.feed(path).text]
    with world.store.writing(HERE, CLERK) as db:
        db.lock(Term, world.term).last = date(2025, 9, 5)
        db.record("term.edit", world.term)
    over = mother.ask("GET", PAGE).text
    assert options(over) == set()
    assert ">赵一鸣</label>" in over


def test_everybody_is_offered_their_own_calendars_and_gets_no_others(world: World):
    pupil, teacher, head = (
        world.person(Role.PUPIL, LI),
        world.person(Role.TEACHER, "zhou"),
        world.person(Role.HEAD_TEACHER, "2-1"),
    )
    assert options(pupil.ask("GET", PAGE).text) == {f"pupil:{LI}"}
    assert options(teacher.ask("GET", PAGE).text) == {"teacher:zhou"}
    assert options(head.ask("GET", PAGE).text) == {"home_class:2-1"}
    office = options(world.office.ask("GET", PAGE).text)
    assert {"teacher:zhou", "home_class:4-1", "room:r4", "course:paper"} <= office
    assert not [one for one in office if one.startswith(("pupil", "guardian"))], "no clerk follows a child's days"
    for caller in (pupil, teacher, head, world.person(Role.LEADER)):
        for what in ("teacher:wang", f"pupil:{ZHAO}", "guardian:", "home_class:4-1", "room:r4", "nothing", "room:none"):
            assert caller.ask("POST", PAGE, data={"what": what}).status_code == 404, what
    assert world.office.ask("POST", PAGE, data={"what": "room:none"}).status_code == 404


def test_the_page_behind_the_code_is_for_whoever_scans_it_and_dead_with_the_link(world: World):
    world.publish("first")
    mother = world.person(Role.GUARDIAN, children=[ZHAO])
    mother.ask("POST", f"/my/children/{ZHAO}/nickname", data={"nickname": "豆豆"})
    feed = address(mother.ask("POST", PAGE, data={"what": f"pupil:{ZHAO}"}).text)
    landing = feed.removesuffix(".ics")
    page = world.feed(landing, accept="text/html")
    assert (page.status_code, address(page.text), page.headers["referrer-policy"]) == (200, feed, "no-referrer")
    assert "noindex" in page.headers["x-robots-tag"]
    assert "set-cookie" not in page.headers
    assert not [secret for secret in ("豆豆", "赵一鸣", ZHAO) if secret in page.text]
    world.office.ask("DELETE", f"/api/v1/pupils/{ZHAO}/calendars")
    dead, wrong = (world.feed(path, accept="text/html") for path in (landing, f"/calendars/{'x' * 43}"))
    assert (dead.status_code, dead.headers["referrer-policy"]) == (404, "no-referrer")
    assert dead.text.replace(landing.rpartition("/")[2], "x" * 43) == wrong.text


def test_guesses_are_slowed_down_and_the_neighbours_at_the_same_address_are_served(
    world: World, app, monkeypatch: pytest.MonkeyPatch
):
    """A whole school shares one address: only wrong secrets count, and only against wrong secrets."""
    monkeypatch.setattr(feeds, "WRONG", RateLimitItemPerMinute(5))
    world.publish("first")
    good = world.link(world.person(Role.GUARDIAN, children=[ZHAO]), f"pupils/{ZHAO}")
    guesser, other = (TestClient(app, base_url=BASE, client=(host, 1)) for host in ("10.0.0.9", "10.0.0.8"))
    # A minute may turn meanwhile, and the count begins anew; of two minutes one sees six.
    answers = [guesser.get(f"/calendars/{n:043d}.ics") for n in range(11)]
    assert {answer.status_code for answer in answers} == {404, 429}
    assert next(answer.headers["retry-after"] for answer in answers if answer.status_code == 429) == "60"
    assert [guesser.get(good).status_code for _ in range(7)] == [200] * 7
    assert other.get(f"/calendars/{'y' * 43}.ics").status_code == 404
