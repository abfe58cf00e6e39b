"""What a customer's server and a page do over HTTP."""

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from feedback_service.domain.surveys import Survey
from feedback_service.usecases.service import Service
from feedback_service.usecases.setup.issue_key import KeyWish, issue_key
from feedback_service.web.clock import now
from tests.factories import link_token

Headers = dict[str, str]


def bearer(service: Service, project_id: int, *scopes: str, test: bool = False) -> Headers:
    """Return the header of a fresh secret key, with every scope unless some are named."""
    wish = KeyWish("secret", test=test, scopes=scopes)
    return {"Authorization": f"Bearer {issue_key(service, project_id, wish, now())}"}


def site_key(service: Service, project_id: int, *, test: bool = False) -> str:
    return issue_key(service, project_id, KeyWish("site", test=test), now())


def fresh_token(service: Service, of: Survey, **links: Any) -> str:
    """Mint a link token that is valid by the app's own clock."""
    return link_token(service, of, now=now(), **links)


def answer_with(client: FlaskClient, token: str, **members: Any) -> TestResponse:
    return client.post("/v1/responses", json={"token": token, **members})


def is_problem(reply: TestResponse, status: int, code: str) -> bool:
    """Tell whether it is the problem document of this error; says what came instead."""
    document = reply.get_json(force=True)
    seen = (reply.status_code, reply.content_type, document["status"], document["code"])
    assert seen == (status, "application/problem+json", status, code), document
    return True
