"""The ids a list of the newest begins with, survey by survey.

Each survey has an index in the order of ids, of days and of each tag; the project has none.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select

from feedback_service.storage.listing.criteria import Criteria, before, conditions
from feedback_service.storage.tables.responses import responses
from feedback_service.storage.tables.surveys import survey_versions, surveys
from feedback_service.storage.tables.tags import tagged_responses


def newest_ids(
    connection: Connection, project_id: int, wanted: Criteria, limit: int
) -> Sequence[str]:
    """Return the ids of a page, the newest first, by day when the list is.

    For wishes without words and updated_since.
    """
    asked = surveys.c.project_id == project_id
    if wanted.survey is not None:
        asked &= surveys.c.key == wanted.survey
    if wanted.without_versions:  # nor look through a survey that has no others
        others = survey_versions.c.id.not_in(wanted.without_versions)
        asked &= surveys.c.id.in_(select(survey_versions.c.survey_id).where(others))
    found: list[tuple[Any, str]] = []
    for survey_id in connection.execute(select(surveys.c.id).where(asked)).scalars().all():
        if wanted.is_by_day:
            query = _by_day(survey_id, wanted)
        elif wanted.tag is not None:
            query = _by_tag(survey_id, wanted, wanted.tag)
        else:
            query = _by_id(survey_id, wanted)
        found.extend(tuple(row) for row in connection.execute(query.limit(limit)))
    return [one[-1] for one in sorted(found, reverse=True)[:limit]]


def few_ids(
    connection: Connection, project_id: int, wanted: Criteria, most: int
) -> Sequence[str] | None:
    """Return the ids of all responses of a person, of a campaign, or with a tag.

    Of the first of these that is asked for and has no more than so many; None when none is.
    """
    mine, tagged = responses.c.project_id == project_id, tagged_responses.c
    queries = []
    if wanted.respondent is not None:
        queries.append(
            select(responses.c.id).where(mine, responses.c.respondent == wanted.respondent)
        )
    if wanted.campaign is not None:
        queries.append(select(responses.c.id).where(mine, responses.c.campaign == wanted.campaign))
    if wanted.tag is not None:
        of_surveys = select(tagged.response_id).join(surveys, surveys.c.id == tagged.survey_id)
        queries.append(
            of_surveys.where(surveys.c.project_id == project_id, tagged.tag == wanted.tag)
        )
    for query in queries:
        found = connection.execute(query.limit(most + 1)).scalars().all()
        if len(found) <= most:
            return found
    return None


def _by_id(survey_id: int, wanted: Criteria) -> Any:
    query = select(responses.c.id).where(responses.c.survey_id == survey_id, *_others(wanted))
    if wanted.after is not None:
        query = query.where(responses.c.id < wanted.after[1])
    return query.order_by(responses.c.id.desc())


def _by_day(survey_id: int, wanted: Criteria) -> Any:
    query = select(responses.c.scored_at, responses.c.id).where(
        responses.c.survey_id == survey_id, *_others(wanted)
    )
    if wanted.after is not None:
        query = query.where(before(wanted.after))
    return query.order_by(responses.c.scored_at.desc(), responses.c.id.desc())


def _by_tag(survey_id: int, wanted: Criteria, tag: str) -> Any:
    """Let the index of tags lead; responses are looked at only when there is more to ask."""
    ids = tagged_responses.c.response_id
    query = select(ids).where(
        tagged_responses.c.survey_id == survey_id, tagged_responses.c.tag == tag
    )
    if others := _others(replace(wanted, tag=None)):
        query = query.join(responses, responses.c.id == ids).where(*others)
    if wanted.after is not None:
        query = query.where(ids < wanted.after[1])
    return query.order_by(ids.desc())


def _others(wanted: Criteria) -> list[Any]:
    """Return what there is to ask beside the survey. It is the same SQL on both engines."""
    return conditions(replace(wanted, survey=None), is_sqlite=True)
