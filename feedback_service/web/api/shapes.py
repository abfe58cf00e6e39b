"""The shapes of survey and webhook documents, wherever they come in: HTTP or a file."""

from datetime import UTC, datetime
from typing import Any, Final

from marshmallow import RAISE, Schema, fields, validate

from feedback_service.domain.alerting.events import EVENT_TYPES
from feedback_service.domain.alerting.pacing import MAX_PER_MINUTE
from feedback_service.domain.alerting.webhooks import WEBHOOK_STATUSES
from feedback_service.domain.display import POSITIONS, STYLES, TRIGGERS
from feedback_service.domain.extra_questions import KINDS, MAX_QUESTIONS
from feedback_service.domain.measures.scales import AUDIENCES, METRICS, SCALES
from feedback_service.domain.surveys import CAPTURE_POLICIES, JOURNEY_STAGES, STATUSES

LOCALE: Final = validate.Regexp(
    r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$", error="use a language tag such as en or pt-BR"
)
COLOUR: Final = validate.Regexp(r"^#[0-9A-Fa-f]{6}$", error="use a colour such as #2457d6")
# Only what a Content-Security-Policy can name: that very picture, and nothing else, is loaded.
LOGO: Final = validate.Regexp(
    r"^(?=.{1,300}$)https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~%@+-]+)+$",
    error="use the https address of a picture, without a query, such as "
    "https://example.com/logo.png",
)
_ADDRESS: Final = validate.Regexp(
    r"^[/*a-z][!-~]{0,199}$",
    error="use a path such as /help/* or an address such as https://*#/cart",
)
_KEY: Final = validate.Regexp(
    r"^[a-z0-9][a-z0-9_-]{0,63}$", error="use lower-case letters, digits, - and _"
)


def string(longest: int, **options: Any) -> fields.String:
    """A text field of 1 to `longest` characters."""
    return fields.String(validate=validate.Length(1, longest), **options)


def whole(low: int, high: int, **options: Any) -> fields.Integer:
    """A whole number field; strings, fractions and booleans are refused."""
    return fields.Integer(strict=True, validate=validate.Range(low, high), **options)


class Truth(fields.Boolean):
    """true or false; unlike marshmallow's own no 1, 0 or "yes"."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Number(fields.Float):
    """A number; unlike marshmallow's own no "12.50"."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        if isinstance(value, str):
            raise self.make_error("invalid", input=value)
        number: float = super()._deserialize(value, attr, data, **kwargs)
        return number


class Instant(fields.AwareDateTime):
    """A point in time, in any zone; in UTC from then on."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        at = super()._deserialize(value, attr, data, **kwargs)
        try:
            return at.astimezone(UTC)
        except OverflowError:  # within hours of the first or the last year there is
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE) from None


def instant_field(**options: Any) -> Instant:
    """A point in time, in any zone."""
    told = "write a time with its zone, such as 2026-11-24T09:30:00Z or 2026-11-24T10:30:00+01:00"
    messages: dict[str, Any] = dict.fromkeys(("invalid", "invalid_awareness", "format"), told)
    return Instant(format="iso", error_messages=messages, **options)


def one_of(*choices: str, **options: Any) -> fields.String:
    return fields.String(validate=validate.OneOf(choices, error="use one of {choices}"), **options)


def by_locale(value: fields.Field[Any], **options: Any) -> fields.Dict:
    return fields.Dict(keys=fields.String(validate=LOCALE), values=value, **options)


def texts(value: fields.Field[Any], **options: Any) -> fields.List[Any]:
    return fields.List(value, validate=validate.Length(max=100), **options)


class Strict(Schema):
    """Unknown fields are refused by name."""

    class Meta:
        unknown = RAISE


class Option(Strict):
    value = string(64, required=True)
    text = by_locale(string(200), required=True)


class ExtraQuestion(Strict):
    key = fields.String(required=True, validate=_KEY)
    kind = one_of(*KINDS, required=True)
    text = by_locale(string(500), required=True)
    options = fields.List(fields.Nested(Option), validate=validate.Length(max=20))
    show_if_band = texts(string(16))


class Display(Strict):
    """When and where the widget asks; docs/embed.md explains each."""

    trigger = one_of(*TRIGGERS)
    event = string(64)
    selector = string(200)
    scroll_percent = whole(1, 100)
    after_s = whole(0, 3600)
    pages = texts(fields.String(validate=_ADDRESS))
    except_pages = texts(fields.String(validate=_ADDRESS))
    sample_percent = fields.Float(
        validate=validate.Range(0, 100, min_inclusive=False), allow_nan=False
    )
    visits_from = whole(1, 10_000)
    visits_to = whole(1, 10_000)
    traits = fields.Dict(keys=string(64), values=texts(string(200)))
    again_after_days = whole(0, 3650)
    position = one_of(*POSITIONS)
    element = string(200)
    style = one_of(*STYLES)
    later = Truth()


class ThanksLink(Strict):
    url = fields.String(
        required=True,
        validate=validate.Regexp(
            r"^https?://[!-~]{1,2000}$", error="use an address that begins with https://"
        ),
    )
    text = by_locale(string(100), required=True)


class Theme(Strict):
    accent = fields.String(validate=COLOUR)
    background = fields.String(validate=COLOUR)
    text = fields.String(validate=COLOUR)
    radius = fields.String(validate=validate.Regexp(r"^\d{1,2}px$", error="use pixels such as 8px"))
    scheme = one_of("auto", "light", "dark")
    font = one_of("system", "inherit")
    logo = fields.String(validate=LOGO)


class SurveyDocument(Strict):
    """A survey as its owner writes it; what is left out takes its default."""

    metric = one_of(*METRICS, required=True)
    scale = one_of(*SCALES, allow_none=True)
    audience = one_of(*AUDIENCES, allow_none=True)
    subject = string(200, allow_none=True)
    task = string(200, allow_none=True)
    touchpoint = string(64, allow_none=True)
    journey_stage = one_of(*JOURNEY_STAGES, allow_none=True)
    bands = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Integer(strict=True), validate=validate.Length(equal=2)),
        allow_none=True,
    )
    questions = by_locale(string(500), allow_none=True)
    follow_up = by_locale(fields.Dict(keys=string(16), values=string(500)), allow_none=True)
    thanks = by_locale(fields.Dict(keys=string(16), values=string(500)), allow_none=True)
    thanks_links = fields.Dict(keys=string(16), values=fields.Nested(ThanksLink), allow_none=True)
    extra_questions = fields.List(
        fields.Nested(ExtraQuestion), validate=validate.Length(max=MAX_QUESTIONS), allow_none=True
    )
    display = fields.Nested(Display, allow_none=True)
    theme = fields.Nested(Theme, allow_none=True)
    settle_s = whole(0, 86_400, allow_none=True)
    edit_window_s = whole(0, 2_592_000, allow_none=True)
    capture = one_of(*CAPTURE_POLICIES, allow_none=True)
    status = one_of(*STATUSES, allow_none=True)


class ScoreRange(Strict):
    min = fields.Integer(strict=True, allow_none=True)
    max = fields.Integer(strict=True, allow_none=True)


class FilterDocument(Strict):
    survey = texts(string(64))
    metric = texts(one_of(*METRICS))
    band = texts(string(16))
    score = fields.Nested(ScoreRange, allow_none=True)
    touchpoint = texts(string(64))
    channel = texts(string(16))
    traits = fields.Dict(keys=string(64), values=texts(string(200)))


class WebhookChange(Strict):
    """What may be changed of a webhook."""

    url = string(2048)
    events = fields.List(one_of(*EVENT_TYPES), validate=validate.Length(min=1))
    filter = fields.Nested(FilterDocument, allow_none=True)
    format = string(32)
    headers = fields.Dict(keys=string(64), values=string(4096), allow_none=True)
    template = fields.Dict(allow_none=True)
    description = string(200, allow_none=True)
    rate_per_minute = whole(1, MAX_PER_MINUTE, allow_none=True)
    status = one_of(*(status for status in WEBHOOK_STATUSES if status != "disabled"))


class WebhookDocument(WebhookChange):
    """A webhook as its owner writes it."""

    url = string(2048, required=True)
    events = fields.List(one_of(*EVENT_TYPES), required=True, validate=validate.Length(min=1))
