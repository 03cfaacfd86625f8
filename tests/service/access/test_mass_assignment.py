"""Does anything we are sent take in a field that is not the sender's to give? Every model, every form of the pages.

Each of the fields is sent with a mark as its value. A model answers 422 and names the field; a form passes it over. In the end
the mark stands nowhere in the database.
"""

import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Response
from fastapi.testclient import TestClient

from api.access.allowed import Asked
from api.access.table import FILE, Table, permissions, read
from api.service import terms
from api.service.answers import IfMatch
from api.service.app import create_service
from api.settings import Settings
from api.store import backup
from api.store.base import AccountId
from api.store.facts import IDS
from api.store.people import Role
from api.store.store import Store
from tests.service.conftest import BASE, HERE
from tests.service.operation.served import measured
from tests.service.people import PASSWORD, SUBJECTS, Caller, everybody
from tests.service.publication.test_waiving import WAIVER
from tests.service.publication.world import ZHAO, World
from tests.service.publication.world import world as furnished

FORBIDDEN = (
    *("role", "roles", "school", "school_id", "price", "status", "owner", "seed", "paid", "version", "id", "made", "made_by"),
    *("revoked", "term", "scenario", "publication", "digest", "number", "parent", "account", "active", "created", "lawful", "by"),
)
MARK = "mark-424242"
Schema = dict[str, Any]


class Interface:
    """The description of the interface, and what fits it."""

    def __init__(self, app: FastAPI) -> None:
        self.described = app.openapi()

    def bodies(self) -> Iterator[tuple[str, str, Schema]]:
        """Method, path and model of every operation that takes JSON of a shape of ours."""
        for path, operations in self.described["paths"].items():
            for method, operation in operations.items():
                content = operation.get("requestBody", {}).get("content", {})
                schema = self.resolved(content.get("application/json", {}).get("schema", {}))
                if schema.get("properties"):
                    yield method.upper(), path, schema

    def resolved(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            schema = self.described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        options = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
        return self.resolved(options[0]) if options else schema

    def example(self, schema: Schema) -> Any:
        """The least that fits, with one of everything that has parts."""
        schema = self.resolved(schema)
        if "const" in schema or "enum" in schema:
            return schema.get("const", next(iter(schema.get("enum", [None]))))
        match schema.get("type"):
            case "object":
                known, needed = schema.get("properties", {}), schema.get("required", ())
                parts = {name for name, each in known.items() if self.model_in(each)}
                return {name: self.example(known[name]) for name in known if name in needed or name in parts}
            case "array":
                return [self.example(schema["items"])]
            case "integer":
                return schema.get("minimum", 1)
            case "boolean":
                return True
            case "string":
                dated = {"date": "2026-09-01", "date-time": "2027-01-01T00:00:00Z"}
                return dated.get(schema.get("format", ""), "x" * max(1, schema.get("minLength", 1)))
        return "x"

    def model_in(self, schema: Schema) -> bool:
        """Whether there is a model of ours inside."""
        schema = self.resolved(schema)
        return bool(schema.get("properties")) or (schema.get("type") == "array" and self.model_in(schema["items"]))

    def spoilt(self, schema: Schema, field: str) -> Iterator[Any]:
        """The example with the field, in the model itself and in each of the models inside."""
        schema = self.resolved(schema)
        if schema.get("type") == "array":
            yield from ([each] for each in self.spoilt(schema["items"], field))
            return
        known = schema.get("properties", {})
        if field not in known:
            yield {**self.example(schema), field: MARK}
        for name, inside in known.items():
            if self.model_in(inside):
                yield from ({**self.example(schema), name: each} for each in self.spoilt(inside, field))


def everything(store: Store, folder: Path) -> dict[str, str]:
    """All that is kept, a text for each table."""
    backup.backup(store.database, folder / "all.zip")
    with zipfile.ZipFile(folder / "all.zip") as archive:
        return {name: archive.read(name).decode() for name in archive.namelist() if name != backup.MANIFEST}


def marked(store: Store, folder: Path) -> list[str]:
    """Tables in which the mark stands."""
    return [name for name, text in everything(store, folder).items() if MARK in text]


def who(callers: Mapping[str, Caller], table: Table, method: str, path: str) -> Caller:
    """Somebody who may do it."""
    (line,) = [line for line in table.lines if (line.method, line.path) == (method, path)]
    return callers["nobody" if line.rule.anyone else f"{next(iter(line.rule.reach), Role.ADMINISTRATOR)}@here"]


def taken_in(app: FastAPI, store: Store, table: Table, only: str = "") -> tuple[int, list[str]]:
    """How many models and fields were tried, and which were not refused by name."""
    callers = everybody(TestClient(app, base_url=BASE, raise_server_exceptions=False), store)
    interface, tried, found = Interface(app), 0, []
    own = {"pupil": SUBJECTS[Role.PUPIL], "home_class": SUBJECTS[Role.HEAD_TEACHER]}
    for method, path, model in interface.bodies():
        if only not in path:
            continue
        caller = who(callers, table, method, path)
        address = re.sub(r"\{([^}]*)\}", lambda name: own.get(name[1], "nothing"), path)
        for field in FORBIDDEN:
            for body in interface.spoilt(model, field):
                answer = caller.ask(method, address, json=body, headers={"If-Match": '"1"'})
                tried += 1
                places = [fault["place"] for fault in answer.json().get("faults", ())] if answer.status_code == 422 else []
                if not any(place.split(".")[-1] == field for place in places):
                    found.append(f"{method} {path} {field}: {answer.status_code} {answer.text[:200]}")
    return tried, found


@pytest.mark.slow
def test_no_model_takes_in_what_is_not_the_senders_to_give(app: FastAPI, store: Store, tmp_path: Path, kind: str):
    tried, found = taken_in(app, store, permissions())
    assert found == []
    assert tried > 20 * len(FORBIDDEN)
    assert marked(store, tmp_path) == []
    measured("D5 models", kind=kind, requests=tried, taken_in=0)


def test_a_model_that_takes_in_everything_is_found(store: Store):
    """The control: terms are changed by whatever is sent."""

    class Loose(terms.TermChanged, extra="allow"):
        pass

    def change(term: str, body: Loose, asked: Asked, if_match: IfMatch = None) -> Response:
        return terms.change(term, body, asked, if_match)

    table = read(FILE.read_text("utf-8") + '[planted]\ntitle = "planted"\n"PATCH /api/v1/loose/{term}" = "office"\n')
    app = create_service(Settings(run_jobs=False), store, table)
    app.add_api_route("/api/v1/loose/{term}", change, methods=["PATCH"])
    tried, found = taken_in(app, store, table, only="/loose/")
    assert len(found) == tried == len(FORBIDDEN)


@pytest.mark.long
def test_no_thing_of_the_facts_takes_in_a_field_that_it_does_not_have(store: Store, http: TestClient, tmp_path: Path):
    world = furnished(store, http)
    base = f"/api/v1/terms/{world.term}/facts"
    before = everything(store, tmp_path)
    for kind in IDS:
        for one in world.office.ask("GET", f"{base}/{kind}?count=1").json()["items"]:
            seen = {"If-Match": f'"{one["etag"]}"'}
            for field in (each for each in FORBIDDEN if each not in one["value"]):
                answer = world.office.ask("PUT", f"{base}/{kind}/{one['id']}", json={**one["value"], field: MARK}, headers=seen)
                assert (answer.status_code, field in answer.text) == (422, True), (kind, field, answer.text)
    assert everything(store, tmp_path) == before


@pytest.mark.long
def test_no_form_of_the_pages_takes_in_what_is_not_the_senders_to_give(store: Store, http: TestClient, tmp_path: Path, kind: str):
    """Every form that there is, filled in as it should be, with the fields beside."""
    forms = Forms(furnished(store, http))
    paths = [line.path for line in permissions().lines if line.method == "POST" and not line.path.startswith("/api/")]
    assert sorted(forms.filled) == sorted(paths)
    # A form of twenty fields is refused as a whole: they come in two halves.
    halves = [FORBIDDEN[::2], FORBIDDEN[1::2]]
    for path in paths:
        for half in halves:
            caller, address, data, status = forms.filled[path]()
            extra = {field: MARK for field in half if field not in data}
            file = {"files": {"table": ("timetable.json", forms.table())}} if path == "/plans/{plan}/audit" else {}
            answer = caller.ask("POST", address, data={**extra, **data}, follow_redirects=False, **file)
            assert answer.status_code == status, (path, answer.status_code, answer.text[-600:])
    assert marked(store, tmp_path) == []
    measured("D5 forms", kind=kind, forms=len(paths), fields=len(FORBIDDEN), taken_in=0)


HERE_AND_THEN = {"section": "reading-2", "slot": "wed-2"}
MOVED = {**HERE_AND_THEN, "to_room": "r4"}
Filled = tuple[Caller, str, dict[str, Any], int]


class Forms:
    """Who fills in which form, where it goes, what stands in it, and what is answered."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.office, self.admin = world.office, world.person(Role.ADMINISTRATOR, login="admin")
        self.mother = world.person(Role.GUARDIAN, children=[ZHAO])
        self.nobody = Caller(None, HERE, AccountId(""), world.http, "")
        term, plan = f"/terms/{world.term}", f"/plans/{world.plans['first']}"
        self.filled: Mapping[str, Callable[[], Filled]] = {
            "/sign-in": lambda: (self.nobody, "/sign-in", {"login": "admin", "password": "wrong", "school": "here"}, 401),
            "/welcome": self.welcome,
            "/sign-out": lambda: (world.person(Role.LEADER), "/sign-out", {"where": "everywhere"}, 303),
            "/invitations": lambda: (self.admin, "/invitations", {"name": "王", "role": "office"}, 200),
            "/invitations/{invitation}/revoke": lambda: (self.admin, f"/invitations/{self.invited()['id']}/revoke", {}, 303),
            "/accounts/{account}/active": lambda: (
                self.admin,
                f"/accounts/{world.person(Role.TEACHER, 'wang').account}/active",
                {"version": "1", "active": "false"},
                303,
            ),
            "/accounts/{account}/sign-out": lambda: (
                self.admin,
                f"/accounts/{world.person(Role.LEADER).account}/sign-out",
                {},
                303,
            ),
            "/accounts/{account}/roles/{held}/take": lambda: (
                self.admin,
                f"/accounts/{self.mother.account}/roles/nothing/take",
                {},
                404,
            ),
            "/my/password": lambda: (world.person(Role.LEADER), "/my/password", {"new": "cold wind on reeds"}, 303),
            "/home-classes/{home_class}/family-codes": lambda: (
                self.office,
                "/home-classes/2-1/family-codes",
                {"pupil": ZHAO, "sheet": "html"},
                200,
            ),
            "/preview": lambda: (self.office, "/preview", {"sample": "tiny", "term": world.term}, 200),
            "/import": self.taken,
            "/terms/{term}/solve": lambda: (self.office, f"{term}/solve", {"seed": "3"}, 303),
            "/jobs/{job}/stop": lambda: (self.office, f"{self.job()}/stop", {}, 303),
            "/plans/{plan}/audit": lambda: (self.office, f"{plan}/audit", {}, 200),
            "/plans/{plan}/publish": lambda: (self.office, f"{plan}/publish", {"seen": self.seen(), "reason": "开学"}, 303),
            "/terms/{term}/withdraw": self.withdrawn,
            "/plans/{plan}/move": lambda: (self.office, f"{plan}/move", {"moves": json.dumps([MOVED]), "reason": "漏水"}, 303),
            "/plans/{plan}/lock": lambda: (self.office, f"{plan}/lock", {**HERE_AND_THEN, "reason": "磨合"}, 303),
            "/plans/{plan}/locks/{lock}/unlock": self.unlocked,
            "/plans/{plan}/waivers": lambda: (self.office, f"{plan}/waivers", WAIVER, 303),
            "/plans/{plan}/waivers/{waiver}/revoke": self.revoked,
            "/my/calendars": lambda: (self.mother, "/my/calendars", {"what": f"pupil:{ZHAO}"}, 200),
            "/my/calendars/{calendar}/reset": lambda: (self.mother, f"/my/calendars/{self.link()}/reset", {}, 200),
            "/my/calendars/{calendar}/end": lambda: (self.mother, f"/my/calendars/{self.link()}/end", {}, 303),
            "/my/children/{pupil}/nickname": lambda: (self.mother, f"/my/children/{ZHAO}/nickname", {"nickname": "豆豆"}, 303),
            "/my/notices/read": lambda: (self.mother, "/my/notices/read", {}, 303),
            "/outbox/{notice}/again": lambda: (self.admin, "/outbox/nothing/again", {}, 404),
        }

    def unlocked(self) -> Filled:
        plan = self.world.plans["first"]
        held = self.office.ask("POST", f"/api/v1/plans/{plan}/locks", json={"section": "reading-1", "reason": "磨合"}).json()
        return self.office, f"/plans/{plan}/locks/{held[-1]['id']}/unlock", {**HERE_AND_THEN, "reason": "算了"}, 303

    def revoked(self) -> Filled:
        kept = self.office.ask("POST", f"/api/v1/terms/{self.world.term}/waivers", json=WAIVER).json()
        path = f"/plans/{self.world.plans['first']}/waivers/{kept['id']}/revoke"
        return self.office, path, {"version": str(kept["version"])}, 303

    def invited(self) -> dict[str, str]:
        made: dict[str, str] = self.admin.ask("POST", "/api/v1/invitations", json={"role": "office", "name": "王"}).json()
        return made

    def welcome(self) -> Filled:
        made = self.invited()
        data = {"code": made["code"], "name": "王", "login": f"w{made['id'][-6:]}", "password": PASSWORD}
        return self.nobody, "/welcome", data, 303

    def taken(self) -> Filled:
        answer = self.office.ask("GET", f"/api/v1/terms/{self.world.term}/facts")
        data = {"facts": answer.text, "term": self.world.term, "version": answer.headers["etag"].strip('"'), "reason": "新学期"}
        return self.office, "/import", data, 303

    def job(self) -> str:
        answer = self.office.ask("POST", f"/terms/{self.world.term}/solve", data={"seed": "9"}, follow_redirects=False)
        return str(answer.headers["location"])

    def seen(self) -> str:
        return str(self.office.ask("GET", f"/api/v1/terms/{self.world.term}/publication").json()["number"])

    def withdrawn(self) -> Filled:
        if self.seen() == "0":
            assert self.world.publish("first").status_code == 201
        return self.office, f"/terms/{self.world.term}/withdraw", {"seen": self.seen(), "reason": "有误"}, 303

    def link(self) -> str:
        return str(self.mother.ask("POST", "/api/v1/calendars/children").json()["id"])

    def table(self) -> bytes:
        return self.office.ask("GET", f"/api/v1/plans/{self.world.plans['first']}/timetable").content
