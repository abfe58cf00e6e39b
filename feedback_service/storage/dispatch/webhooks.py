"""Webhooks: where deliveries go. Secrets and headers are encrypted."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from feedback_service.domain.alerting.webhooks import Filter, Secret, Webhook
from feedback_service.storage.engine.vault import Vault
from feedback_service.storage.tables.outbox import webhooks


def add(connection: Connection, webhook: Webhook, vault: Vault) -> None:
    connection.execute(insert(webhooks).values(_values(webhook, vault)))


def save(connection: Connection, webhook: Webhook, vault: Vault) -> None:
    """Write a changed webhook over its row."""
    connection.execute(
        update(webhooks)
        .where(webhooks.c.project_id == webhook.project_id, webhooks.c.id == webhook.id)
        .values(_values(webhook, vault))
    )


def remove(connection: Connection, project_id: int, webhook_id: str) -> bool:
    """Delete a webhook with its deliveries; False when the project has no such webhook."""
    found = connection.execute(
        delete(webhooks).where(webhooks.c.project_id == project_id, webhooks.c.id == webhook_id)
    )
    return found.rowcount == 1


def every(connection: Connection, project_id: int, vault: Vault) -> list[Webhook]:
    """Return a project's webhooks, oldest first."""
    rows = connection.execute(
        select(webhooks).where(webhooks.c.project_id == project_id).order_by(webhooks.c.id)
    )
    return [_webhook(row, vault) for row in rows]


def find(
    connection: Connection, project_id: int, webhook_id: str, vault: Vault, *, locked: bool = False
) -> Webhook | None:
    """Return a project's webhook; locked: until the transaction ends (PostgreSQL)."""
    query = select(webhooks).where(webhooks.c.project_id == project_id, webhooks.c.id == webhook_id)
    # key_share: answers that queue deliveries for it need not wait.
    row = connection.execute(query.with_for_update(key_share=True) if locked else query).first()
    return None if row is None else _webhook(row, vault)


def of_delivery(connection: Connection, webhook_id: str, vault: Vault) -> Webhook | None:
    """Return a webhook whatever its project: for the dispatcher, which serves them all."""
    row = connection.execute(select(webhooks).where(webhooks.c.id == webhook_id)).first()
    return None if row is None else _webhook(row, vault)


def disable(connection: Connection, webhook_id: str, reason: str, now: datetime) -> bool:
    """Send it nothing more until somebody enables it; False when it is not active anyway."""
    found = connection.execute(
        update(webhooks)
        .where(webhooks.c.id == webhook_id, webhooks.c.status == "active")
        .values(status="disabled", disabled_reason=reason, updated_at=now)
    )
    return found.rowcount == 1


def _values(webhook: Webhook, vault: Vault) -> dict[str, Any]:
    return {
        "id": webhook.id,
        "project_id": webhook.project_id,
        "url": webhook.url,
        "events": list(webhook.events),
        "filter": asdict(webhook.filter),
        "format": webhook.format,
        "status": webhook.status,
        "secrets": vault.lock(
            [[s.text, s.expires_at and s.expires_at.isoformat()] for s in webhook.secrets]
        ),
        "headers": vault.lock(dict(webhook.headers)),
        "template": webhook.template,
        "description": webhook.description,
        "disabled_reason": webhook.disabled_reason,
        "rate_per_minute": webhook.rate_per_minute,
        "created_at": webhook.created_at,
        "updated_at": webhook.updated_at,
    }


def filter_of(stored: Mapping[str, Any]) -> Filter:
    """Return a filter as its column holds it."""
    return Filter(
        survey=tuple(stored["survey"]),
        metric=tuple(stored["metric"]),
        band=tuple(stored["band"]),
        score_min=stored["score_min"],
        score_max=stored["score_max"],
        touchpoint=tuple(stored["touchpoint"]),
        channel=tuple(stored["channel"]),
        traits={name: tuple(values) for name, values in stored["traits"].items()},
    )


def _webhook(row: Row[Any], vault: Vault) -> Webhook:
    return Webhook(
        id=row.id,
        project_id=row.project_id,
        url=row.url,
        events=tuple(row.events),
        filter=filter_of(row.filter),
        format=row.format,
        status=row.status,
        secrets=tuple(
            Secret(text, datetime.fromisoformat(until) if until else None)
            for text, until in vault.unlock(row.secrets)
        ),
        headers=vault.unlock(row.headers),
        template=row.template,
        description=row.description,
        disabled_reason=row.disabled_reason,
        rate_per_minute=row.rate_per_minute,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
