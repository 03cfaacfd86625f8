"""How is the service with accounts put together? Settings and a store in; a guard, a keeper and the routes behind them out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

from anyio.to_thread import run_sync
from fastapi import APIRouter, FastAPI, Request
from fastapi.staticfiles import StaticFiles
from starlette.responses import RedirectResponse, Response

from api import pages
from api.access.keeper import Keeper
from api.access.table import Table, permissions
from api.described import DESCRIPTION, REFUSALS, describe
from api.guard import Guard
from api.problems import Refusal, answer_problems, refused
from api.readers import Readers
from api.service import (
    accounts,
    archives,
    calendars,
    codes,
    colleagues,
    exports,
    facts,
    feeds,
    health,
    imports,
    inviting,
    jobs,
    law,
    locks,
    looks,
    metrics,
    moves,
    moving,
    notices,
    office,
    planned,
    plans,
    publications,
    signing,
    subscribing,
    terms,
    waivers,
    waiving,
    welcome,
)
from api.service.logs import RequestLog
from api.service.runner import Runner
from api.settings import Settings
from api.store import migrate
from api.store.store import Store
from api.troubles import TROUBLES, of_trouble

HERE = Path(__file__).parent.parent
ROUTERS: tuple[APIRouter, ...] = (
    health.router,
    metrics.router,
    signing.router,
    accounts.router,
    welcome.router,
    inviting.router,
    colleagues.router,
    codes.api,
    codes.pages_of_codes,
    terms.router,
    imports.router,
    facts.router,
    waivers.router,
    waiving.router,
    jobs.router,
    plans.router,
    archives.router,
    exports.router,
    moves.router,
    moving.router,
    locks.router,
    publications.router,
    calendars.router,
    feeds.router,
    subscribing.router,
    notices.router,
    notices.notice_pages,
    looks.router,
    looks.pages,
    law.router,
    law.pages,
    office.router,
    planned.router,
)
"""Everything that can be asked. Each route has its line in `permissions.toml`."""


def create_service(settings: Settings, store: Store | None = None, table: Table | None = None) -> FastAPI:
    """The application. It migrates the database when it starts."""
    store = store or Store(settings.database_address)
    migrate.upgrade(store.database)
    runner = Runner(store, settings)

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        if settings.run_jobs:
            runner.start()
        yield
        await run_sync(runner.close)
        store.close()

    app = FastAPI(
        title="oneplusx",
        version=version("oneplusx"),
        description=DESCRIPTION,
        responses=REFUSALS,
        lifespan=life,
        openapi_url="/api/v1/openapi.json",
        # The usual pages load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.store, app.state.settings = store, settings
    app.state.guesses = feeds.Guesses()
    app.state.readers, app.state.runner = Readers(settings), runner
    app.state.metrics, app.state.closing = metrics.Metrics(), False
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    answer_problems(app, answer)
    for trouble in TROUBLES:
        app.add_exception_handler(trouble, _told)
    app.add_middleware(Keeper, table=table or permissions(), store=store, answer=answer, cookie=settings.cookie)
    app.add_middleware(Guard, upload_bytes=settings.upload_bytes, hosts=settings.hosts, answer=answer)
    describe(app)
    app.add_middleware(RequestLog, metrics=app.state.metrics)
    return app


def answer(request: Request, refusal: Refusal) -> Response:
    """Refusals as problem details for programs, as a page for people; who must sign in first is sent there."""
    if request.url.path.startswith("/api/") or "text/html" not in request.headers.get("accept", ""):
        return refused(request, refusal)
    if refusal.kind == "sign-in" and request.method == "GET":
        return RedirectResponse(f"/sign-in?next={quote(request.url.path, safe='')}", 303)
    return pages.refused(request, refusal)


async def _told(request: Request, trouble: Exception) -> Response:
    return answer(request, of_trouble(trouble))
