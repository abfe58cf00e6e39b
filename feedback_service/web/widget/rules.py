"""When to ask a survey, made ready for the loader: it follows rules and understands none."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from feedback_service.domain.display import DEFAULTS
from feedback_service.domain.surveys import Survey

# Trigger -> the DOM event the loader waits for, and where what makes it meant is written.
_EVENTS: Final[Mapping[str, tuple[str, str | None]]] = {
    "load": ("load", None),
    "scroll": ("scroll", "scroll_percent"),
    "exit": ("mouseout", None),
    "click": ("click", "selector"),
    "event": ("feedback:track", "event"),
    "manual": ("", None),
}
_HALF: Final = 50
_FOR_EVER: Final = 1_000_000
_ASCII: Final = "".join(map(chr, range(33, 127)))


def rule(survey: Survey) -> dict[str, Any]:
    """Return when to ask a survey, as widget/src/wire.d.ts names it."""
    wished = {"scroll_percent": _HALF, **DEFAULTS, **survey.definition.display}
    event, value = _EVENTS[wished["trigger"]]
    return {
        "key": survey.key,
        "trigger": event,
        "value": wished[value] if value else None,
        "after_s": wished["after_s"],
        "where": where(wished.get("pages") or (), wished.get("except_pages") or ()),
        "visits": [wished.get("visits_from") or 1, wished.get("visits_to") or _FOR_EVER],
        "traits": wished.get("traits") or {},
        "sample": round(wished["sample_percent"] / 100 * 2**32),
        "element": wished.get("element") if wished["position"] == "inline" else None,
    }


def where(pages: Sequence[str], except_pages: Sequence[str]) -> str:
    """Return a regular expression, JavaScript's, for the addresses of pages.

    "/help/*" is a path, whatever host, query and fragment are around it; anything else is a whole
    address. * stands for any text.

    >>> where([], [])
    ''
    >>> import re
    >>> bool(re.match(where(["/help/*"], []), "https://shop.example/help/faq?a=1#b"))
    True
    """
    wanted = f"(?:{_any_of(pages)})$" if pages else ""
    unwanted = f"(?!(?:{_any_of(except_pages)})$)" if except_pages else ""
    return f"^{unwanted}{wanted}" if wanted or unwanted else ""


def _any_of(patterns: Sequence[str]) -> str:
    return "|".join(_expression(pattern) for pattern in patterns)


def _expression(pattern: str) -> str:
    # Addresses come to the loader as the browser writes them: in ASCII.
    literal = [re.escape(part) for part in quote(pattern, safe=_ASCII).split("*")]
    if pattern.startswith("/"):
        return r"[^/]+//[^/]+" + "[^?#]*".join(literal) + r"(?:[?#].*)?"
    return ".*".join(literal)
