"""Following next_cursor while answers arrive."""

from datetime import timedelta

from flask.testing import FlaskClient

from feedback_service.usecases.service import Service
from feedback_service.web.clock import now
from tests.factories import answer, collect, link_token, make_project, make_survey
from tests.web.calling import bearer


def test_pages_neither_skip_nor_repeat_while_answers_arrive(
    client: FlaskClient, service: Service
) -> None:
    survey = make_survey(service, make_project(service))
    headers = bearer(service, survey.project_id)
    start = now() - timedelta(minutes=5)

    def arrive(second: int) -> str:
        at = start + timedelta(seconds=second // 2)  # two share each instant
        token = link_token(service, survey, now=start)
        return collect(service, token, answer(score=second % 11), at).response.id

    there = {arrive(second) for second in range(11)}
    seen: list[str] = []
    path = "/v1/responses?limit=3"
    for second in range(100, 120):
        reply = client.get(path, headers=headers)
        seen += [item["id"] for item in reply.get_json()["items"]]
        cursor = reply.get_json()["next_cursor"]
        if cursor is None:
            assert "Link" not in reply.headers
            break
        path = reply.headers["Link"].partition(">")[0].removeprefix("<http://localhost")
        arrive(second)
    assert len(seen) == len(set(seen))
    assert set(seen) == there
