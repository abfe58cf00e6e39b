"""feedback-service report journey and report compare."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.calling import Call, called, environment_of

SINCE = ("--from", "2020-01-01")


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> Call:
    """The sample shop, filled once; these tests only read."""
    folder: Path = tmp_path_factory.mktemp("shop")
    environment = environment_of(folder)
    assert called(environment, "demo", "--no-serve").exit_code == 0
    shop = environment | {"FEEDBACK_DATABASE_URL": f"sqlite:///{folder / 'demo.db'}"}
    return lambda *arguments: called(shop, *arguments)


def test_the_journey_is_told_stage_by_stage(call: Call) -> None:
    shown = call("report", "journey", "--all", *SINCE).stdout
    document = json.loads(call("report", "journey", "--all", *SINCE, "--json").stdout)
    stages = {stage["journey_stage"]: stage["figures"] for stage in document["stages"]}
    [satisfied] = stages["purchase"]
    assert shown.index("purchase") < shown.index("CSAT") < shown.index("support")
    assert f"{satisfied['score']:.0f} %  (" in shown
    assert f"{satisfied['n']} replies" in shown
    assert "nobody answered here" in shown


def test_a_journey_of_one_survey_has_only_its_figures(call: Call) -> None:
    shown = call("report", "journey", "csat", *SINCE).stdout
    assert "CSAT" in shown
    assert "NPS" not in shown


def test_two_segments_are_compared(call: Call) -> None:
    asked = ("report", "compare", "nps", *SINCE, "--segment", "channel", "-a", "email")
    shown = re.sub(" +", " ", call(*asked, "-b", "widget").stdout)
    [found] = json.loads(call(*asked, "-b", "widget", "--json").stdout)["definitions"]
    assert f"channel email: {found['a']['score']:+.0f}" in shown
    assert f"channel widget: {found['b']['score']:+.0f}" in shown
    assert ("no proven difference" in shown) == (found["change"]["verdict"] == "not_proven")


def test_two_periods_are_compared(call: Call) -> None:
    asked = ("report", "compare", "nps", "--from", "2026-01-01", "--against")
    shown = call(*asked, "2025-01-01..2025-02-01")
    assert shown.exit_code == 0, shown.stderr
    assert "2025-01-01 … 2025-02-01: nobody answered" in shown.stdout
    assert "too few replies to compare: each takes 10" in shown.stdout
    assert "(UTC)" in shown.stdout.splitlines()[0]
    assert "Other days: --from, --to and --against." in shown.stdout


def test_a_value_nobody_has_leads_to_those_there_are(call: Call) -> None:
    asked = ("report", "compare", "nps", *SINCE, "--segment", "channel", "-a", "email")
    shown = call(*asked, "-b", "pigeon").stdout
    assert "channel pigeon: nobody answered" in shown
    assert "feedback-service report nps --segment channel" in shown


def test_an_empty_journey_says_what_to_do(call: Call) -> None:
    shown = call("report", "journey", "--all", "--from", "2020-01-01", "--to", "2020-02-01").stdout
    assert "nobody answered in these days: --from DAY looks further back" in shown
    assert "journey_stage" in shown
    assert "awareness" not in shown


def test_words_of_days_without_any_say_so(call: Call) -> None:
    shown = call("report", "words", "nps", "--from", "2020-01-01", "--to", "2020-02-01").stdout
    assert "2020-01-01 … 2020-02-01 (UTC)" in shown
    assert "Nobody wrote anything in these days" in shown
    assert "detractor" not in shown


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("compare", "nps"), 2, "give --against FROM..TO, or --segment NAME"),
        (("compare", "nps", "--segment", "channel", "-a", "email"), 2, "with -a and -b"),
        (("compare", "nps", "--against", "2025-09-01..2025-09-02", "-a", "x"), 2, "give --against"),
        (("compare", "nps", "--against", "yesterday"), 2, "write it as 2026-09-01..2026-09-30"),
        (("compare", "nps", "--against", "2026-09-02..2026-09-01"), 2, "begins after its end"),
        (
            ("compare", "none", "--against", "2025-09-01..2025-09-02"),
            1,
            "no survey 'none': it",
        ),
        (("journey", "nps", "--all"), 2, "name a survey, or give --all"),
        (("journey", "none"), 1, "no survey 'none'"),
    ],
)
def test_what_cannot_be_told_is_said(
    call: Call, arguments: tuple[str, ...], code: int, said: str
) -> None:
    result = call("report", *arguments)
    assert (result.exit_code, said in result.stderr) == (code, True), result.stderr
