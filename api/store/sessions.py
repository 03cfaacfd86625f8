"""Whose rows does a query see? Every session says so once, here; without it no query runs.

A *reading* sees one snapshot and cannot write. A *writing* is one transaction of one school and leaves exactly one line in
the log. *Bookkeeping* (heartbeats, counters, signs of life) leaves no line, and may touch only the tables named for it.
Queries go through the mapped classes: each row of `OfSchool`, in joins and subqueries too, is held to the school.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Engine, Result, event, inspect
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, with_loader_criteria

from api.store import log
from api.store.base import Base, OfSchool, Row, SchoolId
from api.store.log import Actor, Touched
from api.store.people import Attempts, SignIn
from api.store.planning import OPEN, Job
from api.store.record import LogEntry, LogHead, Notice, Receipt
from api.store.trouble import Missing, Stale, Unrecorded, Unscoped

R = TypeVar("R", bound=Row)

BOOKKEEPING: tuple[type[Base], ...] = (SignIn, Attempts, Notice, Receipt)
"""What changes too often, or says too little, for the log. A running job is one more; its making and its end are told."""
QUIET = frozenset(kind.__tablename__ for kind in BOOKKEEPING)
THE_LOG: tuple[type[Base], ...] = (LogEntry, LogHead)


@dataclass(frozen=True, slots=True)
class Everywhere:
    """Rows of all schools, for reading only: who is this token's owner, which job is next?"""

    why: str


class Reading(Session):
    """One snapshot of one school, or of all. Rows stay usable after it ends."""

    def __init__(self, engine: Engine | Connection, scope: SchoolId | Everywhere) -> None:
        super().__init__(engine, expire_on_commit=False, autoflush=True)
        self.scope = scope

    @property
    def school(self) -> SchoolId:
        if isinstance(self.scope, Everywhere):
            raise Unscoped("one school is needed here")
        return self.scope

    def find(self, kind: type[R], id: str) -> R:
        """The row of this school.

        Errors: `Missing`, whether it never was or is another school's.
        """
        found = self.get(kind, (self.school, id))
        if found is None:
            raise Missing(f"{kind.__name__} {id}")
        return found


class Writing(Reading):
    """One transaction that changes rows of one school, and says so in the log with `record`."""

    def __init__(self, engine: Engine, school: SchoolId, actor: Actor | None) -> None:
        super().__init__(engine, school)
        self.actor = actor
        self.touched: list[Touched] = []
        self.line: tuple[str, str, str] | None = None

    def lock(self, kind: type[R], id: str) -> R:
        """The row as it is now, and nobody else changes it before this transaction ends.

        Errors: `Missing`.
        """
        found = self.get(kind, (self.school, id), with_for_update=True, populate_existing=True)
        if found is None:
            raise Missing(f"{kind.__name__} {id}")
        return found

    def edit(self, kind: type[R], id: str, expected: int) -> R:
        """The row, locked, if it still is at the version that the person saw.

        Errors: `Missing`; `Stale` with the row as it is now.
        """
        found = self.lock(kind, id)
        version: int = getattr(found, "version")  # noqa: B009 - only some rows have versions
        if version != expected:
            raise Stale(found, expected, version)
        return found

    def record(self, action: str, object: str, reason: str = "") -> None:
        """The line that this transaction leaves in the log: `thing.verb`, the id of the thing, and why where one must say."""
        if self.line is not None:
            raise Unrecorded("one transaction, one line")
        if self.actor is None:
            raise Unrecorded("bookkeeping leaves no line")
        self.line = (action, object, reason)

    def close_the_log(self) -> None:
        """Called before the commit: the line is the last thing written, so that the chain is held for as short as can be."""
        self.flush()
        if self.line is None:
            if self.actor is not None and any(each.table not in QUIET for each in self.touched):
                raise Unrecorded("rows changed and no line says so")
            return
        assert self.actor is not None
        action, object, reason = self.line
        log.append(self, self.school, self.actor, action, object, reason, self.touched)
        self.flush()


def _scoped(state: ORMExecuteState) -> Result[Any] | None:
    scope = getattr(state.session, "scope", None)
    if scope is None:
        raise Unscoped("a session without a school")
    if not state.is_orm_statement or state.is_insert:
        raise Unscoped("only queries by mapped classes can be held to a school; add rows one by one")
    if isinstance(scope, Everywhere):
        if not state.is_select:
            raise Unscoped("all schools are for reading only")
    elif not state.is_column_load:
        state.statement = state.statement.options(
            with_loader_criteria(OfSchool, lambda row: row.school == scope, include_aliases=True)
        )
    if state.is_select:
        return None
    session = state.session
    mapper = state.bind_mapper
    if not isinstance(session, Writing) or mapper is None:
        raise Unscoped("this session only reads")
    _may_touch(session, mapper.class_)
    result = state.invoke_statement()
    count = result.rowcount if isinstance(result, CursorResult) else 0
    session.touched.extend(Touched(mapper.class_.__tablename__, "", "") for _ in range(count))
    return result


def _flushed(session: Session, context: UOWTransaction, instances: Sequence[object] | None) -> None:
    if not isinstance(session, Writing):
        if session.new or session.dirty or session.deleted:
            raise Unscoped("this session only reads")
        return
    for row in session.new:
        assert isinstance(row, Base)
        assert isinstance(row, OfSchool)
        if inspect(row).dict.get("school") not in (None, session.school):
            raise Unscoped("a row of another school")
        row.school = session.school
        if not isinstance(row, THE_LOG):
            _touch(session, row, before="", after=log.digest_of(row))
    for row in session.dirty:
        assert isinstance(row, Base)
        if inspect(row).attrs["school"].history.has_changes():
            raise Unscoped("a row cannot move to another school")
        if session.is_modified(row) and not isinstance(row, THE_LOG):
            _touch(session, row, before=log.digest_of(row, old=True), after=log.digest_of(row))
    for row in session.deleted:
        assert isinstance(row, Base)
        _touch(session, row, before=log.digest_of(row, old=True), after="")


def _touch(session: Writing, row: Base, before: str, after: str) -> None:
    running = isinstance(row, Job) and row.state in OPEN and bool(before and after)
    if not running:
        _may_touch(session, type(row))
    session.touched.append(Touched(row.__tablename__, before, after))


def _may_touch(session: Writing, kind: type[object]) -> None:
    if session.actor is None and not issubclass(kind, BOOKKEEPING):
        raise Unrecorded(f"{kind.__name__} changes only with a line in the log")


event.listen(Session, "do_orm_execute", _scoped)
event.listen(Session, "before_flush", _flushed)
