"""How is the service put together? Settings in, one application out: the HTTP interface, the pages and their guard."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.staticfiles import StaticFiles
from starlette.responses import Response

from api import pages, v1
from api.desk import Desk
from api.guard import Guard
from api.jobs import Jobs
from api.problems import Problem, Refusal, answer_problems, refused
from api.readers import Readers
from api.schemas import AuditAsked, School, SolveAsked
from api.settings import Settings
from api.solves import Solves
from api.views import PREFIX

HERE = Path(__file__).parent
DESCRIPTION = """\
Plans a school's after-school service (课后服务 1+X) and checks any plan against local policy.

Send a school to `POST /api/v1/solve`, follow the links of the answer, fetch the plan, its calendars and its audit.
Refusals are problem details (RFC 9457), in Chinese or, with `Accept-Language: en`, in English.
"""


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application; its queue begins to work when the server starts."""
    settings = settings or Settings()
    jobs = Jobs(settings.state / "jobs")

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        solves = Solves(jobs, settings)
        app.state.desk = Desk(settings, jobs, Readers(settings), solves)
        await solves.open()
        yield
        await solves.close()

    app = FastAPI(
        title="oneplusx",
        version=version("oneplusx"),
        description=DESCRIPTION,
        lifespan=life,
        openapi_url=f"{PREFIX}/openapi.json",
        # The usual pages load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        responses={},
    )
    app.include_router(v1.router)
    app.include_router(pages.router, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    answer_problems(app, answer)
    app.add_middleware(Guard, upload_bytes=settings.upload_bytes, hosts=settings.hosts, answer=answer)
    _describe_bodies(app)
    return app


def answer(request: Request, refusal: Refusal) -> Response:
    """Refusals as problem details for programs, as a page for people."""
    if request.url.path.startswith("/api/") or "text/html" not in request.headers.get("accept", ""):
        return refused(request, refusal)
    return pages.refused(request, refusal)


def _describe_bodies(app: FastAPI) -> None:
    """Puts refusals and hand-read bodies among the schemas, and takes out FastAPI's own shape of faults, which we never send."""
    plain = app.openapi

    def described() -> dict[str, object]:
        if app.openapi_schema is None:
            schema = plain()
            models = schema.setdefault("components", {}).setdefault("schemas", {})
            for model in (Problem, School, SolveAsked, AuditAsked):
                own = model.model_json_schema(ref_template="#/components/schemas/{model}")
                models.update(own.pop("$defs", {}))
                models[model.__name__] = own
            for unused in ("HTTPValidationError", "ValidationError"):
                models.pop(unused, None)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]
