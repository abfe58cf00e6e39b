"""Reports as lines of text for a terminal."""

from typing import Final

from feedback_service.cli.reports.chart import Paper, bar, cut, span, sparkline
from feedback_service.domain.measures.metrics import Change, Figure, Rate
from feedback_service.domain.measures.periods import Period, Step
from feedback_service.domain.measures.scales import Metric
from feedback_service.usecases.reporting.figures import MARGIN, Measured, Reported
from feedback_service.usecases.reporting.segments import Segment, Segments
from feedback_service.usecases.reporting.summary import Summary, SurveyRate
from feedback_service.usecases.reporting.trend import Point, Trend

_NAMES: Final[dict[Metric, str]] = {"nps": "NPS", "csat": "CSAT", "ces": "CES"}
HIDDEN: Final = "hidden: too few people"
NOBODY: Final = "nobody answered in these days: --from DAY looks further back"
_LABEL: Final = 22
_DAY: Final = len("2026-11-24*")


def summary_lines(found: Summary, on: Paper) -> list[str]:
    """Return one block for each definition, then the response rates."""
    lines = [
        on.faint(
            f"{span_text(found.period)} ({found.timezone}), compared with {span_text(found.before)}"
        )
    ]
    for what, one in found.figures:
        lines += ["", on.strong(title(what)), *_figure_lines(what, one, on)]
    for rate in found.rates:
        lines += ["", *_rate_lines(rate)]
    return lines


def trend_lines(found: Trend, on: Paper) -> list[str]:
    """Return a line of blocks and a table, newest last."""
    lines: list[str] = []
    for what, points in found.lines:
        figures = [point.reported.figure for point in points]
        scores = [None if figure is None else figure.score for figure in figures]
        lines += [on.strong(f"{title(what)}, by {found.by}")]
        if not any(figure is None or figure.n for figure in figures):
            lines += ["  nobody answered"]
            continue
        if drawn := sparkline(scores, on):
            lines += [f"  {drawn[-(on.width - 2) :]}".rstrip()]
        lines += [_columns(f"{found.by} from", _DAY, on)]
        lines += [_point_line(what, point, on) for point in points]
        if any(point.is_partial for point in points):
            lines += [on.faint(f"  * not a whole {found.by}")]
    return lines


def segment_lines(found: Segments, on: Paper) -> list[str]:
    """Return the segments, proven worse first."""
    lines: list[str] = []
    for one in found.definitions:
        lines += [on.strong(f"{title(one.measured)}, by {found.segment}")]
        if not one.segments:
            lines += ["  nobody answered"]
            continue
        lines += [_columns("", _LABEL, on)]
        lines += [_segment_line(one.measured, segment, on) for segment in one.segments]
        if one.left_out:
            lines += [f"  and {one.left_out} more, each with fewer replies"]
    return lines


def fitting_step(period: Period) -> Step:
    """Return the step that gives a period a readable number of lines."""
    if period.days <= 14:
        return "day"
    return "week" if period.days <= 26 * 7 else "month"


def score_text(metric: Metric, score: float | None) -> str:
    """Return a score rounded for people: NPS with its sign, shares in percent."""
    if score is None:
        return "-"
    return f"{round(score):+d}" if metric == "nps" else f"{score:.0f} %"


def _figure_lines(what: Measured, one: Reported, on: Paper) -> list[str]:
    figure = one.figure
    if figure is None:
        return [f"  {HIDDEN}"]
    metric = what.definition.metric
    if figure.n == 0:
        return [f"  {NOBODY}"]
    lines = [f"  {headline(metric, figure, on)}"]
    if figure.interval is not None and figure.score is not None:
        low, high = figure.interval
        drawn = span(low, figure.score, high, _ends(metric), min(on.width - 14, 61))
        left, right = (score_text(metric, end) for end in _ends(metric))
        lines += [f"  {left:>5} {drawn} {right}"]
    if figure.score is not None and one.change is not None:
        lines += [f"  {change_text(metric, one, on)}"]
    if metric == "ces" and figure.mean is not None and figure.net is not None:
        scale = what.definition.scale
        lines += [
            f"  mean {figure.mean:.2f} on {scale.low}-{scale.high}, net ease {figure.net:+.0f}"
        ]
    if one.replies_needed is not None and figure.n < one.replies_needed:
        lines += [f"  ±{MARGIN} points would take {one.replies_needed:,} replies"]
    return [*lines, *_distribution_lines(what, one, on)]


def headline(metric: Metric, figure: Figure, on: Paper) -> str:
    replies = f"{figure.n:,} {'reply' if figure.n == 1 else 'replies'}"
    if figure.score is None or figure.interval is None:
        return f"{replies}: too few for a score"
    low, high = (score_text(metric, end) for end in figure.interval)
    hint = ", indicative" if figure.verdict == "indicative" else ""
    return f"{on.strong(score_text(metric, figure.score))}  ({low} … {high}, {replies}{hint})"


def change_text(metric: Metric, one: Reported, on: Paper) -> str:
    change, before = one.change, one.before
    if change is None or change.size is None or change.margin is None or before is None:
        return on.faint("no comparison: too few replies before")
    was = f"{score_text(metric, before.score)} from {before.n:,} replies"
    if change.verdict == "not_proven":
        return f"no proven change ({unproven(change.size, change.margin)}); was {was}"
    return f"{arrow(change, on)} {abs(change.size):.1f} points, proven; was {was}"


def unproven(size: float, margin: float) -> str:
    """Say how far a difference is from one that chance would not explain."""
    return f"{size:+.1f} points; proof takes {margin:.1f}"


def arrow(change: Change | None, on: Paper) -> str:
    if change is None or change.verdict == "not_proven":
        return " "
    if change.verdict == "changed_up":
        return on.good("up" if on.is_plain else "▲")
    return on.bad("down" if on.is_plain else "▼")


def _distribution_lines(what: Measured, one: Reported, on: Paper) -> list[str]:
    most = max(one.distribution.values(), default=0)
    if most == 0 or one.figure is None:
        return []
    bands = what.definition.bands
    widest = max(len(name) for name in bands.names)
    room = on.width - widest - 22
    lines = []
    for score, people in one.distribution.items():
        drawn = bar(people / most, room, on)
        name = bands.of_score[score]
        coloured = (
            on.good(drawn) if name == bands.good else on.bad(drawn) if name == bands.bad else drawn
        )
        share = f"{100 * people / one.figure.n:.0f} %"
        lines += [f"  {score:>2} {name:<{widest}} {people:>8,} {share:>5} {coloured}".rstrip()]
    return lines


def _rate_lines(rate: SurveyRate) -> list[str]:
    if rate.overall is None:
        return [f"Response rate: {HIDDEN}"]
    lines = [f"Response rate: {_rate_text(rate.overall)}"]
    if len(rate.channels) > 1:
        lines += [
            f"  {cut(channel, 12):<12} {HIDDEN if one is None else _rate_text(one)}"
            for channel, one in rate.channels.items()
        ]
    return lines


def _rate_text(rate: Rate) -> str:
    if rate.percent is None or rate.interval is None:
        return f"{rate.hits:,} answered; how many were asked is not known"
    low, high = rate.interval
    return f"{rate.percent:.1f} %  ({low:.1f} … {high:.1f}, {rate.hits:,} of {rate.total:,})"


def _columns(name: str, width: int, on: Paper) -> str:
    """Return the headings of a table whose rows are `_row`s."""
    return on.faint(f"  {name:<{width}} {'score':>5} {'95 %':>13} {'replies':>8}")


def _point_line(what: Measured, point: Point, on: Paper) -> str:
    name = point.period.first.isoformat() + ("*" if point.is_partial else " ")
    return f"  {name} {_row(what, point.reported, point.reported.change, on)}".rstrip()


def _segment_line(what: Measured, segment: Segment, on: Paper) -> str:
    label = "(none)" if segment.value is None else segment.value
    name = f"{cut(label, _LABEL):<{_LABEL}}"
    return f"  {name} {_row(what, segment.reported, segment.against_rest, on)}".rstrip()


def _row(what: Measured, one: Reported, change: Change | None, on: Paper) -> str:
    """Return what two columns of a table have in common: score, interval, replies, drawing."""
    figure, metric = one.figure, what.definition.metric
    if figure is None:
        return HIDDEN
    if figure.score is None or figure.interval is None:
        return f"{'-':>5} {'':13} {figure.n:>8,}"
    low, high = figure.interval
    interval = f"{score_text(metric, low)} … {score_text(metric, high)}"
    text = (
        f"{score_text(metric, figure.score):>5} {interval:>13} {figure.n:>8,} {arrow(change, on)}"
    )
    room = on.width - _LABEL - 36
    if room < 20:
        return text
    return f"{text} {span(low, figure.score, high, _ends(metric), min(room, 41))}"


def title(what: Measured) -> str:
    definition = what.definition
    who = "" if definition.audience == "customer" else f" of {definition.audience}s"
    good = definition.bands.edges()[definition.bands.good]
    counted = f"{definition.bands.good.replace('_', ' ')} {good[0]}-{good[1]}"
    surveys = ", ".join(what.surveys)
    return f"{_NAMES[definition.metric]}{who} · {surveys} · {definition.scale.name}, {counted}"


def _ends(metric: Metric) -> tuple[float, float]:
    return (-100.0, 100.0) if metric == "nps" else (0.0, 100.0)


def span_text(period: Period) -> str:
    return f"{period.first} … {period.last}"
