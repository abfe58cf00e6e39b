"""feedback-service tags and report words."""

import json
from pathlib import Path

import pytest

from tests.cli.calling import Call, called, environment_of

RULES = """
[delivery]
en = ["deliver*", "parcel"]
de = ["liefer*"]

["too expensive"]
"*" = ["expensive", "price"]
"""


@pytest.fixture
def call(tmp_path: Path) -> Call:
    """A shop with the demo's answers."""
    environment = environment_of(tmp_path / "data")
    assert called(environment, "demo", "--no-serve").exit_code == 0
    there = environment | {"FEEDBACK_DATABASE_URL": f"sqlite:///{tmp_path / 'data' / 'demo.db'}"}
    return lambda *arguments: called(there, *arguments)


@pytest.mark.slow
def test_rules_are_applied_run_and_reported(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "tags.toml"
    file.write_text(RULES, encoding="utf-8")
    assert "nobody told" in call("tags", "list").stdout
    assert "created    too expensive" in call("tags", "apply", str(file)).stdout
    again = json.loads(call("tags", "apply", str(file), "--prune", "--json").stdout)
    assert {one["tag"]: one["result"] for one in again} == {
        "delivery": "unchanged",
        "too expensive": "unchanged",
        **dict.fromkeys(("price", "product", "service", "website"), "removed"),
    }
    run = json.loads(call("tags", "run", "--json").stdout)
    assert 0 < run["changed"] <= run["comments"]
    assert json.loads(call("tags", "run", "--json").stdout) == {
        "comments": run["comments"],
        "changed": 0,
    }
    report = json.loads(call("report", "words", "nps", "--from", "2020-01-01", "--json").stdout)
    tags = {
        one["tag"]
        for definition in report["definitions"]
        for band in definition["bands"]
        for one in band["tags"]
    }
    assert tags
    shown = call("report", "words", "nps", "--from", "2020-01-01").stdout
    assert "WORD" in shown
    assert "TAG" in shown
    file.write_text('[delivery]\n"*" = ["x"]', encoding="utf-8")
    pruned = call("tags", "apply", str(file), "--prune").stdout
    assert "changed    delivery" in pruned
    assert "removed    too expensive" in pruned


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "is no TOML"),
        ("", "name at least one tag"),
        ("late = 3", "tag 'late': words: Not a valid mapping type"),
        ('[late]\nen = ["!"]', "a phrase has a letter or a digit"),
    ],
)
def test_a_faulty_file_is_one_line_and_changes_nothing(
    call: Call, tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "tags.toml"
    file.write_text(text, encoding="utf-8")
    before = call("tags", "list").stdout
    result = call("tags", "apply", str(file))
    assert result.exit_code == 1
    assert said in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert call("tags", "list").stdout == before
