"""feedback-service report, as a person and as a program reads it."""

import doctest
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from feedback_service.cli.reports import chart
from feedback_service.cli.reports.chart import Paper, sparkline
from feedback_service.cli.reports.text import segment_lines, summary_lines, trend_lines
from feedback_service.usecases.reporting.asking import Asked
from feedback_service.usecases.reporting.segments import segments
from feedback_service.usecases.reporting.summary import summary
from feedback_service.usecases.reporting.trend import trend
from feedback_service.usecases.service import Service
from tests.cli.calling import Call, printed
from tests.factories import make_project, make_survey
from tests.storage.reports.answering import add_answers

NOW = datetime(2026, 3, 20, tzinfo=UTC)
ASKED = Asked("nps", None, date(2026, 3, 2), date(2026, 3, 15))


@pytest.fixture
def project(service: Service) -> int:
    """A project whose survey 50 promoters, 30 passives and 20 detractors answered."""
    survey = make_survey(service, make_project(service))
    at = datetime(2026, 3, 4, 12, tzinfo=UTC)
    given = [(10, "pro", 50), (8, "pro", 30), (0, "free", 20)]
    rows = [
        {"at": at, "score": score, "traits": {"plan": plan}}
        for score, plan, people in given
        for _ in range(people)
    ]
    add_answers(service, survey, rows)
    return survey.project_id


def test_the_examples_in_the_docstrings_are_true() -> None:
    assert doctest.testmod(chart).failed == 0


@pytest.mark.parametrize("width", [40, 60, 110])
def test_every_line_fits_the_width(service: Service, project: int, width: int) -> None:
    on = Paper(width)
    lines = summary_lines(summary(service, project, ASKED, NOW), on)[3:]
    lines += trend_lines(trend(service, project, ASKED, "week", NOW), on)[1:]
    lines += segment_lines(segments(service, project, ASKED, "trait:plan", NOW), on)[1:]
    assert [line for line in lines if len(line) > max(width, 66)] == []
    drawn = [line for line in lines if "█" in line]
    assert max(map(len, drawn)) <= width


def test_the_score_stands_there_with_interval_and_replies(service: Service, project: int) -> None:
    text = "\n".join(summary_lines(summary(service, project, ASKED, NOW), Paper(80)))
    assert "+30  (+14 … +44, 100 replies)" in text
    assert "±5 points would take 935 replies" in text
    assert "\x1b[" not in text


def test_colours_are_for_terminals_and_ascii_for_the_old_ones() -> None:
    assert Paper(80, has_colour=True).bad("x") != "x"
    assert Paper(80).bad("x") == "x"
    assert Paper(80, is_plain=True).written("±5 … · é") == "+-5 .. . ?"
    assert sparkline([1, None, 8], Paper(80)) == "▁ █"
    assert sparkline([1, None, 8], Paper(80, is_plain=True)).isascii()


def test_the_command_prints_text_or_json(call: Call) -> None:
    assert call("project", "create", "Shop").exit_code == 0
    missing = call("report", "nps")
    assert missing.exit_code == 1
    assert "no survey 'nps'" in missing.stderr
    assert call("report", "nps", "--from", "yesterday").exit_code == 2
    assert call("report", "nps", "--by", "hour").exit_code == 2
    wrong = call("report", "nps", "--segment", "plan")
    assert (wrong.exit_code, "use channel" in wrong.stderr) == (1, True)


def test_json_is_that_of_the_api(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "survey.json"
    file.write_text('{"key": "nps", "metric": "nps"}')
    call("project", "create", "Shop")
    assert call("survey", "apply", str(file)).exit_code == 0
    found = printed(call("report", "nps", "--segment", "channel", "--by", "week", "--json"))
    assert list(found) == ["summary", "trend", "segments"]
    assert found["summary"]["figures"][0]["n"] == 0
    shown = call("report", "nps").stdout
    assert "nobody answered in these days: --from DAY looks further back" in shown
