"""What does the school know: courses, rooms, staff, providers, buses, calendar, pupils? Looked at and edited one by one."""

import json
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from fastapi import Body as Sent
from pydantic import Field, JsonValue

from api.access.allowed import Asked
from api.problems import Refusal, bad_input
from api.service.answers import Body, Count, IfMatch, Offset, Page, View, etag, with_etag
from api.service.keyed import Key, done, told
from api.service.saving import SavedView, moved, saved
from api.store import facts
from api.store.base import Json, TermId
from api.store.facts import IDS, Edit, Moved
from api.store.once import Answer
from api.store.sessions import Reading, Writing
from api.store.trouble import Missing
from scheduler.domain import Flag
from scheduler.errors import Fault

router = APIRouter(prefix="/api/v1/terms/{term}/facts", tags=["facts"])
IfNoneMatch = Annotated[str | None, Header(alias="If-None-Match", description="`*`: only if there is none yet.")]
Id = Annotated[str, Field(max_length=200)]
MOST_EDITS = 500
HIDDEN: dict[str, frozenset[str]] = {
    "health": frozenset({Flag.DISABILITY, Flag.LEARNING_DIFFICULTY}),
    "hardship": frozenset(Flag) - {Flag.DISABILITY, Flag.LEARNING_DIFFICULTY, Flag.TALENT},
}
"""Flags of pupils that are shown only to whoever may see the sensitive field."""


class EntityView(View):
    """One thing the school knows."""

    kind: str
    id: str = Field(description="Empty where the whole field is one thing, such as the bells.")
    etag: str = Field(description="To be sent in If-Match, in quotes, with a change.")
    value: JsonValue


class EditAsked(Body):
    """One thing as it shall be."""

    kind: Annotated[str, Field(max_length=40)]
    entity: Id = ""
    value: JsonValue = Field(description="null: it shall be gone.")
    expected: Annotated[str | None, Field(max_length=64, description="Its etag as you saw it; null: there was none.")]


class EditsAsked(Body):
    """Several edits that are kept together, or not at all."""

    edits: Annotated[list[EditAsked], Field(min_length=1, max_length=MOST_EDITS)]
    reason: Annotated[str, Field(max_length=500)] = ""


@router.get("/courses", summary="Courses")
def courses(term: str, asked: Asked, response: Response, offset: Offset = 0, count: Count = 50) -> Page[EntityView]:
    return _page(term, "courses", asked, response, offset, count)


@router.get("/rooms", summary="Rooms")
def rooms(term: str, asked: Asked, response: Response, offset: Offset = 0, count: Count = 50) -> Page[EntityView]:
    return _page(term, "rooms", asked, response, offset, count)


@router.get("/staff", summary="Staff: all, oneself, or those of one's provider")
def staff(term: str, asked: Asked, response: Response, offset: Offset = 0, count: Count = 50) -> Page[EntityView]:
    return _page(term, "staff", asked, response, offset, count)


@router.get("/pupils", summary="Pupils: all, those of one's home class, or one's children")
def pupils(term: str, asked: Asked, response: Response, offset: Offset = 0, count: Count = 50) -> Page[EntityView]:
    return _page(term, "pupils", asked, response, offset, count)


@router.get("/{kind}", summary="Everything of one kind")
def of_kind(term: str, kind: str, asked: Asked, response: Response, offset: Offset = 0, count: Count = 50) -> Page[EntityView]:
    return _page(term, kind, asked, response, offset, count)


@router.get("/{kind}/{entity}", summary="One thing")
def one(term: str, kind: str, entity: str, asked: Asked, response: Response) -> EntityView:
    with asked.store.reading(asked.school) as db:
        found = facts.entities(_known(db, term)[1], kind)
    if entity not in found or not _theirs(kind, found[entity], asked):
        raise Missing(entity)
    shown = _view(kind, entity, found[entity], asked)
    with_etag(response, shown.etag)
    return shown


@router.patch("", response_model=SavedView, summary="Edit several things together")
def edit(term: str, body: EditsAsked, request: Request, asked: Asked, key: Key = None) -> Response:
    edits = [Edit(kind=each.kind, entity=each.entity, value=each.value, expected=each.expected) for each in body.edits]
    return _edited(term, edits, body.reason, request, asked, key)


@router.put("/{kind}", response_model=SavedView, summary="Write a whole field, such as the bells or the calendar")
def put_field(
    term: str,
    kind: str,
    value: Annotated[JsonValue, Sent()],
    request: Request,
    asked: Asked,
    if_match: IfMatch = None,
    key: Key = None,
) -> Response:
    return _edited(term, [Edit(kind=kind, value=value, expected=_seen(if_match, None))], "", request, asked, key)


@router.put("/{kind}/{entity}", response_model=SavedView, summary="Write one thing; with If-None-Match: *, a new one")
def put(
    term: str,
    kind: str,
    entity: str,
    value: Annotated[dict[str, JsonValue], Sent()],
    request: Request,
    asked: Asked,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
    key: Key = None,
) -> Response:
    wanted = Edit(kind=kind, entity=entity, value=dict(value), expected=_seen(if_match, if_none_match))
    return _edited(term, [wanted], "", request, asked, key)


@router.delete("/{kind}/{entity}", response_model=SavedView, summary="Remove one thing that nothing else refers to")
def remove(
    term: str, kind: str, entity: str, request: Request, asked: Asked, if_match: IfMatch = None, key: Key = None
) -> Response:
    wanted = Edit(kind=kind, entity=entity, value=None, expected=_seen(if_match, None))
    return _edited(term, [wanted], "", request, asked, key)


def _edited(term: str, edits: Sequence[Edit], reason: str, request: Request, asked: Asked, key: str | None) -> Response:
    _refuse_misnamed(edits)
    by_thing = {(each.kind, each.entity): each for each in edits}
    if len(by_thing) < len(edits):
        raise Refusal("bad-input", "同一项内容只能改一次。", "One thing can be edited once at a time.")
    policies = request.app.state.settings.policies

    def work(db: Writing) -> Answer:
        result = saved(db, term, "facts.edit", reason, policies, lambda id: facts.edit(db, id, edits, asked.account, reason))
        return told(result, version=etag(result.version.id))

    sent = json.dumps([reason, [[each.kind, each.entity, each.value, each.expected] for each in edits]], sort_keys=True)
    try:
        return done(asked, key, (request.method, request.url.path, sent), work)
    except Moved as trouble:
        mine = by_thing[trouble.kind, trouble.entity]
        now = None if trouble.current is None else facts.tag(trouble.current)
        raise moved(asked, trouble, mine.expected, mine.value, now) from None


def _refuse_misnamed(edits: Sequence[Edit]) -> None:
    """A thing is what its address says it is."""
    faults = []
    for each in edits:
        if each.kind in IDS:
            fits = each.value is None or (
                isinstance(each.value, dict) and str(each.value.get(IDS[each.kind])) == each.entity != ""
            )
        else:
            fits = each.entity == ""
        if not fits:
            faults.append(
                Fault(
                    place=f"{each.kind} {each.entity}".strip(),
                    zh="编号与内容中写的不一致。",
                    en="is not called what its content says.",
                    todo_zh="请让两处编号相同。",
                    todo_en="Please give the same id in both places.",
                )
            )
    if faults:
        raise bad_input(faults)


def _seen(if_match: str | None, if_none_match: str | None) -> str | None:
    """The tag that a person saw; `None` where they saw that there is none."""
    if if_none_match == "*" and if_match is None:
        return None
    tag = (if_match or "").strip()
    if len(tag) < 3 or len(tag) > 66 or not (tag.startswith('"') and tag.endswith('"')):
        raise Refusal(
            "no-version",
            "请带上您看到的版本（If-Match）；新增时请写 If-None-Match: *。",
            "Please send the version you saw (If-Match), or If-None-Match: * for something new.",
        )
    return tag[1:-1]


def _known(db: Reading, term: str) -> tuple[str, dict[str, Json]]:
    """The newest version of the facts, and what it says."""
    version = facts.head(db, TermId(term))
    known = json.loads(facts.text_of(db, version.id))
    assert isinstance(known, dict)
    return version.id, known


def _page(term: str, kind: str, asked: Asked, response: Response, offset: int, count: int) -> Page[EntityView]:
    with asked.store.reading(asked.school) as db:
        version, known = _known(db, term)
    found = {id: value for id, value in facts.entities(known, kind).items() if _theirs(kind, value, asked)}
    with_etag(response, version)
    part = list(found.items())[offset : offset + count]
    return Page(items=[_view(kind, id, value, asked) for id, value in part], total=len(found))


def _view(kind: str, id: str, value: Json, asked: Asked) -> EntityView:
    """What is hidden is not part of the tag either, so that nobody can write over what they did not see."""
    shown = _without_hidden(value, asked) if kind == "pupils" else value
    return EntityView(kind=kind, id=id, etag=facts.tag(shown), value=shown)


def _things(kind: str, value: Json) -> dict[str, str]:
    """Whom a thing belongs to, as the table of permissions asks for it."""
    if not isinstance(value, dict):
        return {}
    if kind == "pupils":
        return {"pupil": str(value["id"]), "home_class": str(value["home_class"])}
    if kind == "staff":
        return {"staff": str(value["id"]), "provider": str(value["provider"] or "")}
    return {}


def _theirs(kind: str, value: Json, asked: Asked) -> bool:
    own = {name: asked.own(name) for name in ("pupil", "home_class", "staff", "provider")}
    things = _things(kind, value)
    return any(ids is None for ids in own.values()) or any(id in (own[name] or ()) for name, id in things.items())


def _without_hidden(value: Json, asked: Asked) -> Json:
    if not isinstance(value, dict) or not isinstance(given := value["flags"], list):
        return value
    held = {field: flags for field, flags in HIDDEN.items() if not flags.isdisjoint(str(flag) for flag in given)}
    hidden = {flag for field, flags in held.items() if not asked.sees(field, **_things("pupils", value)) for flag in flags}
    return {**value, "flags": [flag for flag in given if flag not in hidden]}
