"""Everything a sender must know about claimed deliveries, read in few queries for all of them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Row, and_, bindparam, select

from feedback_service.domain.alerting.deliveries import Delivery
from feedback_service.domain.alerting.webhooks import Webhook
from feedback_service.domain.projects import Project
from feedback_service.domain.responses import Response
from feedback_service.domain.surveys import Survey
from feedback_service.domain.words.rules import Tagger
from feedback_service.domain.words.tagged import Tagged, retagged
from feedback_service.storage import projects, surveys
from feedback_service.storage.catalog import version_query
from feedback_service.storage.dispatch import webhooks
from feedback_service.storage.engine.vault import Vault, VaultClosed
from feedback_service.storage.responses import COLUMNS, from_row
from feedback_service.storage.tables.responses import respondents, responses
from feedback_service.storage.tables.tags import response_tags
from feedback_service.storage.words import rules

Value = TypeVar("Value")

_STORIES: Final[Any] = (
    select(
        *(responses.c[name] for name in COLUMNS),
        respondents.c.email.label("person_email"),
        respondents.c.traits.label("person_traits"),
        response_tags.c.by_rule,
        response_tags.c.refused,
    )
    .outerjoin(response_tags, response_tags.c.response_id == responses.c.id)
    .outerjoin(
        respondents,
        and_(
            respondents.c.project_id == responses.c.project_id,
            respondents.c.ref == responses.c.respondent,
        ),
    )
    .where(responses.c.id.in_(bindparam("ids", expanding=True)))
)


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

    webhook: None when its secrets cannot be decrypted.
    story: None when the delivery is about no response, or has its body already.
    """

    delivery: Delivery
    webhook: Webhook | None
    project: Project
    story: Story | None


class Briefs:
    """Remembers projects, webhooks and survey versions until the catalog's version changes.

    For one thread. Unlike a catalog snapshot it reads in its caller's transaction.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._version = -1
        self._known: dict[tuple[str, Any], Any] = {}

    def of_claimed(self, connection: Connection, claimed: Collection[Delivery]) -> list[Brief]:
        """Return a brief for each delivery, in order. Their rows must be locked by a claim."""
        version = connection.execute(version_query()).scalar_one()
        if version != self._version:
            self._known.clear()
            self._version = version
        ids = [d.about for d in claimed if d.body is None and d.about]
        stories = self._stories(connection, ids) if ids else {}
        return [
            Brief(
                delivery=delivery,
                webhook=self._webhook(connection, delivery.webhook_id),
                project=self._project(connection, delivery.project_id),
                story=stories.get(delivery.about or ""),
            )
            for delivery in claimed
        ]

    def _stories(self, connection: Connection, ids: Collection[str]) -> dict[str, Story]:
        rows: Sequence[Row[Any]] = connection.execute(_STORIES, {"ids": list(ids)}).all()
        found = {}
        for row in rows:
            response = from_row(row)
            found[response.id] = Story(
                response=self._tagged(connection, response, row),
                survey=self._survey(connection, response.version_id),
                email=row.person_email,
                traits={**(row.person_traits or {}), **response.traits},
            )
        return found

    def _tagged(self, connection: Connection, response: Response, row: Row[Any]) -> Response:
        """Return a response with its tags by rule, which may be sooner due than they are kept."""
        number = response.project_id
        tagger = self._kept("tagger", number, lambda: Tagger(rules.every(connection, number)))
        if not tagger or response.comment is None:
            return response
        before = Tagged(response.tags, tuple(row.by_rule or ()), tuple(row.refused or ()))
        # Those of plugged taggers are there already, or come later.
        plugged = (tag for tag in before.by_rule if tag not in tagger.names)
        found = (*tagger.tags(response.comment, response.locale), *plugged)
        return replace(response, tags=retagged(before, found).tags)

    def _webhook(self, connection: Connection, webhook_id: str) -> Webhook | None:
        def read() -> Webhook | None:
            try:
                return webhooks.of_delivery(connection, webhook_id, self._vault)
            except VaultClosed:
                # One webhook whose key is lost must not stop the others.
                return None

        return self._kept("webhook", webhook_id, read)

    def _project(self, connection: Connection, project_id: int) -> Project:
        project = self._kept(
            "project", project_id, lambda: projects.numbered(connection, project_id)
        )
        assert project is not None, "a project with deliveries is never deleted before them"
        return project

    def _survey(self, connection: Connection, version_id: int) -> Survey:
        survey = self._kept("survey", version_id, lambda: surveys.version(connection, version_id))
        assert survey is not None, "a survey version with responses is never deleted"
        return survey

    def _kept(self, kind: str, key: Any, read: Callable[[], Value]) -> Value:
        if (kind, key) not in self._known:
            self._known[kind, key] = read()
        known: Value = self._known[kind, key]
        return known
