"""The same list again in the same campaign: the same links, not sent again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import delete

from feedback_service.storage import schema
from feedback_service.storage.asking.issued_lists import KEPT_FOR, not_counted_yet
from feedback_service.usecases.service import Service
from feedback_service.web.clock import now
from tests.factories import rows
from tests.web.api.asking.sending import MAILING, sent, table
from tests.web.calling import Headers, answer_with


def test_the_same_people_count_as_sent_once_in_a_campaign(
    client: FlaskClient, service: Service, owner: Headers
) -> None:
    def counted(body: str, query: str = MAILING) -> tuple[str, str]:
        headers = sent(client, owner, body, query).headers
        return headers["Batch-Issued"], headers["Batch-Sent"]

    first = sent(client, owner, "id\nanna\nben\n")
    assert first.headers["Batch-Sent"] == "2"
    assert counted("name,id\nB,ben\n,\nA,anna\n") == ("2", "0"), "in another order and layout"
    answer_with(client, table(first)[0]["token"], score=9)
    assert counted("id\nanna\nben\n") == ("1", "0"), "one of them has answered"
    assert counted("id\nben\n", MAILING + "&unanswered_only=true") == ("1", "0"), "a reminder"
    assert counted("id\nben\ncleo\n") == ("2", "2"), "a list that only overlaps"
    assert counted("id\nben\ncleo\n", "survey=nps&campaign=summer") == ("2", "2")
    assert [counted("id\nben\n", "survey=nps") for _ in range(2)] == [("1", "1")] * 2
    kept = {row["campaign"]: row for row in rows(service, schema.token_counts)}
    assert {name: row["issued"] for name, row in kept.items()} == {"spring": 4, "summer": 2, "": 2}
    assert kept["spring"]["reminded"] == 1


def test_who_could_not_be_asked_the_first_time_counts_when_asked(
    client: FlaskClient, service: Service, owner: Headers
) -> None:
    [row] = table(sent(client, owner, "id\nanna\n", "survey=nps"))
    answer_with(client, row["token"], score=9)
    assert sent(client, owner, "id\nanna\nben\n").headers["Batch-Sent"] == "1"
    with service.database.write() as connection:
        connection.execute(delete(schema.responses))
    assert sent(client, owner, "id\nanna\nben\n").headers["Batch-Sent"] == "1"
    assert sent(client, owner, "id\nanna\nben\n").headers["Batch-Sent"] == "0"


def test_a_list_from_two_sides_at_once_counts_once(service: Service, project: int) -> None:
    [survey] = rows(service, schema.surveys)

    def counted(_: int) -> int:
        with service.database.write() as connection:
            return not_counted_yet(connection, survey["id"], "spring", "d" * 64, 10, now())

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(counted, range(8))) == [0] * 7 + [10]


def test_lists_of_long_ago_are_forgotten(service: Service, project: int) -> None:
    [survey] = rows(service, schema.surveys)
    long_ago = now() - KEPT_FOR - timedelta(days=1)
    with service.database.write() as connection:
        for campaign, at in (("spring", long_ago), ("summer", now())):
            not_counted_yet(connection, survey["id"], campaign, "d" * 64, 10, at)
    assert [row["campaign"] for row in rows(service, schema.issued_lists)] == ["summer"]
