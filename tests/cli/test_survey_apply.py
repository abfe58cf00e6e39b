"""survey apply: idempotent, all or nothing, told by name."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.calling import Call, printed

TWO = """
[[surveys]]
key = "nps"
metric = "nps"

[[surveys]]
key = "after-support"
metric = "csat"
subject = "our support"
"""


@pytest.fixture(autouse=True)
def _project(call: Call) -> None:
    call("project", "create", "Shop")


def apply(call: Call, file: Path, content: str) -> Any:
    file.write_text(content)
    return printed(call("survey", "apply", str(file), "--json"))


def test_applying_again_changes_nothing(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "surveys.toml"
    first, again = apply(call, file, TWO), apply(call, file, TWO)
    assert [(one["survey"], one["result"], one["version"]) for one in first] == [
        ("nps", "created", 1),
        ("after-support", "created", 1),
    ]
    assert [(one["result"], one["version"]) for one in again] == [("unchanged", 1)] * 2


def test_a_change_makes_a_version_of_its_own_survey_only(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "surveys.toml"
    apply(call, file, TWO)
    changed = apply(call, file, TWO.replace("our support", "our help"))
    assert [(one["result"], one["version"]) for one in changed] == [
        ("unchanged", 1),
        ("changed", 2),
    ]


def test_pausing_a_survey_is_a_change_without_a_version(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "survey.toml"
    apply(call, file, 'key = "nps"\nmetric = "nps"')
    (paused,) = apply(call, file, 'key = "nps"\nmetric = "nps"\nstatus = "paused"')
    assert (paused["result"], paused["version"]) == ("changed", 1)


@pytest.mark.parametrize(
    "content",
    [
        {"key": "nps", "metric": "nps"},
        [{"key": "nps", "metric": "nps"}],
        {"surveys": [{"key": "nps", "metric": "nps"}]},
    ],
    ids=["one", "list", "named list"],
)
def test_json_holds_one_survey_or_several(call: Call, tmp_path: Path, content: object) -> None:
    (applied,) = apply(call, tmp_path / "survey.json", json.dumps(content))
    assert applied["result"] == "created"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param('key = "x"\nmetric = "nsp"', "metric: use one of", id="no metric"),
        pytest.param('key = "x"\nmetric = "nps"\nsubjct = "a"', "subjct: Unknown", id="typo"),
        pytest.param('key = "X"\nmetric = "nps"', "lower-case", id="key"),
        pytest.param('metric = "nps"', 'needs a "key"', id="no key"),
        pytest.param("key = ", "is no TOML", id="no TOML"),
        pytest.param('surveys = "nps"', "no survey in it", id="no list"),
        pytest.param('key = "x"\nmetric = "nps"\nscale = "csat-5"', "scale", id="scale"),
        pytest.param(
            'key = "x"\nmetric = "nps"\ntheme.text = "#999999"',
            "the nearest colour that can be read is #7",
            id="unreadable text",
        ),
    ],
)
def test_a_faulty_file_changes_nothing(call: Call, tmp_path: Path, content: str, told: str) -> None:
    file = tmp_path / "survey.toml"
    file.write_text(content)
    result = call("survey", "apply", str(file))
    assert result.exit_code == 1
    assert told in result.stderr


def test_one_faulty_survey_keeps_the_others_back(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "surveys.toml"
    file.write_text(TWO.replace('"csat"', '"tasc"'))
    assert call("survey", "apply", str(file)).exit_code == 1
    first, _second = apply(call, file, TWO)
    assert first["result"] == "created"
