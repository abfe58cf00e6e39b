"""What a process remembers: read once, current when it matters, dropped when it changed."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from feedback_service.domain.access.keys import key_digest, new_key
from feedback_service.domain.surveys import Survey
from feedback_service.storage import catalog, projects
from feedback_service.storage.engine.database import Database
from feedback_service.usecases.service import Service
from tests.conftest import OpenService
from tests.factories import (
    NOW,
    make_project,
    make_signing_key,
    make_survey,
    make_webhook,
    revoke,
)


@pytest.fixture
def survey(service: Service) -> Survey:
    return make_survey(service, make_project(service))


@contextmanager
def counted_queries(database: Database) -> Iterator[list[str]]:
    """Collect the statements that are run meanwhile."""
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


def test_what_was_looked_up_once_costs_no_query_again(service: Service, survey: Survey) -> None:
    key = make_signing_key(service, survey.project_id)
    snapshot = service.catalog.current()

    def look_everything_up() -> list[object]:
        return [
            snapshot.project(survey.project_id),
            snapshot.survey(survey.project_id, "nps"),
            snapshot.surveys(survey.project_id),
            snapshot.survey_version(survey.version_id),
            snapshot.webhooks(survey.project_id),
            snapshot.revoked(survey.project_id),
            snapshot.signing_key(key.kid),
        ]

    first = look_everything_up()
    with counted_queries(service.database) as queries:
        assert look_everything_up() == first
    assert queries == []


def test_being_current_costs_one_query(service: Service, survey: Survey) -> None:
    service.catalog.current()
    with counted_queries(service.database) as queries:
        service.catalog.current()
    assert len(queries) == 1


def test_the_last_snapshot_costs_none(service: Service) -> None:
    snapshot = service.catalog.current()
    with counted_queries(service.database) as queries:
        assert service.catalog.known() is snapshot
    assert queries == []


def test_without_changes_the_snapshot_stays(service: Service, survey: Survey) -> None:
    assert service.catalog.current() is service.catalog.current()


def test_a_change_of_another_process_makes_a_new_snapshot(
    service: Service, another_service: OpenService, survey: Survey
) -> None:
    other = another_service()
    old = service.catalog.current()
    assert old.webhooks(survey.project_id) == []
    made = make_webhook(other, survey.project_id, headers={"X-Key": "secret"})
    assert service.catalog.known() is old
    assert old.webhooks(survey.project_id) == [], "a snapshot does not change under its reader"
    assert service.catalog.current().webhooks(survey.project_id) == [made]


def test_every_kind_of_change_is_noticed(
    service: Service, another_service: OpenService, survey: Survey
) -> None:
    other = another_service()
    project_id = survey.project_id
    for change in (
        lambda: make_project(other, "other"),
        lambda: make_survey(other, project_id, "csat"),
        lambda: make_survey(other, project_id, status="paused"),
        lambda: make_webhook(other, project_id),
        lambda: make_signing_key(other, project_id),
        lambda: revoke(other, project_id, "campaign", "may"),
    ):
        before = service.catalog.current().version
        change()
        assert service.catalog.current().version > before


def test_an_api_key_is_found_by_its_digest_until_it_is_revoked(
    service: Service, survey: Survey
) -> None:
    text = new_key("secret")
    with service.database.write() as connection:
        number = projects.add_key(
            connection,
            project_id=survey.project_id,
            kind="secret",
            test=False,
            name="backend",
            text=text,
            digest=key_digest(text),
            scopes=("tokens:write",),
            now=NOW,
        )
        catalog.bump(connection)
    found = service.catalog.current().key(key_digest(text))
    assert found is not None
    assert (found.id, found.last4, found.revoked_at) == (number, text[-4:], None)
    with service.database.write() as connection:
        assert projects.revoke_key(connection, survey.project_id, number, NOW)
        catalog.bump(connection)
    revoked = service.catalog.current().key(key_digest(text))
    assert revoked is not None
    assert revoked.revoked_at == NOW


def test_what_is_stored_of_a_secret_key_does_not_open_anything(
    service: Service, survey: Survey
) -> None:
    key = make_signing_key(service, survey.project_id)
    make_webhook(service, survey.project_id, headers={"Authorization": "Bearer hunter2"})
    with service.database.read() as connection:
        stored = str(connection.exec_driver_sql("SELECT material FROM signing_keys").all()) + str(
            connection.exec_driver_sql("SELECT secrets, headers, url FROM webhooks").all()
        )
    for secret in (key.material, "whsec_", "hunter2"):
        assert secret not in stored
    assert service.catalog.current().signing_key(key.kid) == key


def test_what_strangers_think_up_is_not_remembered(service: Service, survey: Survey) -> None:
    snapshot = service.catalog.current()
    for _ in range(2):
        with counted_queries(service.database) as queries:
            assert snapshot.signing_key("guessed") is None
            assert snapshot.key("guessed") is None
            assert snapshot.survey(survey.project_id, "guessed") is None
        assert len(queries) == 3
