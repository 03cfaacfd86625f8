"""How does one publish over HTTP, and read what is published?"""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, cast

from fastapi import APIRouter, Request, Response
from pydantic import Field
from sqlalchemy import select

from api.access.allowed import Asked
from api.service import publishing
from api.service.answers import Body, IfMatch, View, etag, expected_version, with_etag
from api.service.keyed import Key, Work, looked_at_and_done, told
from api.service.shown import Kept, Shown, current, publications, published, shown
from api.settings import Settings
from api.store.once import Answer
from api.store.people import Account
from api.store.planning import PlanVersion, Publication, Term
from api.store.sessions import Reading, Writing
from api.store.trouble import Missing
from scheduler.publish.exchange import PLACE
from scheduler.publish.page import html
from scheduler.publish.workbook import write_workbook

router = APIRouter(prefix="/api/v1/terms/{term}", tags=["publication"])
Reason = Annotated[str, Field(min_length=1, max_length=500, description="Why; everybody in the office can read it.")]


class PublishAsked(Body):
    """A plan to show to everybody."""

    plan: Annotated[str, Field(min_length=1, max_length=40)]
    reason: Reason


class WithdrawAsked(Body):
    """Take back what is shown."""

    reason: Reason
    back: bool = Field(default=True, description="Show again what was shown before it, where there was something.")


class Current(View):
    """What everybody sees now."""

    number: int = Field(description="1, 2, 3 …; 0 while nothing is published.")
    published: datetime | None
    plan: str | None
    digest: str | None = Field(description="SHA-256 of the plan.")


class PublicationView(View):
    """One publication, for the office."""

    number: int
    plan: str
    published: datetime
    by: str = Field(description="Name of who published it.")
    reason: str
    withdrawn: datetime | None
    withdrawn_by: str
    withdrawn_reason: str
    current: bool


class Differences(View):
    """What is otherwise than in the publication before."""

    counts: dict[str, int]
    zh: list[str]
    en: list[str]


class PublicationTold(PublicationView):
    """With what it changed; nothing where nothing was shown before."""

    differences: Differences | None


class File(StrEnum):
    """What can be fetched of a publication."""

    PLAN = PLACE
    WORKBOOK = "workbook.xlsx"
    PAGE = "index.html"
    """Names pupils; for the office."""


MEDIA = {
    File.PLAN: "application/json",
    File.WORKBOOK: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    File.PAGE: "text/html; charset=utf-8",
}


@router.post("/publications", status_code=201, response_model=PublicationTold, summary="Publish a plan, in one step")
def publish(term: str, body: PublishAsked, asked: Asked, request: Request, if_match: IfMatch = None, key: Key = None) -> Response:
    settings = cast(Settings, request.app.state.settings)
    order = publishing.Asked(term, body.plan, expected_version(if_match), body.reason, asked.account)

    def look() -> Work:
        step = publishing.to_publish(asked.store, asked.school, order, asked.school in settings.robots, settings.policies)

        def work(db: Writing) -> Answer:
            made = step(db)
            return told(_told(db, made, made.id), 201, etag(made.number))

        return work

    sent = f"{order.seen} {body.model_dump_json()}"
    return looked_at_and_done(asked, key, ("POST", request.url.path, sent), look)


@router.post("/publications/withdraw", response_model=Current, summary="Take back what is published")
def withdraw(
    term: str, body: WithdrawAsked, asked: Asked, request: Request, if_match: IfMatch = None, key: Key = None
) -> Response:
    robot = asked.school in cast(Settings, request.app.state.settings).robots
    seen = expected_version(if_match)

    def look() -> Work:
        step = publishing.to_withdraw(asked.store, asked.school, term, seen, body.reason, asked.account, body.back, robot)

        def work(db: Writing) -> Answer:
            shown_now = step(db)
            return told(_current(db, shown_now), version=etag(0 if shown_now is None else shown_now.number))

        return work

    return looked_at_and_done(asked, key, ("POST", request.url.path, f"{seen} {body.model_dump_json()}"), look)


@router.get("/publication", summary="What is published now")
def now_shown(term: str, asked: Asked, response: Response) -> Current:
    with asked.store.reading(asked.school) as db:
        told_now = _current(db, current(db, term))
    with_etag(response, told_now.number)
    return told_now


@router.get("/publications", summary="All publications of a term, newest first")
def all_of(term: str, asked: Asked) -> list[PublicationView]:
    with asked.store.reading(asked.school) as db:
        pointer = db.find(Term, term).publication
        return [
            PublicationView(**_told(db, row, pointer).model_dump(exclude={"differences"}))
            for row in reversed(publications(db, term))
        ]


@router.get("/publications/{number}", summary="One publication, with what it changed")
def one(term: str, number: int, asked: Asked) -> PublicationTold:
    with asked.store.reading(asked.school) as db:
        pointer = db.find(Term, term).publication
        row = db.scalar(select(Publication).where(Publication.term == term, Publication.number == number))
        if row is None:
            raise Missing("publication")
        return _told(db, row, pointer)


@router.get("/published/{file}", summary="What is published now, as a file", response_class=Response)
def file_of(term: str, file: File, asked: Asked) -> Response:
    """Names pupils; the log says who fetched it."""
    with asked.store.reading(asked.school) as db:
        found = shown(db, published(db, term))
    content = _content(found, file)
    with asked.store.writing(asked.school, asked.actor) as db:
        db.record("publication.export", found.publication.id, file.value)
    return _sent(found, content, MEDIA[file], file.value)


@router.get("/published-page", summary="The page without names", response_class=Response)
def page(term: str, asked: Asked) -> Response:
    """For everybody at the school; it names no pupil."""
    with asked.store.reading(asked.school) as db:
        found = shown(db, published(db, term))
    key = asked.school, found.publication.id
    return _sent(found, _PAGES.of(key, lambda: _page(found, names=False)), MEDIA[File.PAGE], "public.html")


def _current(db: Reading, found: Publication | None) -> Current:
    if found is None:
        return Current(number=0, published=None, plan=None, digest=None)
    digest = db.find(PlanVersion, found.plan).digest
    return Current(number=found.number, published=found.published, plan=found.plan, digest=digest)


_PAGES: Kept[bytes] = Kept(8)


def _content(found: Shown, file: File) -> bytes:
    match file:
        case File.PLAN:
            return found.plan.timetable.encode()
        case File.PAGE:
            return _page(found, names=True)
        case File.WORKBOOK:
            return _workbook(found)


def _page(found: Shown, names: bool) -> bytes:
    side = found.plan.side()
    return html(side.scenario, side.timetable, names=names).encode()


def _workbook(found: Shown) -> bytes:
    side = found.plan.side()
    with TemporaryDirectory() as folder:
        path = Path(folder) / File.WORKBOOK.value
        write_workbook(side.scenario, side.timetable, path)
        return path.read_bytes()


def _sent(found: Shown, content: bytes, media: str, name: str) -> Response:
    headers = {
        "ETag": f'"{found.publication.number}-{found.plan.digest[:16]}"',
        "X-Publication": str(found.publication.number),
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return Response(content, media_type=media, headers=headers)


def _told(db: Reading, row: Publication, pointer: str | None) -> PublicationTold:
    return PublicationTold(
        number=row.number,
        plan=row.plan,
        published=row.published,
        by=_name(db, row.published_by),
        reason=row.reason,
        withdrawn=row.withdrawn,
        withdrawn_by=_name(db, row.withdrawn_by),
        withdrawn_reason=row.withdrawn_reason,
        current=row.id == pointer,
        differences=None if row.differences is None else Differences.model_validate(row.differences),
    )


def _name(db: Reading, account: str | None) -> str:
    found = None if account is None else db.get(Account, (db.school, account))
    return "" if found is None else found.name
