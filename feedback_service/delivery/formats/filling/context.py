"""The names a template may use. Every name exists in every event; what an event lacks is null.

So a mistyped name is found when the template is saved, and nothing is missing later.
"""

from collections.abc import Mapping
from typing import Any, Final

from feedback_service.delivery.formats.filling import samples, words
from feedback_service.delivery.formats.shape import Document, Event
from feedback_service.domain.alerting.events import TEST


class Open(dict[str, Any]):
    """Members that differ from one event to the next: one that is missing is null."""


# Whose members customers name themselves.
_OPEN: Final = {"traits", "answers", "data"}
_PERSON: Final[Document] = {"ref": None, "email": None, "traits": {}}


def names_of(event: Event) -> dict[str, Any]:
    """Return what a template may call by name."""
    data = event.data
    sample = samples.full(TEST).data
    told: dict[str, Any] = {
        "id": event.id,
        "type": event.type,
        "timestamp": event.timestamp,
        "project": data["project"],
        "survey": _shaped(sample["survey"], data.get("survey")),
        "response": _shaped(sample["response"], data.get("response")),
        "respondent": _shaped(_PERSON, data.get("respondent")),
        "links": _shaped(sample["links"], data.get("links")),
        "message": data.get("message"),
        "data": _opened(data),
        "is_alert": words.is_alert(event.type) or event.type == TEST,
        "is_test": event.type == TEST or bool((data.get("response") or {}).get("test")),
    }
    told["title"] = words.title(event.type, told)
    told["facts"] = words.facts(told)
    told["summary"] = words.summary(told)
    return told


def _shaped(model: Mapping[str, Any], given: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the given members and, as null or empty, those the model has beside them."""
    found: dict[str, Any] = {}
    for name in {**model, **(given or {})}:
        value, like = (given or {}).get(name), model.get(name)
        if name in _OPEN:
            found[name] = _opened(value or {})
        elif isinstance(like, Mapping):
            found[name] = _shaped(like, value)
        else:
            found[name] = [] if value is None and isinstance(like, list) else value
    return found


def _opened(value: Any) -> Any:
    if isinstance(value, Mapping):
        return Open({name: _opened(inner) for name, inner in value.items()})
    return [_opened(inner) for inner in value] if isinstance(value, list) else value


KNOWN: Final = frozenset(names_of(samples.full(TEST)))
