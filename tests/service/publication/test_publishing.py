"""Is a plan published in one step, by whom may do so, for a reason, and only where it is lawful?"""

import json
from datetime import date

from sqlalchemy import select

from api.store.people import Role
from api.store.planning import Publication, Term, Waiver
from api.store.record import Channel, LogEntry, Notice
from tests.service.conftest import CLERK, HERE
from tests.service.publication.world import LI, ZHAO, World


def notices(world: World, channel: Channel = Channel.IN_APP) -> dict[str | None, Notice]:
    with world.store.reading(HERE) as db:
        return {row.account: row for row in db.scalars(select(Notice).where(Notice.channel == channel).order_by(Notice.created))}


def test_a_lawful_plan_is_shown_with_who_when_and_why(world: World):
    assert world.office.ask("GET", f"/api/v1/terms/{world.term}/publication").json()["number"] == 0
    assert world.office.ask("GET", f"/api/v1/terms/{world.term}/published-page").status_code == 404
    answer = world.publish("first", reason="教研组已确认")
    assert answer.status_code == 201, answer.text
    assert (answer.json()["number"], answer.json()["reason"], answer.json()["by"]) == (1, "教研组已确认", "office ")
    shown = world.office.ask("GET", f"/api/v1/terms/{world.term}/publication")
    assert (shown.json()["plan"], shown.headers["etag"]) == (world.plans["first"], '"1"')
    page = world.person(Role.GUARDIAN, children=[ZHAO]).ask("GET", f"/api/v1/terms/{world.term}/published-page")
    assert (page.status_code, page.headers["x-publication"]) == (200, "1")
    assert "剪纸" in page.text
    assert "赵一鸣" not in page.text
    with world.store.reading(HERE) as db:
        line = db.scalars(select(LogEntry).where(LogEntry.action == "plan.publish")).one()
    assert (line.actor, line.reason) == (world.office.account, "教研组已确认")


def test_a_plan_in_breach_is_refused_with_its_clause_and_changes_nothing(world: World):
    answer = world.publish("breach")
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:oneplusx:problem:not-lawful")
    assert answer.json()["findings"][0]["quote"]
    assert world.count(Publication) == world.count(Notice) == 0
    with world.store.reading(HERE) as db:
        assert db.find(Term, world.term).publication is None


def test_the_second_of_two_clerks_is_told_what_is_shown_now(world: World):
    assert world.publish("first", seen=0).status_code == 201
    late = world.publish("moved", seen=0)
    assert late.status_code == 409
    assert (late.json()["expected"], late.json()["version"], late.json()["current"]) == (0, 1, world.plans["first"])
    unseen = world.office.ask(
        "POST", f"/api/v1/terms/{world.term}/publications", json={"plan": world.plans["moved"], "reason": "x"}
    )
    assert unseen.status_code == 428


def test_a_plan_of_nowhere_and_a_term_of_nowhere_are_missing(world: World):
    assert world.publish("00000000000000000000").status_code == 404
    world.term = "00000000000000000000"
    assert world.publish("first", seen=0).status_code == 404


def test_the_difference_to_the_former_stands_there_in_words(world: World):
    world.publish("first")
    told = world.publish("moved").json()["differences"]
    assert told["counts"] == {"room_changed": 1}
    assert any("二（1）班教室 → 四（1）班教室" in line for line in told["zh"])
    again = world.office.ask("GET", f"/api/v1/terms/{world.term}/publications/2").json()
    assert (again["differences"], again["current"]) == (told, True)
    listed = world.office.ask("GET", f"/api/v1/terms/{world.term}/publications").json()
    assert [(one["number"], one["current"]) for one in listed] == [(2, True), (1, False)]


def test_withdrawing_shows_the_former_plan_again_and_then_nothing(world: World):
    first = world.publish("first") and world.office.ask("GET", f"/api/v1/terms/{world.term}/publication").json()
    world.publish("moved")
    back = world.withdraw(seen=2)
    assert (back.json()["number"], back.json()["digest"]) == (3, first["digest"])
    assert world.withdraw(seen=2).status_code == 409
    assert world.withdraw(seen=3).json()["number"] == 0
    assert world.withdraw(seen=0).status_code == 404
    listed = world.office.ask("GET", f"/api/v1/terms/{world.term}/publications").json()
    assert [bool(one["withdrawn"]) for one in listed] == [True, True, False]


def test_withdrawing_without_going_back_shows_nothing(world: World):
    world.publish("first")
    world.publish("moved")
    assert world.withdraw(seen=2, back=False).json()["number"] == 0
    assert world.publish("first").json()["number"] == 3


def test_files_are_those_of_the_publication_and_leave_a_line(world: World):
    world.publish("first")
    world.publish("moved")
    plan = world.office.ask("GET", f"/api/v1/terms/{world.term}/published/timetable.json")
    rooms = {one["section"]: one["room"] for one in json.loads(plan.text)["meetings"]}
    assert (rooms["reading-2"], plan.headers["x-publication"]) == ("r4", "2")
    book = world.office.ask("GET", f"/api/v1/terms/{world.term}/published/workbook.xlsx")
    assert book.content.startswith(b"PK")
    assert "赵一鸣" in world.office.ask("GET", f"/api/v1/terms/{world.term}/published/index.html").text
    with world.store.reading(HERE) as db:
        lines = db.scalars(select(LogEntry.reason).where(LogEntry.action == "publication.export")).all()
    assert lines == ["timetable.json", "workbook.xlsx", "index.html"]


def test_who_is_concerned_is_told_once_and_mails_say_nothing_of_a_child(world: World):
    mother = world.person(Role.GUARDIAN, children=[ZHAO], login="mother@example.org")
    father = world.person(Role.GUARDIAN, children=[LI])
    teacher, other = world.person(Role.TEACHER, "wang"), world.person(Role.TEACHER, "zhou")
    world.publish("first")
    assert set(notices(world)) == {mother.account, father.account, teacher.account, other.account}
    world.publish("moved")
    with world.store.reading(HERE) as db:
        second = db.scalars(select(Publication).where(Publication.number == 2)).one().id
        fresh = db.scalars(select(Notice).where(Notice.key.like(f"publication {second}%"))).all()
    told = {(row.account, row.channel): row for row in fresh}
    assert set(told) == {
        (mother.account, Channel.IN_APP),
        (mother.account, Channel.EMAIL),
        (teacher.account, Channel.IN_APP),
    }
    assert "四（1）班教室" in told[mother.account, Channel.IN_APP].body
    mail = told[mother.account, Channel.EMAIL]
    assert (mail.address, mail.sent) == ("mother@example.org", None)
    assert not any(word in mail.subject + mail.body for word in ("赵一鸣", "二（1）班", "自主阅读", "教室"))
    assert "赵一鸣" not in "".join(row.body for row in fresh)


def test_each_is_told_in_the_language_they_read_last_and_a_group_in_chinese(world: World):
    mother, father = (world.person(Role.GUARDIAN, children=[ZHAO], login=f"{name}@example.org") for name in ("ma", "pa"))
    mother.ask("GET", "/language/en", follow_redirects=False)
    world.publish("first")
    world.publish("moved")
    with world.store.reading(HERE) as db:
        rows = db.scalars(select(Notice).where(Notice.subject.contains("2"))).all()
    told = {(row.account, row.channel): row for row in rows}
    english, chinese = (told[who.account, Channel.IN_APP] for who in (mother, father))
    assert english.subject == "The after-school timetable was updated (version 2)"
    assert chinese.subject == "课后服务课表已更新（第2版）"
    assert "(Wed 2)" in english.body
    assert "→" in chinese.body
    assert told[mother.account, Channel.EMAIL].body == "Something has changed that concerns you. Please sign in to see it."
    # A school's own names stay as they are; ours are all English.
    ours = english.subject + english.body + told[mother.account, Channel.EMAIL].subject
    assert not [word for word in ("无", "周三", "时段", "：") if word in ours], ours


def test_a_waiver_that_is_revoked_meanwhile_stops_the_publication(world: World):
    """What was looked at is what is published: waivers are read again in the last step."""
    with world.store.writing(HERE, CLERK) as db:
        day = date(2025, 9, 1)
        db.add(Waiver(term=world.term, clause="x", reason="x", approver="x", approved=day, first=day, last=day))
        db.record("waiver.add", "x")
    assert world.publish("first").status_code == 201


def test_families_and_teachers_do_not_publish(world: World):
    for role, subject in ((Role.GUARDIAN, ""), (Role.TEACHER, "wang"), (Role.HEAD_TEACHER, "2-1")):
        caller = world.person(role, subject)
        body = {"plan": world.plans["first"], "reason": "x"}
        path = f"/api/v1/terms/{world.term}/publications"
        assert caller.ask("POST", path, json=body, headers={"If-Match": '"0"'}).status_code == 403
        assert caller.ask("GET", path).status_code == 403
        assert caller.ask("GET", f"/api/v1/terms/{world.term}/published/index.html").status_code == 403
