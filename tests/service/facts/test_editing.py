"""Do edits over HTTP keep out of each other's way, and is nothing kept that does not stand up?"""

import json
import re
from datetime import date
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from api.store.base import TermId
from api.store.people import Guardianship, Invitation, Role
from api.store.planning import Term
from api.store.record import LogEntry
from api.store.store import Store
from tests.service.conftest import CLERK, HERE
from tests.service.facts.conftest import Sign, digest, known
from tests.service.people import Caller


def at(term: TermId, *rest: str) -> str:
    return "/".join(("/api/v1/terms", term, "facts", *rest))


def put(who: Caller, term: TermId, kind: str, value: dict[str, Any], seen: str | None) -> httpx2.Response:
    headers = {"If-None-Match": "*"} if seen is None else {"If-Match": seen}
    headers["Content-Type"] = "application/json"
    # As ASCII, so that characters no text may hold can be sent too.
    return who.ask("PUT", at(term, kind, str(value["id"])), content=json.dumps(value), headers=headers)


def test_one_thing_is_read_changed_and_removed(office: Caller, store: Store, planned: TermId):
    id = next(iter(known(store, planned, "rooms")))
    seen = office.ask("GET", at(planned, "rooms", id))
    value = {**seen.json()["value"], "name": "新教室"}
    saved = put(office, planned, "rooms", value, seen.headers["ETag"])
    assert (saved.status_code, saved.json()["counts"]) == (200, {"rooms": {"added": 0, "changed": 1, "removed": 0}})
    assert known(store, planned, "rooms")[id]["name"] == "新教室"
    assert put(office, planned, "rooms", {**value, "id": "brand-new"}, None).json()["counts"]["rooms"]["added"] == 1
    fresh = office.ask("GET", at(planned, "rooms", "brand-new")).headers["ETag"]
    assert office.ask("DELETE", at(planned, "rooms", "brand-new"), headers={"If-Match": fresh}).status_code == 200
    assert office.ask("GET", at(planned, "rooms", "brand-new")).status_code == 404


def test_the_second_of_two_clerks_gets_both_versions(office: Caller, sign: Sign, store: Store, planned: TermId):
    id, room = next(iter(known(store, planned, "rooms").items()))
    seen = office.ask("GET", at(planned, "rooms", id)).headers["ETag"]
    assert put(office, planned, "rooms", {**room, "name": "first"}, seen).status_code == 200
    answer = put(sign(Role.OFFICE), planned, "rooms", {**room, "name": "second"}, seen)
    told = answer.json()
    assert (answer.status_code, told["current"]["name"], told["yours"]["name"]) == (409, "first", "second")
    assert (f'"{told["expected"]}"', f'"{told["version"]}"') == (seen, answer.headers["ETag"])
    assert told["by"] == office.account
    assert told["at"]
    assert known(store, planned, "rooms")[id]["name"] == "first"


def test_without_the_version_seen_nothing_is_written(office: Caller, store: Store, planned: TermId):
    before = digest(store, planned)
    id, room = next(iter(known(store, planned, "rooms").items()))
    assert office.ask("PUT", at(planned, "rooms", id), json=room).status_code == 428
    assert office.ask("DELETE", at(planned, "rooms", id)).status_code == 428
    assert put(office, planned, "rooms", {**room, "name": "x"}, None).status_code == 409
    assert digest(store, planned) == before


def test_what_would_not_stand_up_is_refused_with_its_faults_and_leaves_no_trace(office: Caller, store: Store, planned: TermId):
    before = digest(store, planned)
    id, pupil = next(iter(known(store, planned, "pupils").items()))
    seen = office.ask("GET", at(planned, "pupils", id)).headers["ETag"]
    wrong: list[dict[str, Any]] = [
        {**pupil, "home_class": "nowhere"},
        {**pupil, "price": 0},
        {**pupil, "wanted": "three"},
        {**pupil, "name": "\ud800"},
        {name: value for name, value in pupil.items() if name != "name"},
    ]
    for value in wrong:
        answer = put(office, planned, "pupils", value, seen)
        assert (answer.status_code, bool(answer.json()["faults"])) == (422, True), value
    other = office.ask("PUT", at(planned, "pupils", id), json={**pupil, "id": "other"}, headers={"If-Match": seen})
    assert other.status_code == 422
    assert digest(store, planned) == before


def test_several_edits_are_kept_together_or_not_at_all(office: Caller, store: Store, planned: TermId):
    rooms = office.ask("GET", at(planned, "rooms")).json()["items"][:2]
    edits = [
        {"kind": "rooms", "entity": room["id"], "value": {**room["value"], "name": "neu"}, "expected": room["etag"]}
        for room in rooms
    ]
    half = [edits[0], {**edits[1], "expected": "0" * 32}]
    before = digest(store, planned)
    assert office.ask("PATCH", at(planned), json={"edits": half}).status_code == 409
    assert digest(store, planned) == before
    done = office.ask("PATCH", at(planned), json={"edits": edits, "reason": "painted"})
    assert done.json()["counts"]["rooms"]["changed"] == 2
    assert digest(store, planned)[1] == before[1] + 1


def test_an_edit_sent_again_with_its_key_has_one_effect_and_one_answer(office: Caller, store: Store, planned: TermId):
    id, room = next(iter(known(store, planned, "rooms").items()))
    seen = office.ask("GET", at(planned, "rooms", id)).headers["ETag"]
    ask = {"json": {**room, "name": "once"}, "headers": {"If-Match": seen, "Idempotency-Key": "k-1"}}
    answers = [office.ask("PUT", at(planned, "rooms", id), **{**ask, "headers": dict(ask["headers"])}) for _ in range(3)]
    assert {(answer.status_code, answer.text) for answer in answers} == {(200, answers[0].text)}
    assert digest(store, planned)[1] == 2
    other = office.ask("PUT", at(planned, "rooms", id), json=room, headers={"If-Match": seen, "Idempotency-Key": "k-1"})
    assert other.status_code == 409


def test_lists_come_in_pages_and_whole_fields_are_one_thing(office: Caller, store: Store, planned: TermId):
    all_of_them = list(known(store, planned, "pupils"))
    pages = [office.ask("GET", at(planned, "pupils"), params={"offset": start, "count": 5}).json() for start in (0, 5)]
    assert [item["id"] for page in pages for item in page["items"]] == all_of_them[:10]
    assert {page["total"] for page in pages} == {len(all_of_them)}
    (bells,) = office.ask("GET", at(planned, "bells")).json()["items"]
    same = office.ask("PUT", at(planned, "bells"), json=bells["value"], headers={"If-Match": f'"{bells["etag"]}"'})
    assert (same.status_code, same.json()["changed"]) == (200, False)
    assert office.ask("GET", at(planned, "spaceships")).status_code == 404


def test_each_sees_their_own_pupils_and_flags_only_where_needed(office: Caller, sign: Sign, store: Store, planned: TermId):
    id, pupil = next(iter(known(store, planned, "pupils").items()))
    seen = office.ask("GET", at(planned, "pupils", id)).headers["ETag"]
    flags = sorted(["dibao", "disability", "talent"])
    assert put(office, planned, "pupils", {**pupil, "flags": flags}, seen).status_code == 200
    own_class = {each for each, value in known(store, planned, "pupils").items() if value["home_class"] == pupil["home_class"]}

    def pupils(who: Caller) -> dict[str, Any]:
        items = who.ask("GET", at(planned, "pupils"), params={"count": 200}).json()["items"]
        return {item["id"]: item["value"]["flags"] for item in items}

    assert pupils(office)[id] == flags
    head = pupils(sign(Role.HEAD_TEACHER, pupil["home_class"]))
    assert (set(head), head[id]) == (own_class, flags)
    assert pupils(sign(Role.PUPIL, id)) == {id: ["talent"]}
    guardian = sign(Role.GUARDIAN)
    assert pupils(guardian) == {}
    with store.writing(HERE, CLERK) as db:
        db.add(Guardianship(account=guardian.account, pupil=id))
        db.record("guardianship.begin", id)
    assert pupils(guardian) == {id: flags}
    assert sign(Role.TEACHER, "wang").ask("GET", at(planned, "pupils")).status_code == 403
    assert sign(Role.HEAD_TEACHER, pupil["home_class"]).ask("GET", at(planned, "locks")).status_code == 403


def test_who_takes_all_facts_out_leaves_a_line_in_the_log(sign: Sign, store: Store, planned: TermId):
    leader = sign(Role.LEADER)
    assert leader.ask("GET", at(planned)).json()["school"]
    with store.reading(HERE) as db:
        last = db.scalars(select(LogEntry).order_by(LogEntry.sequence.desc())).first()
    assert last is not None
    assert (last.actor, last.action) == (leader.account, "facts.export")


def test_a_head_teacher_makes_codes_for_their_own_class_only(sign: Sign, store: Store, planned: TermId):
    """A code for a child of another class would have made its holder that child's guardian."""
    pupils = known(store, planned, "pupils")
    mine = next(iter(pupils.values()))["home_class"]
    own = [id for id, value in pupils.items() if value["home_class"] == mine]
    foreign = next(id for id, value in pupils.items() if value["home_class"] != mine)
    head = sign(Role.HEAD_TEACHER, mine)
    address = f"/api/v1/home-classes/{mine}/family-codes"
    answers = [head.ask("POST", address, json={"pupils": [*own, each]}) for each in (foreign, "nobody")]
    assert {answer.status_code for answer in answers} == {422}
    numberless = [{**answer.json(), "instance": ""} for answer in answers]
    assert str(numberless[0]).replace(foreign, "nobody") == str(numberless[1])
    with store.reading(HERE) as db:
        assert db.scalars(select(Invitation)).all() == []
    assert head.ask("POST", address, json={"pupils": own}).status_code == 201


def test_terms_and_waivers_are_kept_with_versions(office: Caller, store: Store):
    asked = {"name": "2026 秋", "first": "2026-09-01", "last": "2027-01-20"}
    made = [office.ask("POST", "/api/v1/terms", json=asked, headers={"Idempotency-Key": "t"}) for _ in range(2)]
    assert made[0].text == made[1].text
    id, seen = made[0].json()["id"], made[0].headers["ETag"]
    assert office.ask("GET", "/api/v1/terms").json()["total"] == 1
    assert office.ask("POST", "/api/v1/terms", json={**asked, "last": "2026-08-31"}).status_code == 422
    assert office.ask("PATCH", f"/api/v1/terms/{id}", json={"name": "秋"}, headers={"If-Match": seen}).status_code == 200
    late = office.ask("PATCH", f"/api/v1/terms/{id}", json={"name": "冬"}, headers={"If-Match": seen})
    assert (late.status_code, late.json()["current"]["name"]) == (409, "秋")
    with store.reading(HERE) as db:
        assert db.find(Term, id).first == date(2026, 9, 1)
    waiver = {
        **{"clause": "base-daily-pe", "reason": "场地维修", "approver": "校长", "approved": "2026-09-01"},
        **{"first": "2026-09-01", "last": "2026-09-30"},
    }
    address = f"/api/v1/terms/{id}/waivers"
    for clause in ("none", "base-priority-first", "yueyang-1.2-voluntary"):
        assert office.ask("POST", address, json={**waiver, "clause": clause}).status_code == 422, clause
    kept = office.ask("POST", address, json=waiver)
    assert kept.status_code == 201
    back = f"{address}/{kept.json()['id']}/revoke"
    assert office.ask("POST", back).status_code == 428
    assert office.ask("POST", back, headers={"If-Match": kept.headers["ETag"]}).json()["revoked"]
    assert office.ask("POST", back, headers={"If-Match": kept.headers["ETag"]}).status_code == 409
    assert office.ask("GET", address).json()["total"] == 1


def test_a_waiver_reaches_the_facts_that_plans_are_made_from_until_it_is_taken_back(
    office: Caller, store: Store, planned: TermId
):
    asked = {
        **{"clause": "base-daily-pe", "reason": "场地维修", "approver": "校长", "approved": "2025-09-01"},
        **{"first": "2025-09-01", "last": "2025-09-30"},
    }
    before, address = digest(store, planned)[0], f"/api/v1/terms/{planned}/waivers"
    kept = office.ask("POST", address, json=asked)
    assert kept.status_code == 201, kept.text
    assert [each["reason"] for each in known(store, planned, "waivers")[""]] == ["场地维修"]
    back = office.ask("POST", f"{address}/{kept.json()['id']}/revoke", headers={"If-Match": kept.headers["ETag"]})
    assert back.status_code == 200
    assert digest(store, planned) == (before, 3)


FORBIDDEN = (
    *("role", "roles", "school", "school_id", "price", "status", "owner", "seed", "paid", "version", "id_", "made", "made_by"),
    *("revoked", "term", "scenario", "publication", "digest", "number", "parent", "account", "active", "created", "lawful", "by"),
)
GOOD: dict[str, dict[str, Any]] = {
    "POST /terms": {"name": "x", "first": "2026-09-01", "last": "2027-01-20"},
    "PATCH /terms/{term}": {"name": "x"},
    "PATCH /terms/{term}/facts": {"edits": [{"kind": "rooms", "entity": "no", "value": None, "expected": None}]},
    "POST /terms/{term}/facts/undo": {"reason": "x"},
    "POST /terms/{term}/waivers": {
        **{"clause": "base-daily-pe", "reason": "x", "approver": "x", "approved": "2026-09-01"},
        **{"first": "2026-09-01", "last": "2026-09-30"},
    },
}


def test_no_model_takes_in_a_field_that_is_not_the_senders_to_give(office: Caller, store: Store, planned: TermId):
    """Every model that is sent to these routes; the last of each shows that without the field it is understood."""
    models = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, operations in office.ask("GET", "/api/v1/openapi.json").json()["paths"].items()
        for method, operation in operations.items()
        if re.fullmatch(r"/api/v1/terms(/{term}(/(facts|waivers).*)?)?", path)
        # Files are read, and whole entities checked, elsewhere.
        if operation.get("requestBody", {})
        .get("content", {})
        .get("application/json", {})
        .get("schema", {})
        .get("$ref", "JsonValue")
        not in ("JsonValue", "#/components/schemas/JsonValue")
    }
    assert models == set(GOOD)
    with store.reading(HERE) as db:
        lines = len(db.scalars(select(LogEntry.sequence)).all())
    for key, good in GOOD.items():
        method, path = key.split(" ")
        address = "/api/v1" + path.replace("{term}", planned)
        for field in FORBIDDEN:
            answer = office.ask(method, address, json={**good, field: "x"}, headers={"If-Match": '"1"'})
            assert (answer.status_code, field in answer.text) == (422, True), (key, field)
    room = {**next(iter(known(store, planned, "rooms").values())), "id": "new"}
    for field in FORBIDDEN:
        assert put(office, planned, "rooms", {**room, field: "x"}, None).status_code == 422
    with store.reading(HERE) as db:
        assert len(db.scalars(select(LogEntry.sequence)).all()) == lines
    assert put(office, planned, "rooms", room, None).status_code == 200
    assert office.ask("POST", "/api/v1/terms", json=GOOD["POST /terms"]).status_code == 201
    assert json.loads(office.ask("POST", f"/api/v1/terms/{planned}/waivers", json=GOOD["POST /terms/{term}/waivers"]).text)["id"]


@pytest.mark.parametrize("depth", [300, 3000])
def test_deeply_nested_values_are_refused(office: Caller, planned: TermId, http: TestClient, depth: int):
    deep = "[" * depth + "]" * depth
    body = '{"edits": [{"kind": "rooms", "entity": "a", "expected": null, "value": ' + deep + "}]}"
    json_type = {"Content-Type": "application/json"}
    assert office.ask("PATCH", at(planned), content=body, headers=json_type).status_code in (400, 422)
    for address in (at(planned, "rooms", "a"), at(planned, "bells")):
        given = "{" + f'"id": "a", "x": {deep}' + "}"
        headers = {**json_type, "If-None-Match": "*", "If-Match": '"aaa"'}
        assert office.ask("PUT", address, content=given, headers=headers).status_code in (400, 409, 422)
