"""Claims that end before anything was sent."""

from datetime import datetime

from sqlalchemy import Connection, update

from feedback_service.domain.deliveries import DeliveryStatus
from feedback_service.storage.schema import deliveries


def put_aside(
    connection: Connection,
    delivery_id: str,
    lease_token: str,
    status: DeliveryStatus,
    reason: str,
    now: datetime,
) -> None:
    """Hold, cancel or give up a claimed delivery; the attempt its claim began does not count.

    So an alert whose score is corrected and corrected back can be raised once more.
    """
    connection.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery_id, deliveries.c.lease_token == lease_token)
        .values(
            status=status,
            reason=reason,
            attempts=deliveries.c.attempts - 1,
            lease_token=None,
            lease_until=None,
            settled_at=None if status == "held" else now,
        )
    )
