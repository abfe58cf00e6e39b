"""Commands as a newcomer types them, on a machine where nothing was prepared."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from feedback_service.cli.main import COMMANDS
from feedback_service.domain.access.keys import looks_like_key
from feedback_service.storage.engine.database import Database
from tests.cli.calling import Call, called, printed


@pytest.fixture
def shop(call: Call) -> dict[str, str]:
    """The keys of the only project."""
    keys: dict[str, str] = printed(call("project", "create", "My Shop", "--json"))
    return keys


def test_a_project_comes_with_its_keys(shop: dict[str, str]) -> None:
    assert shop.pop("project") == "my-shop"
    assert {name: key[:9] for name, key in shop.items()} == {
        "secret_key": "fbk_live_",
        "site_key": shop["site_key"][:9],
        "test_key": "fbk_test_",
    }
    assert all(looks_like_key(key) for key in shop.values())


def test_a_projects_name_is_taken_once(call: Call, shop: dict[str, str]) -> None:
    again = call("project", "create", "my shop")
    assert again.exit_code == 1
    assert again.stderr == "Error: there is a project 'my-shop' already: choose another name\n"


def test_projects_are_listed_with_normal_origins(call: Call) -> None:
    call("project", "create", "A", "--origin", "HTTPS://a.example:443/", "--timezone", "Asia/Tokyo")
    (listed,) = printed(call("project", "list", "--json"))
    assert listed["origins"] == ["https://a.example"]
    assert listed["timezone"] == "Asia/Tokyo"


@pytest.mark.parametrize(
    "wrong",
    [["--timezone", "Mars/Base"], ["--origin", "a.example"], ["--origin", "https://a/path"]],
    ids=["no time zone", "no scheme", "more than an origin"],
)
def test_a_wrong_project_is_refused_in_one_line(call: Call, wrong: list[str]) -> None:
    result = call("project", "create", "A", *wrong)
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert printed(call("project", "list", "--json")) == []


def test_a_revoked_key_is_revoked_once(call: Call, shop: dict[str, str]) -> None:
    made = printed(call("key", "create", "--name", "crm", "--scope", "reports:read", "--json"))
    (crm,) = [one for one in printed(call("key", "list", "--json")) if one["name"] == "crm"]
    assert made["secret_key"].endswith(crm["last4"])
    assert crm["scopes"] == ["reports:read"]
    assert call("key", "revoke", crm["key"]).exit_code == 0
    assert "no key" in call("key", "revoke", crm["key"]).stderr


def test_a_signing_secret_is_made_and_revoked_by_its_kid(call: Call, shop: dict[str, str]) -> None:
    made = printed(call("key", "create", "--signing", "--json"))
    assert made["algorithm"] == "HS256"
    assert len(made["secret"]) == 43
    assert call("key", "revoke", made["kid"]).exit_code == 0
    states = {one["key"]: one["state"] for one in printed(call("key", "list", "--json"))}
    assert states[made["kid"]] == "revoked"


def test_a_public_key_is_taken_in(call: Call, shop: dict[str, str], tmp_path: Path) -> None:
    public = Ed25519PrivateKey.generate().public_key()
    pem = tmp_path / "public.pem"
    pem.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    made = printed(call("key", "create", "--signing", "--public-key", str(pem), "--json"))
    assert set(made) == {"kid", "algorithm"}
    pem.write_text("no key")
    refused = call("key", "create", "--signing", "--public-key", str(pem))
    assert refused.exit_code == 1
    assert "Ed25519" in refused.stderr


def test_with_several_projects_one_must_be_named(call: Call, shop: dict[str, str]) -> None:
    call("project", "create", "Second")
    unclear = call("key", "list")
    assert unclear.exit_code == 1
    assert unclear.stderr == "Error: say which project with --project: my-shop, second\n"
    assert call("key", "list", "--project", "second").exit_code == 0
    assert call("key", "list", "--project", "third").exit_code == 1


def test_without_a_project_the_next_step_is_told(call: Call) -> None:
    assert "project create NAME" in call("webhook", "list").stderr


def test_a_webhook_is_added_tested_and_replayed(call: Call, shop: dict[str, str]) -> None:
    add = ["webhook", "add", "https://crm.example/hook", "--event", "response.scored"]
    added = printed(call(*add, "--filter", '{"score": {"max": 6}}', "--json"))
    assert added["secret"].startswith("whsec_")
    (listed,) = printed(call("webhook", "list", "--json"))
    assert (listed["webhook"], listed["status"]) == (added["webhook"], "active")
    assert printed(call("webhook", "test", added["webhook"], "--json"))["delivery"]
    replay = ["webhook", "replay", added["webhook"], "--json", "--since"]
    assert printed(call(*replay, "1d")) == {"queued": 0}
    assert call(*replay, "yesterday").exit_code == 2


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        pytest.param(["http://crm.example/", "--event", "response.scored"], 1, id="no https"),
        pytest.param(["https://10.0.0.1/", "--event", "response.scored"], 1, id="intranet"),
        pytest.param(["https://a.example/", "--event", "response.stored"], 1, id="no event"),
        pytest.param(["https://a.example/"], 2, id="events missing"),
        pytest.param(
            ["https://a.example/", "--event", "response.scored", "--filter", "{"], 2, id="no JSON"
        ),
        pytest.param(
            ["https://a.example/", "--event", "response.scored", "--filter", '{"x": 1}'],
            1,
            id="no filter",
        ),
    ],
)
def test_a_wrong_webhook_is_refused(
    call: Call, shop: dict[str, str], wrong: list[str], code: int
) -> None:
    result = call("webhook", "add", *wrong)
    assert (result.exit_code, result.stdout) == (code, "")
    assert printed(call("webhook", "list", "--json")) == []


def test_a_database_of_a_newer_version_is_left_alone(
    call: Call, environment: dict[str, str], shop: dict[str, str]
) -> None:
    database = Database(f"sqlite:///{environment['FEEDBACK_DATA_DIR']}/feedback.db")
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.dispose()
    for command in (["migrate"], ["project", "list"]):
        result = call(*command)
        assert result.exit_code == 1
        assert "9999, made by a newer version" in result.stderr


def test_a_database_that_is_away_is_one_line(environment: dict[str, str]) -> None:
    environment["FEEDBACK_DATABASE_URL"] = "postgresql://u:canary@127.0.0.1:9/x"
    result = called(environment, "project", "list")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: the database cannot be used: ")
    assert result.stderr.count("\n") == 1
    assert "canary" not in result.stderr


def test_a_lost_secret_key_is_explained(environment: dict[str, str], shop: dict[str, str]) -> None:
    called(environment, "key", "create", "--signing")
    environment["FEEDBACK_SECRET_KEY"] = "another-secret-key-than-the-one-it-was"
    result = called(environment, "key", "list")
    assert result.exit_code == 1
    assert "put the former key back" in result.stderr


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself(call: Call, name: str) -> None:
    result = call(name, "--help")
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()[2]) > 30


def test_a_mistyped_command_is_code_2(call: Call) -> None:
    assert call("sevre").exit_code == 2


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys, feedback_service.cli.main as m\n"
        "try: m.cli(['--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'flask', 'sqlalchemy', 'marshmallow'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert found.stdout.splitlines()[-1] == "[]"


def test_json_is_the_only_thing_on_stdout(call: Call, shop: dict[str, str]) -> None:
    for command in (["project", "list"], ["key", "list"], ["webhook", "list"], ["doctor"]):
        json.loads(call(*command, "--json").stdout)
