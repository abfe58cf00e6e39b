"""Everything a sender must know about claimed deliveries, read in a few queries for all of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, select

from feedback_service.domain.deliveries import Delivery
from feedback_service.domain.responses import Response
from feedback_service.domain.surveys import Survey
from feedback_service.domain.webhooks import Webhook
from feedback_service.storage import surveys, webhooks
from feedback_service.storage.responses import COLUMNS, from_row
from feedback_service.storage.schema import projects, respondents, responses
from feedback_service.storage.vault import Vault, VaultClosed


@dataclass(frozen=True, slots=True)
class Story:
    """A response as it stands.

    survey: in the version that was answered. email: of the person, when there is one on file.
    traits: the person's, and over them the response's own.
    """

    response: Response
    survey: Survey
    email: str | None
    traits: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Brief:
    """A claimed delivery with where it goes and what it tells.

    webhook: None when its secrets cannot be decrypted. project: slug.
    story: None when the delivery is about no response, or has its body already.
    """

    delivery: Delivery
    webhook: Webhook | None
    project: str
    story: Story | None


def of_claimed(connection: Connection, claimed: Collection[Delivery], vault: Vault) -> list[Brief]:
    """Return a brief for each delivery, in order. Their rows must be locked by a claim."""
    going = _webhooks(connection, {d.webhook_id for d in claimed}, vault)
    first = [d for d in claimed if d.body is None]
    stories = _stories(connection, [d.response_id for d in first if d.response_id])
    slugs = _slugs(connection, {d.project_id for d in first})
    return [
        Brief(
            delivery=delivery,
            webhook=going[delivery.webhook_id],
            project=slugs.get(delivery.project_id, ""),
            story=stories.get(delivery.response_id or ""),
        )
        for delivery in claimed
    ]


def _webhooks(
    connection: Connection, ids: Iterable[str], vault: Vault
) -> dict[str, Webhook | None]:
    found: dict[str, Webhook | None] = {}
    for webhook_id in ids:
        try:
            found[webhook_id] = webhooks.of_delivery(connection, webhook_id, vault)
        except VaultClosed:
            # One webhook whose key is lost must not stop the others.
            found[webhook_id] = None
    return found


def _stories(connection: Connection, ids: Collection[str]) -> dict[str, Story]:
    if not ids:
        return {}
    query: Any = select(
        *(responses.c[name] for name in COLUMNS),
        respondents.c.email.label("person_email"),
        respondents.c.traits.label("person_traits"),
    )
    person = and_(
        respondents.c.project_id == responses.c.project_id,
        respondents.c.ref == responses.c.respondent,
    )
    query = query.outerjoin(respondents, person).where(responses.c.id.in_(ids))
    rows: Sequence[Row[Any]] = connection.execute(query).all()
    versions = {
        version_id: surveys.version(connection, version_id)
        for version_id in {row.version_id for row in rows}
    }
    found = {}
    for row in rows:
        response, survey = from_row(row), versions[row.version_id]
        assert survey is not None, "a survey version with responses is never deleted"
        traits = {**(row.person_traits or {}), **response.traits}
        found[response.id] = Story(response, survey, row.person_email, traits)
    return found


def _slugs(connection: Connection, ids: Collection[int]) -> dict[int, str]:
    if not ids:
        return {}
    rows = connection.execute(select(projects.c.id, projects.c.slug).where(projects.c.id.in_(ids)))
    return {row.id: row.slug for row in rows}
