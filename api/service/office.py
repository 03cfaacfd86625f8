"""On which pages does the office work? The terms, what is known about them, the solving, and what is published."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, cast

from fastapi import APIRouter, Form, Request
from sqlalchemy import func, select
from starlette.responses import RedirectResponse, Response

from api.access.allowed import Allowed, Asked
from api.language import language_of
from api.pages import page
from api.problems import Refusal, bad_input, fault_views
from api.readers import Readers, Upload
from api.sent import form_of, missing, understood
from api.service import jobs, publishing
from api.service.asking import stop
from api.service.exports import WORKBOOK, file
from api.service.imports import previewed
from api.service.looks import TheSettings
from api.service.notices import unread
from api.service.plans import InLanguage
from api.service.saving import saved
from api.service.shown import publications
from api.service.terms import TermAsked
from api.store import facts
from api.store.base import TermId
from api.store.planning import Job, JobState, PlanVersion, ScenarioVersion, Term
from api.store.sessions import Reading, Writing
from api.store.trouble import Missing
from scheduler.intake import scenario_from_json, write_workbook
from scheduler.intake.sheets import SHEETS

router = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=500, pattern=r"^[^\x00]*$")]
MOST = 50
"""Jobs and plans that a page lists."""


@router.get("/")
def home(asked: Asked, request: Request, settings: TheSettings) -> Response:
    """What there is to see and to do for whoever came in."""
    with asked.store.reading(asked.school) as db:
        rows = db.scalars(select(Term).order_by(Term.first.desc(), Term.id)).all()
        news = unread(db, asked.account)
    return page(
        request,
        "home.html",
        person=asked.person,
        roles=sorted(asked.person.roles),
        terms=rows,
        unread=news,
        samples=list(settings.sample_folders()),
        limits=settings,
    )


@router.post("/preview")
async def preview(asked: Asked, request: Request) -> Response:
    """Shows what an import would do. What was read goes along in the page, and comes back with the yes."""
    readers, language = cast(Readers, request.app.state.readers), language_of(request)
    sent = await form_of(request)
    if "scenario" in sent.files:
        read = await readers.scenario_of_file(sent.files["scenario"])
    elif "sample" in sent.fields:
        read = await readers.sample(sent.fields["sample"])
    else:
        raise bad_input([missing("scenario")])
    term = sent.fields.get("term")
    told = await asyncio.to_thread(previewed, asked, term, read, language)
    name = None if term is None else await asyncio.to_thread(_name_of, asked, term)
    warnings = fault_views(read.warnings, language)
    sheets = {sheet.name: sheet.zh if language == "zh" else sheet.name for sheet in SHEETS}
    return page(request, "preview.html", read=read, told=told, term=term, into=name, warnings=warnings, sheets=sheets)


@router.post("/import")
async def keep(asked: Asked, request: Request) -> Response:
    """Imports what was looked at, into a term or into a new one."""
    sent = await form_of(request)
    given = sent.files.get("facts") or Upload("facts.json", sent.fields.get("facts", "").encode())
    read = await cast(Readers, request.app.state.readers).scenario_of_file(given)
    fields = sent.fields
    term, version, reason = fields.get("term"), fields.get("version"), fields.get("reason", "")[:500]
    named = read.scenario.term
    new = {"name": named.name[:100], "first": named.start.isoformat(), "last": named.end.isoformat()}
    to_open = understood(TermAsked, new) if term is None else None
    policies = request.app.state.settings.policies

    def work() -> str:
        def change(id: TermId) -> ScenarioVersion:
            return facts.replace(db, id, read.text, version, asked.account, reason)

        with asked.store.writing(asked.school, asked.actor) as db:
            id = _opened(db, to_open) if to_open else term or ""
            saved(db, id, "facts.import", reason, policies, change)
        return id

    try:
        id = await asyncio.to_thread(work)
    except facts.Moved:
        raise Refusal(
            "changed",
            "您打开预览之后，别人改过这个学期的数据。请重新上传，再看一次预览。",
            "Somebody changed the facts of this term after you opened the preview. Please upload again and look once more.",
        ) from None
    return RedirectResponse(f"/terms/{id}", 303)


@router.get("/terms/{term}")
def term(term: str, asked: Asked, request: Request, settings: TheSettings, language: InLanguage) -> Response:
    """What is known, what was solved, what is published."""
    with asked.store.reading(asked.school) as db:
        row = db.find(Term, term)
        version = None if row.scenario is None else db.find(ScenarioVersion, row.scenario)
        told = _counts(db, term)
        work = db.scalars(select(Job).where(Job.term == term).order_by(Job.created.desc(), Job.id).limit(MOST)).all()
        newest = select(PlanVersion).where(PlanVersion.term == term).order_by(PlanVersion.number.desc()).limit(MOST)
        plans = db.scalars(newest).all()
        shown = [(one, one.id == row.publication) for one in reversed(publications(db, term))]
    return page(
        request,
        "term.html",
        term=row,
        version=version,
        counts=told,
        jobs=[jobs.view(each, language) for each in work],
        plans=plans,
        publications=shown,
        current=next((one for one, current in shown if current), None),
        samples=list(settings.sample_folders()),
        limits=settings,
    )


@router.get("/terms/{term}/workbook")
def workbook(term: str, asked: Asked, language: InLanguage) -> Response:
    """What the school knows, as a workbook to mend and hand in again."""
    # All pupils with all that is known of them leave the service here: the log says so.
    with asked.store.writing(asked.school, asked.actor) as db:
        name, version = db.find(Term, term).name, facts.head(db, TermId(term))
        text = facts.text_of(db, version.id)
        db.record("facts.export", version.id, "workbook")
    with TemporaryDirectory(prefix="oneplusx-") as folder:
        path = Path(folder) / "facts.xlsx"
        write_workbook(scenario_from_json(text), path, language)
        return file(path.read_bytes(), WORKBOOK, f"{name}.xlsx")


@router.post("/terms/{term}/solve")
def solve(
    term: str,
    asked: Asked,
    request: Request,
    time_limit: Annotated[int, Form(ge=1, le=86400)] = 60,
    seed: Annotated[int, Form(ge=0, lt=2**31)] = 7,
    deterministic: Annotated[bool, Form()] = False,
) -> Response:
    """Asks for a plan, and goes to its progress."""
    body = jobs.SolveAsked(time_limit=time_limit, seed=seed, deterministic=deterministic)
    row, _ = jobs.ask_for_plan(asked, term, body, request)
    return RedirectResponse(f"/jobs/{row.id}", 303)


@router.get("/jobs/{job}")
def job(job: str, asked: Asked, request: Request, language: InLanguage) -> Response:
    """Progress while it runs; then the plan it made, or why there is none."""
    with asked.store.reading(asked.school) as db:
        row = db.find(Job, job)
        name = db.find(Term, row.term).name
        queued = Job.state == JobState.QUEUED
        ahead = db.scalar(select(func.count()).select_from(Job).where(queued, Job.created < row.created)) or 0
    if row.plan is not None:
        return RedirectResponse(f"/plans/{row.plan}", 303)
    waiting = row.state is JobState.QUEUED
    return page(request, "running.html", job=jobs.view(row, language), of=name, ahead=ahead if waiting else 0)


@router.post("/jobs/{job}/stop")
def stop_it(job: str, asked: Asked) -> Response:
    stop(asked.store, asked.school, asked.actor, job)
    return RedirectResponse(f"/jobs/{job}", 303)


@router.post("/terms/{term}/withdraw")
def withdraw(term: str, asked: Asked, settings: TheSettings, seen: Annotated[int, Form(ge=1)], reason: Text) -> Response:
    """Takes back what is published; what was shown before it is shown again."""
    robot = asked.school in settings.robots
    publishing.withdraw(asked.store, asked.school, asked.actor, term, seen, _said(reason), asked.account, True, robot)
    return RedirectResponse(f"/terms/{term}", 303)


def _said(reason: str) -> str:
    if not reason.strip():
        raise Refusal("bad-input", "请写明原因。", "Please say why.")
    return reason.strip()


def _opened(db: Writing, asked: TermAsked) -> str:
    row = Term(name=asked.name, first=asked.first, last=asked.last)
    db.add(row)
    db.flush()
    return row.id


def _name_of(asked: Allowed, term: str) -> str:
    with asked.store.reading(asked.school) as db:
        return db.find(Term, term).name


def _counts(db: Reading, term: str) -> dict[str, int]:
    """How much is known, by kind."""
    try:
        known = facts.parsed(facts.text_of(db, facts.head(db, TermId(term)).id))
    except Missing:
        return {}
    return {kind: len(facts.entities(known, kind)) for kind in ("pupils", "staff", "courses", "rooms")}
