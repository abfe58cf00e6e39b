"""Wrong questions, and who may ask."""

from typing import Final

import pytest
from flask.testing import FlaskClient

from feedback_service.usecases.service import Service
from tests.factories import make_project, make_survey
from tests.web.calling import Headers, bearer, is_problem

WRONG: Final = {
    "summary": (422, "invalid-value", "/survey"),
    "summary?survey=nps&metric=nps": (422, "invalid-value", "/metric"),
    "summary?survey=other": (404, "not-found", "/survey"),
    "summary?metric=ltv": (422, "invalid-request", "/metric"),
    "summary?survey=nps&from=yesterday": (422, "invalid-request", "/from"),
    "summary?survey=nps&from=2026-02-30": (422, "invalid-request", "/from"),
    "summary?survey=nps&from=2026-03-02&to=2026-03-01": (422, "invalid-value", "/from"),
    "summary?survey=nps&from=1869-01-01&to=1870-01-01": (422, "invalid-value", "/from"),
    "summary?survey=nps&from=1990-01-01&to=2026-03-01": (422, "invalid-value", "/from"),
    "summary?survey=nps&form=2026-03-01": (422, "invalid-request", "/form"),
    "trend?survey=nps&by=hour": (422, "invalid-request", "/by"),
    "trend?survey=nps&by=day&from=2020-01-01&to=2026-03-01": (422, "invalid-value", "/by"),
    "segments?survey=nps": (422, "invalid-request", "/segment"),
    "segments?survey=nps&segment=plan": (422, "invalid-value", "/segment"),
    "segments?survey=nps&segment=trait:": (422, "invalid-value", "/segment"),
    "compare?survey=nps": (422, "invalid-value", "/against_from"),
    "compare?survey=nps&segment=channel&a=x": (422, "invalid-value", "/b"),
    "compare?survey=nps&segment=channel&a=x&b=x": (422, "invalid-value", "/b"),
    "compare?survey=nps&against_to=2026-01-01": (422, "invalid-value", "/against_from"),
    "compare?survey=nps&from=2026-01-05&to=2026-01-09"
    "&against_from=2026-01-01&against_to=2026-01-05": (422, "invalid-value", "/against_from"),
}


def test_a_wrong_question_is_told_by_field(
    client: FlaskClient, service: Service, shop: int, owner: Headers
) -> None:
    make_survey(service, shop)
    for path, (status, code, pointer) in WRONG.items():
        reply = client.get(f"/v1/reports/{path}", headers=owner)
        assert is_problem(reply, status, code)
        assert [one["pointer"] for one in reply.get_json()["errors"]] == [pointer], path


def test_a_key_needs_the_scope_and_sees_its_own_project(
    client: FlaskClient, service: Service, shop: int
) -> None:
    make_survey(service, shop)
    path = "/v1/reports/summary?survey=nps"
    assert is_problem(
        client.get(path, headers=bearer(service, shop, "responses:read")), 403, "scope-missing"
    )
    assert client.get(path, headers=bearer(service, shop, "reports:read")).status_code == 200
    stranger = make_project(service, "stranger")
    assert is_problem(client.get(path, headers=bearer(service, stranger)), 404, "not-found")


@pytest.mark.parametrize("given", ["yesterday", "2026-02-30", "24.11.2026", ""])
def test_a_day_that_is_none_is_told_how_to_be_written(
    client: FlaskClient, service: Service, shop: int, owner: Headers, given: str
) -> None:
    make_survey(service, shop)
    reply = client.get(f"/v1/reports/summary?survey=nps&to={given}", headers=owner)
    assert is_problem(reply, 422, "invalid-request")
    assert reply.get_json()["errors"] == [
        {"pointer": "/to", "detail": "write a day such as 2026-11-24"}
    ]
