"""Erases a person from every table that holds something of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, null, select, update

from feedback_service.storage import respondents
from feedback_service.storage.asking import contacts
from feedback_service.storage.outcomes import outcomes
from feedback_service.storage.tables.cases import case_history, cases
from feedback_service.storage.tables.outbox import attempts, deliveries
from feedback_service.storage.tables.responses import responses
from feedback_service.storage.words import tagging


def erase(connection: Connection, project_id: int, ref: str, now: datetime) -> tuple[bool, int]:
    """Erase; returns whether there were rows of the person, and how many responses there were."""
    mine = select(responses.c.id).where(
        responses.c.project_id == project_id, responses.c.respondent == ref
    )
    about = deliveries.c.subject["respondent"]["ref"].as_string() == ref
    connection.execute(delete(deliveries).where(deliveries.c.project_id == project_id, about))
    touched = empty_answers(connection, mine, now)
    person = respondents.find(connection, project_id, ref)
    if person is not None and person.unsubscribed_at is not None:
        contacts.suppress(connection, project_id, ref, person.unsubscribed_at)
    asked = contacts.forget_overrides(connection, project_id, ref)
    done = outcomes.forget(connection, project_id, ref)
    found = respondents.remove(connection, project_id, ref)
    return found or asked > 0 or done > 0, touched


def empty_answers(connection: Connection, mine: Select[Any], now: datetime) -> int:
    """Take the words of answers, and what leads to a person, out of every table.

    mine: their ids. Sent bodies and replies hold the words too, and what is not sent yet is called
    off. Returns how many there were.
    """
    # Now: what picks them out may be gone after the first statement.
    ids = list(connection.execute(mine).scalars())
    theirs = deliveries.c.response_id.in_(ids)
    sent = select(deliveries.c.id).where(theirs)
    connection.execute(
        update(attempts).where(attempts.c.delivery_id.in_(sent)).values(reply=None, request=null())
    )
    connection.execute(
        update(deliveries)
        .where(theirs, deliveries.c.status.in_(["pending", "held"]))
        .values(status="cancelled", reason="erased", settled_at=now, next_at=None)
    )
    connection.execute(update(deliveries).where(theirs).values(body=None))
    # Case events carry the answer under their own subject; notes may say anything of a person.
    of_case = deliveries.c.subject[("case", "response")].as_string().in_(ids)
    connection.execute(delete(deliveries).where(of_case))
    their_cases = select(cases.c.id).where(cases.c.response_id.in_(ids))
    connection.execute(
        update(case_history).where(case_history.c.case_id.in_(their_cases)).values(note=None)
    )
    tagging.forget(connection, ids)
    touched = connection.execute(
        update(responses)
        .where(responses.c.id.in_(ids))
        .values(
            respondent=None,
            comment=None,
            answers={},
            traits={},
            page_url=None,
            updated_at=now,
        )
    )
    return touched.rowcount
