"""Is junk refused in words, on both databases, and never a failure of ours?"""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.store.people import Role
from api.store.store import Store
from tests.service.conftest import HERE
from tests.service.people import add, signed_in

JUNK: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/api/v1/sign-in", {"json": {"login": "a\0b", "password": "x", "school": "here"}}),
    ("POST", "/api/v1/sign-in", {"json": {"login": "a", "password": "x", "school": "he\0re"}}),
    ("POST", "/api/v1/sign-in", {"content": b'{"login": "\\ud800", "password": "x"}'}),
    ("POST", "/api/v1/sign-in", {"content": b"\xff\xfe"}),
    ("POST", "/api/v1/sign-in", {"json": [1, 2]}),
    ("POST", "/api/v1/sign-in", {"json": {"login": 1, "password": True}}),
    ("POST", "/sign-in", {"data": {"login": "a\0", "password": "x", "school": "here"}}),
    ("POST", "/api/v1/codes", {"json": {"code": "\0" * 26}}),
    ("POST", "/api/v1/codes", {"json": {"code": "😀" * 26}}),
    ("POST", "/api/v1/invitations", {"json": {"role": "office", "name": "王\0"}}),
    ("POST", "/api/v1/invitations", {"json": {"role": "office", "name": "x", "until": "2027-01-01T00:00:00"}}),
    ("POST", "/api/v1/invitations", {"json": {"role": "office", "name": "x", "until": "9999-12-31T23:59:59-14:00"}}),
    ("POST", "/api/v1/home-classes/%00/family-codes", {"json": {"pupils": ["x"]}}),
    ("POST", "/api/v1/home-classes/a/family-codes", {"json": {"pupils": ["x\0"]}}),
    ("GET", "/api/v1/accounts/%00", {}),
    ("GET", "/api/v1/accounts/%FF", {}),
    ("GET", "/api/v1/accounts?offset=99999999999999999999", {}),
    ("GET", "/api/v1/accounts?count=-1", {}),
    ("PATCH", "/api/v1/accounts/x", {"json": {"name": "x"}, "headers": {"If-Match": '"99999999999999999999"'}}),
    ("GET", "/welcome?code=%00", {}),
    ("GET", "/language/%00", {}),
]


@pytest.mark.parametrize(("method", "path", "more"), JUNK, ids=[f"{number} {path}" for number, (_, path, _) in enumerate(JUNK)])
def test_junk_is_refused_and_never_a_failure_of_ours(
    http: TestClient, store: Store, method: str, path: str, more: dict[str, Any]
):
    clerk = signed_in(http, store, HERE, Role.ADMINISTRATOR, add(store, HERE, Role.ADMINISTRATOR))
    answer = clerk.ask(method, path, **more)
    assert 400 <= answer.status_code < 500 or path.startswith("/welcome"), answer.text
    assert answer.status_code < 500
