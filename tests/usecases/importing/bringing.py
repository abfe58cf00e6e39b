"""Brings a text in as if it were a file."""

import io
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from feedback_service.domain.surveys import Survey
from feedback_service.storage.schema import responses
from feedback_service.usecases.importing.bring_in import Importing, Tally, bring_in
from feedback_service.usecases.importing.reading import AnswerFile, Reading
from feedback_service.usecases.importing.sources import SourceName
from feedback_service.usecases.service import Service
from tests.factories import NOW, rows


def stored(service: Service) -> list[Mapping[str, Any]]:
    """Return the responses, the lowest score first."""
    return sorted(rows(service, responses), key=lambda row: int(row["score"]))


def brought(
    service: Service,
    survey: Survey,
    text: str | bytes,
    source: SourceName = "delighted",
    named: Mapping[str, str] | None = None,
    *,
    dry_run: bool = False,
    zone: str = "UTC",
    date_format: str | None = None,
) -> Tally:
    raw = text.encode() if isinstance(text, str) else text
    reading = Reading(source, named or {}, traits=(), date_format=date_format)
    listed = AnswerFile(io.BytesIO(raw), reading, survey, ZoneInfo(zone), NOW)
    *_, last = bring_in(service, Importing(survey, source), listed.rows(), NOW, dry_run=dry_run)
    return last
