"""feedback-service export responses."""

import csv
import io
import json
from pathlib import Path

import pytest
from pyarrow import parquet

from feedback_service.usecases.exporting.columns import NAMES
from tests.cli.calling import Call, called, environment_of


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The sample shop, filled once; these tests only read."""
    data_dir = tmp_path_factory.mktemp("shop") / "data"
    environment = environment_of(data_dir)
    assert called(environment, "demo", "--no-serve").exit_code == 0
    return environment | {"FEEDBACK_DATABASE_URL": f"sqlite:///{data_dir / 'demo.db'}"}


@pytest.fixture
def call(shop: dict[str, str]) -> Call:
    return lambda *arguments: called(shop, *arguments)


def test_the_three_formats_hold_the_same(call: Call, tmp_path: Path) -> None:
    for form in ("csv", "ndjson", "parquet"):
        result = call("export", "responses", "--out", str(tmp_path / f"all.{form}"))
        assert result.exit_code == 0, result.stderr
    with (tmp_path / "all.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    lines = [json.loads(line) for line in (tmp_path / "all.ndjson").read_text("utf-8").splitlines()]
    table = parquet.read_table(tmp_path / "all.parquet").to_pylist()
    assert len(rows) == len(lines) == len(table) > 100
    assert tuple(table[0]) == NAMES
    for row, line, typed in zip(rows, lines, table, strict=True):
        assert row["id"] == line["id"] == typed["id"]
        assert row["score"] == ("" if line["score"] is None else str(line["score"]))
        assert line["score"] == typed["score"]
        assert line["comment"] == typed["comment"]
        assert json.loads(typed["traits"]) == line["traits"] == json.loads(row["traits"])
        assert typed["updated_at"].isoformat() == line["updated_at"].replace("Z", "+00:00")
    assert not list(tmp_path.glob("*.part"))


def test_one_survey_to_stdout(call: Call) -> None:
    everything = call("export", "responses").stdout
    key = next(csv.DictReader(io.StringIO(everything, newline="")))["survey"]
    result = call("export", "responses", "--survey", key)
    rows = list(csv.DictReader(io.StringIO(result.stdout, newline="")))
    assert {row["survey"] for row in rows} == {key}
    assert result.stderr == f"{len(rows):,} responses\n"


def test_nothing_since_tomorrow(call: Call) -> None:
    assert call("export", "responses", "--since", "2999-01-01").stdout.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--survey", "missing"], 1, "no survey 'missing'"),
        (["--since", "yesterday"], 2, "write 2026-11-24"),
        (["--since", "9999-12-31T23:59:59-14:00"], 2, "write another year"),
        (["--format", "parquet"], 2, "name a file with --out"),
    ],
)
def test_what_cannot_be_is_said(call: Call, arguments: list[str], code: int, said: str) -> None:
    result = call("export", "responses", *arguments)
    assert result.exit_code == code
    assert said in result.stderr
