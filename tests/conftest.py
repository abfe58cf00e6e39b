"""What every test may lean on: real databases, a service on each, no network but loopback."""

from collections.abc import Callable, Iterator
from ipaddress import IPv4Network
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient

from feedback_service.app import create_app
from feedback_service.config import Settings
from feedback_service.domain.alerting.addresses import OutboundPolicy
from feedback_service.usecases.service import Service, open_service
from tests.engines import Engine, Postgresql, Sqlite, running_postgresql
from tests.factories import SECRET_KEYS
from tests.network import stay_on_this_machine

LOOPBACK: Final = (IPv4Network("127.0.0.0/8"),)

# A shared machine is slow at times, which says nothing about an example.
hypothesis.settings.register_profile("tests", deadline=None)
hypothesis.settings.load_profile("tests")

OpenService = Callable[[], Service]


# They run commands, dispatchers and receivers that keep one waiting: each is quick, together they
# are half of the time.
UNHURRIED: Final = (
    "cli",
    "delivery/outbound",
    "delivery/test_worker.py",
    "delivery/test_resilience.py",
    "web/dashboard/test_access.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs on PostgreSQL, by a parameter or a fixture, and what takes its time."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here) and str(item.path.relative_to(here)).startswith(
            UNHURRIED
        ):
            item.add_marker("slow")
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        if "postgresql" in parameters.values() or "postgresql" in getattr(item, "fixturenames", ()):
            item.add_marker("postgresql")


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> None:
    stay_on_this_machine()


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Sqlite:
    return Sqlite(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgresql]:
    # Not inside pytest's folder: every starting pytest makes that private again, and under root
    # the server is another user, who then cannot reach its files.
    with (
        TemporaryDirectory(prefix="feedback-postgresql-") as folder,
        running_postgresql(Path(folder)) as running,
    ):
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each test that asks for it runs once per engine."""
    chosen: Engine = request.getfixturevalue(request.param)
    return chosen


@pytest.fixture
def empty_url(engine: Engine) -> Iterator[str]:
    """A database without any table."""
    url = engine.empty()
    yield url
    engine.drop(url)


@pytest.fixture
def database_url(engine: Engine) -> Iterator[str]:
    """A migrated database without any project."""
    url = engine.migrated()
    yield url
    engine.drop(url)


@pytest.fixture
def another_service(database_url: str) -> Iterator[OpenService]:
    """Open one more service on the test's database, as another process would."""
    opened: list[Service] = []

    def open_one() -> Service:
        outbound = OutboundPolicy(allow_nets=LOOPBACK, allow_http=True)
        opened.append(open_service(database_url, SECRET_KEYS, outbound))
        return opened[-1]

    yield open_one
    for service in opened:
        service.database.dispose()


@pytest.fixture
def service(another_service: OpenService) -> Service:
    return another_service()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """The settings of an app on the same database as `service`."""
    return Settings(
        database_url=database_url,
        data_dir=tmp_path,
        secret_keys=SECRET_KEYS,
        webhook_allow_nets=LOOPBACK,
        webhook_allow_http=True,
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The app on the test's database, with connections and memory of its own."""
    made = create_app(settings)
    yield made
    opened: Service = made.extensions["feedback"]
    opened.database.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
