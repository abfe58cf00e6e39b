"""Counts of reports are kept in another form; the dispatcher counts everything anew.

Until it has, reports count rows: as exact, and slower.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _begin_anew()


def downgrade() -> None:
    _begin_anew()


def _begin_anew() -> None:
    # As when a project moves to another time zone. A sweep under way loses to the new version; or
    # it has the book already, which is why the counts, its own too, are deleted after that.
    op.execute(
        sa.text(
            "UPDATE report_books "
            "SET closed_until = NULL, marking_until = NULL, barrier = 0, version = version + 1"
        )
    )
    op.execute(sa.text("DELETE FROM report_counts"))
