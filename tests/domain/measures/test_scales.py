"""The table of scales, and what a scale refuses."""

import pytest

from feedback_service.domain.errors import InvalidValue, ScoreOutOfRange
from feedback_service.domain.measures.scales import (
    BANDS,
    DEFAULT_SCALE,
    METRICS,
    SCALES,
    Metric,
    Scale,
    scale_named,
)

TABLE = [
    # scale, metric, points, good, middle, bad, direction
    ("likelihood-11", "nps", "0-10", "9-10", "7-8", "0-6", "high_is_good"),
    ("satisfaction-5", "csat", "1-5", "4-5", "3", "1-2", "high_is_good"),
    ("satisfaction-3", "csat", "1-3", "3", "2", "1", "high_is_good"),
    ("agreement-7", "ces", "1-7", "5-7", "4", "1-3", "high_is_good"),
    ("agreement-5", "ces", "1-5", "4-5", "3", "1-2", "high_is_good"),
    ("ease-7", "ces", "1-7", "5-7", "4", "1-3", "high_is_good"),
    ("ease-5", "ces", "1-5", "4-5", "3", "1-2", "high_is_good"),
    ("effort-5", "ces", "1-5", "1-2", "3", "4-5", "low_is_good"),
    ("difficulty-7", "ces", "1-7", "1-3", "4", "5-7", "low_is_good"),
]


def span(scores: list[int]) -> str:
    return str(scores[0]) if len(scores) == 1 else f"{scores[0]}-{scores[-1]}"


def row_of(scale: Scale) -> tuple[str, ...]:
    middle = [s for s in scale.points if s not in scale.good and s not in scale.bad]
    parts = (list(scale.points), list(scale.good), middle, list(scale.bad))
    return (scale.name, scale.metric, *map(span, parts), scale.direction)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row[0])
def test_a_scale_has_the_points_bands_and_direction_of_the_table(row: tuple[str, ...]) -> None:
    assert row_of(SCALES[row[0]]) == row


def test_no_scale_is_missing_from_the_table() -> None:
    assert list(SCALES) == [row[0] for row in TABLE]


@pytest.mark.parametrize("scale", SCALES.values(), ids=lambda scale: scale.name)
def test_a_scale_takes_its_ends_and_refuses_what_lies_beyond(scale: Scale) -> None:
    for score in scale.points:
        scale.check(score)
    for score in (scale.low - 1, scale.high + 1, 10**30, -(10**30)):
        with pytest.raises(ScoreOutOfRange) as refusal:
            scale.check(score)
        assert refusal.value.field == "/score"
        assert f"from {scale.low} to {scale.high}" in str(refusal.value)


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_has_a_default_scale_of_its_own_and_three_bands(metric: Metric) -> None:
    assert scale_named(DEFAULT_SCALE[metric], metric).metric == metric
    assert len(set(BANDS[metric])) == 3


@pytest.mark.parametrize(
    ("name", "metric", "offered"),
    [
        pytest.param("satisfaction-5", "nps", "likelihood-11", id="another metric's scale"),
        pytest.param("stars-5", "csat", "satisfaction-5, satisfaction-3", id="unknown scale"),
        pytest.param("", "nps", "likelihood-11", id="empty name"),
    ],
)
def test_a_wrong_scale_is_refused_with_the_scales_to_use(
    name: str, metric: Metric, offered: str
) -> None:
    with pytest.raises(InvalidValue) as refusal:
        scale_named(name, metric)
    assert refusal.value.field == "/scale"
    assert str(refusal.value).endswith(f"use one of {offered}")
