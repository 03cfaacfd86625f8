"""Which rows can nobody change, not even with SQL of their own? The log, and the versions of facts and plans."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NEVER_CHANGED = ("log_entries", "scenario_versions", "scenario_changes", "plan_versions")
NEVER_DELETED = ("log_entries",)
"""The versions hold children's names, which must be deletable one day; the log holds none."""

REFUSED = "EXECUTE FUNCTION refuse_the_change()"
FUNCTION = """
CREATE FUNCTION refuse_the_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is never changed', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(FUNCTION)
        for name, event, table in _refused():
            op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {REFUSED}")
        for table in NEVER_DELETED:
            op.execute(f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {REFUSED}")
        return
    for name, event, table in _refused():
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is never changed'); END")


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for name, _, table in _refused():
        op.execute(f"DROP TRIGGER {name} ON {table}" if postgresql else f"DROP TRIGGER {name}")
    if postgresql:
        for table in NEVER_DELETED:
            op.execute(f"DROP TRIGGER {table}_truncate ON {table}")
        op.execute("DROP FUNCTION refuse_the_change()")


def _refused() -> list[tuple[str, str, str]]:
    """Trigger, event and table."""
    return [
        *((f"{table}_update", "UPDATE", table) for table in NEVER_CHANGED),
        *((f"{table}_delete", "DELETE", table) for table in NEVER_DELETED),
    ]
