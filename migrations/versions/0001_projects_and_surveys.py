"""Projects, keys, surveys, tokens and respondents."""

import sqlalchemy as sa
from alembic import op

from feedback_service.storage.engine.columns import Json, RowNumber, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", RowNumber, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
    )
    op.create_table(
        "projects",
        sa.Column("id", RowNumber, nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("origins", Json, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
        sa.UniqueConstraint("slug", name=op.f("uq_projects_slug")),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", RowNumber, nullable=False),
        sa.Column("project_id", RowNumber, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("last4", sa.String(length=4), nullable=False),
        sa.Column("public_text", sa.String(length=64)),
        sa.Column("scopes", Json, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime()),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_api_keys_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_keys_digest")),
    )
    op.create_table(
        "respondents",
        sa.Column("id", RowNumber, nullable=False),
        sa.Column("project_id", RowNumber, nullable=False),
        sa.Column("ref", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=320)),
        sa.Column("traits", Json, nullable=False),
        sa.Column("locale", sa.String(length=35)),
        sa.Column("unsubscribed_at", UtcDateTime()),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
            name=op.f("fk_respondents_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_respondents")),
        sa.UniqueConstraint("project_id", "ref", name=op.f("uq_respondents_project_id_ref")),
    )
    op.create_table(
        "revocations",
        sa.Column("id", RowNumber, nullable=False),
        sa.Column("project_id", RowNumber, nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
            name=op.f("fk_revocations_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revocations")),
        sa.UniqueConstraint(
            "project_id", "scope", "value", name=op.f("uq_revocations_project_id_scope_value")
        ),
    )
    op.create_table(
        "signing_keys",
        sa.Column("kid", sa.String(length=64), nullable=False),
        sa.Column("project_id", RowNumber, nullable=False),
        sa.Column("algorithm", sa.String(length=8), nullable=False),
        sa.Column("material", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
            name=op.f("fk_signing_keys_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_signing_keys")),
    )
    op.create_table(
        "surveys",
        sa.Column("id", RowNumber, nullable=False),
        sa.Column("project_id", RowNumber, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_surveys_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surveys")),
        sa.UniqueConstraint("project_id", "key", name=op.f("uq_surveys_project_id_key")),
    )
    op.create_table(
        "link_sets",
        sa.Column("id", RowNumber, nullable=False),
        sa.Column("survey_id", RowNumber, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("touchpoint", sa.String(length=64)),
        sa.Column("campaign", sa.String(length=100)),
        sa.Column("locale", sa.String(length=35)),
        sa.Column("traits", Json, nullable=False),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["surveys.id"], name=op.f("fk_link_sets_survey_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_sets")),
        sa.UniqueConstraint("digest", name=op.f("uq_link_sets_digest")),
    )
    op.create_table(
        "survey_versions",
        sa.Column("id", RowNumber, nullable=False),
        sa.Column("survey_id", RowNumber, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("definition", Json, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"],
            ["surveys.id"],
            name=op.f("fk_survey_versions_survey_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_versions")),
        sa.UniqueConstraint(
            "survey_id", "version", name=op.f("uq_survey_versions_survey_id_version")
        ),
    )
    op.create_table(
        "token_counts",
        sa.Column("survey_id", RowNumber, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("touchpoint", sa.String(length=64), nullable=False),
        sa.Column("campaign", sa.String(length=100), nullable=False),
        sa.Column("issued", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"],
            ["surveys.id"],
            name=op.f("fk_token_counts_survey_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "survey_id", "day", "channel", "touchpoint", "campaign", name=op.f("pk_token_counts")
        ),
    )
    # ### end Alembic commands ###
    op.execute("INSERT INTO changes (id, version) VALUES (1, 1)")


def downgrade() -> None:
    op.drop_table("token_counts")
    op.drop_table("survey_versions")
    op.drop_table("link_sets")
    op.drop_table("surveys")
    op.drop_table("signing_keys")
    op.drop_table("revocations")
    op.drop_table("respondents")
    op.drop_table("api_keys")
    op.drop_table("projects")
    op.drop_table("changes")
