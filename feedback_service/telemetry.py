"""Logs and counters: what operators see of a process, and never of a person.

Logs are JSON lines on stderr. Counters work over several processes when PROMETHEUS_MULTIPROC_DIR
was set before this module is imported, as `serve` does; without it they tell of this process only.
"""

import logging
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextvars import ContextVar
from functools import cache
from typing import Any, Final

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
HIDDEN: Final = "[hidden]"

# A field is hidden when one of these words is in its name: api_token, commentText, reply-to-email …
_PRIVATE: Final = re.compile(
    "token|secret|comment|e_?mail|password|passwd|authorization|cookie|signature|jwt|"
    "api_?key|secret_key|site_key|body|answers?$|traits|headers|query|url$",
    re.IGNORECASE,
)
# Names with such a word that say nothing about a person or a secret.
_HARMLESS: Final = {"token_kind", "public_url", "body_bytes"}
# Our keys and secrets, JWTs and our own tokens, whatever field or sentence they stand in.
_SECRET_TEXT: Final = re.compile(
    r"fb[kp]_[A-Za-z0-9_]{20,}|whsec_[A-Za-z0-9+/=]{8,}|[A-Za-z0-9_-]{16,}(?:\.[A-Za-z0-9_-]{20,})+"
    r"|[^\s@\"'<>]+@[^\s@\"'<>]+\.[a-z]{2,}"
)
# Their messages quote rows and parameters, and so comments and addresses of people.
_QUOTING: Final = {"sqlalchemy", "psycopg", "sqlite3", "json", "marshmallow"}
_LONGEST_MESSAGE: Final = 500
# Answers take milliseconds; what is slower than ten seconds was given up by its client.
_BUCKETS_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)

# Of the request this thread answers, None outside of one.
REQUEST_ID: Final[ContextVar[str | None]] = ContextVar("request_id", default=None)

REGISTRY: Final = CollectorRegistry()
RESPONSES: Final = Counter(
    "feedback_responses_total", "First answers of a token", ["metric", "channel", "band"],
    registry=REGISTRY,
)  # fmt: skip
TOKEN_REJECTS: Final = Counter(
    "feedback_token_rejects_total", "Tokens refused, by error code", ["reason"], registry=REGISTRY
)
WEBHOOK_ATTEMPTS: Final = Counter(
    "feedback_webhook_attempts_total", "Webhook attempts: delivered or the class of error",
    ["outcome"], registry=REGISTRY,
)  # fmt: skip
REQUESTS: Final = Histogram(
    "feedback_request_duration_seconds", "Time to answer a request, by route template",
    ["method", "route", "status"], registry=REGISTRY, buckets=_BUCKETS_S,
)  # fmt: skip
# What gauges read at scrape are called and mean.
GAUGES: Final = {
    "feedback_database_up": "1 when the database answered this scrape",
    "feedback_outbox_pending": "Deliveries that wait for their time or their next attempt",
    "feedback_outbox_oldest_due_seconds": "How long the oldest due delivery has waited",
    "feedback_webhooks_disabled": "Webhooks given up: nothing is sent until somebody enables them",
    "feedback_webhooks_failing": "Active webhooks whose last attempt failed",
    "feedback_cases_overdue": "Cases past their due time that are not resolved",
}


def configure_logging(level: str) -> None:
    """Log from `level` (debug, info, warning, error) on, structlog and stdlib alike."""
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[structlog.types.Processor] = [
        name_request,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        describe_exception,
        hide_private,
        structlog.processors.JSONRenderer(),
    ]
    structlog.configure(
        processors=shared,
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=_LineLogger,
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [_ToStructlog()]
    # Libraries speak of their own affairs: only what worries them is for the operator.
    root.setLevel(max(number, logging.WARNING))


def name_request(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Put the id of the running request into the line."""
    request_id = REQUEST_ID.get()
    if request_id is not None:
        event["request_id"] = request_id
    return event


def hide_private(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Hide what must not be in a log, by the names of fields and by the looks of texts."""
    for name, value in event.items():
        event[name] = _shown(name, value)
    return event


def describe_exception(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Turn exc_info into frames and classes; a message that may quote rows is left out."""
    info = event.pop("exc_info", None)
    error = sys.exc_info()[1] if info is True else info
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["exception"] = [_described(one) for one in _chain(error)]
    return event


def count_response(metric: str, channel: str, band: str | None) -> None:
    _labelled(RESPONSES, metric, channel, band or "none").inc()


def count_token_reject(reason: str) -> None:
    TOKEN_REJECTS.labels(reason).inc()


def count_webhook_attempt(outcome: str) -> None:
    WEBHOOK_ATTEMPTS.labels(outcome).inc()


def observe_request(method: str, route: str | None, status: int, elapsed_s: float) -> None:
    """Note a finished request. route: the template such as ``/s/<token>``, None when none fits."""
    known = method if method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} else "other"
    _labelled(REQUESTS, known, route or "none", str(status)).observe(elapsed_s)


@cache
def _labelled(metric: Any, *labels: str) -> Any:
    """Remember a labelled child: the library looks it up under a lock. Few labels exist."""
    return metric.labels(*labels)


def render_metrics(gauges: Callable[[], Mapping[str, float]]) -> bytes:
    """Return everything in Prometheus' text format.

    gauges: read at this moment; names of GAUGES to values (storage/health.py has them).
    """
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library's
    else:
        registry.register(_Forwarded(REGISTRY))
    registry.register(_Gauges(gauges))
    return generate_latest(registry)


class _Forwarded(Collector):
    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterator[Metric]:
        yield from self._registry.collect()


class _Gauges(Collector):
    def __init__(self, read: Callable[[], Mapping[str, float]]) -> None:
        self._read = read

    def describe(self) -> list[Metric]:
        return []  # so that registering does not read already

    def collect(self) -> Iterator[Metric]:
        for name, value in self._read().items():
            yield GaugeMetricFamily(name, GAUGES[name], value=value)


class _LineLogger:
    """Writes one line at once, to whatever stderr is now."""

    def __init__(self, *_names: object) -> None:
        pass

    def msg(self, line: str) -> None:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()

    debug = info = warning = warn = error = critical = exception = fatal = msg


class _ToStructlog(logging.Handler):
    """Gives what libraries log through the standard library our shape."""

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger()
        speak = log.error if record.levelno >= logging.ERROR else log.warning
        if record.levelno < logging.WARNING:
            speak = log.info
        speak(record.getMessage(), logger=record.name, exc_info=record.exc_info)


def _shown(name: object, value: Any) -> Any:
    if isinstance(name, str) and name not in _HARMLESS and _PRIVATE.search(name):
        return HIDDEN
    if isinstance(value, Mapping):
        return {key: _shown(key, below) for key, below in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_shown(None, below) for below in value]
    if isinstance(value, str):
        return _SECRET_TEXT.sub(HIDDEN, value)
    if value is None or isinstance(value, bool | int | float):
        return value
    return _SECRET_TEXT.sub(HIDDEN, str(value))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what caused it, the outermost first."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or (
            None if current.__suppress_context__ else current.__context__
        )


def _described(error: BaseException) -> dict[str, Any]:
    frames = [
        f"{frame.filename}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    kind = type(error)
    described: dict[str, Any] = {"class": f"{kind.__module__}.{kind.__qualname__}"}
    if not any(base.__module__.partition(".")[0] in _QUOTING for base in kind.__mro__):
        described["message"] = str(error)[:_LONGEST_MESSAGE]
    return {**described, "frames": frames}
