"""Can the office move a meeting on a page, having seen what would come of it, and hold a section as it is?"""

import html
import json
import re

import pytest

from api.store.people import Role
from tests.service.publication.test_waiving import field, shown_after
from tests.service.publication.world import World

HERE = {"section": "reading-2", "slot": "wed-2"}


def links(page: str) -> list[str]:
    return [html.unescape(each) for each in re.findall(r'href="(\?section[^"]+)"', page)]


@pytest.mark.slow
def test_a_meeting_is_looked_at_moved_as_the_next_plan_and_its_section_locked_and_let_go_on_pages(world: World):
    plan = f"/plans/{world.plans['first']}"
    week = html.unescape(world.office.ask("GET", f"{plan}/week").text)
    assert f"{plan}/meeting?section=reading-2&slot=wed-2" in week
    at = f"{plan}/meeting"
    assert world.office.ask("GET", at, params={**HERE, "slot": "mon-1"}).status_code == 422, "it does not meet then"
    assert world.person(Role.LEADER).ask("GET", at, params=HERE).status_code == 403

    taken = world.office.ask("GET", at, params={**HERE, "to_room": "ground", "to_staff": "lin"}).text
    assert "还有问题挡着公示" in taken
    assert "自主阅读2班（周三第2时段） → 自主阅读2班（周三第2时段），操场，林校长" in taken
    free = world.office.ask("GET", at, params={**HERE, "to_room": "r4"}).text
    assert "没有问题挡着公示" in free
    assert json.loads(field("moves", free)) == [{**HERE, "to_room": "r4"}]
    suggested = links(world.office.ask("GET", at, params={**HERE, "suggest": "true"}).text)
    assert suggested
    assert "调了以后" in world.office.ask("GET", f"{at}{suggested[0]}").text
    for wrong in ("", "[]", "[{}]", "x", json.dumps([HERE] * 3)):
        assert world.office.ask("POST", f"{plan}/move", data={"moves": wrong, "reason": "x"}).status_code in {400, 422}, wrong
    assert world.office.ask("POST", f"{plan}/move", data={"moves": field("moves", free), "reason": " "}).status_code == 422
    form = {"moves": field("moves", free), "key": field("key", free), "reason": "教室漏水"}
    for _ in range(2):
        assert "手工调整过" in shown_after(world.office, f"{plan}/move", form)
    assert world.office.ask("GET", f"/api/v1/terms/{world.term}/plans").json()["total"] == 1 + len(world.plans), "clicked twice"
    newest = world.office.ask("GET", f"/api/v1/terms/{world.term}/plans").json()["items"][0]
    assert (newest["parent"], newest["reason"], newest["lawful"]) == (world.plans["first"], "教室漏水", True)

    held = shown_after(world.office, f"{plan}/lock", {**HERE, "reason": "磨合好了"})
    assert "磨合好了" in held
    unlock = re.findall(r'action="(/plans/[^"]+/unlock)"', held)[0]
    assert "磨合好了" not in shown_after(world.office, unlock, {**HERE, "reason": "不用了"})
