"""How does the service say no? In problem details, in the language asked for, before it has read too much."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.guard import HEADERS
from api.store import migrate
from tests.api.conftest import BASE, office_of, settings_in

ENGLISH = {"Accept-Language": "en-GB,en;q=0.8"}


def test_a_refusal_is_a_problem_in_chinese_unless_english_is_asked_for(client: TestClient) -> None:
    for headers, language, title in [
        ({}, "zh", "没有找到"),
        (ENGLISH, "en", "Not found"),
        ({"Accept-Language": "fr"}, "zh", "没有找到"),
    ]:
        answer = client.get("/api/v1/jobs/nobody", headers=headers)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["content-language"] == language
        assert answer.json()["title"] == title
        assert answer.json()["type"] == "urn:oneplusx:problem:not-found"


@pytest.mark.parametrize("broken", [";;q=", "q=0", "*", "zh;q=x, en;q=y", "," * 5000, "en;q=0"])
def test_a_broken_accept_language_counts_as_none(client: TestClient, broken: str) -> None:
    assert client.get("/api/v1/samples", headers={"Accept-Language": broken}).status_code == 200


def test_every_fault_of_a_request_is_told(client: TestClient) -> None:
    answer = client.post("/api/v1/check", json={"sample": 7, "colour": "red", "scenario": []})
    assert answer.status_code == 422
    assert {fault["place"] for fault in answer.json()["faults"]} == {"sample", "colour", "scenario"}


@pytest.mark.parametrize("asked", [{}, {"sample": "tiny", "scenario": {}}])
def test_a_request_names_exactly_one_school(client: TestClient, asked: dict[str, object]) -> None:
    assert client.post("/api/v1/check", json=asked).status_code == 422


def test_an_unknown_sample_is_told_with_those_there_are(client: TestClient) -> None:
    answer = client.post("/api/v1/check", json={"sample": "../../etc"})
    assert answer.status_code == 422
    assert "yueyang" in answer.json()["faults"][0]["message"]


def test_what_is_not_json_is_malformed(client: TestClient) -> None:
    answer = client.post("/api/v1/check", content=b"{", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["title"]) == (400, "请求无法读取")


def test_other_kinds_of_body_are_unsupported(client: TestClient) -> None:
    assert client.post("/api/v1/check", content=b"a=b", headers={"Content-Type": "text/plain"}).status_code == 415


def test_a_school_in_json_is_checked_like_any_other(client: TestClient) -> None:
    answer = client.post("/api/v1/check", json={"scenario": {"school": {}}})
    assert answer.status_code == 422
    assert answer.json()["faults"]


def test_a_file_that_is_no_school_is_told_by_its_name(client: TestClient) -> None:
    answer = client.post("/api/v1/check", files={"scenario": ("名单.xlsx", b"\x00" * 100)})
    assert answer.status_code == 422
    assert answer.json()["faults"][0]["place"] == "名单.xlsx"


def test_other_methods_are_named_in_allow(client: TestClient) -> None:
    answer = client.delete("/api/v1/samples")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


@pytest.fixture
def small(tmp_path: Path) -> Iterator[TestClient]:
    with office_of(settings_in(tmp_path, upload_bytes=1000, run_jobs=False)) as office:
        yield office


def test_a_declared_upload_that_is_too_large_is_refused_before_it_is_read(small: TestClient) -> None:
    answer = small.post("/api/v1/check", files={"scenario": ("a.zip", b"x" * 2000)})
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_upload_without_a_length_is_cut_off_at_the_limit(small: TestClient) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while sent < 100_000:
            sent += 500
            yield b"x" * 500

    answer = small.post("/api/v1/check", content=endless(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


def test_a_page_of_another_site_can_start_nothing(client: TestClient) -> None:
    for headers in ({"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        assert client.post("/api/v1/check", json={"sample": "tiny"}, headers=headers).status_code == 403
    assert client.post("/api/v1/check", json={"sample": "tiny"}, headers={"Origin": BASE}).status_code == 200


def test_only_known_host_names_are_answered(client: TestClient) -> None:
    """A foreign name that leads to 127.0.0.1 must not open a school's data to the page that uses it."""
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 421
    assert client.get("/", headers={"Host": "localhost:8000"}).status_code == 200
    assert client.get("/", headers={"Host": "[::1]:8000"}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/api/v1/samples", "/api/v1/nothing", "/static/style.css", "/jobs/nobody"])
def test_every_answer_carries_the_security_headers(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def test_a_failure_of_ours_has_a_number_and_no_traceback(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("a name that nobody should see")

    monkeypatch.setattr(migrate, "revision", broken)
    answer = client.get("/health")
    assert answer.status_code == 500
    assert "nobody should see" not in answer.text
    assert "这是程序的错误" in answer.json()["detail"]
    assert answer.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]


def test_people_get_a_page_and_programs_a_problem(client: TestClient) -> None:
    page = client.get("/jobs/nobody", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert (
        client.get("/api/v1/jobs/nobody", headers={"Accept": "text/html"}).headers["content-type"] == "application/problem+json"
    )
