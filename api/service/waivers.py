"""Which "in principle" clauses does the school relax, why, who approved it, and from which day to which?

The row is the record, with who took it back and when. What plans are made from are the facts: a waiver is written into them,
and taken out again, in the same transaction.
"""

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field, model_validator
from sqlalchemy import func, select

from api.access.allowed import Allowed, Asked
from api.problems import Refusal
from api.service.answers import Body, Count, IfMatch, Offset, Page, View, changed, etag, expected_version
from api.service.keyed import Key, done, told
from api.service.saving import saved
from api.service.terms import Day
from api.store import facts
from api.store.base import Json, TermId, now
from api.store.facts import Edit
from api.store.once import Answer
from api.store.people import School
from api.store.planning import Term, Waiver
from api.store.sessions import Writing
from api.store.trouble import Missing, Stale
from scheduler.policy import Strength, load_policy

router = APIRouter(prefix="/api/v1/terms/{term}/waivers", tags=["waivers"])


class WaiverAsked(Body):
    """A waiver to record. Who approved it and why is told to whoever reads the plan."""

    clause: Annotated[str, Field(min_length=1, max_length=200, description="Id of the clause.")]
    reason: Annotated[str, Field(min_length=1, max_length=1000)]
    approver: Annotated[str, Field(min_length=1, max_length=100)]
    approved: Day
    first: Day
    last: Day

    @model_validator(mode="after")
    def _in_order(self) -> "WaiverAsked":
        if self.last < self.first:
            raise ValueError("the last day comes before the first")
        return self


class WaiverView(View):
    """A recorded waiver."""

    id: str
    clause: str
    reason: str
    approver: str
    approved: date
    first: date
    last: date
    made: datetime
    revoked: datetime | None
    version: int


def view(row: Waiver) -> WaiverView:
    return WaiverView.model_validate(row, from_attributes=True)


@router.get("", summary="All waivers of a term, those taken back included")
def waivers(term: str, asked: Asked, offset: Offset = 0, count: Count = 50) -> Page[WaiverView]:
    here = Waiver.term == term
    with asked.store.reading(asked.school) as db:
        db.find(Term, term)
        total = db.scalar(select(func.count()).select_from(Waiver).where(here)) or 0
        rows = db.scalars(select(Waiver).where(here).order_by(Waiver.made.desc(), Waiver.id).offset(offset).limit(count))
        return Page(items=[view(row) for row in rows], total=total)


@router.post("", status_code=201, response_model=WaiverView, summary="Record a waiver")
def waive(term: str, body: WaiverAsked, request: Request, asked: Asked, key: Key = None) -> Response:
    def work(db: Writing) -> Answer:
        row = recorded(db, asked, term, body, request)
        return told(view(row), 201, etag(row.version))

    return done(asked, key, ("POST", f"terms/{term}/waivers", body.model_dump_json()), work)


@router.post("/{waiver}/revoke", response_model=WaiverView, summary="Take a waiver back; it stays on record")
def revoke(term: str, waiver: str, request: Request, asked: Asked, if_match: IfMatch = None, key: Key = None) -> Response:
    expected = expected_version(if_match)

    def work(db: Writing) -> Answer:
        row = revoked(db, asked, term, waiver, expected, request)
        return told(view(row), version=etag(row.version))

    try:
        return done(asked, key, ("POST", request.url.path, str(expected)), work)
    except Stale as stale:
        with asked.store.reading(asked.school) as db:
            raise changed(stale, view(db.find(Waiver, waiver))) from None


def recorded(db: Writing, asked: Allowed, term: str, body: WaiverAsked, request: Request) -> Waiver:
    """A waiver on record and in the facts. One that stands there to the letter is not recorded again: a form was clicked twice.

    Errors: `Missing`; `Refusal` where the county has no such clause "in principle".
    """
    _refuse_unwaivable(db, db.lock(Term, term), body.clause, request.app.state.settings.policies)
    same = db.scalar(select(Waiver).filter_by(term=term, revoked=None, **body.model_dump()).limit(1))
    if same is not None:
        return same
    row = Waiver(term=TermId(term), made_by=asked.account, **body.model_dump())
    db.add(row)
    in_facts = _in_facts(row)
    _written(db, asked, row, "waiver.make", request, lambda kept: [*kept, in_facts])
    db.flush()
    return row


def revoked(db: Writing, asked: Allowed, term: str, waiver: str, expected: int, request: Request) -> Waiver:
    """The waiver taken back: it stays on record, and leaves the facts.

    Errors: `Missing`; `Stale`.
    """
    row = db.edit(Waiver, waiver, expected)
    if row.term != term:
        raise Missing("waiver")
    row.revoked = row.revoked or now()
    in_facts = _in_facts(row)
    _written(db, asked, row, "waiver.revoke", request, lambda kept: [each for each in kept if each != in_facts])
    db.flush()
    return row


def _refuse_unwaivable(db: Writing, term: Term, clause: str, policies: Path | None) -> None:
    county = db.scalars(select(School.county)).one()
    if term.scenario is not None:
        school = facts.entities(json.loads(facts.text_of(db, term.scenario)), "school")[""]
        county = str(school["county"]) if isinstance(school, dict) else county
    known = load_policy(county, policies).clauses
    if not any(each.id == clause and each.strength is Strength.IN_PRINCIPLE for each in known):
        raise Refusal(
            "bad-input",
            f"“{clause}”不是本县“原则上”的条款，不能豁免。",
            f'{clause!r} is no clause "in principle" of this county; it cannot be waived.',
        )


def _in_facts(row: Waiver) -> Json:
    """The waiver as the facts say it."""
    return {
        "clause": row.clause,
        "reason": row.reason,
        "approver": row.approver,
        "approved_on": row.approved.isoformat(),
        "start": row.first.isoformat(),
        "end": row.last.isoformat(),
    }


def _written(
    db: Writing, asked: Allowed, row: Waiver, action: str, request: Request, change: Callable[[list[Json]], list[Json]]
) -> None:
    """Writes the change into the facts, where there are any, and the line in the log."""
    scenario = db.lock(Term, row.term).scenario
    if scenario is not None:
        kept = facts.entities(json.loads(facts.text_of(db, scenario)), "waivers")[""]
        assert isinstance(kept, list)
        edit = Edit(kind="waivers", value=change(kept), expected=facts.tag(kept))
        policies = request.app.state.settings.policies
        if saved(
            db, row.term, action, row.reason, policies, lambda id: facts.edit(db, id, [edit], asked.account, row.reason)
        ).changed:
            return
    db.record(action, row.id, row.reason)
