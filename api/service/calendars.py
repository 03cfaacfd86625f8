"""How does one get a calendar link, and make an old one useless? The secret is told once, when the link is made."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field

from api.access.allowed import Allowed, Asked
from api.problems import Refusal
from api.service import links
from api.service.answers import View, site
from api.service.links import Given, TooMany
from api.store.base import now
from api.store.people import CalendarToken, FeedKind

router = APIRouter(prefix="/api/v1", tags=["calendars"])
InTerm = Annotated[str | None, Query(max_length=40, description="The term; if not given, the first that is not over.")]


class LinkView(View):
    """A calendar link, without its secret."""

    id: str
    kind: FeedKind
    subject: str
    created: datetime
    expires: datetime


class LinkMade(LinkView):
    """A new link; it is told this once."""

    address: str = Field(description="Whoever has it can read the calendar until it is reset.")
    webcal: str = Field(description="The same, for a tap on a phone.")


@router.post("/calendars/children", status_code=201, summary="A link to the days of all my children")
def of_children(asked: Asked, request: Request, term: InTerm = None) -> LinkMade:
    return _given(asked, request, FeedKind.GUARDIAN, "", term)


@router.post("/calendars/pupils/{pupil}", status_code=201, summary="A link to the days of one child")
def of_pupil(pupil: str, asked: Asked, request: Request, term: InTerm = None) -> LinkMade:
    return _given(asked, request, FeedKind.PUPIL, pupil, term)


@router.post("/calendars/staff/{staff}", status_code=201, summary="A link to the days of a teacher")
def of_staff(staff: str, asked: Asked, request: Request, term: InTerm = None) -> LinkMade:
    return _given(asked, request, FeedKind.TEACHER, staff, term)


@router.post("/calendars/home-classes/{home_class}", status_code=201, summary="A link to the days of a home class")
def of_home_class(home_class: str, asked: Asked, request: Request, term: InTerm = None) -> LinkMade:
    return _given(asked, request, FeedKind.HOME_CLASS, home_class, term)


@router.post("/calendars/rooms/{room}", status_code=201, summary="A link to the days of a room")
def of_room(room: str, asked: Asked, request: Request, term: InTerm = None) -> LinkMade:
    return _given(asked, request, FeedKind.ROOM, room, term)


@router.post("/calendars/courses/{course}", status_code=201, summary="A link to the days of a course")
def of_course(course: str, asked: Asked, request: Request, term: InTerm = None) -> LinkMade:
    return _given(asked, request, FeedKind.COURSE, course, term)


@router.get("/me/calendars", summary="My calendar links")
def mine(asked: Asked) -> list[LinkView]:
    with asked.store.reading(asked.school) as db:
        return [LinkView(**_told(row)) for row in links.living(db, asked.account)]


@router.post("/me/calendars/{calendar}/reset", summary="The same calendar under a new link; the old link is dead at once")
def reset(calendar: str, asked: Asked, request: Request) -> LinkMade:
    return _made(renewed(asked, calendar), request)


@router.delete("/me/calendars/{calendar}", status_code=204, summary="Make a link useless")
def end(calendar: str, asked: Asked) -> None:
    ended(asked, calendar)


@router.delete("/pupils/{pupil}/calendars", status_code=204, summary="Make every link to a child's days useless")
def end_all(pupil: str, asked: Asked) -> None:
    """When custody or a phone has changed: nobody's link shows this child any more, until they ask for a new one."""
    with asked.store.writing(asked.school, asked.actor) as db:
        for row in links.of_pupil(db, pupil):
            row.revoked = now()
        db.record("calendar.end_all", pupil)


def given(asked: Allowed, kind: FeedKind, subject: str, term: str | None) -> Given:
    """A new link.

    Errors: `Missing`; `Refusal` where the account has too many.
    """
    try:
        with asked.store.writing(asked.school, asked.actor) as db:
            made = links.give(db, asked, kind, subject, term)
            db.record("calendar.give", made.row.id)
    except TooMany:
        raise Refusal(
            "taken",
            f"您已有 {links.MOST} 个日历链接，请先删除不用的。",
            f"You have {links.MOST} calendar links. Please delete those you do not use.",
        ) from None
    return made


def renewed(asked: Allowed, id: str) -> Given:
    """The same calendar under a new link; the old one is dead.

    Errors: `Missing`.
    """
    with asked.store.writing(asked.school, asked.actor) as db:
        row = db.lock(CalendarToken, id)
        asked.to(account=row.account)
        made = links.reset(db, row)
        db.record("calendar.reset", row.id)
    return made


def ended(asked: Allowed, id: str) -> None:
    """The link is dead.

    Errors: `Missing`.
    """
    with asked.store.writing(asked.school, asked.actor) as db:
        row = db.lock(CalendarToken, id)
        asked.to(account=row.account)
        row.revoked = now()
        db.record("calendar.end", row.id)


def _given(asked: Allowed, request: Request, kind: FeedKind, subject: str, term: str | None) -> LinkMade:
    return _made(given(asked, kind, subject, term), request)


def _made(given: Given, request: Request) -> LinkMade:
    address, webcal = addresses(given.secret, request)
    return LinkMade(**_told(given.row), address=address, webcal=webcal)


def addresses(secret: str, request: Request) -> tuple[str, str]:
    """Of a calendar: as a web address, and for programs that subscribe when they are handed one."""
    path = f"/calendars/{secret}.ics"
    return f"{site(request)}{path}", f"webcal://{request.headers.get('host', '')}{path}"


def _told(row: CalendarToken) -> dict[str, object]:
    return {"id": row.id, "kind": row.kind, "subject": row.subject, "created": row.created, "expires": row.expires}
