"""survey qr: a file to print, and the address in it."""

from pathlib import Path

import pytest

from tests.cli.calling import Call


@pytest.fixture(autouse=True)
def _survey(call: Call, tmp_path: Path) -> None:
    call("project", "create", "Shop")
    file = tmp_path / "nps.json"
    file.write_text('{"key": "nps", "metric": "nps"}')
    call("survey", "apply", str(file))


@pytest.mark.parametrize(("name", "begins"), [("nps.svg", b"<?xml"), ("nps.PNG", b"\x89PNG")])
def test_the_name_says_the_format(call: Call, tmp_path: Path, name: str, begins: bytes) -> None:
    out = tmp_path / name
    done = call("survey", "qr", "nps", "--out", str(out), "--touchpoint", "store-7", "--kiosk")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("http://feedback.test/l/fbp_")
    assert done.stdout.endswith("/nps?tp=store-7&kiosk=1\n")
    assert out.read_bytes().startswith(begins)


def test_another_name_is_a_mistyped_command(call: Call, tmp_path: Path) -> None:
    done = call("survey", "qr", "nps", "--out", str(tmp_path / "nps.gif"))
    assert done.exit_code == 2
    assert ".svg or .png" in done.stderr


def test_a_survey_that_is_not_there_is_named(call: Call, tmp_path: Path) -> None:
    done = call("survey", "qr", "csat", "--out", str(tmp_path / "x.svg"))
    assert done.exit_code == 1
    assert "csat" in done.stderr
