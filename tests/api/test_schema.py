"""Does the service keep to its own description, whatever is sent?"""

from collections.abc import Iterator

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

from tests.api.conftest import running, settings_in

EXAMPLES = 20
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def hurried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service that solves hardly anything, so that the requests are what takes the time."""
    with running(settings_in(tmp_path_factory.mktemp("state"), solve_seconds=1, queue=1, grace_seconds=1.0)) as address:
        yield address


@pytest.fixture(scope="module")
def finished(address: str) -> str:
    """Id of a finished plan for the tiny school."""
    with httpx2.Client(base_url=address, timeout=60) as http:
        job = http.post("/api/v1/solve", json={"sample": "tiny", "time_limit": 3, "seed": 7}).raise_for_status().json()
        with http.stream("GET", job["links"]["events"]) as stream:
            assert "event: end" in list(stream.iter_lines())
        return str(job["id"])


def described(address: str) -> schemathesis.schemas.BaseSchema:
    return schemathesis.openapi.from_url(f"{address}/api/v1/openapi.json")


OPERATIONS = [
    ("POST", "/check"),
    ("POST", "/solve"),
    ("GET", "/jobs/{job_id}"),
    ("GET", "/jobs/{job_id}/events"),
    ("POST", "/jobs/{job_id}/stop"),
    ("DELETE", "/jobs/{job_id}"),
    ("GET", "/jobs/{job_id}/result"),
    ("POST", "/audit"),
    ("GET", "/jobs/{job_id}/export/{kind}"),
    ("GET", "/jobs/{job_id}/ics/{kind}/{subject}"),
    ("GET", "/template"),
    ("GET", "/samples"),
    ("GET", "/samples/{name}"),
    ("GET", "/policies"),
    ("GET", "/policies/{county}"),
    ("GET", "/policies/{county}/clauses"),
]


def test_every_operation_is_looked_at(client: TestClient) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    described = {(method.upper(), path.removeprefix("/api/v1")) for path, methods in paths.items() for method in methods}
    assert described == set(OPERATIONS)


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=[f"{method} {path}" for method, path in OPERATIONS])
def test_no_request_breaks_the_service_or_its_description(hurried: str, method: str, path: str) -> None:
    schema = described(hurried)
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]

    @given(case=st.one_of(*(schema[f"/api/v1{path}"][method].as_strategy(generation_mode=mode) for mode in modes)))
    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    def ask(case: schemathesis.Case) -> None:
        case.call_and_validate(checks=CHECKS)

    ask()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("/jobs/{job_id}", {}),
        ("/jobs/{job_id}/events", {}),
        ("/jobs/{job_id}/result", {}),
        ("/jobs/{job_id}/export/{kind}", {"kind": "xlsx"}),
        ("/jobs/{job_id}/export/{kind}", {"kind": "html"}),
        ("/jobs/{job_id}/export/{kind}", {"kind": "public"}),
        ("/jobs/{job_id}/ics/{kind}/{subject}", {"kind": "class", "subject": "2-1"}),
    ],
)
def test_the_answers_about_a_finished_job_are_as_described(address: str, finished: str, path: str, more: dict[str, str]) -> None:
    schema = described(address)
    case = schema[f"/api/v1{path}"]["GET"].Case(path_parameters={"job_id": finished, **more})
    assert case.call_and_validate(checks=CHECKS).status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize(("path", "status"), [("/check", 200), ("/solve", 202), ("/audit", 200)])
def test_the_answers_about_a_school_are_as_described(address: str, finished: str, path: str, status: int) -> None:
    table = httpx2.get(f"{address}/api/v1/jobs/{finished}/result").json()["timetable"]
    more = {"/solve": {"time_limit": 1}, "/audit": {"table": table}}
    schema = described(address)
    body = {"sample": "tiny", **more.get(path, {})}
    case = schema[f"/api/v1{path}"]["POST"].Case(body=body, media_type="application/json")
    assert case.call_and_validate(checks=CHECKS).status_code == status


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
    for path in ("check", "solve", "audit"):
        assert client.post(f"/api/v1/{path}", content=content, headers={"Content-Type": kind}).status_code in {400, 422}


def test_the_description_shows_an_example_of_each_request(client: TestClient) -> None:
    description = client.get("/api/v1/openapi.json").json()
    for path in ("check", "solve", "audit"):
        content = description["paths"][f"/api/v1/{path}"]["post"]["requestBody"]["content"]
        assert content["application/json"]["examples"]
        assert content["multipart/form-data"]["schema"]["properties"]


def test_every_refusal_is_described_as_a_problem(client: TestClient) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    for operations in paths.values():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert list(answer["content"]) == ["application/problem+json"]
