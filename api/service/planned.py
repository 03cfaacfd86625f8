"""On which pages does one see a plan? Its figures, the week of anybody, the findings, the files; and it is published there."""

import asyncio
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Annotated, cast

from fastapi import APIRouter, Form, Query, Request
from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from api import figures
from api.access.allowed import Allowed, Asked
from api.language import Language, language_of
from api.pages import page
from api.problems import bad_input, fault_views
from api.readers import Readers
from api.sent import form_of, missing
from api.service import exports, publishing, waiving
from api.service.exports import Export
from api.service.looks import TheSettings
from api.service.opened import Opened, opened
from api.service.plans import InLanguage, Policies
from api.service.shown import current, published
from api.store.planning import PlanVersion, Publication
from scheduler.calendar import SHANGHAI
from scheduler.intake import scenario_to_json
from scheduler.news import further, proofs
from scheduler.publish.names import WEEKDAYS
from scheduler.publish.view import Kind, View
from scheduler.telling import status_words

router = APIRouter(include_in_schema=False)
KINDS: Mapping[Kind, str] = {
    Kind.CLASS: "班级",
    Kind.TEACHER: "教师",
    Kind.ROOM: "场地",
    Kind.COURSE: "项目",
    Kind.PUPIL: "学生",
}
Id = Annotated[str, Query(max_length=200)]


@router.get("/plans/{plan}")
def overview(plan: str, asked: Asked, request: Request, policies: Policies, language: InLanguage) -> Response:
    """Figures, what is known of its worth, files; and the button that publishes it."""
    found = opened(asked, plan, policies)
    with asked.store.reading(asked.school) as db:
        now = current(db, found.term)
        newest = db.scalar(
            select(PlanVersion.id).where(PlanVersion.term == found.term).order_by(PlanVersion.number.desc()).limit(1)
        )
    return page(
        request,
        "plan.html",
        plan=found,
        told=status_words(found.status, language),
        figures=list(figures.figures(found.summary, language)),
        steps=list(proofs(found.summary, language)),
        further=further(found.summary, language),
        explanation=found.explanation.get(language, ()),
        now=now,
        superseded=newest != plan,
    )


@router.get("/plans/{plan}/week")
def week(plan: str, asked: Asked, request: Request, policies: Policies, kind: Kind = Kind.CLASS, id: Id = "") -> Response:
    """The week of one class, teacher, room, course or pupil."""
    return _week(request, opened(asked, plan, policies), kind, id, KINDS)


@router.get("/terms/{term}/week")
def published_week(
    term: str, asked: Asked, request: Request, policies: Policies, kind: Kind | None = None, id: Id = ""
) -> Response:
    """The same of what is published, for everybody: as on the page that may be posted, it names no pupil but one's own."""
    with asked.store.reading(asked.school) as db:
        plan = published(db, term).plan
    own = asked.own("pupil") or frozenset()
    kinds = [*([Kind.PUPIL] if own else []), *(each for each in KINDS if each is not Kind.PUPIL)]
    chosen = kind if kind in kinds else kinds[0]
    return _week(request, opened(asked, plan, policies), chosen, id, {each: KINDS[each] for each in kinds}, own)


@router.get("/plans/{plan}/findings")
def findings(plan: str, asked: Asked, request: Request, policies: Policies) -> Response:
    """What the audit found, each with clause, quote and reading."""
    found = opened(asked, plan, policies)
    today = datetime.now(SHANGHAI).date()
    waivers = waiving.on_record(asked, found.term)
    return page(request, "findings.html", plan=found, report=found.told, table=None, warnings=(), waivers=waivers, today=today)


@router.post("/plans/{plan}/audit")
async def audit(plan: str, asked: Asked, request: Request, policies: Policies) -> Response:
    """Audits a table that somebody edited."""
    sent = await form_of(request)
    if "table" not in sent.files:
        raise bad_input([missing("table")])
    table = sent.files["table"]
    found = await asyncio.to_thread(opened, asked, plan, policies)
    readers = cast(Readers, request.app.state.readers)
    report, warnings = await readers.report_of(scenario_to_json(found.scenario), table)
    told = fault_views(warnings, language_of(request))
    return page(request, "findings.html", plan=found, report=report, table=table.name, warnings=told, waivers=())


@router.get("/plans/{plan}/files/{kind}")
def download(plan: str, kind: Export, asked: Asked, policies: Policies, language: InLanguage) -> Response:
    """A file; links of a page cannot ask for a format by header."""
    return exports.export(plan, kind, asked, language, policies)


@router.get("/plans/{plan}/calendar/{kind}/{subject}")
def calendar(plan: str, kind: Kind, subject: str, asked: Asked, policies: Policies) -> Response:
    """The calendar of one week on the page."""
    return exports.calendar(plan, kind, subject, asked, policies)


@router.post("/plans/{plan}/publish")
def publish(
    plan: str,
    asked: Asked,
    settings: TheSettings,
    seen: Annotated[int, Form(ge=0)],
    reason: Annotated[str, Form(min_length=1, max_length=500, pattern=r"^[^\x00]*$")],
) -> Response:
    """The plan becomes what everybody sees, or it is said what stands against it."""
    order = publishing.Asked(_term_of(asked, plan), plan, seen, reason.strip(), asked.account)
    made: Publication = publishing.publish(
        asked.store, asked.school, asked.actor, order, asked.school in settings.robots, settings.policies
    )
    return RedirectResponse(f"/terms/{made.term}", 303)


def _term_of(asked: Allowed, plan: str) -> str:
    with asked.store.reading(asked.school) as db:
        return db.find(PlanVersion, plan).term


def _week(
    request: Request, found: Opened, kind: Kind, id: str, kinds: Mapping[Kind, str], own: Collection[str] | None = None
) -> Response:
    """`own`: the pupils who may be seen, where what is published is shown; `None`: all of them, with the plan's other pages."""
    language: Language = language_of(request)
    view = View(found.scenario, found.timetable, language)
    shown = [key for key in view.members(kind) if kind is not Kind.PUPIL or own is None or key in own]
    members = [(key, view.name(kind, key)) for key in shown]
    known = {key for key, _ in members}
    chosen = id if id in known else (members[0][0] if members else "")
    return page(
        request,
        "week.html",
        plan=found,
        kinds=kinds,
        kind=kind,
        members=members,
        chosen=chosen,
        week=view.week(kind, chosen) if chosen else None,
        weekdays=WEEKDAYS[language],
        tabs=own is None,
    )
