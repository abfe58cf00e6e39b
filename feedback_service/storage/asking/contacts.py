"""What the contact policy asks of the past: who answered, declined or unsubscribed."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    String,
    and_,
    any_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY

from feedback_service.storage.tables.contacts import policy_overrides, suppressions
from feedback_service.storage.tables.responses import respondents, responses
from feedback_service.storage.tables.surveys import surveys

# How many people one statement asks about: parameters are cheap, round trips are not.
MOST_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Past:
    """What somebody did with a survey; test answers and machines' answers are left out.

    who: the respondent's reference, or a token id, as it was asked for.
    answered: with a score or to the end; else declined.
    """

    who: str
    survey_id: int
    version_id: int
    campaign: str | None
    at: datetime
    answered: bool


@dataclass(frozen=True, slots=True)
class Override:
    """An invitation that the policy would have refused. overridden: the policy's reason."""

    survey: str
    respondent: str
    touchpoint: str
    overridden: str
    because: str
    at: datetime


def of_people(
    connection: Connection,
    project_id: int,
    refs: Sequence[str],
    since: datetime,
    campaign: str | None = None,
) -> list[Past]:
    """Return what these people did since then, and at any time in the campaign."""
    # In a function, so that no index on the time is used: everybody's last months are many rows.
    lately: ColumnElement[bool] = func.coalesce(responses.c.updated_at, since) >= since
    if campaign is not None:
        lately = or_(lately, responses.c.campaign == campaign)
    return _past(connection, responses.c.respondent, refs, project_id, lately)


def of_tokens(connection: Connection, project_id: int, token_ids: Sequence[str]) -> list[Past]:
    """Return what was done with these tokens."""
    return _past(connection, responses.c.token_id, token_ids, project_id)


def used_tokens(connection: Connection, project_id: int, token_ids: Sequence[str]) -> set[str]:
    """Return those of the token ids that have a response, whatever it holds."""
    found: set[str] = set()
    for some in _portions(token_ids):
        query = select(responses.c.token_id).where(
            responses.c.project_id == project_id,
            _among(connection, responses.c.token_id, some),
        )
        found.update(connection.execute(query).scalars())
    return found


def unsubscribed(
    connection: Connection, project_id: int, refs: Sequence[str]
) -> dict[str, datetime]:
    """Return reference -> since when, of those who want no more invitations.

    Also of people who were erased since: their digest is kept for this.
    """
    found: dict[str, datetime] = {}
    erased = connection.execute(
        select(exists().where(suppressions.c.project_id == project_id))
    ).scalar()
    for some in _portions(refs):
        query = select(respondents.c.ref, respondents.c.unsubscribed_at).where(
            respondents.c.project_id == project_id,
            _among(connection, respondents.c.ref, some),
            respondents.c.unsubscribed_at.is_not(None),
        )
        found.update({row.ref: row.unsubscribed_at for row in connection.execute(query)})
        if erased:
            digests = {_digest(project_id, ref): ref for ref in some}
            kept = select(suppressions.c.digest, suppressions.c.created_at).where(
                suppressions.c.project_id == project_id,
                _among(connection, suppressions.c.digest, list(digests)),
            )
            for row in connection.execute(kept):
                found.setdefault(digests[row.digest], row.created_at)
    return found


def suppress(connection: Connection, project_id: int, ref: str, since: datetime) -> None:
    """Keep a person's wish for no invitations when everything else of them is erased."""
    build = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    connection.execute(
        build(suppressions)
        .values(project_id=project_id, digest=_digest(project_id, ref), created_at=since)
        .on_conflict_do_nothing(index_elements=["project_id", "digest"])
    )


def record_override(
    connection: Connection, project_id: int, survey_id: int, override: Override
) -> None:
    connection.execute(
        insert(policy_overrides).values(
            project_id=project_id,
            survey_id=survey_id,
            respondent=override.respondent,
            touchpoint=override.touchpoint,
            overridden=override.overridden,
            because=override.because,
            created_at=override.at,
        )
    )


def overrides(connection: Connection, project_id: int, ref: str) -> list[Override]:
    """Return the overrides that concern a person, newest first."""
    rows = connection.execute(
        select(policy_overrides, surveys.c.key)
        .join(surveys, surveys.c.id == policy_overrides.c.survey_id)
        .where(policy_overrides.c.project_id == project_id, policy_overrides.c.respondent == ref)
        .order_by(policy_overrides.c.id.desc())
    )
    return [
        Override(
            survey=row.key,
            respondent=row.respondent,
            touchpoint=row.touchpoint,
            overridden=row.overridden,
            because=row.because,
            at=row.created_at,
        )
        for row in rows
    ]


def forget_overrides(connection: Connection, project_id: int, ref: str) -> int:
    """Erase the overrides that concern a person; returns how many there were."""
    return connection.execute(
        delete(policy_overrides).where(
            policy_overrides.c.project_id == project_id, policy_overrides.c.respondent == ref
        )
    ).rowcount


def _past(
    connection: Connection,
    who: ColumnElement[Any],
    wanted: Sequence[str],
    project_id: int,
    *more: ColumnElement[bool],
) -> list[Past]:
    found: list[Past] = []
    for some in _portions(wanted):
        query = select(
            who.label("who"),
            responses.c.survey_id,
            responses.c.version_id,
            responses.c.campaign,
            responses.c.scored_at,
            responses.c.completed_at,
            responses.c.dismissed_at,
        ).where(
            responses.c.project_id == project_id,
            _among(connection, who, some),
            responses.c.test.is_(False),
            responses.c.unconfirmed.is_(None),
            or_(
                responses.c.scored_at.is_not(None),
                responses.c.completed_at.is_not(None),
                responses.c.dismissed_at.is_not(None),
            ),
            and_(True, *more),
        )
        for row in connection.execute(query):
            answered_at = row.scored_at or row.completed_at
            at = answered_at or row.dismissed_at
            answered = answered_at is not None
            found.append(Past(row.who, row.survey_id, row.version_id, row.campaign, at, answered))
    return found


def _among(
    connection: Connection, column: ColumnElement[Any], wanted: Sequence[str]
) -> ColumnElement[bool]:
    """Say that a column is one of many values, as one parameter: a list of them is built slowly."""
    if connection.dialect.name == "sqlite":
        listed = func.json_each(bindparam(None, json.dumps(wanted), String)).table_valued("value")
        return column.in_(select(listed.c.value))
    return column == any_(bindparam(None, list(wanted), ARRAY(String)))


def _portions(wanted: Sequence[str]) -> list[Sequence[str]]:
    return [wanted[at : at + MOST_AT_ONCE] for at in range(0, len(wanted), MOST_AT_ONCE)]


def _digest(project_id: int, ref: str) -> str:
    # Not keyed with the secret key: the wish has to outlive its rotation.
    return hashlib.sha256(f"{project_id}\0{ref}".encode()).hexdigest()
