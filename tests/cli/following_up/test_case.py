"""feedback-service case: followed up in a terminal."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from feedback_service.delivery.care.low_answers import CaseOpener
from feedback_service.domain.alerting.addresses import OutboundPolicy
from feedback_service.storage import projects
from feedback_service.usecases.service import Service, open_service
from tests.cli.calling import Call, printed
from tests.delivery.dispatching import now
from tests.factories import answer, collect, link_token, make_survey


@pytest.fixture
def opened(call: Call, environment: dict[str, str]) -> Iterator[Service]:
    """The service on the command's own database, with one project."""
    call("project", "create", "My Shop")
    data = Path(environment["FEEDBACK_DATA_DIR"])
    key = (data / "secret_key").read_text().strip()
    service = open_service(f"sqlite:///{data / 'feedback.db'}", (key,), OutboundPolicy())
    yield service
    service.database.dispose()


@pytest.fixture
def low(opened: Service) -> str:
    """A low answer whose case is open."""
    with opened.database.read() as connection:
        (project,) = projects.every(connection)
    survey = make_survey(opened, project.id, settle_s=0)
    token = link_token(opened, survey, now=now())
    given = collect(opened, token, answer(2, "The parcel\nwas wet"), now()).response
    CaseOpener(opened.database).run()
    return given.id


def test_a_case_is_listed_moved_on_and_shown(call: Call, low: str) -> None:
    (listed,) = printed(call("case", "list", "--json"))
    assert (listed["response"], listed["status"], listed["overdue"]) == (low, "open", False)
    table = call("case", "list").stdout
    assert "The parcel was wet" in table
    moved = call(
        *("case", "set", low, "--status", "contacted", "--owner", "Ada", "--note", "Called"),
        *("--by", "Grace", "--due", "3d"),
    )
    assert moved.exit_code == 0
    shown = printed(call("case", "show", low, "--json"))
    assert (shown["status"], shown["owner"]) == ("contacted", "Ada")
    last = shown["history"][-1]
    assert (last["by"], last["note"]) == ("Grace", "Called")
    assert set(last["changes"]) == {"status", "owner", "due_at"}
    assert printed(call("case", "list", "--owner", "", "--json")) == []
    call("case", "set", low, "--owner", "")
    assert len(printed(call("case", "list", "--owner", "", "--json"))) == 1


def test_a_project_sets_how_soon_cases_are_due(call: Call, opened: Service) -> None:
    shown = printed(call("case", "settings", "--due", "8h", "--json"))
    assert shown == {"case_due_s": 28_800, "delivery_days": 30, "answer_days": None}
    assert printed(call("case", "settings", "--json")) == shown


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["show", "rsp_no"], 1, id="no such response"),
        pytest.param(["set", "rsp_no", "--status", "open"], 1, id="nothing to follow up"),
        pytest.param(["set", "rsp_no", "--due", "soon"], 2, id="no span"),
        pytest.param(["settings", "--keep-deliveries", "0"], 1, id="kept for no day"),
        pytest.param(["list", "--status", "late"], 2, id="no such status"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(
    call: Call, opened: Service, arguments: list[str], code: int
) -> None:
    result = call("case", *arguments)
    assert result.exit_code == code
    assert result.stderr.splitlines()[-1].startswith("Error: ")
