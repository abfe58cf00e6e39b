"""One made-up answer of the long past: who, where, in what mood, and what they wrote."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeVar

from feedback_service.demo.long_past.asked import LOCALES, TOPICS, TRAITS, Topic
from feedback_service.demo.long_past.comments import THEMES, Feeling, made_up
from feedback_service.domain.access.tokens import CHANNELS, DEFAULT_LIFETIME, Token
from feedback_service.domain.ids import new_id
from feedback_service.domain.responses import Answer, Response, first_response
from feedback_service.domain.surveys import Survey

_FEELINGS: Final[tuple[Feeling, ...]] = ("bad", "middle", "good")
_COMMENTS: Final[Mapping[Feeling, float]] = {"bad": 0.55, "middle": 0.25, "good": 0.3}
_SHARES: Final = {key: topic.share for key, topic in TOPICS.items()}
_THEMES: Final = {"csat": "payment", "delivery-csat": "delivery", "find-ces": "website"}
_CUSTOMERS: Final = 60_000
# Days ago, from and to: the new checkout lost baskets.
_BROKEN: Final = range(12, 34)
_DECEMBER: Final = 12
_YEAR: Final = 365
_SPREAD: Final = 1.3

Name = TypeVar("Name", bound=str | None)


def survey_of(rng: random.Random) -> str:
    """Return which survey somebody answers."""
    return _picked(rng, _SHARES)


def answer_of(rng: random.Random, survey: Survey, number: int, at: datetime, age: int) -> Response:
    """Return a complete answer. age: in days."""
    topic = TOPICS[survey.key]
    traits = {
        name: _picked(rng, {value: weight for value, (weight, _) in values.items()})
        for name, values in TRAITS.items()
    }
    mood = topic.mood + _weather(survey.key, at, age)
    mood += sum(TRAITS[name][value][1] for name, value in traits.items())
    definition = survey.definition
    scale = definition.scale
    place = 0.55 + 0.22 * rng.gauss(mood, _SPREAD)
    score = min(scale.high, max(scale.low, round(scale.low + place * (scale.high - scale.low))))
    feeling = _FEELINGS[definition.bands.names.index(definition.bands.of_score[score])]
    theme = _THEMES.get(survey.key) or rng.choice(tuple(THEMES))
    is_told = rng.random() < _COMMENTS[feeling]
    answer = Answer(
        score,
        made_up(rng, feeling, theme) if is_told else None,
        complete=True,
        locale=_picked(rng, LOCALES),
    )
    token = _token(rng, topic, survey, number, at)
    made = first_response(token, survey, answer, new_id("rsp", at), at)
    tags = (theme,) if is_told and rng.random() < 0.6 else ()
    return replace(made, traits=traits, tags=tags)


def _weather(key: str, at: datetime, age: int) -> float:
    """Return what the time does to the mood."""
    better = 0.25 * (1 - age / (2 * _YEAR))
    parcels_late = -0.35 if at.month == _DECEMBER and key in {"nps", "delivery-csat"} else 0.0
    baskets_lost = -0.55 if age in _BROKEN and key == "csat" else 0.0
    return better + parcels_late + baskets_lost


def _token(rng: random.Random, topic: Topic, survey: Survey, number: int, at: datetime) -> Token:
    name = _picked(rng, topic.channels)
    channel = next(one for one in CHANNELS if one == name)
    is_known = channel in {"email", "sms", "api"}
    is_mailing = channel == "email" and survey.key == "nps"
    return Token(
        project_id=survey.project_id,
        token_id=f"demo-past-{number}",
        survey=survey.key,
        channel=channel,
        issued_at=at,
        expires_at=at + DEFAULT_LIFETIME,
        respondent=f"customer-{rng.randrange(_CUSTOMERS):05}" if is_known else None,
        touchpoint=_picked(rng, topic.touchpoints) if topic.touchpoints else None,
        campaign=f"{at.year}-q{(at.month + 2) // 3}" if is_mailing else None,
    )


def _picked(rng: random.Random, weights: Mapping[Name, float]) -> Name:
    return rng.choices(tuple(weights), tuple(weights.values()))[0]
