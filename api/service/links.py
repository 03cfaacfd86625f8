"""Who may hold a calendar link, and which links live? Asked of the table of permissions, anew each time a calendar is fetched.

A link opens a calendar without signing in, so its secret stands in the address: programs that show calendars can do no other.
That is an exception to the rule that addresses carry no secrets (OWASP ASVS 5.0, 14.2.1). What stands against it: the
secret is 256 random bits and we keep its hash only; it opens one calendar, for reading, and nothing else; it is dead when it
is reset, when the term is over, when the account is shut, or when its owner may no longer see whose calendar it is; what it
opens names no child; it is kept out of logs, of `Referer` and of search engines.
"""

import hmac
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from api.access.allowed import Allowed, fits
from api.access.table import permissions
from api.identity.person import of_account
from api.identity.secret import hashed, token
from api.store.base import SchoolId, TermId, now
from api.store.facts import entities, head, text_of
from api.store.people import CalendarToken, FeedKind, Guardianship
from api.store.planning import Term
from api.store.sessions import Everywhere, Reading, Writing
from api.store.store import Store
from api.store.trouble import Missing
from scheduler.calendar import SHANGHAI

MOST = 20
"""Living links of one account."""
TERMS = 3
"""Newest terms in which things are looked up by name: one that runs, one to come, one before."""
SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
"""What a secret looks like; for anything else nobody asks the database."""
ASKED_AT: Mapping[FeedKind, str] = {
    FeedKind.GUARDIAN: "/api/v1/calendars/children",
    FeedKind.PUPIL: "/api/v1/calendars/pupils/{pupil}",
    FeedKind.TEACHER: "/api/v1/calendars/staff/{staff}",
    FeedKind.HOME_CLASS: "/api/v1/calendars/home-classes/{home_class}",
    FeedKind.ROOM: "/api/v1/calendars/rooms/{room}",
    FeedKind.COURSE: "/api/v1/calendars/courses/{course}",
}
"""Where a link of each kind is asked for. The same line of the table says who may keep it."""
FIELDS: Mapping[FeedKind, str] = {
    FeedKind.PUPIL: "pupils",
    FeedKind.TEACHER: "staff",
    FeedKind.HOME_CLASS: "home_classes",
    FeedKind.ROOM: "rooms",
    FeedKind.COURSE: "courses",
}


@dataclass(frozen=True, slots=True)
class Link:
    """A link that lives, as of this request."""

    row: CalendarToken
    school: SchoolId
    children: tuple[Guardianship, ...] = ()
    """Of a family's calendar: the own children, in the order in which they came."""


class TooMany(Exception):
    """The account has as many links as it may."""


@dataclass(frozen=True, slots=True)
class Given:
    """A new link. Its secret is told this once."""

    row: CalendarToken
    secret: str = field(repr=False)


def give(db: Writing, asked: Allowed, kind: FeedKind, subject: str, term: str | None) -> Given:
    """A link for who asks, to one calendar of the term given, or of the one that runs. Call `record` after it.

    Errors: `Missing` where there is no such thing, or it is not theirs; `TooMany`.
    """
    found = _term(db, term)
    asked.to(**_things(kind, subject, asked.account, provider_of(db, found, kind, subject)))
    if len(living(db, asked.account)) >= MOST:
        raise TooMany
    secret = token()
    row = CalendarToken(
        account=asked.account, term=found.id, kind=kind, subject=subject, token_hash=hashed(secret), expires=_end(found.last)
    )
    db.add(row)
    db.flush()
    return Given(row, secret)


def reset(db: Writing, row: CalendarToken) -> Given:
    """The same calendar under another secret; the old one is dead from now on. Call `record` after it."""
    row.revoked = now()
    secret = token()
    fresh = CalendarToken(
        account=row.account,
        term=row.term,
        kind=row.kind,
        subject=row.subject,
        token_hash=hashed(secret),
        expires=row.expires,
    )
    db.add(fresh)
    db.flush()
    return Given(fresh, secret)


def live_as_long(db: Writing, term: Term) -> None:
    """Links of a term end with it, also where its last day has moved. Call `record` after it."""
    for row in db.scalars(select(CalendarToken).where(CalendarToken.term == term.id, CalendarToken.revoked.is_(None))):
        row.expires = _end(term.last)


@dataclass(frozen=True, slots=True)
class Offer:
    """A calendar that a person may have a link to."""

    kind: FeedKind
    subject: str
    """Id; empty for all own children."""
    name: str
    """As the school calls it, or the guardian calls the child; empty for all own children."""


def offers(db: Reading, asked: Allowed, term: str | None = None) -> list[Offer]:
    """What the table lets this person ask for, in the order of the facts.

    Errors: `Missing` where there is no term, or it has no facts.
    """
    facts = json.loads(text_of(db, head(db, TermId(_term(db, term).id)).id))
    person, found = asked.person, list[Offer]()
    for kind in ASKED_AT:
        try:
            allowed = as_asked(asked, kind)
        except Missing:
            continue
        if kind is FeedKind.GUARDIAN:
            found += [Offer(kind, "", "")] if person.nicknames else []
            continue
        for id, entity in entities(facts, FIELDS[kind]).items():
            told = entity if isinstance(entity, dict) else {}
            try:
                allowed.to(**_things(kind, id, person.account, str(told.get("provider") or "")))
            except Missing:
                continue
            called = person.nicknames.get(id, "") if kind is FeedKind.PUPIL else ""
            found.append(Offer(kind, id, called or str(told.get("name") or id)))
    return found


def names(db: Reading, asked: Allowed) -> dict[tuple[FeedKind, str], str]:
    """What this person's things are really called, as far as the table lets them know; of the last terms, the newest wins.

    A child's name is for pages only. No calendar tells it.
    """
    found: dict[tuple[FeedKind, str], str] = {}
    newest = db.scalars(select(Term).order_by(Term.first.desc(), Term.id).limit(TERMS)).all()
    unnamed = replace(asked, person=replace(asked.person, nicknames=dict.fromkeys(asked.person.nicknames, "")))
    for term in reversed(newest):
        with suppress(Missing):
            found.update({(offer.kind, offer.subject): offer.name for offer in offers(db, unnamed, term.id)})
    return found


def as_asked(asked: Allowed, kind: FeedKind) -> Allowed:
    """The same person, held to the line of the table for this kind of calendar.

    Errors: `Missing` where it is none of theirs.
    """
    line = permissions().line("POST", ASKED_AT[kind])
    if line is None or not fits(line.rule, asked.person):
        raise Missing(kind)
    return replace(asked, rule=line.rule)


def living(db: Reading, account: str) -> list[CalendarToken]:
    """Links of an account that were not reset and are not too old, oldest first."""
    rows = db.scalars(
        select(CalendarToken)
        .where(CalendarToken.account == account, CalendarToken.revoked.is_(None))
        .order_by(CalendarToken.created, CalendarToken.id)
    )
    moment = now()
    return [row for row in rows if row.expires > moment]


def of_pupil(db: Reading, pupil: str) -> list[CalendarToken]:
    """Every living link that shows where this child is, whoever holds it."""
    families = select(Guardianship.account).where(Guardianship.pupil == pupil)
    rows = db.scalars(select(CalendarToken).where(CalendarToken.revoked.is_(None))).all()
    accounts = set(db.scalars(families))
    return [
        row
        for row in rows
        if (row.kind is FeedKind.PUPIL and row.subject == pupil) or (row.kind is FeedKind.GUARDIAN and row.account in accounts)
    ]


def opened(store: Store, secret: str) -> Link | None:
    """The link of a secret, where it lives at this moment. Nothing is remembered between two requests."""
    if not SECRET.fullmatch(secret):
        return None
    digest = hashed(secret)
    with store.reading(Everywhere("whose calendar is this")) as db:
        row = db.scalar(select(CalendarToken).where(CalendarToken.token_hash == digest))
    if row is None or not hmac.compare_digest(row.token_hash, digest):
        return None
    with store.reading(row.school) as db:
        return _living(db, store, row.id)


def _living(db: Reading, store: Store, id: str) -> Link | None:
    row = db.get(CalendarToken, (db.school, id))
    moment = now()
    if row is None or row.revoked is not None or row.expires <= moment:
        return None
    term = db.get(Term, (db.school, row.term))
    if term is None or _end(term.last) <= moment:
        return None
    owner = of_account(db, row.account)
    line = permissions().line("POST", ASKED_AT[row.kind])
    if owner is None or line is None or not fits(line.rule, owner):
        return None
    try:
        # The facts are long; only a course's own say whose it is.
        provider = provider_of(db, term, row.kind, row.subject) if row.kind is FeedKind.COURSE else ""
        things = _things(row.kind, row.subject, row.account, provider)
        Allowed(owner, line.rule, permissions(), store, "feed").to(**things)
    except Missing:
        return None
    if row.kind is not FeedKind.GUARDIAN:
        return Link(row, db.school)
    links = db.scalars(
        select(Guardianship)
        .where(Guardianship.account == row.account, Guardianship.ended.is_(None))
        .order_by(Guardianship.since, Guardianship.id)
    ).all()
    return Link(row, db.school, tuple(links)) if links else None


def provider_of(db: Reading, term: Term, kind: FeedKind, subject: str) -> str:
    """Whose course it is, where a provider's; empty otherwise.

    Errors: `Missing` where the school has no such thing this term.
    """
    if kind not in FIELDS:
        return ""
    facts = json.loads(text_of(db, head(db, TermId(term.id)).id))
    found = entities(facts, FIELDS[kind]).get(subject)
    if not isinstance(found, dict):
        raise Missing(subject)
    return str(found.get("provider") or "")


def _things(kind: FeedKind, subject: str, account: str, provider: str) -> Mapping[str, str]:
    match kind:
        case FeedKind.GUARDIAN:
            return {"account": account}
        case FeedKind.PUPIL:
            return {"pupil": subject}
        case FeedKind.TEACHER:
            return {"staff": subject}
        case FeedKind.HOME_CLASS:
            return {"home_class": subject}
        case FeedKind.COURSE:
            return {"provider": provider}
        case FeedKind.ROOM:
            return {}


def _term(db: Reading, id: str | None) -> Term:
    """The term asked for, or the first that is not over.

    Errors: `Missing`.
    """
    if id is not None:
        return db.find(Term, id)
    today = datetime.now(SHANGHAI).date()
    found = db.scalar(select(Term).where(Term.last >= today).order_by(Term.first, Term.id).limit(1))
    if found is None:
        raise Missing("term")
    return found


def _end(last: date) -> datetime:
    """The first moment after the last day."""
    return datetime.combine(last + timedelta(days=1), time(), SHANGHAI)
