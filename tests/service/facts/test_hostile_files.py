"""Does a hostile upload to the service end in a sentence, change nothing, and leave nothing behind?"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.service.app import create_service
from api.settings import Settings
from api.store.base import TermId
from api.store.people import Role
from api.store.store import Store
from tests.intake.bombs import BOMBS
from tests.service.conftest import BASE, HERE
from tests.service.facts.conftest import digest
from tests.service.people import Caller, add, signed_in

LIMIT = 2_000_000


@pytest.fixture
def clerk(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Caller]:
    """Somebody of the office, before a service whose scratch paper lies in `tmp_path/scratch`."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    settings = Settings(run_jobs=False, state=tmp_path / "state", upload_bytes=LIMIT)
    http = TestClient(create_service(settings, store), base_url=BASE, raise_server_exceptions=False)
    yield signed_in(http, store, HERE, Role.OFFICE, add(store, HERE, Role.OFFICE))
    assert list(scratch.iterdir()) == [], "nothing of an upload stays"


def refused(clerk: Caller, store: Store, term: TermId, bombs: Sequence[Callable[[], bytes]]) -> None:
    before = digest(store, term)
    for make in bombs:
        file = {"facts": ("school.xlsx", make())}
        answer = clerk.ask("POST", f"/api/v1/terms/{term}/facts/preview", files=file, params={"csrf": clerk.csrf})
        assert answer.status_code in (413, 422), (make.__name__, answer.text)
        assert answer.status_code == 413 or answer.json()["faults"][0]["place"] != "facts", "it was looked into"
    assert digest(store, term) == before


@pytest.mark.slow
def test_a_bomb_is_refused_in_words(clerk: Caller, store: Store, planned: TermId):
    refused(clerk, store, planned, [BOMBS["a far cell"]])


@pytest.mark.long
def test_every_bomb_is_refused_in_words(clerk: Caller, store: Store, planned: TermId):
    refused(clerk, store, planned, list(BOMBS.values()))


def test_what_is_too_large_is_refused_before_it_is_read_with_a_length_and_without(clerk: Caller, planned: TermId):
    path, kind = f"/api/v1/terms/{planned}/facts/preview?csrf={clerk.csrf}", {"Content-Type": "multipart/form-data; boundary=x"}
    head = b'--x\r\nContent-Disposition: form-data; name="facts"; filename="a.xlsx"\r\n\r\n'
    known = clerk.ask("POST", path, content=head + b"x" * LIMIT, headers=kind)
    unknown = clerk.ask("POST", path, content=iter([head, *[b"x" * 100_000] * 100]), headers=kind)
    assert (known.status_code, unknown.status_code) == (413, 413)
    assert "不能超过" in known.json()["detail"]
