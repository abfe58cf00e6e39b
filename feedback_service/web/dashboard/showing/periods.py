"""Which days a page is about: chosen by a name such as 30d, or by its first and last day."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from flask import request

from feedback_service.domain.measures.periods import ONE_DAY, Period, Step, day_of, period_of
from feedback_service.domain.projects import Project
from feedback_service.web.clock import now
from feedback_service.web.dashboard import forms
from feedback_service.web.dashboard.showing import times

DAYS: Final = {"7d": 7, "30d": 30, "90d": 90, "12m": 365}
CHOICES: Final = {
    "7d": "7 days",
    "30d": "30 days",
    "90d": "90 days",
    "12m": "12 months",
    "month": "This month",
    "last-month": "Last month",
}
_USUAL: Final = "30d"
_MOST_POINTS: Final = 60
# From 10 answers on a point has a score; a few more, as they do not come evenly.
_PER_POINT: Final = 14
# Of so few days months make no line, however few answers there are.
_FEW_MONTHS: Final = 62


@dataclass(frozen=True, slots=True)
class Chosen:
    """name: of CHOICES, None when days were given. query: what links to other pages carry."""

    period: Period
    name: str | None
    today: date

    @property
    def query(self) -> dict[str, str]:
        if self.name is not None:
            return {"period": self.name}
        return {"from": self.period.first.isoformat(), "to": self.period.last.isoformat()}

    @property
    def title(self) -> str:
        """Return the days; of days to come nobody can have answered, which is said."""
        text = times.span(self.period, self.today)
        return f"{text} (still to come)" if self.period.first > self.today else text

    @property
    def before(self) -> str:
        return times.span(self.period.before(), self.today)

    def step(self, answers: int) -> Step:
        """Return the shortest step whose points are readable, and mostly have a score.

        answers: how many there are in the period.
        """
        enough = answers >= _PER_POINT * self.period.days
        if self.period.days <= _MOST_POINTS and enough:
            return "day"
        weeks = self.period.days / 7
        if self.period.days <= _FEW_MONTHS:
            return "week"
        return "week" if weeks <= _MOST_POINTS and answers >= _PER_POINT * weeks else "month"


def chosen(project: Project) -> Chosen:
    """Return what the query of the running request asks for. Raises InvalidValue."""
    today = day_of(now(), ZoneInfo(project.timezone))
    name = request.args.get("period") or None
    first, last = forms.day("from"), forms.day("to")
    if first or last:
        return Chosen(period_of(first, last, today), None, today)
    name = name if name in CHOICES else _USUAL
    if name in DAYS:
        return Chosen(Period(today - timedelta(days=DAYS[name] - 1), today), name, today)
    month = today.replace(day=1)
    if name == "month":
        return Chosen(Period(month, today), name, today)
    last_of_before = month - ONE_DAY
    return Chosen(Period(last_of_before.replace(day=1), last_of_before), name, today)
