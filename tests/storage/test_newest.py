"""Lists of responses, newest first, over several surveys and page by page."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from feedback_service.storage.listing import pages
from feedback_service.storage.listing.criteria import Criteria
from feedback_service.usecases.service import Service
from tests.factories import NOW, answer, collect, link_token, make_project, make_survey


@pytest.mark.parametrize(
    ("criteria", "is_wanted"),
    [
        pytest.param({}, lambda key, score, number: True, id="all"),
        pytest.param({"survey": "two"}, lambda key, score, number: key == "two", id="one survey"),
        pytest.param(
            {"band": "detractor"}, lambda key, score, number: score < 7, id="the unhappy of all"
        ),
        pytest.param(
            {"respondent": "person-3"}, lambda key, score, number: number == 3, id="one person"
        ),
        pytest.param({"survey": "nowhere"}, lambda key, score, number: False, id="no such survey"),
    ],
)
def test_pages_hold_every_answer_once_and_newest_first(
    service: Service, criteria: dict[str, Any], is_wanted: Callable[[str, int, int], bool]
) -> None:
    project_id, other = make_project(service), make_project(service, "other")
    surveys = [make_survey(service, project_id, key=key) for key in ("one", "two", "three")]
    stranger = make_survey(service, other, key="two")
    rng = random.Random(3)  # the same every time
    expected = []
    for number in range(40):
        survey, score = rng.choice(surveys), rng.randrange(11)
        at = NOW + timedelta(minutes=number)
        token = link_token(service, survey, now=NOW, respondent=f"person-{number}")
        made = collect(service, token, answer(score), at).response
        if is_wanted(survey.key, score, number):
            expected.append((survey.key, made.id))
        token = link_token(service, stranger, now=NOW, respondent=f"person-{number}")
        collect(service, token, answer(0), at)
    found: list[tuple[str, str]] = []
    after = None
    with service.database.read() as connection:
        while page := pages.page(connection, project_id, Criteria(**criteria, after=after), 7):
            assert len(page) <= 7
            found += [(key, one.id) for key, one in page]
            after = (None, page[-1][1].id)
    assert found == expected[::-1]
