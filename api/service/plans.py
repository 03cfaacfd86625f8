"""Which plans does a term have, what does each stand on, and what is otherwise from one to the other?"""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field, JsonValue
from sqlalchemy import func, select

from api.access.allowed import Asked
from api.language import Language, language_of
from api.schemas import ReportView
from api.service.answers import Count, Offset, Page, View, etag
from api.settings import Settings
from api.store import facts
from api.store.planning import PlanVersion, Term
from api.store.sessions import Reading
from scheduler.differences import Side, as_json, differences, in_words
from scheduler.domain import Scenario
from scheduler.intake import scenario_from_json
from scheduler.publish.exchange import timetable_from_json

router = APIRouter(prefix="/api/v1", tags=["plans"])
InLanguage = Annotated[Language, Depends(language_of)]


def policies_of(request: Request) -> Path | None:
    """The folder of packs of one's own, where there is one."""
    return cast(Settings, request.app.state.settings).policies


Policies = Annotated[Path | None, Depends(policies_of)]


class PlanView(View):
    """A plan, and what it stands on."""

    id: str
    number: int = Field(description="1, 2, 3 … within the term.")
    term: str
    parent: str | None = Field(description="The plan it was moved or repaired from.")
    job: str | None
    scenario: str = Field(description="The version of the facts it was made for.")
    scenario_digest: str
    stale: bool = Field(description="The facts of the term have changed since.")
    pack: str = Field(description="County of the policy pack.")
    pack_checked: date = Field(description="Day on which the pack was last compared with its sources.")
    solver: str
    seed: int
    options: dict[str, JsonValue]
    repeatable: bool = Field(description="The same input gives this plan again, byte for byte.")
    lawful: bool
    digest: str
    summary: dict[str, JsonValue]
    made: datetime
    made_by: str | None
    reason: str


class PlanWithReport(PlanView):
    """A plan with its audit."""

    report: ReportView


class DifferencesView(View):
    """What is otherwise in the second of two plans."""

    before: str
    after: str
    disturbance: int = Field(description="The weighted count of what changes.")
    counts: dict[str, int]
    lines: list[str] = Field(description="In words; the first of each kind.")
    differences: list[JsonValue]


@router.get("/terms/{term}/plans", summary="The plans of a term")
def plans(term: str, asked: Asked, offset: Offset = 0, count: Count = 50) -> Page[PlanView]:
    with asked.store.reading(asked.school) as db:
        newest = db.find(Term, term).scenario
        total = db.scalar(select(func.count()).select_from(PlanVersion).where(PlanVersion.term == term)) or 0
        chosen = select(PlanVersion).where(PlanVersion.term == term).order_by(PlanVersion.number.desc())
        rows = db.scalars(chosen.offset(offset).limit(count))
        return Page(items=[PlanView(**told(row, newest)) for row in rows], total=total)


@router.get("/plans/{plan}", summary="One plan and its audit")
def plan(plan: str, asked: Asked, response: Response) -> PlanWithReport:
    with asked.store.reading(asked.school) as db:
        row = db.find(PlanVersion, plan)
        newest = db.find(Term, row.term).scenario
        response.headers["ETag"] = etag(row.digest)
        return PlanWithReport(**told(row, newest), report=ReportView.model_validate_json(row.report))


@router.get("/plans/{plan}/timetable", summary="The plan itself, as canonical JSON")
def timetable(plan: str, asked: Asked) -> Response:
    with asked.store.reading(asked.school) as db:
        row = db.find(PlanVersion, plan)
        text = row.timetable
    return Response(text, media_type="application/json", headers={"ETag": etag(row.digest)})


@router.get("/plans/{plan}/differences/{other}", summary="What is otherwise in another plan")
def compare(plan: str, other: str, asked: Asked, language: InLanguage) -> DifferencesView:
    """From `plan` to `other`, each read with the facts it was made for."""
    with asked.store.reading(asked.school) as db:
        before, after = side(db, db.find(PlanVersion, plan)), side(db, db.find(PlanVersion, other))
    found = differences(before, after)
    record = json.loads(json.dumps(as_json(found)))
    return DifferencesView(
        before=plan,
        after=other,
        disturbance=record["disturbance"],
        counts=record["counts"],
        lines=in_words(found, language),
        differences=[{"kind": each["kind"], "who": each["who"], "text": each[language]} for each in record["differences"]],
    )


def scenario_of(db: Reading, version: str) -> Scenario:
    """The facts of a version as a scenario."""
    return scenario_from_json(facts.text_of(db, version))


def side(db: Reading, row: PlanVersion) -> Side:
    """A plan with the facts it was made for."""
    return Side(scenario=scenario_of(db, row.scenario), timetable=timetable_from_json(row.timetable))


def told(row: PlanVersion, newest: str | None) -> dict[str, JsonValue]:
    """Field by field, as `PlanView` has them. `newest`: the term's newest facts."""
    named = {name: getattr(row, name) for name in PlanView.model_fields if name != "stale"}
    return cast(dict[str, JsonValue], {**named, "stale": row.scenario != newest})
