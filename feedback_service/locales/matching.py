"""Which of the languages we have serves somebody best (RFC 4647 lookup, RFC 9110 lists)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

FALLBACK: Final = "en"
# A browser sends some tens of characters; a stranger may send anything.
_MAX_HEADER_LENGTH: Final = 1_000
_TAG: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}")
_WEIGHT: Final = re.compile(r"q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")

_AS_IN_PORTUGAL: Final = ("ao", "ch", "cv", "gq", "gw", "lu", "mo", "mz", "st", "tl")
# Tags whose script or language nobody spells out (CLDR likely subtags and parent locales), and
# withdrawn codes.
_ALSO: Final = {
    "zh-tw": "zh-hant",
    "zh-hk": "zh-hant",
    "zh-mo": "zh-hant",
    "zh": "zh-hans",
    "yue": "zh-hant",
    "no": "nb",
    "nn": "nb",
    "iw": "he",
    "in": "id",
    "mo": "ro",
    "prs": "fa",
    "tl": "fil",
    # Where Portuguese is written as in Portugal; elsewhere as in Brazil.
    **{f"pt-{region}": "pt-pt" for region in _AS_IN_PORTUGAL},
}


def chain(wanted: str) -> Iterator[str]:
    """Yield the tags to try for one locale, in lower case: itself, then ever more general ones."""
    tag = wanted.strip().replace("_", "-").lower()
    if not _TAG.fullmatch(tag):
        return
    while tag:
        yield tag
        if tag in _ALSO:
            yield _ALSO[tag]
        tag = tag.rpartition("-")[0]


def matched(wanted: str, available: Iterable[str]) -> str | None:
    """Return the available locale that serves the wanted one: exact, more general, a sister.

    A sister is another region's or script's variant: "pt" is served by "pt-BR".
    """
    known = {locale.lower(): locale for locale in sorted(available, reverse=True)}
    tags = list(chain(wanted))
    for tag in tags:
        if tag in known:
            return known[tag]
    language = tags[-1] if tags else None
    sisters = [locale for tag, locale in known.items() if tag.partition("-")[0] == language]
    return min(sisters, default=None)


def by_preference(header: str) -> Sequence[str]:
    """Return the tags of an Accept-Language header (or of a single tag), the dearest first."""
    weighed: list[tuple[float, str]] = []
    for entry in header[:_MAX_HEADER_LENGTH].split(","):
        tag, _, rest = entry.strip().partition(";")
        weight = _WEIGHT.fullmatch(rest.strip()) if rest else None
        if rest and weight is None:
            continue
        share = float(weight[1]) if weight else 1.0
        if share > 0:
            weighed.append((share, tag.strip()))
    return [tag for _, tag in sorted(weighed, key=lambda pair: -pair[0])]
