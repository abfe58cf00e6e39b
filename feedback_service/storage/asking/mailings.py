"""How far mailings have come whose links are being written to a file."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, insert, or_, select, update

from feedback_service.storage.tables.contacts import mailings

KEPT_FOR: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Progress:
    """Bytes read of the list, and written to links and report, after whole rows; and the tally.

    people: who was on the list so far, see Batch.people.
    """

    read_bytes: int
    written_bytes: int
    reported_bytes: int
    rows: int
    issued: int
    skipped: int
    bad: int
    people: str


def progress(connection: Connection, digest: str) -> Progress | None:
    """Return how far a mailing has come, None when it has not begun or is done."""
    row = connection.execute(select(mailings).where(mailings.c.digest == digest)).first()
    if row is None:
        return None
    return Progress(
        read_bytes=row.read_bytes,
        written_bytes=row.written_bytes,
        reported_bytes=row.reported_bytes,
        rows=row.rows,
        issued=row.issued,
        skipped=row.skipped,
        bad=row.bad,
        people=row.people,
    )


def keep(
    connection: Connection, project_id: int, digest: str, reached: Progress, now: datetime
) -> None:
    """Remember how far a mailing has come. One process at a time writes a mailing's file."""
    values = {**asdict(reached), "updated_at": now}
    changed = connection.execute(
        update(mailings).where(mailings.c.digest == digest).values(**values)
    )
    if changed.rowcount == 0:
        connection.execute(insert(mailings).values(digest=digest, project_id=project_id, **values))


def finish(connection: Connection, digest: str, now: datetime) -> None:
    """Forget a mailing that is done, and those that nobody came back to."""
    given_up = mailings.c.updated_at < now - KEPT_FOR
    connection.execute(delete(mailings).where(or_(mailings.c.digest == digest, given_up)))
