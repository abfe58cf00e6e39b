"""feedback-service import responses."""

from pathlib import Path

import pytest

from tests.cli.calling import Call, printed

FILE = "score,date,email\n9,2024-05-01,a@b.example\n3,2024-05-02,c@d.example\n12,2024-05-02,\n"


@pytest.fixture
def arguments(call: Call, tmp_path: Path) -> list[str]:
    assert call("project", "create", "Shop").exit_code == 0
    (tmp_path / "nps.toml").write_text('key = "nps"\nmetric = "nps"\n')
    applied = call("survey", "apply", str(tmp_path / "nps.toml"))
    assert applied.exit_code == 0, applied.stderr
    (tmp_path / "old.csv").write_text(FILE)
    return [
        "import",
        "responses",
        "--from",
        "generic",
        "--survey",
        "nps",
        str(tmp_path / "old.csv"),
    ]


def test_it_looks_then_writes_then_has_nothing_to_do(call: Call, arguments: list[str]) -> None:
    looked = call(*arguments, "--dry-run")
    assert "3 rows: 2 answers would be imported, 0 are there already" in looked.stdout
    assert "row 4: score 12 is off the scale" in looked.stderr
    assert printed(call(*arguments, "--yes", "--json"))["imported"] == 2
    again = printed(call(*arguments, "--yes", "--json"))
    assert (again["imported"], again["already_there"], again["bad"]) == (0, 2, 1)


def test_without_a_yes_nothing_is_written(call: Call, arguments: list[str]) -> None:
    assert call(*arguments).exit_code == 1
    assert printed(call(*arguments, "--dry-run", "--json"))["imported"] == 2
