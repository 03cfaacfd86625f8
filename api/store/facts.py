"""What does the school know this term, and what did an edit change? Versions of the facts, each whole and never changed.

An *entity* is what a clerk edits at a time: a course, a room, a pupil …; of the facts that have no ids (the term, the
bells, the timetable of lessons) the whole field. Two clerks who edit different entities do not disturb each other; of two
who edit the same one, the second gets `Moved` with what there is now, by whom and since when.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from api.store.base import AccountId, Json, TermId
from api.store.planning import Change, ScenarioChange, ScenarioVersion, Term
from api.store.sessions import Reading, Writing
from api.store.trouble import Missing
from scheduler.intake import scenario_from_json, scenario_to_json

IDS = {
    "seasons": "id",
    "grades": "number",
    "home_classes": "id",
    "slots": "id",
    "rooms": "id",
    "staff": "id",
    "courses": "id",
    "pupils": "id",
    "providers": "id",
    "trips": "id",
}
"""Fields that hold entities, and what these are called by. Every other field is one entity, whose id is empty."""


class Moved(Exception):
    """Somebody else changed the entity in between: what it is now (`None`: gone), who did it and when."""

    def __init__(self, kind: str, entity: str, current: Json) -> None:
        self.kind, self.entity, self.current = kind, entity, current
        self.by: AccountId | None = None
        self.at: datetime | None = None
        super().__init__(f"{kind} {entity}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One entity as it shall be."""

    kind: str
    entity: str = ""
    value: Json
    """As in canonical JSON; `None` removes it."""
    expected: str | None
    """`tag` of what the person saw; `None`: they saw none."""


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """One entity that is otherwise in two versions."""

    kind: str
    entity: str
    change: Change


def tag(value: Json) -> str:
    """What tells two versions of an entity apart; fit for an ETag."""
    return hashlib.sha256(_dumped(value).encode()).hexdigest()[:32]


def entities(facts: Mapping[str, Json], kind: str) -> dict[str, Json]:
    """The entities of one kind by id, in canonical order.

    Errors: `Missing` for a kind there is not.
    """
    if kind not in facts:
        raise Missing(kind)
    value = facts[kind]
    if kind not in IDS:
        return {"": value}
    assert isinstance(value, list)
    return {str(each[IDS[kind]]): each for each in value if isinstance(each, dict)}


def differences(old: str | None, new: str) -> list[Difference]:
    """What is added, changed and removed between two texts of facts; nothing where they are equal. `None`: no facts yet."""
    before, after = parsed(old) if old else {}, parsed(new)
    found = []
    for kind in after:
        was, will_be = entities(before, kind) if before else {}, entities(after, kind)
        if kind not in IDS and was == {}:
            continue
        found += [Difference(kind, id, Change.ADDED) for id in will_be if id not in was]
        found += [Difference(kind, id, Change.REMOVED) for id in was if id not in will_be]
        found += [Difference(kind, id, Change.CHANGED) for id in will_be if id in was and was[id] != will_be[id]]
    return sorted(found)


def counts(changes: Sequence[Difference]) -> dict[str, dict[str, int]]:
    """How many were added, changed and removed, by kind: what a preview promises and an import must keep."""
    told: dict[str, dict[str, int]] = {}
    for each in changes:
        of_kind = told.setdefault(each.kind, {change.value: 0 for change in Change})
        of_kind[each.change.value] += 1
    return told


def edited(text: str, edits: Sequence[Edit]) -> str:
    """The facts with the edits, as canonical JSON.

    Errors: `Moved` where an entity is not what the person saw; `InputFaults` where the facts would have a wrong shape.
    What the facts mean together is not looked at here: read the text as an upload before saving it.
    """
    facts = parsed(text)
    for edit in edits:
        now = entities(facts, edit.kind)
        current = now.get(edit.entity)
        seen = None if current is None and edit.entity not in now else tag(current)
        if seen != edit.expected:
            raise Moved(edit.kind, edit.entity, current)
        if edit.kind not in IDS:
            facts[edit.kind] = edit.value
            continue
        now.pop(edit.entity, None)
        facts[edit.kind] = [*now.values(), *([] if edit.value is None else [edit.value])]
    return scenario_to_json(scenario_from_json(_dumped(facts)))


def head(db: Reading, term: TermId) -> ScenarioVersion:
    """The newest version of a term's facts.

    Errors: `Missing` where the term has none.
    """
    newest = db.find(Term, term).scenario
    if newest is None:
        raise Missing("facts")
    return db.find(ScenarioVersion, newest)


def text_of(db: Reading, version: str) -> str:
    """The facts of a version, as canonical JSON; `scenario_from_json` makes a scenario of them.

    Errors: `Missing`.
    """
    text = db.scalar(select(ScenarioVersion.text).where(ScenarioVersion.id == version))
    if text is None:
        raise Missing("facts")
    return text


def edit(db: Writing, term: TermId, edits: Sequence[Edit], by: AccountId | None, reason: str = "") -> ScenarioVersion:
    """A new version with the edits, made on top of the newest, whoever made that. Call `record` after it.

    Errors: `Missing`; `Moved` with who and when; `InputFaults`.
    """
    owner = db.lock(Term, term)
    if owner.scenario is None:
        raise Missing("facts")
    text = text_of(db, owner.scenario)
    try:
        return _saved(db, owner, text, edited(text, edits), by, reason)
    except Moved as moved:
        last = _last_change(db, term, moved.kind, moved.entity)
        if last is not None:
            moved.by, moved.at = last.made_by, last.made
        raise


def replace(
    db: Writing, term: TermId, text: str, expected: str | None, by: AccountId | None, reason: str = ""
) -> ScenarioVersion:
    """A new version that is `text` as a whole: an import, or the first facts of a term. Equal facts make no new version.

    `expected`: id of the version that the preview was made against; `None`: the term had none.
    Errors: `Missing`; `Moved` where there is another version by now; `InputFaults`.
    """
    owner = db.lock(Term, term)
    if owner.scenario != expected:
        moved = Moved("facts", "", None)
        if owner.scenario is not None:
            newest = db.find(ScenarioVersion, owner.scenario)
            moved.by, moved.at = newest.made_by, newest.made
        raise moved
    old = None if owner.scenario is None else text_of(db, owner.scenario)
    return _saved(db, owner, old, scenario_to_json(scenario_from_json(text)), by, reason)


def undo(db: Writing, term: TermId, expected: str, by: AccountId | None, reason: str = "") -> ScenarioVersion:
    """A new version equal to the one before `expected`, which must be the newest.

    Errors: `Missing` where there is none before; `Moved`.
    """
    parent = db.find(ScenarioVersion, expected).parent
    if parent is None:
        raise Missing("an earlier version")
    return replace(db, term, text_of(db, parent), expected, by, reason)


def _saved(db: Writing, owner: Term, old: str | None, new: str, by: AccountId | None, reason: str) -> ScenarioVersion:
    parent = None if owner.scenario is None else db.find(ScenarioVersion, owner.scenario)
    if parent is not None and old == new:
        return parent
    version = ScenarioVersion(
        term=TermId(owner.id),
        number=1 if parent is None else parent.number + 1,
        parent=None if parent is None else parent.id,
        digest=hashlib.sha256(new.encode()).hexdigest(),
        text=new,
        made_by=by,
        reason=reason,
    )
    db.add(version)
    db.flush()
    for each in differences(old, new):
        db.add(
            ScenarioChange(
                term=version.term,
                scenario=version.id,
                number=version.number,
                kind=each.kind,
                entity=each.entity,
                change=each.change,
            )
        )
    owner.scenario = version.id
    return version


def _last_change(db: Reading, term: TermId, kind: str, entity: str) -> ScenarioVersion | None:
    return db.scalar(
        select(ScenarioVersion)
        .join(ScenarioChange, ScenarioChange.scenario == ScenarioVersion.id)
        .where(ScenarioChange.term == term, ScenarioChange.kind == kind, ScenarioChange.entity == entity)
        .order_by(ScenarioChange.number.desc())
        .limit(1)
    )


def parsed(text: str) -> dict[str, Json]:
    """Canonical JSON, read."""
    facts = json.loads(text)
    assert isinstance(facts, dict)
    return facts


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
