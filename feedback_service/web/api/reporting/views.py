"""/v1/reports: what the answers mean. Reads only."""

from typing import Any

from flask import Response
from marshmallow import fields

from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.measures.periods import STEPS, Period, period_of
from feedback_service.domain.measures.scales import METRICS
from feedback_service.usecases.reporting.asking import Asked
from feedback_service.usecases.reporting.compare import compare_periods, compare_segments
from feedback_service.usecases.reporting.journey import journey
from feedback_service.usecases.reporting.segments import segments
from feedback_service.usecases.reporting.summary import summary
from feedback_service.usecases.reporting.trend import trend
from feedback_service.web.api.reporting.replies import (
    of_comparison,
    of_journey,
    of_segments,
    of_summary,
    of_trend,
)
from feedback_service.web.api.reporting.reply_shapes import (
    ComparisonReply,
    JourneyReply,
    ReportSummaryReply,
    SegmentsReply,
    TrendReply,
)
from feedback_service.web.api.reporting.writing import json_reply
from feedback_service.web.api.shapes import Strict, one_of, string
from feedback_service.web.audiences import for_servers, key, service
from feedback_service.web.clock import now
from feedback_service.web.wire import ApiBlueprint

blueprint = ApiBlueprint(
    "reports", __name__, url_prefix="/v1/reports", description="What the answers mean"
)

_SEGMENT = "touchpoint, channel, journey_stage, campaign, audience, locale or trait:NAME"


def _day(name: str, about: str) -> fields.Date:
    told: dict[str, Any] = dict.fromkeys(("invalid", "format"), "write a day such as 2026-11-24")
    return fields.Date(data_key=name, error_messages=told, metadata={"description": about})


class ReportQuery(Strict):
    survey = string(64, metadata={"description": "the key of a survey; or give metric"})
    metric = one_of(*METRICS, metadata={"description": "all surveys of it, by definition"})
    first = _day("from", "first day, in the project's zone; 30 days by default")
    last = _day("to", "last day, inside the period; today by default")


class TrendQuery(ReportQuery):
    by = one_of(*STEPS, load_default="day")


class SegmentsQuery(ReportQuery):
    segment = string(72, required=True, metadata={"description": _SEGMENT})


class CompareQuery(ReportQuery):
    against_first = _day("against_from", "of two periods: the first day of the other")
    against_last = _day("against_to", "of two periods: the last day of the other")
    segment = string(72, metadata={"description": f"of two segments: {_SEGMENT}"})
    a = string(200, metadata={"description": "of two segments: a value"})
    b = string(200, metadata={"description": "of two segments: another value"})


@blueprint.route("/summary", methods=["GET"])
@for_servers("reports:read")
@blueprint.arguments(ReportQuery, location="query")
@blueprint.response(200, ReportSummaryReply)
def show_summary(query: dict[str, Any]) -> Response:
    """Show the score of a period, whether it changed since the one before, and the response rate.

    One figure for each definition: scales, band edges and audiences are never mixed.
    """
    return json_reply(of_summary(summary(service(), key().project_id, asked_of(query), now())))


@blueprint.route("/trend", methods=["GET"])
@for_servers("reports:read")
@blueprint.arguments(TrendQuery, location="query")
@blueprint.response(200, TrendReply)
def show_trend(query: dict[str, Any]) -> Response:
    """Show the score by day, week or month of the project's zone, each against the one before."""
    found = trend(service(), key().project_id, asked_of(query), query["by"], now())
    return json_reply(of_trend(found))


@blueprint.route("/segments", methods=["GET"])
@for_servers("reports:read")
@blueprint.arguments(SegmentsQuery, location="query")
@blueprint.response(200, SegmentsReply)
def show_segments(query: dict[str, Any]) -> Response:
    """Show the score by touchpoint, channel, trait …; proven worse than the rest first."""
    found = segments(service(), key().project_id, asked_of(query), query["segment"], now())
    return json_reply(of_segments(found))


@blueprint.route("/journey", methods=["GET"])
@for_servers("reports:read")
@blueprint.arguments(ReportQuery, location="query")
@blueprint.response(200, JourneyReply)
def show_journey(query: dict[str, Any]) -> Response:
    """Show every measure at every stage of the journey, of all surveys unless some are named."""
    return json_reply(of_journey(journey(service(), key().project_id, asked_of(query), now())))


@blueprint.route("/compare", methods=["GET"])
@for_servers("reports:read")
@blueprint.arguments(CompareQuery, location="query")
@blueprint.response(200, ComparisonReply)
def show_comparison(query: dict[str, Any]) -> Response:
    """Compare two periods (against_from, against_to), or two segments (segment, a, b)."""
    of_periods = _given(query, "against_first", "against_last")
    of_segment = _given(query, "segment", "a", "b")
    if of_periods == of_segment:
        raise InvalidValue(
            "say what to compare: against_from and against_to, or segment, a and b",
            "/segment" if of_segment else "/against_from",
        )
    project_id, asked, at = key().project_id, asked_of(query), now()
    if of_periods:
        against = _other(query)
        found = compare_periods(service(), project_id, asked, against, at)
    else:
        values = query["a"], query["b"]
        found = compare_segments(service(), project_id, asked, query["segment"], values, at)
    return json_reply(of_comparison(found))


def asked_of(query: dict[str, Any]) -> Asked:
    return Asked(
        survey=query.get("survey"),
        metric=query.get("metric"),
        first=query.get("first"),
        last=query.get("last"),
    )


def _given(query: dict[str, Any], *names: str) -> bool:
    """Tell whether all of some parameters are given. Raises InvalidValue for some of them."""
    missing = [name for name in names if name not in query]
    if not missing:
        return True
    if len(missing) == len(names):
        return False
    public = missing[0].replace("_first", "_from").replace("_last", "_to")
    raise InvalidValue("this is missing beside the others", f"/{public}")


def _other(query: dict[str, Any]) -> Period:
    """Return the other period. Raises InvalidValue naming its own parameters."""
    try:
        return period_of(query["against_first"], query["against_last"], query["against_last"])
    except InvalidValue as error:
        field = "/against_to" if error.field == "/to" else "/against_from"
        raise InvalidValue(str(error), field) from None
