"""Does a school that cannot keep a clause "in principle" bring its plan to publication by pages alone?"""

import html
import re
from dataclasses import replace

import pytest

from api.store.people import Role
from api.store.planning import PlanVersion, Term
from scheduler.intake import scenario_to_json
from tests.repair.schools import tiny
from tests.service.conftest import CLERK, HERE
from tests.service.people import Caller
from tests.service.publication.world import World

CLAUSE = "base-daily-pe"
WAIVER = {
    **{"clause": CLAUSE, "reason": "操场维修", "approver": "林校长"},
    **{"approved": "2025-09-01", "first": "2025-09-01", "last": "2026-01-23"},
}


def draft(world: World) -> str:
    """The lawful table, in a school whose classes have lost their PE lessons."""
    scenario, _ = tiny()
    text = scenario_to_json(replace(scenario, lessons=tuple(replace(lesson, pe=False) for lesson in scenario.lessons)))
    address = f"/api/v1/terms/{world.term}/facts"
    seen = world.office.ask("GET", address).headers["ETag"]
    kept = world.office.ask("PUT", address, content=text, headers={"If-Match": seen, "Content-Type": "application/json"})
    assert kept.status_code == 200, kept.text
    with world.store.writing(HERE, CLERK) as db:
        of = db.find(PlanVersion, world.plans["first"])
        term = db.find(Term, world.term)
        fields = {name: getattr(of, name) for name in COPIED}
        row = PlanVersion(number=9, scenario=str(term.scenario), lawful=False, **fields)
        db.add(row)
        db.flush()
        db.record("plan.make", row.id)
    return f"/plans/{row.id}"


COPIED = (
    *("term", "scenario_digest", "pack", "pack_checked", "solver", "seed", "options", "repeatable"),
    *("digest", "timetable", "report", "summary"),
)


def field(name: str, page: str) -> str:
    return str(html.unescape(re.findall(rf'name="{name}" value="(.*?)"', page)[0]))


def shown_after(caller: Caller, path: str, data: dict[str, str]) -> str:
    """The page that a form leads to."""
    answer = caller.ask("POST", path, data=data, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return caller.ask("GET", answer.headers["location"]).text


@pytest.mark.slow
def test_a_plan_without_daily_pe_is_waived_with_a_reason_and_published_and_its_data_taken_along_on_pages(world: World):
    plan = draft(world)
    leader, teacher = world.person(Role.LEADER), world.person(Role.TEACHER, "wang")
    publish = {"seen": "0", "reason": "开学"}
    assert "不能公示" in world.office.ask("GET", plan).text
    assert world.office.ask("POST", f"{plan}/publish", data=publish).status_code == 422

    page = leader.ask("GET", f"{plan}/findings").text
    assert (field("clause", page), page.count("登记豁免</button>")) == (CLAUSE, 1), "only where a finding asks for it"
    assert teacher.ask("POST", f"{plan}/waivers", data=WAIVER).status_code == 403
    for wrong in ({"reason": " "}, {"first": "2026-02-01"}, {"approved": "昨天"}, {"clause": "none"}):
        assert leader.ask("POST", f"{plan}/waivers", data={**WAIVER, **wrong}).status_code == 422, wrong
    page = shown_after(leader, f"{plan}/waivers", WAIVER)
    assert "操场维修" in page
    assert "登记豁免" not in page
    back = re.findall(r'action="(/plans/[^"]+/revoke)"', page)[0]
    version = field("version", page)
    assert "登记豁免" in shown_after(leader, back, {"version": version})
    assert leader.ask("POST", back, data={"version": version}).status_code == 409
    shown_after(leader, f"{plan}/waivers", WAIVER)

    looked = {"section": "reading-2", "slot": "wed-2", "to_room": "r4"}
    assert world.office.ask("POST", f"/api/v1{plan}/moves/look", json=looked).json()["lawful"] is True, "waived here, too"

    assert "去公示" in world.office.ask("GET", f"{plan}/findings").text
    assert "已公示第 1 版" in shown_after(world.office, f"{plan}/publish", publish)
    workbook = world.office.ask("GET", f"/terms/{world.term}/workbook").content
    again = world.office.ask("POST", "/preview", data={"term": world.term}, files={"scenario": ("数据.xlsx", workbook)})
    assert "没有改动" in again.text
