"""Is the table of permissions whole, readable, and the only word on who may do what?"""

import re
from collections.abc import Callable

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from starlette.routing import Mount, Route

from api.access import inventory
from api.access.table import FILE, BadTable, Reach, permissions, read
from api.service import app as service
from api.service.app import create_service
from api.settings import Settings
from api.store.people import Role
from api.store.store import Store
from tests.service.conftest import BASE


@pytest.fixture(scope="module")
def app(sqlite_template) -> FastAPI:
    """The service; which database it stands on does not matter here."""
    return create_service(Settings(), Store(f"sqlite:///{sqlite_template}"))


def test_every_route_has_a_line_and_every_line_a_route(app: FastAPI):
    assert inventory.forgotten(app, permissions()) == []
    assert inventory.idle(app, permissions()) == []


def test_the_keeper_and_the_router_mean_the_same_route(app: FastAPI):
    assert inventory.misread(app, permissions()) == []


async def _secret(request=None) -> dict[str, str]:
    return {"secret": "whereabouts"}


def plain(app: FastAPI) -> None:
    app.get("/hidden", include_in_schema=False)(_secret)


def included(app: FastAPI) -> None:
    inner, outer = APIRouter(prefix="/hidden"), APIRouter()
    inner.get("/{child}")(_secret)
    outer.include_router(inner)
    app.include_router(outer, prefix="/deep")


def mounted(app: FastAPI) -> None:
    sub = FastAPI()
    sub.get("/hidden")(_secret)
    app.mount("/sub", sub)


def bare(app: FastAPI) -> None:
    async def told(scope, receive, send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"whereabouts"})

    app.router.routes.append(Mount("/bare", app=told))


def other_method(app: FastAPI) -> None:
    app.router.routes.insert(0, Route("/api/v1/me", lambda request: None, methods=["DELETE"]))


HIDDEN: dict[str, tuple[Callable[[FastAPI], None], str, str]] = {
    "hidden from the schema": (plain, "GET", "/hidden"),
    "in a router of a router": (included, "GET", "/deep/hidden/1"),
    "in a mounted application": (mounted, "GET", "/sub/hidden"),
    "no route at all": (bare, "GET", "/bare/x"),
    "another method of a known route": (other_method, "DELETE", "/api/v1/me"),
}


@pytest.mark.parametrize("where", HIDDEN)
def test_a_route_without_a_line_is_found_and_shut(app: FastAPI, sqlite_template, where: str):
    hide, method, path = HIDDEN[where]
    spoilt = create_service(Settings(), Store(f"sqlite:///{sqlite_template}"))
    hide(spoilt)
    assert inventory.forgotten(spoilt, permissions())
    answer = TestClient(spoilt, base_url=BASE).request(method, path)
    assert answer.status_code in (404, 405)
    assert "whereabouts" not in answer.text


def test_a_removed_line_shuts_its_route_and_is_found(sqlite_template):
    text = FILE.read_text("utf-8").replace('"GET /health" = "anyone"', "")
    spoilt = create_service(Settings(), Store(f"sqlite:///{sqlite_template}"), read(text))
    assert inventory.forgotten(spoilt, read(text)) == ["GET /health"]
    assert TestClient(spoilt, base_url=BASE).get("/health").status_code == 404


def test_without_the_keeper_the_hidden_routes_answer(app: FastAPI, sqlite_template, monkeypatch: pytest.MonkeyPatch):
    """The control of the tests above."""
    monkeypatch.setattr(service, "Keeper", lambda app, **_: app)
    open_to_all = create_service(Settings(), Store(f"sqlite:///{sqlite_template}"))
    plain(open_to_all)
    assert "whereabouts" in TestClient(open_to_all, base_url=BASE).get("/hidden").text


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda text: text.replace("administrator, leader", "administrator, chief"), "chief"),
        (lambda text: text.replace("guardian (own)", "guardian (all)"), "all"),
        (lambda text: text.replace('"GET /health"', '"LOOK /health"'), "LOOK /health"),
        (lambda text: text.replace('"GET /health"', '"POST /api/v1/codes "'), "twice"),
        (lambda text: text.replace("[me]\n", "[me]\ntitle_ = 1\n"), "title_"),
        (lambda text: text + "\n[x]\n", "title"),
        (lambda text: text.replace("[me]", "[me"), "line"),
    ],
)
def test_a_line_that_cannot_be_understood_refuses_the_table(spoil: Callable[[str], str], told: str):
    text = FILE.read_text("utf-8")
    assert spoil(text) != text
    with pytest.raises(BadTable, match=re.escape(told)):
        read(spoil(text))


def test_the_line_that_says_most_of_the_path_counts():
    table = read(
        '[a]\ntitle = "a"\n"GET /plans/{plan}" = "office"\n"GET /plans/compare" = "leader"\n"GET /files/{file:path}" = "anyone"\n'
    )
    for path, line in (("/plans/7", "/plans/{plan}"), ("/plans/compare", "/plans/compare"), ("/files/a/b", "/files/{file:path}")):
        found = table.line("GET", path)
        assert found is not None
        assert found.path == line
    assert table.line("GET", "/plans/7/") is None
    assert table.line("POST", "/plans/7") is None
    head = table.line("HEAD", "/plans/7")
    assert head is not None
    assert head.rule.reach == {Role.OFFICE: Reach.SCHOOL}
