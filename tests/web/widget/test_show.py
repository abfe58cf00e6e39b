"""What a page's widget asks: its surveys, and the token of an impression."""

import gzip
import json

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from feedback_service.usecases.service import Service
from tests.factories import make_project, make_survey
from tests.web.calling import answer_with, bearer, is_problem, site_key

SHOP = "https://shop.example"


def site(service: Service, *origins: str) -> str:
    """Return the site key of a project with one survey."""
    project = make_project(service, origins=origins)
    make_survey(service, project)
    return site_key(service, project)


def ask(client: FlaskClient, key: str, origin: str | None) -> TestResponse:
    headers = {} if origin is None else {"Origin": origin}
    return client.post("/v1/widget/tokens", json={"key": key, "survey": "nps"}, headers=headers)


def test_the_config_is_kept_by_its_tag(client: FlaskClient, service: Service) -> None:
    path = f"/v1/widget?key={site(service)}&locale=de"
    first = client.get(path)
    assert first.status_code == 200
    assert first.get_json()["surveys"][0]["key"] == "nps"
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")
    assert again.headers["Access-Control-Allow-Origin"] == "*"


def test_the_rules_say_when_and_no_word_more(client: FlaskClient, service: Service) -> None:
    project = make_project(service)
    display = {"trigger": "click", "selector": "#buy", "after_s": 1, "visits_to": 1}
    make_survey(service, project, display=display)
    reply = client.get(f"/v1/widget/rules?key={site_key(service, project)}")
    assert reply.headers["Cache-Control"] == "public, max-age=300"
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    [rule] = reply.get_json()["surveys"]
    assert rule == {
        "key": "nps",
        "trigger": "click",
        "value": "#buy",
        "after_s": 1,
        "visits": [1, 1],
    }


def test_one_survey_in_its_version_is_kept_longer(client: FlaskClient, service: Service) -> None:
    project = make_project(service)
    for key in ("nps", "other"):
        make_survey(service, project, key=key)
    path = f"/v1/widget?key={site_key(service, project)}&locale=de&survey=nps"
    told = client.get(f"{path}&version=1", headers={"Accept-Encoding": "gzip"})
    assert told.headers["Cache-Control"] == "public, max-age=3600"
    assert told.headers["Content-Encoding"] == "gzip"
    [survey] = json.loads(gzip.decompress(told.get_data()))["surveys"]
    assert survey["key"] == "nps"
    stale = client.get(f"{path}&version=2")
    assert stale.headers["Cache-Control"] == "public, max-age=60"


def test_what_is_asked_beyond_the_score_is_told_in_the_language(
    client: FlaskClient, service: Service
) -> None:
    project = make_project(service)
    question = {
        "key": "via",
        "kind": "multiple",
        "text": {"en": "How?", "de": "Wie?"},
        "options": [{"value": v, "text": {"en": v, "de": v.upper()}} for v in ("a", "b")],
        "show_if_band": ["promoter"],
    }
    links = {"promoter": {"url": "https://r.example", "text": {"de": "Bewerten"}}}
    make_survey(service, project, extra_questions=[question], thanks_links=links)
    path = f"/v1/widget?key={site_key(service, project)}&locale=de&survey=nps"
    told = client.get(path).get_json()
    assert told["surveys"][0]["questions"] == [
        {
            "key": "via",
            "kind": "multiple",
            "text": "Wie?",
            "options": [{"value": "a", "text": "A"}, {"value": "b", "text": "B"}],
            "bands": ["promoter"],
        }
    ]
    bands = {band["name"]: band.get("link") for band in told["surveys"][0]["bands"]}
    link = {"url": "https://r.example", "text": "Bewerten"}
    assert bands == {"detractor": None, "passive": None, "promoter": link}
    assert {"choose_many", "new_tab"} <= told["texts"].keys()


@pytest.mark.parametrize(
    ("trait", "status"), [("pro", 201), (3, 201), (True, 201), ("", 422), (None, 422), ([1], 422)]
)
def test_a_trait_may_be_a_text_a_number_or_a_truth(
    client: FlaskClient, service: Service, trait: object, status: int
) -> None:
    wish = {"key": site(service), "survey": "nps", "context": {"traits": {"plan": trait}}}
    assert client.post("/v1/widget/tokens", json=wish).status_code == status


def test_a_changed_survey_changes_the_tag(client: FlaskClient, service: Service) -> None:
    project = make_project(service)
    make_survey(service, project)
    path = f"/v1/widget?key={site_key(service, project)}"
    tag = client.get(path).headers["ETag"]
    make_survey(service, project, theme={"accent": "#112233"})
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_a_paused_survey_is_not_shown(client: FlaskClient, service: Service) -> None:
    project = make_project(service)
    make_survey(service, project, status="paused")
    key = site_key(service, project)
    assert client.get(f"/v1/widget?key={key}").get_json()["surveys"] == []
    assert is_problem(ask(client, key, None), 410, "survey-closed")


def test_a_wrong_or_secret_key_shows_nothing(client: FlaskClient, service: Service) -> None:
    secret = bearer(service, make_project(service))["Authorization"].removeprefix("Bearer ")
    for wrong in ("fbp_nonsense", secret):
        assert is_problem(client.get(f"/v1/widget?key={wrong}"), 401, "key-invalid")
        assert is_problem(ask(client, wrong, None), 401, "key-invalid")
    assert is_problem(client.get("/v1/widget"), 422, "invalid-request")


def test_an_impressions_token_is_answered(client: FlaskClient, service: Service) -> None:
    shown = ask(client, site(service), SHOP)
    assert shown.status_code == 201
    assert shown.headers["Cache-Control"] == "no-store"
    assert answer_with(client, shown.get_json()["token"], score=9).status_code == 201


@pytest.mark.parametrize(
    ("allowed", "origin"),
    [
        pytest.param(SHOP, SHOP, id="the same"),
        pytest.param("https://*.shop.example", "https://de.shop.example", id="a subdomain"),
        pytest.param("https://*.shop.example", "https://a.b.shop.example", id="a deep one"),
    ],
)
def test_an_admitted_page_gets_its_token(
    client: FlaskClient, service: Service, allowed: str, origin: str
) -> None:
    reply = ask(client, site(service, allowed), origin)
    assert reply.status_code == 201
    assert reply.headers["Access-Control-Allow-Origin"] == origin
    assert "Origin" in reply.headers["Vary"]


@pytest.mark.parametrize(
    ("allowed", "origin"),
    [
        pytest.param(SHOP, "https://rival.example", id="another host"),
        pytest.param(SHOP, "http://shop.example", id="another scheme"),
        pytest.param(SHOP, "https://shop.example:8443", id="another port"),
        pytest.param(SHOP, "https://shop.example.rival.example", id="only the beginning"),
        pytest.param(SHOP, "null", id="a sandboxed page"),
        pytest.param(SHOP, None, id="no page at all"),
        pytest.param("https://*.shop.example", SHOP, id="the domain of a wildcard"),
        pytest.param("https://*.shop.example", "https://rivalshop.example", id="only the end"),
        pytest.param("https://*.shop.example", "https://.shop.example", id="an empty subdomain"),
    ],
)
def test_a_foreign_page_is_refused_and_not_named_back(
    client: FlaskClient, service: Service, allowed: str, origin: str | None
) -> None:
    reply = ask(client, site(service, allowed), origin)
    assert is_problem(reply, 403, "origin-refused")
    assert "Access-Control-Allow-Origin" not in reply.headers
    assert "Origin" in reply.headers["Vary"]


@pytest.mark.parametrize("path", ["/v1/widget", "/v1/widget/tokens", "/v1/responses"])
def test_a_preflight_is_answered_without_credentials(client: FlaskClient, path: str) -> None:
    reply = client.options(path, headers={"Origin": SHOP})
    assert reply.status_code == 204
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert reply.headers["Access-Control-Allow-Headers"] == "Content-Type"
    assert "Access-Control-Allow-Credentials" not in reply.headers
