"""What happens when two people change the same thing, and when many write at once?"""

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, text

from api.store.people import Account, Role, RoleHeld
from api.store.record import LogEntry
from api.store.store import Store
from api.store.trouble import Stale, Taken, Unavailable
from tests.service.conftest import CLERK, HERE
from tests.service.rows import account, term_with_facts


def renamed(store: Store, id: str, expected: int, name: str) -> None:
    with store.writing(HERE, CLERK) as db:
        db.edit(Account, id, expected).name = name
        db.record("account.rename", id)


def test_the_second_clerk_is_told_both_versions(store: Store):
    id = account(store)
    renamed(store, id, 1, "first")
    with pytest.raises(Stale) as told:
        renamed(store, id, 1, "second")
    assert (told.value.expected, told.value.version) == (1, 2)
    assert isinstance(told.value.current, Account)
    assert told.value.current.name == "first"


def interleaved(store: Store, id: str, guarded: bool, rounds: int) -> tuple[int, int]:
    """How many of two clerks' edits were acknowledged, and how many left their trace in the value."""
    rng = random.Random(1)
    acknowledged = 0
    for round in range(rounds):
        with store.reading(HERE) as db:
            seen = db.find(Account, id)
        clerks = ["a", "b"]
        rng.shuffle(clerks)
        for clerk in clerks:
            try:
                with store.writing(HERE, CLERK) as db:
                    row = db.edit(Account, id, expected=seen.version) if guarded else db.lock(Account, id)
                    # Each adds to what they saw on their screen.
                    row.name = f"{seen.name},{clerk}{round}"
                    db.record("account.rename", id)
                acknowledged += 1
            except Stale:
                pass
    with store.reading(HERE) as db:
        return acknowledged, db.find(Account, id).name.count(",")


def test_no_acknowledged_edit_is_lost(store: Store):
    acknowledged, kept = interleaved(store, account(store), guarded=True, rounds=40)
    assert acknowledged == kept == 40


def test_without_the_version_acknowledged_edits_vanish(store: Store):
    """The control of the test above."""
    acknowledged, kept = interleaved(store, account(store), guarded=False, rounds=5)
    assert acknowledged > kept


def test_of_many_who_edit_at_once_one_wins_and_all_others_are_told(store: Store):
    id = account(store)
    barrier = threading.Barrier(12)

    def edit(number: int) -> bool:
        barrier.wait()
        try:
            renamed(store, id, 1, str(number))
        except Stale:
            return False
        return True

    with ThreadPoolExecutor(12) as pool:
        won = list(pool.map(edit, range(12)))
    assert won.count(True) == 1
    with store.reading(HERE) as db:
        assert db.find(Account, id).name == str(won.index(True))


def test_many_writers_at_once_all_get_through_and_the_log_has_no_gap(store: Store):
    def write(number: int) -> str:
        return account(store, f"person {number}")

    with ThreadPoolExecutor(16) as pool:
        ids = list(pool.map(write, range(48)))
    assert len(set(ids)) == 48
    with store.reading(HERE) as db:
        assert db.scalar(select(func.count()).select_from(Account)) == 48
        assert list(db.scalars(select(LogEntry.sequence).order_by(LogEntry.sequence))) == list(range(1, 50))


def test_a_block_that_raises_changes_nothing(store: Store):
    def half() -> None:
        with store.writing(HERE, CLERK) as db:
            db.add(Account(name="half"))
            db.flush()
            db.record("account.add", "half")
            raise InterruptedError

    with pytest.raises(InterruptedError):
        half()
    with store.reading(HERE) as db:
        assert db.scalar(select(func.count()).select_from(Account)) == 0


def test_what_must_be_unique_is_refused_as_taken(store: Store):
    id = account(store)

    def given() -> None:
        with store.writing(HERE, CLERK) as db:
            db.add(RoleHeld(account=id, role=Role.OFFICE))
            db.record("role.give", id)

    given()
    with pytest.raises(Taken):
        given()


def test_a_reading_sees_one_moment_whatever_is_written_meanwhile(store: Store):
    id = account(store, "before")
    with store.reading(HERE) as db:
        assert db.find(Account, id).name == "before"
        with store.writing(HERE, CLERK) as other:
            other.find(Account, id).name = "after"
            account_two = Account(name="new")
            other.add(account_two)
            other.record("account.rename", id)
        assert set(db.scalars(select(Account.name))) == {"before"}
    with store.reading(HERE) as db:
        assert set(db.scalars(select(Account.name))) == {"after", "new"}


def test_a_version_of_the_facts_is_never_changed_even_with_sql(store: Store):
    term_with_facts(store)
    with (
        pytest.raises(Exception, match="never changed"),
        store.database.writing() as engine,
        engine.begin() as connection,
    ):
        connection.execute(text("UPDATE scenario_versions SET digest = 'y'"))


def test_a_locked_database_is_said_to_be_unavailable_and_works_again_after(database: str):
    """Somebody opened the file with a tool of their own and began to write."""
    patient, impatient = Store(database), Store(database, patience=0.2)
    id = account(patient)
    with patient.database.writers.connect() as holder:
        if patient.database.sqlite:
            holder.begin()
        else:
            holder.execute(text("SELECT * FROM log_heads FOR UPDATE"))
        with pytest.raises(Unavailable):
            account(impatient)
        with impatient.reading(HERE) as db:
            assert db.find(Account, id).name == "wang"
    account(impatient)
    patient.close()
    impatient.close()
