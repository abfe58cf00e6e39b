"""Link scanners open, ask for heads, follow links and send forms: nothing of it counts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from feedback_service.storage import schema
from feedback_service.usecases.service import Service
from tests.factories import link_token, make_project, make_survey, make_webhook, rows
from tests.web.page.browsing import made_ago, open_page, seen, send


@pytest.fixture
def link(service: Service) -> str:
    survey = make_survey(service, make_project(service, "acme"))
    make_webhook(service, 1)
    sent_at = datetime.now(UTC) - timedelta(hours=1)
    return "/s/" + link_token(service, survey, campaign="spring", now=sent_at)


def stored(service: Service) -> Any:
    (row,) = rows(service, schema.responses)
    return row


def opened(client: FlaskClient, path: str, method: str = "GET") -> None:
    """Open a link and let the server write down what it does after its reply."""
    client.open(path, method=method).close()


def test_openings_are_bare_counts(client: FlaskClient, service: Service, link: str) -> None:
    opened(client, link, "HEAD")
    for score in (0, 1, 1, 10):
        opened(client, f"{link}?score={score}")
    (row,) = rows(service, schema.openings)
    assert (row["heads"], row["gets"], row["scores"].bit_count()) == (1, 4, 3)
    assert row.keys() == {
        *("digest", "gets", "heads", "scores", "burst", "head_at", "expires_at"),
    }
    assert rows(service, schema.responses) == []


def test_a_form_sent_at_once_is_shown_and_neither_counted_nor_told(
    client: FlaskClient, service: Service, link: str
) -> None:
    page = open_page(client, link)
    reply = client.post(link, data={**page.fields, "score": "0", "complete": "1"})
    assert reply.status_code == 303
    assert stored(service)["unconfirmed"] == "too-fast"
    assert rows(service, schema.deliveries) == []
    asking = open_page(client, link)
    assert "Please confirm your answer" in asking.words
    assert asking.fields["score"] == "0"


def test_a_browser_without_hands_is_doubted_however_long_it_waits(
    client: FlaskClient, service: Service, link: str
) -> None:
    for _ in range(2):
        send(client, link, 60, score="0", by="script")
        assert stored(service)["unconfirmed"] == "no-gesture"
    assert rows(service, schema.deliveries) == []


def test_the_person_confirms_with_one_press_and_it_is_told(
    client: FlaskClient, service: Service, link: str
) -> None:
    send(client, link, score="0", by="script")
    send(client, link)
    assert (stored(service)["score"], stored(service)["unconfirmed"]) == (0, None)
    told = {row["type"] for row in rows(service, schema.deliveries)}
    assert told == {"response.scored", "alert.detractor"}


def test_the_person_s_own_answer_takes_the_place_of_the_machine_s(
    client: FlaskClient, service: Service, link: str
) -> None:
    send(client, link, score="0", by="script", comment="a@b.c", complete="1")
    send(client, link, score="9")
    row = stored(service)
    assert (row["score"], row["comment"], row["complete"]) == (9, None, False)
    assert {row["type"] for row in rows(service, schema.deliveries)} == {"response.scored"}


def test_a_machine_that_comes_later_changes_nothing(
    client: FlaskClient, service: Service, link: str
) -> None:
    send(client, link, score="9", comment="Good")
    before = stored(service)
    reply = send(client, link, score="0", by="script", comment="", complete="1")
    assert "Please confirm your answer" in seen(reply).words
    send(client, link, by="script", undo="1")
    assert stored(service) == before


def test_who_follows_the_hidden_link_gives_that_page_away_and_no_other(
    client: FlaskClient, service: Service, link: str
) -> None:
    page = open_page(client, link)
    trap = next(had for tag, had in page.elements if tag == "a")
    assert "hidden" in trap
    assert trap["tabindex"] == "-1"
    nonce = made_ago(client, link.removeprefix("/s/"), 9)
    opened(client, f"{link}/{nonce}")
    client.post(link, data={"nonce": nonce, "score": "0"})
    assert stored(service)["unconfirmed"] == "followed-trap"
    send(client, link, 9, score="8", by="")
    assert (stored(service)["score"], stored(service)["unconfirmed"]) == (8, None)


@pytest.mark.parametrize(
    "opens",
    [
        pytest.param(["HEAD"], id="a head"),
        pytest.param([f"GET ?score={score}" for score in range(11)], id="all scores"),
    ],
)
def test_a_scanner_at_work_is_held_against_the_hasty_only(
    client: FlaskClient, service: Service, link: str, opens: list[str]
) -> None:
    for one in opens:
        method, _, query = one.partition(" ")
        opened(client, link + query, method)
    send(client, link, 2, score="0", by="")
    assert stored(service)["unconfirmed"] == "scanner-near"
    send(client, link, 3.1, score="7", by="")
    assert (stored(service)["score"], stored(service)["unconfirmed"]) == (7, None)


def test_a_patient_program_that_says_nothing_of_a_browser_is_doubted(
    client: FlaskClient, service: Service, link: str
) -> None:
    program = client.application.test_client()
    send(program, link, 9, score="0", by="")
    assert stored(service)["unconfirmed"] == "no-browser"
    assert rows(service, schema.deliveries) == []
    program.environ_base["HTTP_SEC_FETCH_MODE"] = "navigate"
    send(program, link, 9, score="8", by="")
    assert (stored(service)["score"], stored(service)["unconfirmed"]) == (8, None)


def test_patient_scripts_that_try_all_scores_lose_the_first_too(
    client: FlaskClient, service: Service, link: str
) -> None:
    for score in range(4):
        send(client, link, 4, score=str(score), by="")
    assert (stored(service)["score"], stored(service)["unconfirmed"]) == (0, "several-scores")


@pytest.mark.parametrize(("policy", "why"), [("gesture", None), ("confirm", "no-gesture")])
def test_only_a_survey_that_lets_it_takes_what_a_page_sends_itself(
    client: FlaskClient, service: Service, link: str, policy: Any, why: str | None
) -> None:
    make_survey(service, 1, capture=policy)
    waits = '"off" data-itself' in client.get(f"{link}?score=9").get_data(as_text=True)
    assert waits == (policy == "gesture")
    send(client, link, 2, score="9", by="itself")
    assert stored(service)["unconfirmed"] == why


def test_a_hand_on_the_page_counts_the_link_as_opened_once(
    client: FlaskClient, service: Service, link: str
) -> None:
    token = link.removeprefix("/s/")
    assert client.post(f"{link}/forged").status_code == 204
    for _ in range(2):
        client.post(f"{link}/{made_ago(client, token, 1)}").close()
    send(client, link, score="9").close()
    (row,) = rows(service, schema.token_counts)
    assert (row["campaign"], row["opened"]) == ("spring", 1)


def test_an_answer_without_script_counts_as_opened(
    client: FlaskClient, service: Service, link: str
) -> None:
    send(client, link, 4, score="9", by="").close()
    (row,) = rows(service, schema.token_counts)
    assert row["opened"] == 1
