"""Asks the API for a report, as a program does."""

from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from feedback_service.demo.keys import kept_keys, keys_path


def report(client: FlaskClient, shop: dict[str, str], path: str) -> Any:
    """Return a report of the API."""
    keys = kept_keys(keys_path(Path(shop["FEEDBACK_DATA_DIR"])))
    assert keys is not None
    reply = client.get(
        f"/v1/reports/{path}", headers={"Authorization": f"Bearer {keys.secret_key}"}
    )
    assert reply.status_code == 200, reply.text
    return reply.get_json()
