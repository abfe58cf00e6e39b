"""Addresses with what no database can look for: refused with a reason, never our fault."""

import pytest
from flask.testing import FlaskClient

from feedback_service.usecases.service import Service
from tests.factories import make_project, make_survey
from tests.web.calling import bearer


@pytest.mark.parametrize(
    "address",
    [
        "/v1/responses?q=%00",
        "/v1/responses?tag=a%00b",
        "/v1/responses?respondent=%00",
        "/v1/responses/rsp_%00",
        "/v1/respondents/a%00b",
        "/v1/reports/segments?survey=nps&segment=trait:a%00b",
    ],
)
def test_a_nul_is_refused(client: FlaskClient, service: Service, address: str) -> None:
    project = make_project(service)
    make_survey(service, project, "nps")
    reply = client.get(address, headers=bearer(service, project))
    assert reply.status_code == 422, reply.text
    assert "%00" in reply.get_json()["detail"]


@pytest.mark.parametrize(
    "address",
    [
        "/v1/responses?since=0001-01-01T00:00:00%2B14:00",
        "/v1/responses?updated_since=0001-01-01T00:00:00%2B14:00",
        "/v1/responses?updated_since=9999-12-31T23:59:59-14:00",
        "/v1/responses/export?updated_since=9999-12-31T23:59:59-14:00",
        "/v1/responses/export?cursor=9999-12-31T23:59:59-14:00,rsp_1",
        "/v1/reports/summary?survey=nps&from=9999-12-01&to=9999-12-31",
        "/v1/reports/trend?survey=nps&by=week&from=9999-12-01&to=9999-12-31",
        "/v1/reports/words?survey=nps&from=9999-12-01&to=9999-12-31",
    ],
)
def test_the_edges_of_time_are_refused(client: FlaskClient, service: Service, address: str) -> None:
    project = make_project(service)
    make_survey(service, project, "nps")
    reply = client.get(address, headers=bearer(service, project))
    assert reply.status_code == 422, reply.text
