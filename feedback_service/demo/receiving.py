"""The demo shop's webhook receiver: what a customer writes to take deliveries in."""

import hashlib
import hmac
import json
import threading
from base64 import b64decode, b64encode
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

# As the Standard Webhooks libraries: an older delivery may be a recorded one, played again.
TOLERANCE_S: Final = 300
KEPT: Final = 200


def is_authentic(secret: str, headers: Mapping[str, str], body: bytes, now_s: float) -> bool:
    """Tell whether a delivery was signed with our secret, and just now (Standard Webhooks 1.0.0).

    secret: ``whsec_…``. headers: looked up in lower case.
    """
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):
        return False
    if abs(now_s - int(timestamp)) > TOLERANCE_S:
        return False
    signed = f"{message_id}.{timestamp}.".encode() + body
    key = b64decode(secret.removeprefix("whsec_"))
    wanted = b"v1," + b64encode(hmac.digest(key, signed, hashlib.sha256))
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(wanted, one.encode()) for one in given)


class Received:
    """The newest deliveries, in memory: they are gone when the demo ends."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._newest: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._count = 0

    def take(self, headers: Mapping[str, str], body: bytes, *, authentic: bool) -> None:
        """Keep one delivery for the page."""
        told = _told(body)
        with self._lock:
            self._count += 1
            self._newest.append(
                {
                    "number": self._count,
                    "at": datetime.now(UTC).isoformat(timespec="seconds"),
                    "id": headers.get("webhook-id", ""),
                    "authentic": authentic,
                    **told,
                }
            )

    def after(self, number: int) -> list[dict[str, Any]]:
        """Return the deliveries that came after one, oldest first."""
        with self._lock:
            return [one for one in self._newest if one["number"] > number]


def _told(body: bytes) -> dict[str, Any]:
    """Return what the page shows of a body; anybody may post, so nothing is taken for granted."""
    raw = body.decode("utf-8", "replace")
    try:
        event = json.loads(raw)
    except (ValueError, RecursionError):
        return {"type": "not JSON", "survey": None, "score": None, "comment": None, "raw": raw}
    event = _mapping(event)
    told = _mapping(event.get("data"))
    survey, response = _mapping(told.get("survey")), _mapping(told.get("response"))
    return {
        "type": event.get("type", "without a type"),
        "survey": survey.get("key"),
        "score": response.get("score"),
        "band": response.get("band"),
        "comment": response.get("comment"),
        "raw": json.dumps(json.loads(raw), indent=2, ensure_ascii=False),
    }


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
