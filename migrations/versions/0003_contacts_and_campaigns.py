"""Contact policy, campaigns and bulk links."""

import sqlalchemy as sa
from alembic import op

from feedback_service.storage.engine.columns import Json, RowNumber, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_COUNTS = ("reminded", "opened", "unsubscribed")


def upgrade() -> None:
    op.add_column("projects", sa.Column("contact_policy", Json))
    for name in _COUNTS:
        count = sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text("0"))
        op.add_column("token_counts", count)
    op.create_index(
        "ix_token_counts_campaign",
        "token_counts",
        ["campaign"],
        sqlite_where=sa.text("campaign != ''"),
        postgresql_where=sa.text("campaign != ''"),
    )
    op.create_index(
        "ix_responses_campaign",
        "responses",
        ["project_id", "campaign"],
        sqlite_where=sa.text("campaign IS NOT NULL"),
        postgresql_where=sa.text("campaign IS NOT NULL"),
    )
    op.create_table(
        "suppressions",
        sa.Column("project_id", RowNumber, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        _of_project("suppressions"),
        sa.PrimaryKeyConstraint("project_id", "digest", name=op.f("pk_suppressions")),
    )
    _create_policy_overrides()
    op.create_table(
        "mailings",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("project_id", RowNumber, nullable=False),
        sa.Column("read_bytes", sa.BigInteger(), nullable=False),
        sa.Column("written_bytes", sa.BigInteger(), nullable=False),
        sa.Column("reported_bytes", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("issued", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("bad", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        _of_project("mailings"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_mailings")),
    )


def downgrade() -> None:
    op.drop_table("mailings")
    op.drop_table("policy_overrides")
    op.drop_table("suppressions")
    op.drop_index("ix_responses_campaign", "responses")
    op.drop_index("ix_token_counts_campaign", "token_counts")
    for name in reversed(_COUNTS):
        op.drop_column("token_counts", name)
    op.drop_column("projects", "contact_policy")


def _create_policy_overrides() -> None:
    op.create_table(
        "policy_overrides",
        sa.Column("id", RowNumber, nullable=False),
        sa.Column("project_id", RowNumber, nullable=False),
        sa.Column("survey_id", RowNumber, nullable=False),
        sa.Column("respondent", sa.String(length=200), nullable=False),
        sa.Column("touchpoint", sa.String(length=64), nullable=False),
        sa.Column("overridden", sa.String(length=32), nullable=False),
        sa.Column("because", sa.String(length=200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        _of_project("policy_overrides"),
        sa.ForeignKeyConstraint(
            ["survey_id"],
            ["surveys.id"],
            name=op.f("fk_policy_overrides_survey_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_overrides")),
    )
    op.create_index(
        op.f("ix_policy_overrides_project_id_respondent"),
        "policy_overrides",
        ["project_id", "respondent"],
    )


def _of_project(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["project_id"],
        ["projects.id"],
        name=op.f(f"fk_{table}_project_id"),
        ondelete="CASCADE",
    )
