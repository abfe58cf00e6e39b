"""What a list of responses is asked for: its form, and links of other pages that count answers."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.measures.periods import Period, bounds, day_of, period_of
from feedback_service.storage.listing.criteria import Criteria, Position
from feedback_service.usecases.reporting.asking import Asked
from feedback_service.usecases.reporting.hearing import Saying, who_said
from feedback_service.web.api.cursors import pack, unpack
from feedback_service.web.audiences import service
from feedback_service.web.clock import now
from feedback_service.web.dashboard import forms
from feedback_service.web.dashboard.sessions import project, unseen_versions

_PLAIN: Final = (
    "q",
    "survey",
    "band",
    "channel",
    "touchpoint",
    "campaign",
    "respondent",
    "tag",
    "doubted",
)
# counted: what the page of words counts. word: as it stands there. version: of the survey, where
# several definitions have bands of one name.
_OF_WORDS: Final = ("counted", "word", "version")
NAMES: Final = (*_PLAIN, "from", "to", *_OF_WORDS)


@dataclass(frozen=True, slots=True)
class Filters:
    """given: what links to the next page carry. period: None for all days there are."""

    given: dict[str, str]
    period: Period | None

    @property
    def is_of_words(self) -> bool:
        """Tell whether only what the page of words counts is shown."""
        return any(name in self.given for name in _OF_WORDS)

    @property
    def criteria(self) -> Criteria:
        """Return them for the storage. Raises InvalidValue, NotFound."""
        given = self.given
        wanted = Criteria(
            words=given.get("q"),
            survey=given.get("survey"),
            band=given.get("band"),
            channel=given.get("channel"),
            touchpoint=given.get("touchpoint"),
            campaign=given.get("campaign"),
            respondent=given.get("respondent"),
            tag=given.get("tag"),
            unconfirmed=True if "doubted" in given else None,
            without_versions=unseen_versions(service()),
        )
        if self.period is not None:
            since, until = bounds(self.period, ZoneInfo(project().timezone))
            wanted = replace(wanted, scored_from=since, scored_until=until)
        if self.is_of_words:
            wanted = replace(wanted, among=self._counted())
        return replace(wanted, after=_after(wanted))

    def _counted(self) -> list[str]:
        assert self.period is not None, "what is counted is counted of some days"
        asked = Asked(self.given.get("survey"), None, self.period.first, self.period.last)
        version = forms.number("version") if "version" in self.given else None
        said = Saying(self.given.get("word"), self.given.get("band"), version)
        return who_said(service(), project().id, asked, said, now())


def filters() -> Filters:
    """Return what the running request asks for. Raises InvalidValue."""
    given = {name: forms.text(name) for name in NAMES if forms.text(name)}
    first, last = forms.day("from"), forms.day("to")
    if first is None and last is None and not any(name in given for name in _OF_WORDS):
        return Filters(given, None)
    period = period_of(first, last, day_of(now(), ZoneInfo(project().timezone)))
    days = {"from": period.first.isoformat(), "to": period.last.isoformat()}
    return Filters({**given, **days}, period)


def place_of(scored_at: datetime | None, response_id: str) -> str:
    """Return the cursor behind a response."""
    return pack(service().signer, "" if scored_at is None else scored_at.isoformat(), response_id)


def _after(wanted: Criteria) -> Position | None:
    cursor = unpack(service().signer, forms.optional("cursor", 1000))
    if cursor is None:
        return None
    if len(cursor) != 2 or (wanted.is_by_day and not cursor[0]):  # of place_of
        raise InvalidValue("this cursor belongs to another list: begin with the newest", "/cursor")
    return (datetime.fromisoformat(cursor[0]) if cursor[0] else None), cursor[1]
