"""Where the demo's two sites are: the service, and the shop that uses it, one port above."""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from feedback_service.config import Settings

_HIGHEST_PORT: Final = 65_535


class NoPlace(Exception):
    """The demo cannot listen where the settings say."""


@dataclass(frozen=True, slots=True)
class Places:
    """host, port: where the shop listens. service: the URL that browsers call.

    api: the URL under which the shop's back end, on the same machine, calls the service.
    """

    host: str
    port: int
    service: str
    api: str
    shop: str

    @property
    def receiver(self) -> str:
        return f"{self.shop}/receiver"

    @property
    def origins(self) -> tuple[str, ...]:
        """The shop's origin in both spellings that people type."""
        return (self.shop, f"http://localhost:{self.port}")


def places_of(settings: Settings) -> Places:
    """Return where the demo is. Raises NoPlace when that would not be this machine."""
    host, _, port_text = settings.bind.rpartition(":")
    port = int(port_text)
    if not _is_here(host):
        raise NoPlace(
            f"FEEDBACK_BIND is {settings.bind!r}: the demo sends webhooks to this machine only, "
            "so bind it to 127.0.0.1:PORT or 0.0.0.0:PORT"
        )
    if not 0 < port < _HIGHEST_PORT:
        raise NoPlace("the demo needs two ports: the one in FEEDBACK_BIND and the next")
    api = f"http://127.0.0.1:{port}"
    shop = f"http://127.0.0.1:{port + 1}"
    return Places(host, port + 1, settings.public_url or api, api, shop)


def _is_here(host: str) -> bool:
    """Tell whether 127.0.0.1 reaches what listens on this host."""
    if host == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return str(address) in {"127.0.0.1", "0.0.0.0"}  # noqa: S104  # compared, not bound
