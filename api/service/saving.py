"""What does a new version of the facts have to stand up to before it is kept, and how is it told?"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path

from pydantic import Field

from api.access.allowed import Allowed
from api.problems import Refusal, bad_input
from api.service.answers import View, etag
from api.service.links import live_as_long
from api.store import facts
from api.store.base import Json, TermId
from api.store.facts import Moved
from api.store.planning import ScenarioVersion, Term
from api.store.sessions import Writing
from scheduler import intake, line
from scheduler.errors import InputFaults
from scheduler.intake import scenario_from_json

NONE = "none"
"""The version of facts that are not there yet."""


class VersionView(View):
    """One version of the facts."""

    id: str
    number: int
    parent: str | None
    digest: str
    made_by: str | None
    made: datetime
    reason: str


class SavedView(View):
    """What came of an edit, an import or an undo."""

    version: VersionView
    changed: bool = Field(description="False: everything was like that already, and there is no new version.")
    counts: Mapping[str, Mapping[str, int]] = Field(description="How many were added, changed and removed, by kind.")


def view(row: ScenarioVersion) -> VersionView:
    return VersionView.model_validate(row, from_attributes=True)


def checked(text: str, policies: Path | None) -> None:
    """Reads the facts as if somebody had sent them.

    Errors: `Refusal` with every fault, where a reference leads nowhere or a county asks for a fact that is not there.
    """
    try:
        line.prepared(intake.read_bytes("facts.json", text.encode()), policies)
    except InputFaults as error:
        raise bad_input(error.faults) from None


def saved(
    db: Writing, term: str, action: str, reason: str, policies: Path | None, change: Callable[[TermId], ScenarioVersion]
) -> SavedView:
    """Keeps what `change` makes of the facts, where it stands up; the log gets its line where anything is otherwise.

    Errors: `Missing`; `Moved`; `Refusal` with every fault.
    """
    # Held from here on: what is compared below is what the change began from.
    before = db.lock(Term, term).scenario
    try:
        version = change(TermId(term))
    except InputFaults as error:
        raise bad_input(error.faults) from None
    if version.id == before:
        return SavedView(version=view(version), changed=False, counts={})
    new = facts.text_of(db, version.id)
    checked(new, policies)
    old = None if before is None else facts.text_of(db, before)
    _follow_calendar(db, term, old, new)
    db.record(action, version.id, reason)
    db.flush()
    return SavedView(version=view(version), changed=True, counts=facts.counts(facts.differences(old, new)))


def _follow_calendar(db: Writing, term: str, old: str | None, new: str) -> None:
    """Where the calendar has other first and last days than before, so has the term, and links to its calendars end with it."""
    days = _days(new)
    if old is not None and _days(old) == days:
        return
    row = db.lock(Term, term)
    row.first, row.last = days
    live_as_long(db, row)


def _days(text: str) -> tuple[date, date]:
    known = scenario_from_json(text).term
    return known.start, known.end


def moved(asked: Allowed, trouble: Moved, expected: str | None, yours: Json, now: str | None) -> Refusal:
    """Both versions, for the second of two who changed the same thing: theirs as it is now, and yours as you sent it."""
    return Refusal(
        "changed",
        "您打开之后，别人改过这项内容。请看现在的内容，再决定要不要改。",
        "Somebody changed this after you opened it. Please look at what is there now, and decide again.",
        headers={"ETag": etag(now or NONE)},
        more={
            "kind": trouble.kind,
            "entity": trouble.entity,
            "expected": expected,
            "version": now,
            "current": trouble.current,
            "yours": yours,
            "by": trouble.by,
            "at": None if trouble.at is None else trouble.at.isoformat(),
        },
    )
