"""Plain sentences about an event: what the shipped words of every format are made of.

They are for staff and in English; a webhook's template says it otherwise.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from feedback_service.domain.alerting.events import ALERTS, TEST, UNSUBSCRIBED

_ALERTS: Final = set(ALERTS.values())
# What an event is about beside its response: a case, a webhook.
_TOLD_ELSEWHERE: Final = {"survey", "response", "respondent", "links"}
_FOR_PROGRAMS: Final = {"id", "response", "sequence"}
_INSTANT: Final = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)[\d:.]*Z")


def is_alert(event_type: str) -> bool:
    """Tell whether somebody must hear of it."""
    return event_type in _ALERTS or event_type.startswith("case.")


def title(event_type: str, told: Mapping[str, Any]) -> str:
    """Return a heading such as "Detractor: 2 of 10 (nps)".

    told: the names of context.py.
    """
    response, survey = told["response"], told["survey"]
    if event_type == UNSUBSCRIBED:
        return f"{_person(told) or 'Somebody'} unsubscribed from surveys"
    if response["id"] is None:
        return _plain(event_type)
    heading = _heading(event_type, response["band"])
    if response["score"] is not None:
        heading += f": {response['score']} of {survey['definition']['high']}"
    heading += f" ({survey['key']})"
    return f"Test: {heading}" if told["is_test"] else heading


def facts(told: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what is known, for a list or table: {"label", "value"} each, the comment left out."""
    found = [{"label": label, "value": str(value)} for label, value in _known(told) if value]
    return [fact for fact in found if fact["value"]]


def summary(told: Mapping[str, Any]) -> str:
    """Return the comment and the facts as lines of plain text."""
    lines = [f"{fact['label']}: {fact['value']}" for fact in facts(told)]
    said = told["response"]["comment"] or told["message"]
    return "\n".join([said, "", *lines] if said else lines) or told["title"]


def _heading(event_type: str, band: str | None) -> str:
    if event_type == TEST or event_type in _ALERTS:
        return _plain(band or event_type)
    if event_type.startswith("response."):
        return f"{_plain(event_type)}{f', {_plain(band).lower()}' if band else ''}"
    return _plain(event_type)


def _plain(name: str) -> str:
    return name.replace(".", " ").replace("_", " ").capitalize()


def _readable(value: Any) -> Any:
    """Return an instant as people write it, anything else as it is."""
    instant = _INSTANT.fullmatch(str(value))
    return f"{instant[1]} {instant[2]} UTC" if instant else value


def _person(told: Mapping[str, Any]) -> str:
    person = told["respondent"]
    ref, email = person["ref"], person["email"]
    return f"{ref} <{email}>" if ref and email else ref or email or ""


def _known(told: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    response, survey = told["response"], told["survey"]
    if response["score"] is not None:
        high, band = survey["definition"]["high"], response["band"]
        yield "Score", f"{response['score']} of {high} ({str(band).replace('_', ' ')})"
    yield "Survey", survey["key"]
    yield "Respondent", _person(told) or ("anonymous" if response["id"] else "")
    for about, members in told["data"].items():
        if about not in _TOLD_ELSEWHERE and isinstance(members, Mapping):
            shown = (name for name in members if name not in _FOR_PROGRAMS)
            for name in shown:
                yield f"{_plain(about)} {_plain(name).lower()}", _readable(members[name])
    for name in ("touchpoint", "journey_stage", "channel", "campaign", "page_url"):
        yield _plain(name).replace("Page url", "Page"), response[name]
    for key, answer in response["answers"].items():
        yield _plain(key), ", ".join(map(str, answer)) if isinstance(answer, list) else answer
    for name, value in told["respondent"]["traits"].items():
        yield _plain(name), value
    yield "Response", told["links"]["response"]
