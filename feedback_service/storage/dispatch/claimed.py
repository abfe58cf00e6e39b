"""What becomes of claimed deliveries, many in one go: bodies frozen, claims put aside, settled.

Every change counts only while the claim's lease token is on the row. The statements are built
once: building them costs more than running them. Rows are settled in the order that answers queue
them in, so that two transactions on PostgreSQL never wait for each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, update

from feedback_service.domain.alerting.deliveries import Attempt, DeliveryStatus
from feedback_service.storage.dispatch.outbox import Settlement
from feedback_service.storage.tables.outbox import attempts, deliveries

_OURS: Final[tuple[Any, ...]] = (
    deliveries.c.id == bindparam("of_id"),
    deliveries.c.lease_token == bindparam("of_token"),
)
_FREEZE: Final = (
    update(deliveries).where(*_OURS, deliveries.c.body.is_(None)).values(body=bindparam("new_body"))
)
_ASIDE: Final = (
    update(deliveries)
    .where(*_OURS)
    .values(
        status=bindparam("new_status"),
        reason=bindparam("new_reason"),
        attempts=deliveries.c.attempts - 1,
        lease_token=None,
        lease_until=None,
        settled_at=bindparam("new_settled_at"),
    )
)
_SETTLE: Final = (
    update(deliveries)
    .where(*_OURS)
    .values(
        status=bindparam("new_status"),
        reason=bindparam("new_reason"),
        next_at=bindparam("new_next_at"),
        lease_token=None,
        lease_until=None,
        settled_at=bindparam("new_settled_at"),
    )
)
_TRIED: Final = insert(attempts)


@dataclass(frozen=True, slots=True)
class Aside:
    """What becomes of a claimed delivery that is not sent: held, cancelled or failed."""

    status: DeliveryStatus
    reason: str


def freeze(connection: Connection, lease_token: str, bodies: Mapping[str, bytes]) -> None:
    """Keep the bytes that every attempt and replay will send. bodies: delivery id -> body."""
    if bodies:
        connection.execute(
            _FREEZE,
            [
                {"of_id": delivery_id, "of_token": lease_token, "new_body": body}
                for delivery_id, body in sorted(bodies.items())
            ],
        )


def put_aside(
    connection: Connection, lease_token: str, asides: Mapping[str, Aside], now: datetime
) -> None:
    """End claims unsent; the attempts they began do not count. asides: delivery id -> what.

    So an alert whose score is corrected and corrected back can be raised once more.
    """
    if asides:
        connection.execute(
            _ASIDE,
            [
                {
                    "of_id": delivery_id,
                    "of_token": lease_token,
                    "new_status": aside.status,
                    "new_reason": aside.reason,
                    "new_settled_at": None if aside.status == "held" else now,
                }
                for delivery_id, aside in sorted(asides.items())
            ],
        )


def settle(connection: Connection, settlements: Sequence[Settlement]) -> list[bool]:
    """Record what came of attempts; False for each whose lease was lost to another worker."""
    kept, tried = [False] * len(settlements), []
    for position in sorted(range(len(settlements)), key=lambda i: settlements[i].order):
        settlement = settlements[position]
        found = connection.execute(_SETTLE, _settled(settlement))
        kept[position] = found.rowcount == 1
        if kept[position] and settlement.attempt is not None:
            tried.append(_attempt(settlement.delivery_id, settlement.attempt))
    if tried:
        connection.execute(_TRIED, tried)
    return kept


def _settled(settlement: Settlement) -> dict[str, Any]:
    return {
        "of_id": settlement.delivery_id,
        "of_token": settlement.lease_token,
        "new_status": settlement.status,
        "new_reason": settlement.reason,
        "new_next_at": settlement.next_at,
        "new_settled_at": None if settlement.status == "pending" else settlement.now,
    }


def _attempt(delivery_id: str, attempt: Attempt) -> dict[str, Any]:
    return {
        "delivery_id": delivery_id,
        "number": attempt.number,
        "started_at": attempt.started_at,
        "elapsed_ms": attempt.elapsed_ms,
        "status": attempt.status,
        "error": attempt.error,
        "reply": attempt.reply,
        "request": attempt.request,
    }
