"""Where do archives of plans lie until they are fetched? In a table, so that any process can hand them out."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "archives",
        sa.Column("school", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["school", "job"], ["jobs.school", "jobs.id"], name="fk_archives_school_job"),
        sa.PrimaryKeyConstraint("school", "id", name="pk_archives"),
        sa.UniqueConstraint("school", "job", name="uq_archives_school_job"),
    )


def downgrade() -> None:
    op.drop_table("archives")
