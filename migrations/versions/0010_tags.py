"""Tags by rule."""

import sqlalchemy as sa
from alembic import op

from feedback_service.storage.engine.columns import Json, RowNumber, UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tag_rules",
        sa.Column("id", RowNumber, nullable=False),
        sa.Column("project_id", RowNumber, nullable=False),
        sa.Column("tag", sa.String(length=50), nullable=False),
        sa.Column("words", Json, nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
            name=op.f("fk_tag_rules_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag_rules")),
        sa.UniqueConstraint("project_id", "tag", name=op.f("uq_tag_rules_project_id_tag")),
    )
    op.create_table(
        "response_tags",
        sa.Column("response_id", sa.String(length=32), nullable=False),
        sa.Column("by_rule", Json, nullable=False),
        sa.Column("refused", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["response_id"],
            ["responses.id"],
            name=op.f("fk_response_tags_response_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("response_id", name=op.f("pk_response_tags")),
    )
    op.create_table(
        "tag_sweeps",
        sa.Column("project_id", RowNumber, nullable=False),
        sa.Column("position_at", UtcDateTime(), nullable=False),
        sa.Column("position_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
            name=op.f("fk_tag_sweeps_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_tag_sweeps")),
    )


def downgrade() -> None:
    op.drop_table("tag_sweeps")
    op.drop_table("response_tags")
    op.drop_table("tag_rules")
