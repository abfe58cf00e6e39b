"""Responses, webhooks and the outbox between them."""

import sqlalchemy as sa
from alembic import op

from feedback_service.storage.engine.columns import Json, RowNumber, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "heartbeats",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "webhooks",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("project_id", RowNumber, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", Json, nullable=False),
        sa.Column("filter", Json, nullable=False),
        sa.Column("format", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("secrets", sa.LargeBinary(), nullable=False),
        sa.Column("headers", sa.LargeBinary(), nullable=False),
        sa.Column("template", Json),
        sa.Column("description", sa.String(length=200)),
        sa.Column("disabled_reason", sa.Text()),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_webhooks_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_table(
        "idempotency",
        sa.Column("key_id", RowNumber, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.SmallInteger()),
        sa.Column("headers", Json),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key_id"], ["api_keys.id"], name=op.f("fk_idempotency_key_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key_id", "key", name=op.f("pk_idempotency")),
    )
    op.create_table(
        "responses",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("project_id", RowNumber, nullable=False),
        sa.Column("survey_id", RowNumber, nullable=False),
        sa.Column("version_id", RowNumber, nullable=False),
        sa.Column("token_id", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("respondent", sa.String(length=200)),
        sa.Column("touchpoint", sa.String(length=64)),
        sa.Column("journey_stage", sa.String(length=16)),
        sa.Column("campaign", sa.String(length=100)),
        sa.Column("locale", sa.String(length=35)),
        sa.Column("page_url", sa.Text()),
        sa.Column("traits", Json, nullable=False),
        sa.Column("score", sa.SmallInteger()),
        sa.Column("band", sa.String(length=16)),
        sa.Column("comment", sa.Text()),
        sa.Column("answers", Json, nullable=False),
        sa.Column("tags", Json, nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.Column("excluded", sa.Text()),
        sa.Column("saves", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("scored_at", UtcDateTime()),
        sa.Column("completed_at", UtcDateTime()),
        sa.Column("dismissed_at", UtcDateTime()),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
            name=op.f("fk_responses_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["survey_versions.id"], name=op.f("fk_responses_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responses")),
        sa.UniqueConstraint(
            "project_id", "token_id", name=op.f("uq_responses_project_id_token_id")
        ),
    )
    op.create_index(
        op.f("ix_responses_project_id_updated_at_id"),
        "responses",
        ["project_id", "updated_at", "id"],
    )
    op.create_index(
        "ix_responses_respondent",
        "responses",
        ["project_id", "respondent"],
        sqlite_where=sa.text("respondent IS NOT NULL"),
        postgresql_where=sa.text("respondent IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_responses_survey_id_scored_at"), "responses", ["survey_id", "scored_at"]
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("project_id", RowNumber, nullable=False),
        sa.Column("webhook_id", sa.String(length=32), nullable=False),
        sa.Column("response_id", sa.String(length=32)),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("subject", Json),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("event_at", UtcDateTime(), nullable=False),
        sa.Column("next_at", UtcDateTime()),
        sa.Column("lease_until", UtcDateTime()),
        sa.Column("lease_token", sa.String(length=32)),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime()),
        sa.CheckConstraint(
            "status IN ('pending', 'held', 'delivered', 'failed', 'cancelled')",
            name=op.f("ck_deliveries_status"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
            name=op.f("fk_deliveries_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["response_id"],
            ["responses.id"],
            name=op.f("fk_deliveries_response_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["webhook_id"],
            ["webhooks.id"],
            name=op.f("fk_deliveries_webhook_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint(
            "webhook_id",
            "response_id",
            "type",
            name=op.f("uq_deliveries_webhook_id_response_id_type"),
        ),
    )
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["webhook_id", "next_at"],
        sqlite_where=sa.text("status = 'pending'"),
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(op.f("ix_deliveries_response_id"), "deliveries", ["response_id"])
    op.create_table(
        "attempts",
        sa.Column("id", RowNumber, nullable=False),
        sa.Column("delivery_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("elapsed_ms", sa.Float(), nullable=False),
        sa.Column("status", sa.SmallInteger()),
        sa.Column("error", sa.String(length=32)),
        sa.Column("reply", sa.Text()),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["deliveries.id"],
            name=op.f("fk_attempts_delivery_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    op.create_index(op.f("ix_attempts_delivery_id"), "attempts", ["delivery_id"])
    # ### end Alembic commands ###


def downgrade() -> None:
    op.drop_table("attempts")
    op.drop_table("deliveries")
    op.drop_table("responses")
    op.drop_table("idempotency")
    op.drop_table("webhooks")
    op.drop_table("heartbeats")
