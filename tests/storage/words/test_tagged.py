"""tag= finds exactly the responses with a tag, whatever happened to them since."""

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update

from feedback_service.domain.surveys import Survey
from feedback_service.storage import schema
from feedback_service.storage.engine.migrate import migrate, newest_revision
from feedback_service.storage.listing import pages
from feedback_service.storage.listing.criteria import Criteria, Position
from feedback_service.usecases.mark import mark_response
from feedback_service.usecases.service import Service
from tests.factories import NOW, make_project, make_survey, rows
from tests.storage.reports.answering import add_answers

TAGS = ("delivery", "price", "Größe", "it's", 'a "b"', "rare")


def shop(service: Service, answers: int = 60) -> list[Survey]:
    """Two surveys with answers, of which some have tags from the beginning."""
    project = make_project(service)
    surveys = [make_survey(service, project, key=key) for key in ("one", "two")]
    rng = random.Random(7)  # the same every time
    for survey in surveys:
        add_answers(service, survey, [_answer(rng, number) for number in range(answers)])
    return surveys


def _answer(rng: random.Random, number: int) -> dict[str, Any]:
    at = NOW + timedelta(hours=number)
    tags = rng.sample(TAGS, rng.choice((0, 0, 1, 2)))
    band, channel = rng.choice(("detractor", "promoter")), rng.choice(("email", "widget"))
    more = {"band": band, "channel": channel, "campaign": rng.choice((None, "spring"))}
    return {"at": at, "score": rng.randrange(11), "tags": tags, **more}


def listed(service: Service, project_id: int, **wanted: Any) -> list[str]:
    """Return the ids of a list, read page by page."""
    found: list[str] = []
    after: Position | None = None
    with service.database.read() as connection:
        while True:
            asked = Criteria(**wanted, after=after)
            page = pages.page(connection, project_id, asked, 7)
            found += [one.id for _survey, one in page]
            if len(page) < 7:
                return found
            last = page[-1][1]
            by_change = asked.updated_since is not None
            after = (last.updated_at if by_change else last.scored_at, last.id)


def expected(service: Service, project_id: int, **wanted: Any) -> list[dict[str, Any]]:
    """Return the responses that a look at every row finds."""
    keys = {row["id"]: row["key"] for row in rows(service, schema.surveys)}
    plain = {name: value for name, value in wanted.items() if name in {"band", "channel"}}
    return [
        dict(row)
        for row in rows(service, schema.responses, project_id=project_id, **plain)
        if wanted["tag"] in row["tags"]
        and wanted.get("survey") in {None, keys[row["survey_id"]]}
        and wanted.get("campaign") in {None, row["campaign"]}
        and row["scored_at"] >= wanted.get("scored_from", NOW - timedelta(days=99))
        and row["scored_at"] < wanted.get("scored_until", NOW + timedelta(days=99))
    ]


def kept(service: Service) -> list[tuple[int, str, str]]:
    return [tuple(row.values()) for row in rows(service, schema.tagged_responses)]


def from_the_rows(service: Service) -> list[tuple[int, str, str]]:
    return sorted(
        (row["survey_id"], tag, row["id"])
        for row in rows(service, schema.responses)
        for tag in set(row["tags"])
    )


def test_a_list_by_tag_is_what_a_look_at_every_row_finds(service: Service) -> None:
    project = shop(service)[0].project_id
    days = {"scored_from": NOW + timedelta(hours=9), "scored_until": NOW + timedelta(hours=31)}
    wishes: Sequence[dict[str, Any]] = (
        *({"tag": tag} for tag in (*TAGS, "none")),
        {"tag": "price", "survey": "two"},
        {"tag": "price", "band": "detractor", "channel": "email"},
        {"tag": "price", "campaign": "spring"},
        {"tag": "price", **days},
        {"tag": "price", "survey": "one", "campaign": "spring", **days},
    )
    for wanted in wishes:
        right = expected(service, project, **wanted)
        assert bool(right) == (wanted["tag"] != "none")
        by_day = "scored_from" in wanted
        right.sort(key=lambda row: (row["scored_at"] if by_day else 0, row["id"]), reverse=True)
        assert listed(service, project, **wanted) == [row["id"] for row in right], wanted
    changed = listed(service, project, tag="price", updated_since=NOW)
    oldest_first = sorted(
        expected(service, project, tag="price"), key=lambda row: (row["updated_at"], row["id"])
    )
    assert changed == [row["id"] for row in oldest_first]


@pytest.mark.parametrize("few", [0, 1_000], ids=["of many", "of few"])
def test_a_tag_and_words_are_looked_for_together(
    service: Service, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(pages, "_FEW", few)
    project = shop(service)[0].project_id
    with service.database.write() as connection:
        in_order = sorted(
            rows(service, schema.responses), key=lambda row: (row["survey_id"], row["scored_at"])
        )
        for number, row in enumerate(in_order):
            words = ("late parcel", "late", "fine")[number % 3]
            change = update(schema.responses).where(schema.responses.c.id == row["id"])
            connection.execute(change.values(comment=words, updated_at=NOW))
    for words in ("late", "parc late", "!"):
        right = [
            row["id"]
            for row in expected(service, project, tag="price")
            if all(word in row["comment"] for word in words.split())
        ]
        assert bool(right) == (words != "!")
        # Written by an import, so that numbers of comments are in an order of their own.
        assert sorted(listed(service, project, tag="price", words=words)) == sorted(right)
        changed = listed(service, project, tag="price", words=words, updated_since=NOW)
        assert sorted(changed) == sorted(right)


def test_another_project_has_its_own(service: Service) -> None:
    shop(service)
    rival = make_survey(service, make_project(service, "rival"))
    assert listed(service, rival.project_id, tag="price") == []
    [own] = add_answers(service, rival, [{"at": NOW, "score": 3, "tags": ["price"]}])
    assert listed(service, rival.project_id, tag="price") == [own]


def test_tags_are_found_after_whatever_happened_to_them(service: Service) -> None:
    surveys = shop(service, answers=20)
    ids = [row["id"] for row in rows(service, schema.responses)]
    rng = random.Random(11)
    for number in range(60):
        chosen = rng.choice(ids)
        tags = rng.sample(TAGS, rng.randrange(4))
        if number % 10 == 9:
            ids.remove(chosen)
            change: Any = delete(schema.responses)
        elif number % 3:
            mark_response(service, surveys[0].project_id, chosen, {"tags": tags}, NOW)
            continue
        else:
            change = update(schema.responses).values(tags=[*tags, *tags], comment="twice")
        with service.database.write() as connection:
            connection.execute(change.where(schema.responses.c.id == chosen))
        assert sorted(kept(service)) == from_the_rows(service)
    assert sorted(kept(service)) == from_the_rows(service)


def test_a_project_takes_its_tags_along(service: Service) -> None:
    shop(service, answers=5)
    assert kept(service)
    with service.database.write() as connection:
        connection.execute(delete(schema.responses))
    assert kept(service) == []


def test_tags_that_were_there_before_the_index_are_found(service: Service) -> None:
    project = shop(service)[0].project_id
    before = kept(service)
    migrate(service.database, "0013")
    migrate(service.database)
    assert kept(service) == before
    assert newest_revision() >= "0014"
    assert len(listed(service, project, tag="price")) == len(
        expected(service, project, tag="price")
    )
