"""What tells a person from a link scanner."""

import sqlalchemy as sa
from alembic import op

from feedback_service.storage.engine.columns import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "openings",
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("gets", sa.Integer(), nullable=False),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("scores", sa.Integer(), nullable=False),
        sa.Column("burst", sa.BigInteger(), nullable=False),
        sa.Column("head_at", UtcDateTime()),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_openings")),
    )
    op.create_index(op.f("ix_openings_expires_at"), "openings", ["expires_at"])
    op.add_column("responses", sa.Column("unconfirmed", sa.String(length=32)))


def downgrade() -> None:
    op.drop_column("responses", "unconfirmed")
    op.drop_table("openings")
