"""A shop of two years, made once, read by all tests here; and its export."""

import re
from collections.abc import Iterator
from typing import Final

import pytest

from feedback_service.app import create_app
from feedback_service.config import load_settings
from tests.cli.calling import called, environment_of
from tests.web.dashboard.agreement.recomputed import Row, counted
from tests.web.dashboard.browsing import Visitor

ANSWERS: Final = 8_000


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The demo with a long past, made once; tests only read."""
    data_dir = tmp_path_factory.mktemp("shop") / "data"
    environment = environment_of(data_dir)
    made = called(environment, "demo", "--no-serve", "--answers", str(ANSWERS))
    assert made.exit_code == 0, made.stderr
    login = re.search(r"/dashboard/link/\S+", made.stdout)
    assert login is not None
    return environment | {
        "FEEDBACK_DATABASE_URL": f"sqlite:///{data_dir / 'demo.db'}",
        "LOGIN": login.group(),
    }


@pytest.fixture(scope="session")
def rows(shop: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    """All that the export holds and that counts."""
    path = tmp_path_factory.mktemp("export") / "all.csv"
    assert called(shop, "export", "responses", "--out", str(path)).exit_code == 0
    found = list(counted(path))
    assert len(found) == ANSWERS
    return found


@pytest.fixture(scope="session")
def visitor(shop: dict[str, str]) -> Iterator[Visitor]:
    app = create_app(load_settings(shop))
    someone = Visitor(app.test_client())
    someone.see(shop["LOGIN"])
    assert someone.send(shop["LOGIN"]).status_code == 303
    yield someone
    app.extensions["feedback"].database.dispose()
