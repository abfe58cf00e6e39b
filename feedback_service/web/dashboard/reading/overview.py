"""The overview: how every survey is doing, and one of them in depth, kept up to date."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from flask import render_template, request
from werkzeug.wrappers import Response as AnyResponse

from feedback_service.domain.errors import NotFound
from feedback_service.domain.responses import Response
from feedback_service.storage.dispatch import webhook_health
from feedback_service.storage.listing import pages
from feedback_service.storage.listing.criteria import Criteria
from feedback_service.usecases.reporting.asking import Asked
from feedback_service.usecases.reporting.trend import Point, trend
from feedback_service.web.audiences import for_staff, service
from feedback_service.web.clock import now
from feedback_service.web.dashboard import live
from feedback_service.web.dashboard.charts.trend import draw
from feedback_service.web.dashboard.forms import optional, text
from feedback_service.web.dashboard.reading.tiles import MANY, Tile, first_of, tiles_of
from feedback_service.web.dashboard.sessions import project, staff, unseen_versions
from feedback_service.web.dashboard.showing.periods import CHOICES, Chosen, chosen
from feedback_service.web.dashboard.site import blueprint

_LATEST: Final = 8
_JUST_NOW: Final = timedelta(minutes=10)
# Pixels on a desktop and on a phone: text in a drawing keeps its size.
_WIDE: Final = (600, 240)
_NARROW: Final = (330, 220)


@blueprint.get("/p/<slug>/")
@for_staff("agent")
def overview() -> str:
    """Show how the surveys are doing."""
    return render_template("dashboard/overview.html", **_shown())


@blueprint.get("/p/<slug>/live/overview")
@for_staff("agent", by_hand=False)
def live_overview() -> AnyResponse:
    """Show the parts of the overview that answers change, when they did."""
    return live.reply(lambda: render_template("dashboard/overview_parts.html", **_shown()))


def _shown() -> dict[str, Any]:
    period = chosen(project())
    every = service().catalog.current().surveys(project().id)
    find, wanted = text("find", 64), optional("survey", 64)
    surveys = [one for one in every if one.status != "archived"]
    tiles = tiles_of([one for one in surveys if find.casefold() in one.key], period)
    if wanted is not None and all(one.key != wanted for one in every):
        raise NotFound(f"this project has no survey {wanted!r}")
    shown = first_of(tiles, wanted)
    tile = next((one for one in shown if one.survey.key == wanted), shown[0] if shown else None)
    with service().database.read() as connection:
        disabled = _disabled()
        held = webhook_health.held(connection, disabled) if disabled else {}
    return {
        "page": "overview",
        "tiles": shown,
        "tile": tile,
        "every": tiles if len(tiles) > len(shown) else [],
        "find": find,
        "may_find": len(surveys) > MANY,
        "chosen": period,
        "choices": CHOICES,
        "disabled": disabled,
        "held": sum(held.values()),
        "live_query": request.query_string.decode("ascii", "replace"),
        **(_depth(tile, period) if tile else {}),
    }


def _depth(tile: Tile, period: Chosen) -> dict[str, Any]:
    asked = Asked(survey=tile.survey.key, first=period.period.first, last=period.period.last)
    figure = tile.one.figure
    step = period.step(0 if figure is None else figure.n)
    (_what, points), *_ = trend(service(), project().id, asked, step, now()).lines
    metric = tile.what.definition.metric
    return {
        "points": points,
        "step": step,
        "has_trend": _has_scores(points),
        "wide": draw(metric, points, _WIDE, period.today),
        "narrow": draw(metric, points, _NARROW, period.today),
        "latest": _latest(tile.survey.key),
        # By date: who opens a link of today's tomorrow wants the same answers.
        "days": {
            "from": period.period.first.isoformat(),
            "to": period.period.last.isoformat(),
        },
        "is_seen": staff().sees_answers_of(tile.survey.definition.audience),
    }


def _has_scores(points: Sequence[Point]) -> bool:
    """Tell whether there are two scores at least: one alone is no line."""
    figures = [point.reported.figure for point in points]
    return sum(figure is not None and figure.score is not None for figure in figures) > 1


def _latest(survey: str) -> list[tuple[str, Response]]:
    """Return the newest comments, and before them what came in just now without one.

    What was only shown or closed is no answer. Where nobody writes, scores have to do.
    """
    with service().database.read() as connection:
        wanted = Criteria(survey=survey, without_versions=unseen_versions(service()))
        found = pages.page(connection, project().id, wanted, 8 * _LATEST)
    said = [pair for pair in found if pair[1].score is not None or pair[1].comment]
    just_now = now() - _JUST_NOW
    worded = [pair for pair in said if pair[1].comment or pair[1].created_at > just_now]
    return (worded if len(worded) >= _LATEST else said)[:_LATEST]


def _disabled() -> list[str]:
    every = service().catalog.current().webhooks(project().id)
    return [one.id for one in every if one.status == "disabled"]
