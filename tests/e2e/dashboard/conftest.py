"""The dashboard, served to a real browser that is logged in."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from feedback_service.app import create_app
from feedback_service.config import Settings
from feedback_service.domain.measures.outcomes import Outcome
from feedback_service.domain.surveys import Survey
from feedback_service.storage.schema import attempts, deliveries
from feedback_service.usecases.following_up.follow_case import follow_case
from feedback_service.usecases.outcomes.tell import tell_outcomes
from feedback_service.usecases.service import Service
from feedback_service.usecases.setup.issue_key import KeyWish, issue_key
from feedback_service.usecases.staff.keep_staff import StaffWish, add_staff, make_link
from feedback_service.web.clock import now
from tests.e2e.dashboard.watching import Watched, watched
from tests.factories import (
    answer,
    collect,
    link_token,
    make_project,
    make_survey,
    make_webhook,
    rows,
)

PASSWORD: Final = "five quiet green umbrellas"


@dataclass(frozen=True)
class Shop:
    """A survey that was answered for two months, with a case, a webhook, its deliveries
    and people who left.

    ids: what stands in the addresses of places.py.
    """

    survey: Survey
    ids: dict[str, str]


@pytest.fixture
def shop(service: Service) -> Shop:
    project_id = make_project(service)
    survey = make_survey(service, project_id)
    issue_key(service, project_id, KeyWish("site"), now())
    hook = make_webhook(service, project_id, status="disabled")
    ids = {"webhook": hook.id}
    for number in range(60):
        at = now() - timedelta(hours=24 * number + 1)
        token = link_token(service, survey, respondent=f"cust-{number}", now=at)
        collected = collect(service, token, answer(10 - number % 11, f"answer {number}"), at)
        ids["response"] = collected.response.id
        if number == 10:
            wish = {"actor": "test", "note": "called"}
            follow_case(service, project_id, collected.response.id, wish, at)
            ids["followed"] = collected.response.id
    left = [
        Outcome(f"cust-{number}", "churned", now() - timedelta(days=number - 9), 12.5)
        for number in range(10, 60, 3)
    ]
    tell_outcomes(service, project_id, left, now())
    sent = [row["id"] for row in rows(service, deliveries)]
    ids |= {"delivery": sent[0], "tried": sent[1]}
    _try(service, sent[1])
    return Shop(survey, ids)


def _try(service: Service, delivery_id: str) -> None:
    """Note an attempt that failed."""
    request = {"method": "POST", "url": "https://crm.example/" + "x" * 200, "headers": {"a": "b"}}
    with service.database.write() as connection:
        connection.execute(
            attempts.insert().values(
                delivery_id=delivery_id,
                number=1,
                started_at=now(),
                elapsed_ms=15_000,
                status=503,
                reply="<h1>busy</h1>" * 40,
                request=request,
            )
        )


@pytest.fixture
def nps(shop: Shop) -> Survey:
    return shop.survey


@pytest.fixture
def link(service: Service, shop: Shop) -> str:
    """A one-time link of Anna's, an admin, that was not used."""
    add_staff(service, StaffWish("Anna", "admin", password=PASSWORD), "test", now())
    return f"/dashboard/link/{make_link(service, 'Anna', 'test', now())}"


@pytest.fixture
def url(service: Service, settings: Settings) -> Iterator[str]:
    """Where the app is served."""
    server = make_server("127.0.0.1", 0, create_app(settings, service), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def visit(browser: Browser, url: str, link: str) -> Iterator[Watched]:
    """A page that has come in by a link; no script may fail and no policy be violated."""
    with watched(browser, url) as seen:
        seen.page.goto(url + link)
        seen.page.get_by_role("button", name="Log in").click()
        seen.page.wait_for_url("**/p/shop/")
        yield seen
    assert seen.faults == []


@pytest.fixture
def page(visit: Watched) -> Page:
    return visit.page
