"""What all tables share: one metadata, one way of naming constraints."""

from typing import Any

from sqlalchemy import Column, ForeignKey, MetaData

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def of_project() -> Column[Any]:
    """Return the column that ties a row to its project."""
    return Column("project_id", ForeignKey("projects.id", ondelete="CASCADE"), nullable=False)
