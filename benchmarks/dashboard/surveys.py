"""More surveys for the demo's project, each with a few answers: what a chain of shops has."""

import random
from datetime import datetime, timedelta
from typing import Final

from feedback_service.domain.ids import new_id
from feedback_service.domain.measures.scales import METRICS
from feedback_service.domain.responses import Response
from feedback_service.domain.surveys import JOURNEY_STAGES, Survey
from feedback_service.storage import responses
from feedback_service.storage.reports.sweep import sweep
from feedback_service.usecases.service import Service
from feedback_service.usecases.setup.configure_survey import put_survey

_ANSWERS: Final = 40
_DAYS: Final = 60


def add_surveys(service: Service, many: int, now: datetime) -> None:
    """Put them, answer each over two months, and count the days that are over."""
    rng = random.Random(1)
    project = service.catalog.current().projects()[0]
    for number in range(many):
        metric = METRICS[number % len(METRICS)]
        document = {
            "metric": metric,
            "subject": f"branch {number}",
            "task": "be helped",
            "journey_stage": JOURNEY_STAGES[number % len(JOURNEY_STAGES)],
        }
        survey, _new = put_survey(service, project.id, f"branch-{number:03}", document, now)
        made = [_response(survey, rng, now) for _ in range(_ANSWERS)]
        with service.database.write() as connection:
            responses.add_many(connection, made)
    while sweep(service.database, now):
        pass


def _response(survey: Survey, rng: random.Random, now: datetime) -> Response:
    at = now - timedelta(days=_DAYS * rng.random(), hours=1)
    definition = survey.definition
    score = rng.choice(definition.scale.points)
    return Response(
        id=new_id("rsp", at),
        project_id=survey.project_id,
        survey_id=survey.id,
        version_id=survey.version_id,
        token_id=new_id("tok", at),
        channel="email",
        created_at=at,
        updated_at=at,
        expires_at=at,
        journey_stage=definition.journey_stage,
        score=score,
        band=definition.bands.of_score[score],
        comment="The branch was friendly.",
        complete=True,
        scored_at=at,
        completed_at=at,
    )
