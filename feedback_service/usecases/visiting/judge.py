"""Judge a press on the survey page by what was seen of its link, and note what is seen."""

from dataclasses import replace
from datetime import datetime

import structlog

from feedback_service.domain.evidence import Press, Suspicion, suspicion_of
from feedback_service.storage import counts
from feedback_service.storage.errors import StorageUnavailable
from feedback_service.storage.evidence import openings
from feedback_service.storage.evidence.openings import (
    Opening,
    person_digest,
    token_digest,
    trap_digest,
)
from feedback_service.usecases.look import Seen
from feedback_service.usecases.service import Service

log = structlog.get_logger()


def judge_press(
    service: Service, known: Seen, press: Press, page_nonce: str, now: datetime
) -> Suspicion | None:
    """Return why a press may be a machine's, None for a person's.

    press: as far as the form tells; whether the page's trap was followed is looked up by its nonce.
    Raises StorageUnavailable.
    """
    token = known.token
    with service.database.read() as connection:
        traces = openings.traces_of(connection, token_digest(token.project_id, token.token_id))
        trapped = openings.is_opened(connection, trap_digest(page_nonce))
    return suspicion_of(
        replace(press, trapped=trapped),
        known.survey.definition.capture,
        traces,
        (token.channel, token.issued_at),
        now,
    )


def opening_of(known: Seen, score: int | None, *, head: bool, now: datetime) -> Opening:
    """Return what is to be noted of a link's opening."""
    digest = token_digest(known.token.project_id, known.token.token_id)
    return Opening(digest, now, head=head, score=score)


def trap_opening(page_nonce: str, now: datetime) -> Opening:
    """Return what is to be noted when the link on a page was followed that no person can see."""
    return Opening(trap_digest(page_nonce), now)


def note_person(service: Service, known: Seen, now: datetime) -> None:
    """Count, once per link, that a person opened it: a hand was seen, or an answer is believed.

    Never raises: call it when the reply has left. Nothing is kept of who it was.
    """
    token = known.token
    digest = person_digest(token.project_id, token.token_id)
    try:
        with service.database.read() as connection:
            if openings.is_opened(connection, digest):
                return
        with service.database.write() as connection:
            if openings.first_person(connection, digest, token.expires_at):
                counts.opened(connection, token, known.survey.id, now.date())
    except StorageUnavailable as error:
        log.warning("opening not counted", error=str(error))
