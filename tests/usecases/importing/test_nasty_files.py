"""Files as they really come: whatever is wrong with a row, the others come in, and it is said."""

import io
from datetime import UTC, datetime
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.surveys import Survey
from feedback_service.storage.schema import respondents, responses
from feedback_service.usecases.importing import bring_in as bring_in_module
from feedback_service.usecases.importing.bring_in import Importing, bring_in
from feedback_service.usecases.importing.instants import instant_of
from feedback_service.usecases.importing.reading import AnswerFile, Reading
from feedback_service.usecases.inviting.explain import eligibility
from feedback_service.usecases.service import Service
from tests.factories import NOW, make_project, make_survey, rows
from tests.usecases.importing.bringing import brought, stored


@pytest.fixture
def survey(service: Service) -> Survey:
    return make_survey(service, make_project(service))


HEAD = "score,date,respondent,comment\n"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("11,2024-05-01,ann,", "off the scale"),
        ("0000000000011,2024-05-01,ann,", "off the scale"),
        ("99999999999999999999,2024-05-01,ann,", "off the scale"),
        ("-1,2024-05-01,ann,", "no whole number"),
        ("9.5,2024-05-01,ann,", "no whole number"),
        ("9,05/01/2024,ann,", "--date-format"),
        ("9,9999-12-31 23:59:59 -08:00,ann,", "no time we know"),
        ("9,0001-01-01 00:00:00 +09:00,ann,", "no time we know"),
        ("9,,ann,", "'date' is empty"),
        ("9,2999-01-01,ann,", "in the future"),
        (f"9,2024-05-01,{'a' * 201},", "1 to 200"),
        (f"9,2024-05-01,ann,{'a' * 10_001}", "10,000 characters"),
        ("9,2024-05-01,ann,one,two", "5 cells under 4"),
        ('9,2024-05-01,ann,"late" he said', "quotes cannot be read"),
    ],
)
def test_a_bad_row_stays_out_and_the_next_one_comes_in(
    service: Service, survey: Survey, row: str, said: str
) -> None:
    tally = brought(service, survey, f"{HEAD}{row}\n10,2024-05-02,bob,fine\n", "generic")
    assert (tally.rows, tally.new, tally.bad) == (2, 1, 1)
    [(number, why)] = tally.faults
    assert number == 2
    assert said in why


def test_a_quote_that_is_never_closed_costs_its_own_row_only(
    service: Service, survey: Survey
) -> None:
    text = f'{HEAD}3,2024-05-01,ann,"late\n10,2024-05-02,bob,fine\n9,2024-05-03,cid,good\n'
    tally = brought(service, survey, text, "generic")
    assert (tally.new, [number for number, _ in tally.faults]) == (2, [2])


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ((HEAD + "9,2024-05-01,a,\n").encode("utf-16"), "UTF-16"),
        ("Größe;score\n".encode("cp1252"), "row 1 is not UTF-8"),
        (HEAD.replace("\n", "\r").encode() + b"9,2024-05-01,a,\r", "old Macs"),
        (b"\n9,2024-05-01,a,\n", "row 1 is empty"),
        (b"", "row 1 is empty"),
        (b"score,date,Score\n9,2024-05-01,3\n", "which column is score: 'score' or 'Score'"),
        (b"score,date,date\n9,2024-05-01,3\n", "which column is at: 'date' or 'date'"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_why(
    service: Service, survey: Survey, raw: bytes, said: str
) -> None:
    with pytest.raises(InvalidValue, match=said):
        brought(service, survey, raw, "generic")


def test_words_in_another_encoding_are_bad_rows(service: Service, survey: Survey) -> None:
    raw = f"{HEAD}9,2024-05-01,ann,".encode() + "schön\n".encode("cp1252")
    tally = brought(service, survey, raw + b"8,2024-05-02,bob,fine\n", "generic")
    assert (tally.new, tally.bad) == (1, 1)
    assert "save the file as CSV UTF-8" in tally.faults[0][1]


def test_what_a_german_excel_saves(service: Service, survey: Survey) -> None:
    text = "\ufeffscore;date;comment\r\n9;24.11.2025 09:30;schön\r\n;;\r\n"
    tally = brought(
        service, survey, text, "generic", zone="Europe/Berlin", date_format="%d.%m.%Y %H:%M"
    )
    assert (tally.rows, tally.new, tally.bad) == (1, 1, 0)
    [row] = stored(service)
    assert (row["scored_at"].hour, row["comment"]) == (8, "schön")


def test_a_file_of_several_measures_brings_only_the_surveys_own(
    service: Service, survey: Survey
) -> None:
    text = (
        "Survey Type,Score,Response Created At\n"
        "nps,9,2024-05-01\neNPS,8,2024-05-01\ncsat,4,2024-05-01\nthumbs,1,2024-05-01\n,7,2024-05-01\n"
    )
    tally = brought(service, survey, text)
    assert (tally.new, [number for number, _ in tally.faults]) == (3, [4, 5])
    assert "a survey of 'csat', not of 'nps'" in tally.faults[0][1]


def test_rows_without_a_score_are_no_bad_rows(service: Service, survey: Survey) -> None:
    tally = brought(service, survey, f"{HEAD},2024-05-01,ann,\n9,2024-05-01,bob,\n", "generic")
    assert (tally.rows, tally.new, tally.scoreless, tally.bad) == (2, 1, 1, 0)


@given(st.text(max_size=40), st.sampled_from(["UTC", "America/New_York", "Pacific/Kiritimati"]))
def test_any_text_is_a_time_or_is_told_why_not(text: str, zone: str) -> None:
    try:
        at = instant_of(text, ZoneInfo(zone))
    except ValueError:
        return
    assert at.tzinfo is UTC
    assert at >= datetime(1990, 1, 1, tzinfo=UTC)


UNSUBSCRIBED = "person_id,email,unsubscribed_at\n7,Ann@shop.example,1714600000\n"


def may_be_asked(service: Service, survey: Survey, ref: str) -> bool:
    return eligibility(service, survey.project_id, ref, survey.key, NOW).verdict.allowed


def test_who_unsubscribed_by_address_is_not_asked_under_any_name(
    service: Service, survey: Survey
) -> None:
    answers = (
        "Score,Created At,Email,Customer ID\n"
        "9,2020-05-01,ann@shop.example,cust_1\n"
        "8,2020-05-01,bob@shop.example,cust_2\n"
    )
    brought(service, survey, answers)
    seen = brought(service, survey, UNSUBSCRIBED, dry_run=True)
    assert (seen.unsubscribed, may_be_asked(service, survey, "cust_1")) == (2, True)
    assert brought(service, survey, UNSUBSCRIBED).unsubscribed == 2
    assert not may_be_asked(service, survey, "cust_1")
    assert not may_be_asked(service, survey, "Ann@shop.example")
    assert may_be_asked(service, survey, "cust_2")
    assert brought(service, survey, UNSUBSCRIBED).unsubscribed == 0


def test_the_wish_may_come_before_the_person(
    service: Service, survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bring_in_module, "BATCH", 1)
    text = (
        "score,date,email,respondent,unsubscribed\n"
        ",2024-05-01,ann@shop.example,,yes\n"
        "9,2024-05-01,ann@shop.example,cust_1,\n"
        ",2024-05-01,ann@shop.example,,yes\n"
    )
    for dry_run, left in ((True, 2), (False, 2), (False, 0)):
        tally = brought(service, survey, text, "generic", dry_run=dry_run)
        assert tally.unsubscribed == left
    assert not may_be_asked(service, survey, "cust_1")


@pytest.mark.parametrize("size", [1, 3])
def test_a_dry_run_says_what_the_real_one_does_also_across_batches(
    service: Service, survey: Survey, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(bring_in_module, "BATCH", size)
    text = "score,date,email,unsubscribed\n" + "".join(
        f"{number % 12},2024-05-0{1 + number % 3},{person}@b.example,{leaves}\n"
        for number in range(12)
        for person, leaves in (("ann", "yes"), ("bob", ""), ("ann", ""), ("ann", "yes"))
    )
    seen = brought(service, survey, text, "generic", dry_run=True)
    assert rows(service, responses) == rows(service, respondents) == []
    assert brought(service, survey, text, "generic") == seen
    assert seen.unsubscribed == 1


def test_broken_off_it_is_run_again(service: Service, survey: Survey) -> None:
    text = HEAD + "".join(f"{n % 11},2024-05-01,p{n},\n" for n in range(450))
    listed = AnswerFile(io.BytesIO(text.encode()), Reading("generic"), survey, ZoneInfo("UTC"), NOW)
    running = bring_in(service, Importing(survey, "generic"), listed.rows(), NOW, dry_run=False)
    [first] = islice(running, 1)
    assert first.new == 200
    running.close()  # type: ignore[attr-defined]  # it is a generator
    again = brought(service, survey, text, "generic")
    assert (again.new, again.there) == (250, 200)
    assert len(rows(service, responses)) == 450
