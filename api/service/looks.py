"""Is a school's data good, and what is wrong with a table? Looked at as it is sent; nothing of it is kept."""

import asyncio
import json
from pathlib import Path as FilePath
from tempfile import TemporaryDirectory
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Path, Request
from pydantic import JsonValue
from starlette.responses import Response

from api.access.allowed import Asked
from api.described import SAMPLE_NAME, SCENARIO_FILE, body
from api.language import Language, language_of
from api.problems import bad_input, fault_views
from api.readers import Readers, ReadScenario, Upload
from api.schemas import AuditAsked, AuditedView, Checked, Rows, Sample, School
from api.sent import Sent, form_of, is_json, missing, understood
from api.service.exports import WORKBOOK, file
from api.service.opened import scenario_of_plan
from api.settings import Settings
from scheduler import line
from scheduler.intake import scenario_to_json, write_template

router = APIRouter(prefix="/api/v1", tags=["looks"])
pages = APIRouter(include_in_schema=False)


def readers_of(request: Request) -> Readers:
    return cast(Readers, request.app.state.readers)


def settings_of(request: Request) -> Settings:
    return cast(Settings, request.app.state.settings)


InLanguage = Annotated[Language, Depends(language_of)]
Reading = Annotated[Readers, Depends(readers_of)]
TheSettings = Annotated[Settings, Depends(settings_of)]
SampleName = Annotated[str, Path(description="For example yueyang.", examples=["yueyang"], max_length=100)]


@router.post(
    "/check",
    openapi_extra=body(School, {"scenario": SCENARIO_FILE, "sample": SAMPLE_NAME}, {"sample": "yueyang"}),
    summary="Can a school's data be used?",
)
async def check(request: Request, readers: Reading, language: InLanguage) -> Checked:
    """200: it can be planned; 422: every fault, with file, row, column and what to do."""
    if is_json(request):
        asked = understood(School, await request.body())
        read = await _school(readers, asked.sample, asked.scenario)
    else:
        read = await _school_of_form(readers, await form_of(request))
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
    "/audit",
    openapi_extra=body(
        AuditAsked,
        {
            "scenario": SCENARIO_FILE,
            "sample": SAMPLE_NAME,
            "plan": {"type": "string", "description": "Instead of a file: id of a plan whose school is meant."},
            "table": {"type": "string", "format": "binary", "description": "The timetable: .json, .csv or .xlsx."},
        },
        {"sample": "yueyang", "table": {"format": "oneplusx-timetable-1"}},
    ),
    summary="What is wrong with a table?",
)
async def audit(request: Request, asked: Asked, readers: Reading, language: InLanguage) -> AuditedView:
    """Any timetable, whoever made it, clause by clause."""
    if is_json(request):
        named = understood(AuditAsked, await request.body())
        table = Upload(line.TIMETABLE, json.dumps(named.table, ensure_ascii=False).encode())
        plan = named.plan
        text = "" if plan else (await _school(readers, named.sample, named.scenario)).text
    else:
        sent = await form_of(request)
        if "table" not in sent.files:
            raise bad_input([missing("table")])
        table, plan = sent.files["table"], sent.fields.get("plan")
        if plan and ("sample" in sent.fields or "scenario" in sent.files):
            raise bad_input([missing("scenario")])
        text = "" if plan else (await _school_of_form(readers, sent)).text
    if plan:
        text = scenario_to_json(await asyncio.to_thread(scenario_of_plan, asked, plan))
    report, warnings = await readers.report_of(text, table)
    return AuditedView.model_validate({**report, "warnings": fault_views(warnings, language)})


@pages.get("/template")
@router.get(
    "/template",
    response_class=Response,
    responses={200: {"description": "The workbook.", "content": {WORKBOOK: {"schema": {"type": "string", "format": "binary"}}}}},
    summary="The workbook to fill in",
)
def template(language: InLanguage) -> Response:
    """With drop-downs, comments and an example, in the language asked for."""
    with TemporaryDirectory(prefix="oneplusx-") as folder:
        path = FilePath(folder) / "template.xlsx"
        write_template(path, language)
        return file(path.read_bytes(), WORKBOOK, "oneplusx-template.xlsx")


@router.get("/samples", summary="The sample schools")
def samples(settings: TheSettings) -> list[Sample]:
    return [Sample(name=name) for name in settings.sample_folders()]


@router.get("/samples/{name}", summary="A sample school as JSON: what `scenario` holds in a request, or an import")
async def sample(name: SampleName, readers: Reading) -> dict[str, JsonValue]:
    school: dict[str, JsonValue] = json.loads((await readers.sample(name)).text)
    return school


async def _school(readers: Readers, sample: str | None, scenario: dict[str, JsonValue] | None) -> ReadScenario:
    if scenario is not None:
        return await readers.scenario_of_json(json.dumps(scenario, ensure_ascii=False))
    return await readers.sample(sample or "")


async def _school_of_form(readers: Readers, sent: Sent) -> ReadScenario:
    given = [name for name in ("sample",) if name in sent.fields] + [name for name in ("scenario",) if name in sent.files]
    if len(given) != 1:
        raise bad_input([missing("scenario")])
    if "scenario" in sent.files:
        return await readers.scenario_of_file(sent.files["scenario"])
    return await readers.sample(sent.fields["sample"])
