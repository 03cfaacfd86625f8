"""What of a plan can be taken along? A workbook, pages, tables, calendars, the plan itself: drawn when asked for."""

import io
import zipfile
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from fastapi import APIRouter
from fastapi import Path as InPath
from starlette.responses import Response

from api.access.allowed import Allowed, Asked
from api.language import Language
from api.problems import not_found
from api.service.answers import attachment
from api.service.opened import Opened, opened
from api.service.plans import InLanguage, Policies
from scheduler.publish.csv_tables import write_csv
from scheduler.publish.ical import ics
from scheduler.publish.page import html
from scheduler.publish.view import Kind, View
from scheduler.publish.workbook import write_workbook

router = APIRouter(prefix="/api/v1/plans/{plan}", tags=["plans"])


class Export(StrEnum):
    """Files of a plan."""

    XLSX = "xlsx"
    """The workbook; may be edited and audited again."""
    HTML = "html"
    """One page with everything, in the language asked for; names pupils."""
    PUBLIC = "public"
    """The page to be posted: no pupil is in it."""
    CSV = "csv"
    """The tables in a zip."""
    JSON = "json"
    """The plan as it is kept."""


WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILES: Mapping[Export, tuple[str, str]] = {
    Export.XLSX: (WORKBOOK, ".xlsx"),
    Export.HTML: ("text/html; charset=utf-8", ".html"),
    Export.PUBLIC: ("text/html; charset=utf-8", " 公示.html"),
    Export.CSV: ("application/zip", ".csv.zip"),
    Export.JSON: ("application/json", ".json"),
}
"""Media type, and what the name ends with."""
Subject = Annotated[str, InPath(description="Id of the class, person, room, course or pupil.", max_length=200)]
BINARY = {"schema": {"type": "string", "format": "binary"}}
CONTENT = {media.partition(";")[0]: BINARY for media, _ in FILES.values()} | {"application/json": {"schema": {"type": "object"}}}


@router.get(
    "/export/{kind}",
    response_class=Response,
    responses={200: {"description": "The file.", "content": CONTENT}},
    summary="A plan as a file",
)
def export(plan: str, kind: Export, asked: Asked, language: InLanguage, policies: Policies) -> Response:
    """A plan with findings against it is marked as a draft. The log says who took along what names pupils."""
    found = opened(asked, plan, policies)
    if kind is not Export.PUBLIC:
        _told(asked, plan, kind.value)
    media, ending = FILES[kind]
    return file(content(found, kind, language), media, f"{found.title}{ending}")


@router.get(
    "/ics/{kind}/{subject}",
    response_class=Response,
    responses={200: {"description": "The calendar.", "content": {"text/calendar": {"schema": {"type": "string"}}}}},
    summary="A plan as a calendar",
)
def calendar(plan: str, kind: Kind, subject: Subject, asked: Asked, policies: Policies) -> Response:
    """Of one class, teacher, room, course or pupil; it names no child. Links that follow the publication are `calendars`."""
    found = opened(asked, plan, policies)
    if subject not in View(found.scenario, found.timetable).members(kind):
        raise not_found()
    _told(asked, plan, f"{kind.value} {subject}")
    draft = not found.report.lawful
    return file(ics(found.scenario, found.timetable, kind, subject, found.made, draft=draft), "text/calendar", f"{subject}.ics")


def content(found: Opened, kind: Export, language: Language) -> bytes:
    """The bytes of a file."""
    scenario, timetable, report, draft = found.scenario, found.timetable, found.report, not found.report.lawful
    match kind:
        case Export.JSON:
            return found.text.timetable.encode()
        case Export.HTML:
            return html(scenario, timetable, report, draft, language).encode()
        case Export.PUBLIC:
            return html(scenario, timetable, report, draft, names=False).encode()
        case Export.XLSX:
            with TemporaryDirectory(prefix="oneplusx-") as folder:
                path = Path(folder) / "workbook.xlsx"
                write_workbook(scenario, timetable, path, report, draft)
                return path.read_bytes()
        case Export.CSV:
            return _zipped(found)


def file(content: bytes, media: str, name: str) -> Response:
    """Something to be saved, never to be shown as one of our pages."""
    return Response(content, media_type=media, headers=attachment(name))


def _told(asked: Allowed, plan: str, what: str) -> None:
    with asked.store.writing(asked.school, asked.actor) as db:
        db.record("plan.export", plan, what)


def _zipped(found: Opened) -> bytes:
    packed = io.BytesIO()
    with TemporaryDirectory(prefix="oneplusx-") as folder, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in write_csv(found.scenario, found.timetable, Path(folder), not found.report.lawful):
            archive.write(path, path.name)
    return packed.getvalue()
