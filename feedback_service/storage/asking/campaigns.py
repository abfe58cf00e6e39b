"""What became of campaigns: links counted as they were issued, responses as they came in."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, case, func, select

from feedback_service.storage.tables.responses import responses
from feedback_service.storage.tables.surveys import surveys, token_counts


@dataclass(frozen=True, slots=True)
class Campaign:
    """One survey of one campaign, in people.

    sent: links issued; reminded: the same links again; opened: links a person opened.
    answered: with a score; completed: to the end; declined: closed without a score.
    first_day, last_day: on which links were issued, in UTC; None for customers' own JWTs.
    """

    name: str
    survey: str
    sent: int = 0
    reminded: int = 0
    opened: int = 0
    answered: int = 0
    completed: int = 0
    declined: int = 0
    unsubscribed: int = 0
    first_day: date | None = None
    last_day: date | None = None


def sent(connection: Connection, survey_id: int, campaign: str) -> int:
    """Return how many links of a survey were issued in a campaign."""
    found = connection.execute(
        select(func.sum(token_counts.c.issued)).where(
            token_counts.c.survey_id == survey_id, token_counts.c.campaign == campaign
        )
    ).scalar()
    return int(found or 0)


def every(connection: Connection, project_id: int, name: str | None = None) -> list[Campaign]:
    """Return a project's campaigns, the one with the newest links first, each survey by itself.

    name: of the only one wanted. Answers are counted as everywhere: without test, excluded and
    unconfirmed ones.
    """
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in (*_counted(connection, project_id, name), *_answered(connection, project_id, name)):
        found.setdefault((row["name"], row["survey"]), {}).update(row)
    campaigns = [Campaign(**values) for values in found.values()]
    campaigns.sort(key=lambda one: (one.name, one.survey))
    return sorted(campaigns, key=lambda one: one.last_day or date.min, reverse=True)


def _counted(connection: Connection, project_id: int, name: str | None) -> list[Any]:
    counted = token_counts.c
    issued_on = case((counted.issued > 0, counted.day))
    query = (
        select(
            counted.campaign.label("name"),
            surveys.c.key.label("survey"),
            func.sum(counted.issued).label("sent"),
            func.sum(counted.reminded).label("reminded"),
            func.sum(counted.opened).label("opened"),
            func.sum(counted.unsubscribed).label("unsubscribed"),
            func.min(issued_on).label("first_day"),
            func.max(issued_on).label("last_day"),
        )
        .join(surveys, surveys.c.id == counted.survey_id)
        .where(surveys.c.project_id == project_id, counted.campaign != "")
        .group_by(counted.campaign, surveys.c.key)
    )
    if name is not None:
        query = query.where(counted.campaign == name)
    return list(connection.execute(query).mappings())


def _answered(connection: Connection, project_id: int, name: str | None) -> list[Any]:
    scored = responses.c.scored_at.is_not(None)
    declined = responses.c.dismissed_at.is_not(None) & ~scored
    query = (
        select(
            responses.c.campaign.label("name"),
            surveys.c.key.label("survey"),
            func.count(responses.c.scored_at).label("answered"),
            func.count(responses.c.completed_at).label("completed"),
            func.count(case((declined, 1))).label("declined"),
        )
        .join(surveys, surveys.c.id == responses.c.survey_id)
        .where(
            responses.c.project_id == project_id,
            responses.c.campaign.is_not(None),
            responses.c.test.is_(False),
            responses.c.excluded.is_(None),
            responses.c.unconfirmed.is_(None),
        )
        .group_by(responses.c.campaign, surveys.c.key)
    )
    if name is not None:
        query = query.where(responses.c.campaign == name)
    return list(connection.execute(query).mappings())
