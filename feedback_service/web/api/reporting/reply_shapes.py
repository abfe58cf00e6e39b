"""Schemas of what report calls answer with, for /openapi.json."""

from typing import Any

from marshmallow import Schema, fields, validate

from feedback_service.web.api.reply_shapes import DefinitionReply


def _number() -> fields.Float:
    return fields.Float(required=True, allow_none=True)


def _interval(about: str) -> fields.List[Any]:
    return fields.List(
        fields.Float(),
        required=True,
        allow_none=True,
        validate=validate.Length(equal=2),
        metadata={"description": about},
    )


class ReportPeriodReply(Schema):
    first = fields.Date(
        required=True, data_key="from", metadata={"description": "first day, in the project's zone"}
    )
    last = fields.Date(required=True, data_key="to", metadata={"description": "last day, inside"})


class ScoreChangeReply(Schema):
    """Whether two scores differ: by more than chance alone explains, at 95 %."""

    verdict = fields.String(
        required=True, validate=validate.OneOf(("changed_up", "changed_down", "not_proven"))
    )
    size = fields.Float(required=True, allow_none=True, metadata={"description": "points"})
    margin = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "the smallest size that would be proven here"},
    )


class BriefReply(Schema):
    score = _number()
    n = fields.Integer(required=True)


class NeededReply(Schema):
    margin = fields.Integer(required=True, metadata={"description": "points either side"})
    replies = fields.Integer(required=True)


class FigureReply(Schema):
    """One score with what it takes to read it; null under 10 replies, or when hidden."""

    score = _number()
    n = fields.Integer(required=True, allow_none=True)
    interval = _interval("95 %, in points of the score")
    verdict = fields.String(
        required=True,
        validate=validate.OneOf(("score", "indicative", "counts_only", "hidden")),
        metadata={"description": "how the score may be shown; hidden: the group is too small"},
    )
    counts = fields.Dict(
        required=True, allow_none=True, metadata={"description": "band -> people, bad to good"}
    )
    distribution = fields.Dict(
        required=True, allow_none=True, metadata={"description": "score -> people"}
    )
    mean = _number()
    net = fields.Float(
        required=True, allow_none=True, metadata={"description": "% good - % bad; net ease of CES"}
    )
    net_interval = _interval("95 %, in points of net")
    change = fields.Nested(ScoreChangeReply, required=True, allow_none=True)
    before = fields.Nested(BriefReply, required=True, allow_none=True)
    replies_needed = fields.Nested(NeededReply, required=True, allow_none=True)


class MeasuredReply(Schema):
    surveys = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "keys of all that are in it; in a journey, those at the stage"},
    )
    audience = fields.String(required=True)
    definition = fields.Nested(DefinitionReply, required=True)


class MeasuredFigureReply(FigureReply, MeasuredReply):
    """A figure beside its definition."""


class AnswerRateReply(Schema):
    """Responses with a score of tokens issued or shown."""

    answered = fields.Integer(required=True, allow_none=True)
    asked = fields.Integer(required=True, allow_none=True)
    percent = _number()
    interval = _interval("95 %, in percent")


class SurveyRateReply(AnswerRateReply):
    survey = fields.String(required=True)
    channels = fields.Dict(values=fields.Nested(AnswerRateReply), required=True)


class ReportSummaryReply(ReportPeriodReply):
    timezone = fields.String(required=True)
    before = fields.Nested(ReportPeriodReply, required=True)
    figures = fields.List(fields.Nested(MeasuredFigureReply), required=True)
    response_rates = fields.List(fields.Nested(SurveyRateReply), required=True)


class PointReply(ReportPeriodReply, FigureReply):
    is_partial = fields.Boolean(
        required=True,
        data_key="partial",
        metadata={"description": "the step is not over, or the period cut it off"},
    )


class LineReply(MeasuredReply):
    points = fields.List(fields.Nested(PointReply), required=True)


class TrendReply(ReportPeriodReply):
    timezone = fields.String(required=True)
    by = fields.String(required=True)
    lines = fields.List(fields.Nested(LineReply), required=True)


class SegmentReply(FigureReply):
    value = fields.String(required=True, allow_none=True)
    against_rest = fields.Nested(ScoreChangeReply, required=True, allow_none=True)


class SegmentedReply(MeasuredReply):
    total = fields.Nested(FigureReply, required=True)
    segments = fields.List(fields.Nested(SegmentReply), required=True)
    left_out = fields.Integer(required=True)


class SegmentsReply(ReportPeriodReply):
    timezone = fields.String(required=True)
    before = fields.Nested(ReportPeriodReply, required=True)
    segment = fields.String(required=True)
    definitions = fields.List(fields.Nested(SegmentedReply), required=True)


class StageReply(Schema):
    journey_stage = fields.String(required=True, allow_none=True)
    figures = fields.List(fields.Nested(MeasuredFigureReply), required=True)


class JourneyReply(ReportPeriodReply):
    timezone = fields.String(required=True)
    before = fields.Nested(ReportPeriodReply, required=True)
    stages = fields.List(fields.Nested(StageReply), required=True)


class SideReply(ReportPeriodReply):
    value = fields.String(required=True, allow_none=True)


class ComparedReply(MeasuredReply):
    a = fields.Nested(FigureReply, required=True)
    b = fields.Nested(FigureReply, required=True)
    change = fields.Nested(ScoreChangeReply, required=True, allow_none=True)


class ComparisonReply(Schema):
    timezone = fields.String(required=True)
    segment = fields.String(required=True, allow_none=True)
    a = fields.Nested(SideReply, required=True)
    b = fields.Nested(SideReply, required=True)
    definitions = fields.List(fields.Nested(ComparedReply), required=True)
