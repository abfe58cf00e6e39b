"""Configure a survey: create it or make its next version."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from feedback_service.domain.display import check_display
from feedback_service.domain.errors import NotFound
from feedback_service.domain.extra_questions import check_questions
from feedback_service.domain.measures.bands import bands_from_edges, default_bands
from feedback_service.domain.measures.scales import BANDS, DEFAULT_SCALE, scale_named
from feedback_service.domain.surveys import (
    DEFAULT_EDIT_WINDOW_S,
    DEFAULT_SETTLE_S,
    Definition,
    Survey,
    SurveyStatus,
    Texts,
    check_journey_stage,
    check_key,
    check_texts,
    check_thanks_links,
)
from feedback_service.domain.theming.themes import check_theme
from feedback_service.storage import catalog, surveys
from feedback_service.usecases.service import Service


def put_survey(
    service: Service, project_id: int, key: str, document: Mapping[str, Any], now: datetime
) -> tuple[Survey, bool]:
    """Create or change a survey; returns it and whether it is new.

    document: as in ``PUT /v1/surveys/{key}``, its shape already checked (web/api/shapes.py).
    What it leaves out takes its default. The same document again changes nothing.
    Raises InvalidValue.
    """
    check_key(key)
    definition = definition_of(document)
    status: SurveyStatus = document.get("status") or "active"
    with service.database.write() as connection:
        before = surveys.current(connection, project_id, key)
        survey = surveys.put(connection, project_id, key, status, definition, now)
        if survey != before:
            catalog.bump(connection)
    return survey, before is None


def find_survey(service: Service, project_id: int, key: str) -> Survey:
    """Return a survey in its newest version. Raises NotFound."""
    survey = service.catalog.current().survey(project_id, key)
    if survey is None:
        raise NotFound(f"this project has no survey {key!r}", "/survey")
    return survey


def definition_of(document: Mapping[str, Any]) -> Definition:
    """Return the definition a document describes. Raises InvalidValue."""
    metric = document["metric"]
    scale = scale_named(document.get("scale") or DEFAULT_SCALE[metric], metric)
    edges = document.get("bands")
    questions = tuple(document.get("extra_questions") or ())
    check_questions(questions, BANDS[metric])
    check_journey_stage(document.get("journey_stage"))
    texts = Texts(
        questions=document.get("questions") or {},
        follow_up=document.get("follow_up") or {},
        thanks=document.get("thanks") or {},
    )
    check_texts(texts, BANDS[metric])
    check_thanks_links(document.get("thanks_links") or {}, BANDS[metric])
    check_display(document.get("display") or {}, scale)
    check_theme(document.get("theme") or {})
    return Definition(
        metric=metric,
        scale=scale,
        bands=bands_from_edges(scale, edges) if edges else default_bands(scale),
        audience=document.get("audience") or "customer",
        subject=document.get("subject"),
        task=document.get("task"),
        touchpoint=document.get("touchpoint"),
        journey_stage=document.get("journey_stage"),
        texts=texts,
        thanks_links=document.get("thanks_links") or {},
        extra_questions=questions,
        display=document.get("display") or {},
        theme=document.get("theme") or {},
        settle_s=_or_default(document.get("settle_s"), DEFAULT_SETTLE_S),
        edit_window_s=_or_default(document.get("edit_window_s"), DEFAULT_EDIT_WINDOW_S),
        capture=document.get("capture") or "confirm",
    )


def _or_default(value: int | None, default: int) -> int:
    return default if value is None else value
