"""The JSON of reports. Numbers keep full precision: rounding is display."""

from collections.abc import Sequence
from typing import Any

from feedback_service.domain.measures.intervals import Interval
from feedback_service.domain.measures.metrics import Change, Figure, Rate
from feedback_service.domain.measures.periods import Period
from feedback_service.usecases.reporting.compare import Comparison
from feedback_service.usecases.reporting.figures import MARGIN, Measured, Reported
from feedback_service.usecases.reporting.journey import Journey
from feedback_service.usecases.reporting.segments import Segmented, Segments
from feedback_service.usecases.reporting.summary import Summary, SurveyRate
from feedback_service.usecases.reporting.trend import Trend


def of_summary(found: Summary) -> dict[str, Any]:
    return {
        "timezone": found.timezone,
        **of_period(found.period),
        "before": of_period(found.before),
        "figures": [{**_figure(one), **_measured(what)} for what, one in found.figures],
        "response_rates": [_survey_rate(one) for one in found.rates],
    }


def of_trend(found: Trend) -> dict[str, Any]:
    return {
        "timezone": found.timezone,
        **of_period(found.period),
        "by": found.by,
        "lines": [
            {
                **_measured(what),
                "points": [
                    {**of_period(point.period), "partial": point.is_partial}
                    | _figure(point.reported)
                    for point in points
                ],
            }
            for what, points in found.lines
        ],
    }


def of_segments(found: Segments) -> dict[str, Any]:
    return {
        "timezone": found.timezone,
        **of_period(found.period),
        "before": of_period(found.before),
        "segment": found.segment,
        "definitions": [_segmented(one) for one in found.definitions],
    }


def of_journey(found: Journey) -> dict[str, Any]:
    return {
        "timezone": found.timezone,
        **of_period(found.period),
        "before": of_period(found.before),
        "stages": [
            {
                "journey_stage": stage.name,
                "figures": [{**_figure(one), **_measured(what)} for what, one in stage.figures],
            }
            for stage in found.stages
        ],
    }


def of_comparison(found: Comparison) -> dict[str, Any]:
    return {
        "timezone": found.timezone,
        "segment": found.segment,
        "a": {**of_period(found.a[0]), "value": found.a[1]},
        "b": {**of_period(found.b[0]), "value": found.b[1]},
        "definitions": [
            {
                **_measured(one.measured),
                "a": _figure(one.a),
                "b": _figure(one.b),
                "change": of_change(one.change),
            }
            for one in found.definitions
        ],
    }


def of_period(period: Period) -> dict[str, str]:
    return {"from": period.first.isoformat(), "to": period.last.isoformat()}


def _segmented(found: Segmented) -> dict[str, Any]:
    return {
        **_measured(found.measured),
        "total": _figure(found.total),
        "segments": [
            {
                "value": one.value,
                **_figure(one.reported),
                "against_rest": of_change(one.against_rest),
            }
            for one in found.segments
        ],
        "left_out": found.left_out,
    }


def _measured(what: Measured) -> dict[str, Any]:
    return {
        "surveys": list(what.surveys),
        "audience": what.definition.audience,
        "definition": what.definition.carried(),
    }


def _figure(found: Reported) -> dict[str, Any]:
    figure = found.figure
    if figure is None:
        return {
            **dict.fromkeys(("score", "n", "interval")),
            "verdict": "hidden",
            **dict.fromkeys(("counts", "distribution", "mean", "net", "net_interval", "change")),
            "before": _brief(found.before),
            "replies_needed": None,
        }
    return {
        "score": figure.score,
        "n": figure.n,
        "interval": _interval(figure.interval),
        "verdict": figure.verdict,
        "counts": dict(figure.counts),
        "distribution": {str(score): people for score, people in found.distribution.items()},
        "mean": figure.mean,
        "net": figure.net,
        "net_interval": _interval(figure.net_interval),
        "change": of_change(found.change),
        "before": _brief(found.before),
        "replies_needed": {"margin": MARGIN, "replies": found.replies_needed},
    }


def _brief(before: Figure | None) -> dict[str, Any] | None:
    return None if before is None else {"score": before.score, "n": before.n}


def of_change(found: Change | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"verdict": found.verdict, "size": found.size, "margin": found.margin}


def _interval(interval: Interval | None) -> Sequence[float] | None:
    return None if interval is None else [interval.low, interval.high]


def _survey_rate(found: SurveyRate) -> dict[str, Any]:
    return {
        "survey": found.survey,
        **_rate(found.overall),
        "channels": {channel: _rate(one) for channel, one in found.channels.items()},
    }


def _rate(found: Rate | None) -> dict[str, Any]:
    if found is None:
        return dict.fromkeys(("answered", "asked", "percent", "interval"))
    return {
        "answered": found.hits,
        "asked": found.total,
        "percent": found.percent,
        "interval": _interval(found.interval),
    }
