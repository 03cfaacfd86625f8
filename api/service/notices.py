"""How does one read what one was told, and what did not arrive?"""

from datetime import datetime
from enum import StrEnum
from typing import cast

from fastapi import APIRouter, Request, Response
from pydantic import Field
from sqlalchemy import func, select, update
from starlette.responses import RedirectResponse

from api import pages
from api.access.allowed import Allowed, Asked
from api.problems import Refusal
from api.service.answers import Count, Offset, Page, View
from api.service.outbox import KEEP, MOST_TRIES, given_up
from api.settings import Settings
from api.store.base import now
from api.store.record import Channel, Notice
from api.store.sessions import Reading
from api.store.trouble import Missing
from scheduler.calendar import SHANGHAI

router = APIRouter(prefix="/api/v1", tags=["notices"])
notice_pages = APIRouter(include_in_schema=False)
SHOWN = 100
"""Notices on one page."""


class NoticeView(View):
    """Something one was told."""

    id: str
    subject: str
    body: str
    created: datetime
    read: datetime | None


class Outgoing(StrEnum):
    """Where a notice stands that leaves the house."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"


class OutgoingView(View):
    """A notice on its way, without what it says."""

    id: str
    channel: Channel
    state: Outgoing
    account: str | None = Field(description="Whom it is for; nothing: a group.")
    subject: str
    created: datetime
    due: datetime = Field(description="When it is tried next.")
    attempts: int
    failure: str = Field(
        description="Why the last try failed.", examples=["timeout", "no-connection", "refused 550", "robot 93000"]
    )


@router.get("/me/notices", summary="What I was told, the newest first")
def mine(asked: Asked, response: Response, offset: Offset = 0, count: Count = 50) -> Page[NoticeView]:
    own = (Notice.account == asked.account, Notice.channel == Channel.IN_APP)
    with asked.store.reading(asked.school) as db:
        total = db.scalar(select(func.count()).select_from(Notice).where(*own)) or 0
        new = unread(db, asked.account)
        newest = select(Notice).where(*own).order_by(Notice.created.desc(), Notice.id).offset(offset).limit(count)
        items = [
            NoticeView(id=row.id, subject=row.subject, body=row.body, created=row.created, read=row.read)
            for row in db.scalars(newest)
        ]
    response.headers["X-Unread"] = str(new)
    return Page(items=items, total=total)


def unread(db: Reading, account: str) -> int:
    """How many notices somebody has not read."""
    new = (Notice.account == account, Notice.channel == Channel.IN_APP, Notice.read.is_(None))
    return db.scalar(select(func.count()).select_from(Notice).where(*new)) or 0


@router.post("/me/notices/read", status_code=204, summary="I have read all of it")
def all_read(asked: Asked) -> None:
    _read_all(asked)


def _read_all(asked: Allowed) -> None:
    with asked.store.bookkeeping(asked.school) as db:
        db.execute(
            update(Notice)
            .where(Notice.account == asked.account, Notice.channel == Channel.IN_APP, Notice.read.is_(None))
            .values(read=now())
        )


@router.post("/me/notices/{notice}/read", status_code=204, summary="I have read this")
def is_read(notice: str, asked: Asked) -> None:
    with asked.store.bookkeeping(asked.school) as db:
        row = db.lock(Notice, notice)
        asked.to(account=row.account or "")
        if row.channel is not Channel.IN_APP:
            raise Missing("notice")
        row.read = row.read or now()


@router.get("/outbox", summary="Notices that leave the house: which wait, and which were given up and why")
def outbox(
    asked: Asked, request: Request, state: Outgoing = Outgoing.GIVEN_UP, offset: Offset = 0, count: Count = 50
) -> Page[OutgoingView]:
    return _outgoing(asked, request, state, offset, count)


def _outgoing(asked: Allowed, request: Request, state: Outgoing, offset: int, count: int) -> Page[OutgoingView]:
    wanted = {
        Outgoing.SENT: Notice.sent.is_not(None),
        Outgoing.GIVEN_UP: given_up(),
        Outgoing.WAITING: Notice.sent.is_(None) & ~given_up(),
    }[state]
    # Where a way out was never set, nobody waits for what it would have carried.
    where = (Notice.channel.in_(_ways(asked, request)) | (Notice.attempts > 0), Notice.channel != Channel.IN_APP, wanted)
    with asked.store.reading(asked.school) as db:
        total = db.scalar(select(func.count()).select_from(Notice).where(*where)) or 0
        newest = select(Notice).where(*where).order_by(Notice.created.desc(), Notice.id).offset(offset).limit(count)
        items = [
            OutgoingView(
                id=row.id,
                channel=row.channel,
                state=state,
                account=row.account,
                subject=row.subject,
                created=row.created,
                due=row.due,
                attempts=row.attempts,
                failure=row.failure,
            )
            for row in db.scalars(newest)
        ]
    return Page(items=items, total=total)


@router.post("/outbox/{notice}/again", status_code=204, summary="Try a notice again that was given up")
def again(notice: str, asked: Asked) -> None:
    """Its tries are counted anew, from now."""
    _again(asked, notice)


def _again(asked: Allowed, notice: str) -> None:
    with asked.store.writing(asked.school, asked.actor) as db:
        row = db.lock(Notice, notice)
        if row.channel is Channel.IN_APP:
            raise Missing("notice")
        if row.sent is not None or (row.attempts < MOST_TRIES and row.created > now() - KEEP):
            raise Refusal("taken", "这条通知已经发出，或还在发送。", "This notice was sent, or is still being tried.")
        row.attempts, row.due, row.created = 0, now(), now()
        db.record("notice.again", row.id)


@notice_pages.get("/my/notices")
def my_page(asked: Asked, request: Request) -> Response:
    """What I was told."""
    own = (Notice.account == asked.account, Notice.channel == Channel.IN_APP)
    with asked.store.reading(asked.school) as db:
        rows = db.scalars(select(Notice).where(*own).order_by(Notice.created.desc(), Notice.id).limit(SHOWN)).all()
    told = [(row, f"{row.created.astimezone(SHANGHAI):%Y-%m-%d %H:%M}") for row in rows]
    return pages.page(request, "notices.html", notices=told, unread=any(row.read is None for row in rows), person=asked.person)


@notice_pages.post("/my/notices/read")
def my_page_read(asked: Asked) -> Response:
    """I have read all of it."""
    _read_all(asked)
    return RedirectResponse("/my/notices", 303)


@notice_pages.get("/outbox")
def outbox_page(asked: Asked, request: Request) -> Response:
    """What did not arrive, and why."""
    given_up_of, waiting = (_outgoing(asked, request, state, 0, SHOWN) for state in (Outgoing.GIVEN_UP, Outgoing.WAITING))
    told = [
        (one, f"{one.created.astimezone(SHANGHAI):%Y-%m-%d %H:%M}", one.failure.partition(" ")[0] or "no-turn")
        for one in given_up_of.items
    ]
    return pages.page(
        request, "outbox.html", notices=told, waiting=waiting.total, ways=_ways(asked, request), person=asked.person
    )


@notice_pages.post("/outbox/{notice}/again")
def outbox_page_again(notice: str, asked: Asked) -> Response:
    """Try it again."""
    _again(asked, notice)
    return RedirectResponse("/outbox", 303)


def _ways(asked: Allowed, request: Request) -> list[Channel]:
    """The ways out of this school that somebody has set."""
    settings = cast(Settings, request.app.state.settings)
    ways = {Channel.EMAIL: bool(settings.mail), Channel.WEBHOOK: asked.school in settings.robots}
    return [channel for channel, is_set in ways.items() if is_set]
