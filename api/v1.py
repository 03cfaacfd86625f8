"""What can a program ask over HTTP? Version 1: check, solve, follow, fetch, audit; and the policies behind it all."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path as FilePath
from tempfile import TemporaryDirectory
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Header, Path, Request, Response
from fastapi.responses import FileResponse, StreamingResponse
from fastapi.sse import format_sse_event
from pydantic import JsonValue

from api.described import SAMPLE_NAME, SCENARIO_FILE, body, refusals
from api.desk import Desk, Sent, desk_of, form_of, is_json, understood
from api.jobs import SolveOptions, State
from api.language import Language, language_of
from api.problems import bad_input, fault_views, not_found
from api.readers import ReadScenario, Upload
from api.schemas import (
    AuditAsked,
    AuditedView,
    Checked,
    ClauseView,
    JobView,
    PolicyView,
    ResultView,
    Rows,
    Sample,
    School,
    SolveAsked,
)
from api.views import PREFIX, clause_view, news_view, policy_view, view
from scheduler import line
from scheduler.errors import Fault
from scheduler.intake import write_template
from scheduler.publish.view import Kind

LOOK_SECONDS = 0.3

AtDesk = Annotated[Desk, Depends(desk_of)]
InLanguage = Annotated[Language, Depends(language_of)]
JobId = Annotated[str, Path(description="Id from POST /solve.", examples=["0f3c…"], max_length=100)]
CountyName = Annotated[str, Path(description="For example yueyang.", examples=["yueyang"], max_length=100)]


Export = Literal["xlsx", "html", "public", "json"]
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXPORTS: Mapping[Export, tuple[str, str]] = {
    "xlsx": (WORKBOOK, "workbook.xlsx"),
    "html": ("text/html", "index.html"),
    "public": ("text/html", "public.html"),
    "json": ("application/json", "timetable.json"),
}
"""Media type and published file of each export."""
router = APIRouter(prefix=PREFIX, responses=refusals(403, 421, 500))
SENDING = refusals(400, 413, 415, 422)


@router.post(
    "/check",
    responses=SENDING,
    openapi_extra=body(School, {"scenario": SCENARIO_FILE, "sample": SAMPLE_NAME}, {"sample": "yueyang"}),
)
async def check(request: Request, desk: AtDesk, language: InLanguage) -> Checked:
    """Reads a school's data. 200: it can be planned; 422: every fault, with file, row, column and what to do."""
    if is_json(request):
        asked = understood(School, await request.body())
        read = await desk.school(asked.sample, asked.scenario, None)
    else:
        read = await _school_of_form(await form_of(request), desk)
    scenario = read.scenario
    return Checked(
        title=f"{scenario.school.name} {scenario.term.name}",
        county=scenario.school.county,
        pupils=len(scenario.pupils),
        staff=len(scenario.staff),
        courses=len(scenario.courses),
        rows={place: Rows(read=taken, refused=refused) for place, (taken, refused) in read.rows.items()},
        warnings=fault_views(read.warnings, language),
    )


@router.post(
    "/solve",
    status_code=202,
    responses={**SENDING, **refusals(429)},
    openapi_extra=body(
        SolveAsked, {"scenario": SCENARIO_FILE, "sample": SAMPLE_NAME}, {"sample": "yueyang", "time_limit": 60, "seed": 7}
    ),
)
async def solve(request: Request, response: Response, desk: AtDesk, language: InLanguage) -> JobView:
    """Checks a school's data and queues a solve. Follow the links of the answer."""
    if is_json(request):
        asked = understood(SolveAsked, await request.body())
        read = await desk.school(asked.sample, asked.scenario, None)
        options = asked.options()
    else:
        sent = await form_of(request)
        options = understood(SolveOptions, {name: value for name, value in sent.fields.items() if name != "sample"})
        read = await _school_of_form(sent, desk)
    job = desk.solves.add(read, options)
    response.headers["Location"] = f"{PREFIX}/jobs/{job.id}"
    return view(job, desk, language)


@router.get("/jobs/{job_id}", responses=refusals(404, 422))
def job(job_id: JobId, desk: AtDesk, language: InLanguage) -> JobView:
    """Where a solve stands."""
    return view(desk.job(job_id), desk, language)


@router.get(
    "/jobs/{job_id}/events",
    response_class=StreamingResponse,
    responses={
        200: {"description": "Each event is a News; the last one, named `end`, is a Job.", "content": {"text/event-stream": {}}},
        **refusals(404, 422),
    },
)
async def events(
    job_id: JobId,
    desk: AtDesk,
    language: InLanguage,
    last_event_id: Annotated[str | None, Header(description="Number of the last event seen; earlier ones are left out.")] = None,
) -> StreamingResponse:
    """The news of a solve as they come, from the beginning, until it ends."""
    desk.job(job_id)
    seen = int(last_event_id[:9]) if last_event_id and last_event_id.isdecimal() else 0
    return StreamingResponse(_stream(job_id, desk, language, seen), media_type="text/event-stream")


@router.post("/jobs/{job_id}/stop", status_code=202, responses=refusals(404, 422))
def stop(job_id: JobId, desk: AtDesk, language: InLanguage) -> JobView:
    """Asks a solve to stop; the best plan so far is kept."""
    return view(desk.solves.stop(desk.job(job_id)), desk, language)


@router.delete("/jobs/{job_id}", status_code=204, responses=refusals(404, 409, 422))
async def delete(job_id: JobId, desk: AtDesk) -> None:
    """Forgets a job with the school's data and all that was made of it. One that is being solved must be stopped first."""
    desk.delete(job_id)


@router.get("/jobs/{job_id}/result", responses=refusals(404, 409, 422))
async def result(job_id: JobId, desk: AtDesk, language: InLanguage) -> ResultView:
    """The plan, its figures and its audit."""
    plan = await desk.plan(job_id)
    text = (desk.published(job_id) / line.TIMETABLE).read_text("utf-8")
    ended = plan.result
    return ResultView.model_validate(
        {
            "status": ended["status"],
            "lawful": ended["lawful"],
            "explanation": list(ended["explanation_zh"] if language == "zh" else ended["explanation_en"]),
            "summary": ended["summary"],
            "report": ended["report"],
            "timetable": json.loads(text),
        }
    )


@router.post(
    "/audit",
    responses={**SENDING, **refusals(404)},
    openapi_extra=body(
        AuditAsked,
        {
            "scenario": SCENARIO_FILE,
            "sample": SAMPLE_NAME,
            "job": {"type": "string", "description": "Instead of a file: id of a job whose school is meant."},
            "table": {"type": "string", "format": "binary", "description": "The timetable: .json, .csv or .xlsx."},
        },
        {"sample": "yueyang", "table": {"format": "oneplusx-timetable-1"}},
    ),
)
async def audit(request: Request, desk: AtDesk, language: InLanguage) -> AuditedView:
    """Checks any timetable, whoever made it, against its county's policy, clause by clause."""
    if is_json(request):
        asked = understood(AuditAsked, await request.body())
        read = await desk.school(asked.sample, asked.scenario, None, asked.job)
        table = Upload(line.TIMETABLE, json.dumps(asked.table, ensure_ascii=False).encode())
    else:
        sent = await form_of(request)
        if "table" not in sent.files:
            raise bad_input([missing("table")])
        table = sent.files["table"]
        read = await _school_of_form(sent, desk)
    report, warnings = await desk.readers.report_of(read.text, table)
    return AuditedView.model_validate({**report, "warnings": fault_views(warnings, language)})


@router.get(
    "/jobs/{job_id}/export/{kind}",
    response_class=FileResponse,
    responses={
        200: {
            "description": "The file.",
            "content": {media: {"schema": {"type": "string", "format": "binary"}} for media, _ in EXPORTS.values()},
        },
        **refusals(404, 409, 422),
    },
)
def export(job_id: JobId, kind: Export, desk: AtDesk, language: InLanguage) -> FileResponse:
    """The published workbook, page (in the language asked for), page to be posted (no pupil is in it) or plan."""
    media_type, name = EXPORTS[kind]
    name = "en.html" if (kind, language) == ("html", "en") else name
    ending = "公示.html" if kind == "public" else kind
    return file_of(desk.published(job_id) / name, media_type, f"{desk.job(job_id).title}.{ending}")


@router.get(
    "/jobs/{job_id}/ics/{kind}/{subject}",
    response_class=FileResponse,
    responses={
        200: {"description": "The calendar.", "content": {"text/calendar": {"schema": {"type": "string"}}}},
        **refusals(404, 409, 422),
    },
)
def ics(
    job_id: JobId,
    kind: Kind,
    subject: Annotated[str, Path(description="Id of the class, person, room, course or pupil.", max_length=200)],
    desk: AtDesk,
) -> FileResponse:
    """The calendar of one class, teacher, room, course or pupil; what it holds names no child."""
    path = desk.published(job_id) / "ics" / kind.value / f"{quote(subject, safe='')}.ics"
    return file_of(path, "text/calendar", f"{subject}.ics")


@router.get(
    "/template",
    response_class=Response,
    responses={200: {"description": "The workbook.", "content": {WORKBOOK: {"schema": {"type": "string", "format": "binary"}}}}},
)
def template(language: InLanguage) -> Response:
    """The workbook to fill in, with drop-downs, comments and an example, in the language asked for."""
    with TemporaryDirectory(prefix="oneplusx-") as folder:
        path = FilePath(folder) / "template.xlsx"
        write_template(path, language)
        content = path.read_bytes()
    return Response(
        content, media_type=WORKBOOK, headers={"Content-Disposition": 'attachment; filename="oneplusx-template.xlsx"'}
    )


@router.get("/samples")
def samples(desk: AtDesk) -> list[Sample]:
    """The sample schools."""
    return [Sample(name=name) for name in desk.settings.sample_folders()]


@router.get("/samples/{name}", responses=refusals(422))
async def sample(
    name: Annotated[str, Path(description="For example yueyang.", examples=["yueyang"], max_length=100)], desk: AtDesk
) -> Mapping[str, JsonValue]:
    """A sample school as JSON: what `scenario` holds in a request."""
    read = await desk.sample(name)
    school: Mapping[str, JsonValue] = json.loads(read.text)
    return school


@router.get("/policies")
def policies(desk: AtDesk, language: InLanguage) -> list[PolicyView]:
    """The counties whose policies we know."""
    return [policy_view(desk.policy(county), language) for county in line.counties(desk.settings.policies)]


@router.get("/policies/{county}", responses=refusals(404, 422))
def policy(county: CountyName, desk: AtDesk, language: InLanguage) -> PolicyView:
    """One county's policy."""
    return policy_view(desk.policy(county), language)


@router.get("/policies/{county}/clauses", responses=refusals(404, 422))
def clauses(county: CountyName, desk: AtDesk) -> list[ClauseView]:
    """Every clause of a county, with the product's baseline merged in: quote, our reading, strength, rule, parameters."""
    return [clause_view(clause) for clause in desk.policy(county).clauses]


async def _stream(job_id: str, desk: Desk, language: Language, seen: int) -> AsyncIterator[bytes]:
    while True:
        job = await asyncio.to_thread(desk.jobs.find, job_id)
        if job is None:
            return
        for news in await asyncio.to_thread(desk.jobs.events, job, seen):
            seen += 1
            yield format_sse_event(data_str=news_view(news, language).model_dump_json(), id=str(seen))
        if job.state in {State.DONE, State.FAILED}:
            yield format_sse_event(data_str=view(job, desk, language).model_dump_json(), event="end", id=str(seen))
            return
        await asyncio.sleep(LOOK_SECONDS)


async def _school_of_form(sent: Sent, desk: Desk) -> ReadScenario:
    names = ("sample", "job")
    given = [name for name in names if name in sent.fields] + [name for name in ("scenario",) if name in sent.files]
    if len(given) != 1:
        raise bad_input([missing("scenario")])
    return await desk.school(sent.fields.get("sample"), None, sent.files.get("scenario"), sent.fields.get("job"))


def missing(name: str) -> Fault:
    """A part of a form that is not there, or there twice."""
    return Fault(
        place=name,
        zh="没有给出，或者给了不止一个。",
        en="is not given, or given more than once.",
        todo_zh="请只上传一个文件，或者只选一所示例学校。",
        todo_en="Please send exactly one file, or name exactly one sample school.",
    )


def file_of(path: FilePath, media_type: str, name: str) -> FileResponse:
    """A file to be saved, never to be shown as one of our pages."""
    if not path.is_file():
        raise not_found()
    return FileResponse(path, media_type=media_type, filename=name)
