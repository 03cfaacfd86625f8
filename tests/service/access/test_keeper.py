"""Does everybody reach exactly what the table says? Each role on each route, own things, others', and another school's."""

import re
from typing import Annotated, Any

import httpx2
import pytest
from fastapi import FastAPI, Form
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from api.access.allowed import Allowed, NotYours
from api.access.keeper import Keeper
from api.access.table import permissions, read
from api.identity.person import Person
from api.problems import refused
from api.store.base import AccountId, SchoolId
from api.store.people import Account, Role
from api.store.record import LogEntry
from api.store.store import Store
from tests.service.conftest import BASE, HERE
from tests.service.people import Caller, everybody, signed_in

BODIES: dict[str, object] = {
    "POST /api/v1/sign-in": {"login": "x", "password": "x"},
    "POST /api/v1/codes": {"code": "x"},
    "PUT /api/v1/me/password": {"new": "x"},
    "POST /api/v1/me/tokens": {"name": "x", "purposes": ["nothing"]},
    "PUT /api/v1/me/children/{pupil}/nickname": {"nickname": "x"},
    "POST /api/v1/accounts/{account}/roles": {"role": "office", "subject": "no"},
    "POST /api/v1/invitations": {"role": "guardian", "name": "x"},
    "POST /api/v1/home-classes/{home_class}/family-codes": {"pupils": ["pupil-1"]},
    "POST /api/v1/home-classes/{home_class}/family-codes/{sheet}": {"pupils": ["pupil-1"]},
    "POST /api/v1/terms/{term}/solve": {"seed": 1},
    "POST /api/v1/terms/{term}/explain": {"seed": 1},
    "POST /api/v1/terms/{term}/whatif": {"seed": 1, "changes": "x"},
    "POST /api/v1/plans/{plan}/whatif": {"seed": 1, "changes": "x"},
    "POST /api/v1/plans/{plan}/repair": {"seed": 1, "changes": "x"},
    "POST /api/v1/plans/{plan}/archive": {"reason": "x"},
    "POST /api/v1/plans/{plan}/moves/look": {"section": "x", "slot": "x"},
    "POST /api/v1/plans/{plan}/moves": {"section": "x", "slot": "x", "reason": "x"},
    "POST /api/v1/plans/{plan}/swaps": {"section": "x", "slot": "x"},
    "POST /api/v1/plans/{plan}/locks": {"section": "x", "reason": "x"},
    "POST /api/v1/terms/{term}/locks/{lock}/unlock": {"reason": "x"},
}
OWN = {"{pupil}": "pupil-1", "{home_class}": "class-1"}
"""Ids of `HERE` that the people of the tests have their roles over."""
ABROAD = (Role.ADMINISTRATOR, Role.HEAD_TEACHER, Role.GUARDIAN)
"""Whom of the other school we send round; they are refused in one place."""
LAST = ("POST /sign-out", "POST /api/v1/sign-out", "POST /api/v1/sign-out-everywhere")


def sent(caller: Caller, key: str, ids: dict[str, str]) -> int:
    method, path = key.split(" ")
    for name, id in ids.items():
        path = path.replace(name, id)
    path = re.sub(r"\{[^}]*\}", "nothing", path)
    body = {"json": BODIES[key]} if key in BODIES else {"json": {}} if method == "PATCH" else {}
    return int(caller.ask(method, path, follow_redirects=False, **body).status_code)


def expected(caller: Caller, key: str) -> str:
    """By the table alone: `sign in`, `no`, `own` or `yes`."""
    (line,) = [line for line in permissions().lines if f"{line.method} {line.path}" == key]
    if line.rule.anyone:
        return "yes"
    if caller.csrf == "":
        return "sign in"
    if line.rule.everybody:
        return "own"
    if caller.role not in line.rule.reach:
        return "no"
    return line.rule.reach[caller.role].value.replace("school", "yes")


@pytest.mark.slow
def test_each_role_gets_on_each_route_what_the_table_says(http: TestClient, store: Store):
    """Every cell of the table, for own things, for things there are not, and for people of another school."""
    callers = {name: caller for name, caller in everybody(http, store).items() if caller.school == HERE or caller.role in ABROAD}
    keys = [f"{line.method} {line.path}" for line in permissions().lines]
    wrong, cells = [], 0
    for key in sorted(keys, key=lambda key: key in LAST):
        for name, caller in callers.items():
            for ids in ({}, OWN) if "{" in key else ({},):
                if key in LAST and caller.csrf:
                    caller = signed_in(http, store, caller.school, caller.role, caller.account)
                status, should = sent(caller, key, ids), expected(caller, key)
                cells += 1
                mine = caller.school == HERE and ids
                fits = {
                    "sign in": status == 401,
                    "no": status == 403,
                    # Own things are reached, all others are not there. A body that cannot be is refused after that.
                    "own": status not in (401, 403, 405, 500) and (bool(mine) or status == 404 or "{" not in key),
                    "yes": status not in (403, 405, 500) and (status != 401 or key.endswith("/sign-in")),
                }[should]
                if not fits:
                    wrong.append((name, key, bool(ids), should, status))
    assert cells >= len(keys) * len(callers)
    assert wrong == []


def test_people_of_another_school_find_nothing_of_ours(http: TestClient, store: Store):
    callers = everybody(http, store)
    with store.reading(HERE) as db:
        ours = db.scalars(select(Account.id)).all()
    theirs = callers["administrator@there"]
    for account in ours:
        foreign = theirs.ask("GET", f"/api/v1/accounts/{account}")
        none = theirs.ask("GET", "/api/v1/accounts/00000000000000000000")
        assert foreign.status_code == none.status_code == 404
        assert {**foreign.json(), "instance": ""} == {**none.json(), "instance": ""}
        assert theirs.ask("POST", f"/api/v1/accounts/{account}/sign-out").status_code == 404
    listed = theirs.ask("GET", "/api/v1/accounts", params={"count": 200}).text
    assert not any(account in listed for account in ours)
    log = theirs.ask("GET", "/api/v1/log", params={"count": 200}).text
    assert not any(account in log for account in ours)


def test_a_refusal_leaves_its_line(http: TestClient, store: Store):
    callers = everybody(http, store)
    callers["guardian@here"].ask("GET", "/api/v1/log")
    with store.reading(HERE) as db:
        line = db.scalars(select(LogEntry).order_by(LogEntry.sequence.desc())).first()
    assert line is not None
    assert (line.actor, line.action, line.object) == (callers["guardian@here"].account, "access.refuse", "GET /api/v1/log")


def test_a_browser_changes_nothing_without_the_token_of_our_pages(http: TestClient, store: Store):
    clerk = everybody(http, store)["administrator@here"]
    asked = {"role": "office", "name": "x"}
    for headers in ({}, {"X-CSRF-Token": "wrong"}, {"X-CSRF-Token": "ключ"}):
        encoded = {name: value.encode() for name, value in headers.items()}
        assert clerk.ask("POST", "/api/v1/invitations", token=False, json=asked, headers=encoded).status_code == 403
    assert clerk.ask("POST", "/api/v1/invitations", json=asked).status_code == 201


def test_a_form_carries_the_token_in_a_field_or_its_address_and_the_handler_still_reads_it(store: Store):
    inner = FastAPI()

    @inner.post("/notes")
    def note(text: Annotated[str, Form()]) -> str:
        return text

    table = read('[a]\ntitle = "a"\n"POST /notes" = "office"\n')
    inner.add_middleware(Keeper, table=table, store=store, answer=refused, cookie="oneplusx")
    clerk = everybody(TestClient(inner, base_url=BASE), store)["office@here"]

    def sent(**more: Any) -> httpx2.Response:
        return clerk.ask("POST", "/notes", token=False, **more)

    form = {"text": "天气好", "csrf": clerk.csrf}
    told = sent(data=form)
    assert (told.status_code, told.json()) == (200, "天气好")
    assert sent(data={**form, "csrf": "x"}).status_code == 403
    assert sent(data={**form, "text": "x" * 300_000}).status_code == 413
    file = {"file": b"x"}
    assert sent(files=file, data=form, params={"csrf": "x"}).status_code == 403
    assert sent(files=file, data=form, params={"csrf": clerk.csrf}).status_code == 200


def allowed(who: str, roles: dict[Role, frozenset[str]], store: Store) -> Allowed:
    """A person with these roles on a route that the table opens to `who`."""
    table = read(f'[a]\ntitle = "a"\n"GET /x" = "{who}"\n[fields]\ntitle = "f"\nphone = "office, head_teacher (own)"\n')
    person = Person(account=AccountId("me"), school=SchoolId("here"), name="", language="zh", roles=roles)
    return Allowed(person, table.lines[0].rule, table, store, "web")


def test_what_is_theirs_counts_only_in_the_roles_that_the_route_is_open_to(store: Store):
    roles = {Role.GUARDIAN: frozenset({"child"}), Role.TEACHER: frozenset({"wang"}), Role.HEAD_TEACHER: frozenset({"class-1"})}
    as_guardian = allowed("guardian (own)", roles, store)
    as_guardian.to(pupil="child", staff="li")
    assert as_guardian.own("pupil") == {"child"}
    assert as_guardian.own("staff") == frozenset()
    as_teacher = allowed("teacher (own)", roles, store)
    as_teacher.to(staff=["li", "wang"])
    with pytest.raises(NotYours):
        as_teacher.to(pupil="child", home_class="class-1")
    with pytest.raises(NotYours):
        as_teacher.to()
    office = allowed("office", {Role.OFFICE: frozenset()}, store)
    office.to()
    assert office.own("pupil") is None


def test_a_sensitive_field_is_for_those_who_need_it(store: Store):
    head = allowed("head_teacher (own), teacher (own)", {Role.HEAD_TEACHER: frozenset({"class-1"})}, store)
    assert head.sees("phone", home_class="class-1", pupil="x")
    assert not head.sees("phone", home_class="class-2")
    teacher = allowed("teacher (own)", {Role.TEACHER: frozenset({"wang"})}, store)
    assert not teacher.sees("phone", staff="wang")


def test_phones_are_told_to_who_needs_them_only(http: TestClient, store: Store):
    callers = everybody(http, store)
    assert "13800000000" in callers["administrator@here"].ask("GET", "/api/v1/accounts").text
    leader = callers["leader@here"]
    told = {each["id"]: each["phone"] for each in leader.ask("GET", "/api/v1/accounts").json()["items"]}
    assert told.pop(leader.account) == "13800000000", "one's own"
    assert set(told.values()) == {None}


def test_who_looks_at_the_phones_of_others_leaves_a_line(http: TestClient, store: Store):
    callers = everybody(http, store)
    before = counted(store)
    for who, path in (("leader@here", "accounts"), ("office@here", "me"), ("guardian@here", "me")):
        assert callers[who].ask("GET", f"/api/v1/{path}").status_code == 200
    assert counted(store) == before, "nobody saw anybody else's"
    callers["administrator@here"].ask("GET", "/api/v1/accounts")
    with store.reading(HERE) as db:
        line = db.scalars(select(LogEntry).order_by(LogEntry.sequence.desc())).first()
    assert line is not None
    told = (line.actor, line.action, line.object, line.reason)
    assert told == (callers["administrator@here"].account, "sensitive.read", "GET /api/v1/accounts", "phone")
    assert counted(store) == before + 1


FORBIDDEN = "role school_id id version password login price status owner paid seed".split()


@pytest.mark.parametrize("field", FORBIDDEN)
def test_fields_that_are_not_asked_for_are_refused_and_change_nothing(http: TestClient, store: Store, field: str):
    callers = everybody(http, store)
    clerk = callers["administrator@here"]
    before = counted(store)
    for key, body in {**BODIES, "PATCH /api/v1/accounts/{account}": {"name": "x"}}.items():
        if field in body:  # type: ignore[operator]
            continue
        method, path = key.split(" ")
        path = path.replace("{account}", clerk.account).replace("{home_class}", "class-1").replace("{pupil}", "pupil-1")
        (line,) = [line for line in permissions().lines if f"{line.method} {line.path}" == key]
        caller = callers[f"{next(iter(line.rule.reach), Role.ADMINISTRATOR)}@here"]
        answer = caller.ask(method, path, json={**body, field: "x"}, headers={"If-Match": '"1"'})  # type: ignore[dict-item]
        assert answer.status_code == 422, key
    assert counted(store) == before


def counted(store: Store) -> int:
    with store.reading(HERE) as db:
        return db.scalar(select(func.count()).select_from(LogEntry)) or 0
