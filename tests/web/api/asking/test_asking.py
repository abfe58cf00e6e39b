"""Why a person is asked or not, and what became of campaigns, over HTTP."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from feedback_service.storage import counts
from feedback_service.usecases.recognise import recognise_token
from feedback_service.usecases.service import Service
from feedback_service.web.clock import now
from tests.factories import make_project, make_survey
from tests.web.calling import Headers, answer_with, bearer, is_problem, site_key


@pytest.fixture
def project(service: Service) -> int:
    number = make_project(service)
    make_survey(service, number)
    return number


@pytest.fixture
def owner(service: Service, project: int) -> Headers:
    return bearer(service, project)


def issue(client: FlaskClient, owner: Headers, **members: Any) -> Any:
    return client.post(
        "/v1/tokens", json={"survey": "nps", "respondent": "anna", **members}, headers=owner
    )


def test_a_refusal_says_why_and_until_when(client: FlaskClient, owner: Headers) -> None:
    answer_with(client, issue(client, owner).get_json()["token"], score=9)
    refused = issue(client, owner)
    assert is_problem(refused, 409, "contact-policy")
    document = refused.get_json(force=True)
    assert document["reason"] == "answered-recently"
    told = client.get("/v1/respondents/anna/eligibility?survey=nps", headers=owner).get_json()
    assert (told["eligible"], told["reason"]) == (False, "answered-recently")
    assert told["until"] == document["until"]
    assert told["explanation"] == document["detail"]
    assert told["contacts"][0]["did"] == "answered"
    assert told["policy"]["after_answer_days"] == 90


def test_a_stranger_may_be_asked(client: FlaskClient, owner: Headers) -> None:
    told = client.get("/v1/respondents/zoe/eligibility?survey=nps", headers=owner).get_json()
    assert (told["eligible"], told["reason"], told["until"]) == (True, None, None)
    unknown = client.get("/v1/respondents/zoe/eligibility?survey=none", headers=owner)
    assert is_problem(unknown, 404, "not-found")


def test_an_override_gets_its_token_and_is_told(client: FlaskClient, owner: Headers) -> None:
    answer_with(client, issue(client, owner).get_json()["token"], score=9)
    made = issue(client, owner, touchpoint="refund", override_policy="refund 4711")
    assert made.status_code == 201
    told = client.get("/v1/respondents/anna/eligibility?survey=nps", headers=owner).get_json()
    assert told["overrides"][0]["because"] == "refund 4711"


def test_a_visitor_who_closed_the_widget_is_not_shown_it_again(
    client: FlaskClient, service: Service, project: int
) -> None:
    wish = {"key": site_key(service, project), "survey": "nps", "visitor": "5f3a"}
    shown = client.post("/v1/widget/tokens", json=wish)
    answer_with(client, shown.get_json()["token"], dismissed=True)
    again = client.post("/v1/widget/tokens", json=wish)
    assert is_problem(again, 409, "contact-policy")
    assert again.get_json(force=True)["reason"] == "declined-recently"
    tried = {**wish, "key": site_key(service, project, test=True)}
    assert client.post("/v1/widget/tokens", json=tried).status_code == 201


def test_the_headers_of_the_mail_come_with_a_link(client: FlaskClient, owner: Headers) -> None:
    made = issue(client, owner).get_json()
    assert made["list_unsubscribe"] == f"<{made['unsubscribe_url']}>"
    assert made["list_unsubscribe_post"] == "List-Unsubscribe=One-Click"
    nobody = issue(client, owner, respondent=None).get_json()
    assert (nobody["list_unsubscribe"], nobody["list_unsubscribe_post"]) == (None, None)


def test_a_campaign_tells_what_became_of_its_links(
    client: FlaskClient, service: Service, owner: Headers
) -> None:
    people = "id\n" + "".join(f"cust_{number}\n" for number in range(20))
    reply = client.post(
        "/v1/tokens/batch?survey=nps&campaign=spring",
        data=people,
        headers={**owner, "Content-Type": "text/csv"},
    )
    links = [line.split(",")[1] for line in reply.get_data(as_text=True).splitlines()[1:]]
    for token in links[:18]:
        answer_with(client, token, score=9)
    answer_with(client, links[0], score=9, complete=True)
    answer_with(client, links[18], dismissed=True)
    client.post(f"/u/{links[19]}", data={"List-Unsubscribe": "One-Click"})
    opened = recognise_token(service, service.catalog.current(), links[3], now())
    with service.database.write() as connection:
        counts.opened(connection, opened, 1, now().date())
    [told] = client.get("/v1/campaigns", headers=owner).get_json()["items"]
    assert told["campaign"] == "spring"
    assert [told[name] for name in ("sent", "opened", "answered", "completed")] == [20, 1, 18, 1]
    assert (told["declined"], told["unsubscribed"]) == (1, 1)
    rate = told["response_rate"]
    assert (rate["score"], rate["n"]) == (90.0, 20)
    assert [round(end, 1) for end in rate["interval"]] == [69.9, 97.2]
    one = client.get("/v1/campaigns/spring", headers=owner).get_json()
    assert one["items"] == [told]
    assert is_problem(client.get("/v1/campaigns/none", headers=owner), 404, "not-found")


def test_campaigns_of_other_projects_are_not_seen(
    client: FlaskClient, service: Service, owner: Headers
) -> None:
    issue(client, owner, campaign="spring")
    stranger = bearer(service, make_project(service, "other"))
    assert client.get("/v1/campaigns", headers=stranger).get_json() == {"items": []}
