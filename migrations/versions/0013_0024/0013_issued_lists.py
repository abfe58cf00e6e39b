"""The same list again in the same campaign does not count as sent again."""

import sqlalchemy as sa
from alembic import op

from feedback_service.storage.engine.columns import RowNumber, UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    people = sa.Column("people", sa.String(length=32), nullable=False, server_default=sa.text("''"))
    op.add_column("mailings", people)
    op.create_table(
        "issued_lists",
        sa.Column("survey_id", RowNumber, nullable=False),
        sa.Column("campaign", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("issued", sa.Integer(), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"],
            ["surveys.id"],
            name=op.f("fk_issued_lists_survey_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("survey_id", "campaign", "digest", name=op.f("pk_issued_lists")),
    )
    op.create_index(op.f("ix_issued_lists_issued_at"), "issued_lists", ["issued_at"])


def downgrade() -> None:
    op.drop_table("issued_lists")
    op.drop_column("mailings", "people")
