"""What if this meeting took place elsewhere? Seen first, with its findings; then kept as the next plan, with a reason."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field

from api.access.allowed import Allowed, Asked
from api.problems import bad_input
from api.schemas import FindingView
from api.service.answers import Body, View
from api.service.hands import judged_summary
from api.service.keeping import Made, keep
from api.service.keyed import Key, Work, looked_at_and_done
from api.service.plans import PlanView, Policies, side, told
from api.service.publishing import waivers_of, with_waivers
from api.store.once import Answer
from api.store.planning import PlanVersion, Term
from api.store.sessions import Reading, Writing
from scheduler import line
from scheduler.audit.report import Finding, Report
from scheduler.differences import Side, meeting_words, people_names
from scheduler.domain import RoomId, SlotId, StaffId
from scheduler.errors import Fault
from scheduler.policy import Policy, load_policy
from scheduler.publish.exchange import timetable_to_json
from scheduler.telling import report_record
from scheduler.timetable import Meeting, SectionId, Timetable

router = APIRouter(prefix="/api/v1", tags=["plans"])
Id = Annotated[str, Field(min_length=1, max_length=200)]
MOST_TRIED = 40
"""Other places and times that are looked at for one meeting."""
TRYING_SECONDS = 10.0
"""Processor time after which no further one is tried."""


class MeetingAsked(Body):
    """One meeting of a plan."""

    section: Id
    slot: Id


class MoveAsked(MeetingAsked):
    """Where it goes. What is not given stays."""

    to_slot: Id | None = None
    to_room: Id | None = None
    to_staff: Annotated[list[Id], Field(max_length=20, description="Leader first.")] | None = None


class MoveKept(MoveAsked):
    """A move to keep, and why."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]


class MoveSeen(View):
    """What would come of a move."""

    lawful: bool = Field(description="Nothing would stand against publication.")
    new: list[FindingView] = Field(description="What is found then and is not now.")
    gone: list[FindingView] = Field(description="What is found now and is not then.")


class Suggestion(View):
    """A move, or an exchange of two, that breaks nothing new."""

    moves: list[MoveAsked]
    zh: str
    en: str
    lawful: bool
    gone: int = Field(description="Findings that it mends.")


class Suggestions(View):
    """What was found, the best first."""

    suggestions: list[Suggestion]
    tried: int


@router.post("/plans/{plan}/moves/look", summary="See what a move would do")
def look(plan: str, body: MoveAsked, asked: Asked, policies: Policies) -> MoveSeen:
    with asked.store.reading(asked.school) as db:
        old = _of_today(db, db.find(PlanVersion, plan))
    return seen(old, [body], policies)


@router.post("/plans/{plan}/moves", status_code=201, response_model=PlanView, summary="Move a meeting")
def move(plan: str, body: MoveKept, asked: Asked, request: Request, policies: Policies, key: Key = None) -> Response:
    """The next plan of the term; this one stays as it is."""
    sent = body.model_dump_json()
    return looked_at_and_done(
        asked, key, ("POST", request.url.path, sent), lambda: to_keep(plan, [body], body.reason, asked, policies)
    )


def seen(old: Side, moves: Sequence[MoveAsked], policies: Path | None) -> MoveSeen:
    """What would come of moves that happen together.

    Errors: `Refusal` with every fault.
    """
    pack = load_policy(old.scenario.school.county, policies)
    before, after = _judged(old, pack), _judged(_moved(old, moves), pack)
    return MoveSeen(lawful=after.lawful, new=_views(after, before), gone=_views(before, after))


def to_keep(plan: str, moves: Sequence[MoveAsked], reason: str, asked: Allowed, policies: Path | None) -> Work:
    """What keeps the plan with the meetings moved.

    Errors: `Missing`; `Refusal` with every fault.
    """
    with asked.store.reading(asked.school) as db:
        row = db.find(PlanVersion, plan)
        new = _moved(_of_today(db, row), moves)
    county = new.scenario.school.county
    report = _judged(new, load_policy(county, policies))
    made = Made(
        timetable=timetable_to_json(new.timetable),
        report=line.json_text(report_record(report)),
        lawful=report.lawful,
        summary=judged_summary(report, "moved", row.seed),
        seed=row.seed,
        options=dict(row.options) if isinstance(row.options, dict) else {},
        repeatable=False,
        parent=plan,
        made_by=asked.account,
        reason=reason,
    )

    def work(db: Writing) -> Answer:
        kept = keep(db, row.term, row.scenario, county, policies, made)
        db.record("plan.move", kept.id, reason)
        view = PlanView(**told(kept, db.find(Term, row.term).scenario))
        return Answer(201, view.model_dump_json(), {"Location": f"/api/v1/plans/{kept.id}"})

    return work


@router.post("/plans/{plan}/swaps", summary="Where else could a meeting be?")
def swaps(plan: str, body: MeetingAsked, asked: Asked, policies: Policies) -> Suggestions:
    """Other slots and rooms, and meetings to exchange slots with: those that bring no finding that is not there now."""
    with asked.store.reading(asked.school) as db:
        old = _of_today(db, db.find(PlanVersion, plan))
    return suggested(old, body, policies)


def suggested(old: Side, body: MeetingAsked, policies: Path | None) -> Suggestions:
    """Moves and exchanges of one meeting that bring no finding that is not there now, the best first."""
    pack = load_policy(old.scenario.school.county, policies)
    before = _judged(old, pack)
    found, tried = [], 0
    until = time.process_time() + TRYING_SECONDS
    for moves in islice(_candidates(old, body), MOST_TRIED):
        if time.process_time() > until:
            break
        tried += 1
        new = _moved(old, moves)
        after = _judged(new, pack)
        if not _only_in(after, before):
            found.append(_suggestion(old, moves, after, len(_only_in(before, after))))
    found.sort(key=lambda one: (not one.lawful, -one.gone, len(one.moves)))
    return Suggestions(suggestions=found, tried=tried)


def _of_today(db: Reading, row: PlanVersion) -> Side:
    """The plan with the facts it was made for, and the waivers of today: what publishing would look at."""
    made = side(db, row)
    return replace(made, scenario=with_waivers(made.scenario, waivers_of(db, row.term)))


@dataclass(frozen=True, slots=True)
class _Busy:
    """Who and what is taken when."""

    people: frozenset[tuple[str, str]]
    """Person or pupil, and slot."""
    rooms: frozenset[tuple[str, str]]


def _candidates(old: Side, asked: MeetingAsked) -> Iterator[Sequence[MoveAsked]]:
    """Moves worth an audit: nobody would be in two places."""
    timetable = old.timetable
    meeting = meeting_of(old, asked)
    here = MoveAsked(section=meeting.section, slot=meeting.slot)
    taken = _busy(timetable, meeting)
    everybody = _people(timetable, meeting)
    slots = [slot.id for slot in old.scenario.slots]
    for slot in slots:
        if slot != meeting.slot and not any((who, slot) in taken.people for who in everybody):
            yield [here.model_copy(update={"to_slot": slot})]
    for room in old.scenario.rooms:
        if room.id != meeting.room and (room.id, meeting.slot) not in taken.rooms:
            yield [here.model_copy(update={"to_room": room.id})]
    for other in timetable.meetings:
        if other.slot == meeting.slot or other.section == meeting.section:
            continue
        without = _busy(timetable, meeting, other)
        fits = not any((who, other.slot) in without.people for who in everybody)
        fits = fits and not any((who, meeting.slot) in without.people for who in _people(timetable, other))
        if fits:
            there = MoveAsked(section=other.section, slot=other.slot, to_slot=meeting.slot)
            yield [here.model_copy(update={"to_slot": other.slot}), there]


def _people(timetable: Timetable, meeting: Meeting) -> frozenset[str]:
    placed = timetable.placements_by_section.get(meeting.section, ())
    return frozenset(meeting.staff) | {row.pupil for row in placed}


def _busy(timetable: Timetable, *without: Meeting) -> _Busy:
    rest = [meeting for meeting in timetable.meetings if meeting not in without]
    people = {(who, meeting.slot) for meeting in rest for who in _people(timetable, meeting)}
    return _Busy(frozenset(people), frozenset((meeting.room, meeting.slot) for meeting in rest if meeting.room is not None))


def meeting_of(old: Side, asked: MeetingAsked) -> Meeting:
    """The meeting of this section in this slot.

    Errors: `Refusal`.
    """
    for meeting in old.timetable.meetings:
        if (meeting.section, meeting.slot) == (asked.section, asked.slot):
            return meeting
    raise bad_input([_unknown("slot", "这个教学班在这个时段没有课。", "this section has no meeting in this slot.")])


def _moved(old: Side, moves: Sequence[MoveAsked]) -> Side:
    """The plan with the meetings moved, all at once.

    Errors: `Refusal` with every fault.
    """
    timetable = old.timetable
    meetings = {(meeting.section, meeting.slot): meeting for meeting in timetable.meetings}
    faults: list[Fault] = []
    moved: dict[tuple[SectionId, SlotId], Meeting] = {}
    for asked in moves:
        meeting = meeting_of(old, asked)
        faults += _faults(old, asked)
        slot = SlotId(asked.to_slot or meeting.slot)
        moved[meeting.section, meeting.slot] = replace(
            meeting,
            slot=slot,
            room=RoomId(asked.to_room) if asked.to_room is not None else meeting.room,
            staff=tuple(map(StaffId, asked.to_staff)) if asked.to_staff is not None else meeting.staff,
        )
        if slot != meeting.slot and (meeting.section, slot) in meetings:
            faults.append(
                _unknown("to_slot", "这个教学班在那个时段已经有课。", "this section has a meeting in that slot already.")
            )
    if faults:
        raise bad_input(faults)
    rows = tuple(moved.get(key, meeting) for key, meeting in meetings.items())
    # What was said of a certain date goes with its meeting.
    slots: dict[tuple[SectionId, SlotId], SlotId] = {key: meeting.slot for key, meeting in moved.items()}
    changes = tuple(replace(one, slot=slots.get((one.section, one.slot), one.slot)) for one in timetable.changes)
    return replace(old, timetable=replace(timetable, meetings=rows, changes=changes))


def _faults(old: Side, asked: MoveAsked) -> Iterator[Fault]:
    scenario = old.scenario
    if asked.to_slot is not None and SlotId(asked.to_slot) not in scenario.slot_by_id:
        yield _unknown("to_slot", f"没有时段“{asked.to_slot}”。", f"there is no slot {asked.to_slot!r}.")
    if asked.to_room is not None and RoomId(asked.to_room) not in scenario.room_by_id:
        yield _unknown("to_room", f"没有场地“{asked.to_room}”。", f"there is no room {asked.to_room!r}.")
    for person in asked.to_staff or ():
        if StaffId(person) not in scenario.staff_by_id:
            yield _unknown("to_staff", f"没有人员“{person}”。", f"there is nobody {person!r}.")


def _unknown(place: str, zh: str, en: str) -> Fault:
    return Fault(place=place, zh=zh, en=en, todo_zh="请从方案中选择。", todo_en="Please choose from the plan.")


def _judged(of: Side, pack: Policy) -> Report:
    return line.judged(of.timetable, of.scenario, pack)


def _only_in(one: Report, other: Report) -> list[Finding]:
    """Findings of one report that the other does not have, or has less of."""
    there = {(finding.clause.id, finding.rule, finding.subjects): finding.amount for finding in other.findings}
    return [each for each in one.findings if each.amount > there.get((each.clause.id, each.rule, each.subjects), 0)]


def _views(one: Report, other: Report) -> list[FindingView]:
    only = Report(findings=tuple(_only_in(one, other)))
    return [FindingView.model_validate(each) for each in report_record(only)["findings"]]


def in_words(old: Side, moves: Sequence[MoveAsked]) -> tuple[str, str]:
    """From where to where, in Chinese and English.

    Errors: `Refusal` with every fault.
    """
    told_zh, told_en, new = [], [], _moved(old, moves)
    for asked in moves:
        before = meeting_of(old, asked)
        then = meeting_of(new, MeetingAsked(section=asked.section, slot=asked.to_slot or asked.slot))
        (old_zh, old_en), (new_zh, new_en) = meeting_words(old, before), meeting_words(new, then)
        # Whoever and whatever changes is named: the same section at the same time may be elsewhere.
        room = old.scenario.room_by_id[RoomId(asked.to_room)].name if asked.to_room is not None else ""
        people = people_names(old.scenario, then.staff) if asked.to_staff is not None else ""
        also = [each for each in (room, people) if each]
        told_zh.append(f"{old_zh} → {'，'.join([new_zh, *also])}")
        told_en.append(f"{old_en} → {', '.join([new_en, *also])}")
    return "；".join(told_zh), "; ".join(told_en)


def _suggestion(old: Side, moves: Sequence[MoveAsked], after: Report, gone: int) -> Suggestion:
    zh, en = in_words(old, moves)
    return Suggestion(moves=list(moves), zh=zh, en=en, lawful=after.lawful, gone=gone)
