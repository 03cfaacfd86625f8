"""Do the tables come to be, from nothing and from the version before, and are they what the program says?"""

import pytest
from sqlalchemy import inspect, text

from api.store import migrate
from api.store.base import Base, OfSchool
from api.store.engine import Database


def test_migrating_an_empty_database_makes_the_tables_the_program_describes(empty: str):
    database = Database(empty)
    assert migrate.revision(database) is None
    migrate.upgrade(database)
    assert migrate.revision(database) == migrate.revisions()[-1]
    assert migrate.differences(database) == []
    database.close()


def test_a_column_too_many_is_seen_as_a_difference(empty: str):
    """The control of the test above."""
    database = Database(empty)
    migrate.upgrade(database)
    with database.writing() as engine, engine.begin() as connection:
        connection.execute(text("ALTER TABLE terms ADD COLUMN stray TEXT"))
    assert migrate.differences(database)
    database.close()


@pytest.mark.parametrize("before", migrate.revisions()[:-1])
def test_data_of_an_earlier_version_comes_through(empty: str, before: str):
    database = Database(empty)
    migrate.upgrade(database, before)
    with database.writing() as engine, engine.begin() as connection:
        connection.execute(
            text("INSERT INTO schools (school, name, county, created, version) VALUES ('a', '一小', 'yueyang', :at, 1)"),
            {"at": "2026-09-01 00:00:00+00:00" if not database.sqlite else "2026-09-01 00:00:00.000000"},
        )
    migrate.upgrade(database)
    with database.readers.connect() as connection:
        assert connection.execute(text("SELECT school, name FROM schools")).all() == [("a", "一小")]
    assert migrate.differences(database) == []
    database.close()


def test_a_migration_that_fails_half_way_leaves_the_version_before(empty: str):
    database = Database(empty)
    with database.writing() as engine, engine.begin() as connection:
        # What the last step wants to create is there already.
        connection.execute(text("CREATE TABLE publications (id TEXT)"))
    with pytest.raises(Exception, match="publications"):
        migrate.upgrade(database)
    assert migrate.revision(database) is None
    with database.readers.connect() as connection:
        assert "schools" not in inspect(connection).get_table_names()
    database.close()


def test_a_database_of_a_later_program_is_refused(empty: str):
    database = Database(empty)
    migrate.upgrade(database)
    with database.writing() as engine, engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(migrate.Newer):
        migrate.upgrade(database)
    database.close()


def test_every_table_carries_the_school():
    assert all(issubclass(mapper.class_, OfSchool) for mapper in Base.registry.mappers)
    assert all("school" in table.primary_key.columns for table in Base.metadata.tables.values())


def test_every_reference_stays_within_the_school():
    references = [fk for table in Base.metadata.tables.values() for fk in table.foreign_key_constraints]
    assert references
    assert all("school" in fk.column_keys for fk in references)
