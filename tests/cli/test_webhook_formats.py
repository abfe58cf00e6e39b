"""The webhook command with formats, as a CRM administrator types it."""

import json
from pathlib import Path

import pytest

from tests.cli.calling import Call, printed

URL = "https://shop.zendesk.com/api/v2/tickets.json"
ZENDESK = ["webhook", "add", URL, "--event", "alert.detractor", "--format", "zendesk"]


@pytest.fixture
def credential(call: Call, tmp_path: Path) -> str:
    """The header of a project's Zendesk, its value in a file of its own."""
    printed(call("project", "create", "Shop", "--json"))
    (tmp_path / "token").write_text("Basic aHVzaC1odXNo\n")
    return f"Authorization: @{tmp_path / 'token'}"


def test_a_crm_is_added_tried_and_changed(call: Call, credential: str, tmp_path: Path) -> None:
    added = printed(call(*ZENDESK, "--header", credential, "--json"))["webhook"]
    (shown,) = printed(call("webhook", "test", added, "--show", "--json"))
    assert shown["headers"]["Authorization"] == "Basic ***"
    assert shown["body"]["ticket"]["subject"] == "Detractor: 1 of 10 (nps)"

    template = tmp_path / "words.json"
    template.write_text(json.dumps({"subject": "{{ response.score }} points"}))
    changed = call("webhook", "change", added, "--template", str(template))
    assert (changed.exit_code, changed.stdout) == (0, "changed template\n")
    (shown,) = printed(call("webhook", "test", added, "--show", "--json"))
    assert shown["body"]["ticket"]["subject"] == "1 points"


def test_a_dry_run_reads_like_http(call: Call, credential: str) -> None:
    added = printed(call(*ZENDESK, "--header", credential, "--json"))["webhook"]
    shown = call("webhook", "test", added, "--show", "--event", "webhook.test")
    first, *_ = shown.stdout.splitlines()
    assert first == f"POST {URL}"
    assert "\nAuthorization: Basic ***\n" in shown.stdout
    assert '"subject": "Test: Detractor: 1 of 10 (nps)"' in shown.stdout
    assert "aHVzaC1odXNo" not in shown.stdout


def test_formats_are_listed_and_their_words_can_be_edited(call: Call) -> None:
    listed = call("webhook", "formats")
    assert listed.stdout.startswith("FORMAT")
    assert "a Case in Salesforce" in listed.stdout
    words = call("webhook", "formats", "zendesk")
    assert json.loads(words.stdout)["subject"] == "{{ title }}"
    assert "header Authorization: Basic" in words.stderr


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        pytest.param([], "zendesk does not work without the header", id="no credential"),
        pytest.param(["--header", "Authorization"], "is not NAME:VALUE", id="no value"),
        pytest.param(["--header", "A: @/nowhere"], "/nowhere", id="no such file"),
        pytest.param(["--header", "Host: x", "--header", "Authorization: y"], "Host", id="ours"),
    ],
)
def test_a_wrong_header_is_refused(call: Call, credential: str, wrong: list[str], why: str) -> None:
    result = call(*ZENDESK, *wrong)
    assert result.exit_code in {1, 2}
    assert why in result.stderr


def test_a_wrong_template_is_named_by_its_pointer(
    call: Call, credential: str, tmp_path: Path
) -> None:
    template = tmp_path / "words.json"
    template.write_text('{"subject": "{{ respnse.score }}"}')
    result = call(*ZENDESK, "--header", credential, "--template", str(template))
    assert result.exit_code == 1
    assert "/template/subject: no name 'respnse'" in result.stderr
    template.write_text("{")
    assert call(*ZENDESK, "--header", credential, "--template", str(template)).exit_code == 2


def test_a_webhook_is_slowed_down_paused_and_let_go_again(call: Call) -> None:
    printed(call("project", "create", "Shop", "--json"))
    add = ["webhook", "add", "https://hooks.example.com/", "--event", "alert.detractor"]
    added = printed(call(*add, "--rate-per-minute", "60", "--json"))["webhook"]

    def changed(*options: str) -> tuple[int | None, str]:
        assert call("webhook", "change", added, *options).exit_code == 0
        (one,) = printed(call("webhook", "list", "--json"))
        return one["rate_per_minute"], one["status"]

    assert changed("--status", "paused") == (60, "paused")
    assert changed("--rate-per-minute", "30", "--status", "active") == (30, "active")
    assert changed("--any-rate") == (None, "active")
    both = call("webhook", "change", added, "--any-rate", "--rate-per-minute", "5")
    assert (both.exit_code, "contradict" in both.stderr) == (2, True)
    for wrong in ("0", "60001", "many"):
        assert call(*add, "--rate-per-minute", wrong).exit_code == 2
