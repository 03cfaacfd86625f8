"""On which page is a meeting moved, after one has seen what would come of it, and a section held as it is?"""

import json
from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from pydantic import Field
from starlette.responses import RedirectResponse, Response

from api.access.allowed import Allowed, Asked
from api.identity.secret import token
from api.pages import page
from api.problems import Refusal
from api.sent import understood
from api.service import locks, moves
from api.service.answers import Body
from api.service.keyed import looked_at_and_done
from api.service.locks import LockAsked, UnlockAsked
from api.service.moves import MeetingAsked, MoveAsked
from api.service.opened import Opened, opened
from api.service.plans import InLanguage, Policies
from api.store.planning import PlanVersion
from scheduler.differences import Side, slot_words
from scheduler.publish.view import View

router = APIRouter(include_in_schema=False)
Of = Annotated[str, Query(max_length=200)]
Said = Annotated[str, Form(max_length=500, pattern=r"^[^\x00]*$")]
Id = Annotated[str, Form(min_length=1, max_length=200)]
Once = Annotated[str | None, Form(min_length=1, max_length=100, pattern=r"^[\x21-\x7e]+$")]
"""The page's own: the same form has its effect once."""
MOST_SENT = 4000
"""Letters of two moves."""
Sent = Annotated[str, Form(alias="moves", max_length=MOST_SENT)]


class Together(Body):
    """Moves that happen together: one meeting goes elsewhere, or two change places."""

    moves: Annotated[list[MoveAsked], Field(min_length=1, max_length=2)]


@router.get("/plans/{plan}/meeting")
def meeting(
    plan: str,
    asked: Asked,
    request: Request,
    policies: Policies,
    language: InLanguage,
    section: Of,
    slot: Of,
    to_slot: Of = "",
    to_room: Of = "",
    to_staff: Of = "",
    moves_: Annotated[str, Query(alias="moves", max_length=MOST_SENT)] = "",
    suggest: bool = False,
) -> Response:
    """One meeting: where it could go, and what would come of that. Nothing is changed here."""
    found = opened(asked, plan, policies)
    old = Side(scenario=found.scenario, timetable=found.timetable)
    here = understood(MeetingAsked, {"section": section, "slot": slot})
    chosen = _sent(moves_) if moves_ else _chosen(here, to_slot, to_room, to_staff)
    view = View(found.scenario, found.timetable, language)
    found_there = moves.meeting_of(old, here)
    line = next((one for one in view.lines if one.meeting == found_there), None)
    return page(
        request,
        "meeting.html",
        plan=found,
        line=line,
        at=here,
        chosen=chosen,
        sent=_text(chosen),
        seen=moves.seen(old, chosen, policies) if chosen else None,
        found=[(one, _text(one.moves)) for one in moves.suggested(old, here, policies).suggestions] if suggest else None,
        words=moves.in_words(old, chosen) if chosen else (),
        slots=_slots(found, view),
        rooms=[(each.id, each.name) for each in found.scenario.rooms],
        staff=[(each.id, each.name) for each in found.scenario.staff],
        locks=_locks(asked, found, view),
        key=token(),
    )


@router.post("/plans/{plan}/move")
def move(plan: str, asked: Asked, request: Request, policies: Policies, moves_: Sent, reason: Said, key: Once = None) -> Response:
    """Keeps what was looked at as the next plan; one, however often the button is pressed."""
    why, chosen = _why(reason), _sent(moves_)
    sent = "POST", request.url.path, f"{_text(chosen)} {why}"
    answer = looked_at_and_done(asked, key, sent, lambda: moves.to_keep(plan, chosen, why, asked, policies))
    return RedirectResponse(answer.headers["Location"].removeprefix("/api/v1"), 303)


@router.post("/plans/{plan}/lock")
def lock(
    plan: str, asked: Asked, request: Request, policies: Policies, section: Id, slot: Id, reason: Said, key: Once = None
) -> Response:
    """Plans to come keep the section as it is here."""
    locks.lock(plan, LockAsked(section=section, reason=_why(reason)), request, asked, policies, key)
    return _back(plan, section, slot)


@router.post("/plans/{plan}/locks/{lock}/unlock")
def unlock(
    plan: str, lock: str, asked: Asked, request: Request, policies: Policies, section: Id, slot: Id, reason: Said
) -> Response:
    """Lets go of what was decided."""
    with asked.store.reading(asked.school) as db:
        term = db.find(PlanVersion, plan).term
    locks.unlock(term, lock, UnlockAsked(reason=_why(reason)), request, asked, policies)
    return _back(plan, section, slot)


def _chosen(here: MeetingAsked, slot: str, room: str, person: str) -> Sequence[MoveAsked]:
    if not (slot or room or person):
        return ()
    to = {"to_slot": slot or None, "to_room": room or None, "to_staff": [person] if person else None}
    return [MoveAsked.model_validate({**here.model_dump(), **to})]


def _sent(text: str) -> Sequence[MoveAsked]:
    return understood(Together, b'{"moves": %s}' % text.encode()).moves


def _text(told: Sequence[MoveAsked]) -> str:
    return json.dumps([one.model_dump(exclude_none=True) for one in told], ensure_ascii=False)


def _locks(asked: Allowed, found: Opened, view: View) -> list[dict[str, str]]:
    """What is held in this term, in words."""
    courses = {str(course.id): course.title for course in found.scenario.courses}
    slots = dict(_slots(found, view))
    return [
        {
            "id": one.id,
            "course": courses.get(one.course, one.course),
            "slots": "、".join(slots.get(slot, slot) for slot in one.slots),
            "why": one.why,
            "by": one.by,
        }
        for one in locks.locks(found.term, asked)
    ]


def _slots(found: Opened, view: View) -> list[tuple[str, str]]:
    """Each slot and what it is called; in English with its id, since several may share weekday and number."""
    if view.language == "zh":
        return [(slot.id, view.names.slots.label(slot.id)) for slot in found.scenario.slots]
    return [(slot.id, f"{slot_words(found.scenario, slot.id)[1]} ({slot.id})") for slot in found.scenario.slots]


def _why(reason: str) -> str:
    if not reason.strip():
        raise Refusal("bad-input", "请写明原因。", "Please say why.")
    return reason.strip()


def _back(plan: str, section: str, slot: str) -> Response:
    return RedirectResponse(f"/plans/{plan}/meeting?{urlencode({'section': section, 'slot': slot})}", 303)
