"""What is decided already, by whom and why? Sections of a plan held as they are when the term is planned again, and let go."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, cast

from fastapi import APIRouter, Request, Response
from pydantic import Field, RootModel

from api.access.allowed import Allowed, Asked
from api.problems import bad_input
from api.service.answers import Body, View
from api.service.keyed import Key, done, told
from api.service.plans import Policies, side
from api.store import facts
from api.store.base import Json, TermId
from api.store.once import Answer
from api.store.planning import PlanVersion, Term
from api.store.sessions import Writing
from api.store.trouble import Missing
from scheduler import line
from scheduler.errors import Fault, InputFaults
from scheduler.intake import Reading, scenario_from_json
from scheduler.timetable import SectionId

router = APIRouter(prefix="/api/v1", tags=["plans"])
Reason = Annotated[str, Field(min_length=1, max_length=500)]


class LockAsked(Body):
    """A section of the plan to hold as it is."""

    section: Annotated[str, Field(min_length=1, max_length=200)]
    room: bool = Field(default=True, description="Hold the room, too, where it is the same each time.")
    staff: bool = Field(default=True, description="Hold the leader, too, where it is the same each time.")
    reason: Reason


class UnlockAsked(Body):
    """Why a lock is let go."""

    reason: Reason


class LockView(View):
    """Something decided."""

    id: str
    course: str
    pupil: str | None = Field(description="Where it is a place of one pupil.")
    slots: list[str]
    room: str | None
    staff: str | None
    by: str
    why: str


class LockViews(RootModel[list[LockView]]):
    """All locks of a term."""


@router.get("/terms/{term}/locks", summary="What is decided already")
def locks(term: str, asked: Asked) -> list[LockView]:
    with asked.store.reading(asked.school) as db:
        return _views(facts.text_of(db, facts.head(db, TermId(term)).id))


@router.post("/plans/{plan}/locks", status_code=201, response_model=list[LockView], summary="Hold a section as it is")
def lock(plan: str, body: LockAsked, request: Request, asked: Asked, policies: Policies, key: Key = None) -> Response:
    """All locks of the term. The next plan keeps the section's slots, and its room and leader where they are held."""
    with asked.store.reading(asked.school) as db:
        row = db.find(PlanVersion, plan)
        timetable = side(db, row).timetable
    section = SectionId(body.section)
    meetings = timetable.meetings_by_section.get(section, ())
    if section not in timetable.section_by_id or not meetings:
        raise bad_input([_unknown(body.section)])
    rooms, leaders = {meeting.room for meeting in meetings}, {meeting.staff[:1] for meeting in meetings}
    (leader,) = leaders if len(leaders) == 1 else ((),)
    held: dict[str, Json] = {
        "course": timetable.section_by_id[section].course,
        "pupil": None,
        "slots": [*sorted(meeting.slot for meeting in meetings)],
        "room": rooms.pop() if body.room and len(rooms) == 1 else None,
        "staff": leader[0] if body.staff and leader else None,
        "by": asked.person.name,
        "why": body.reason,
    }

    def work(db: Writing) -> Answer:
        return told(_changed(db, asked, row.term, policies, "plan.lock", body.reason, lambda old: [*old, held]), 201)

    return done(asked, key, ("POST", request.url.path, body.model_dump_json()), work)


@router.post("/terms/{term}/locks/{lock}/unlock", response_model=list[LockView], summary="Let go of what was decided")
def unlock(
    term: str, lock: str, body: UnlockAsked, request: Request, asked: Asked, policies: Policies, key: Key = None
) -> Response:
    """All locks that are left."""

    def without(old: list[Json]) -> list[Json]:
        left = [each for each in old if facts.tag(each) != lock]
        if len(left) == len(old):
            raise Missing("lock")
        return left

    def work(db: Writing) -> Answer:
        return told(_changed(db, asked, TermId(term), policies, "plan.unlock", body.reason, without))

    return done(asked, key, ("POST", request.url.path, body.model_dump_json()), work)


def _changed(
    db: Writing,
    asked: Allowed,
    term: TermId,
    policies: Path | None,
    action: str,
    reason: str,
    change: Callable[[list[Json]], list[Json]],
) -> LockViews:
    """A new version of the facts with other locks.

    Errors: `Missing`; `Refusal` where the school could not be planned with them.
    """
    # Held, so that what is read here is what is changed.
    db.lock(Term, term)
    text = facts.text_of(db, facts.head(db, term).id)
    old = _locks(text)
    edit = facts.Edit(kind="locks", value=change(old), expected=facts.tag(cast(Json, old)))
    try:
        new = facts.edited(text, [edit])
        line.prepared(Reading(scenario=scenario_from_json(new), faults=(), rows={}), policies)
    except InputFaults as error:
        raise bad_input(error.faults) from None
    version = facts.edit(db, term, [edit], asked.account, reason)
    db.record(action, version.id, reason)
    return LockViews(_views(new))


def _locks(text: str) -> list[Json]:
    found = facts.entities(facts.parsed(text), "locks")[""]
    assert isinstance(found, list)
    return found


def _views(text: str) -> list[LockView]:
    return [LockView.model_validate({"id": facts.tag(each), **each}) for each in _locks(text) if isinstance(each, dict)]


def _unknown(section: str) -> Fault:
    return Fault(
        place="section",
        zh=f"方案里没有教学班“{section}”，或者它没有课。",
        en=f"the plan has no section {section!r}, or it never meets.",
        todo_zh="请从方案中选择。",
        todo_en="Please choose from the plan.",
    )
