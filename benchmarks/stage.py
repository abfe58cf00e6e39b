"""What every benchmark plays on: a project, a survey, a webhook for detractors, link tokens."""

import json
import logging
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Final

import structlog
from flask.testing import FlaskClient

from benchmarks.databases import EngineName, description, fresh_database
from feedback_service.app import create_app
from feedback_service.config import Settings
from feedback_service.domain.access.tokens import DEFAULT_LIFETIME, seal_link, unseal
from feedback_service.domain.alerting.addresses import OutboundPolicy
from feedback_service.domain.surveys import Survey
from feedback_service.usecases.invite import invite
from feedback_service.usecases.service import Service, open_service
from feedback_service.usecases.setup.configure_survey import put_survey
from feedback_service.usecases.setup.configure_webhook import add_webhook
from feedback_service.usecases.setup.found_project import found_project

SECRET_KEY: Final = "a secret for benchmarks on this machine only"
# One answer in seven is a detractor's, so one in seven queues a webhook in its transaction.
SCORES: Final = (2, 7, 8, 9, 9, 10, 10)
COMMENT: Final = "The parcel came four days late, and nobody at the desk could tell me why."
NOW: Final = datetime(2026, 11, 24, tzinfo=UTC)
LOOPBACK: Final = OutboundPolicy(allow_nets=(ip_network("127.0.0.0/8"),), allow_http=True)


@dataclass(frozen=True, slots=True)
class Stage:
    """Mints tokens without asking the service; they differ in their token id only."""

    service: Service
    link_set_id: int

    def tokens(self, how_many: int) -> Iterator[str]:
        """Mint link tokens."""
        now = datetime.now(UTC)
        for number in range(how_many):
            ref = f"cust_{number:07d}"
            link_set_id = self.link_set_id
            yield seal_link(self.service.signer, link_set_id, ref, now, DEFAULT_LIFETIME)[0]

    def write_bodies(self, path: Path, how_many: int, *, commented: int = 0) -> None:
        """Write answers, one JSON document a line, each with a token of its own.

        commented: every so many-th has a comment; 0 for none.
        """
        rng = random.Random(11)
        with path.open("w", encoding="ascii") as file:
            for number, token in enumerate(self.tokens(how_many)):
                answer = {"token": token, "score": rng.choice(SCORES)}
                if commented and number % commented == 0:
                    answer["comment"] = f"{COMMENT} Order {number % 9973}."
                file.write(json.dumps(answer) + "\n")


def set_stage(url: str, webhook_url: str) -> Stage:
    """Fill a migrated database. Alerts go out at once, without waiting for a comment."""
    service = open_service(url, (SECRET_KEY,), LOOPBACK, connections=2)
    now = datetime.now(UTC)
    project = found_project(service, "Benchmark", [], "UTC", now).project
    put_survey(service, project.id, "nps", {"metric": "nps", "settle_s": 0}, now)
    webhook = {"url": webhook_url, "events": ["alert.detractor"]}
    add_webhook(service, project.id, webhook, now)
    wish = {"survey": "nps", "channel": "email", "campaign": "benchmark"}
    invitation = invite(service, project.id, wish, now)
    return Stage(service, unseal(service.signer, invitation.token).target)


@dataclass(frozen=True, slots=True)
class OneSurvey:
    """survey: an NPS named "nps", of a project in UTC."""

    url: str
    folder: Path
    service: Service
    survey: Survey
    secret_key: str

    def client(self) -> FlaskClient:
        """Return a client of the app; make it when the database is filled."""
        settings = Settings(database_url=self.url, data_dir=self.folder, secret_keys=(SECRET_KEY,))
        client = create_app(settings, self.service).test_client()
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.secret_key}"
        return client


@contextmanager
def one_survey(engine: EngineName, folder: Path) -> Iterator[OneSurvey]:
    """Make a database in the folder, and the survey in it; says on what it runs."""
    with fresh_database(engine, folder) as url:
        print(description(url))
        service = open_service(url, (SECRET_KEY,), OutboundPolicy())
        founded = found_project(service, "Shop", [], "UTC", NOW)
        survey, _ = put_survey(service, founded.project.id, "nps", {"metric": "nps"}, NOW)
        yield OneSurvey(url, folder, service, survey, founded.secret_key)
        service.database.dispose()
