"""doctor: finds what would lose answers or keep news back, and changes nothing."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from feedback_service.cli.serving.machine import file_system_of
from tests.cli.calling import Call, called

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
nas:/share /srv/with\\040space nfs4 rw 0 0
tmpfs /srv/with\\040space/fast tmpfs rw 0 0
"""


def states(environment: dict[str, str]) -> tuple[int, dict[str, str]]:
    """Return doctor's exit code and check -> state."""
    result = called(environment, "doctor", "--json")
    checks: list[dict[str, Any]] = json.loads(result.stdout)
    return result.exit_code, {check["name"]: check["state"] for check in checks}


def test_before_the_first_start_there_is_no_database(environment: dict[str, str]) -> None:
    code, found = states(environment)
    assert (code, found["database"]) == (1, "wrong")
    assert not (Path(environment["FEEDBACK_DATA_DIR"]) / "feedback.db").exists()


def test_without_a_dispatcher_something_is_wrong(call: Call, environment: dict[str, str]) -> None:
    call("migrate")
    code, found = states(environment)
    assert code == 1
    assert [name for name, state in found.items() if state != "ok"] == ["dispatcher"]


def test_a_table_says_what_to_do(call: Call) -> None:
    call("migrate")
    shown = call("doctor").stdout
    assert "✗ dispatcher" in shown
    assert "-> run `feedback-service worker`" in shown


def test_a_missing_public_url_is_a_warning(environment: dict[str, str]) -> None:
    environment["FEEDBACK_PUBLIC_URL"] = ""
    assert states(environment)[1]["public URL"] == "warning"


@pytest.mark.parametrize(
    ("name", "mode", "state"), [(".", 0o755, "warning"), ("secret_key", 0o644, "wrong")]
)
def test_what_others_may_read_is_told(
    call: Call, environment: dict[str, str], name: str, mode: int, state: str
) -> None:
    call("migrate")
    (Path(environment["FEEDBACK_DATA_DIR"]) / name).chmod(mode)
    assert states(environment)[1]["data directory"] == state


def test_faults_of_the_environment_are_all_told(environment: dict[str, str]) -> None:
    environment |= {"FEEDBACK_WORKERS": "many", "FEEDBACK_BIND": "here"}
    result = called(environment, "doctor")
    assert result.exit_code == 1
    assert result.stdout.count("✗ settings") == 2


def test_a_database_that_is_away_is_told(environment: dict[str, str]) -> None:
    environment["FEEDBACK_DATABASE_URL"] = "postgresql://u:canary@127.0.0.1:9/x"
    result = called(environment, "doctor")
    assert result.exit_code == 1
    assert "✗ database" in result.stdout
    assert "canary" not in result.stdout + result.stderr


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/feedback.db", "ext4"),
        ("/srv/with space/feedback.db", "nfs4"),
        ("/srv/with space/fast/feedback.db", "tmpfs"),
        ("/srv/with space of its own/feedback.db", "ext4"),
    ],
)
def test_a_path_lies_on_the_deepest_mount_above_it(path: str, kind: str) -> None:
    assert file_system_of(Path(path), MOUNTS) == kind


def test_the_file_system_of_this_machine_is_known(tmp_path: Path) -> None:
    assert file_system_of(tmp_path) or os.name != "posix"
