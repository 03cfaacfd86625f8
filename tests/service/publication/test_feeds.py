"""Does a calendar link show the right days to whoever holds it, and nothing once it should be dead?"""

import hashlib
from datetime import date, datetime, timedelta

import pytest
import recurring_ical_events
from fastapi.testclient import TestClient
from icalendar import Calendar, Event
from sqlalchemy import select

from api.service.app import create_service
from api.settings import Settings
from api.store.base import now
from api.store.people import Account, CalendarToken, Guardianship, Role, RoleHeld
from api.store.planning import Term
from api.store.store import Store
from scheduler.calendar import SHANGHAI
from tests.repair.schools import tiny
from tests.service.conftest import BASE, CLERK, HERE
from tests.service.people import said
from tests.service.publication.world import LI, OFF, ZHAO, World, path_of


def events(world: World, path: str) -> dict[str, Event]:
    """By the part of the UID before the school's mark."""
    answer = world.feed(path)
    assert answer.status_code == 200, answer.text
    return {str(one["UID"]).partition("@")[0]: one for one in Calendar.from_ical(answer.content).walk("VEVENT")}


def plain(content: bytes) -> str:
    return content.replace(b"\r\n ", b"").decode()


def test_a_calendar_is_served_without_a_sign_in_and_says_how_to_treat_it(world: World):
    world.publish("first")
    answer = world.feed(world.link(world.person(Role.GUARDIAN, children=[ZHAO]), f"pupils/{ZHAO}"))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert answer.headers["cache-control"] == "private, max-age=300"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert "set-cookie" not in answer.headers
    seen = recurring_ical_events.of(Calendar.from_ical(answer.content)).between(date(2025, 9, 15), date(2025, 9, 20))
    assert [str(one["SUMMARY"]) for one in sorted(seen, key=lambda one: one["DTSTART"].dt)][:4] == [
        "口语表达1班",
        "自主阅读1班",
        "口语表达2班",
        "剪纸1班",
    ]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_link_only_reads(world: World, method: str):
    world.publish("first")
    path = world.link(world.person(Role.GUARDIAN, children=[ZHAO]), f"pupils/{ZHAO}")
    assert world.http.request(method, path).status_code == 405
    assert world.http.get("/api/v1/me", headers={"Authorization": f"Bearer {path[11:-4]}"}).status_code == 401


def test_what_is_known_is_not_sent_again(world: World):
    world.publish("first")
    path = world.link(world.person(Role.TEACHER, "wang"), "staff/wang")
    first = world.feed(path)
    etag, changed = first.headers["etag"], first.headers["last-modified"]
    assert world.feed(path).content == first.content
    for headers in ({"if_none_match": etag}, {"if_none_match": f'"x", W/{etag}'}, {"if_modified_since": changed}):
        same = world.feed(path, **headers)
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", etag)
    assert world.feed(path, if_none_match='"x"', if_modified_since=changed).status_code == 200
    assert world.feed(path, if_modified_since="yesterday").status_code == 200
    world.publish("moved")
    for headers in ({"if_none_match": etag}, {"if_modified_since": changed}):
        assert world.feed(path, **headers).status_code == 200


def test_moves_and_cancellations_keep_uids_and_count_up(world: World):
    path = world.link(world.person(Role.GUARDIAN, children=[ZHAO]), f"pupils/{ZHAO}")
    world.publish("first")
    before = events(world, path)
    reading, paper = "reading-2-20250910", f"paper-1-{OFF:%Y%m%d}"
    assert (before[reading]["SEQUENCE"], before[reading]["LOCATION"]) == (0, "本班教室")
    world.publish("moved")
    moved = events(world, path)
    assert moved.keys() == before.keys()
    assert (moved[reading]["SEQUENCE"], moved[reading]["LOCATION"]) == (1, "四（1）班教室")
    assert moved[paper]["SEQUENCE"] == 0
    world.publish("off")
    off = events(world, path)
    assert off.keys() == before.keys()
    assert (off[paper]["SEQUENCE"], off[paper]["STATUS"], off[paper]["SUMMARY"]) == (1, "CANCELLED", "【停课】剪纸1班")
    assert "培训" not in plain(world.feed(path).content), "reasons do not reach families"
    assert off[reading]["SEQUENCE"] == 2


def test_after_a_withdrawal_phones_see_the_former_days_as_newer(world: World):
    path = world.link(world.person(Role.GUARDIAN, children=[ZHAO]), f"pupils/{ZHAO}")
    world.publish("first")
    world.publish("moved")
    world.withdraw(seen=2)
    reading = events(world, path)["reading-2-20250910"]
    assert (reading["LOCATION"], reading["SEQUENCE"]) == ("本班教室", 2)
    world.withdraw(seen=3)
    gone = world.feed(path)
    assert (gone.status_code, Calendar.from_ical(gone.content).walk("VEVENT")) == (200, [])
    world.publish("first")
    assert events(world, path)["reading-2-20250910"]["SEQUENCE"] == 4


def test_a_familys_calendar_has_all_own_children_under_nicknames_and_no_names(world: World):
    scenario, _ = tiny()
    mother = world.person(Role.GUARDIAN, children=[ZHAO, LI])
    world.publish("first")
    path = world.link(mother, "children")
    unnamed = {str(one["SUMMARY"])[:3] for one in events(world, path).values()}
    assert unnamed == {"孩子1", "孩子2"}
    for child, nickname in ((ZHAO, "豆豆"), (LI, "李思琪")):
        assert mother.ask("PUT", f"/api/v1/me/children/{child}/nickname", json={"nickname": nickname}).status_code == 204
    found = events(world, path)
    assert {str(one["SUMMARY"]).split()[0] for one in found.values()} == {"豆豆", "孩子2"}
    # Both cut paper in one group: two events, not one that hides the other.
    assert sorted(str(one["SUMMARY"]) for uid, one in found.items() if uid.endswith("paper-1-20250902")) == [
        "孩子2 剪纸1班",
        "豆豆 剪纸1班",
    ]
    text = plain(world.feed(path).content)
    assert not [pupil.name for pupil in scenario.pupils if pupil.name in text]
    assert not [pupil.id for pupil in scenario.pupils if pupil.id in text]


def test_a_childs_calendar_names_neither_child_nor_own_class(world: World):
    scenario, _ = tiny()
    world.publish("off")
    classes = {one.id: one.name for one in scenario.home_classes}
    for pupil in scenario.pupils:
        text = plain(world.feed(world.link(world.person(Role.PUPIL, pupil.id), f"pupils/{pupil.id}")).content)
        assert not [other.name for other in scenario.pupils if other.name in text]
        assert classes[pupil.home_class] not in text.replace("四（1）班教室", "") or pupil.home_class == "2-1"
        assert pupil.id not in text
        assert scenario.school.name not in text


def test_staff_class_room_and_course_have_calendars_for_those_who_may(world: World):
    world.publish("off")
    teacher, head = world.person(Role.TEACHER, "zhou"), world.person(Role.HEAD_TEACHER, "2-1")
    for caller, path, one in (
        (teacher, "staff/zhou", "paper-1-20250902"),
        (head, "home-classes/2-1", "paper-1-20250902"),
        (world.office, "rooms/r4", "homework-1-20250901"),
        (world.office, "courses/paper", "paper-1-20250902"),
    ):
        assert one in events(world, world.link(caller, path))
    for caller, path, status in (
        (teacher, "staff/wang", 404),
        (teacher, "rooms/r4", 403),
        (head, "home-classes/4-1", 404),
        (head, f"pupils/{ZHAO}", 403),
        (world.office, f"pupils/{ZHAO}", 403),
        (world.office, "rooms/none", 404),
        (world.person(Role.GUARDIAN, children=[LI]), f"pupils/{ZHAO}", 404),
    ):
        assert caller.ask("POST", f"/api/v1/calendars/{path}").status_code == status, path


def test_a_reset_kills_the_old_link_at_the_very_next_request_of_every_process(world: World, database: str):
    """Another process has its own memory, and shares nothing but the database."""
    world.publish("first")
    mother = world.person(Role.GUARDIAN, children=[ZHAO])
    made = mother.ask("POST", f"/api/v1/calendars/pupils/{ZHAO}").json()
    old = path_of(made)
    elsewhere = TestClient(create_service(Settings(), Store(database)), base_url=BASE)
    assert elsewhere.get(old).status_code == world.feed(old).status_code == 200
    fresh = mother.ask("POST", f"/api/v1/me/calendars/{made['id']}/reset")
    assert elsewhere.get(old).status_code == world.feed(old).status_code == 404
    assert elsewhere.get(path_of(fresh.json())).status_code == world.feed(path_of(fresh.json())).status_code == 200
    mother.ask("DELETE", f"/api/v1/me/calendars/{fresh.json()['id']}")
    assert elsewhere.get(path_of(fresh.json())).status_code == 404
    stranger = world.person(Role.GUARDIAN, children=[ZHAO])
    assert stranger.ask("POST", f"/api/v1/me/calendars/{made['id']}/reset").status_code == 404


ENDINGS = ("guardianship", "account", "role", "term", "expiry", "custody")


def end(world: World, how: str, account: str) -> None:
    if how == "custody":
        assert world.office.ask("DELETE", f"/api/v1/pupils/{ZHAO}/calendars").status_code == 204
        return
    with world.store.writing(HERE, CLERK) as db:
        match how:
            case "guardianship":
                for link in db.scalars(select(Guardianship).where(Guardianship.account == account)):
                    link.ended = now()
            case "account":
                db.lock(Account, account).active = False
            case "role":
                for held in db.scalars(select(RoleHeld).where(RoleHeld.account == account)):
                    held.until = now() - timedelta(seconds=1)
            case "term":
                db.lock(Term, world.term).last = date(2025, 12, 1)
            case "expiry":
                for token in db.scalars(select(CalendarToken)):
                    token.expires = now() - timedelta(seconds=1)
        db.record("test.end", account)


@pytest.mark.parametrize("how", ENDINGS)
def test_a_link_is_dead_when_its_ground_is_gone_and_tells_no_more_than_a_wrong_one(world: World, how: str):
    world.publish("first")
    mother = world.person(Role.GUARDIAN, children=[ZHAO])
    links = [world.link(mother, f"pupils/{ZHAO}"), world.link(mother, "children")]
    assert [world.feed(link).status_code for link in links] == [200, 200]
    end(world, how, mother.account)
    wrong = world.feed("/calendars/nothing.ics")
    for link in links:
        dead = world.feed(link)
        assert dead.status_code == 404
        assert said(dead) == said(wrong)
    assert wrong.headers["referrer-policy"] == "no-referrer"


def test_one_child_of_two_leaves_the_familys_calendar(world: World):
    world.publish("first")
    mother = world.person(Role.GUARDIAN, children=[ZHAO, LI])
    path = world.link(mother, "children")
    etag = world.feed(path).headers["etag"]
    with world.store.writing(HERE, CLERK) as db:
        db.scalars(select(Guardianship).where(Guardianship.pupil == LI)).one().ended = now()
        db.record("guardianship.end", LI)
    left = world.feed(path, if_none_match=etag)
    assert left.status_code == 200
    assert b"homework" not in left.content


def test_only_the_hash_of_a_link_is_kept_and_it_has_256_bits(world: World):
    path = world.link(world.person(Role.GUARDIAN, children=[ZHAO]), f"pupils/{ZHAO}")
    secret = path.removeprefix("/calendars/").removesuffix(".ics")
    assert len(secret) == 43
    with world.store.reading(HERE) as db:
        row = db.scalars(select(CalendarToken)).one()
    assert row.token_hash == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in "".join(map(str, vars(row).values()))
    listed = world.office.ask("GET", "/api/v1/me/calendars")
    assert listed.json() == []


def test_an_account_has_so_many_links_and_no_more(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("api.service.links.MOST", 2)
    mother = world.person(Role.GUARDIAN, children=[ZHAO])
    assert [mother.ask("POST", "/api/v1/calendars/children").status_code for _ in range(3)] == [201, 201, 409]
    assert len(mother.ask("GET", "/api/v1/me/calendars").json()) == 2


def test_with_links_remembered_in_the_process_an_old_one_would_live_on(world: World, monkeypatch: pytest.MonkeyPatch):
    """The control of the test of resets: it would notice a memory."""
    from api.service import links

    found = links.opened
    remembered: dict[str, object] = {}
    monkeypatch.setattr(links, "opened", lambda store, secret: remembered.setdefault(secret, found(store, secret)))
    world.publish("first")
    mother = world.person(Role.GUARDIAN, children=[ZHAO])
    made = mother.ask("POST", f"/api/v1/calendars/pupils/{ZHAO}").json()
    assert world.feed(path_of(made)).status_code == 200
    mother.ask("POST", f"/api/v1/me/calendars/{made['id']}/reset")
    assert world.feed(path_of(made)).status_code == 200


def test_a_link_ends_with_its_term_also_when_the_last_day_moves(world: World):
    """A term that was made longer would else have a calendar that nobody can fetch."""
    world.publish("first")
    world.link(world.person(Role.GUARDIAN, children=[ZHAO]), f"pupils/{ZHAO}")
    address = f"/api/v1/terms/{world.term}"

    def ends() -> tuple[date, datetime]:
        with world.store.reading(HERE) as db:
            return db.find(Term, world.term).last, db.scalars(select(CalendarToken)).one().expires.astimezone(SHANGHAI)

    calendar = world.office.ask("GET", f"{address}/facts/term").json()["items"][0]
    shorter = {**calendar["value"], "end": "2026-01-15"}
    seen = {"If-Match": f'"{calendar["etag"]}"'}
    kept = world.office.ask("PUT", f"{address}/facts/term", json=shorter, headers=seen)
    assert kept.status_code == 200, kept.text
    assert ends() == (date(2026, 1, 15), datetime(2026, 1, 16, tzinfo=SHANGHAI))
    seen = {"If-Match": world.office.ask("GET", address).headers["ETag"]}
    assert world.office.ask("PATCH", address, json={"last": "2026-01-20"}, headers=seen).status_code == 200
    assert ends() == (date(2026, 1, 20), datetime(2026, 1, 21, tzinfo=SHANGHAI))
