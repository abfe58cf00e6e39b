"""Questions beyond the score: asked of whom they concern, kept, changed, corrected."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from feedback_service.storage import schema
from feedback_service.usecases.service import Service
from tests.factories import link_token, make_project, make_survey, rows
from tests.web.page.browsing import open_page, seen, send

SHOES = {"value": "shoes", "text": {"en": "Shoes", "de": "Schuhe"}}
SHIRTS = {"value": "shirts", "text": {"en": "Shirts"}}
QUESTIONS = (
    {"key": "where", "kind": "single", "text": {"en": "Where?"}, "options": [SHOES, SHIRTS]},
    {"key": "what", "kind": "multiple", "text": {"en": "What?"}, "options": [SHOES, SHIRTS]},
    {"key": "fast", "kind": "scale", "text": {"en": "How fast?"}},
    {"key": "mend", "kind": "text", "text": {"en": "Mend what?"}, "show_if_band": ["detractor"]},
    {"key": "love", "kind": "text", "text": {"en": "Love what?"}, "show_if_band": ["promoter"]},
)
ALL: dict[str, Any] = {
    "q.where": "shoes",
    "q.what": ["shoes", "shirts"],
    "q.fast": "7",
    "q.mend": "The lift\r\n",
}


@pytest.fixture
def link(service: Service) -> str:
    """The path of a link whose score is given: a detractor's."""
    survey = make_survey(service, make_project(service), extra_questions=QUESTIONS)
    return "/s/" + link_token(service, survey, now=datetime.now(UTC))


def answers(service: Service) -> Any:
    (row,) = rows(service, schema.responses)
    return row["answers"]


def test_only_the_questions_of_the_band_are_asked(client: FlaskClient, link: str) -> None:
    assert "Where?" not in open_page(client, link).words
    send(client, link, score="2")
    page = open_page(client, link)
    for text in ("Where?", "What?", "How fast?", "Mend what?", "Choose all that apply"):
        assert text in page.words
    assert "Love what?" not in page.words


def test_answers_are_saved_and_shown_again(
    client: FlaskClient, service: Service, link: str
) -> None:
    send(client, link, score="2")
    asked = ["where", "what", "fast", "mend"]
    assert send(client, link, asked=asked, complete="1", **ALL).status_code == 303
    kept = {"where": "shoes", "what": ["shoes", "shirts"], "fast": 7, "mend": "The lift"}
    assert answers(service) == kept
    page = open_page(client, f"{link}?edit=1")
    assert (page.fields["q.where"], page.fields["q.fast"]) == ("shoes", "7")
    assert page.fields["q.mend"].strip() == "The lift"


def test_what_is_left_empty_is_taken_back(client: FlaskClient, service: Service, link: str) -> None:
    send(client, link, score="2")
    asked = ["where", "what", "fast", "mend"]
    send(client, link, asked=asked, **ALL)
    second: dict[str, Any] = {"q.mend": "", "q.where": "shirts"}
    send(client, link, asked=asked, **second)
    assert answers(service)["where"] == "shirts"
    assert "mend" not in answers(service)


def test_a_corrected_score_asks_what_it_concerns_before_it_is_done(
    client: FlaskClient, service: Service, link: str
) -> None:
    send(client, link, score="2")
    asked = ["where", "what", "fast", "mend"]
    reply = send(client, link, asked=asked, score="10", complete="1", **ALL)
    (row,) = rows(service, schema.responses)
    assert (row["score"], row["complete"]) == (10, False)
    assert "mend" not in row["answers"]
    page = open_page(client, reply.location)
    assert "Love what?" in page.words
    assert "Mend what?" not in page.words
    assert page.fields["q.where"] == "shoes"


@pytest.mark.parametrize(
    "faulty",
    [
        pytest.param({"q.where": "elsewhere"}, id="no such option"),
        pytest.param({"q.what": ["shoes", "x"]}, id="one of them unknown"),
        pytest.param({"q.fast": "99"}, id="off the scale"),
        pytest.param({"q.mend": "x" * 2_001}, id="too long"),
    ],
)
def test_what_does_not_fit_is_told_with_everything_kept(
    client: FlaskClient, service: Service, link: str, faulty: Any
) -> None:
    send(client, link, score="2")
    asked = ["where", "what", "fast", "mend"]
    reply = send(client, link, asked=asked, comment="All I typed", complete="1", **faulty)
    assert reply.status_code == 422
    page = seen(reply)
    assert "check your answers" in page.words or "2000 characters" in page.words
    assert page.fields["comment"] == "All I typed"
    assert answers(service) == {}


def test_options_speak_the_language_asked_for(client: FlaskClient, link: str) -> None:
    send(client, link, score="2")
    assert "Schuhe" in open_page(client, f"{link}?locale=de").words
    assert "Shirts" in open_page(client, f"{link}?locale=de").words
