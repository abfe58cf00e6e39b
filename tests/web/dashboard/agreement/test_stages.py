"""The journey: every stage and measure, on the page, in the API, in a terminal and recomputed."""

from collections import defaultdict
from datetime import timedelta
from typing import Final

import pytest

from feedback_service.web.clock import now
from tests.cli.calling import called, printed
from tests.web.dashboard.agreement.asking import report
from tests.web.dashboard.agreement.recomputed import Row, day_of, plain, released
from tests.web.dashboard.browsing import Visitor, words_of

pytestmark = pytest.mark.slow

HOME: Final = "/dashboard/p/demo-shop/"
NAMES: Final = {"nps": "NPS", "csat": "CSAT", "ces": "CES"}


@pytest.mark.parametrize(("first", "last"), [(190, 8), (700, 150)])
def test_every_figure_of_the_journey_is_the_same_everywhere(
    shop: dict[str, str], rows: list[Row], visitor: Visitor, first: int, last: int
) -> None:
    today = now().date()
    begin, end = today - timedelta(days=first), today - timedelta(days=last)
    stages = report(visitor.client, shop, f"journey?from={begin}&to={end}")
    days = ("--from", str(begin), "--to", str(end))
    assert printed(called(shop, "report", "journey", "--all", *days, "--json")) == stages
    page = words_of(visitor.see(f"{HOME}journey?from={begin}&to={end}"))

    groups: dict[tuple[str | None, str, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        key = (row["journey_stage"] or None, row["metric"], row["scale"], row["audience"])
        groups[key].append(row)
    told = 0
    for stage in stages["stages"]:
        for figure in stage["figures"]:
            asked = figure["definition"]
            audience = figure["audience"]
            those = groups[stage["journey_stage"], asked["metric"], asked["scale"], audience]
            inside = [row for row in those if begin <= day_of(row) <= end]
            if audience != "customer":
                inside = released(those, begin, end)
            if not inside:
                assert (figure["verdict"], figure["n"]) == ("hidden", None)
                continue
            expected = plain(inside)
            assert figure["n"] == expected.n
            assert figure["score"] == pytest.approx(expected.score, abs=1e-9)
            assert figure["interval"] == pytest.approx([expected.low, expected.high], abs=1e-9)
            assert figure["counts"] == dict(expected.bands)
            who = "" if audience == "customer" else f" of {audience}s"
            name = f"{NAMES[asked['metric']]}{who} {' , '.join(figure['surveys'])}"
            assert f"{name} {expected.said(asked['metric'])}" in page
            told += 1
    assert told >= 6
