"""A project: one brand or site, the tenant that owns everything else."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from feedback_service.domain.contact_policy import ContactPolicy
from feedback_service.domain.errors import InvalidValue

_SLUG_GAP: Final = re.compile(r"[^a-z0-9]+")
_HOST: Final = re.compile(r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:]+\]")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Project:
    """origins: pages that may use the site keys, ``https://shop.example`` or
    ``https://*.shop.example``; empty means any. timezone: IANA name.
    """

    id: int
    slug: str
    name: str
    timezone: str
    origins: tuple[str, ...]
    created_at: datetime
    contact_policy: ContactPolicy = field(default_factory=ContactPolicy)

    def admits(self, origin: str | None) -> bool:
        """Tell whether a page of this origin may use the project's site keys.

        This keeps strangers from embedding the widget; it is no authentication.
        """
        if not self.origins:
            return True
        if origin is None or origin == "null":
            return False
        return any(_matches(origin, allowed) for allowed in self.origins)


def slug_of(name: str) -> str:
    """Return a short name for URLs and commands. Raises InvalidValue when nothing is left."""
    slug = _SLUG_GAP.sub("-", name.lower()).strip("-")[:48].strip("-")
    if not slug:
        raise InvalidValue("a project's name needs a Latin letter or digit", "/name")
    return slug


def check_timezone(name: str) -> None:
    """Raise InvalidValue unless it is an IANA time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidValue(
            f"no time zone {name!r}: use an IANA name such as Europe/Berlin", "/timezone"
        ) from None


def normal_origin(text: str) -> str:
    """Return an origin as browsers send it. Raises InvalidValue for anything else."""
    try:
        parts = urlsplit(text.strip().lower())
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    host = parts.netloc.rpartition(":")[0] if port is not None else parts.netloc
    if (
        parts.scheme not in _DEFAULT_PORTS
        or not _HOST.fullmatch(host)
        or parts.path not in {"", "/"}
        or parts.query
        or parts.fragment
    ):
        raise InvalidValue(
            f"{text!r} is no origin: use scheme and host, such as https://shop.example "
            "or https://*.shop.example",
            "/origin",
        )
    if port is None or port == _DEFAULT_PORTS[parts.scheme]:
        return f"{parts.scheme}://{host}"
    return f"{parts.scheme}://{host}:{port}"


def _matches(origin: str, allowed: str) -> bool:
    if "*." not in allowed:
        return origin == allowed
    scheme, _, suffix = allowed.partition("*")
    return origin.startswith(scheme) and origin.endswith(suffix) and len(origin) > len(allowed) - 1
