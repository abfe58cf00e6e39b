"""Our own export comes in again, and every figure is the same there."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from feedback_service.domain.surveys import Survey
from feedback_service.storage.listing.criteria import Criteria
from feedback_service.storage.schema import deliveries, responses
from feedback_service.usecases.exporting.export import export_responses
from feedback_service.usecases.exporting.writing import as_csv
from feedback_service.usecases.mark import mark_response
from feedback_service.usecases.reporting.asking import Asked
from feedback_service.usecases.reporting.segments import segments
from feedback_service.usecases.service import Service
from tests.factories import (
    NOW,
    answer,
    collect,
    link_token,
    make_project,
    make_survey,
    make_webhook,
    rows,
)
from tests.usecases.importing.bringing import brought

WORDS = (
    *(
        "=HYPERLINK(1)",
        "'=1+1",
        "''@x",
        "'tis late",
        "-",
        "+49 30",
        "@home",
        "\N{FULLWIDTH EQUALS SIGN}1",
    ),
    *('said "late",\nthen left', "a\tb", "; , '", "schön 🙂"),
)


@pytest.fixture
def survey(service: Service) -> Survey:
    return make_survey(service, make_project(service))


def given(service: Service, survey: Survey, number: int, **token: Any) -> str:
    at = NOW - timedelta(days=1, minutes=number)
    text = link_token(service, survey, now=at, **token)
    words = WORDS[number % len(WORDS)]
    return collect(service, text, answer(number % 11, words, complete=True), at).response.id


def exported(service: Service, survey: Survey) -> str:
    return b"".join(as_csv(export_responses(service, survey.project_id, Criteria()))).decode()


@pytest.fixture
def text(service: Service, survey: Survey) -> str:
    """An export with everything that makes an answer count or not."""
    for number in range(30):
        given(
            service,
            survey,
            number,
            respondent=f"=p{number}",
            touchpoint=("shop", "call")[number % 2],
            campaign="=spring",
            traits={"plan": ("pro", "free")[number % 3 // 2]},
        )
    given(service, survey, 31)
    given(service, survey, 32, test=True)
    left_out = given(service, survey, 33)
    mark = {"excluded": "=a joke", "tags": ["late, again", "=x"]}
    mark_response(service, survey.project_id, left_out, mark, NOW)
    return exported(service, survey)


# What an import cannot keep: the channel, and who asked.
NEW = {"id", "token_id", "channel", "updated_at", "created_at", "traits"}


def test_the_same_comes_out_again(service: Service, survey: Survey, text: str) -> None:
    fresh = make_survey(service, make_project(service, "fresh"))
    tally = brought(service, fresh, text, "feedback-service")
    assert (tally.rows, tally.new, tally.bad) == (33, 33, 0), tally.faults
    before, after = (
        sorted(
            (
                {name: value for name, value in row.items() if name not in NEW}
                for row in csv.DictReader(io.StringIO(each, newline=""))
            ),
            key=lambda row: row["scored_at"],
        )
        for each in (text, exported(service, fresh))
    )
    assert after == before


@pytest.mark.parametrize("by", ["touchpoint", "campaign", "trait:plan"])
def test_every_figure_is_the_same(service: Service, survey: Survey, text: str, by: str) -> None:
    fresh = make_survey(service, make_project(service, "fresh"))
    brought(service, fresh, text, "feedback-service")
    first = (NOW - timedelta(days=2)).date()
    asked = Asked(survey.key, None, first, NOW.date())
    before, after = (
        segments(service, project, asked, by, NOW)
        for project in (survey.project_id, fresh.project_id)
    )
    assert before.definitions[0].total.figure is not None
    assert before.definitions[0].total.figure.n == 31
    assert after == before


def test_a_doubted_answer_that_was_imported_is_confirmed_without_news(
    service: Service, survey: Survey
) -> None:
    make_webhook(service, survey.project_id)
    text = "score,scored_at,suspicion\n2,2024-05-01,too-fast\n"
    assert brought(service, survey, text, "feedback-service").new == 1
    [row] = rows(service, responses)
    assert row["unconfirmed"] == "too-fast"
    after = mark_response(service, survey.project_id, row["id"], {"confirmed": True}, NOW)
    assert after.unconfirmed is None
    assert rows(service, deliveries) == []


def test_the_project_it_comes_from_has_all_of_it(
    service: Service, survey: Survey, text: str
) -> None:
    for dry_run in (True, False):
        tally = brought(service, survey, text, "feedback-service", dry_run=dry_run)
        assert (tally.new, tally.there) == (0, 33)
    assert len(rows(service, responses)) == 33


def test_rows_of_another_survey_or_scale_stay_out(
    service: Service, survey: Survey, text: str
) -> None:
    project = make_project(service, "fresh")
    other = brought(service, make_survey(service, project, key="other"), text, "feedback-service")
    assert (other.new, other.bad) == (0, 33)
    assert "the survey 'nps', not 'other'" in other.faults[0][1]
    ces = make_survey(service, project, "ces", key="nps")
    tally = brought(service, ces, text, "feedback-service")
    assert "a survey of 'nps', not of 'ces'" in tally.faults[0][1]
    wide = "score,scored_at,scale\n4,2024-05-01,agreement-5\n4,2024-05-01,agreement-7\n"
    tally = brought(service, ces, wide, "feedback-service")
    assert (tally.new, tally.bad) == (1, 1)
    assert "on the scale 'agreement-5'" in tally.faults[0][1]
