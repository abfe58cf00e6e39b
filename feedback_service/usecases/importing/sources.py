"""Where answers were collected before: which column of its export means what.

Sources of the names: Delighted API documentation, "Listing survey responses", "Listing people" and
"Listing unsubscribed people"; Wootric API schemas "SurveyResponse" and "EndUser". Neither vendor
documents the headings of its CSV files, so several spellings are taken; whatever has another one is
named by hand.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from feedback_service.domain.errors import InvalidValue
from feedback_service.usecases.importing.table import Table

SourceName = Literal["delighted", "wootric", "generic", "feedback-service"]
OURS: Final[SourceName] = "feedback-service"
Field = str

# What a row can tell; `id` is the other system's own number of the answer.
FIELDS: Final[tuple[Field, ...]] = (
    *("score", "at", "comment", "respondent", "email", "id"),
    *("touchpoint", "campaign", "locale", "page_url", "tags", "channel"),
    *("excluded", "unsubscribed", "unsubscribed_at"),
)
# What an export may tell besides, under its own name.
_BESIDES: Final = ("journey_stage", "test", "suspicion", "survey", "metric", "scale", "traits")

# Looked for in this order; case, spaces, _ and - count for nothing.
_COMMON: Final[Mapping[Field, Sequence[str]]] = {
    "score": ("score", "rating"),
    "at": ("createdat", "responsecreatedat", "respondedat", "submittedat", "date", "at"),
    "comment": ("comment", "feedback", "text"),
    "respondent": ("respondent", "customerid", "userid", "externalid"),
    "email": ("email", "emailaddress", "personemail", "enduseremail"),
    "id": ("responseid", "id"),
    "locale": ("locale", "language"),
    "tags": ("tags",),
    "unsubscribed": ("unsubscribed",),
    "unsubscribed_at": ("unsubscribedat",),
}
_EXPORTED: Final[Mapping[Field, str]] = {"at": "scoredat"}
SOURCES: Final[Mapping[SourceName, Mapping[Field, Sequence[str]]]] = {
    "delighted": {
        **_COMMON,
        "id": ("responseid", "surveyresponseid", "id"),
        "at": (
            "createdat",
            "responsecreatedat",
            "responsetime",
            "respondedat",
            "responsedate",
            "date",
        ),
        "metric": ("surveytype",),
        "respondent": ("customerid",),  # person_id is Delighted's own number: nobody is known by it
        "channel": ("surveysource", "deliverymethod", "platform"),
    },
    "wootric": {
        **_COMMON,
        "comment": ("text", "feedback", "comment"),
        "respondent": ("externalid", "enduserexternalid"),  # end_user_id is Wootric's own number
        "page_url": ("originurl",),
        "excluded": ("excludedfromcalculations",),
        "unsubscribed": ("optout", "surveysdisabled", "unsubscribed"),
    },
    "generic": _COMMON,
    # The columns of usecases/exporting: each under its own name.
    OURS: {
        name: (_EXPORTED.get(name, name.replace("_", "")),)
        for name in (*FIELDS, *_BESIDES)
        if name not in {"email", "unsubscribed", "unsubscribed_at"}
    },
}


def columns_of(source: SourceName, table: Table, named: Mapping[Field, str]) -> dict[Field, int]:
    """Return field -> place of its column. named: what the caller said by hand.

    Raises InvalidValue when a named column is not there, or scores or times have none.
    """
    header = table.names
    plain = [re.sub(r"[\W_]+", "", name).lower() for name in header]
    found: dict[Field, int] = {}
    for field in (*FIELDS, *_BESIDES):
        if field in named:
            found[field] = table.place(named[field], f"/map/{field}")
            continue
        guesses = SOURCES[source].get(field, ())
        guess = next((name for name in guesses if name in plain), None)
        place = None if guess is None else plain.index(guess)
        if guess is not None and plain.count(guess) > 1:
            alike = [name for name, short in zip(header, plain, strict=True) if short == guess]
            raise InvalidValue(
                f"which column is {field}: {' or '.join(map(repr, alike))}? Say --map {field}="
                "COLUMN, or give one of them another name",
                f"/map/{field}",
            )
        if place is not None and place not in found.values():
            found[field] = place
    wishes_only = {"unsubscribed", "unsubscribed_at"} & found.keys()
    missing = [field for field in ("score", "at") if field not in found]
    if missing and not ("score" in missing and wishes_only):
        raise InvalidValue(
            f"no column looks like {' or '.join(missing)}: say which with "
            f"--map {missing[0]}=COLUMN, one of {', '.join(header)}",
            f"/map/{missing[0]}",
        )
    return found


def check_names(named: Mapping[str, str]) -> None:
    """Raise InvalidValue for a field that a row cannot tell."""
    for field in named:
        if field not in FIELDS:
            raise InvalidValue(f"no field {field!r}: use {', '.join(FIELDS)}", "/map")
