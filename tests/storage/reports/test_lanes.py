"""Counts in lanes add up to what adding them one by one gives."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from feedback_service.storage.reports import lanes
from feedback_service.storage.reports.counting import MOST_SCORES
from feedback_service.storage.reports.lanes import Sum, laned, values_in

people = st.dictionaries(
    st.tuples(st.integers(0, 10), st.sampled_from(["", "a", "ü '\"\\", "\N{PILE OF POO}"])),
    st.one_of(st.integers(1, 20), st.integers(1, 10**10)),
    min_size=1,
)


def by_score(total: Sum) -> Counter[tuple[int, str]]:
    """Return (score, value) -> people."""
    found = total.scores()
    assert all(len(scores) == MOST_SCORES for scores in found.values())
    return +Counter({(s, v): n for v, scores in found.items() for s, n in enumerate(scores)})


@given(st.lists(people, max_size=8), st.lists(people, max_size=2))
def test_texts_and_plain_counts_add_up(
    texts: list[dict[tuple[int, str], int]], plain: list[dict[tuple[int, str], int]]
) -> None:
    total = Sum()
    expected: Counter[tuple[int, str]] = Counter()
    for one in texts:
        assert values_in(laned(one)) == len({value for _score, value in one})
        total.add_text(laned(one))
        expected += Counter(one)
    for one in plain:
        for value in {value for _score, value in one}:
            total.add_scores(value, [one.get((s, value), 0) for s in range(MOST_SCORES)])
        expected += Counter(one)
    assert by_score(total) == expected


def test_lanes_never_run_over_however_many_texts_there_are() -> None:
    # The largest count that fits its lane with so few digits to spare, beside an empty lane.
    text = laned({(3, "a"): 0xFFF, (5, "a"): 1})
    total = Sum()
    for _ in range(2 * lanes.MOST_TEXTS + 1):
        total.add_text(text)
    many = 2 * lanes.MOST_TEXTS + 1
    assert by_score(total) == Counter({(3, "a"): many * 0xFFF, (5, "a"): many})
