"""Settings: the only reader of the environment."""

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")

LOG_LEVELS: Final = ("debug", "info", "warning", "error")
MIN_SECRET_LENGTH: Final = 32
# They hold secrets or passwords, and a fault ends up in a log.
_NEVER_SHOWN: Final = {"SECRET_KEY", "DATABASE_URL", "RATE_LIMIT_URL"}
_TRUE: Final = {"1", "true", "yes", "on"}
_FALSE: Final = {"0", "false", "no", "off", ""}


class SettingsError(Exception):
    """The environment is wrong; the message lists every fault, one a line."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set from outside.

    secret_keys: newest first; the first signs and encrypts, all of them verify and decrypt.
    bind: host:port. public_url: without a trailing slash, None to take it from each request.
    trusted_proxies: how many proxies in front of us set X-Forwarded-*.
    retry_scale: multiplies every gap between webhook attempts.
    """

    database_url: str
    data_dir: Path
    secret_keys: tuple[str, ...]
    public_url: str | None = None
    bind: str = "127.0.0.1:8000"
    workers: int = 2
    threads: int = 32
    trusted_proxies: int = 0
    webhook_allow_nets: tuple[IPv4Network | IPv6Network, ...] = ()
    webhook_allow_http: bool = False
    rate_limit_url: str | None = None
    retry_scale: float = 1.0
    log_level: str = "info"
    metrics_token: str | None = None


class _Reader:
    """Reads one setting after another and collects what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.faults: list[str] = []

    def text(self, name: str) -> str | None:
        return self._environ.get(f"FEEDBACK_{name}", "").strip() or None

    def parsed(self, name: str, default: T, parse: Callable[[str], T], wanted: str) -> T:
        text = self.text(name)
        if text is None:
            return default
        try:
            return parse(text)
        except ValueError:
            shown = "unusable" if name in _NEVER_SHOWN else repr(text)
            self.faults.append(f"FEEDBACK_{name} is {shown}: it must be {wanted}")
            return default


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read the settings. Raises SettingsError with every fault at once.

    Creates the data directory and, when no secret key is set, a key file in it (mode 600).
    """
    read = _Reader(environ)
    data_dir = Path(read.text("DATA_DIR") or "feedback-data")
    settings = Settings(
        database_url=read.parsed(
            "DATABASE_URL",
            f"sqlite:///{data_dir.absolute() / 'feedback.db'}",
            _database_url,
            "sqlite:///path or postgresql://user@host/name",
        ),
        data_dir=data_dir,
        secret_keys=read.parsed(
            "SECRET_KEY",
            (),
            _secret_keys,
            f"one or more secrets of at least {MIN_SECRET_LENGTH} characters, comma separated, "
            "newest first",
        ),
        public_url=read.parsed(
            "PUBLIC_URL", None, _public_url, "an absolute http(s) URL without query"
        ),
        bind=read.parsed("BIND", "127.0.0.1:8000", _bind, "host:port"),
        workers=read.parsed("WORKERS", 2, _between(1, 256), "a whole number from 1 to 256"),
        threads=read.parsed("THREADS", 32, _between(1, 1024), "a whole number from 1 to 1024"),
        trusted_proxies=read.parsed(
            "TRUSTED_PROXIES", 0, _between(0, 10), "a whole number from 0 to 10"
        ),
        webhook_allow_nets=read.parsed(
            "WEBHOOK_ALLOW_NETS", (), _nets, "networks such as 10.1.0.0/16, comma separated"
        ),
        webhook_allow_http=read.parsed("WEBHOOK_ALLOW_HTTP", False, _flag, "true or false"),
        rate_limit_url=read.parsed(
            "RATE_LIMIT_URL", None, _rate_limit_url, "redis://host:port/number or memory://"
        ),
        retry_scale=read.parsed("RETRY_SCALE", 1.0, _scale, "a number above 0, at most 1000"),
        log_level=read.parsed("LOG_LEVEL", "info", _log_level, f"one of {', '.join(LOG_LEVELS)}"),
        metrics_token=read.text("METRICS_TOKEN"),
    )
    if read.faults:
        raise SettingsError("\n".join(read.faults))
    return settings if settings.secret_keys else _with_kept_secret(settings)


def _with_kept_secret(settings: Settings) -> Settings:
    """Take the secret from the data directory, making it first when it is not there."""
    path = settings.data_dir / "secret_key"
    try:
        # Answers and the secret lie here: for the service's own user only.
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            # Written aside and linked, so that of two first starts one wins and both read it whole.
            draft = path.with_name(f"secret_key.{secrets.token_hex(8)}")
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(48))
            try:
                path.hardlink_to(draft)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        keys = _secret_keys(path.read_text(encoding="ascii").strip())
    except OSError as error:
        raise SettingsError(
            f"no secret key could be kept in {path}: {error.strerror}. "
            "Set FEEDBACK_SECRET_KEY, or FEEDBACK_DATA_DIR to a directory we may write"
        ) from error
    except ValueError:
        # Its text must not be shown, and so neither must the error that quotes it.
        raise SettingsError(
            f"{path} holds no secret key: put back the one it held, or delete it when no answer "
            "and no link was ever made with it"
        ) from None
    return replace(settings, secret_keys=keys)


def _database_url(text: str) -> str:
    scheme, separator, rest = text.partition("://")
    if not separator or not rest:
        raise ValueError(text)
    if scheme == "sqlite":
        return text
    if scheme in {"postgres", "postgresql", "postgresql+psycopg"}:
        return f"postgresql+psycopg://{rest}"
    raise ValueError(text)


def _secret_keys(text: str) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in text.split(","))
    if any(len(key) < MIN_SECRET_LENGTH for key in keys):
        raise ValueError(text)
    return keys


def _public_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(text)
    return text.rstrip("/")


def _bind(text: str) -> str:
    host, separator, port = text.rpartition(":")
    if not separator or not host or not 0 <= int(port) <= 65535:
        raise ValueError(text)
    return text


def _between(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        number = int(text)
        if not low <= number <= high:
            raise ValueError(text)
        return number

    return parse


def _nets(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(net.strip()) for net in text.split(","))


def _flag(text: str) -> bool:
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise ValueError(text)


def _rate_limit_url(text: str) -> str:
    if text.partition("://")[0] not in {"redis", "rediss", "memory"}:
        raise ValueError(text)
    return text


def _scale(text: str) -> float:
    number = float(text)
    if not 0 < number <= 1000:
        raise ValueError(text)
    return number


def _log_level(text: str) -> str:
    if text.lower() not in LOG_LEVELS:
        raise ValueError(text)
    return text.lower()
