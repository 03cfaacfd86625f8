"""How is work asked for, followed and stopped over HTTP? Plans, repairs, explanations and what-ifs, as jobs of a term."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event
from pydantic import Field, JsonValue
from sqlalchemy import func, select
from starlette.datastructures import State

from api.access.allowed import Allowed, Asked
from api.language import Language, language_of
from api.problems import Refusal, bad_input
from api.schemas import News
from api.service.answers import Body, Count, Offset, Page, View
from api.service.asking import Question, stop, submit
from api.service.claims import news_of
from api.service.runner import Runner
from api.settings import Settings
from api.store import facts
from api.store.base import Json, TermId
from api.store.planning import OPEN, Job, JobKind, JobState, PlanVersion, Term
from api.store.sessions import Reading
from scheduler.errors import InputFaults
from scheduler.intake import scenario_from_json
from scheduler.reading_changes import read_changes
from scheduler.solver.outcome import Mode

router = APIRouter(prefix="/api/v1", tags=["jobs"])
LOOK_SECONDS = 0.5
STREAM_SECONDS = 300
"""A stream ends after so long, and the browser asks again: then it is looked up anew who may listen."""

InLanguage = Annotated[Language, Depends(language_of)]


class SolveAsked(Body):
    """How to search."""

    time_limit: Annotated[int, Field(ge=1, le=86400, description="Seconds the search may take.")] = 60
    seed: Annotated[int, Field(ge=0, lt=2**31, description="Seed of everything random.")] = 0
    deterministic: Annotated[bool, Field(description="Same facts and seed give the same bytes; slower.")] = False
    mode: Annotated[Mode, Field(strict=False, description="How seats are shared out.")] = Mode.ROUNDS
    reason: Annotated[str, Field(max_length=500)] = ""


class ChangesAsked(SolveAsked):
    """What changes in the school."""

    changes: Annotated[str, Field(min_length=1, max_length=100_000, description="As in changes.toml.")]


class JobView(View):
    """Where a job stands."""

    id: str
    kind: JobKind
    state: JobState
    term: str
    scenario: str | None = Field(description="The version of the facts it works on.")
    created: datetime
    started: datetime | None
    ended: datetime | None
    attempt: int
    stopping: bool
    options: dict[str, JsonValue]
    news: News | None = Field(description="The latest news.")
    plan: str | None = Field(description="The plan it made.")
    failure: str | None = Field(description="Why there is no result.")


class ResultView(View):
    """What a job found out."""

    status: str
    lawful: bool | None
    explanation: list[str]
    plan: str | None
    more: dict[str, JsonValue] = Field(description="Figures, differences or the conflict, by kind of job.")


EARLIER: dict[int | str, dict[str, Any]] = {
    200: {"model": JobView, "description": "The earlier job: the same was asked before."},
}


@router.post("/terms/{term}/solve", status_code=202, responses=EARLIER, summary="Ask for a plan")
def solve(term: str, body: SolveAsked, asked: Asked, request: Request, response: Response, language: InLanguage) -> JobView:
    """200 and the earlier job where the same was asked before: same facts, options, seed and program."""
    question = _of_term(asked, term, JobKind.SOLVE, body)
    return _queued(question, asked, request, response, language)


@router.post("/terms/{term}/explain", status_code=202, responses=EARLIER, summary="Ask why there is no lawful plan")
def explain(term: str, body: SolveAsked, asked: Asked, request: Request, response: Response, language: InLanguage) -> JobView:
    question = _of_term(asked, term, JobKind.EXPLAIN, body)
    return _queued(question, asked, request, response, language)


@router.post("/terms/{term}/whatif", status_code=202, responses=EARLIER, summary="Ask what a plan would be after changes")
def whatif(term: str, body: ChangesAsked, asked: Asked, request: Request, response: Response, language: InLanguage) -> JobView:
    """Nothing of it stands: neither the facts nor the plans of the school change."""
    question = _of_term(asked, term, JobKind.WHATIF, body)
    return _queued(question, asked, request, response, language)


@router.post("/plans/{plan}/whatif", status_code=202, responses=EARLIER, summary="Ask what changes would do to a plan")
def whatif_of_plan(
    plan: str, body: ChangesAsked, asked: Asked, request: Request, response: Response, language: InLanguage
) -> JobView:
    """As a repair, but nothing of it stands."""
    return _queued(_of_plan(asked, plan, JobKind.WHATIF, body), asked, request, response, language)


@router.post("/plans/{plan}/repair", status_code=202, responses=EARLIER, summary="Ask for a plan mended after changes")
def repair(plan: str, body: ChangesAsked, asked: Asked, request: Request, response: Response, language: InLanguage) -> JobView:
    """The changed facts become the newest of the term, and the mended plan its next. Both are refused where the facts move on."""
    return _queued(_of_plan(asked, plan, JobKind.REPAIR, body), asked, request, response, language)


@router.get("/terms/{term}/jobs", summary="The jobs of a term")
def jobs(term: str, asked: Asked, language: InLanguage, offset: Offset = 0, count: Count = 50) -> Page[JobView]:
    with asked.store.reading(asked.school) as db:
        db.find(Term, term)
        total = db.scalar(select(func.count()).select_from(Job).where(Job.term == term)) or 0
        rows = select(Job).where(Job.term == term).order_by(Job.created.desc(), Job.id).offset(offset).limit(count)
        return Page(items=[view(row, language) for row in db.scalars(rows)], total=total)


@router.get("/jobs/{job}", summary="Where a job stands")
def job(job: str, asked: Asked, language: InLanguage) -> JobView:
    with asked.store.reading(asked.school) as db:
        return view(db.find(Job, job), language)


@router.post("/jobs/{job}/stop", status_code=202, summary="Stop a job and keep the best")
def stop_job(job: str, asked: Asked, language: InLanguage) -> JobView:
    return view(stop(asked.store, asked.school, asked.actor, job), language)


@router.get("/jobs/{job}/result", summary="What a job found out")
def result(job: str, asked: Asked, language: InLanguage) -> ResultView:
    with asked.store.reading(asked.school) as db:
        row = db.find(Job, job)
    if not isinstance(row.result, dict):
        raise Refusal(
            "not-ready",
            row.failure_zh or "还没有完成，请稍后再取结果。",
            row.failure_en or "It is not finished yet. Please ask again later.",
        )
    told = dict(row.result)
    lawful = told.pop("lawful", None)
    status = told.pop("status", "")
    lines = {each: told.pop(f"explanation_{each}", None) for each in ("zh", "en")}
    explanation = told.get("explanation")
    if isinstance(explanation, dict):
        lines = {each: explanation.pop(each, None) for each in ("zh", "en")}
    said = lines[language]
    return ResultView(
        status=str(status),
        lawful=lawful if isinstance(lawful, bool) else None,
        explanation=[str(line) for line in said] if isinstance(said, list) else [],
        plan=row.plan,
        more=told,
    )


@router.get(
    "/jobs/{job}/events",
    response_class=StreamingResponse,
    summary="Follow a job",
    responses={
        200: {"description": "Each event is a News; the last one, named `end`, is a Job.", "content": {"text/event-stream": {}}}
    },
)
async def events(
    job: str,
    asked: Asked,
    request: Request,
    language: InLanguage,
    last_event_id: Annotated[str | None, Header(description="Number of the last event seen; earlier ones are left out.")] = None,
) -> StreamingResponse:
    """The news of a job as they come, from the beginning, until it ends."""
    await asyncio.to_thread(_row, asked, job)
    seen = int(last_event_id[:9]) if last_event_id and last_event_id.isdecimal() else 0
    return StreamingResponse(
        _stream(asked, job, language, seen, request.app.state),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store"},
    )


async def _stream(asked: Allowed, id: str, language: Language, seen: int, service: State) -> AsyncIterator[bytes]:
    until = asyncio.get_running_loop().time() + STREAM_SECONDS
    while asyncio.get_running_loop().time() < until and not service.closing:
        row = await asyncio.to_thread(_row, asked, id)
        dropped = row.progress.get("dropped") if isinstance(row.progress, dict) else 0
        first = dropped if isinstance(dropped, int) else 0
        news = news_of(row)
        for number, each in enumerate(news, start=first + 1):
            if number > seen:
                yield format_sse_event(data_str=_news(each, language).model_dump_json(), id=str(number))
        seen = max(seen, first + len(news))
        if row.state not in OPEN:
            yield format_sse_event(data_str=view(row, language).model_dump_json(), event="end", id=str(seen))
            return
        await asyncio.sleep(LOOK_SECONDS)


def _row(asked: Allowed, id: str) -> Job:
    with asked.store.reading(asked.school) as db:
        return db.find(Job, id)


def _of_term(asked: Allowed, term: str, kind: JobKind, body: SolveAsked) -> Question:
    with asked.store.reading(asked.school) as db:
        scenario = facts.head(db, TermId(term)).id
        return _question(db, TermId(term), scenario, kind, body, None)


def _of_plan(asked: Allowed, plan: str, kind: JobKind, body: ChangesAsked) -> Question:
    with asked.store.reading(asked.school) as db:
        row = db.find(PlanVersion, plan)
        # A repair changes the newest facts; a plan made for others is repaired in these all the same.
        scenario = facts.head(db, row.term).id if kind is JobKind.REPAIR else row.scenario
        return _question(db, row.term, scenario, kind, body, plan)


def _question(db: Reading, term: TermId, scenario: str, kind: JobKind, body: SolveAsked, plan: str | None) -> Question:
    options = cast(dict[str, Json], body.model_dump(mode="json"))
    if isinstance(body, ChangesAsked):
        _understood(body.changes, facts.text_of(db, scenario))
    if plan is not None:
        options["plan"] = plan
    return Question(kind=kind, term=term, scenario=scenario, asked=options)


def _understood(changes: str, text: str) -> None:
    """Errors: `Refusal` with every fault of the changes, before anybody waits for them."""
    with tempfile.TemporaryDirectory(prefix="oneplusx-") as folder:
        path = Path(folder) / "changes.toml"
        path.write_text(changes, "utf-8")
        try:
            read_changes(path, scenario_from_json(text))
        except InputFaults as error:
            raise bad_input(error.faults) from None


def ask_for_plan(asked: Allowed, term: str, body: SolveAsked, request: Request) -> tuple[Job, bool]:
    """A job that solves the term's newest facts, and whether it is new.

    Errors: `Missing`; `Refusal` where too many wait.
    """
    return _submitted(_of_term(asked, term, JobKind.SOLVE, body), asked, request)


def _submitted(question: Question, asked: Allowed, request: Request) -> tuple[Job, bool]:
    settings = cast(Settings, request.app.state.settings)
    limit = question.asked["time_limit"]
    assert isinstance(limit, int)
    question.asked["time_limit"] = min(limit, settings.solve_seconds)
    row, new = submit(asked.store, asked.school, asked.actor, asked.account, question, settings.queue)
    if new:
        cast(Runner, request.app.state.runner).wake()
    return row, new


def _queued(question: Question, asked: Allowed, request: Request, response: Response, language: Language) -> JobView:
    row, new = _submitted(question, asked, request)
    if not new:
        response.status_code = 200
    response.headers["Location"] = f"/api/v1/jobs/{row.id}"
    return view(row, language)


def view(row: Job, language: Language) -> JobView:
    """Where a job stands, in words of one language."""
    options = row.asked if isinstance(row.asked, dict) else {}
    news = news_of(row)
    return JobView(
        id=row.id,
        kind=row.kind,
        state=row.state,
        term=row.term,
        scenario=row.scenario,
        created=row.created,
        started=row.started,
        ended=row.ended,
        attempt=row.attempt,
        stopping=row.stop and row.state in OPEN,
        # In one order, whether the row was just written or read again.
        options=dict(sorted(options.items())),
        news=_news(news[-1], language) if news else None,
        plan=row.plan,
        failure=(row.failure_zh if language == "zh" else row.failure_en) or None,
    )


def _news(each: dict[str, Json], language: Language) -> News:
    return News.model_validate({**each, "message": each.get(language) or ""})
