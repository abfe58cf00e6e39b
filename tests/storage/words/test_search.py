"""q= finds words in comments, on both engines alike, and never somebody else's."""

from datetime import timedelta

import pytest

from feedback_service.domain.surveys import Survey
from feedback_service.storage.listing import pages
from feedback_service.storage.listing.criteria import Criteria
from feedback_service.storage.words import search
from feedback_service.usecases.forget import forget_respondent
from feedback_service.usecases.service import Service
from tests.factories import NOW, answer, collect, link_token, make_project, make_survey


@pytest.fixture
def survey(service: Service) -> Survey:
    return make_survey(service, make_project(service))


def said(service: Service, survey: Survey, comment: str, minute: int = 0) -> str:
    at = NOW + timedelta(minutes=minute)
    token = link_token(service, survey, now=NOW, respondent=f"person-{minute}")
    return collect(service, token, answer(3, comment), at).response.id


def found(service: Service, survey: Survey, words: str, **more: object) -> list[str]:
    wanted = Criteria(words=words, **more)  # type: ignore[arg-type]  # each test names its own
    with service.database.read() as connection:
        page = pages.page(connection, survey.project_id, wanted, 50)
    return [response.comment or "" for _survey, response in page]


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        pytest.param("parcel", True, id="a word"),
        pytest.param("PARC", True, id="its beginning, in any case"),
        pytest.param("late parcel", True, id="all words, in any order"),
        pytest.param("parcel lost", False, id="one word that is not there"),
        pytest.param("arcel", False, id="not the middle of a word"),
        pytest.param("shop.example", True, id="part of an address"),
        pytest.param('"late* OR (nothing', False, id="no query language"),
        pytest.param("für Oma", True, id="letters with marks"),
        pytest.param("20€", True, id="numbers and signs"),
        pytest.param("!!!", True, id="nothing but signs is looked for as it is"),
        pytest.param("配達が遅", True, id="a script without spaces is looked for as it is"),
    ],
)
def test_words(service: Service, survey: Survey, words: str, is_found: bool) -> None:
    comment = "Parcel für Oma came LATE!!! Paid 20€, wrote to ann@shop.example. 配達が遅い"
    said(service, survey, comment)
    said(service, survey, "Everything fine", 1)
    assert found(service, survey, words) == ([comment] if is_found else [])
    since = NOW - timedelta(days=1)
    assert found(service, survey, words, updated_since=since) == ([comment] if is_found else [])


def test_frequent_words_in_order_of_change(
    service: Service, survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    for minute, comment in enumerate(("late", "fine", "late again", "later")):
        said(service, survey, comment, minute)
    since = NOW - timedelta(days=1)
    for many in (2, 10_000):
        monkeypatch.setattr(search, "_FREQUENT", many)
        for words, expected in (
            ("late", ["late", "late again", "later"]),
            ("again", ["late again"]),
        ):
            assert found(service, survey, words, updated_since=since) == expected


def test_newest_first_page_by_page(service: Service, survey: Survey) -> None:
    comments = [f"late {minute}" for minute in range(7)]
    for minute in (3, 0, 6, 1, 5, 2, 4):
        said(service, survey, comments[minute], minute)
    seen: list[str] = []
    after = None
    while True:
        with service.database.read() as connection:
            wanted = Criteria(words="late", after=after)
            page = pages.page(connection, survey.project_id, wanted, 2)
        if not page:
            break
        seen += [response.comment or "" for _survey, response in page]
        after = (page[-1][1].updated_at, page[-1][1].id)
    assert seen == comments[::-1]


def test_a_changed_comment_is_found_by_its_new_words_only(service: Service, survey: Survey) -> None:
    token = link_token(service, survey)
    for comment in ("slow", "quick", "", "again"):
        collect(service, token, answer(3, comment))
    assert found(service, survey, "again") == ["again"]
    assert found(service, survey, "slow") == found(service, survey, "quick") == []


def test_an_erased_person_is_not_found(service: Service, survey: Survey) -> None:
    said(service, survey, "my name is Ann", 5)
    forget_respondent(service, survey.project_id, "person-5", NOW)
    assert found(service, survey, "ann") == []


def test_another_project_finds_nothing(service: Service, survey: Survey) -> None:
    said(service, survey, "late parcel")
    rival = make_survey(service, make_project(service, "rival"))
    assert found(service, rival, "late") == []
    assert found(service, rival, "late", updated_since=NOW - timedelta(days=1)) == []


def test_a_word_that_the_index_takes_for_two_is_found_in_few_comments_as_in_all(
    service: Service, survey: Survey
) -> None:
    word = "ta\N{NEW TAI LUE VOWEL SIGN AA}na"  # a letter to us; to some indexes a mark between two
    said(service, survey, f"Says {word} twice")
    said(service, survey, "Says ta only", 1)
    assert found(service, survey, word) == [f"Says {word} twice"]
    assert found(service, survey, word, respondent="person-0") == [f"Says {word} twice"]
    assert found(service, survey, word, respondent="person-1") == []
