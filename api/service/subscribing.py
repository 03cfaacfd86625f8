"""On which pages does one get a calendar link, keep it and make it useless? And what does a phone show that scanned one?

The page for a phone is for whoever has the link, without signing in, as the calendar itself; it tells no more than that.
"""

from collections.abc import Mapping
from typing import Annotated

import segno
from fastapi import APIRouter, Form, Request, Response
from markupsafe import Markup
from starlette.responses import RedirectResponse

from api import pages
from api.access.allowed import Asked
from api.service import links
from api.service.answers import site
from api.service.calendars import addresses, ended, given, renewed
from api.service.feeds import QUIET, opened
from api.service.links import Given
from api.service.signing import TheStore, call_child
from api.store.people import FeedKind
from api.store.trouble import Missing
from scheduler.calendar import SHANGHAI

router = APIRouter(include_in_schema=False)
HERE = "/my/calendars"
NAMES: Mapping[FeedKind, str] = {
    FeedKind.GUARDIAN: "我的全部孩子",
    FeedKind.PUPIL: "学生",
    FeedKind.TEACHER: "教师",
    FeedKind.HOME_CLASS: "班级",
    FeedKind.ROOM: "场地",
    FeedKind.COURSE: "项目",
}


@router.get(HERE)
def mine(asked: Asked, request: Request) -> Response:
    """One's links, and what one may ask for."""
    with asked.store.reading(asked.school) as db:
        try:
            offers = links.offers(db, asked)
        except Missing:
            offers = []
        living = links.living(db, asked.account)
        names = links.names(db, asked)
    told = [
        {
            "id": row.id,
            "kind": NAMES[row.kind],
            "name": names.get((row.kind, row.subject), row.subject),
            "created": f"{row.created.astimezone(SHANGHAI):%Y-%m-%d}",
            "expires": f"{row.expires.astimezone(SHANGHAI):%Y-%m-%d}",
        }
        for row in living
    ]
    groups = {
        NAMES[kind]: [offer for offer in offers if offer.kind is kind] for kind in dict.fromkeys(offer.kind for offer in offers)
    }
    children = {pupil: names.get((FeedKind.PUPIL, pupil), pupil) for pupil in asked.person.nicknames}
    return pages.page(request, "calendars.html", links=told, groups=groups, children=children, person=asked.person)


@router.post(HERE)
def make(asked: Asked, request: Request, what: Annotated[str, Form(max_length=200)] = "") -> Response:
    """A new link; its page is shown this once. `what`: kind and id, as in `room:r4`."""
    kind, _, subject = what.partition(":")
    if kind not in set(FeedKind):
        raise Missing("calendar")
    # The line of the table that counts is the one of this kind of calendar, not this page's.
    return _shown(request, given(links.as_asked(asked, FeedKind(kind)), FeedKind(kind), subject, None))


@router.post(HERE + "/{calendar}/reset")
def reset(calendar: str, asked: Asked, request: Request) -> Response:
    """The same calendar under a new link, shown this once."""
    return _shown(request, renewed(asked, calendar))


@router.post(HERE + "/{calendar}/end")
def end(calendar: str, asked: Asked) -> Response:
    """The link is dead from now on."""
    ended(asked, calendar)
    return RedirectResponse(HERE, 303)


@router.post("/my/children/{pupil}/nickname")
def call(pupil: str, asked: Asked, nickname: Annotated[str, Form(max_length=20, pattern=r"^[^\x00]*$")] = "") -> Response:
    """What calendars call a child."""
    call_child(asked, pupil, nickname.strip())
    return RedirectResponse(HERE, 303)


@router.get("/calendars/{secret}")
def scanned(secret: str, store: TheStore, request: Request) -> Response:
    """What a phone shows that scanned the code: a button, and words for each system."""
    opened(store, secret, request)
    address, webcal = addresses(secret, request)
    return pages.page(request, "calendar.html", headers=QUIET, address=address, webcal=webcal, code=None)


def _shown(request: Request, made: Given) -> Response:
    address, webcal = addresses(made.secret, request)
    drawn = segno.make(f"{site(request)}/calendars/{made.secret}", error="m").svg_inline(scale=4, border=2, omitsize=False)
    return pages.page(request, "calendar.html", headers=QUIET, address=address, webcal=webcal, code=Markup(drawn))
