"""What outcome calls take and answer."""

from typing import Any

from marshmallow import Schema, fields, validate

from feedback_service.domain.measures.outcomes import KINDS
from feedback_service.usecases.outcomes.report import (
    MOST_MONTHS,
    USUAL_BACK,
    USUAL_WITHIN,
    KindReport,
    OutcomeReport,
    Share,
)
from feedback_service.web.api.replies import instant
from feedback_service.web.api.reply_shapes import DefinitionReply
from feedback_service.web.api.shapes import Number, Strict, instant_field, one_of, string


class OutcomeDocument(Strict):
    respondent = string(200, required=True)
    kind = one_of(*KINDS, required=True)
    value = Number(allow_nan=False, allow_none=True)
    at = instant_field(required=True)


class OutcomeQuery(Strict):
    survey = string(64, required=True)
    within = fields.Integer(
        load_default=USUAL_WITHIN,
        validate=validate.Range(1, MOST_MONTHS),
        metadata={"description": "months after the answer in which an outcome counts"},
    )
    back = fields.Integer(
        load_default=USUAL_BACK,
        validate=validate.Range(1, MOST_MONTHS),
        metadata={"description": "how many months back answers are looked at"},
    )


class KeptReply(Schema):
    added = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)


class ShareReply(Schema):
    """People of one group who did it, and what it was worth."""

    hits = fields.Integer(required=True)
    people = fields.Integer(required=True)
    percent = fields.Float(required=True, allow_none=True)
    interval = fields.List(fields.Float(), required=True, allow_none=True)
    value = fields.Float(required=True)
    value_per_person = fields.Float(required=True, allow_none=True)
    value_interval = fields.List(fields.Float(), required=True, allow_none=True)


class RatioReply(Schema):
    times = fields.Float(required=True)
    interval = fields.List(fields.Float(), required=True)
    proven = fields.Boolean(required=True)


class BandShareReply(ShareReply):
    band = fields.String(required=True)


class TouchpointShareReply(ShareReply):
    touchpoint = fields.String(required=True, allow_none=True)


class ToldReply(Schema):
    """All that is known of a kind, of everybody in the project."""

    count = fields.Integer(required=True)
    first = fields.String(required=True)
    last = fields.String(required=True)


class KindReply(Schema):
    kind = fields.String(required=True)
    told = fields.Nested(ToldReply, required=True)
    bands = fields.List(fields.Nested(BandShareReply), required=True)
    touchpoints = fields.List(fields.Nested(TouchpointShareReply), required=True)
    ratio = fields.Nested(RatioReply, required=True, allow_none=True)
    sentence = fields.String(required=True, allow_none=True)
    caution = fields.String(required=True, allow_none=True)


class DefinedReply(Schema):
    definition = fields.Nested(DefinitionReply, required=True)
    people = fields.Integer(required=True)
    kinds = fields.List(fields.Nested(KindReply), required=True)
    touchpoints_left_out = fields.Integer(required=True)


class OutcomeReportReply(Schema):
    survey = fields.String(required=True)
    within_months = fields.Integer(required=True)
    back_months = fields.Integer(required=True)
    since = fields.String(required=True)
    until = fields.String(required=True)
    definitions = fields.List(fields.Nested(DefinedReply), required=True)


def of_report(found: OutcomeReport) -> dict[str, Any]:
    return {
        "survey": found.survey,
        "within_months": found.within,
        "back_months": found.back,
        "since": instant(found.since),
        "until": instant(found.until),
        "definitions": [
            {
                "definition": one.definition.carried(),
                "people": one.people,
                "kinds": [_kind(kind) for kind in one.kinds],
                "touchpoints_left_out": one.touchpoints_left_out,
            }
            for one in found.definitions
        ],
    }


def _kind(found: KindReport) -> dict[str, Any]:
    ratio = found.ratio
    return {
        "kind": found.kind,
        "told": {
            "count": found.told.count,
            "first": instant(found.told.first),
            "last": instant(found.told.last),
        },
        "bands": [{"band": name, **_share(share)} for name, share in found.bands.items()],
        "touchpoints": [
            {"touchpoint": name, **_share(share)} for name, share in found.touchpoints.items()
        ],
        "ratio": ratio
        and {"times": ratio.times, "interval": list(ratio.interval), "proven": ratio.is_proven},
        "sentence": found.sentence,
        "caution": found.caution,
    }


def _share(found: Share) -> dict[str, Any]:
    rate = found.rate
    return {
        "hits": rate.hits,
        "people": rate.total,
        "percent": rate.percent,
        "interval": None if rate.interval is None else list(rate.interval),
        "value": found.value,
        "value_per_person": found.mean,
        "value_interval": None if found.mean_interval is None else list(found.mean_interval),
    }
