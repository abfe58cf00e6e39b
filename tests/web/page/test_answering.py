"""A person answers by link: score, reason, second thoughts; nothing but their click writes."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from feedback_service.storage import schema
from feedback_service.usecases.service import Service
from tests.factories import answer, collect, link_token, make_project, make_survey, rows
from tests.web.page.browsing import made_ago, open_page, seen, send


@pytest.fixture
def link(service: Service) -> str:
    """The path of a fresh NPS link to a known person."""
    return new_link(service)


def new_link(service: Service, metric: Any = "nps", **changes: Any) -> str:
    project = make_project(service, "acme")
    survey = make_survey(service, project, metric, **changes)
    now = datetime.now(UTC)
    return "/s/" + link_token(service, survey, respondent="cust_1", now=now)


def stored(service: Service) -> Any:
    """Return the one response there is."""
    (row,) = rows(service, schema.responses)
    return row


def everything(service: Service) -> dict[str, Any]:
    """Return every row of every table but the bare counts of openings."""
    tables = [table for table in schema.metadata.sorted_tables if table is not schema.openings]
    return {table.name: rows(service, table) for table in tables}


def test_the_page_asks_with_one_named_radio_button_per_point(
    client: FlaskClient, link: str
) -> None:
    page = open_page(client, link)
    assert "How likely are you to recommend Acme to a friend or colleague?" in page.words
    assert page.scores == [str(score) for score in range(11)]
    assert page.labels[0] == "0 of 10, Not at all likely"
    assert page.labels[3] == "3 of 10"
    assert "score" not in page.fields


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("", {}),
        ("?score=9", {}),
        ("?score=9&locale=ja", {"Sec-Purpose": "prefetch", "Purpose": "prefetch"}),
        ("?score=99&edit=1&complete=1&comment=x", {"User-Agent": "Barracuda Link Protection"}),
    ],
)
def test_opening_a_link_writes_nothing(
    client: FlaskClient,
    service: Service,
    link: str,
    method: str,
    query: str,
    headers: dict[str, str],
) -> None:
    before = everything(service)
    for path in (link, link.replace("/s/", "/u/")):
        reply = client.open(path + query, method=method, headers=headers)
        assert reply.status_code == 200
        assert (reply.data == b"") == (method == "HEAD")
    assert everything(service) == before


@pytest.mark.parametrize(
    ("query", "chosen"),
    [
        ("?score=9", "9"),
        ("?score=0", "0"),
        ("?score=10", "10"),
        ("?score=11", None),
        ("?score=-1", None),
        ("?score=9.0", None),
        ("?score=٩", None),
        ("?score=9&score=2", "9"),
        ("?score=", None),
        ("?score=<script>", None),
    ],
)
def test_a_score_in_the_link_is_preselected_when_it_is_on_the_scale(
    client: FlaskClient, link: str, query: str, chosen: str | None
) -> None:
    assert open_page(client, link + query).fields.get("score") == chosen


def test_send_saves_the_score_and_asks_for_the_reason(
    client: FlaskClient, service: Service, link: str
) -> None:
    reply = send(client, link, score="3")
    assert (reply.status_code, reply.location) == (303, link)
    assert (stored(service)["score"], stored(service)["complete"]) == (3, False)
    page = open_page(client, link)
    assert "Your answer is saved." in page.words
    assert "Your answer: 3 of 10" in page.words
    assert "What went wrong, and what should we fix first?" in page.words
    assert page.fields["score"] == "3"


def test_finish_saves_the_reason_and_thanks(
    client: FlaskClient, service: Service, link: str
) -> None:
    send(client, link, score="3")
    reply = send(client, link, comment="The lift.\r\nTwice.", complete="1")
    assert reply.status_code == 303
    row = stored(service)
    assert (row["score"], row["comment"], row["complete"]) == (3, "The lift.\nTwice.", True)
    page = open_page(client, link)
    assert "Thank you for being frank. It helps us to do better." in page.words
    assert "Change my answer" in page.words
    assert "The lift." not in page.words


def test_a_saved_score_can_be_corrected_together_with_the_reason(
    client: FlaskClient, service: Service, link: str
) -> None:
    send(client, link, score="3")
    send(client, link, score="9", comment="Typed wrong", complete="1")
    row = stored(service)
    assert (row["score"], row["band"], row["comment"]) == (9, "promoter", "Typed wrong")


def test_the_reason_can_come_without_the_score_again(
    client: FlaskClient, service: Service, link: str
) -> None:
    send(client, link, score="3")
    nonce = made_ago(client, link.removeprefix("/s/"), 5)
    reply = client.post(link, data={"nonce": nonce, "comment": "Late", "complete": "1"})
    assert reply.status_code == 303
    assert (stored(service)["score"], stored(service)["comment"]) == (3, "Late")


def test_an_answer_can_be_changed_while_its_edit_window_is_open(
    client: FlaskClient, service: Service, link: str
) -> None:
    send(client, link, score="3")
    send(client, link, comment="Slow", complete="1")
    page = open_page(client, link + "?edit=1")
    assert (page.fields["score"], page.fields["comment"]) == ("3", "Slow")
    send(client, link + "?edit=1", score="8", comment="")
    assert (stored(service)["score"], stored(service)["comment"]) == (8, None)
    assert stored(service)["complete"] is True


def test_another_score_clicked_in_the_mail_is_offered_and_not_saved(
    client: FlaskClient, service: Service, link: str
) -> None:
    send(client, link, score="3")
    assert open_page(client, link + "?score=9").fields["score"] == "9"
    assert stored(service)["score"] == 3


def test_after_the_edit_window_the_page_says_answered_and_no_more(
    client: FlaskClient, service: Service
) -> None:
    link = new_link(service, edit_window_s=0)
    token = link.removeprefix("/s/")
    nonce = open_page(client, link).fields["nonce"]
    final = answer(score=3, comment="Secret words", complete=True)
    collect(service, token, final, datetime.now(UTC))
    for path in (link, link + "?edit=1", link + "?score=9"):
        page = open_page(client, path)
        assert "You have already answered" in page.words
        assert "Secret" not in page.words
        assert page.fields == {}
    reply = client.post(link, data={"nonce": nonce, "score": "9"})
    assert reply.status_code == 409
    assert "You have already answered" in seen(reply).words
    assert stored(service)["score"] == 3


@pytest.mark.parametrize("score", ["", "11", "-1", "9.5", "nine", "٩", "009", "1" * 5000])
def test_a_score_off_the_scale_is_refused_with_the_form_kept(
    client: FlaskClient, service: Service, link: str, score: str
) -> None:
    reply = send(client, link, score=score, comment="All I typed")
    assert reply.status_code == 422
    page = seen(reply)
    assert "Please choose one of the answers." in page.words
    assert page.fields["comment"] == "All I typed"
    assert rows(service, schema.responses) == []


def test_sending_without_a_choice_asks_for_one(client: FlaskClient, link: str) -> None:
    reply = send(client, link)
    assert reply.status_code == 422
    assert "Please choose one of the answers." in seen(reply).words


def test_a_comment_that_is_too_long_is_kept_for_shortening(
    client: FlaskClient, service: Service, link: str
) -> None:
    send(client, link, score="3")
    long = "\n" + "ä🙂" * 5_001
    reply = send(client, link, comment=long, complete="1")
    page = seen(reply)
    assert reply.status_code == 422
    assert "Please keep your comment to 10000 characters." in page.words
    assert page.fields["comment"] == long
    assert stored(service)["comment"] is None


def test_the_longest_comment_fits_in_the_dearest_characters(
    client: FlaskClient, service: Service, link: str
) -> None:
    longest = "🙂" * 10_000
    assert send(client, link, score="3", comment=longest).status_code == 303
    assert stored(service)["comment"] == longest


def test_a_body_beyond_any_form_is_refused(client: FlaskClient, link: str) -> None:
    assert send(client, link, score="3", comment="x" * 400_000).status_code == 413


def test_markup_in_a_comment_is_shown_as_text(client: FlaskClient, link: str) -> None:
    send(client, link, score="3", comment="</textarea><script>alert(1)</script>\0")
    reply = client.get(link)
    assert b"alert(1)</script>" not in reply.data
    assert seen(reply).fields["comment"] == "</textarea><script>alert(1)</script>"


def test_named_points_show_their_names(client: FlaskClient, service: Service) -> None:
    page = open_page(client, new_link(service, "csat"))
    assert "Somewhat dissatisfied" in page.words
    assert page.labels[1] == "2 of 5, Somewhat dissatisfied"


def test_an_answer_belongs_to_the_version_it_was_given_to(
    client: FlaskClient, service: Service, link: str
) -> None:
    send(client, link, score="3")
    project = rows(service, schema.projects)[0]["id"]
    make_survey(service, project, subject="something new")
    assert "recommend Acme to" in open_page(client, link).words
