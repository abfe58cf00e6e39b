"""The newest answers of a survey are found without looking at the others."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_responses_survey_id_id"), "responses", ["survey_id", "id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_responses_survey_id_id"), "responses")
