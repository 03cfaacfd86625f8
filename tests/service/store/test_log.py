"""Does each write leave its line, and does the log notice what is done to it?"""

import random
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, func, select, text
from sqlalchemy.orm import Session

from api.store import log
from api.store.base import SchoolId, now
from api.store.log import Broken
from api.store.people import Account, SignIn
from api.store.planning import Job, JobKind, JobState
from api.store.record import LogEntry
from api.store.sessions import Reading
from api.store.store import Store
from api.store.trouble import Unrecorded
from tests.service.conftest import CLERK, HERE, THERE
from tests.service.operation.served import measured
from tests.service.rows import term

LINES = 60


def add(store: Store, name: str) -> None:
    with store.writing(HERE, CLERK) as db:
        account = Account(name=name)
        db.add(account)
        db.record("account.add", account.id, reason="test")


def filled(store: Store, lines: int) -> Store:
    """A school with so many lines in its log, the one about its opening included."""
    for number in range(lines - 1):
        add(store, f"person {number}")
    return store


@pytest.fixture
def written(store: Store) -> Store:
    return filled(store, LINES)


def by_hand(store: Store, change: Callable[[Connection], object]) -> None:
    """What somebody with the keys of the database may do: the triggers first."""
    with store.database.writing() as engine, engine.begin() as connection:
        if store.database.sqlite:
            for name in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("ALTER TABLE log_entries DISABLE TRIGGER ALL"))
        change(connection)


def test_a_write_leaves_one_line_with_who_what_and_why(store: Store):
    with store.writing(HERE, CLERK) as db:
        account = Account(name="wang")
        db.add(account)
        db.record("account.add", account.id, reason="new teacher")
    with store.reading(HERE) as db:
        line = db.scalars(select(LogEntry).order_by(LogEntry.sequence.desc())).first()
        assert line is not None
        assert (line.sequence, line.actor, line.source, line.action) == (2, "clerk", "web", "account.add")
        assert (line.object, line.reason, line.rows) == (account.id, "new teacher", {"accounts": 1})
        assert not line.before
        assert line.after
        assert (now() - line.at).total_seconds() < 60


def test_a_change_of_a_row_leaves_the_digests_of_before_and_after(store: Store):
    add(store, "wang")
    with store.writing(HERE, CLERK) as db:
        account = db.scalars(select(Account)).one()
        account.name = "li"
        db.record("account.rename", account.id)
    with store.reading(HERE) as db:
        made, renamed = db.scalars(select(LogEntry).where(LogEntry.sequence > 1).order_by(LogEntry.sequence)).all()
        assert renamed.before == made.after
        assert renamed.after != renamed.before


def test_a_write_without_a_line_changes_nothing(store: Store):
    def written(lines: int) -> None:
        with store.writing(HERE, CLERK) as db:
            db.add(Account(name="wang"))
            for _ in range(lines):
                db.record("account.add", "wang")

    for lines in (0, 2):
        with pytest.raises(Unrecorded):
            written(lines)
    with store.reading(HERE) as db:
        assert db.scalar(select(func.count()).select_from(Account)) == 0
        assert db.scalar(select(func.count()).select_from(LogEntry)) == 1


def test_bookkeeping_leaves_no_line_and_keeps_to_its_tables(store: Store):
    add(store, "wang")
    with store.reading(HERE) as db:
        account = db.scalars(select(Account)).one()
    with store.bookkeeping(HERE) as db:
        db.add(SignIn(account=account.id, token_hash="x", expires=now()))
    with pytest.raises(Unrecorded), store.bookkeeping(HERE) as db:
        db.find(Account, account.id).name = "li"
    with store.reading(HERE) as db:
        assert db.scalar(select(func.count()).select_from(LogEntry)) == 2


def test_a_running_job_is_bookkeeping_but_its_making_and_its_end_are_told(store: Store):
    id = term(store)

    def made() -> None:
        with store.bookkeeping(HERE) as db:
            db.add(Job(kind=JobKind.SOLVE, term=id, asked={}))

    with pytest.raises(Unrecorded):
        made()
    with store.writing(HERE, CLERK) as db:
        job = Job(kind=JobKind.SOLVE, term=id, asked={})
        db.add(job)
        db.record("job.ask", job.id)

    def moved(state: JobState) -> None:
        with store.bookkeeping(HERE) as db:
            row = db.lock(Job, job.id)
            row.state, row.heartbeat = state, now()

    moved(JobState.RUNNING)
    with pytest.raises(Unrecorded):
        moved(JobState.DONE)


def test_a_log_that_cannot_be_written_fails_the_write(store: Store):
    with store.database.writing() as engine, engine.begin() as connection:
        connection.execute(text("ALTER TABLE log_entries RENAME TO lost"))
    with pytest.raises(Exception, match="log_entries"):
        add(store, "wang")
    with store.reading(HERE) as db:
        assert db.scalar(select(func.count()).select_from(Account)) == 0


@pytest.mark.parametrize("statement", ["UPDATE log_entries SET reason = 'x'", "DELETE FROM log_entries"])
def test_the_database_itself_refuses_to_change_the_log(written: Store, statement: str):
    with (
        pytest.raises(Exception, match="never changed"),
        written.database.writing() as engine,
        engine.begin() as connection,
    ):
        connection.execute(text(statement))


def test_an_untouched_log_holds(written: Store):
    with written.reading(HERE) as db:
        assert db.scalar(select(func.count()).select_from(LogEntry)) == LINES
        assert log.broken(db, HERE) is None
    with written.reading(THERE) as db:
        assert log.broken(db, THERE) is None


def test_one_line_changed_deleted_swapped_or_cut_off_is_named(written: Store):
    assert missed(written, LINES, 100) == []


@pytest.mark.long
def test_each_of_four_hundred_attacks_on_a_log_of_ten_thousand_lines_is_named(store: Store, kind: str):
    attacks, lines = 400, 10_000
    overlooked = missed(filled(store, lines), lines, attacks)
    assert overlooked == []
    measured("D9", kind=kind, lines=lines, attacks=attacks, named=attacks - len(overlooked))


def test_a_check_that_only_counts_lines_misses_what_was_changed(written: Store):
    """The control."""

    def gap(db: Session, school: SchoolId) -> Broken | None:
        there = db.scalars(select(LogEntry.sequence).where(LogEntry.school == school).order_by(LogEntry.sequence)).all()
        return next((Broken(place, "", "") for place, kept in enumerate(there, 1) if place != kept), None)

    assert {attack % 4 for attack in missed(written, LINES, 12, gap)} == {0, 2, 3}


def missed(
    written: Store, lines: int, attacks: int, check: Callable[[Session, SchoolId], Broken | None] = log.broken
) -> list[int]:
    """Which of so many attacks, each undone before the next, were not named at their place.

    In turn a line is changed, deleted, exchanged with its neighbour, and the log cut off.
    """
    rng, overlooked = random.Random(7), []
    columns = ("actor", "action", "object", "reason", "before", "after", "source", "previous", "digest")
    for attack in range(attacks):
        place = rng.randint(2, lines - 1)
        change, found_at = {
            0: ([f"UPDATE log_entries SET {rng.choice(columns)} = 'x' WHERE sequence = {place}"], place),
            1: ([f"DELETE FROM log_entries WHERE sequence = {place}"], place),
            2: (
                [
                    f"UPDATE log_entries SET sequence = {old} WHERE sequence = {new} AND school = 'here'"
                    for new, old in ((place, 100_000), (place - 1, place), (100_000, place - 1))
                ],
                place - 1,
            ),
            3: ([f"DELETE FROM log_entries WHERE sequence >= {place}"], place),
        }[attack % 4]

        class Undone(Exception):
            pass

        def attacked(connection: Connection, change: list[str] = change, found_at: int = found_at, attack: int = attack) -> None:
            for statement in change:
                connection.execute(text(statement + (" AND school = 'here'" if "AND" not in statement else "")))
            found = check(Reading(connection, HERE), HERE)
            if found is None or found.sequence != found_at:
                overlooked.append(attack)
            raise Undone

        with pytest.raises(Undone):
            by_hand(written, attacked)
    return overlooked
