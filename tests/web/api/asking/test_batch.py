"""Lists of people over HTTP: each row comes back, with its link or with the reason for none."""

import csv
import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from feedback_service.storage import respondents, schema
from feedback_service.usecases.service import Service
from feedback_service.web.clock import now
from tests.factories import rows
from tests.web.api.asking.sending import MAILING, sent, table
from tests.web.calling import Headers, answer_with, bearer, is_problem


def test_a_link_for_each_row_that_its_person_can_use(
    client: FlaskClient, service: Service, owner: Headers
) -> None:
    reply = sent(client, owner, "name,customer_id\nAnna,anna@example.org\nBen,cust_2\n")
    assert reply.content_type == "text/csv; charset=utf-8"
    assert reply.headers["Batch-Issued"] == "2"
    anna, ben = table(reply)
    assert (anna["name"], anna["skipped"]) == ("Anna", "")
    assert anna["url"].endswith("/s/" + anna["token"])
    assert client.get(anna["url"].removeprefix("http://localhost")).status_code == 200
    assert anna["list_unsubscribe"] == f"<{anna['unsubscribe_url']}>"
    assert anna["list_unsubscribe_post"] == "List-Unsubscribe=One-Click"
    assert answer_with(client, anna["token"], score=9).status_code == 201
    assert answer_with(client, ben["token"], score=3).status_code == 201
    stored = {row["respondent"]: row for row in rows(service, schema.responses)}
    assert stored.keys() == {"anna@example.org", "cust_2"}
    assert stored["cust_2"]["token_id"] == ben["token_id"]
    assert (stored["cust_2"]["campaign"], stored["cust_2"]["channel"]) == ("spring", "email")


def test_a_mailing_leaves_one_row_and_a_count(
    client: FlaskClient, service: Service, owner: Headers
) -> None:
    people = "".join(f"cust_{number}\n" for number in range(2_500))
    assert len(table(sent(client, owner, "id\n" + people))) == 2_500
    assert len(rows(service, schema.link_sets)) == 1
    assert rows(service, schema.respondents) == []
    [counted] = rows(service, schema.token_counts)
    assert (counted["issued"], counted["campaign"]) == (2_500, "spring")


def test_long_references_ride_as_row_numbers(
    client: FlaskClient, service: Service, owner: Headers
) -> None:
    long = "x" * 200
    [row] = table(sent(client, owner, f"id\n{long}\n"))
    assert len(row["token"]) <= 100
    answer_with(client, row["token"], score=9)
    assert rows(service, schema.responses)[0]["respondent"] == long


def test_who_must_not_be_asked_comes_back_with_the_reason(
    client: FlaskClient, service: Service, project: int, owner: Headers
) -> None:
    with service.database.write() as connection:
        respondents.set_unsubscribed(connection, project, "anna", now())
    first = table(sent(client, owner, "id\nben\n"))
    answer_with(client, first[0]["token"], score=9)
    anna, ben, cleo = table(sent(client, owner, "id\nanna\nben\ncleo\n", "survey=nps"))
    assert anna["skipped"].startswith("unsubscribed: this person unsubscribed on 20")
    assert ben["skipped"].startswith("answered-recently: this person answered an NPS survey")
    assert (anna["token"], ben["url"], anna["list_unsubscribe_post"]) == ("", "", "")
    assert (cleo["skipped"], cleo["token"] != "") == ("", True)


def test_a_bad_row_stays_in_the_list_and_takes_nobody_with_it(
    client: FlaskClient, owner: Headers
) -> None:
    body = (
        b"id,name,note\n"
        b",Nobody,\n"
        b'broken "quote",x,"y" z\n'
        b"cust_1,M\xfcller,latin\n"
        b"cust_2,Bob,a,b\n"
        b"\n"
        b'cust_3,"Two\nlines","say ""hi"""\n'
        b"cust_4,=1+1,\n"
        b"cust_5\n"
        b'"never closed,x,y\ncust_6,Eve,\n'
    )
    reply = sent(client, owner, body)
    out = reply.get_data()
    assert (reply.headers["Batch-Rows"], reply.headers["Batch-Bad"]) == ("9", "5")
    assert b"cust_1,M\xfcller,latin," in out
    assert b'cust_3,"Two\nlines","say ""hi""",AQ' in out
    assert b"cust_4,=1+1,,AQ" in out
    assert b"\ncust_5,,,AQ" in out
    assert b"\ncust_6,Eve,,AQ" in out
    for why in (b"column 'id' is empty", b"quotes cannot be read", b"not UTF-8", b"4 cells under"):
        assert b"bad-row: " in out
        assert why in out


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_delimiter_and_line_end_comes_back_as_it_was(
    client: FlaskClient, owner: Headers, delimiter: str
) -> None:
    body = f"\ufeffName{delimiter}Customer ID\r\nÄnne{delimiter}cust_1\r\n"
    reply = sent(client, owner, body.encode())
    text = reply.get_data(as_text=True)
    assert text.startswith(f"\ufeffName{delimiter}Customer ID{delimiter}token{delimiter}token_id")
    assert text.count("\r\n") == 2
    assert f"\r\nÄnne{delimiter}cust_1{delimiter}AQ" in text


@pytest.mark.parametrize(
    ("header", "query", "pointer"),
    [
        pytest.param("name,age", MAILING, "/id_column", id="nothing like an id"),
        pytest.param("id", MAILING + "&id_column=ref", "/id_column", id="no such column"),
        pytest.param("id", MAILING + "&traits=plan", "/traits", id="no such trait"),
        pytest.param("id", MAILING + "&locale_column=l", "/locale_column", id="no such language"),
        pytest.param("id", MAILING + "&expires_in=0", "/expires_in", id="no lifetime"),
        pytest.param("id", MAILING + "&colour=red", "/colour", id="an unknown parameter"),
        pytest.param("id", "survey=nps&unanswered_only=true", "/campaign", id="reminder of what"),
    ],
)
def test_a_faulty_list_is_refused_by_the_name_of_its_fault(
    client: FlaskClient, owner: Headers, header: str, query: str, pointer: str
) -> None:
    reply = sent(client, owner, f"{header}\nx,y\n", query)
    assert reply.status_code == 422
    assert [fault["pointer"] for fault in reply.get_json()["errors"]] == [pointer]


def test_utf_16_is_named(client: FlaskClient, owner: Headers) -> None:
    reply = sent(client, owner, "id\ncust_1\n".encode("utf-16"))
    assert is_problem(reply, 422, "invalid-value")
    assert "UTF-16" in reply.get_json()["detail"]


def test_json_is_no_list(client: FlaskClient, owner: Headers) -> None:
    reply = sent(client, owner, "[]", **{"Content-Type": "application/json"})
    assert is_problem(reply, 415, "unsupported-media-type")


def test_traits_and_languages_come_with_the_answers(
    client: FlaskClient, service: Service, owner: Headers
) -> None:
    body = "id,plan,lang\na,pro,de_DE\nb,free,\nc,pro,de-DE\nd,pro,??\n"
    query = MAILING + "&traits=plan&locale_column=lang"
    made = table(sent(client, owner, body, query))
    for row in made[:3]:
        answer_with(client, row["token"], score=9)
    stored = {row["respondent"]: row for row in rows(service, schema.responses)}
    assert stored["a"]["traits"] == {"plan": "pro"}
    assert (stored["a"]["locale"], stored["b"]["locale"]) == ("de-DE", None)
    assert "'??' is no language" in made[3]["skipped"]
    assert len(rows(service, schema.link_sets)) == 2


def test_traits_that_are_identities_are_refused(client: FlaskClient, owner: Headers) -> None:
    body = "id,phone\n" + "".join(f"c{number},{number}\n" for number in range(2_100))
    reply = sent(client, owner, body, MAILING + "&traits=phone")
    assert is_problem(reply, 422, "invalid-value")


def test_the_same_list_again_makes_the_reminders(
    client: FlaskClient, service: Service, owner: Headers
) -> None:
    people = "id,name\nanna,A\nben,B\ncleo,C\n"
    first = {row["id"]: row for row in table(sent(client, owner, people))}
    answer_with(client, first["ben"]["token"], score=9)
    again = table(sent(client, owner, people, MAILING + "&unanswered_only=true"))
    assert [row["id"] for row in again] == ["anna", "cleo"]
    assert again[0]["token_id"] == first["anna"]["token_id"]
    assert answer_with(client, first["anna"]["token"], score=9).status_code == 201
    assert answer_with(client, again[0]["token"], score=2).status_code == 200
    [counted] = rows(service, schema.token_counts)
    assert (counted["issued"], counted["reminded"]) == (3, 2)


def test_who_answered_in_the_campaign_gets_no_second_link_of_it(
    client: FlaskClient, service: Service, project: int, owner: Headers
) -> None:
    with service.database.write() as connection:
        connection.execute(schema.projects.update().values(contact_policy={"after_answer_days": 0}))
        connection.execute(schema.changes.update().values(version=99))
    [first] = table(sent(client, owner, "id\nanna\n"))
    answer_with(client, first["token"], score=9)
    [again] = table(sent(client, owner, "id\nanna\n"))
    assert again["skipped"].startswith("already-answered: ")
    assert table(sent(client, owner, "id\nanna\n", "survey=nps&campaign=autumn"))[0]["token"]


def test_a_reminder_of_a_campaign_nobody_knows_is_a_typo(
    client: FlaskClient, owner: Headers
) -> None:
    reply = sent(client, owner, "id\nanna\n", "survey=nps&campaign=sprng&unanswered_only=true")
    assert is_problem(reply, 404, "not-found")


def test_links_may_come_back_as_a_list(client: FlaskClient, owner: Headers) -> None:
    first = sent(client, owner, "id,name\nanna,A\n").get_data()
    again = sent(client, owner, first, MAILING + "&unanswered_only=true").get_data()
    assert again.splitlines()[0] == first.splitlines()[0]
    assert len(next(csv.reader([again.decode().splitlines()[1]]))) == 9


def test_an_idempotency_key_counts_a_mailing_once(
    client: FlaskClient, service: Service, owner: Headers
) -> None:
    replies = [sent(client, owner, "id\nanna\n", **{"Idempotency-Key": "k1"}) for _ in range(2)]
    ids = {table(reply)[0]["token_id"] for reply in replies}
    assert len(ids) == 1
    assert rows(service, schema.token_counts)[0]["issued"] == 1
    elsewhere = sent(
        client, owner, "id\nx\n", MAILING + "&channel=sms", **{"Idempotency-Key": "k1"}
    )
    assert is_problem(elsewhere, 422, "key-reused")
    unnamed = sent(client, owner, "id\nx\n", "survey=nps", **{"Idempotency-Key": "k2"})
    assert is_problem(unnamed, 422, "invalid-request")


def test_an_empty_list_is_told_what_is_missing(client: FlaskClient, owner: Headers) -> None:
    reply = sent(client, owner, "")
    assert is_problem(reply, 422, "invalid-value")
    assert "row 1 is empty" in reply.get_json()["detail"]


def test_a_test_key_makes_test_links(client: FlaskClient, service: Service, project: int) -> None:
    [row] = table(sent(client, bearer(service, project, test=True), "id\nanna\n"))
    answer_with(client, row["token"], score=9)
    assert rows(service, schema.responses)[0]["test"]
    assert rows(service, schema.token_counts) == []


def ndjson(client: FlaskClient, owner: Headers, body: str, query: str = MAILING) -> list[Any]:
    reply = sent(client, owner, body, query, **{"Content-Type": "application/x-ndjson"})
    assert reply.status_code == 200, reply.get_data()
    assert reply.content_type == "application/x-ndjson"
    return [json.loads(line) for line in reply.get_data(as_text=True).splitlines()]


def test_ndjson_comes_back_as_ndjson(client: FlaskClient, service: Service, owner: Headers) -> None:
    people = [
        {"respondent": "anna", "plan": "pro", "nested": {"a": [1, "ü"]}},
        {"id": 42, "plan": None},
        {"name": "nobody"},
        [1],
    ]
    body = "\n".join(json.dumps(person, ensure_ascii=False) for person in people) + "\n{broken\n"
    made = ndjson(client, owner, body, MAILING + "&traits=plan")
    assert made[0]["nested"] == {"a": [1, "ü"]}
    assert made[0]["skipped"] is None
    for row in made[:2]:
        assert answer_with(client, row["token"], score=9).status_code == 201
    assert {row["respondent"] for row in rows(service, schema.responses)} == {"anna", "42"}
    assert [row["skipped"].partition(":")[0] for row in made[2:]] == ["bad-row"] * 3
    assert made[4]["line"] == "{broken"
