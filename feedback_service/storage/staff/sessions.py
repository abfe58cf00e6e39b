"""Where staff are logged in, the links that let them in once, and failed tries."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from feedback_service.domain.staff import (
    SESSION_IDLE,
    SESSION_LONGEST,
    TRIES_WITHIN,
    Deed,
    Staff,
    StaffSession,
)
from feedback_service.storage.staff import deeds
from feedback_service.storage.staff.people import from_row
from feedback_service.storage.tables.staff import staff, staff_links, staff_sessions, staff_tries


def begin(connection: Connection, digest: str, person: Staff, action: str, now: datetime) -> None:
    """Log a browser in, write that down as `action`, and forget sessions that are over."""
    connection.execute(
        delete(staff_sessions).where(
            or_(
                staff_sessions.c.seen_at <= now - SESSION_IDLE,
                staff_sessions.c.created_at <= now - SESSION_LONGEST,
            )
        )
    )
    connection.execute(
        insert(staff_sessions).values(
            digest=digest, staff_id=person.id, created_at=now, seen_at=now
        )
    )
    deeds.add(connection, Deed(now, person.name, action))


def find(connection: Connection, digest: str) -> StaffSession | None:
    row = connection.execute(
        select(
            staff,
            staff_sessions.c.digest,
            staff_sessions.c.created_at.label("begun_at"),
            staff_sessions.c.seen_at,
        )
        .join(staff, staff.c.id == staff_sessions.c.staff_id)
        .where(staff_sessions.c.digest == digest)
    ).first()
    if row is None:
        return None
    return StaffSession(row.digest, from_row(row), row.begun_at, row.seen_at)


def touch(connection: Connection, digest: str, now: datetime) -> None:
    connection.execute(
        update(staff_sessions).where(staff_sessions.c.digest == digest).values(seen_at=now)
    )


def end(connection: Connection, digest: str) -> None:
    connection.execute(delete(staff_sessions).where(staff_sessions.c.digest == digest))


def add_link(connection: Connection, digest: str, staff_id: int, expires_at: datetime) -> None:
    connection.execute(
        insert(staff_links).values(digest=digest, staff_id=staff_id, expires_at=expires_at)
    )


def link_owner(connection: Connection, digest: str, now: datetime) -> int | None:
    """Return whom a link lets in, None when it is unknown, used or expired."""
    return connection.execute(
        select(staff_links.c.staff_id).where(
            staff_links.c.digest == digest, staff_links.c.expires_at > now
        )
    ).scalar()


def take_link(connection: Connection, digest: str, now: datetime) -> int | None:
    """Use a link up and return whom it lets in; of two who try, one gets in: it is a delete."""
    return connection.execute(
        delete(staff_links)
        .where(staff_links.c.digest == digest, staff_links.c.expires_at > now)
        .returning(staff_links.c.staff_id)
    ).scalar()


def add_try(connection: Connection, account: str, now: datetime) -> int:
    """Count a try to log in; returns how many there were within TRIES_WITHIN, this one included.

    Counted before the password is looked at, so that tries at the same time are all seen.
    """
    connection.execute(delete(staff_tries).where(staff_tries.c.since <= now - TRIES_WITHIN))
    build: Any = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = build(staff_tries).values(account=account, since=now, failures=1)
    is_over = staff_tries.c.since <= now - TRIES_WITHIN
    tries: int = connection.execute(
        statement.on_conflict_do_update(
            index_elements=["account"],
            set_={
                "failures": case((is_over, 1), else_=staff_tries.c.failures + 1),
                "since": case((is_over, now), else_=staff_tries.c.since),
            },
        ).returning(staff_tries.c.failures)
    ).scalar_one()
    return tries


def forget_tries(connection: Connection, account: str) -> None:
    connection.execute(delete(staff_tries).where(staff_tries.c.account == account))
