"""Enter by an open link: see what it asks, and get a token for one answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from feedback_service.domain.access import tokens
from feedback_service.domain.access.keys import ApiKey, key_digest, looks_like_key
from feedback_service.domain.access.tokens import Token
from feedback_service.domain.errors import SurveyClosed, TokenInvalid
from feedback_service.domain.projects import Project
from feedback_service.domain.surveys import Survey
from feedback_service.storage import surveys
from feedback_service.storage.counts import Issued
from feedback_service.storage.surveys import LinkSet
from feedback_service.usecases.look import Seen
from feedback_service.usecases.service import Service

# Long enough for second thoughts; whoever comes back another day opens the link again.
LIFETIME: Final = timedelta(days=1)
_CHANNEL: Final = "link"


@dataclass(frozen=True, slots=True)
class Entry:
    """What an open link asks. key: the site key in it."""

    survey: Survey
    project: Project
    key: ApiKey
    touchpoint: str | None
    campaign: str | None

    def seen(self, now: datetime) -> Seen:
        """Return it as the page shows it: a survey that nobody has answered yet."""
        blank = Token(
            project_id=self.project.id,
            token_id="",
            survey=self.survey.key,
            channel=_CHANNEL,
            issued_at=now,
            expires_at=now + LIFETIME,
        )
        return Seen(blank, self.survey, self.project, response=None, editable=True)


def entry_of(
    service: Service, site_key: str, survey_key: str, touchpoint: str | None, campaign: str | None
) -> Entry:
    """Return what an open link asks; reads only.

    Raises TokenInvalid when there is no such link, SurveyClosed, StorageUnavailable.
    """
    snapshot = service.catalog.current()
    key = snapshot.key(key_digest(site_key)) if looks_like_key(site_key) else None
    if key is None or key.kind != "site" or key.revoked_at is not None:
        raise TokenInvalid
    survey = snapshot.survey(key.project_id, survey_key)
    project = snapshot.project(key.project_id)
    if survey is None or project is None:
        raise TokenInvalid
    if survey.status != "active":
        raise SurveyClosed(survey.key)
    return Entry(survey, project, key, touchpoint, campaign)


def admit(service: Service, entry: Entry, page_nonce: str, now: datetime) -> str:
    """Return the token of a page of the open link: the same page has the same one for ever.

    Raises StorageUnavailable.
    """
    links = LinkSet(
        id=0,
        project_id=entry.project.id,
        survey_id=entry.survey.id,
        survey=entry.survey.key,
        channel=_CHANNEL,
        touchpoint=entry.touchpoint,
        campaign=entry.campaign,
        locale=None,
        traits={},
        test=entry.key.test,
    )
    with service.database.write() as connection:
        number = surveys.put_link_set(connection, links, now)
    nonce = tokens.entry_nonce(service.signer, page_nonce)
    return tokens.seal_link(service.signer, number, None, now, LIFETIME, nonce)[0]


def count_entry(service: Service, entry: Entry, now: datetime) -> None:
    """Count somebody who came in: shown, as a widget's impressions are. Test keys count nothing.

    Raises StorageUnavailable.
    """
    if not entry.key.test:
        touchpoint = entry.touchpoint or entry.survey.definition.touchpoint
        service.counter.count(
            Issued(entry.survey.id, now.date(), _CHANNEL, touchpoint, entry.campaign)
        )
