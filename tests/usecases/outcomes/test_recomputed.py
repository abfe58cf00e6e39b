"""The report is recomputed the way an analyst would: from the export and a list of outcomes."""

import csv
import io
from collections import defaultdict
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from scipy import stats

from feedback_service.domain.measures.outcomes import Outcome, OutcomeKind, months_after
from feedback_service.domain.surveys import Survey
from feedback_service.storage.listing.criteria import Criteria
from feedback_service.usecases.exporting.export import export_responses
from feedback_service.usecases.exporting.writing import as_csv
from feedback_service.usecases.importing.bring_in import Importing, bring_in
from feedback_service.usecases.importing.reading import AnswerFile, Reading
from feedback_service.usecases.outcomes.report import Share, report_outcomes
from feedback_service.usecases.outcomes.tell import tell_outcomes
from feedback_service.usecases.service import Service
from tests.factories import NOW, make_project, make_survey

PEOPLE = 400
MONTHLY = {"detractor": 0.04, "passive": 0.02, "promoter": 0.01}
Cohort = dict[str, tuple[str, str, float]]  # person -> band, touchpoint, value (-1: did nothing)


@pytest.fixture
def survey(service: Service) -> Survey:
    return make_survey(service, make_project(service))


def lives(random: Random) -> tuple[str, list[Outcome]]:
    """Make up two years: asked every quarter while they stay, each with their own risk to leave."""
    lines, told = ["score,date,respondent,touchpoint"], []
    for number in range(PEOPLE):
        band = random.choices(list(MONTHLY), (3, 3, 4))[0]
        left = next((month for month in range(24) if random.random() < MONTHLY[band]), 24)
        begun = NOW - timedelta(days=730)
        for month in range(random.randrange(3), left, 3):
            score = random.choice(
                {"detractor": (0, 5, 6), "passive": (7, 8), "promoter": (9, 10)}[band]
            )
            at = begun + timedelta(days=30.4 * month, hours=random.randrange(20))
            lines.append(f"{score},{at.isoformat()},p{number},{random.choice(('shop', 'call'))}")
        if left < 24:
            at = begun + timedelta(days=30.4 * left + random.randrange(29))
            if number % 4 == 0:  # asked why, when it was too late
                asked = at + timedelta(days=1)
                lines.append(f"{random.choice((0, 8, 10))},{asked.isoformat()},p{number},shop")
            value = random.choice((None, 49.9, 480.0, 1200.0))
            told.append(Outcome(f"p{number}", "churned", min(at, NOW), value))
        for month in random.sample(range(24), random.randrange(4)):
            at = begun + timedelta(days=30.4 * month)
            told.append(Outcome(f"p{number}", "purchase", at, random.randrange(1, 9_999) / 100))
    return "\n".join(lines), told


def recomputed(
    rows: list[dict[str, str]], told: list[Outcome], kind: OutcomeKind, within: int, back: int
) -> Cohort:
    """Return what an analyst gets: each person's first answer that counts, followed as long."""
    since, until = months_after(NOW, -back), months_after(NOW, -within)
    counting = [
        row
        for row in rows
        if row["score"]
        and row["respondent"]
        and (row["test"], row["excluded"], row["unconfirmed"]) == ("false", "", "false")
        and since <= datetime.fromisoformat(row["scored_at"]) < until
    ]
    cohort: Cohort = {}
    for row in sorted(counting, key=lambda row: row["scored_at"], reverse=True):
        answered = datetime.fromisoformat(row["scored_at"])
        values = [
            one.value or 0.0
            for one in told
            if (one.respondent, one.kind) == (row["respondent"], kind)
            and answered < one.at <= months_after(answered, within)
        ]
        had_left = kind == "churned" and any(
            (one.respondent, one.kind) == (row["respondent"], "churned")
            and one.at <= answered
            and not any(
                (other.respondent, other.kind) == (row["respondent"], "purchase")
                and one.at < other.at <= answered
                for other in told
            )
            for one in told
        )
        if had_left:
            cohort.pop(row["respondent"], None)
            continue
        value = sum(values) if values else -1.0
        cohort[row["respondent"]] = (row["band"], row["touchpoint"], value)
    return cohort


def agrees(share: Share, values: list[float]) -> None:
    hits, n = sum(value >= 0 for value in values), len(values)
    assert (share.rate.hits, share.rate.total) == (hits, n)
    assert share.rate.interval is not None
    wilson = stats.binomtest(hits, n).proportion_ci(0.95, method="wilson")
    expected = (100 * wilson.low, 100 * wilson.high)
    assert tuple(share.rate.interval) == pytest.approx(expected, abs=0.01)
    worth = [max(value, 0.0) for value in values]
    assert share.value == pytest.approx(sum(worth))
    assert share.mean == pytest.approx(sum(worth) / n)
    assert share.mean_interval is not None
    low, high = stats.norm.interval(0.95, sum(worth) / n, stats.sem(worth))
    assert tuple(share.mean_interval) == pytest.approx((low, high), rel=1e-3, abs=1e-2)


@pytest.mark.slow
@pytest.mark.parametrize("within", [3, 6])
def test_every_figure_agrees_with_an_analysts(
    service: Service, survey: Survey, within: int
) -> None:
    text, told = lives(Random(20261124))
    file = AnswerFile(
        io.BytesIO(text.encode()),
        Reading("generic", {"touchpoint": "touchpoint"}),
        survey,
        ZoneInfo("UTC"),
        NOW,
    )
    for _tally in bring_in(service, Importing(survey, "generic"), file.rows(), NOW, dry_run=False):
        pass
    tell_outcomes(service, survey.project_id, told, NOW)
    exported = b"".join(as_csv(export_responses(service, survey.project_id, Criteria())))
    rows = list(csv.DictReader(io.StringIO(exported.decode(), newline="")))

    found = report_outcomes(service, survey.project_id, survey.key, NOW, within=within)
    [defined] = found.definitions
    assert [kind.kind for kind in defined.kinds] == ["churned", "purchase"]
    for kind in defined.kinds:
        cohort = recomputed(rows, told, kind.kind, within, found.back)
        assert defined.people >= len(cohort) > 300
        groups: dict[Any, list[float]] = defaultdict(list)
        for band, touchpoint, value in cohort.values():
            groups[band].append(value)
            groups[touchpoint].append(value)
        assert {*kind.bands, *kind.touchpoints} == groups.keys()
        for name, share in [*kind.bands.items(), *kind.touchpoints.items()]:
            agrees(share, groups[name])
        bad, good = groups["detractor"], groups["promoter"]
        risk = stats.contingency.relative_risk(
            sum(value >= 0 for value in bad), len(bad), sum(value >= 0 for value in good), len(good)
        )
        assert kind.ratio is not None
        assert kind.ratio.times == pytest.approx(risk.relative_risk)
        interval = risk.confidence_interval(0.95)
        assert tuple(kind.ratio.interval) == pytest.approx((interval.low, interval.high), rel=1e-3)

    # Not biased: within so many months after an answer as many leave as their risk says. With the
    # last answer of everybody it would be twice as many, because who has left gives no later one.
    for band, share in defined.kinds[0].bands.items():
        true = 100 * (1 - (1 - MONTHLY[band]) ** within)
        assert share.rate.interval is not None
        assert share.rate.interval.low <= true <= share.rate.interval.high
