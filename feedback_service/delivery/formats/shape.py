"""What a format is: how one kind of receiver wants to be told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

JSON: Final = "application/json"

Document = dict[str, Any]


class Unfit(Exception):
    """Something makes no valid request. pointer: into the webhook's document."""

    def __init__(self, pointer: str, why: str) -> None:
        super().__init__(why)
        self.pointer = pointer


@dataclass(frozen=True, slots=True)
class Event:
    """What is told. id: of its delivery. timestamp: ISO 8601. data: of the standard body."""

    id: str
    type: str
    timestamp: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Need:
    """A header the receiver asks for. form: what its value looks like."""

    name: str
    form: str


@dataclass(frozen=True, slots=True)
class Lookup:
    """A question (GET) asked before a delivery: who is this person over there?

    nobody: statuses that mean there is no such person.
    found: reply -> their id, None for nobody; raises ValueError when it cannot be read.
    complete: the body with that id in it.
    """

    url: str
    nobody: frozenset[int]
    found: Callable[[str], str | int | None]
    complete: Callable[[str | int | None], bytes]


def _takes_any_reply(_reply: str) -> bool:
    return False


def _asks_nothing(_url: str, _body: bytes) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One kind of receiver.

    title: what it makes of an event. path: pattern the URL's path must end with. example: a URL.
    needs: headers it does not work without. headers: what we send along unless the webhook has
    its own; {id} stands for the delivery's id. build: words, event, URL -> the body as JSON value;
    raises Unfit. words: the file of its words, None when it has none to change.
    refused: tells of a 2xx reply whether its text says the delivery failed all the same.
    """

    name: str
    title: str
    example: str
    build: Callable[[Document, Event, str], Any]
    path: str = ""
    words: str | None = None
    needs: tuple[Need, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = JSON
    refused: Callable[[str], bool] = _takes_any_reply
    lookup: Callable[[str, bytes], Lookup | None] = _asks_nothing


def without_nothing(value: Any) -> Any:
    """Return a JSON value without members that are null and objects that hold nothing.

    A null would empty a field over there; what we do not know we leave out.
    """
    if isinstance(value, Mapping):
        kept = {name: without_nothing(inner) for name, inner in value.items()}
        return {name: inner for name, inner in kept.items() if inner is not None and inner != {}}
    if isinstance(value, list | tuple):
        return [inner for one in value if (inner := without_nothing(one)) is not None]
    return value


def cut(value: Any, longest: int) -> str | None:
    """Return a value as text of at most so many characters; None stays None."""
    if value is None:
        return None
    text = str(value)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def cut_bytes(value: Any, longest: int) -> str | None:
    """Return a value as text of at most so many bytes in UTF-8; None stays None."""
    if value is None:
        return None
    encoded = str(value).encode()
    if len(encoded) <= longest:
        return str(value)
    return encoded[: longest - 3].decode(errors="ignore") + "…"
