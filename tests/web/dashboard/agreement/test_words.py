"""Words and tags: counted by plain Python out of the export, as the page, API and command say."""

import json
import re
from collections import Counter
from datetime import date, timedelta
from typing import Final

import pytest
from stop_words import get_stop_words

from feedback_service.web.clock import now
from tests.cli.calling import called, printed
from tests.web.dashboard.agreement.asking import report
from tests.web.dashboard.agreement.recomputed import Row, day_of
from tests.web.dashboard.browsing import Visitor, words_of

pytestmark = pytest.mark.slow

HOME: Final = "/dashboard/p/demo-shop/"
TOP: Final = 12  # as many as the page lists
SILENT: Final = {one: set(get_stop_words(one)) for one in ("en", "de", "fr", "es")}


def said(row: Row) -> set[str]:
    """Return the words of a comment; those of the demo are English, on pages of four languages."""
    found = set(re.findall(r"[a-z](?:'?[a-z0-9])+", row["comment"].lower()))
    return found - SILENT["en"] - SILENT[row["locale"] or "en"]


@pytest.mark.parametrize("survey", ["nps", "csat", "ces"])
def test_words_and_tags_are_the_same_everywhere(
    shop: dict[str, str], rows: list[Row], visitor: Visitor, survey: str
) -> None:
    first, last = now().date() - timedelta(days=189), now().date() - timedelta(days=5)
    query = f"survey={survey}&from={first}&to={last}"
    told = report(visitor.client, shop, f"words?{query}&top={TOP}")
    days = ("--from", str(first), "--to", str(last), "--top", str(TOP), "--json")
    assert printed(called(shop, "report", "words", survey, *days)) == told
    page = words_of(visitor.see(f"{HOME}words?{query}"))
    earlier = first - timedelta(days=(last - first).days + 1)
    assert told["before"] == {"from": str(earlier), "to": str(first - timedelta(days=1))}

    [definition] = told["definitions"]
    for band in definition["bands"]:
        those = with_words(rows, survey, band["band"], (first, last))
        before = with_words(rows, survey, band["band"], (earlier, first - timedelta(days=1)))
        assert band["comments"] == len(those) > 0
        spoken = band["band"].replace("_", " ").capitalize()
        assert f"{spoken} {len(those):,} comments" in page
        for kind, of in (("word", said), ("tag", tags)):
            counts, counts_before = (
                Counter(w for row in some for w in of(row)) for some in (those, before)
            )
            listed = band[f"{kind}s"]
            most = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:TOP]
            assert [(one[kind], one["comments"]) for one in listed] == most
            for one in listed:
                assert one["comments_before"] == counts_before[one[kind]]
                assert one["percent"] == pytest.approx(100 * one["comments"] / len(those))
                assert f"{one[kind]} {one['comments']:,} {one['percent']:.0f} %" in page


def tags(row: Row) -> set[str]:
    return set(json.loads(row["tags"]))


def with_words(rows: list[Row], survey: str, band: str, days: tuple[date, date]) -> list[Row]:
    first, last = days
    return [
        row
        for row in rows
        if row["comment"] and row["survey"] == survey and row["band"] == band
        if first <= day_of(row) <= last
    ]
