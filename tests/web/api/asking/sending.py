"""Lists of people on their way to POST /v1/tokens/batch and back."""

import csv
import io
from typing import Final

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.calling import Headers

MAILING: Final = "survey=nps&campaign=spring"


def sent(
    client: FlaskClient, owner: Headers, body: str | bytes, query: str = MAILING, **headers: str
) -> TestResponse:
    """Send a list of people as CSV."""
    return client.post(
        f"/v1/tokens/batch?{query}",
        data=body,
        headers={**owner, "Content-Type": "text/csv", **headers},
    )


def table(reply: TestResponse, delimiter: str = ",") -> list[dict[str, str]]:
    assert reply.status_code == 200, reply.get_data()
    return list(csv.DictReader(io.StringIO(reply.get_data(as_text=True)), delimiter=delimiter))
