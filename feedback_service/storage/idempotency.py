"""Replies kept for a day under the caller's Idempotency-Key."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from feedback_service.storage.engine.vault import Vault
from feedback_service.storage.tables.projects import idempotency

KEPT_FOR: Final = timedelta(days=1)
# A request that has not answered by then died with its process.
RUNS_FOR: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Kept:
    """What the key was used for. reply is None while the request is still running."""

    fingerprint: str
    reply: "KeptReply | None"


@dataclass(frozen=True, slots=True)
class KeptReply:
    status: int
    headers: Mapping[str, str]
    body: bytes


def begin(
    connection: Connection, key_id: int, key: str, fingerprint: str, vault: Vault, now: datetime
) -> Kept | None:
    """Claim the key for a request; returns what it was used for when it is taken.

    Two requests racing for one key: the primary key lets exactly one insert.
    """
    connection.execute(
        delete(idempotency).where(
            (idempotency.c.created_at < now - KEPT_FOR)
            | (idempotency.c.status.is_(None) & (idempotency.c.created_at < now - RUNS_FOR))
        )
    )
    build = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    inserted = connection.execute(
        build(idempotency)
        .values(key_id=key_id, key=key, fingerprint=fingerprint, created_at=now)
        .on_conflict_do_nothing(index_elements=["key_id", "key"])
        .returning(idempotency.c.key)  # psycopg does not tell how many rows an INSERT made
    ).first()
    if inserted is not None:
        return None
    row = connection.execute(
        select(idempotency).where(idempotency.c.key_id == key_id, idempotency.c.key == key)
    ).one()
    if row.status is None:
        return Kept(row.fingerprint, None)
    body: str = vault.unlock(row.body)
    return Kept(row.fingerprint, KeptReply(row.status, row.headers, body.encode()))


def finish(connection: Connection, key_id: int, key: str, reply: KeptReply, vault: Vault) -> None:
    """Keep the reply; it may hold a secret that is shown once, so it is encrypted."""
    connection.execute(
        update(idempotency)
        .where(idempotency.c.key_id == key_id, idempotency.c.key == key)
        .values(
            status=reply.status, headers=dict(reply.headers), body=vault.lock(reply.body.decode())
        )
    )


def forget(connection: Connection, key_id: int, key: str) -> None:
    """Let the key be used again: the request failed on our side and changed nothing."""
    connection.execute(
        delete(idempotency).where(idempotency.c.key_id == key_id, idempotency.c.key == key)
    )
