"""The report on words says what a slow and obvious count of all comments says."""

import random
import re
from collections import Counter
from collections.abc import Container
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stop_words import get_stop_words

from feedback_service.domain.measures.metrics import rate, share_change
from feedback_service.domain.surveys import Survey
from feedback_service.domain.words.terms import terms_of
from feedback_service.domain.words.text import LETTER, UNSPACED
from feedback_service.storage import schema
from feedback_service.usecases.reporting import hearing
from feedback_service.usecases.reporting.asking import Asked
from feedback_service.usecases.reporting.hearing import Saying, who_said
from feedback_service.usecases.reporting.words import Said, Spoken, top_words
from feedback_service.usecases.service import Service
from tests.factories import DAY, NOW, make_project, make_survey, rows
from tests.storage.reports.answering import add_answers

ASKED = Asked("nps", None, date(2026, 11, 15), date(2026, 11, 24))
SINCE = datetime(2026, 11, 15, tzinfo=NOW.tzinfo)
VOCABULARY = (
    *("The parcel", "was late", "I don't know", "café", "Straße", "très déçu", "दुकान अच्छी", "LATE"),
    *(
        "配送が遅い",
        "サポート",
        "“quoted”",
        "x" * 45,
        "x" * 44 + "y",
        "❤️ it",
        "r2d2",
        "o'clock's",
        "a b 7",
    ),
)
TAGS = ("delivery", "price", "vip")


def slow_terms(comment: str, stop_words: Container[str]) -> set[str]:
    """Find words one by one, with every combining mark in mind."""
    found: set[str] = set()
    text = comment.lower().replace("\u2019", "'")
    for term in re.findall(rf"[^\W\d_](?:'?{LETTER})*", text):
        if not UNSPACED.search(term):
            found |= {term[:40]} if len(term) > 1 and term not in stop_words else set()
            continue
        for run in re.findall(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]{2,}", term):
            found |= {run[at : at + 2] for at in range(len(run) - 1)}
        found |= {run[:40] for run in re.findall(r"[\u30a0-\u30ff]{2,}", term)}
    return found


@given(st.text() | st.lists(st.sampled_from(VOCABULARY)).map(" ".join))
@example("don\u2019t STRASSE stra\u00dfe e\u0301te\u0301 \u0915\u093f\u0924\u093e\u092c")
def test_words_are_found_as_one_by_one(comment: str) -> None:
    for stop_words in ((), {"the", "was", "it", "très"}):
        assert terms_of(comment, stop_words) == slow_terms(comment, stop_words)


def make_answers(service: Service, survey: Survey, seed: int) -> None:
    rng = random.Random(seed)
    made = []
    for number in range(400):
        comment = " ".join(rng.choices(VOCABULARY, k=rng.randrange(1, 6)))
        more: dict[str, Any] = {
            "comment": comment if rng.random() < 0.8 else None,
            "tags": rng.sample(TAGS, rng.choice((0, 0, 1, 2))),
            "locale": rng.choice((None, "en", "fr-CA", "nn", "xx")),
            "test": rng.random() < 0.05,
            "excluded": "a colleague" if rng.random() < 0.05 else None,
            "unconfirmed": "program" if rng.random() < 0.05 else None,
        }
        made.append({"at": SINCE - 10 * DAY + number * DAY / 20, "score": rng.randrange(11)} | more)
    add_answers(service, survey, made)


def slow_count(
    service: Service, band: str, since: datetime
) -> tuple[int, Counter[str], Counter[str]]:
    """Count comments, words and tags of a band in ten days by looking at every row there is."""
    comments, words, tags = 0, Counter[str](), Counter[str]()
    for row in rows(service, schema.responses):
        if row["comment"] is None or row["test"] or row["excluded"] or row["unconfirmed"]:
            continue
        name = "detractor" if row["score"] < 7 else "passive" if row["score"] < 9 else "promoter"
        if name != band or not since <= row["scored_at"] < since + 10 * DAY:
            continue
        language = {None: "en", "en": "en", "fr-CA": "fr", "nn": "nb"}.get(row["locale"])
        languages = {"en", language} - {None}
        stop = {word.lower() for one in languages for word in get_stop_words(one)}
        comments += 1
        words.update(slow_terms(row["comment"], stop))
        tags.update(set(row["tags"]))
    return comments, words, tags


def most(now: Counter[str], before: Counter[str], n: int, n_before: int, top: int) -> list[Said]:
    listed = sorted(now.items(), key=lambda pair: (-pair[1], pair[0]))[:top]
    return [
        Said(
            what,
            rate(hits, n),
            rate(before[what], n_before),
            share_change(before[what], n_before, hits, n),
        )
        for what, hits in listed
    ]


@pytest.mark.parametrize(("seed", "top"), [(1, 3), (2, 100)])
def test_the_report_is_a_count_of_all_comments(service: Service, seed: int, top: int) -> None:
    survey = make_survey(service, make_project(service))
    make_answers(service, survey, seed)
    found: Spoken = top_words(service, survey.project_id, ASKED, NOW, top)
    [definition] = found.definitions
    total = 0
    for name, band in definition.bands.items():
        n, words, tags = slow_count(service, name, SINCE)
        n_before, words_before, tags_before = slow_count(service, name, SINCE - 10 * DAY)
        assert n > 10
        assert band.comments == n
        assert list(band.words) == most(words, words_before, n, n_before, top)
        assert list(band.tags) == most(tags, tags_before, n, n_before, top)
        total += n
    assert (found.comments, found.looked_at) == (total, total)


def test_who_said_something_is_as_many_as_the_report_counts(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where only the newest comments are read."""
    survey = make_survey(service, make_project(service))
    make_answers(service, survey, 3)
    for most_comments in (5_000, 40):
        monkeypatch.setattr(hearing, "MOST_COMMENTS", most_comments)
        found = top_words(service, survey.project_id, ASKED, NOW, 100)
        [definition] = found.definitions
        everybody = 0
        for name, band in definition.bands.items():
            said = who_said(service, survey.project_id, ASKED, Saying(band=name), NOW)
            assert len(set(said)) == len(said) == band.comments
            everybody += len(said)
            for word in band.words:
                asked = Saying(word.what, name, definition.version)
                found_ids = who_said(service, survey.project_id, ASKED, asked, NOW)
                assert len(found_ids) == word.rate.hits, word.what
                assert set(found_ids) <= set(said)
        assert everybody == found.looked_at
    assert who_said(service, survey.project_id, ASKED, Saying("late", version=2), NOW) == []
