"""Bands partition the scale, and edges that would not are refused by name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.measures.bands import Bands, bands_from_edges, default_bands
from feedback_service.domain.measures.scales import BANDS, SCALES, Scale

ALL_SCALES = pytest.mark.parametrize("scale", SCALES.values(), ids=lambda scale: scale.name)
any_scale = st.sampled_from(list(SCALES.values()))


def assert_partition(bands: Bands, scale: Scale) -> None:
    assert sorted(bands.of_score) == list(scale.points)
    assert set(bands.of_score.values()) <= set(BANDS[scale.metric])
    assert {bands.bad, bands.good} <= set(bands.of_score.values())


def bands_or_refusal(scale: Scale, edges: dict[str, list[int]]) -> Bands | InvalidValue:
    try:
        return bands_from_edges(scale, edges)
    except InvalidValue as refusal:
        return refusal


@ALL_SCALES
def test_every_score_has_exactly_one_default_band(scale: Scale) -> None:
    bands = default_bands(scale)
    assert_partition(bands, scale)
    assert {s for s, name in bands.of_score.items() if name == bands.bad} == set(scale.bad)
    assert {s for s, name in bands.of_score.items() if name == bands.good} == set(scale.good)


@ALL_SCALES
def test_edges_written_out_and_read_back_give_the_same_bands(scale: Scale) -> None:
    bands = default_bands(scale)
    assert bands_from_edges(scale, bands.edges()) == bands


def test_the_edges_of_nps_read_from_bad_to_good() -> None:
    assert list(default_bands(SCALES["likelihood-11"]).edges().items()) == [
        ("detractor", [0, 6]),
        ("passive", [7, 8]),
        ("promoter", [9, 10]),
    ]


def test_high_scores_alert_where_low_is_good() -> None:
    bands = default_bands(SCALES["effort-5"])
    assert bands.edges() == {"high_effort": [4, 5], "medium_effort": [3, 3], "low_effort": [1, 2]}
    assert bands.of_score[5] == bands.bad == "high_effort"


@given(scale=any_scale, cuts=st.tuples(st.integers(-2, 12), st.integers(-2, 12)))
def test_two_cuts_of_a_scale_either_partition_it_or_are_refused(
    scale: Scale, cuts: tuple[int, int]
) -> None:
    """Reference: colour the points one by one, then see whether every band it needs is there."""
    first, second = sorted(cuts)
    lowest, middle, highest = BANDS[scale.metric]
    if scale.direction == "low_is_good":
        lowest, highest = highest, lowest
    parts = {
        lowest: [s for s in scale.points if s < first],
        middle: [s for s in scale.points if first <= s < second],
        highest: [s for s in scale.points if s >= second],
    }
    edges = {name: [part[0], part[-1]] for name, part in parts.items() if part}
    if not parts[lowest] or not parts[highest]:
        with pytest.raises(InvalidValue, match="at least one score each"):
            bands_from_edges(scale, edges)
        return
    bands = bands_from_edges(scale, edges)
    assert_partition(bands, scale)
    assert bands.of_score == {s: name for name, part in parts.items() for s in part}
    assert bands.edges() == edges


@given(
    scale=any_scale,
    ends=st.lists(st.lists(st.integers(-1, 12), max_size=3), min_size=3, max_size=3),
)
def test_any_edges_give_a_partition_in_order_or_a_refusal_with_a_pointer(
    scale: Scale, ends: list[list[int]]
) -> None:
    edges = dict(zip(BANDS[scale.metric], ends, strict=True))
    bands = bands_or_refusal(scale, edges)
    if isinstance(bands, InvalidValue):
        assert bands.field in {"/bands", *(f"/bands/{name}" for name in edges)}
        return
    assert_partition(bands, scale)
    assert bands.edges() == edges


NPS_EDGES = {"detractor": [0, 6], "passive": [7, 8], "promoter": [9, 10]}


@pytest.mark.parametrize(
    ("edges", "field", "says"),
    [
        pytest.param({}, "/bands", "no band holds the score 0, 1", id="nothing given"),
        pytest.param(NPS_EDGES | {"fan": [9, 10]}, "/bands/fan", "use detractor", id="unknown"),
        pytest.param(NPS_EDGES | {"a/b~c": [1, 2]}, "/bands/a~1b~0c", "no band", id="escaped"),
        pytest.param(NPS_EDGES | {"passive": [7]}, "/bands/passive", "two numbers", id="one end"),
        pytest.param(NPS_EDGES | {"passive": []}, "/bands/passive", "two numbers", id="no ends"),
        pytest.param(
            NPS_EDGES | {"passive": [7, 8, 8]}, "/bands/passive", "two numbers", id="three ends"
        ),
        pytest.param(
            NPS_EDGES | {"passive": [8, 7]}, "/bands/passive", "two numbers", id="ends swapped"
        ),
        pytest.param(
            NPS_EDGES | {"promoter": [9, 11]}, "/bands/promoter", "off the scale 0..10", id="above"
        ),
        pytest.param(
            NPS_EDGES | {"detractor": [-(10**30), 6]},
            "/bands/detractor",
            "off the scale 0..10",
            id="far below, refused without counting there",
        ),
        pytest.param(
            NPS_EDGES | {"promoter": [8, 10]},
            "/bands/promoter",
            "score 8 lies in two",
            id="overlap",
        ),
        pytest.param({"detractor": [0, 5], "promoter": [8, 10]}, "/bands", "score 6, 7", id="gap"),
        pytest.param(
            {"detractor": [0, 6], "passive": [7, 10]}, "/bands", "one score each", id="none good"
        ),
        pytest.param(
            {"passive": [0, 8], "promoter": [9, 10]}, "/bands", "one score each", id="none bad"
        ),
        pytest.param(
            {"promoter": [0, 1], "passive": [2, 5], "detractor": [6, 10]},
            "/bands",
            "out of order: on likelihood-11 high scores are good",
            id="upside down",
        ),
    ],
)
def test_bad_edges_are_refused_at_their_place(
    edges: dict[str, list[int]], field: str, says: str
) -> None:
    with pytest.raises(InvalidValue) as refusal:
        bands_from_edges(SCALES["likelihood-11"], edges)
    assert refusal.value.field == field
    assert says in str(refusal.value)


def test_edges_the_wrong_way_round_are_refused_where_low_is_good() -> None:
    with pytest.raises(InvalidValue, match="on effort-5 low scores are good") as refusal:
        bands_from_edges(
            SCALES["effort-5"],
            {"high_effort": [1, 2], "medium_effort": [3, 3], "low_effort": [4, 5]},
        )
    assert refusal.value.field == "/bands"


def test_a_survey_may_do_without_a_middle_band() -> None:
    bands = bands_from_edges(
        SCALES["satisfaction-3"], {"dissatisfied": [1, 2], "satisfied": [3, 3]}
    )
    assert bands.of_score == {1: "dissatisfied", 2: "dissatisfied", 3: "satisfied"}
    assert "neutral" not in bands.edges()
