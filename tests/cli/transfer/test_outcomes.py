"""feedback-service outcomes import, and report outcomes."""

from pathlib import Path
from typing import Any

import pytest

from feedback_service.cli.transfer import outcomes
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


def told(call: Call, path: Path, raw: bytes, *options: str) -> Any:
    path.write_bytes(raw)
    return printed(call("outcomes", "import", str(path), "--json", *options))


def test_a_crms_own_list_as_excel_saves_it(call: Call, tmp_path: Path) -> None:
    assert call("project", "create", "Shop", "--timezone", "Europe/Berlin").exit_code == 0
    path = tmp_path / "left.csv"
    raw = (
        "\ufeffKunde;Gekündigt am;Wert\r\ncust_1;05.01.2026;1200,50\r\ncust_2;06.01.2026;\r\n"
        'cust_3;07.01.2026;1.200,50\r\ncust_4;2026-01-07;3\r\n"cust_5;08.01.2026;7\r\n;;\r\n'
        "cust_6;09.01.2026;7;8\r\n;09.01.2026;7\r\n"
    ).encode()
    options = (
        *("--map", "respondent=Kunde", "--map", "at=Gekündigt am", "--map", "value=Wert"),
        *("--kind", "churned", "--date-format", "%d.%m.%Y"),
    )
    looked = told(call, path, raw, *options, "--dry-run")
    assert (looked["good"], looked["kinds"]) == (2, {"churned": 2})
    kept = told(call, path, raw, *options)
    assert (kept["added"], kept["bad_rows"]) == (2, looked["bad_rows"])
    said = {row["row"]: row["why"] for row in kept["bad_rows"]}
    assert list(said) == [4, 5, 6, 8, 9]
    assert "'1.200,50' is no number" in said[4]
    assert "not written as %d.%m.%Y" in said[5]
    assert "quotes cannot be read" in said[6]
    assert "4 cells under 3" in said[8]
    assert "respondent is empty" in said[9]
    [outcome] = printed(call("respondent", "show", "cust_1", "--json"))["outcomes"]
    assert "churned  1,200.50" in call("respondent", "show", "cust_1").stdout
    assert outcome == {"kind": "churned", "value": 1200.5, "at": "2026-01-04T23:00:00.000Z"}


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("respondent,kind,at\n".encode("utf-16"), "UTF-16"),
        ("Kündigung;kind\n".encode("cp1252"), "not UTF-8"),
        (b"respondent,at\na,2026-01-05\n", "--kind for all rows"),
        (b"respondent,kind,at,at\na,churned,2026-01-05,\n", "two columns are named 'at'"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_why(
    call: Call, tmp_path: Path, raw: bytes, said: str
) -> None:
    assert call("project", "create", "Shop").exit_code == 0
    (tmp_path / "bad.csv").write_bytes(raw)
    refused = call("outcomes", "import", str(tmp_path / "bad.csv"))
    assert refused.exit_code == 1
    assert said in refused.stderr


def test_one_bad_byte_costs_one_row(call: Call, tmp_path: Path) -> None:
    assert call("project", "create", "Shop").exit_code == 0
    raw = "respondent,kind,at\nj\xf6rg,churned,2026-01-05\nann,churned,2026-01-05\n"
    kept = told(call, tmp_path / "mixed.csv", raw.encode("cp1252"))
    assert (kept["added"], [row["row"] for row in kept["bad_rows"]]) == (1, [2])


def test_a_dot_that_may_part_thousands_is_not_guessed_at(call: Call, tmp_path: Path) -> None:
    assert call("project", "create", "Shop").exit_code == 0
    rows = (b"a;churned;2026-01-05;1.234", b"b;churned;2026-01-05;12.50")
    kept = told(call, tmp_path / "de.csv", b"respondent;kind;at;value\n" + b"\n".join(rows))
    assert (kept["added"], kept["bad"]) == (1, 1)
    assert kept["bad_rows"][0]["why"] == "value '1.234' may be two numbers: write 1234 or 1.2340"
    with_commas = b"respondent,kind,at,value\na,churned,2026-01-05,1.234\n"
    assert told(call, tmp_path / "en.csv", with_commas)["added"] == 1


def test_of_countless_bad_rows_the_first_are_kept_and_all_are_counted(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcomes, "MOST_FAULTS", 3)
    assert call("project", "create", "Shop").exit_code == 0
    raw = b"respondent,kind,at\n" + b"a,vanished,2026-01-05\n" * 1_200
    looked = told(call, tmp_path / "bad.csv", raw, "--dry-run")
    assert (looked["bad"], [one["row"] for one in looked["bad_rows"]]) == (1_200, [2, 3, 4])
    shown = call("outcomes", "import", str(tmp_path / "bad.csv"))
    assert "1,200 rows are bad" in shown.stdout
