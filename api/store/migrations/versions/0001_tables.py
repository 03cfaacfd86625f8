"""Which tables were there first? Each row has its school's key; references stay within the school."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "attempts",
    "schools",
    "accounts",
    "invitations",
    "log_entries",
    "log_heads",
    "notices",
    "receipts",
    "terms",
    "api_tokens",
    "calendar_tokens",
    "guardianships",
    "jobs",
    "roles_held",
    "scenario_versions",
    "sign_ins",
    "waivers",
    "plan_versions",
    "scenario_changes",
    "publications",
)


def upgrade() -> None:
    op.create_table(
        "attempts",
        sa.Column("school", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("school", "key", name="pk_attempts"),
    )
    op.create_table(
        "schools",
        sa.Column("school", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("county", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("school", name="pk_schools"),
    )
    op.create_table(
        "accounts",
        sa.Column("school", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=True),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["school"], ["schools.school"], name="fk_accounts_school"),
        sa.PrimaryKeyConstraint("school", "id", name="pk_accounts"),
        sa.UniqueConstraint("school", "login", name="uq_accounts_school_login"),
    )
    op.create_table(
        "invitations",
        sa.Column("school", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("home_class", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=True),
        sa.Column("used", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by", sa.Text(), nullable=True),
        sa.Column("revoked", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["school"], ["schools.school"], name="fk_invitations_school"),
        sa.PrimaryKeyConstraint("school", "id", name="pk_invitations"),
        sa.UniqueConstraint("code_hash", name="uq_invitations_code_hash"),
    )
    op.create_index("ix_invitations_school_home_class", "invitations", ["school", "home_class"], unique=False)

    op.create_table(
        "log_entries",
        sa.Column("school", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("rows", sa.Text(), nullable=True),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["school"], ["schools.school"], name="fk_log_entries_school"),
        sa.PrimaryKeyConstraint("school", "sequence", name="pk_log_entries"),
    )
    op.create_index("ix_log_entries_school_object_sequence", "log_entries", ["school", "object", "sequence"], unique=False)

    op.create_table(
        "log_heads",
        sa.Column("school", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["school"], ["schools.school"], name="fk_log_heads_school"),
        sa.PrimaryKeyConstraint("school", name="pk_log_heads"),
    )
    op.create_table(
        "notices",
        sa.Column("school", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["school"], ["schools.school"], name="fk_notices_school"),
        sa.PrimaryKeyConstraint("school", "id", name="pk_notices"),
        sa.UniqueConstraint("school", "key", name="uq_notices_school_key"),
    )
    op.create_index("ix_notices_sent_due", "notices", ["sent", "due"], unique=False)

    op.create_table(
        "receipts",
        sa.Column("school", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["school"], ["schools.school"], name="fk_receipts_school"),
        sa.PrimaryKeyConstraint("school", "account", "key", name="pk_receipts"),
    )
    op.create_index("ix_receipts_created", "receipts", ["created"], unique=False)

    op.create_table(
        "terms",
        sa.Column("school", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("scenario", sa.Text(), nullable=True),
        sa.Column("publication", sa.Text(), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["school"], ["schools.school"], name="fk_terms_school"),
        sa.PrimaryKeyConstraint("school", "id", name="pk_terms"),
    )
    op.create_table(
        "api_tokens",
        sa.Column("school", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("purposes", sa.Text(), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["school", "account"], ["accounts.school", "accounts.id"], name="fk_api_tokens_school_account"),
        sa.PrimaryKeyConstraint("school", "id", name="pk_api_tokens"),
        sa.UniqueConstraint("token_hash", name="uq_api_tokens_token_hash"),
    )
    op.create_index("ix_api_tokens_school_account", "api_tokens", ["school", "account"], unique=False)

    op.create_table(
        "calendar_tokens",
        sa.Column("school", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["school", "account"], ["accounts.school", "accounts.id"], name="fk_calendar_tokens_school_account"
        ),
        sa.ForeignKeyConstraint(["school", "term"], ["terms.school", "terms.id"], name="fk_calendar_tokens_school_term"),
        sa.PrimaryKeyConstraint("school", "id", name="pk_calendar_tokens"),
        sa.UniqueConstraint("token_hash", name="uq_calendar_tokens_token_hash"),
    )
    op.create_index("ix_calendar_tokens_school_account", "calendar_tokens", ["school", "account"], unique=False)

    op.create_table(
        "guardianships",
        sa.Column("school", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("pupil", sa.Text(), nullable=False),
        sa.Column("nickname", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["school", "account"], ["accounts.school", "accounts.id"], name="fk_guardianships_school_account"
        ),
        sa.PrimaryKeyConstraint("school", "id", name="pk_guardianships"),
    )
    op.create_index("ix_guardianships_school_account", "guardianships", ["school", "account"], unique=False)
    op.create_index("ix_guardianships_school_pupil", "guardianships", ["school", "pupil"], unique=False)

    op.create_table(
        "jobs",
        sa.Column("school", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("scenario", sa.Text(), nullable=True),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("asked", sa.Text(), nullable=True),
        sa.Column("asked_by", sa.Text(), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heartbeat", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("stop", sa.Boolean(), nullable=False),
        sa.Column("progress", sa.Text(), nullable=True),
        sa.Column("best", sa.LargeBinary(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("plan", sa.Text(), nullable=True),
        sa.Column("failure_zh", sa.Text(), nullable=False),
        sa.Column("failure_en", sa.Text(), nullable=False),
        sa.CheckConstraint("attempt BETWEEN 0 AND 3", name="ck_jobs_tries"),
        sa.ForeignKeyConstraint(["school", "term"], ["terms.school", "terms.id"], name="fk_jobs_school_term"),
        sa.PrimaryKeyConstraint("school", "id", name="pk_jobs"),
        sa.UniqueConstraint("school", "key", name="uq_jobs_school_key"),
    )
    op.create_index("ix_jobs_school_term", "jobs", ["school", "term"], unique=False)
    op.create_index("ix_jobs_state_lease_until", "jobs", ["state", "lease_until"], unique=False)

    op.create_table(
        "roles_held",
        sa.Column("school", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["school", "account"], ["accounts.school", "accounts.id"], name="fk_roles_held_school_account"),
        sa.PrimaryKeyConstraint("school", "id", name="pk_roles_held"),
        sa.UniqueConstraint("school", "account", "role", "subject", name="uq_roles_held_school_account_role_subject"),
    )
    op.create_table(
        "scenario_versions",
        sa.Column("school", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=True),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["school", "term"], ["terms.school", "terms.id"], name="fk_scenario_versions_school_term"),
        sa.PrimaryKeyConstraint("school", "id", name="pk_scenario_versions"),
        sa.UniqueConstraint("school", "term", "number", name="uq_scenario_versions_school_term_number"),
    )
    op.create_table(
        "sign_ins",
        sa.Column("school", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["school", "account"], ["accounts.school", "accounts.id"], name="fk_sign_ins_school_account"),
        sa.PrimaryKeyConstraint("school", "id", name="pk_sign_ins"),
        sa.UniqueConstraint("token_hash", name="uq_sign_ins_token_hash"),
    )
    op.create_index("ix_sign_ins_school_account", "sign_ins", ["school", "account"], unique=False)

    op.create_table(
        "waivers",
        sa.Column("school", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approver", sa.Text(), nullable=False),
        sa.Column("approved", sa.Date(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=True),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("first <= last", name="ck_waivers_days_in_order"),
        sa.ForeignKeyConstraint(["school", "term"], ["terms.school", "terms.id"], name="fk_waivers_school_term"),
        sa.PrimaryKeyConstraint("school", "id", name="pk_waivers"),
    )
    op.create_index("ix_waivers_school_term", "waivers", ["school", "term"], unique=False)

    op.create_table(
        "plan_versions",
        sa.Column("school", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=True),
        sa.Column("job", sa.Text(), nullable=True),
        sa.Column("scenario", sa.Text(), nullable=False),
        sa.Column("scenario_digest", sa.Text(), nullable=False),
        sa.Column("pack", sa.Text(), nullable=False),
        sa.Column("pack_checked", sa.Date(), nullable=False),
        sa.Column("solver", sa.Text(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("options", sa.Text(), nullable=True),
        sa.Column("repeatable", sa.Boolean(), nullable=False),
        sa.Column("lawful", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("timetable", sa.LargeBinary(), nullable=False),
        sa.Column("report", sa.LargeBinary(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("made_by", sa.Text(), nullable=True),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school", "scenario"], ["scenario_versions.school", "scenario_versions.id"], name="fk_plan_versions_school_scenario"
        ),
        sa.ForeignKeyConstraint(["school", "term"], ["terms.school", "terms.id"], name="fk_plan_versions_school_term"),
        sa.PrimaryKeyConstraint("school", "id", name="pk_plan_versions"),
        sa.UniqueConstraint("school", "term", "number", name="uq_plan_versions_school_term_number"),
    )
    op.create_table(
        "scenario_changes",
        sa.Column("school", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("scenario", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("change", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(
            ["school", "scenario"],
            ["scenario_versions.school", "scenario_versions.id"],
            name="fk_scenario_changes_school_scenario",
        ),
        sa.PrimaryKeyConstraint("school", "id", name="pk_scenario_changes"),
    )
    op.create_index(
        "ix_scenario_changes_school_term_kind_entity", "scenario_changes", ["school", "term", "kind", "entity"], unique=False
    )

    op.create_table(
        "publications",
        sa.Column("school", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("published", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("differences", sa.Text(), nullable=True),
        sa.Column("withdrawn", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school", "plan"], ["plan_versions.school", "plan_versions.id"], name="fk_publications_school_plan"
        ),
        sa.ForeignKeyConstraint(["school", "term"], ["terms.school", "terms.id"], name="fk_publications_school_term"),
        sa.PrimaryKeyConstraint("school", "id", name="pk_publications"),
        sa.UniqueConstraint("school", "term", "number", name="uq_publications_school_term_number"),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
