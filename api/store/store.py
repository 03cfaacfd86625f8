"""How does one read and write what the service keeps?

    with store.reading(school) as db:
        plans = db.scalars(select(PlanVersion).order_by(PlanVersion.number)).all()

    with store.writing(school, actor) as db:
        term = db.edit(Term, term_id, expected=3)
        term.name = "2026 秋"
        db.record("term.rename", term.id)

The commit is done when the block ends, so a handler answers after it, never inside. What goes wrong comes out as one of
the types of `trouble`. A block that raises changes nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from api.store.base import SchoolId
from api.store.diagnosis import trouble
from api.store.engine import PATIENCE, Database
from api.store.log import Actor
from api.store.sessions import Everywhere, Reading, Writing


class Store:
    """Everything the service keeps, in one database. One a process; threads may share it."""

    def __init__(self, address: str, patience: float = PATIENCE) -> None:
        self.database = Database(address, patience)

    @contextmanager
    def reading(self, scope: SchoolId | Everywhere) -> Iterator[Reading]:
        """One snapshot. Nothing can be written."""
        with _told(), Reading(self.database.readers, scope) as db:
            yield db

    @contextmanager
    def writing(self, school: SchoolId, actor: Actor) -> Iterator[Writing]:
        """One transaction with one line in the log.

        Errors: `Unrecorded` where rows changed and `record` was not called.
        """
        with self._writing(school, actor) as db:
            yield db

    @contextmanager
    def bookkeeping(self, school: SchoolId) -> Iterator[Writing]:
        """One transaction without a line in the log, for the tables of `BOOKKEEPING` only."""
        with self._writing(school, None) as db:
            yield db

    @contextmanager
    def _writing(self, school: SchoolId, actor: Actor | None) -> Iterator[Writing]:
        with _told(), self.database.writing() as engine, Writing(engine, school, actor) as db:
            yield db
            db.close_the_log()
            db.commit()

    def close(self) -> None:
        self.database.close()


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        known = trouble(error)
        if known is None:
            raise
        raise known from error
