"""Does the service keep to its own description, whatever is sent?"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.examples import CHANGES
from api.examples import EXAMPLES as EXAMPLES_OF
from api.service.answers import Body
from scheduler.intake import read_scenario
from scheduler.reading_changes import read_changes
from tests.api.conftest import TINY, opened_term, running, settings_in
from tests.service.people import PASSWORD

EXAMPLES = 10
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


EXPORTS = "/plans/{plan}/export/{kind}"
CALENDAR = "/plans/{plan}/ics/{kind}/{subject}"
OPERATIONS = [
    ("POST", "/check"),
    ("POST", "/audit"),
    ("GET", "/template"),
    ("GET", "/samples"),
    ("GET", "/samples/{name}"),
    ("GET", "/policies"),
    ("GET", "/policies/{county}"),
    ("GET", "/policies/{county}/clauses"),
    ("POST", "/terms"),
    ("POST", "/terms/{term}/solve"),
    ("GET", "/terms/{term}/plans"),
    ("GET", "/jobs/{job}"),
    ("GET", "/jobs/{job}/events"),
    ("GET", "/plans/{plan}"),
    ("GET", EXPORTS),
    ("GET", CALENDAR),
    ("POST", "/terms/{term}/publications"),
]
"""What a program of the office needs from the upload to the publication."""


@dataclass(frozen=True)
class Office:
    """Somebody signed in to a real server."""

    address: str
    headers: dict[str, str]
    schema: schemathesis.schemas.BaseSchema

    def validated(self, case: schemathesis.Case) -> int:
        """Sends it, and holds the answer against the description."""
        return int(case.call_and_validate(base_url=self.address, headers=self.headers, checks=CHECKS).status_code)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A service that solves hardly anything, so that the requests are what takes the time."""
    hurried = settings_in(tmp_path_factory.mktemp("state"), solve_seconds=2, queue=1000)
    with running(hurried) as address, httpx2.Client(base_url=address) as http:
        signed_in = http.post("/api/v1/sign-in", json={"login": "office", "password": PASSWORD}).json()
        headers = {"X-CSRF-Token": signed_in["csrf"], "Cookie": f"oneplusx={http.cookies['oneplusx']}"}
        yield Office(address, headers, schemathesis.openapi.from_url(f"{address}/api/v1/openapi.json"))


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=[f"{method} {path}" for method, path in OPERATIONS])
def test_no_request_breaks_the_service_or_its_description(office: Office, method: str, path: str) -> None:
    operation = office.schema[f"/api/v1{path}"][method]
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]

    @given(case=st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in modes)))
    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    def ask(case: schemathesis.Case) -> None:
        office.validated(case)

    ask()


@pytest.mark.slow
def test_the_answers_about_a_plan_are_as_described(office: Office) -> None:
    """The whole journey once, each answer held against the description."""
    schema = office.schema

    def ask(method: str, path: str, status: int = 200, body: object = None, **ids: str) -> None:
        more = {} if body is None else {"body": body, "media_type": "application/json"}
        case = schema[f"/api/v1{path}"][method].Case(path_parameters=ids, **more)
        assert office.validated(case) == status

    with httpx2.Client(base_url=office.address, headers=office.headers, timeout=60) as http:
        term = opened_term(http)
        job = http.post(f"/api/v1/terms/{term}/solve", json={"time_limit": 2}).json()["id"]
        with http.stream("GET", f"/api/v1/jobs/{job}/events") as stream:
            assert "event: end" in list(stream.iter_lines())
        plan = http.get(f"/api/v1/jobs/{job}").json()["plan"]
        table = http.get(f"/api/v1/plans/{plan}/timetable").json()
    for path in ("/jobs/{job}", "/jobs/{job}/events", "/jobs/{job}/result"):
        ask("GET", path, job=job)
    for path in ("/terms/{term}", "/terms/{term}/plans", "/terms/{term}/jobs", "/terms/{term}/facts/courses"):
        ask("GET", path, term=term)
    ask("GET", "/plans/{plan}", plan=plan)
    for kind in ("xlsx", "html", "public", "csv", "json"):
        ask("GET", EXPORTS, plan=plan, kind=kind)
    ask("GET", CALENDAR, plan=plan, kind="class", subject="2-1")
    ask("POST", "/check", body={"sample": "tiny"})
    ask("POST", "/audit", body={"plan": plan, "table": table})
    ask("POST", "/terms/{term}/solve", 202, body={"time_limit": 1, "seed": 3}, term=term)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=\xff\r\n\r\n\xff\r\n--x--\r\n"),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--x\r\n" + b"A: b\r\n" * 5000),
        ("application/json", b"\xff\xfe\x00"),
        ("application/json", b'{"sample": "\\ud800"}'),
        ("application/json", b"[" * 100_000),
        ("application/json", b'{"scenario": ' + b'{"a":' * 5000 + b"1" + b"}" * 5001),
    ],
)
def test_junk_is_refused_and_breaks_nothing(client: TestClient, kind: str, content: bytes) -> None:
    for path in ("check", "audit"):
        assert client.post(f"/api/v1/{path}", content=content, headers={"Content-Type": kind}).status_code in {400, 422}


def test_the_description_shows_an_example_of_each_request(client: TestClient) -> None:
    description = client.get("/api/v1/openapi.json").json()
    models = description["components"]["schemas"]
    bare = set()
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if content is not None and "/facts" not in path:
                model = models[content["schema"]["$ref"].rpartition("/")[2]]
                if not (content.get("examples") or model.get("examples")):
                    bare.add(f"{method} {path}")
    assert not bare
    assert EXAMPLES_OF.keys() <= models.keys()


def test_the_examples_are_valid() -> None:
    for kind in bodies(Body):
        if kind.__name__ in EXAMPLES_OF:
            kind.model_validate_json(json.dumps(EXAMPLES_OF[kind.__name__]))


def bodies(kind: type[Body]) -> Iterator[type[Body]]:
    for each in kind.__subclasses__():
        yield each
        yield from bodies(each)


def test_every_refusal_is_described_as_a_problem(client: TestClient) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert len(paths) > 50
    for operations in paths.values():
        for operation in operations.values():
            refused = {status: answer for status, answer in operation["responses"].items() if status[0] in "45"}
            assert set(refused) == {"4XX", "5XX"}
            assert all(list(answer["content"]) == ["application/problem+json"] for answer in refused.values())


def test_the_example_of_changes_changes_something(tmp_path: Path) -> None:
    path = tmp_path / "changes.toml"
    path.write_text(CHANGES, "utf-8")
    (absence,) = read_changes(path, read_scenario(TINY)).absences
    assert absence.staff == "wang"
