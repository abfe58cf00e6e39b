"""Surveys, their versions, and the link sets that point at them."""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from feedback_service.domain.measures.bands import bands_from_edges
from feedback_service.domain.measures.scales import SCALES, Audience
from feedback_service.domain.surveys import Definition, Survey, SurveyStatus, Texts
from feedback_service.storage.tables.surveys import link_sets, survey_versions, surveys


@dataclass(frozen=True, slots=True)
class LinkSet:
    """What the links of one mailing have in common. id is 0 until it is stored."""

    id: int
    project_id: int
    survey_id: int
    survey: str
    channel: str
    touchpoint: str | None
    campaign: str | None
    locale: str | None
    traits: Mapping[str, str]
    test: bool


def current(connection: Connection, project_id: int, key: str) -> Survey | None:
    """Return a survey in its newest version."""
    row = connection.execute(
        _newest().where(surveys.c.project_id == project_id, surveys.c.key == key)
    ).first()
    return None if row is None else _survey(row)


def every(connection: Connection, project_id: int) -> list[Survey]:
    """Return a project's surveys in their newest versions, by key."""
    rows = connection.execute(
        _newest().where(surveys.c.project_id == project_id).order_by(surveys.c.key)
    )
    return [_survey(row) for row in rows]


def version(connection: Connection, version_id: int) -> Survey | None:
    """Return a survey in the version of that row number."""
    row = connection.execute(
        _columns().where(
            survey_versions.c.id == version_id, surveys.c.id == survey_versions.c.survey_id
        )
    ).first()
    return None if row is None else _survey(row)


def asked_of(
    connection: Connection, project_id: int, audiences: Collection[Audience]
) -> frozenset[int]:
    """Return the row numbers of all versions that ask one of these audiences."""
    query = select(survey_versions.c.id, survey_versions.c.definition).join(
        surveys, surveys.c.id == survey_versions.c.survey_id
    )
    rows = connection.execute(query.where(surveys.c.project_id == project_id))
    return frozenset(row.id for row in rows if row.definition["audience"] in audiences)


def put(
    connection: Connection,
    project_id: int,
    key: str,
    status: SurveyStatus,
    definition: Definition,
    now: datetime,
) -> Survey:
    """Create the survey or change it; a changed definition makes a new version.

    Putting what is there already changes nothing. Two racing creations: the unique constraint
    refuses the second, which its caller sees as an integrity error and may repeat.
    """
    existing = current(connection, project_id, key)
    if existing is None:
        survey_id = connection.execute(
            insert(surveys)
            .values(
                project_id=project_id,
                key=key,
                status=status,
                version=1,
                created_at=now,
                updated_at=now,
            )
            .returning(surveys.c.id)
        ).scalar_one()
        _add_version(connection, survey_id, 1, definition, now)
    else:
        number = existing.version
        if stored_form(existing.definition) != stored_form(definition):
            number += 1
            _add_version(connection, existing.id, number, definition, now)
        if number != existing.version or status != existing.status:
            connection.execute(
                update(surveys)
                .where(surveys.c.id == existing.id)
                .values(version=number, status=status, updated_at=now)
            )
    saved = current(connection, project_id, key)
    assert saved is not None
    return saved


def link_set(connection: Connection, link_set_id: int) -> LinkSet | None:
    """Return a link set. They never change, so whoever has read one may keep it."""
    row = connection.execute(
        select(link_sets, surveys.c.project_id, surveys.c.key)
        .join(surveys, surveys.c.id == link_sets.c.survey_id)
        .where(link_sets.c.id == link_set_id)
    ).first()
    if row is None:
        return None
    return LinkSet(
        id=row.id,
        project_id=row.project_id,
        survey_id=row.survey_id,
        survey=row.key,
        channel=row.channel,
        touchpoint=row.touchpoint,
        campaign=row.campaign,
        locale=row.locale,
        traits=row.traits,
        test=row.test,
    )


def put_link_set(connection: Connection, wanted: LinkSet, now: datetime) -> int:
    """Return the number of the link set with these values, storing it when it is new."""
    digest = link_set_digest(wanted)
    build = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    connection.execute(
        build(link_sets)
        .values(
            survey_id=wanted.survey_id,
            digest=digest,
            channel=wanted.channel,
            touchpoint=wanted.touchpoint,
            campaign=wanted.campaign,
            locale=wanted.locale,
            traits=dict(wanted.traits),
            test=wanted.test,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["digest"])
    )
    number: int = connection.execute(
        select(link_sets.c.id).where(link_sets.c.digest == digest)
    ).scalar_one()
    return number


def link_set_digest(wanted: LinkSet) -> str:
    """Return what makes a link set the same as another."""
    parts = [
        wanted.survey_id,
        wanted.channel,
        wanted.touchpoint,
        wanted.campaign,
        wanted.locale,
        sorted(wanted.traits.items()),
        wanted.test,
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def stored_form(definition: Definition) -> dict[str, Any]:
    """Return a definition as JSON; `_definition` reads it back."""
    texts = definition.texts
    return {
        "metric": definition.metric,
        "scale": definition.scale.name,
        "bands": definition.bands.edges(),
        "audience": definition.audience,
        "subject": definition.subject,
        "task": definition.task,
        "touchpoint": definition.touchpoint,
        "journey_stage": definition.journey_stage,
        "questions": dict(texts.questions),
        "follow_up": {locale: dict(bands) for locale, bands in texts.follow_up.items()},
        "thanks": {locale: dict(bands) for locale, bands in texts.thanks.items()},
        "thanks_links": {band: dict(link) for band, link in definition.thanks_links.items()},
        "extra_questions": [dict(question) for question in definition.extra_questions],
        "display": dict(definition.display),
        "theme": dict(definition.theme),
        "settle_s": definition.settle_s,
        "edit_window_s": definition.edit_window_s,
        "capture": definition.capture,
    }


def _definition(stored: Mapping[str, Any]) -> Definition:
    scale = SCALES[stored["scale"]]
    return Definition(
        metric=stored["metric"],
        scale=scale,
        bands=bands_from_edges(scale, stored["bands"]),
        audience=stored["audience"],
        subject=stored["subject"],
        task=stored["task"],
        touchpoint=stored["touchpoint"],
        journey_stage=stored["journey_stage"],
        texts=Texts(stored["questions"], stored["follow_up"], stored["thanks"]),
        thanks_links=stored.get("thanks_links", {}),  # older versions have none
        extra_questions=tuple(stored["extra_questions"]),
        display=stored["display"],
        theme=stored["theme"],
        settle_s=stored["settle_s"],
        edit_window_s=stored["edit_window_s"],
        capture=stored.get("capture", "confirm"),
    )


def _columns() -> Any:
    return select(
        surveys.c.id,
        survey_versions.c.id.label("version_id"),
        surveys.c.project_id,
        surveys.c.key,
        survey_versions.c.version,
        surveys.c.status,
        survey_versions.c.definition,
        surveys.c.created_at,
        surveys.c.updated_at,
    )


def _newest() -> Any:
    return _columns().join(
        survey_versions,
        (survey_versions.c.survey_id == surveys.c.id)
        & (survey_versions.c.version == surveys.c.version),
    )


def _survey(row: Row[Any]) -> Survey:
    return Survey(
        id=row.id,
        version_id=row.version_id,
        project_id=row.project_id,
        key=row.key,
        version=row.version,
        status=row.status,
        definition=_definition(row.definition),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _add_version(
    connection: Connection, survey_id: int, number: int, definition: Definition, now: datetime
) -> None:
    connection.execute(
        insert(survey_versions).values(
            survey_id=survey_id,
            version=number,
            definition=stored_form(definition),
            created_at=now,
        )
    )
