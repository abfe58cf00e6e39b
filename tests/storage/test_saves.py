"""Saves under load: several services on one database, as threads and as processes."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from feedback_service.domain.alerting.deliveries import deliveries_for
from feedback_service.domain.alerting.events import Event
from feedback_service.domain.alerting.webhooks import Webhook
from feedback_service.domain.errors import ResponseFinal
from feedback_service.domain.responses import Response
from feedback_service.domain.surveys import Survey
from feedback_service.storage import responses
from feedback_service.storage.errors import StaleCatalog
from feedback_service.storage.responses import COLUMNS
from feedback_service.storage.saves import Outcome, Save, Saved
from feedback_service.storage.tables.outbox import deliveries as delivery_rows
from feedback_service.storage.tables.responses import responses as response_rows
from feedback_service.usecases.service import Service
from tests.conftest import OpenService
from tests.factories import (
    DAY,
    NOW,
    SECRET_KEYS,
    answer,
    collect,
    link_token,
    make_project,
    make_survey,
    make_webhook,
    response,
    rows,
    stored_response,
)

FULL = response(
    id="rsp_full",
    respondent="cust_1",
    touchpoint="Kasse",
    journey_stage="purchase",
    campaign="may",
    locale="de",
    page_url="https://shop.example/?q=%22",
    traits={"plan": "pro", "stadt": "Köln 'x' \"y\""},
    score=3,
    band="detractor",
    comment="zu langsam 🐌\nsagt \\ er; DROP TABLE responses--",
    answers={"why": ["a", "ü"], "scale": 7},
    tags=("late", "vip"),
    complete=True,
    test=True,
    excluded="spam",
    scored_at=NOW.replace(microsecond=123456),
    completed_at=NOW + DAY,
    dismissed_at=NOW,
)


@pytest.fixture
def survey(service: Service) -> Survey:
    return make_survey(service, make_project(service))


def of(survey: Survey, like: Response) -> Response:
    return replace(
        like, project_id=survey.project_id, survey_id=survey.id, version_id=survey.version_id
    )


def save(
    service: Service,
    first: Response,
    change: Callable[[Response], Response] = lambda before: before,
    version: int | None = None,
) -> Saved:
    return service.saves.save(
        Save(
            Outcome(first, ()),
            lambda before: Outcome(change(before), ()),
            service.catalog.current().version if version is None else version,
        )
    )


@pytest.mark.parametrize("like", [FULL, response(id="rsp_bare")], ids=["full", "bare"])
def test_a_ready_made_row_reads_back_as_it_was(
    service: Service, survey: Survey, like: Response
) -> None:
    given = of(survey, like)
    assert save(service, given).created
    assert stored_response(service, given) == given


def test_a_ready_made_row_is_the_row_sqlalchemy_writes(service: Service, survey: Survey) -> None:
    ready, plain = of(survey, FULL), of(survey, replace(FULL, id="rsp_2", token_id="another"))
    save(service, ready)
    with service.database.write() as connection:
        responses.add(connection, plain)
    with service.database.read() as connection:
        columns = ", ".join(f"CAST({name} AS text)" for name in COLUMNS)
        query = f"SELECT {columns} FROM responses ORDER BY id = 'rsp_2'"
        first, second = (
            dict(zip(COLUMNS, row, strict=True)) for row in connection.exec_driver_sql(query)
        )
    for row in (first, second):  # spaces and escapes in JSON mean nothing
        row |= {name: json.loads(row[name]) for name in ("traits", "answers", "tags")}
    differing = {name for name in COLUMNS if first[name] != second[name]}
    assert differing == {"id", "token_id"}


def test_a_changed_row_reads_back_as_it_was(service: Service, survey: Survey) -> None:
    first = of(survey, response())
    save(service, first)
    after = of(survey, replace(FULL, id=first.id, token_id=first.token_id, saves=2))
    again = replace(first, id="rsp_again")
    assert save(service, again, lambda _before: after) == Saved(after, created=False)
    assert stored_response(service, first) == after


def test_a_change_that_is_refused_leaves_its_neighbours_alone(
    service: Service, survey: Survey
) -> None:
    known = [of(survey, response(id=f"rsp_{n}", token_id=f"t{n}")) for n in range(20)]
    for one in known:
        save(service, one)

    def change(before: Response) -> Response:
        if int(before.token_id[1:]) % 5 == 0:
            raise ResponseFinal
        return replace(before, score=9, saves=2)

    def try_to(one: Response) -> bool:
        try:
            again = replace(one, id=f"{one.id}_again")
            return save(service, again, change).response.score == 9
        except ResponseFinal:
            return False

    with ThreadPoolExecutor(20) as pool:
        went_in = list(pool.map(try_to, known))
    assert went_in == [n % 5 != 0 for n in range(20)]
    assert Counter(row["score"] for row in rows(service, response_rows)) == {9: 16, None: 4}


def test_a_save_prepared_before_a_change_of_configuration_is_stale(
    service: Service, survey: Survey
) -> None:
    version = service.catalog.current().version
    make_webhook(service, survey.project_id)
    with pytest.raises(StaleCatalog):
        save(service, of(survey, response()), version=version)
    assert rows(service, response_rows) == []


def test_a_stale_save_leaves_its_neighbours_alone(service: Service, survey: Survey) -> None:
    current = service.catalog.current().version

    def try_to(number: int) -> bool:
        one = of(survey, response(id=f"rsp_{number}", token_id=f"t{number}"))
        try:
            return save(service, one, version=current - number % 2).created
        except StaleCatalog:
            return False

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(try_to, range(32))) == [True, False] * 16
    assert len(rows(service, response_rows)) == 16


@pytest.fixture
def webhook(service: Service, survey: Survey) -> Webhook:
    return make_webhook(service, survey.project_id)


def test_a_delivery_that_cannot_be_queued_takes_its_response_with_it(
    service: Service, survey: Survey, webhook: Webhook
) -> None:
    good, bad = (of(survey, response(id=f"rsp_{n}", token_id=f"t{n}")) for n in range(2))
    event = [Event("response.scored", NOW)]
    version = service.catalog.current().version
    nowhere = replace(webhook, id="wh_nowhere")

    def save_and_tell(first: Response, to: Webhook) -> Saved:
        made = Outcome(first, deliveries_for(event, survey, first, [to], NOW))
        return service.saves.save(Save(made, lambda _before: made, version))

    with ThreadPoolExecutor(2) as pool:
        saves = [pool.submit(save_and_tell, *one) for one in ((good, webhook), (bad, nowhere))]
    assert saves[0].result().created
    assert "foreign key" in str(saves[1].exception()).lower()
    assert [row["id"] for row in rows(service, response_rows)] == [good.id]
    assert [row["response_id"] for row in rows(service, delivery_rows)] == [good.id]


@pytest.mark.slow
def test_two_services_under_load_refuse_nothing(
    service: Service, another_service: OpenService, survey: Survey, webhook: Webhook
) -> None:
    services = [service, another_service()]
    texts = [link_token(service, survey) for _ in range(60)]

    def story(number: int) -> tuple[bool, ...]:
        text = texts[number % 60]
        return tuple(
            collect(services[(number + step) % 2], text, given).created
            for step, given in enumerate((answer(3), answer(3, "slow"), answer(3, complete=True)))
        )

    with ThreadPoolExecutor(24) as pool:
        created = [first for story_told in pool.map(story, range(120)) for first in story_told]
    assert Counter(created) == {True: 60, False: 300}
    assert len(rows(service, response_rows)) == 60
    assert Counter(row["type"] for row in rows(service, delivery_rows)) == {
        "response.scored": 60,
        "alert.detractor": 60,
        "response.completed": 60,
    }


SAVER = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
from feedback_service.domain.alerting.addresses import OutboundPolicy
from feedback_service.usecases.service import open_service
from tests.factories import answer, collect
url, secret_key = sys.argv[1:]
service = open_service(url, (secret_key,), OutboundPolicy())
with ThreadPoolExecutor(8) as pool:
    saved = pool.map(lambda text: collect(service, text, answer(2)).created, json.load(sys.stdin))
print(json.dumps(list(saved)))
"""


@pytest.mark.slow
def test_four_processes_with_the_same_tokens_make_one_response_each(
    service: Service, survey: Survey, webhook: Webhook, database_url: str
) -> None:
    texts = [link_token(service, survey, respondent=f"cust_{n}") for n in range(50)]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", SAVER, database_url, *SECRET_KEYS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    with ThreadPoolExecutor(4) as pool:
        ends = list(pool.map(lambda p: p.communicate(json.dumps(texts), timeout=60), running))
    assert [error for _out, error in ends] == [""] * 4
    created = [json.loads(out) for out, _error in ends]
    assert [sum(column) for column in zip(*created, strict=True)] == [1] * 50
    assert len(rows(service, response_rows)) == 50
    assert len(rows(service, delivery_rows)) == 100
