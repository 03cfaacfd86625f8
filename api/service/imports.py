"""What would an import change, and how is it done or undone? A zip, a workbook or JSON, applied whole or not at all."""

import asyncio
import hashlib
from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field
from sqlalchemy import func, select

from api.access.allowed import Allowed, Asked
from api.language import Language, language_of
from api.problems import FaultView, Refusal, bad_input, fault_views
from api.readers import Readers, ReadScenario, Upload
from api.sent import form_of, is_json, missing
from api.service.answers import Body, Count, IfMatch, Offset, Page, View, etag, with_etag
from api.service.keyed import Key, done, told
from api.service.saving import NONE, SavedView, VersionView, moved, saved, view
from api.store import facts
from api.store.base import TermId
from api.store.facts import Difference, Moved
from api.store.once import Answer
from api.store.planning import ScenarioVersion, Term
from api.store.sessions import Writing
from scheduler.intake import scenario_to_json

router = APIRouter(prefix="/api/v1/terms/{term}/facts", tags=["facts"])
TOLD = 500
"""Most differences that a preview names; it counts all."""
Reason = Annotated[str, Query(max_length=500, description="Why, for the log.")]
UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["facts"],
                    "properties": {"facts": {"type": "string", "format": "binary", "description": "A zip, .xlsx or .json."}},
                }
            },
            "application/json": {"schema": {"type": "object"}},
        },
    }
}


class RowsView(View):
    """What was found in one file or sheet."""

    read: int
    refused: int


class DifferenceView(View):
    """One thing that would be otherwise."""

    kind: str
    entity: str
    change: str


class PreviewView(View):
    """What an import would do, before it does anything."""

    version: str | None = Field(description="The version it was compared with; to be sent in If-Match with the import.")
    digest: str = Field(description="Of what was read; an import may name it, and is refused where the file is another.")
    rows: Mapping[str, RowsView]
    counts: Mapping[str, Mapping[str, int]] = Field(description="How many would be added, changed and removed, by kind.")
    differences: list[DifferenceView] = Field(description=f"The first {TOLD}.")
    warnings: list[FaultView]


class UndoAsked(Body):
    """Why the newest version shall be undone."""

    reason: Annotated[str, Field(max_length=500)] = ""


@router.get("", response_class=Response, summary="Everything as JSON, fit for another import")
def whole(term: str, asked: Asked) -> Response:
    # All pupils with all that is known of them leave the service here: the log says so.
    with asked.store.writing(asked.school, asked.actor) as db:
        version = facts.head(db, TermId(term))
        text = facts.text_of(db, version.id)
        db.record("facts.export", version.id)
    return Response(text, headers={"ETag": etag(version.id)}, media_type="application/json")


@router.get("/versions", summary="All versions, the newest first")
def versions(term: str, asked: Asked, offset: Offset = 0, count: Count = 50) -> Page[VersionView]:
    here = ScenarioVersion.term == term
    with asked.store.reading(asked.school) as db:
        db.find(Term, term)
        total = db.scalar(select(func.count()).select_from(ScenarioVersion).where(here)) or 0
        newest = select(ScenarioVersion).where(here).order_by(ScenarioVersion.number.desc())
        rows = db.scalars(newest.offset(offset).limit(count))
        return Page(items=[view(row) for row in rows], total=total)


@router.post("/preview", response_model=PreviewView, openapi_extra=UPLOAD, summary="What an import would change")
async def preview(term: str, request: Request, asked: Asked, response: Response) -> PreviewView:
    await asyncio.to_thread(_found, asked, term)
    read = await _uploaded(request)
    told = await asyncio.to_thread(previewed, asked, term, read, language_of(request))
    with_etag(response, told.version or NONE)
    return told


@router.put("", response_model=SavedView, openapi_extra=UPLOAD, summary="Import: the facts become what the file says")
async def replace(
    term: str,
    request: Request,
    asked: Asked,
    reason: Reason = "",
    digest: Annotated[str | None, Query(pattern="^[0-9a-f]{64}$", description="Of the preview.")] = None,
    if_match: IfMatch = None,
    key: Key = None,
) -> Response:
    await asyncio.to_thread(_found, asked, term)
    expected = _expected(if_match)
    read = await _uploaded(request)
    return await asyncio.to_thread(_replaced, asked, term, read, request, expected, digest, reason, key)


@router.post("/undo", response_model=SavedView, summary="Go back to the version before the newest")
def undo(term: str, body: UndoAsked, request: Request, asked: Asked, if_match: IfMatch = None, key: Key = None) -> Response:
    expected = _expected(if_match)
    policies = request.app.state.settings.policies

    def work(db: Writing) -> Answer:
        db.find(Term, term)
        newest = facts.head(db, TermId(term)).id
        if newest != expected:
            raise Moved("facts", "", None)
        result = saved(
            db, term, "facts.undo", body.reason, policies, lambda id: facts.undo(db, id, newest, asked.account, body.reason)
        )
        return told(result, version=etag(result.version.id))

    sent = f"{expected} {body.model_dump_json()}"
    try:
        return done(asked, key, ("POST", request.url.path, sent), work)
    except Moved as trouble:
        raise _elsewhere(asked, term, trouble, expected) from None


def _found(asked: Allowed, term: str) -> None:
    with asked.store.reading(asked.school) as db:
        db.find(Term, term)


async def _uploaded(request: Request) -> ReadScenario:
    """What was sent, read in a process apart."""
    readers: Readers = request.app.state.readers
    if is_json(request):
        return await readers.scenario_of_file(Upload("facts.json", await request.body()))
    sent = await form_of(request)
    if set(sent.files) != {"facts"}:
        raise bad_input([missing("facts")])
    return await readers.scenario_of_file(sent.files["facts"])


def previewed(asked: Allowed, term: str | None, read: ReadScenario, language: Language) -> PreviewView:
    """What an import into a term would do, or into one that is yet to be opened.

    Errors: `Missing`.
    """
    new = scenario_to_json(read.scenario)
    with asked.store.reading(asked.school) as db:
        version = None if term is None else db.find(Term, term).scenario
        old = None if version is None else facts.text_of(db, version)
    changes = facts.differences(old, new)
    return PreviewView(
        version=version,
        digest=_digest(new),
        rows={place: RowsView(read=good, refused=bad) for place, (good, bad) in read.rows.items()},
        counts=facts.counts(changes),
        differences=[_difference(each) for each in changes[:TOLD]],
        warnings=fault_views(read.warnings, language),
    )


def _replaced(
    asked: Allowed,
    term: str,
    read: ReadScenario,
    request: Request,
    expected: str | None,
    digest: str | None,
    reason: str,
    key: str | None,
) -> Response:
    new = scenario_to_json(read.scenario)
    if digest is not None and digest != _digest(new):
        raise Refusal(
            "changed",
            "这份文件与预览时的不一样。请重新预览。",
            "This file is not the one that was previewed. Please look at the preview again.",
        )
    policies = request.app.state.settings.policies

    def work(db: Writing) -> Answer:
        def change(id: TermId) -> ScenarioVersion:
            return facts.replace(db, id, new, expected, asked.account, reason)

        result = saved(db, term, "facts.import", reason, policies, change)
        return told(result, version=etag(result.version.id))

    try:
        return done(asked, key, ("PUT", request.url.path, f"{expected} {reason} {_digest(new)}"), work)
    except Moved as trouble:
        raise _elsewhere(asked, term, trouble, expected) from None


def _expected(if_match: str | None) -> str | None:
    tag = (if_match or "").strip().strip('"')
    if not tag or len(tag) > 40:
        raise Refusal(
            "no-version",
            '请带上预览时的版本（If-Match）；还没有数据时写 "none"。',
            'Please send the version of the preview (If-Match), or "none" where nothing is known yet.',
        )
    return None if tag == NONE else tag


def _elsewhere(asked: Allowed, term: str, trouble: Moved, expected: str | None) -> Refusal:
    """Of whole facts the versions are told, not their contents."""
    with asked.store.reading(asked.school) as db:
        now = db.find(Term, term).scenario
    return moved(asked, trouble, expected, None, now)


def _difference(each: Difference) -> DifferenceView:
    return DifferenceView(kind=each.kind, entity=each.entity, change=each.change.value)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
