"""How long a project keeps the words and the names of answers."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("care", sa.Column("answer_days", sa.Integer()))


def downgrade() -> None:
    op.drop_column("care", "answer_days")
