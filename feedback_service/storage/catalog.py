"""What every request needs and few change: read once, kept per process, dropped when it changed.

Every write to projects, keys, surveys, webhooks or revocations bumps one version number in the same
transaction (`bump`). A snapshot belongs to one version. A save carries its snapshot's version into
its own transaction and is prepared again when that is no longer the newest, so a revoked key or
token never gets an answer in, however many processes serve.
"""

import threading
from collections.abc import Callable
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, select, update

from feedback_service.domain.access.jwt import SigningKey
from feedback_service.domain.access.keys import ApiKey
from feedback_service.domain.alerting.webhooks import Webhook
from feedback_service.domain.measures.protection import PROTECTED
from feedback_service.domain.projects import Project
from feedback_service.domain.surveys import Survey
from feedback_service.domain.words.rules import Tagger
from feedback_service.storage import projects, revocations, surveys
from feedback_service.storage.dispatch import webhooks
from feedback_service.storage.engine.database import Database
from feedback_service.storage.engine.vault import Vault
from feedback_service.storage.surveys import LinkSet
from feedback_service.storage.tables.projects import changes
from feedback_service.storage.words import rules

Value = TypeVar("Value")

# More than any installation's surveys, link sets, webhooks and keys together.
MAX_REMEMBERED: Final = 10_000


def bump(connection: Connection) -> None:
    """Say that something the catalog remembers has changed."""
    connection.execute(update(changes).values(version=changes.c.version + 1))


def version_query() -> Any:
    return select(changes.c.version)


class Snapshot:
    """The configuration as of one version; reads on first use."""

    def __init__(self, database: Database, vault: Vault, version: int) -> None:
        self.version = version
        self._database = database
        self._vault = vault
        self._known: dict[tuple[str, Any], Any] = {}

    def project(self, project_id: int) -> Project | None:
        return self._kept("project", project_id, lambda c: projects.numbered(c, project_id))

    def projects(self) -> list[Project]:
        """Return all projects, oldest first."""
        return self._kept("projects", None, projects.every)

    def key(self, digest: str) -> ApiKey | None:
        return self._kept("key", digest, lambda c: projects.key_of_digest(c, digest))

    def signing_key(self, kid: str) -> SigningKey | None:
        return self._kept("kid", kid, lambda c: projects.signing_key(c, kid, self._vault))

    def survey(self, project_id: int, key: str) -> Survey | None:
        """Return a survey in its newest version."""
        return self._kept(
            "survey", (project_id, key), lambda c: surveys.current(c, project_id, key)
        )

    def surveys(self, project_id: int) -> list[Survey]:
        return self._kept("surveys", project_id, lambda c: surveys.every(c, project_id))

    def survey_version(self, version_id: int) -> Survey | None:
        return self._kept("version", version_id, lambda c: surveys.version(c, version_id))

    def protected_versions(self, project_id: int) -> frozenset[int]:
        """Return the versions of surveys that ask employees or partners."""
        return self._kept(
            "protected", project_id, lambda c: surveys.asked_of(c, project_id, PROTECTED)
        )

    def link_set(self, link_set_id: int) -> LinkSet | None:
        return self._kept("links", link_set_id, lambda c: surveys.link_set(c, link_set_id))

    def webhooks(self, project_id: int) -> list[Webhook]:
        return self._kept(
            "webhooks", project_id, lambda c: webhooks.every(c, project_id, self._vault)
        )

    def tagger(self, project_id: int) -> Tagger:
        """Return what tags comments by the project's rules."""
        return self._kept("tagger", project_id, lambda c: Tagger(rules.every(c, project_id)))

    def revoked(self, project_id: int) -> frozenset[tuple[str, str]]:
        """Return (scope, value) of everything the project withdrew."""
        return self._kept("revoked", project_id, lambda c: revocations.every(c, project_id))

    def _kept(self, kind: str, key: Any, read: Callable[[Connection], Value]) -> Value:
        try:
            known: Value = self._known[kind, key]
        except KeyError:
            with self._database.read() as connection:
                known = read(connection)
            # Not what does not exist: a stranger could think up keys and kids until all is full.
            if known is not None and len(self._known) < MAX_REMEMBERED:
                self._known[kind, key] = known
        return known


class Catalog:
    """Hands out the snapshot of this process."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._mutex = threading.Lock()
        self._snapshot: Snapshot | None = None

    def known(self) -> Snapshot:
        """Return the last snapshot without asking; for whoever checks its version later."""
        return self._snapshot or self.current()

    def current(self) -> Snapshot:
        """Return a snapshot that is current at the time of the call (one small query)."""
        with self._database.read() as connection:
            version = connection.execute(version_query()).scalar_one()
        with self._mutex:
            if self._snapshot is None or self._snapshot.version != version:
                self._snapshot = Snapshot(self._database, self._vault, version)
            return self._snapshot
