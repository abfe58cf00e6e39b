"""Issue the links of a mailing, many at once: what they share leaves one row, they leave none."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, Protocol

from feedback_service.domain.access import tokens
from feedback_service.domain.access.tokens import campaign_nonces, fits_inline, link_sealer
from feedback_service.domain.errors import InvalidValue, NotFound, SurveyClosed
from feedback_service.domain.respondents import check_ref, check_traits
from feedback_service.domain.surveys import Survey
from feedback_service.storage import respondents, surveys
from feedback_service.storage.asking import campaigns, issued_lists
from feedback_service.storage.counts import Issued
from feedback_service.storage.surveys import LinkSet
from feedback_service.usecases.inviting.decide import refusals
from feedback_service.usecases.service import Service
from feedback_service.usecases.setup.configure_survey import find_survey

# So many people are looked up and answered together.
PORTION: Final = 1_000
# Traits of a mailing lie in its link sets, one for each combination that occurs: enough for plan by
# country, and a million people still leave no row each.
MOST_LINK_SETS: Final = 2_000
_PEOPLE_MODULUS: Final = 1 << 128


class Recipient(NamedTuple):
    """Somebody on a list. fault: why the row cannot be used, then the rest does not count."""

    ref: str
    locale: str | None = None
    traits: tuple[tuple[str, str], ...] = ()
    fault: str | None = None


class Link(NamedTuple):
    """What a recipient gets. skipped: "reason: words", else empty."""

    token: str
    token_id: str
    skipped: str
    is_bad: bool = False


@dataclass(frozen=True, slots=True)
class Mailing:
    """What all links of a batch share. reminder: for people who have a link of the campaign."""

    survey: Survey
    channel: str
    campaign: str | None
    touchpoint: str | None
    lifetime: timedelta
    test: bool
    reminder: bool


class PeopleList(Protocol):
    """A list in some format: read in portions, written back with what was made for its rows."""

    content_type: str

    def head(self) -> bytes: ...
    def read(self, most: int, /) -> Sequence[Any]: ...
    def written(
        self, rows: Sequence[Any], links: Sequence["Link"], *, only_links: bool
    ) -> bytes: ...


@dataclass(slots=True)
class Tally:
    """How a batch went: rows = issued + skipped + bad."""

    rows: int = 0
    issued: int = 0
    skipped: int = 0
    bad: int = 0


def plan_mailing(
    service: Service, project_id: int, wish: Mapping[str, Any], *, test: bool = False
) -> Mailing:
    """Return what a batch is about.

    wish: survey, and any of channel (email), campaign, touchpoint, expires_in, unanswered_only.
    Raises NotFound, SurveyClosed, InvalidValue.
    """
    survey = find_survey(service, project_id, wish["survey"])
    if survey.status != "active":
        raise SurveyClosed(survey.key)
    campaign, reminder = wish.get("campaign"), bool(wish.get("unanswered_only"))
    if reminder:
        if campaign is None:
            raise InvalidValue("unanswered_only needs the campaign that is meant", "/campaign")
        with service.database.read() as connection:
            sent = campaigns.sent(connection, survey.id, campaign)
        if not sent and not test:
            raise NotFound(f"no link of survey {survey.key!r} was issued in campaign {campaign!r}")
    return Mailing(
        survey=survey,
        channel=wish.get("channel") or "email",
        campaign=campaign,
        touchpoint=wish.get("touchpoint"),
        lifetime=tokens.check_lifetime(wish.get("expires_in")),
        test=test,
        reminder=reminder,
    )


class Batch:
    """Makes the links of one mailing, portion by portion."""

    def __init__(
        self, service: Service, mailing: Mailing, tally: Tally | None = None, people: str = ""
    ) -> None:
        self.mailing = mailing
        self.tally = tally or Tally()
        self._people = int(people or "0", 16)
        self._service = service
        self._link_sets: dict[tuple[Any, ...], int] = {}
        survey, campaign = mailing.survey, mailing.campaign
        self._nonce = (
            None if campaign is None else campaign_nonces(service.signer, survey.id, campaign)
        )

    def links(self, people: Sequence[Recipient], now: datetime) -> list[Link]:
        """Return one link for each recipient, in order: made, skipped or bad.

        Raises InvalidValue when the traits take more combinations than a mailing may have.
        """
        checked = [self._checked(person) for person in people]
        refs = [person.ref for person in checked if person.fault is None]
        refused = self._refused(refs, now)
        wanted = [
            person for person in checked if person.fault is None and person.ref not in refused
        ]
        numbers = self._prepare(wanted, now)
        found = self._made(checked, refused, numbers, now)
        tally = self.tally
        tally.rows += len(found)
        tally.bad += sum(link.is_bad for link in found)
        tally.issued += len(wanted)
        tally.skipped = tally.rows - tally.bad - tally.issued
        return found

    @property
    def people(self) -> str:
        """Who was on the list so far, links or not, in any order: of a campaign, else empty.

        The sum of the nonces of their links: of who they are it tells nothing.
        """
        return "" if self._nonce is None else f"{self._people:x}"

    @property
    def digest(self) -> str:
        """What tells the list from others of its campaign, once it has been read."""
        listed = f"{self.people} {self.tally.rows - self.tally.bad}"
        return hashlib.sha256(listed.encode()).hexdigest()

    def issued(self, now: datetime) -> Issued | None:
        """Return what is to be counted when the mailing is complete, with `digest`."""
        mailing = self.mailing
        if mailing.test or not self.tally.issued:
            return None
        how_many = self.tally.issued
        return Issued(
            mailing.survey.id,
            now.date(),
            mailing.channel,
            mailing.touchpoint or mailing.survey.definition.touchpoint,
            mailing.campaign,
            tokens=0 if mailing.reminder else how_many,
            reminders=how_many if mailing.reminder else 0,
        )

    def count(self, now: datetime) -> int:
        """Count the links of the complete mailing; returns how many count as sent."""
        with self._service.database.write() as connection:
            return issued_lists.count(connection, self.issued(now), self.digest, now)

    def _refused(self, refs: Sequence[str], now: datetime) -> dict[str, str]:
        mailing = self.mailing
        found = refusals(self._service, mailing.survey, refs, now, mailing.campaign)
        return {
            ref: f"{given.reason}: {given.words}"
            for ref, given in found.items()
            if not mailing.test or given.reason in {"unsubscribed", "already-answered"}
        }

    def _prepare(self, people: Sequence[Recipient], now: datetime) -> dict[str, int]:
        """Store the link sets these people need; returns the row numbers of long references."""
        missing = {
            kind
            for kind in {(one.locale, one.traits) for one in people}
            if kind not in self._link_sets
        }
        long = [one.ref for one in people if not fits_inline(one.ref)]
        if not missing and not long:
            return {}
        if len(self._link_sets) + len(missing) > MOST_LINK_SETS:
            raise InvalidValue(
                f"the traits and languages of this list come in more than {MOST_LINK_SETS} "
                "combinations: take as traits only what many people share, such as plan or country",
                "/traits",
            )
        mailing = self.mailing
        with self._service.database.write() as connection:
            for kind in sorted(missing, key=repr):
                self._link_sets[kind] = surveys.put_link_set(connection, self._set(*kind), now)
            return respondents.ensure_all(connection, mailing.survey.project_id, long, now)

    def _set(self, locale: str | None, traits: tuple[tuple[str, str], ...]) -> LinkSet:
        mailing = self.mailing
        return LinkSet(
            id=0,
            project_id=mailing.survey.project_id,
            survey_id=mailing.survey.id,
            survey=mailing.survey.key,
            channel=mailing.channel,
            touchpoint=mailing.touchpoint,
            campaign=mailing.campaign,
            locale=locale,
            traits=dict(traits),
            test=mailing.test,
        )

    def _made(
        self,
        people: Sequence[Recipient],
        refused: Mapping[str, str],
        numbers: Mapping[str, int],
        now: datetime,
    ) -> list[Link]:
        seal = link_sealer(self._service.signer, now, self.mailing.lifetime)
        found = []
        listed = 0
        for ref, locale, traits, fault in people:
            if fault is not None:
                found.append(Link("", "", f"bad-row: {fault}", is_bad=True))
                continue
            nonce = None if self._nonce is None else self._nonce(ref)
            if nonce is not None:
                listed += int.from_bytes(nonce)
            if ref in refused:
                found.append(Link("", "", refused[ref]))
            else:
                number = self._link_sets[locale, traits]
                token, token_id = seal(number, numbers.get(ref, ref), nonce)
                found.append(Link(token, token_id, ""))
        self._people = (self._people + listed) % _PEOPLE_MODULUS
        return found

    def _checked(self, person: Recipient) -> Recipient:
        """Find the fault of a row; of each combination of traits once."""
        if person.fault is not None:
            return person
        try:
            check_ref(person.ref)
            if person.traits and (person.locale, person.traits) not in self._link_sets:
                check_traits(dict(person.traits))
        except InvalidValue as error:
            return person._replace(fault=str(error))
        return person
