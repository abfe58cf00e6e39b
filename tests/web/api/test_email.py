"""GET /v1/surveys/{key}/email: the source of a mail, as a file that runs nowhere."""

import pytest
from flask.testing import FlaskClient

from feedback_service.usecases.service import Service
from tests.factories import make_project, make_survey
from tests.web.calling import Headers, bearer, fresh_token, is_problem

EMAIL = "/v1/surveys/nps/email"


@pytest.fixture
def project_id(service: Service) -> int:
    number = make_project(service)
    make_survey(service, number)
    return number


@pytest.fixture
def auth(service: Service, project_id: int) -> Headers:
    return bearer(service, project_id, "surveys:read")


@pytest.mark.parametrize(
    ("fmt", "content_type", "name", "beginning"),
    [
        ("html", "text/html; charset=utf-8", "nps.html", "<table role="),
        ("mjml", "text/plain; charset=utf-8", "nps.mjml", "<mj-section "),
        ("text", "text/plain; charset=utf-8", "nps.txt", "How likely are you to recommend Shop "),
    ],
)
def test_each_format_is_a_file_that_no_browser_runs(
    client: FlaskClient, auth: Headers, fmt: str, content_type: str, name: str, beginning: str
) -> None:
    reply = client.get(EMAIL, query_string={"format": fmt}, headers=auth)
    assert reply.status_code == 200
    assert reply.content_type == content_type
    assert reply.text.startswith(beginning)
    assert reply.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert reply.headers["Cache-Control"] == "no-store"


def test_what_was_wished_is_in_it(client: FlaskClient, auth: Headers) -> None:
    wish = {"format": "html", "locale": "ar", "sender": "brevo", "full": "true"}
    page = client.get(EMAIL, query_string=wish, headers=auth).text
    assert page.startswith('<!doctype html>\n<html lang="ar" dir="rtl"')
    assert page.count("{{ contact.SURVEY_URL }}?score=") == 11


def test_a_link_in_the_mail_opens_the_page_with_its_score(
    client: FlaskClient, service: Service, auth: Headers, project_id: int
) -> None:
    token = fresh_token(service, make_survey(service, project_id), respondent="cust_1")
    link = f"http://localhost/s/{token}"
    text = client.get(EMAIL, query_string={"format": "text", "link": link}, headers=auth).text
    nine = next(line for line in text.splitlines() if line.startswith("9 of 10: "))
    page = client.get(nine.partition(": ")[2])
    assert page.status_code == 200
    assert 'value="9" aria-label="9 of 10" required checked' in page.text
    stop = client.get(text.splitlines()[-1].partition(": ")[2])
    assert stop.status_code == 200


@pytest.mark.parametrize(
    ("wish", "code", "named"),
    [
        ({"format": "pdf"}, "invalid-request", "html, mjml, text"),
        ({"sender": "pigeon"}, "invalid-request", "mailchimp, sendgrid, "),
        ({"locale": "tlh"}, "invalid-value", "use one of ar, "),
        ({"link": "javascript:alert(1)"}, "invalid-value", "http(s)"),
        ({"link": "https://f.example/s/x", "sender": "brevo"}, "invalid-value", "not both"),
        ({"langue": "fr"}, "invalid-request", "unknown field"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_we_cannot_do_is_refused_with_what_we_can(
    client: FlaskClient, auth: Headers, wish: dict[str, str], code: str, named: str
) -> None:
    reply = client.get(EMAIL, query_string=wish, headers=auth)
    assert is_problem(reply, 422, code)
    (fault,) = reply.get_json(force=True)["errors"]
    assert fault["pointer"] == f"/{list(wish)[-1] if len(wish) > 1 else next(iter(wish))}"
    assert named in fault["detail"]


def test_only_keys_that_may_read_surveys_of_this_project(
    client: FlaskClient, service: Service, project_id: int
) -> None:
    writer = bearer(service, project_id, "surveys:write")
    assert is_problem(client.get(EMAIL, headers=writer), 403, "scope-missing")
    stranger = bearer(service, make_project(service, "other"))
    assert is_problem(client.get(EMAIL, headers=stranger), 404, "not-found")


def test_openapi_tells_of_files_and_choices(client: FlaskClient) -> None:
    paths = client.get("/openapi.json").get_json()["paths"]
    told = paths["/v1/surveys/{survey_key}/email"]["get"]
    assert set(told["responses"]["200"]["content"]) == {"text/html", "text/plain"}
    choices = {one["name"]: one["schema"].get("enum") for one in told["parameters"]}
    assert choices["format"] == ["html", "mjml", "text"]
    assert "klaviyo" in choices["sender"]
