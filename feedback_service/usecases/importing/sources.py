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

SourceName = Literal["delighted", "wootric", "generic"]
Field = str

# What a row can tell; `id` is the other system's own number of the answer.
FIELDS: Final[tuple[Field, ...]] = (
    *("score", "at", "comment", "respondent", "email", "id"),
    *("touchpoint", "campaign", "locale", "page_url", "tags", "channel"),
    *("excluded", "unsubscribed", "unsubscribed_at"),
)

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
SOURCES: Final[Mapping[SourceName, Mapping[Field, Sequence[str]]]] = {
    "delighted": {
        **_COMMON,
        "id": ("responseid", "surveyresponseid", "id"),
        "at": ("createdat", "responsetime", "respondedat", "responsedate", "date"),
        "respondent": ("customerid", "personid", "person"),
        "channel": ("surveysource", "deliverymethod", "platform"),
    },
    "wootric": {
        **_COMMON,
        "comment": ("text", "feedback", "comment"),
        "respondent": ("externalid", "enduserexternalid", "enduserid"),
        "page_url": ("originurl",),
        "excluded": ("excludedfromcalculations",),
        "unsubscribed": ("optout", "surveysdisabled", "unsubscribed"),
    },
    "generic": _COMMON,
}


def columns_of(
    source: SourceName, header: Sequence[str], named: Mapping[Field, str]
) -> dict[Field, int]:
    """Return field -> place of its column. named: what the caller said by hand.

    Raises InvalidValue when a named column is not there, or scores or times have none.
    """
    plain = [re.sub(r"[\W_]+", "", name).lower() for name in header]
    found: dict[Field, int] = {}
    for field in FIELDS:
        if field in named:
            if named[field] not in header:
                raise InvalidValue(
                    f"the file has no column {named[field]!r}; it has {', '.join(header)}",
                    f"/map/{field}",
                )
            found[field] = header.index(named[field])
            continue
        guesses = SOURCES[source].get(field, ())
        place = next((plain.index(name) for name in guesses if name in plain), None)
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
