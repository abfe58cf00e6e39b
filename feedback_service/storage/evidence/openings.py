"""Openings of links: who asked for a page is not kept, only how often, for a day.

A page is shown first and its opening written after: one thread of a process writes for all of
them, in one transaction, and none waits. What a crash loses here is evidence, never an answer.
"""

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import Connection, bindparam, case, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from feedback_service.domain.evidence import BURST, NO_TRACES, Traces
from feedback_service.storage.engine.database import Database
from feedback_service.storage.errors import StorageUnavailable
from feedback_service.storage.tables.evidence import openings

log = structlog.get_logger()

KEPT: Final = timedelta(days=1)
# A storm may be quicker than the database; beyond this it is counted no further.
MAX_WAITING: Final = 10_000
_PURGE_EVERY: Final = timedelta(minutes=10)
_BURST_S: Final = int(BURST.total_seconds())


@dataclass(frozen=True, slots=True)
class Opening:
    """One opening of a link, or of a page's trap. score: what the link asked to preselect."""

    digest: str
    at: datetime
    head: bool = False
    score: int | None = None


def token_digest(project_id: int, token_id: str) -> str:
    return _digest(f"token {project_id} {token_id}")


def trap_digest(page_nonce: str) -> str:
    """Return what a page's trap is known by: each page has its own."""
    return _digest(f"trap {page_nonce}")


def person_digest(project_id: int, token_id: str) -> str:
    """Return what is known of a link that a person opened."""
    return _digest(f"person {project_id} {token_id}")


def traces_of(connection: Connection, digest: str) -> Traces:
    """Return what was seen of a link."""
    row = connection.execute(select(openings).where(openings.c.digest == digest)).first()
    if row is None:
        return NO_TRACES
    return Traces(
        scores=row.scores.bit_count(),
        burst_at=datetime.fromtimestamp(row.burst * _BURST_S, UTC),
        head_at=row.head_at,
    )


def is_opened(connection: Connection, digest: str) -> bool:
    """Tell whether it was opened at all within the time openings are kept."""
    found = connection.execute(select(openings.c.digest).where(openings.c.digest == digest))
    return found.first() is not None


def first_person(connection: Connection, digest: str, expires_at: datetime) -> bool:
    """Remember that a person opened a link, as long as the link lives; False when it was known.

    Two at once: the primary key lets exactly one be the first.
    """
    build: Any = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    row = {**_blank(digest), "expires_at": expires_at}
    statement = build(openings).values(row).on_conflict_do_nothing(index_elements=["digest"])
    return connection.execute(statement.returning(openings.c.digest)).first() is not None


class Openings:
    """Notes openings for one process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        build = sqlite.insert if database.is_sqlite else postgresql.insert
        self._upsert = _upsert(build)
        self._mutex = threading.Lock()
        self._waiting: dict[str, dict[str, Any]] = {}
        self._is_led = False
        self._purge_at: datetime | None = None

    def note(self, opening: Opening) -> None:
        """Count an opening. Call it when the reply has left: the first to come writes for all.

        Never raises: evidence that cannot be written is logged and forgotten.
        """
        with self._mutex:
            self._add(opening)
            if self._is_led:
                return
            self._is_led = True
        while batch := self._next_batch():
            try:
                self._write(batch, opening.at)
            except StorageUnavailable as error:
                log.warning("openings not counted", links=len(batch), error=str(error))
            except BaseException:
                with self._mutex:
                    self._is_led = False  # or nobody would ever write again
                raise

    def _add(self, opening: Opening) -> None:
        row = self._waiting.get(opening.digest)
        if row is None:
            if len(self._waiting) >= MAX_WAITING:
                return
            row = self._waiting[opening.digest] = _blank(opening.digest)
        row["heads" if opening.head else "gets"] += 1
        row["burst"] = int(opening.at.timestamp()) // _BURST_S
        row["expires_at"] = opening.at + KEPT
        if opening.head:
            row["head_at"] = opening.at
        if opening.score is not None:
            row["scores"] |= 1 << opening.score

    def _next_batch(self) -> Mapping[str, dict[str, Any]]:
        """Return what waits; nothing ends the lead."""
        with self._mutex:
            batch, self._waiting = self._waiting, {}
            self._is_led = bool(batch)
        return batch

    def _write(self, batch: Mapping[str, dict[str, Any]], now: datetime) -> None:
        with self._database.write() as connection:
            # One order for all processes, so that none waits for another in a circle.
            connection.execute(self._upsert, [batch[digest] for digest in sorted(batch)])
            if self._purge_at is None or now >= self._purge_at:
                connection.execute(delete(openings).where(openings.c.expires_at < now))
                self._purge_at = now + _PURGE_EVERY


def _upsert(build: Any) -> Any:
    statement = build(openings).values({c.name: bindparam(c.name) for c in openings.columns})
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["digest"],
        set_={
            "gets": openings.c.gets + new.gets,
            "heads": openings.c.heads + new.heads,
            "scores": case(
                (new.burst - openings.c.burst <= 1, openings.c.scores.op("|")(new.scores)),
                else_=new.scores,
            ),
            "burst": new.burst,
            "head_at": func.coalesce(new.head_at, openings.c.head_at),
            "expires_at": new.expires_at,
        },
    )


def _blank(digest: str) -> dict[str, Any]:
    return {
        "digest": digest,
        "gets": 0,
        "heads": 0,
        "scores": 0,
        "burst": 0,
        "head_at": None,
        "expires_at": None,
    }


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
