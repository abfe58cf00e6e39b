"""Where requests enter: addresses; of JSON size, content type, strict parsing, then one schema."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from flask import Flask, Request, request
from flask_smorest import Blueprint
from marshmallow import Schema, ValidationError
from webargs.flaskparser import FlaskParser

from feedback_service.web import strict_json
from feedback_service.web.problems import WireError

View = TypeVar("View", bound=Callable[..., Any])
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

MAX_BODY_BYTES: Final = 64 * 1024
# fetch() with a text as body sends the second, navigator.sendBeacon() too.
_USUAL_TYPES: Final = {"application/json", "text/plain;charset=UTF-8"}
UNUSUAL: Final = object()
_UNKNOWN: Final = "unknown field: take it out, or look for a typo"


def install(app: Flask) -> None:
    """Refuse a NUL in an address, as `strict_json` does in a body: PostgreSQL takes none."""

    @app.before_request
    def refuse_nul() -> None:
        environ = request.environ
        if "\0" in environ["PATH_INFO"] or "%00" in environ.get("QUERY_STRING", ""):
            raise WireError("invalid-request", "the address holds a NUL: take %00 out of it")


def read_json(request: Request, *, plain_text_too: bool = False) -> Any:
    """Return the body's JSON value.

    plain_text_too: accept text/plain, which browsers send to other origins without asking first.
    Raises WireError: unsupported-media-type, too-large, malformed-json.
    """
    accepted = {"application/json", "text/plain"} if plain_text_too else {"application/json"}
    if request.mimetype not in accepted:
        raise WireError(
            "unsupported-media-type", "send the body with Content-Type: application/json"
        )
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if charset not in {"utf-8", "utf8"}:
        raise WireError("unsupported-media-type", f"send UTF-8 instead of {charset[:20]!r}")
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise WireError("too-large", f"the body may have at most {MAX_BODY_BYTES} bytes")
    return strict_json.parse(request.get_data(cache=True))


def read_answer(environ: Mapping[str, Any]) -> Any:
    """Return the JSON value of a body as browsers and servers send it, else UNUSUAL.

    What `read_json` does, without looking closely at headers that leave nothing to look at. The
    body is read only when they do.
    """
    length = environ.get("CONTENT_LENGTH", "")
    if environ.get("CONTENT_TYPE") not in _USUAL_TYPES or not 0 < len(length) <= 5:
        return UNUSUAL
    if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
        return UNUSUAL
    body = environ["wsgi.input"].read(int(length))
    if len(body) < int(length):
        raise WireError("malformed-json", "the body ended before its Content-Length")
    return strict_json.parse(body)


def load(schema: Schema, document: Any) -> dict[str, Any]:
    """Return the document as its schema reads it. Raises WireError naming every faulty field."""
    if not isinstance(document, dict):
        raise WireError("invalid-request", "the body must be a JSON object", [("", "no object")])
    try:
        loaded: dict[str, Any] = schema.load(document)
    except ValidationError as error:
        raise invalid(error.messages) from None
    return loaded


def invalid(messages: Any) -> WireError:
    """Return the error for marshmallow's messages: field -> texts, nested as the document is."""
    faults = list(_faults(messages, ""))
    named = ", ".join(pointer for pointer, _ in faults[:5]) or "the request"
    return WireError("invalid-request", f"{named}: {faults[0][1]}", faults)


def _faults(messages: Any, pointer: str) -> list[tuple[str, str]]:
    if isinstance(messages, dict):
        return [
            fault
            for name, below in messages.items()
            for fault in _faults(
                below, pointer if name == "_schema" else f"{pointer}/{_escaped(name)}"
            )
        ]
    texts = messages if isinstance(messages, list) else [messages]
    return [(pointer, _UNKNOWN if str(t) == "Unknown field." else str(t)) for t in texts]


def _escaped(name: object) -> str:
    return str(name).replace("~", "~0").replace("/", "~1")


class _StrictParser(FlaskParser):
    """webargs with our JSON and our errors.

    A schema with body_optional = True takes a request without any body as one without fields.
    """

    # Each schema says itself what it does with unknown parameters; webargs would ignore them, and
    # a mistyped filter would list everything.
    DEFAULT_UNKNOWN_BY_LOCATION = {  # noqa: RUF012  # webargs' own attribute, never changed
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": None,
    }

    def load_json(self, req: Request, schema: Schema) -> Any:  # webargs' signature
        bare = not req.content_type and not req.get_data()
        if bare and getattr(schema, "body_optional", False):
            return {}
        document = read_json(req)
        if not isinstance(document, dict):
            raise WireError(
                "invalid-request", "the body must be a JSON object", [("", "no object")]
            )
        return document

    def handle_error(  # type: ignore[override]  # webargs declares it NoReturn with more types
        self, error: ValidationError, *_args: Any, **_options: Any
    ) -> None:
        messages = error.messages
        # Messages are grouped by where the field came from: {"json": {...}} or {"query": {...}}.
        if isinstance(messages, dict) and len(messages) == 1:
            messages = next(iter(messages.values()))
        raise invalid(messages) from None


class ApiBlueprint(Blueprint):  # type: ignore[misc]  # flask-smorest has no types
    """A blueprint whose arguments go through the strict door and into /openapi.json.

    Its methods only give flask-smorest's decorators their types.
    """

    ARGUMENTS_PARSER = _StrictParser()

    def route(self, rule: str, **options: Any) -> Decorator:
        return _typed(super().route(rule, **options))

    def arguments(self, schema: type[Schema], **options: Any) -> Decorator:
        return _typed(super().arguments(schema, **options))

    def response(
        self, status: int, schema: type[Schema] | None = None, **options: Any
    ) -> Decorator:
        return _typed(super().response(status, schema, **options))

    def alt_response(self, status: int, **options: Any) -> Decorator:
        return _typed(super().alt_response(status, **options))

    def errorhandler(self, code_or_exception: type[Exception] | int) -> Decorator:
        return _typed(super().errorhandler(code_or_exception))

    def after_request(self, view: View) -> View:
        super().after_request(view)
        return view

    def doc(self, **options: Any) -> Decorator:
        return _typed(super().doc(**options))


def _typed(decorator: Any) -> Decorator:
    typed: Decorator = decorator
    return typed
