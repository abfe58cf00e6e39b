"""pipedrive: an activity, with the person of the same e-mail address on it.

Sources: "Activities" (developers.pipedrive.com, API v2): POST /api/v2/activities with subject, type
(the key_string of an activity type), due_date, owner_id, note (HTML); a person goes into
`participants` as {"person_id", "primary": true}, since person_id itself is read-only; 201.
"Persons, search": GET /api/v2/persons/search?term=…&fields=email&exact_match=true gives
{"data": {"items": [{"item": {"id"}}]}}. Header x-api-token, or Authorization: Bearer with OAuth.

A participant is named by number only, so each attempt first looks the person up; who is not found
gets an activity without one. `person_id` saves the question.
Pipedrive knows no idempotency: a repeated delivery is a second activity.
"""

import html
import json
import re
from typing import Any, Final
from urllib.parse import quote

from feedback_service.delivery.formats.shape import (
    Document,
    Event,
    Format,
    Lookup,
    Need,
    Unfit,
    cut,
    without_nothing,
)

# What stands for the person's number until it is known.
_BY_EMAIL: Final = "email:"


def _activity(words: Document, _event: Event, _url: str) -> dict[str, Any]:
    person = words["person_id"]
    if not person and words["person_email"]:
        person = f"{_BY_EMAIL}{words['person_email']}"
    activity: dict[str, Any] = without_nothing(
        {
            "subject": cut(words["subject"], 255),
            "type": words["type"],
            "due_date": words["due_date"],
            "note": html.escape(str(words["text"] or "")).replace("\n", "<br>\n"),
            "owner_id": words["owner_id"],
            "participants": _participants(person) if person else None,
            **words["fields"],
        }
    )
    for name in ("subject", "type"):
        if not activity.get(name):
            raise Unfit(f"/template/{name}", f"Pipedrive wants {name}: this gives nothing")
    return activity


def _participants(person_id: Any) -> list[dict[str, Any]]:
    number = int(person_id) if str(person_id).isdecimal() else person_id
    return [{"person_id": number, "primary": True}]


def _lookup(url: str, body: bytes) -> Lookup | None:
    activity = json.loads(body)
    wanted = [str(one["person_id"]) for one in activity.get("participants", ())]
    if not wanted or not wanted[0].startswith(_BY_EMAIL):
        return None
    email = quote(wanted[0].removeprefix(_BY_EMAIL), safe="")

    def complete(person_id: str | int | None) -> bytes:
        whole = {name: value for name, value in activity.items() if name != "participants"}
        if person_id is not None:
            whole["participants"] = _participants(person_id)
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()

    persons = re.sub(r"activities\Z", "persons", url.partition("?")[0])
    return Lookup(
        url=f"{persons}/search?term={email}&fields=email&exact_match=true&limit=1",
        nobody=frozenset(),
        found=_person_id,
        complete=complete,
    )


def _person_id(reply: str) -> int | None:
    try:
        items = json.loads(reply)["data"]["items"]
        return int(items[0]["item"]["id"]) if items else None
    except (TypeError, KeyError, IndexError) as error:
        raise ValueError("Pipedrive's reply names no person") from error


FORMAT: Final = Format(
    name="pipedrive",
    title="an activity in Pipedrive, on its person",
    example="https://YOURS.pipedrive.com/api/v2/activities",
    path="/api/v2/activities",
    needs=(Need("x-api-token", "API_TOKEN"),),
    build=_activity,
    words="pipedrive.json",
    lookup=_lookup,
)
