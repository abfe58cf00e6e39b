"""Cases to follow up, and the care of webhooks."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from feedback_service.storage.engine.columns import Json, RowNumber, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("project_id", RowNumber, nullable=False),
        sa.Column("response_id", sa.String(length=32), nullable=False),
        sa.Column("survey_id", RowNumber, nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("owner", sa.String(length=200)),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("contacted_at", UtcDateTime()),
        sa.Column("resolved_at", UtcDateTime()),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("overdue_told", UtcDateTime()),
        sa.CheckConstraint(
            "status IN ('open', 'contacted', 'resolved')", name=op.f("ck_cases_status")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_cases_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["response_id"],
            ["responses.id"],
            name=op.f("fk_cases_response_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("response_id", name=op.f("uq_cases_response_id")),
    )
    op.create_index(op.f("ix_cases_project_id_opened_at"), "cases", ["project_id", "opened_at"])
    op.create_index(
        "ix_cases_due",
        "cases",
        ["due_at"],
        sqlite_where=sa.text("status != 'resolved'"),
        postgresql_where=sa.text("status != 'resolved'"),
    )
    op.create_table(
        "case_history",
        sa.Column("id", RowNumber, nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("changes", Json, nullable=False),
        sa.Column("note", sa.Text()),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_history_case_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_history")),
    )
    op.create_index(op.f("ix_case_history_case_id"), "case_history", ["case_id"])
    op.create_table(
        "case_candidates",
        sa.Column("response_id", sa.String(length=32), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("response_id", name=op.f("pk_case_candidates")),
    )
    op.create_index(op.f("ix_case_candidates_due_at"), "case_candidates", ["due_at"])
    op.create_table(
        "care",
        sa.Column("project_id", RowNumber, nullable=False),
        sa.Column("case_due_s", sa.Integer(), nullable=False),
        sa.Column("delivery_days", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_care_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_care")),
    )
    op.create_table(
        "webhook_health",
        sa.Column("webhook_id", sa.String(length=32), nullable=False),
        sa.Column("failing_since", UtcDateTime()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("succeeded_at", UtcDateTime()),
        sa.Column("disabled_at", UtcDateTime()),
        sa.Column("paced_until", UtcDateTime()),
        sa.ForeignKeyConstraint(
            ["webhook_id"],
            ["webhooks.id"],
            name=op.f("fk_webhook_health_webhook_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("webhook_id", name=op.f("pk_webhook_health")),
    )
    op.add_column("webhooks", sa.Column("rate_per_minute", sa.Integer()))
    op.add_column("attempts", sa.Column("request", Json))
    op.create_index(
        "ix_deliveries_kept",
        "deliveries",
        ["project_id", "settled_at"],
        sqlite_where=sa.text("body IS NOT NULL AND settled_at IS NOT NULL"),
        postgresql_where=sa.text("body IS NOT NULL AND settled_at IS NOT NULL"),
    )
    sweeps = op.create_table(
        "sweeps",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("position", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sweeps")),
    )
    # What was answered before this version opens no cases: nobody wants a thousand old ones.
    op.bulk_insert(sweeps, [{"name": "low_answers", "position": datetime.now(UTC)}])


def downgrade() -> None:
    op.drop_table("sweeps")
    op.drop_index("ix_deliveries_kept", "deliveries")
    op.drop_column("attempts", "request")
    op.drop_column("webhooks", "rate_per_minute")
    op.drop_table("webhook_health")
    op.drop_table("care")
    op.drop_table("case_candidates")
    op.drop_table("case_history")
    op.drop_table("cases")
