"""What does a phone get when it asks for a calendar? The days of one subject as published now, or that nothing is new.

The link is looked up in the database with each request, in every process; only what was published, which never changes, is
kept in memory. There is no sign-in here, no cookie, and one answer for every link that is not alive.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import cached_property
from typing import Annotated, cast

from fastapi import APIRouter, Header, Request, Response
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from api.problems import Refusal, not_found
from api.service import links
from api.service.links import Link
from api.service.shown import Kept, current, last_change, publications, shown
from api.service.signing import TheStore
from api.store.people import FeedKind, Guardianship
from api.store.planning import Publication
from api.store.store import Store
from scheduler.publish.ical import Calendars, Child, empty_calendar
from scheduler.publish.view import Kind

router = APIRouter(tags=["calendars"])
KINDS: Mapping[FeedKind, Kind] = {
    FeedKind.PUPIL: Kind.PUPIL,
    FeedKind.TEACHER: Kind.TEACHER,
    FeedKind.HOME_CLASS: Kind.CLASS,
    FeedKind.ROOM: Kind.ROOM,
    FeedKind.COURSE: Kind.COURSE,
}
QUIET = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}
MINUTES_OLD = "private, max-age=300"
WRONG = RateLimitItemPerMinute(120)
"""Secrets that open nothing, from one address."""
_CALENDARS: Kept[Calendars] = Kept(4)


class Guesses:
    """Counts wrong secrets, in each process for itself. None is found by trying; this keeps the noise down."""

    def too_many(self, address: str) -> bool:
        """Counts one more from this address, and says whether that is too many."""
        return not self._limiter.hit(WRONG, address)

    @cached_property
    def _limiter(self) -> FixedWindowRateLimiter:
        # Made when it is first asked: it starts a thread, and web processes are forked from one without.
        return FixedWindowRateLimiter(MemoryStorage())


@router.get("/calendars/{secret}.ics", summary="A calendar, for whoever has its link", response_class=Response)
def feed(
    secret: str,
    store: TheStore,
    request: Request,
    if_none_match: Annotated[str | None, Header()] = None,
    if_modified_since: Annotated[str | None, Header()] = None,
) -> Response:
    link = opened(store, secret, request)
    number, changed, content = _drawn(store, link)
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {
        **QUIET,
        "ETag": etag,
        "Last-Modified": format_datetime(changed.astimezone(UTC), usegmt=True),
        "Cache-Control": MINUTES_OLD,
        "X-Publication": str(number),
    }
    # A family's calendar also changes with its children and their nicknames: no date tells that.
    dated = None if link.row.kind is FeedKind.GUARDIAN else if_modified_since
    if _known(etag, changed, if_none_match, dated):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = 'inline; filename="calendar.ics"'
    return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)


def opened(store: Store, secret: str, request: Request) -> Link:
    """The link, where it lives.

    Errors: `Refusal`, the same for a link that is dead and one that never was. Where too many of those come from one address,
    it says so instead; whose link lives is served all the same, since a whole school shares one address.
    """
    link = links.opened(store, secret)
    if link is not None:
        return link
    guesses = cast(Guesses, request.app.state.guesses)
    if guesses.too_many(request.client.host if request.client else ""):
        raise Refusal(
            "too-often",
            "请求太频繁，请稍后再试。",
            "Too many requests. Please try again later.",
            headers={**QUIET, "Retry-After": "60"},
        )
    unknown = not_found()
    raise Refusal(unknown.kind, unknown.zh, unknown.en, headers=dict(QUIET))


def _drawn(store: Store, link: Link) -> tuple[int, datetime, bytes]:
    """Number of the publication, when readers were last shown something else, and the calendar."""
    with store.reading(link.school) as db:
        publication = current(db, link.row.term)
        if publication is None:
            changed = last_change(publications(db, link.row.term)) or link.row.created
            return 0, changed, empty_calendar()
    calendars = _CALENDARS.of((link.school, publication.id), lambda: _calendars(store, link, publication))
    if link.row.kind is FeedKind.GUARDIAN:
        content = calendars.of_children(_called(calendars, link.children))
    else:
        content = calendars.of(KINDS[link.row.kind], link.row.subject)
    return publication.number, publication.published, content


def _calendars(store: Store, link: Link, publication: Publication) -> Calendars:
    with store.reading(link.school) as db:
        found = shown(db, publication)
    side = found.plan.side()
    return Calendars(side.scenario, side.timetable, publication.published, earlier=found.history())


def _called(calendars: Calendars, children: Sequence[Guardianship]) -> list[Child]:
    """Nicknames as the family chose them; a nickname that tells the name, or none among several, becomes a number."""
    names: dict[str, str] = {pupil.id: pupil.name for pupil in calendars.view.scenario.pupils}
    told = []
    for number, link in enumerate(children, 1):
        name = names.get(link.pupil)
        nickname = link.nickname if name is None or name not in link.nickname else ""
        called = nickname or (f"孩子{number}" if len(children) > 1 else "")
        told.append(Child(link.pupil, called, link.id[:10]))
    return told


def _known(etag: str, changed: datetime, if_none_match: str | None, if_modified_since: str | None) -> bool:
    """Whether the phone has it already."""
    if if_none_match is not None:
        tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
        return etag in tags or "*" in tags
    if if_modified_since is None:
        return False
    try:
        since = parsedate_to_datetime(if_modified_since)
    except ValueError:
        return False
    return since.tzinfo is not None and changed.replace(microsecond=0) <= since
