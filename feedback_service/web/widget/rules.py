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
_ALL: Final = 100
_FOR_EVER: Final = 1_000_000
_ASCII: Final = "".join(map(chr, range(33, 127)))


def rule(survey: Survey) -> dict[str, Any]:
    """Return when to ask a survey, as widget/src/wire.d.ts has it; what always holds is unsaid."""
    wished = {"scroll_percent": _HALF, **DEFAULTS, **survey.definition.display}
    event, value = _EVENTS[wished["trigger"]]
    visits = [wished.get("visits_from") or 1, wished.get("visits_to") or _FOR_EVER]
    conditions = {
        "value": wished[value] if value else None,
        "where": where(wished.get("pages") or (), wished.get("except_pages") or ()) or None,
        "visits": visits if visits != [1, _FOR_EVER] else None,
        "traits": wished.get("traits") or None,
        "sample": _share(wished["sample_percent"]),
        "element": wished.get("element") if wished["position"] == "inline" else None,
    }
    said = {name: one for name, one in conditions.items() if one is not None}
    return {"key": survey.key, "trigger": event, "after_s": wished["after_s"], **said}


def _share(percent: float) -> int | None:
    """Return below what a visitor's 32 bits must lie; None when all do."""
    return None if percent == _ALL else round(percent / 100 * 2**32)


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
