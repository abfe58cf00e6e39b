"""What happened after an answer."""

import sqlalchemy as sa
from alembic import op

from feedback_service.storage.engine.columns import RowNumber, UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outcomes",
        sa.Column("id", RowNumber, nullable=False),
        sa.Column("project_id", RowNumber, nullable=False),
        sa.Column("respondent", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("value", sa.Float()),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_outcomes_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcomes")),
        sa.UniqueConstraint(
            "project_id",
            "respondent",
            "kind",
            "at",
            name=op.f("uq_outcomes_project_id_respondent_kind_at"),
        ),
    )


def downgrade() -> None:
    op.drop_table("outcomes")
