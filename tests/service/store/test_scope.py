"""Does every query keep to its school? Whatever its shape, and a query that does not say whose rows it wants fails."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, exists, func, insert, select, text, true, union_all, update
from sqlalchemy.orm import Session, aliased

from api.store.people import Account, RoleHeld
from api.store.sessions import Everywhere, Reading
from api.store.store import Store
from api.store.trouble import Missing, Unscoped
from tests.service.conftest import CLERK, HERE, THERE

OTHER = aliased(Account)

SHAPES: dict[str, Callable[[Reading], set[object]]] = {
    "rows": lambda db: {row.name for row in db.scalars(select(Account))},
    "columns": lambda db: set(db.scalars(select(Account.name))),
    "count": lambda db: {"ours"} if db.scalar(select(func.count()).select_from(Account)) == 1 else {"all"},
    "join": lambda db: set(db.scalars(select(Account.name).join(RoleHeld, RoleHeld.subject == "same"))),
    "join to": lambda db: set(db.scalars(select(RoleHeld.school).join(Account, true()))) - {HERE},
    "alias": lambda db: set(db.scalars(select(OTHER.name))),
    "subquery": lambda db: set(db.scalars(select(select(Account.name).subquery().c.name))),
    "scalar subquery": lambda db: set(db.scalars(select(select(func.max(Account.name)).scalar_subquery()))),
    "exists": lambda db: set(db.scalars(select(RoleHeld.school).where(exists().where(Account.name == "theirs")))),
    "in": lambda db: set(db.scalars(select(RoleHeld.subject).where(RoleHeld.account.in_(select(Account.id))))) - {"same"},
    "union": lambda db: set(db.scalars(union_all(select(Account.name), select(Account.name)))),
    "cte": lambda db: set(db.scalars(select(select(Account.name).cte().c.name))),
    "named": lambda db: set(db.scalars(select(Account.name).where(Account.school == THERE))),
}


@pytest.fixture
def peopled(store: Store) -> Store:
    """One person with one role in each of two schools."""
    for school, name in ((HERE, "ours"), (THERE, "theirs")):
        with store.writing(school, CLERK) as db:
            account = Account(id=name, name=name)
            db.add(account)
            db.flush()
            db.add(RoleHeld(account=account.id, role="office", subject="same"))
            db.record("account.add", name)
    return store


@pytest.mark.parametrize("shape", SHAPES)
def test_a_query_sees_no_row_of_another_school(peopled: Store, shape: str):
    with peopled.reading(HERE) as db:
        assert SHAPES[shape](db) <= {"ours"}


def test_without_the_filter_the_same_queries_see_the_other_school(peopled: Store):
    """The control of the test above: its questions would notice a leak."""
    with peopled.reading(Everywhere("control")) as db:
        leaks = {shape for shape in SHAPES if not SHAPES[shape](db) <= {"ours"}}
    assert leaks == set(SHAPES) - {"in"}


def test_a_row_of_another_school_is_missing_like_one_that_never_was(peopled: Store):
    with peopled.reading(HERE) as db:
        assert db.find(Account, "ours").name == "ours"
        with pytest.raises(Missing) as foreign:
            db.find(Account, "theirs")
        with pytest.raises(Missing) as none:
            db.find(Account, "nobody")
        assert type(foreign.value) is type(none.value)
        assert db.get(Account, (THERE, "theirs")) is None


def test_changes_by_statement_keep_to_the_school(peopled: Store):
    with peopled.writing(HERE, CLERK) as db:
        db.execute(update(Account).values(phone="1"))
        db.execute(delete(RoleHeld))
        db.record("account.tidy", "all")
    with peopled.reading(Everywhere("test")) as db:
        assert db.execute(select(Account.name, Account.phone).order_by(Account.name)).all() == [("ours", "1"), ("theirs", None)]
        assert list(db.scalars(select(RoleHeld.school))) == [THERE]


@pytest.mark.parametrize(
    "statement",
    [text("SELECT 1"), select(Account.__table__), insert(Account).values(id="x", name="x")],
    ids=["words of SQL", "table itself", "rows by statement"],
)
def test_what_cannot_be_held_to_a_school_is_refused(peopled: Store, statement):
    with pytest.raises(Unscoped), peopled.writing(HERE, CLERK) as db:
        db.execute(statement)


def test_a_session_without_a_school_answers_nothing(peopled: Store):
    with Session(peopled.database.readers) as plain, pytest.raises(Unscoped):
        plain.execute(select(Account))


def test_a_row_cannot_be_written_into_another_school_or_moved_there(peopled: Store):
    def smuggled(db: Reading) -> None:
        row = Account(name="x")
        row.school = THERE
        db.add(row)

    def moved(db: Reading) -> None:
        db.find(Account, "ours").school = THERE

    def attempted(attempt: Callable[[Reading], None]) -> None:
        with peopled.writing(HERE, CLERK) as db:
            attempt(db)
            db.record("account.smuggle", "x")

    for attempt in (smuggled, moved):
        with pytest.raises(Unscoped):
            attempted(attempt)


def test_the_database_itself_refuses_a_reference_into_another_school(peopled: Store):
    def given() -> None:
        with peopled.writing(HERE, CLERK) as db:
            db.add(RoleHeld(account="theirs", role="office"))
            db.record("role.give", "theirs")

    with pytest.raises(Exception, match=r"(?i)foreign key"):
        given()


def test_a_reading_cannot_write(peopled: Store):
    with peopled.reading(HERE) as db:
        db.add(Account(name="x"))
        with pytest.raises(Unscoped):
            db.flush()
    with pytest.raises(Unscoped), peopled.reading(HERE) as db:
        db.execute(update(Account).values(phone="1"))
    # Nor past the sessions.
    with pytest.raises(Exception, match=r"(?i)readonly|read-only"), peopled.database.readers.begin() as connection:
        connection.execute(text("DELETE FROM roles_held"))
