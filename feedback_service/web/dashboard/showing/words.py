"""Figures in words: a score with its sign, a verdict as a sentence. Rounding happens here."""

from typing import Final

from feedback_service.domain.measures.intervals import Interval
from feedback_service.domain.measures.metrics import Change, Rate
from feedback_service.domain.measures.scales import Metric
from feedback_service.usecases.reporting.figures import MARGIN, Measured, Reported
from feedback_service.web.dashboard.showing.effect import Effect

NAMES: Final[dict[Metric, str]] = {"nps": "NPS", "csat": "CSAT", "ces": "CES"}
_MINUS: Final = "\N{MINUS SIGN}"
HIDDEN: Final = "Hidden: too few people answered"


def score(metric: Metric, value: float | None) -> str:
    """Return a score as it is shown: NPS with its sign, shares in percent."""
    if value is None:
        return "\N{EN DASH}"
    if metric != "nps":
        return f"{value:.0f} %"
    rounded = round(value)
    return f"+{rounded}" if rounded > 0 else str(rounded).replace("-", _MINUS)


def interval(metric: Metric, found: Interval | None) -> str:
    if found is None:
        return ""
    return f"{score(metric, found.low)} to {score(metric, found.high)}"


def people(many: int, noun: str = "answer") -> str:
    return f"1 {noun}" if many == 1 else f"{many:,} {noun}s"


def points(size: float) -> str:
    """Return a difference without its sign."""
    text = f"{abs(size):.0f}" if abs(size) >= 10 else f"{abs(size):.1f}".removesuffix(".0")
    return f"{text} point" if text == "1" else f"{text} points"


def signed(size: float) -> str:
    text = f"{size:+.0f}" if abs(size) >= 10 else f"{size:+.1f}"
    if text in {"+0.0", "-0.0"}:
        return "0"
    return text.replace("-", _MINUS)


def change(found: Change | None) -> str:
    """Say in one sentence what happened since the period before."""
    if found is None or found.size is None or found.margin is None:
        return "No comparison yet: too few answers before"
    if found.verdict == "not_proven":
        return f"No proven change ({signed(found.size)} points; proof takes {points(found.margin)})"
    return f"{'Up' if found.verdict == 'changed_up' else 'Down'} {points(found.size)}, proven"


def change_briefly(found: Change | None) -> str:
    """Say in a table what happened since the period before."""
    if found is None or found.size is None:
        return "too few answers"
    proven = {"changed_up": ", proven", "changed_down": ", proven"}
    return f"{signed(found.size)}{proven.get(found.verdict, ', not proven')}"


def against(found: Change | None) -> str:
    """Say how a segment does beside all others."""
    if found is None or found.size is None:
        return "too few answers"
    if found.verdict == "not_proven":
        return f"{signed(found.size)}, not proven"
    return f"{points(found.size)} {'better' if found.verdict == 'changed_up' else 'worse'}, proven"


def trust(one: Reported) -> str:
    """Say how far the figure can be trusted."""
    if one.figure is None:
        return HIDDEN
    if one.figure.verdict == "counts_only":
        return "Too few answers for a score: from 10 on there is one"
    if one.figure.verdict == "indicative":
        return "Indicative: fewer than 30 answers"
    return ""


def needed(one: Reported) -> str:
    if one.figure is None or one.replies_needed is None or one.figure.n >= one.replies_needed:
        return ""
    return f"±{MARGIN} points would take {one.replies_needed:,} answers"


def effect(found: Effect) -> str:
    """Say how far two scores are apart that look the same when they are rounded."""
    before, after = found.with_it.score, found.without_it.score
    if before is None or after is None or abs(after - before) >= 1:
        return ""
    return f"{after - before:+.2f} points".replace("-", _MINUS)


def rate(found: Rate | None) -> str:
    """Return a response rate with what it is a share of."""
    if found is None:
        return HIDDEN
    if found.percent is None:
        return f"{found.hits:,} answered; how many were asked is not known"
    return f"{found.percent:.1f} % ({found.hits:,} of {found.total:,} asked)"


def rate_interval(found: Rate | None) -> str:
    if found is None or found.interval is None:
        return ""
    return f"{found.interval.low:.1f} to {found.interval.high:.1f} %"


def title(what: Measured) -> str:
    """Return what is measured: `NPS of employees`."""
    who = what.definition.audience
    return NAMES[what.definition.metric] + ("" if who == "customer" else f" of {who}s")


# What stands where single answers would.
ADMINS_ONLY: Final = (
    "What one employee or partner answered is shown to admins only, so that nobody has to fear it. "
    "Figures and words are shown to you as soon as five people or more are behind them."
)


def definition(what: Measured) -> str:
    """Return how it is counted, in one line."""
    carried = what.definition
    good, bad = (carried.bands.edges()[name] for name in (carried.bands.good, carried.bands.bad))
    share = f"{spoken(carried.bands.good)} {good[0]}\N{EN DASH}{good[1]}"
    if carried.metric == "nps":
        worse = f"{spoken(carried.bands.bad)} {bad[0]}\N{EN DASH}{bad[1]}"
        return f"% {share} minus % {worse}, on {scale(what)}"
    return f"% {share}, on {scale(what)}"


def scale(what: Measured) -> str:
    """Return the scale as people know it: `a scale from 0 to 10`."""
    carried = what.definition.scale
    best = "" if carried.direction == "high_is_good" else ", where low is good"
    return f"a scale from {carried.low} to {carried.high}{best}"


def spoken(name: str) -> str:
    """Return a name of ours as a word: `low effort`."""
    return name.replace("_", " ").replace("-", " ")


def tone(band: str | None) -> str:
    """Return good, middle, bad or none: what a band is painted in."""
    if band in {"promoter", "satisfied", "low_effort"}:
        return "good"
    if band in {"detractor", "dissatisfied", "high_effort"}:
        return "bad"
    return "none" if band is None else "middle"
