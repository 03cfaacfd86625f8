"""What do people see? Pages drawn here, in Chinese or English, that work without JavaScript and on a phone."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from fastapi.templating import Jinja2Templates
from starlette.responses import FileResponse, RedirectResponse, Response

from api import figures, v1
from api.desk import Desk, Sent, desk_of, form_of, understood
from api.jobs import Job, SolveOptions, State
from api.language import COOKIE, Language, language_of, say, word
from api.problems import Refusal, bad_input, fault_views
from api.readers import ReadScenario
from api.views import view as view_of
from scheduler import line
from scheduler.intake.sheets import SHEETS
from scheduler.news import further, proofs
from scheduler.policies.parameters import told_parameters
from scheduler.policies.sentences import sentence
from scheduler.publish.names import WEEKDAYS
from scheduler.publish.view import Kind, View
from scheduler.telling import status_words

HERE = Path(__file__).parent
SHANGHAI = ZoneInfo("Asia/Shanghai")
YEAR_SECONDS = 365 * 24 * 3600
KINDS: Mapping[Kind, str] = {
    Kind.CLASS: "班级",
    Kind.TEACHER: "教师",
    Kind.ROOM: "场地",
    Kind.COURSE: "项目",
    Kind.PUPIL: "学生",
}

router = APIRouter()
templates = Jinja2Templates(directory=HERE / "templates")
templates.env.trim_blocks = True
templates.env.lstrip_blocks = True


def page(request: Request, name: str, status: int = 200, headers: Mapping[str, str] | None = None, **content: object) -> Response:
    """A page in the language of the request."""
    language = language_of(request)
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    context = {
        **content,
        "_": partial(say, language),
        "word": partial(word, language),
        "language": language,
        "here": here if request.method == "GET" else "/",
        "quote": partial(quote, safe=""),
    }
    response = templates.TemplateResponse(request, name, context, status_code=status, headers=dict(headers or {}))
    response.headers["Content-Language"] = language
    return response


def refused(request: Request, refusal: Refusal) -> Response:
    """A refusal as a page."""
    problem = refusal.problem(language_of(request))
    return page(request, "problem.html", refusal.status, refusal.headers, problem=problem)


@router.get("/")
def first(request: Request) -> Response:
    """Upload a school or choose a sample; the jobs so far."""
    desk = desk_of(request)
    jobs = [row(job) for job in desk.jobs.all()[:50]] if desk.settings.list_jobs else []
    return page(request, "first.html", samples=list(desk.settings.sample_folders()), jobs=jobs, limits=desk.settings)


@router.post("/jobs")
async def plan_it(request: Request) -> Response:
    """Takes an upload or a sample, and goes to its job."""
    desk = desk_of(request)
    sent = await form_of(request)
    options = understood(SolveOptions, {key: value for key, value in sent.fields.items() if key in SolveOptions.model_fields})
    job = desk.solves.add(await school_of(sent, desk), options)
    return RedirectResponse(f"/jobs/{job.id}", 303)


@router.post("/check")
async def check_it(request: Request) -> Response:
    """Takes an upload or a sample, and shows what was read."""
    read = await school_of(await form_of(request), desk_of(request))
    sheets = {sheet.name: sheet.zh if language_of(request) == "zh" else sheet.name for sheet in SHEETS}
    return page(request, "checked.html", read=read, sheets=sheets, warnings=fault_views(read.warnings, language_of(request)))


@router.get("/jobs/{job_id}")
async def job(request: Request, job_id: str) -> Response:
    """Progress while it runs; figures and downloads once it is done."""
    desk, language = desk_of(request), language_of(request)
    found = desk.job(job_id)
    if found.state is not State.DONE:
        view = view_of(found, desk, language)
        ahead = desk.solves.ahead_of(found)
        return page(request, "running.html", job=found, view=view, ahead=ahead)
    plan = await desk.plan(job_id)
    ended = plan.result
    return page(
        request,
        "job.html",
        job=found,
        result=ended,
        told=status_words(ended["status"], language),
        figures=list(figures.figures(ended["summary"], language)),
        steps=list(proofs(ended["summary"], language)),
        further=further(ended["summary"], language),
        explanation=ended["explanation_zh"] if language == "zh" else ended["explanation_en"],
        classes=View(plan.scenario, plan.timetable, language).members(Kind.CLASS),
    )


@router.post("/jobs/{job_id}/stop")
def stop(request: Request, job_id: str) -> Response:
    """Asks a solve to stop."""
    desk = desk_of(request)
    desk.solves.stop(desk.job(job_id))
    return RedirectResponse(f"/jobs/{job_id}", 303)


@router.post("/jobs/{job_id}/delete")
async def delete(request: Request, job_id: str) -> Response:
    """Forgets a job; the button stands behind a question."""
    desk_of(request).delete(job_id)
    return RedirectResponse("/", 303)


@router.get("/jobs/{job_id}/week")
async def week(
    request: Request, job_id: str, kind: Kind = Kind.CLASS, id: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    """The week of one class, teacher, room, course or pupil."""
    desk = desk_of(request)
    plan = await desk.plan(job_id)
    view = View(plan.scenario, plan.timetable, language_of(request))
    members = [(key, view.name(kind, key)) for key in view.members(kind)]
    known = {key for key, _ in members}
    chosen = id if id in known else (members[0][0] if members else "")
    return page(
        request,
        "week.html",
        job=desk.job(job_id),
        result=plan.result,
        kinds=KINDS,
        kind=kind,
        members=members,
        chosen=chosen,
        week=view.week(kind, chosen) if chosen else None,
        weekdays=WEEKDAYS[language_of(request)],
    )


@router.get("/jobs/{job_id}/findings")
async def findings(request: Request, job_id: str) -> Response:
    """What the audit found, each with clause, quote and reading."""
    desk = desk_of(request)
    plan = await desk.plan(job_id)
    report = plan.result["report"]
    return page(request, "findings.html", job=desk.job(job_id), result=plan.result, report=report, table=None, warnings=())


@router.post("/jobs/{job_id}/audit")
async def audit(request: Request, job_id: str) -> Response:
    """Audits a table that somebody edited."""
    desk = desk_of(request)
    plan = await desk.plan(job_id)
    sent = await form_of(request)
    if "table" not in sent.files:
        raise bad_input([v1.missing("table")])
    read = await desk.school(None, None, None, job_id)
    report, warnings = await desk.readers.report_of(read.text, sent.files["table"])
    return page(
        request,
        "findings.html",
        job=desk.job(job_id),
        result=plan.result,
        report=report,
        table=sent.files["table"].name,
        warnings=fault_views(warnings, language_of(request)),
    )


@router.get("/jobs/{job_id}/files/{kind}")
def download(request: Request, job_id: str, kind: v1.Export) -> FileResponse:
    """A published file; links of a page cannot ask for a format by header."""
    return v1.export(job_id, kind, desk_of(request), language_of(request))


@router.get("/jobs/{job_id}/calendar/{kind}/{subject}")
def calendar(request: Request, job_id: str, kind: Kind, subject: str) -> Response:
    """The calendar of one week on the page."""
    return v1.ics(job_id, kind, subject, desk_of(request))


@router.get("/template")
def template(request: Request) -> Response:
    """The workbook to fill in."""
    return v1.template(language_of(request))


@router.get("/policies")
def policies(request: Request) -> Response:
    """The counties whose policies we know."""
    desk = desk_of(request)
    packs = [desk.policy(county) for county in line.counties(desk.settings.policies)]
    return page(request, "policies.html", packs=packs)


@router.get("/policies/{county}")
def policy(request: Request, county: str) -> Response:
    """A county's clauses: quote, reading, strength and rule."""
    pack = desk_of(request).policy(county)
    own = [clause for clause in pack.clauses if clause.county == county]
    ours = [clause for clause in pack.clauses if clause.county != county]
    return page(request, "policy.html", pack=pack, own=own, ours=ours, sentence=sentence, parameters=told_parameters)


@router.get("/language/{to}")
def language(to: Language, back: str = "/") -> Response:
    """Remembers the language somebody chose, and goes back to where they were."""
    inside = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable()
    response = RedirectResponse(quote(back, safe="/?&=%-_.~") if inside else "/", 303)
    response.set_cookie(COOKIE, to, max_age=YEAR_SECONDS, httponly=True, samesite="lax")
    return response


@dataclass(frozen=True, slots=True)
class Row:
    """A job in the list on the first page."""

    id: str
    title: str
    created: str
    state: State


def row(job: Job) -> Row:
    """A job as a line of the list."""
    return Row(job.id, job.title, job.created.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"), job.state)


async def school_of(sent: Sent, desk: Desk) -> ReadScenario:
    """The school a person sent; a file goes before the sample that is always chosen in the form."""
    if "scenario" in sent.files:
        return await desk.readers.scenario_of_file(sent.files["scenario"])
    return await desk.sample(sent.fields.get("sample", ""))
