"""Outcomes: recomputed out of the export and the list of what people did, and said alike."""

import sqlite3
from collections import defaultdict
from datetime import UTC, datetime
from typing import Final

import pytest
from scipy import stats

from feedback_service.domain.measures.outcomes import months_after
from feedback_service.web.dashboard.showing.outcomes import TITLES
from tests.cli.calling import called, printed
from tests.web.dashboard.agreement.asking import report
from tests.web.dashboard.agreement.recomputed import Row
from tests.web.dashboard.browsing import Visitor, words_of

pytestmark = pytest.mark.slow

HOME: Final = "/dashboard/p/demo-shop/"
Deeds = dict[tuple[str, str], list[datetime]]


@pytest.fixture(scope="module")
def deeds(shop: dict[str, str]) -> Deeds:
    """What a CRM has on its list: (person, kind) -> when."""
    found: Deeds = defaultdict(list)
    with sqlite3.connect(shop["FEEDBACK_DATABASE_URL"].removeprefix("sqlite:///")) as database:
        for person, kind, at in database.execute("SELECT respondent, kind, at FROM outcomes"):
            found[person, kind].append(datetime.fromisoformat(at).replace(tzinfo=UTC))
    return found


@pytest.mark.parametrize(("survey", "within"), [("nps", 6), ("ces", 3)])
def test_what_people_did_is_the_same_everywhere(
    shop: dict[str, str],
    rows: list[Row],
    deeds: Deeds,
    visitor: Visitor,
    *,
    survey: str,
    within: int,
) -> None:
    back = 24
    told = report(visitor.client, shop, f"outcomes?survey={survey}&within={within}&back={back}")
    command = printed(
        called(
            shop,
            "report",
            "outcomes",
            survey,
            "--within",
            str(within),
            "--back",
            str(back),
            "--json",
        )
    )
    assert command["definitions"] == told["definitions"]
    page = words_of(visitor.see(f"{HOME}outcomes?survey={survey}&within={within}"))

    since, until = (datetime.fromisoformat(told[end]) for end in ("since", "until"))
    first: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: row["scored_at"]):
        at = datetime.fromisoformat(row["scored_at"])
        if row["survey"] == survey and row["respondent"] and since <= at < until:
            first.setdefault(row["respondent"], row)
    [definition] = told["definitions"]
    assert definition["people"] == len(first) > 30
    assert definition["kinds"]
    for kind in definition["kinds"]:
        hits: dict[str, list[bool]] = defaultdict(list)
        for person, row in first.items():
            at = datetime.fromisoformat(row["scored_at"])
            did = any(at < deed <= months_after(at, within) for deed in deeds[person, kind["kind"]])
            hits[row["band"]].append(did)
        assert TITLES[kind["kind"]] in page
        for band in kind["bands"]:
            those = hits[band["band"]]
            assert (band["hits"], band["people"]) == (sum(those), len(those))
            wilson = stats.binomtest(sum(those), len(those)).proportion_ci(0.95, method="wilson")
            expected = [100 * wilson.low, 100 * wilson.high]
            assert band["interval"] == pytest.approx(expected, abs=0.01)
            name = band["band"].replace("_", " ").capitalize()
            low, high = band["interval"]
            share = 100 * sum(those) / len(those)
            said = f"{name} {share:.1f} % {low:.1f} to {high:.1f} {sum(those):,} of {len(those):,}"
            assert said in page
