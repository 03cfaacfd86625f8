"""How does one take a whole plan along? As one archive that a job draws up: workbook, pages, tables, calendars, the plan itself.

It names children, so it is asked for with a reason, told in the log when it is made and when it is fetched, and gone after a
day. Calendars of single children are not in it: a file could not be taken back as a link can.
"""

import hashlib
import json
from typing import Annotated, cast

from fastapi import APIRouter, Request, Response
from pydantic import Field
from sqlalchemy import select

from api.access.allowed import Asked
from api.problems import Refusal
from api.service.answers import Body, View, attachment
from api.service.asking import Question, submit
from api.service.keeping import forget_archives
from api.service.publishing import waivers_of
from api.service.runner import Runner
from api.settings import Settings
from api.store.base import Json, now
from api.store.planning import Archive, Job, JobKind, JobState, PlanVersion, Term
from api.store.sessions import Reading

router = APIRouter(prefix="/api/v1", tags=["plans"])
SECONDS = 600
"""What the largest school may take."""


class ArchiveAsked(Body):
    """Why somebody takes all of it along."""

    reason: Annotated[str, Field(min_length=1, max_length=500, description="Stands in the log.")]


class ArchiveJob(View):
    """The job that draws the archive up."""

    job: str
    state: JobState
    file: str = Field(description="Where to fetch the archive once the job is done.")


@router.post(
    "/plans/{plan}/archive",
    status_code=202,
    responses={200: {"model": ArchiveJob, "description": "The earlier job: the archive is being drawn up, or still kept."}},
    summary="Ask for a plan as one archive",
)
def ask(plan: str, body: ArchiveAsked, asked: Asked, request: Request, response: Response) -> ArchiveJob:
    """200 and the earlier job where the same archive is being drawn up or still kept."""
    settings = cast(Settings, request.app.state.settings)
    forget_archives(asked.store, asked.school, asked.actor)
    with asked.store.reading(asked.school) as db:
        row = db.find(PlanVersion, plan)
        waivers = waivers_of(db, row.term)
    told = hashlib.sha256(json.dumps([str(each) for each in waivers]).encode()).hexdigest()
    options: dict[str, Json] = {
        "plan": plan,
        "waivers": told,
        "time_limit": min(SECONDS, settings.solve_seconds),
        "reason": body.reason,
    }
    question = Question(kind=JobKind.EXPORT, term=row.term, scenario=row.scenario, asked=options)
    job, new = submit(asked.store, asked.school, asked.actor, asked.account, question, settings.queue)
    if new:
        cast(Runner, request.app.state.runner).wake()
    else:
        response.status_code = 200
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return ArchiveJob(job=job.id, state=job.state, file=f"/api/v1/jobs/{job.id}/archive")


@router.get("/jobs/{job}/archive", response_class=Response, summary="The archive that a job drew up")
def fetch(job: str, asked: Asked) -> Response:
    """A zip, for a day after it was made."""
    with asked.store.reading(asked.school) as db:
        row = db.find(Job, job)
        kept = db.scalar(select(Archive).where(Archive.job == job))
        if kept is None or kept.expires <= now():
            raise Refusal(
                "not-ready",
                row.failure_zh or "文件还没有准备好，或者已经过期。",
                row.failure_en or "The file is not ready yet, or it was too old.",
            )
        content, name = kept.content, _name(db, row)
    with asked.store.writing(asked.school, asked.actor) as db:
        db.record("plan.export", str((row.asked if isinstance(row.asked, dict) else {}).get("plan")), _reason(row))
    return Response(content, headers=attachment(name), media_type="application/zip")


def _name(db: Reading, job: Job) -> str:
    plan = db.find(PlanVersion, str((job.asked if isinstance(job.asked, dict) else {}).get("plan")))
    return f"{db.find(Term, plan.term).name} {plan.number}.zip"


def _reason(job: Job) -> str:
    return str(job.asked.get("reason") or "") if isinstance(job.asked, dict) else ""
