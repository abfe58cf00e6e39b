"""Probes and metrics."""

from dataclasses import replace

from flask.testing import FlaskClient

from feedback_service.app import create_app
from feedback_service.config import Settings
from feedback_service.storage.engine import heartbeats
from feedback_service.usecases.service import Service
from feedback_service.web.clock import now
from tests.web.calling import is_problem


def test_a_living_process_says_so(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok"}


def test_it_is_ready_while_a_dispatcher_lives(client: FlaskClient, service: Service) -> None:
    with service.database.write() as connection:
        heartbeats.beat(connection, "worker", now())
    reply = client.get("/readyz")
    assert reply.status_code == 200
    assert set(reply.get_json()["checks"].values()) == {"ok"}


def test_without_a_dispatcher_it_is_not_ready(client: FlaskClient) -> None:
    reply = client.get("/readyz")
    assert is_problem(reply, 503, "unavailable")
    assert reply.headers["Retry-After"]


def test_metrics_are_prometheus_text(client: FlaskClient) -> None:
    client.get("/healthz")
    reply = client.get("/metrics")
    assert reply.status_code == 200
    assert reply.content_type.startswith("text/plain")
    assert "# TYPE" in reply.get_data(as_text=True)


def test_metrics_with_a_token_are_for_its_bearer(settings: Settings, service: Service) -> None:
    guarded = create_app(replace(settings, metrics_token="hush"), service).test_client()
    assert is_problem(guarded.get("/metrics"), 401, "unauthorized")
    wrong = guarded.get("/metrics", headers={"Authorization": "Bearer wrong"})
    assert is_problem(wrong, 401, "unauthorized")
    right = guarded.get("/metrics", headers={"Authorization": "Bearer hush"})
    assert right.status_code == 200
