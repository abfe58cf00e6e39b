"""Writes imported answers and their people, a batch in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select, update

from feedback_service.domain.responses import Response
from feedback_service.storage import respondents
from feedback_service.storage.responses import COLUMNS
from feedback_service.storage.tables.responses import respondents as people_table
from feedback_service.storage.tables.responses import responses


@dataclass(frozen=True, slots=True)
class People:
    """emails: reference -> address, of everybody. unsubscribed: reference -> since when."""

    emails: Mapping[str, str | None]
    unsubscribed: Mapping[str, datetime]


def missing(connection: Connection, project_id: int, answers: Sequence[Response]) -> list[Response]:
    """Return those answers that are not stored yet."""
    tokens = [one.token_id for one in answers]
    there = set(
        connection.execute(
            select(responses.c.token_id).where(
                responses.c.project_id == project_id, responses.c.token_id.in_(tokens)
            )
        ).scalars()
    )
    return [one for one in answers if one.token_id not in there]


def add(connection: Connection, answers: Sequence[Response]) -> list[Response]:
    """Insert those that are not stored yet; returns them. answers: no two of one token."""
    new = missing(connection, answers[0].project_id, answers) if answers else []
    rows = [{name: getattr(one, name) for name in COLUMNS} for one in new]
    if rows:
        connection.execute(insert(responses), [{**row, "tags": list(row["tags"])} for row in rows])
    return new


def put_people(connection: Connection, project_id: int, people: People, now: datetime) -> int:
    """Add who is not known yet, and unsubscribe; returns how many unsubscribed by this.

    Of whom we know already nothing is changed but that.
    """
    known = set(
        connection.execute(
            select(people_table.c.ref).where(
                people_table.c.project_id == project_id, people_table.c.ref.in_(people.emails)
            )
        ).scalars()
    )
    new = sorted(people.emails.keys() - known)
    respondents.ensure_all(connection, project_id, new, now)
    addresses = [{"of": ref, "is": people.emails[ref]} for ref in new if people.emails[ref]]
    if addresses:
        connection.execute(
            update(people_table)
            .where(people_table.c.project_id == project_id, people_table.c.ref == bindparam("of"))
            .values(email=bindparam("is")),
            addresses,
        )
    left = 0
    for ref, since in sorted(people.unsubscribed.items()):
        _person, was_subscribed = respondents.set_unsubscribed(connection, project_id, ref, since)
        left += was_subscribed
    return left


def still_subscribed(
    connection: Connection, project_id: int, unsubscribed: Mapping[str, datetime]
) -> set[str]:
    """Return those who would be unsubscribed by `put_people`."""
    already = connection.execute(
        select(people_table.c.ref).where(
            people_table.c.project_id == project_id,
            people_table.c.ref.in_(unsubscribed),
            people_table.c.unsubscribed_at.is_not(None),
        )
    ).scalars()
    return unsubscribed.keys() - set(already)


def known_by(
    connection: Connection, project_id: int, addresses: Sequence[str]
) -> list[tuple[str, str]]:
    """Return (reference, address) of the people with these addresses. addresses: in small letters.

    Looks at everybody of the project: addresses have no index, and this is asked a few times.
    """
    address = func.lower(people_table.c.email)
    rows = connection.execute(
        select(people_table.c.ref, address).where(
            people_table.c.project_id == project_id, address.in_(addresses)
        )
    )
    return [(ref, found) for ref, found in rows]


def own(connection: Connection, project_id: int, ids: Sequence[str]) -> set[str]:
    """Return those ids that are responses of this very project."""
    return set(
        connection.execute(
            select(responses.c.id).where(
                responses.c.project_id == project_id, responses.c.id.in_(ids)
            )
        ).scalars()
    )
