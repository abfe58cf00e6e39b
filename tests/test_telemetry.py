"""Telemetry: what operators see, and what no log ever tells."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
import structlog

from feedback_service import telemetry
from tests.cli.calling import kept_logging

CANARY = "canary"
KEY = "fbk_live_" + "a1" * 18
LINK = "AbCdEfGhIjKlMnOpQr.AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfG"


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> Iterator[Any]:
    """Lines that were logged so far, as JSON."""
    with kept_logging():
        telemetry.configure_logging("info")
        yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    telemetry.REQUEST_ID.set(None)


@pytest.mark.parametrize(
    "name",
    [
        *("token", "secret", "comment", "email", "e_mail", "password", "authorization", "cookie"),
        *("api_token", "commentText", "reply_to_email", "traits", "answers", "webhook_url"),
        *("webhook_secret", "Authorization", "api_key", "jwt", "body", "signature"),
    ],
)
def test_a_private_field_is_hidden(log: Any, name: str) -> None:
    structlog.get_logger().info("seen", **{name: CANARY, "deep": [{name: {"a": CANARY}}]})
    (line,) = log()
    assert line[name] == telemetry.HIDDEN
    assert CANARY not in json.dumps(line)


@pytest.mark.parametrize(
    "text", [KEY, LINK, f"GET /s/{LINK} failed", "whsec_MfKQ9r8GKYqrTwjUPD8ILP", "ann@mail.example"]
)
def test_a_secret_in_any_text_is_hidden(log: Any, text: str) -> None:
    structlog.get_logger().info("seen", note=text, error=ValueError(text))
    logging.getLogger("library").warning("about %s", text)
    lines = json.dumps(log())
    assert not [word for word in (KEY, LINK, "MfKQ9r8", "ann@") if word in lines]


def test_harmless_fields_stay(log: Any) -> None:
    structlog.get_logger().info(
        "webhook failed", webhook_id="whk_01", status=503, module="feedback_service.delivery.worker"
    )
    (line,) = log()
    assert (line["webhook_id"], line["status"]) == ("whk_01", 503)
    assert line["module"] == "feedback_service.delivery.worker"


def test_the_request_id_is_on_every_line(log: Any) -> None:
    telemetry.REQUEST_ID.set("r1")
    structlog.get_logger().info("one")
    logging.getLogger("library").error("two")
    assert [line["request_id"] for line in log()] == ["r1", "r1"]


def test_an_error_of_the_database_is_told_without_its_parameters(log: Any) -> None:
    engine = sqlalchemy.create_engine("sqlite://")
    try:
        with engine.connect() as connection:
            connection.execute(sqlalchemy.text("SELECT :x FROM nowhere"), {"x": CANARY})
    except sqlalchemy.exc.OperationalError as error:
        structlog.get_logger().error("crashed", exc_info=error)
    engine.dispose()
    (line,) = log()
    assert CANARY not in json.dumps(line)
    assert line["exception"][0]["class"] == "sqlalchemy.exc.OperationalError"
    assert any("test_telemetry.py" in frame for frame in line["exception"][0]["frames"])


def test_a_level_leaves_out_what_is_below_it(log: Any) -> None:
    structlog.get_logger().debug("details")
    logging.getLogger("library").info("chatter")
    assert log() == []


def test_counters_and_gauges_are_rendered_together() -> None:
    telemetry.count_response("nps", "email", "promoter")
    telemetry.count_token_reject("token-expired")
    telemetry.count_webhook_attempt("delivered")
    telemetry.observe_request("BREW", None, 404, 0.01)
    text = telemetry.render_metrics(lambda: {"feedback_outbox_pending": 3.0}).decode()
    for wanted in (
        'feedback_responses_total{band="promoter",channel="email",metric="nps"} ',
        'feedback_token_rejects_total{reason="token-expired"} ',
        'feedback_webhook_attempts_total{outcome="delivered"} ',
        'feedback_request_duration_seconds_count{method="other",route="none",status="404"} ',
        "feedback_outbox_pending 3.0",
    ):
        assert wanted in text


def test_counters_of_several_processes_are_added_up(tmp_path: Path) -> None:
    environ = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    count = "from feedback_service import telemetry as t; t.count_webhook_attempt('timeout');"
    show = "print(t.render_metrics(lambda: {}).decode())"
    run = [sys.executable, "-c"]
    subprocess.run([*run, count], env=environ, check=True)
    last = subprocess.run(
        [*run, count + show], env=environ, check=True, capture_output=True, text=True
    )
    assert 'feedback_webhook_attempts_total{outcome="timeout"} 2.0' in last.stdout
