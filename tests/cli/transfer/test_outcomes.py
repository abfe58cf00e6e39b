"""feedback-service outcomes import, and report outcomes."""

from pathlib import Path

from tests.cli.calling import Call, printed

FILE = """respondent;kind;value;at
a@b.example;Churned;12.50;2026-01-05
a@b.example;vanished;;2026-01-05
c@d.example;purchase;a lot;2026-01-05
"""
ANSWERS = "score,date,email\n2,2025-12-01,a@b.example\n10,2025-12-02,c@d.example\n"


def test_from_a_file_to_the_report(call: Call, tmp_path: Path) -> None:
    assert call("project", "create", "Shop").exit_code == 0
    (tmp_path / "nps.toml").write_text('key = "nps"\nmetric = "nps"\n')
    assert call("survey", "apply", str(tmp_path / "nps.toml")).exit_code == 0
    (tmp_path / "old.csv").write_text(ANSWERS)
    old = str(tmp_path / "old.csv")
    call("import", "responses", "--from", "generic", "--survey", "nps", old, "--yes")
    (tmp_path / "later.csv").write_text(FILE)
    told = call("outcomes", "import", str(tmp_path / "later.csv"))
    assert told.stdout.startswith("1 outcomes added, 0 changed, 0 were there already, 2 rows")
    assert "row 3: no kind 'vanished'" in told.stderr
    assert "row 4: value 'a lot' is no number" in told.stderr
    again = printed(call("outcomes", "import", str(tmp_path / "later.csv"), "--json"))
    assert (again["added"], again["unchanged"]) == (0, 1)
    shown = call("report", "outcomes", "nps", "--within", "2", "--back", "60")
    assert shown.exit_code == 0, shown.stderr
    assert "detractor" in shown.stdout
    assert "100.0 %" in shown.stdout
    as_json = printed(call("report", "outcomes", "nps", "--within", "2", "--back", "60", "--json"))
    [defined] = as_json["definitions"]
    assert defined["people"] == 2
    assert defined["kinds"][0]["bands"][0]["hits"] == 1
    assert "NPS" in call("report", "nps").stdout
