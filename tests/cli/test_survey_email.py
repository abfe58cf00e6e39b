"""survey email: the same mail as over HTTP, printed or written into a file."""

from pathlib import Path

import pytest

from tests.cli.calling import Call


@pytest.fixture(autouse=True)
def _survey(call: Call, tmp_path: Path) -> None:
    call("project", "create", "Shop")
    file = tmp_path / "surveys.toml"
    file.write_text('key = "nps"\nmetric = "nps"\n')
    assert call("survey", "apply", str(file)).exit_code == 0


def test_it_prints_the_block(call: Call) -> None:
    printed = call("survey", "email", "nps", "--sender", "mailchimp", "--locale", "de")
    assert printed.exit_code == 0, printed.stderr
    assert printed.stdout.count('href="*|SURVEY_URL|*?score=') == 11
    assert "Wie wahrscheinlich" in printed.stdout


def test_it_writes_a_whole_mail(call: Call, tmp_path: Path) -> None:
    out = tmp_path / "mail.html"
    result = call("survey", "email", "nps", "--full", "--locale", "ar", "--out", str(out))
    assert result.exit_code == 0, result.stderr
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert str(out) in result.stdout


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        pytest.param(["nope"], 1, "no survey 'nope'", id="survey"),
        pytest.param(["nps", "--locale", "tlh"], 1, "use one of ar, ", id="language"),
        pytest.param(["nps", "--link", "x"], 1, "neither an http(s) URL", id="link"),
        pytest.param(["nps", "--sender", "pigeon"], 2, "'klaviyo'", id="sender"),
        pytest.param(["nps", "--format", "pdf"], 2, "'mjml'", id="format"),
        pytest.param(["nps", "--out", "/nowhere/x.html"], 1, "cannot be written", id="file"),
    ],
)
def test_it_says_in_a_line_what_is_wrong(
    call: Call, arguments: list[str], exit_code: int, said: str
) -> None:
    result = call("survey", "email", *arguments)
    assert result.exit_code == exit_code
    assert said in result.stderr
    assert "Traceback" not in result.stderr
