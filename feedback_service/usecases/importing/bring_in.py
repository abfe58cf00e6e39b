"""Bring answers of another system in: looked at first, then written, as often as one likes."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Final

from feedback_service.domain.errors import NotFound
from feedback_service.domain.ids import new_id
from feedback_service.domain.responses import Response
from feedback_service.domain.surveys import Survey
from feedback_service.storage.importing import batches
from feedback_service.usecases.importing.leaving import Leaving
from feedback_service.usecases.importing.reading import Row, Told
from feedback_service.usecases.importing.sources import OURS, SourceName
from feedback_service.usecases.service import Service

# Short enough that somebody who answers meanwhile does not notice.
BATCH: Final = 200
# Nobody was asked through us: reports show these answers as a channel of their own.
CHANNEL: Final = "import"
MOST_FAULTS: Final = 10_000


@dataclass(slots=True)
class Tally:
    """What became of the rows. faults: (row number, why) of the first MOST_FAULTS bad ones.

    there: answers that are there already, or twice in the file. scoreless: rows without an answer,
    or a wish not to be asked.
    """

    rows: int = 0
    new: int = 0
    there: int = 0
    bad: int = 0
    scoreless: int = 0
    unsubscribed: int = 0
    first: datetime | None = None
    last: datetime | None = None
    bands: Counter[str] = field(default_factory=Counter)
    faults: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Importing:
    """survey: in the version the answers are read by."""

    survey: Survey
    source: SourceName


def survey_for(service: Service, project_id: int, key: str) -> Survey:
    """Return the survey that is to get the answers. Raises NotFound."""
    survey = service.catalog.current().survey(project_id, key)
    if survey is None:
        raise NotFound(f"this project has no survey {key!r}", "/survey")
    return survey


def bring_in(
    service: Service, importing: Importing, rows: Iterable[Row], now: datetime, *, dry_run: bool
) -> Iterator[Tally]:
    """Import rows, yielding the tally after each batch.

    A row that is there already changes nothing. Old answers are no news: there is no webhook, no
    alert and no case. Raises StorageUnavailable.
    """
    tally = Tally()
    project_id = importing.survey.project_id
    wishes, seen, gone = Leaving(), set[bytes](), set[str]()
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        told = [row.told for row in batch if row.told is not None]
        _count_rows(tally, batch)
        answers = _answers(service, importing, told, now)
        leaving = wishes.of_batch(service, project_id, told)
        if dry_run:
            with service.database.read() as connection:
                missing = batches.missing(connection, project_id, answers)
                still = batches.still_subscribed(connection, project_id, leaving)
            new = [one for one in missing if _mark(one) not in seen]
            left = len(still - gone)
            seen.update(map(_mark, new))
            gone |= still
        else:
            emails = {one.respondent: one.email for one in told if one.respondent}
            with service.database.write() as connection:
                people = batches.People(emails, leaving)
                left = batches.put_people(connection, project_id, people, now)
                new = batches.add(connection, answers)
        _count(tally, sum(one.score is not None for one in told), new)
        tally.unsubscribed += left
        yield tally
    if not tally.rows:
        yield tally


def _answers(
    service: Service, importing: Importing, told: Sequence[Told], now: datetime
) -> list[Response]:
    """Return the answers of one batch, each once; those that this project exported itself not."""
    given = [one for one in told if one.score is not None]
    if importing.source == OURS:
        ids = [one.source_id for one in given if one.source_id is not None]
        with service.database.read() as connection:
            own = batches.own(connection, importing.survey.project_id, ids)
        given = [one for one in given if one.source_id not in own]
    made = [_response(importing, one, now) for one in given]
    return list({one.token_id: one for one in made}.values())


def _count_rows(tally: Tally, batch: Sequence[Row]) -> None:
    tally.rows += len(batch)
    for row in batch:
        tally.scoreless += row.told is None and row.fault is None
        if row.fault is not None:
            tally.bad += 1
            if len(tally.faults) < MOST_FAULTS:
                tally.faults.append((row.number, row.fault))


def _count(tally: Tally, answers: int, new: Sequence[Response]) -> None:
    tally.new += len(new)
    tally.there += answers - len(new)
    tally.bands.update(one.band for one in new if one.band is not None)
    for one in new:
        tally.first = min(tally.first or one.created_at, one.created_at)
        tally.last = max(tally.last or one.created_at, one.created_at)


def _response(importing: Importing, told: Told, now: datetime) -> Response:
    survey = importing.survey
    assert told.score is not None
    return Response(
        id=new_id("rsp", told.at),
        project_id=survey.project_id,
        survey_id=survey.id,
        version_id=survey.version_id,
        token_id=_token_id(importing, told),
        channel=CHANNEL,
        created_at=told.at,
        updated_at=now,  # so that whoever follows changes gets it
        expires_at=told.at,
        respondent=told.respondent,
        touchpoint=told.touchpoint or survey.definition.touchpoint,
        journey_stage=told.journey_stage or survey.definition.journey_stage,
        campaign=told.campaign,
        locale=told.locale,
        page_url=told.page_url,
        traits=told.traits,
        score=told.score,
        band=survey.definition.bands.of_score[told.score],
        comment=told.comment,
        tags=told.tags,
        complete=True,
        excluded=told.excluded,
        unconfirmed=told.suspicion,
        test=told.test,
        scored_at=told.at,
        completed_at=told.at,
        saves=0,  # nobody gave it through us: no case is opened for it
    )


def _token_id(importing: Importing, told: Told) -> str:
    """Return the same id for the same answer: its own number there, else all that it says."""
    said = (told.respondent, told.at.isoformat(), told.score, told.comment)
    what = told.source_id or repr(said)
    whole = f"{importing.source}\n{importing.survey.id}\n{what}"
    return "import." + hashlib.sha256(whole.encode()).hexdigest()


def _mark(answer: Response) -> bytes:
    """Return what tells answers of one file apart, in little memory."""
    return hashlib.blake2b(answer.token_id.encode(), digest_size=12).digest()
