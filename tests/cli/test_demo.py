"""demo: makes its sample data once, and its shop knows true deliveries from false ones."""

import json
import stat
import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from feedback_service.config import load_settings
from feedback_service.delivery.outbound.signing import headers
from feedback_service.demo.keys import DemoKeys, kept_keys, keys_path
from feedback_service.demo.long_past.asked import TOPICS
from feedback_service.demo.places import places_of
from feedback_service.demo.seed import SURVEYS
from feedback_service.demo.site import create_site
from feedback_service.domain.access.keys import new_webhook_secret
from feedback_service.storage import projects
from feedback_service.storage.engine.database import Database
from feedback_service.storage.listing import pages
from feedback_service.storage.listing.criteria import Criteria
from tests.cli.calling import Call, called, printed

BODY = json.dumps(
    {
        "type": "alert.detractor",
        "data": {"survey": {"key": "nps"}, "response": {"score": 3, "comment": "<b>late</b>"}},
    }
).encode()
SECRET = new_webhook_secret()

Deliver = Callable[..., int]


@pytest.fixture
def shop(environment: dict[str, str]) -> FlaskClient:
    keys = DemoKeys("fbk_live_x", "fbp_x", "whk_x", SECRET)
    return create_site(places_of(load_settings(environment)), keys).test_client()


@pytest.fixture
def deliver(shop: FlaskClient) -> Deliver:
    def post(secret: str = SECRET, body: bytes = BODY, age_s: int = 0) -> int:
        signed = headers([secret], "msg_1", int(time.time()) - age_s, BODY)
        return shop.post("/receiver", data=body, headers=signed).status_code

    return post


def test_seeding_twice_adds_nothing_the_second_time(
    call: Call, environment: dict[str, str]
) -> None:
    first = call("demo", "--no-serve")
    assert first.exit_code == 0, first.stderr
    before = contents(environment)
    again = call("demo", "--no-serve")
    assert again.exit_code == 0, again.stderr
    assert contents(environment) == before
    surveys = [survey for survey, _id in before]
    assert set(surveys) == set(SURVEYS)
    assert len(surveys) == 300
    # The keys it printed first are still the ones it prints.
    assert secret_key_in(first.stdout) == secret_key_in(again.stdout)


def test_reset_starts_over_with_new_keys_and_spares_the_real_database(
    call: Call, environment: dict[str, str]
) -> None:
    real = Path(environment["FEEDBACK_DATA_DIR"]) / "feedback.db"
    real.parent.mkdir()
    real.write_bytes(b"real answers")
    first = call("demo", "--no-serve")
    before = contents(environment)
    again = call("demo", "--no-serve", "--reset")
    assert again.exit_code == 0, again.stderr
    after = contents(environment)
    assert len(after) == len(before)
    assert not set(after) & set(before)
    assert secret_key_in(first.stdout) != secret_key_in(again.stdout)
    assert real.read_bytes() == b"real answers"


@pytest.mark.slow
def test_a_long_past_is_made_once_for_a_new_demo(call: Call, environment: dict[str, str]) -> None:
    made = call("demo", "--no-serve", "--answers", "1000")
    assert made.exit_code == 0, made.stderr
    before = contents(environment)
    assert {survey for survey, _id in before} == set(TOPICS)
    assert len(before) == 1000
    database = f"sqlite:///{Path(environment['FEEDBACK_DATA_DIR']) / 'demo.db'}"
    at_the_demo = environment | {"FEEDBACK_DATABASE_URL": database}
    told = printed(called(at_the_demo, "report", "outcomes", "nps", "--json"))
    kinds = [kind["kind"] for kind in told["definitions"][0]["kinds"]]
    assert kinds == ["churned", "complaint", "return", "purchase"]
    again = call("demo", "--no-serve", "--answers", "1000")
    assert again.exit_code == 1
    assert "--reset" in again.stderr
    assert contents(environment) == before


def test_lost_keys_are_made_anew_and_kept_from_others(
    call: Call, environment: dict[str, str]
) -> None:
    call("demo", "--no-serve")
    path = keys_path(Path(environment["FEEDBACK_DATA_DIR"]))
    lost = kept_keys(path)
    path.unlink()
    assert call("demo", "--no-serve").exit_code == 0
    made = kept_keys(path)
    assert lost is not None
    assert made is not None
    assert made.secret_key != lost.secret_key
    assert made.site_key == lost.site_key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_another_port_moves_the_shop_and_its_origin(
    call: Call, environment: dict[str, str]
) -> None:
    call("demo", "--no-serve")
    moved = called({**environment, "FEEDBACK_BIND": "127.0.0.1:4100"}, "demo", "--no-serve")
    assert moved.exit_code == 0, moved.stderr
    database = demo_database(environment)
    with database.read() as connection:
        project = projects.named(connection, "demo-shop")
    database.dispose()
    assert project is not None
    assert project.origins == ("http://127.0.0.1:4101", "http://localhost:4101")


def test_it_refuses_to_listen_where_its_webhooks_may_not_lead(environment: dict[str, str]) -> None:
    result = called({**environment, "FEEDBACK_BIND": "192.0.2.1:8000"}, "demo")
    assert result.exit_code == 1
    assert "FEEDBACK_BIND" in result.stderr


def test_the_receiver_takes_in_what_is_rightly_signed(shop: FlaskClient, deliver: Deliver) -> None:
    assert deliver() == HTTPStatus.NO_CONTENT
    (shown,) = shown_by(shop)
    assert shown["authentic"] is True
    assert (shown["type"], shown["score"], shown["comment"]) == (
        "alert.detractor",
        3,
        "<b>late</b>",
    )
    assert shown_by(shop, after=shown["number"]) == []


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"secret": new_webhook_secret()}, id="another secret"),
        pytest.param({"body": BODY + b" "}, id="another body"),
        pytest.param({"age_s": 301}, id="too old"),
        pytest.param({"age_s": -301}, id="from the future"),
        pytest.param({"body": b"\xff[" * 9}, id="not JSON"),
        pytest.param({"body": b"[1]"}, id="no object"),
    ],
)
def test_the_receiver_flags_what_is_not(
    shop: FlaskClient, deliver: Deliver, wrong: dict[str, object]
) -> None:
    assert deliver(**wrong) == HTTPStatus.UNAUTHORIZED
    (shown,) = shown_by(shop)
    assert shown["authentic"] is False


def test_the_receiver_refuses_a_delivery_without_headers(shop: FlaskClient) -> None:
    assert shop.post("/receiver", data=BODY).status_code == HTTPStatus.UNAUTHORIZED


def test_the_shop_embeds_the_widget_of_the_other_origin(shop: FlaskClient) -> None:
    page = shop.get("/").text
    assert '<script async src="http://feedback.test/widget.js" data-key="fbp_x">' in page
    assert "fbk_live_x" not in page


def test_the_mail_says_when_the_service_does_not_answer(shop: FlaskClient) -> None:
    reply = shop.get("/mail")
    assert reply.status_code == HTTPStatus.BAD_GATEWAY
    assert "The service did not answer" in reply.text


def shown_by(shop: FlaskClient, after: int = 0) -> list[dict[str, Any]]:
    """Return the deliveries that the receiver's page learns of."""
    reply: list[dict[str, Any]] = json.loads(shop.get(f"/receiver.json?after={after}").text)
    return reply


def demo_database(environment: dict[str, str]) -> Database:
    return Database(f"sqlite:///{environment['FEEDBACK_DATA_DIR']}/demo.db", connections=1)


def contents(environment: dict[str, str]) -> list[tuple[str, str]]:
    """Return (survey key, response id) of every answer in the demo's database."""
    database = demo_database(environment)
    with database.read() as connection:
        project = projects.named(connection, "demo-shop")
        assert project is not None
        found = pages.page(connection, project.id, Criteria(), 1000)
    database.dispose()
    return [(survey, response.id) for survey, response in found]


def secret_key_in(text: str) -> str:
    return next(word for word in text.split() if word.startswith("fbk_live_"))
