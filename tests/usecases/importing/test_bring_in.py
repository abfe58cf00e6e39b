"""Answers of another system: read carefully, written once, and no news to anybody."""

import pytest

from feedback_service.delivery.care.low_answers import CaseOpener
from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.surveys import Survey
from feedback_service.storage.schema import cases, deliveries, respondents, responses
from feedback_service.usecases.forget import forget_respondent
from feedback_service.usecases.service import Service
from tests.factories import NOW, make_project, make_survey, make_webhook, rows
from tests.usecases.importing.bringing import brought, stored

DELIGHTED = """\
ID,Survey Type,Score,Comment,Created At,Email,Tags,Survey Source
1,nps,2,"late, and ""wet"",
twice",2024-05-01 09:30:00 UTC,ann@shop.example,"delivery, parcel",Email
2,nps,10,,1714555800,bob@shop.example,,Web
3,nps,11,,2024-05-03 10:00:00 +0200,cid@shop.example,,
4,nps,9,fine,someday,,,
"""
UNSUBSCRIBED = "person_id,email,name,unsubscribed_at\n7,ann@shop.example,Ann,1714600000\n"


@pytest.fixture
def survey(service: Service) -> Survey:
    return make_survey(service, make_project(service))


def test_delighted_comes_in_with_people_words_and_dates(service: Service, survey: Survey) -> None:
    tally = brought(service, survey, DELIGHTED)
    assert (tally.rows, tally.new, tally.there, tally.bad) == (4, 2, 0, 2)
    late, good = stored(service)
    assert (late["score"], late["band"]) == (2, "detractor")
    assert late["comment"] == 'late, and "wet",\ntwice'
    assert late["scored_at"].isoformat() == "2024-05-01T09:30:00+00:00"
    assert (late["respondent"], late["channel"]) == ("ann@shop.example", "import")
    assert (late["tags"], late["traits"]) == (["delivery", "parcel"], {"import_channel": "Email"})
    assert good["scored_at"] == late["scored_at"]
    assert [row["email"] for row in rows(service, respondents)] == [
        "ann@shop.example",
        "bob@shop.example",
    ]


def test_bad_rows_are_told_by_the_number_a_spreadsheet_shows(
    service: Service, survey: Survey
) -> None:
    (first, why_first), (second, why_second) = brought(service, survey, DELIGHTED).faults
    assert (first, second) == (4, 5)
    assert "0 to 10" in why_first
    assert "'someday' is no time" in why_second


def test_twice_changes_nothing(service: Service, survey: Survey) -> None:
    brought(service, survey, DELIGHTED)
    before = rows(service, responses), rows(service, respondents)
    tally = brought(service, survey, DELIGHTED)
    assert (tally.new, tally.there) == (0, 2)
    assert (rows(service, responses), rows(service, respondents)) == before


def test_a_dry_run_says_the_same_and_writes_nothing(service: Service, survey: Survey) -> None:
    seen = brought(service, survey, DELIGHTED, dry_run=True)
    assert rows(service, responses) == rows(service, respondents) == []
    done = brought(service, survey, DELIGHTED)
    assert (seen.new, seen.there, seen.bad, seen.bands) == (
        done.new,
        done.there,
        done.bad,
        done.bands,
    )


def test_old_answers_are_no_news(service: Service, survey: Survey) -> None:
    make_webhook(service, survey.project_id)
    brought(service, survey, DELIGHTED)
    opener = CaseOpener(service.database)
    opener.run()
    opener.run()
    assert rows(service, cases) == rows(service, deliveries) == []


def test_who_unsubscribed_there_is_unsubscribed_here(service: Service, survey: Survey) -> None:
    assert brought(service, survey, UNSUBSCRIBED, dry_run=True).unsubscribed == 1
    assert brought(service, survey, UNSUBSCRIBED).unsubscribed == 1
    assert brought(service, survey, UNSUBSCRIBED).unsubscribed == 0
    [ann] = rows(service, respondents)
    assert ann["unsubscribed_at"].isoformat() == "2024-05-01T21:46:40+00:00"
    assert rows(service, responses) == []


def test_wootric_comes_in(service: Service, survey: Survey) -> None:
    text = (
        "id;score;text;created_at;email;external_id;excluded_from_calculations;opt_out\n"
        "5;9;great;2024-05-01T09:30:00Z;a@b.example;cust_1;true;false\n"
        "6;3;;2024-05-02T09:30:00Z;c@d.example;cust_2;false;true\n"
    )
    assert brought(service, survey, text, "wootric").unsubscribed == 1
    second, first = stored(service)
    assert (first["respondent"], first["comment"]) == ("cust_1", "great")
    assert (first["excluded"] is None, second["excluded"] is None) == (False, True)


def test_any_other_file_is_read_by_the_columns_named(service: Service, survey: Survey) -> None:
    text = "Wann\tNote\tWer\n2024-05-01 09:30\t7\tanna\n2024-05-01 09:30\t7\tanna\n"
    named = {"score": "Note", "at": "Wann", "respondent": "Wer"}
    tally = brought(service, survey, text, "generic", named, zone="Europe/Berlin")
    assert (tally.new, tally.there) == (1, 1)
    [row] = rows(service, responses)
    assert row["scored_at"].isoformat() == "2024-05-01T07:30:00+00:00"


@pytest.mark.parametrize(
    ("named", "said"),
    [
        pytest.param({}, "no column looks like score", id="nothing named"),
        pytest.param({"score": "Rating"}, "no column 'Rating'", id="a column that is not there"),
        pytest.param({"stars": "Note"}, "no field 'stars'", id="a field that is none"),
    ],
)
def test_what_cannot_be_found_is_said(
    service: Service, survey: Survey, named: dict[str, str], said: str
) -> None:
    with pytest.raises(InvalidValue, match=said):
        brought(service, survey, "Note,Wer\n7,anna\n", "generic", named)


def test_an_imported_person_can_be_erased(service: Service, survey: Survey) -> None:
    brought(service, survey, DELIGHTED)
    assert forget_respondent(service, survey.project_id, "ann@shop.example", NOW) == 1
    late = stored(service)[0]
    assert (late["score"], late["comment"], late["respondent"]) == (2, None, None)
    brought(service, survey, DELIGHTED)
    assert stored(service)[0]["comment"] is None


def test_the_same_file_in_two_projects_is_two_things(service: Service, survey: Survey) -> None:
    rival = make_survey(service, make_project(service, "rival"))
    brought(service, survey, DELIGHTED)
    assert brought(service, rival, DELIGHTED).new == 2
    assert len(rows(service, responses, project_id=survey.project_id)) == 2
