"""Can the log be trusted? A chain of digests, one for each school: how a line is written, and where a chain is broken."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from api.store.base import Base, Json, SchoolId, now
from api.store.record import LogEntry, LogHead

START = "0" * 64
"""What the first line of a chain calls its predecessor."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and from where."""

    name: str
    """Id of the account; `terminal`, `runner` or `nobody` where there is none."""
    source: str
    """web, api, terminal or runner, with the id of the request where there is one."""


@dataclass(frozen=True, slots=True)
class Touched:
    """One row that a write touched, by the digests of what it held before and holds after."""

    table: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Broken:
    """Where a chain does not hold, and how."""

    sequence: int
    zh: str
    en: str


def append(
    db: Session, school: SchoolId, actor: Actor, action: str, object: str, reason: str, touched: Sequence[Touched]
) -> None:
    """Writes one line at the end of the school's chain. Others who would write there wait until this transaction ends."""
    head = db.scalar(select(LogHead).with_for_update())
    if head is None:
        head = LogHead(sequence=0, digest=START)
        db.add(head)
    rows: dict[str, Json] = {}
    for each in touched:
        count = rows.get(each.table, 0)
        rows[each.table] = (count if isinstance(count, int) else 0) + 1
    entry = LogEntry(
        sequence=head.sequence + 1,
        # Both databases keep microseconds.
        at=now(),
        actor=actor.name,
        source=actor.source,
        action=action,
        object=object,
        rows=rows,
        before=_sum(each.before for each in touched if each.before),
        after=_sum(each.after for each in touched if each.after),
        reason=reason,
        previous=head.digest,
        digest="",
    )
    entry.school = school
    entry.digest = _digest(entry)
    head.sequence, head.digest = entry.sequence, entry.digest
    db.add(entry)


def broken(db: Session, school: SchoolId) -> Broken | None:
    """The first place where the school's chain does not hold; `None` where it is whole."""
    expected, previous = 1, START
    for entry in db.scalars(
        select(LogEntry).where(LogEntry.school == school).order_by(LogEntry.sequence).execution_options(yield_per=500)
    ):
        if entry.sequence != expected:
            return Broken(expected, "这一条不见了。", "This line is missing.")
        if entry.previous != previous:
            return Broken(expected, "这一条与前一条接不上。", "This line does not follow from the one before.")
        if entry.digest != _digest(entry):
            return Broken(expected, "这一条被改过。", "This line was changed.")
        expected, previous = expected + 1, entry.digest
    head = db.scalar(select(LogHead).where(LogHead.school == school))
    if head is None and expected == 1:
        return None
    if head is None or head.sequence != expected - 1 or head.digest != previous:
        return Broken(expected, "日志从这里起被截断。", "The log was cut off here.")
    return None


def newest(db: Session, object: str) -> LogEntry | None:
    """The last line about a thing of this school: who changed it, and when."""
    return db.scalar(select(LogEntry).where(LogEntry.object == object).order_by(LogEntry.sequence.desc()).limit(1))


def digest_of(row: Base, old: bool = False) -> str:
    """SHA-256 of all columns of a row; with `old`, as they were when it was read."""
    state = inspect(row)
    values: dict[str, object] = {}
    for attribute in state.mapper.column_attrs:
        history = state.attrs[attribute.key].history
        kept = history.deleted if old and history.deleted else history.added or history.unchanged
        # A new row answers with its defaults; of an old one nothing is fetched that was not looked at.
        values[attribute.key] = kept[0] if kept else None if state.persistent else getattr(row, attribute.key)
    # Counted up while the row is being written.
    values.pop("version", None)
    return hashlib.sha256(json.dumps(values, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


def _digest(entry: LogEntry) -> str:
    told = [
        entry.school,
        entry.sequence,
        entry.at.isoformat(timespec="microseconds"),
        entry.actor,
        entry.source,
        entry.action,
        entry.object,
        entry.rows,
        entry.before,
        entry.after,
        entry.reason,
        entry.previous,
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _sum(digests: Iterable[str]) -> str:
    each = sorted(digests)
    return hashlib.sha256("".join(each).encode()).hexdigest() if each else ""
