"""Which terms does the school plan, and from which day to which?"""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field, model_validator
from sqlalchemy import func, select

from api.access.allowed import Asked
from api.problems import Refusal
from api.service.answers import Body, Count, IfMatch, Offset, Page, View, changed, etag, expected_version, with_etag
from api.service.keyed import Key, done, told
from api.service.links import live_as_long
from api.store import log
from api.store.once import Answer
from api.store.planning import Term
from api.store.sessions import Writing
from api.store.trouble import Stale

router = APIRouter(prefix="/api/v1/terms", tags=["terms"])
Name = Annotated[str, Field(min_length=1, max_length=100)]
Day = Annotated[date, Field(strict=False, ge=date(2000, 1, 1), le=date(2100, 1, 1))]
LONGEST = 366
"""Days."""


class TermAsked(Body):
    """A term to open."""

    name: Name
    first: Day
    last: Day

    @model_validator(mode="after")
    def _in_order(self) -> "TermAsked":
        if not 0 <= (self.last - self.first).days <= LONGEST:
            raise ValueError("the last day comes after the first, at most a year later")
        return self


class TermChanged(Body):
    """What may be changed of a term. What is not given stays."""

    name: Name | None = None
    first: Day | None = None
    last: Day | None = None


class TermView(View):
    """A term."""

    id: str
    name: str
    first: date
    last: date
    version: int
    facts: bool = Field(description="Whether anything is known about it.")
    published: bool


def view(row: Term) -> TermView:
    return TermView(
        id=row.id,
        name=row.name,
        first=row.first,
        last=row.last,
        version=row.version,
        facts=row.scenario is not None,
        published=row.publication is not None,
    )


@router.get("", summary="All terms, the newest first")
def terms(asked: Asked, offset: Offset = 0, count: Count = 50) -> Page[TermView]:
    with asked.store.reading(asked.school) as db:
        total = db.scalar(select(func.count()).select_from(Term)) or 0
        rows = db.scalars(select(Term).order_by(Term.first.desc(), Term.id).offset(offset).limit(count))
        return Page(items=[view(row) for row in rows], total=total)


@router.post("", status_code=201, response_model=TermView, summary="Open a term")
def open_term(body: TermAsked, asked: Asked, key: Key = None) -> Response:
    def work(db: Writing) -> Answer:
        row = Term(name=body.name, first=body.first, last=body.last)
        db.add(row)
        db.record("term.open", row.id)
        db.flush()
        return told(view(row), 201, etag(row.version))

    return done(asked, key, ("POST", "terms", body.model_dump_json()), work)


@router.get("/{term}", summary="One term")
def one(term: str, asked: Asked, response: Response) -> TermView:
    with asked.store.reading(asked.school) as db:
        row = db.find(Term, term)
    with_etag(response, row.version)
    return view(row)


@router.patch("/{term}", response_model=TermView, summary="Rename or move a term")
def change(term: str, body: TermChanged, asked: Asked, if_match: IfMatch = None, key: Key = None) -> Response:
    expected = expected_version(if_match)

    def work(db: Writing) -> Answer:
        row = db.edit(Term, term, expected)
        for field, value in body.model_dump(exclude_none=True).items():
            setattr(row, field, value)
        if not 0 <= (row.last - row.first).days <= LONGEST:
            raise Refusal(
                "bad-input",
                "学期的最后一天要在第一天之后，最长一年。",
                "The last day of a term comes after the first, at most a year later.",
            )
        live_as_long(db, row)
        db.record("term.change", row.id)
        db.flush()
        return told(view(row), version=etag(row.version))

    try:
        return done(asked, key, ("PATCH", f"terms/{term}", f"{expected} {body.model_dump_json()}"), work)
    except Stale as stale:
        with asked.store.reading(asked.school) as db:
            raise changed(stale, view(db.find(Term, term)), body, log.newest(db, term)) from None
