"""What a survey asks, one immutable value per version."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.measures.bands import Bands
from feedback_service.domain.measures.scales import Audience, Metric, Scale

SurveyStatus = Literal["active", "paused", "archived"]
STATUSES: Final[tuple[SurveyStatus, ...]] = ("active", "paused", "archived")

# What makes an answer on the survey page: a press, or any sign of a person on it (evidence.py).
CapturePolicy = Literal["confirm", "gesture"]
CAPTURE_POLICIES: Final[tuple[CapturePolicy, ...]] = ("confirm", "gesture")

JOURNEY_STAGES: Final = (
    "awareness",
    "discovery",
    "purchase",
    "use",
    "support",
    "renewal",
    "advocacy",
)

DEFAULT_SETTLE_S: Final = 60
DEFAULT_EDIT_WINDOW_S: Final = 900
DENOMINATOR: Final = "responses with a score, without test, excluded and unconfirmed ones"
_KEY: Final = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Texts:
    """A survey's own sentences, each over the default wording of its language.

    questions: locale -> question. follow_up, thanks: locale -> band name or "default" -> text.
    """

    questions: Mapping[str, str] = field(default_factory=dict)
    follow_up: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    thanks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Definition:
    """What is asked: everything of a survey version that makes its answers comparable.

    subject fills {subject}, task fills {task}; None lets the language's default stand.
    settle_s: how long an alert waits for the comment. edit_window_s: how long a completed
    response stays editable. thanks_links: band or "default" -> url and its text by locale.
    display, theme: for the widget, shape checked where they enter.
    """

    metric: Metric
    scale: Scale
    bands: Bands
    audience: Audience = "customer"
    subject: str | None = None
    task: str | None = None
    touchpoint: str | None = None
    journey_stage: str | None = None
    texts: Texts = field(default_factory=Texts)
    thanks_links: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    extra_questions: tuple[Mapping[str, Any], ...] = ()
    display: Mapping[str, Any] = field(default_factory=dict)
    theme: Mapping[str, Any] = field(default_factory=dict)
    settle_s: int = DEFAULT_SETTLE_S
    edit_window_s: int = DEFAULT_EDIT_WINDOW_S
    capture: CapturePolicy = "confirm"

    def carried(self) -> dict[str, Any]:
        """Return the definition as API, webhook and export carry it beside every figure."""
        return {
            "metric": self.metric,
            "scale": self.scale.name,
            "low": self.scale.low,
            "high": self.scale.high,
            "direction": self.scale.direction,
            "bands": self.bands.edges(),
            "denominator": DENOMINATOR,
        }


@dataclass(frozen=True, slots=True)
class Survey:
    """A survey in one of its versions.

    id, version_id: row numbers. version: 1, 2, … per survey.
    """

    id: int
    version_id: int
    project_id: int
    key: str
    version: int
    status: SurveyStatus
    definition: Definition
    created_at: datetime
    updated_at: datetime


def check_key(key: str) -> None:
    """Raise InvalidValue unless the survey key can stand in a URL and a file name."""
    if not _KEY.fullmatch(key):
        raise InvalidValue(
            "a survey key has 1 to 64 lower-case letters, digits, - and _, "
            "and begins and ends with a letter or digit",
            "/key",
        )


def check_journey_stage(stage: str | None) -> None:
    """Raise InvalidValue unless the stage is one of the journey's."""
    if stage is not None and stage not in JOURNEY_STAGES:
        raise InvalidValue(
            f"no journey stage {stage!r}: use {', '.join(JOURNEY_STAGES)}", "/journey_stage"
        )


def check_thanks_links(links: Mapping[str, Any], bands: Sequence[str]) -> None:
    """Raise InvalidValue for a link of a band that the metric has not."""
    for band in links:
        if band not in {*bands, "default"}:
            raise InvalidValue(
                f"no band {band!r}: use {', '.join(bands)} or default", f"/thanks_links/{band}"
            )


def check_texts(texts: Texts, bands: Sequence[str]) -> None:
    """Raise InvalidValue for a follow-up or thanks text of a band that the metric has not."""
    for name, by_locale in (("follow_up", texts.follow_up), ("thanks", texts.thanks)):
        for locale, by_band in by_locale.items():
            for band in by_band:
                if band not in {*bands, "default"}:
                    raise InvalidValue(
                        f"no band {band!r}: use {', '.join(bands)} or default",
                        f"/{name}/{locale}/{band}",
                    )
