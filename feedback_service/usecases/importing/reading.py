"""Reads another system's answers out of its CSV file, row by row, each checked by itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, get_args
from zoneinfo import ZoneInfo

from feedback_service.domain.errors import FeedbackError
from feedback_service.domain.evidence import Suspicion
from feedback_service.domain.respondents import check_ref, check_traits
from feedback_service.domain.responses import MAX_COMMENT_LENGTH
from feedback_service.domain.surveys import JOURNEY_STAGES, Survey
from feedback_service.usecases.importing.cells import Cells, Columns
from feedback_service.usecases.importing.instants import instant_of
from feedback_service.usecases.importing.sources import OURS, SourceName, check_names, columns_of
from feedback_service.usecases.importing.table import Table, TableRow
from feedback_service.usecases.inviting.lines import Source

_LENGTHS: Final = {
    "touchpoint": 64,
    "campaign": 100,
    "locale": 35,
    "page_url": 2000,
}
# Delighted's names of what we call an audience and a scale.
_METRICS: Final = {"enps": "nps", "csat3": "csat"}
_LONGEST_EMAIL: Final = 320
_LONGEST_REASON: Final = 200
_MAX_TAGS: Final = 50
_SUSPICIONS: Final[tuple[Suspicion, ...]] = get_args(Suspicion)


@dataclass(frozen=True, slots=True)
class Told:
    """What one row tells. score None: nothing but that somebody unsubscribed."""

    source_id: str | None
    respondent: str | None
    email: str | None
    score: int | None
    at: datetime
    comment: str | None = None
    touchpoint: str | None = None
    journey_stage: str | None = None
    campaign: str | None = None
    locale: str | None = None
    page_url: str | None = None
    tags: tuple[str, ...] = ()
    excluded: str | None = None
    suspicion: Suspicion | None = None
    test: bool = False
    traits: Mapping[str, str] = field(default_factory=dict)
    unsubscribed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """number: as a spreadsheet counts, the header being 1. fault: why it cannot be used.

    Neither told nor fault: nobody answered there, or unsubscribed.
    """

    number: int
    told: Told | None
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read. named: field -> column, said by hand. traits: columns to keep.

    date_format: as for strptime; None takes ISO 8601 and seconds since 1970.
    """

    source: SourceName
    named: Mapping[str, str] = field(default_factory=dict)
    traits: tuple[str, ...] = ()
    date_format: str | None = None


class AnswerFile:
    """Raises InvalidValue when the header does not do. columns: field -> name of its column."""

    def __init__(
        self, source: Source, reading: Reading, survey: Survey, zone: ZoneInfo, now: datetime
    ) -> None:
        check_names(reading.named)
        self._table = Table(source)
        places = columns_of(reading.source, self._table, reading.named)
        self.columns = {name: self._table.names[place] for name, place in places.items()}
        self._columns = Columns(places, self.columns, ours=reading.source == OURS)
        traits = {name: self._table.place(name, "/traits") for name in reading.traits}
        self._traits = Columns(traits, {})
        self._reading, self._survey, self._zone, self._now = reading, survey, zone, now

    def rows(self) -> Iterator[Row]:
        """Yield every row; empty lines are no rows."""
        for row in self._table.rows():
            yield self._row(row)

    def _row(self, row: TableRow) -> Row:
        if row.fault is not None:
            return Row(row.number, None, row.fault)
        try:
            return Row(row.number, self._told(Cells(self._columns, row.cells)))
        except (FeedbackError, ValueError) as error:
            return Row(row.number, None, str(error))

    def _told(self, cells: Cells) -> Told | None:
        email = cells.short("email", _LONGEST_EMAIL)
        respondent = cells.text("respondent") or email
        if respondent is not None:
            check_ref(respondent)
        unsubscribed_at = self._unsubscribed_at(cells)
        score_text = cells.text("score")
        if score_text is None and unsubscribed_at is None:
            return None
        if unsubscribed_at is not None and respondent is None:
            raise ValueError("who unsubscribed? there is neither a person nor an address")
        if score_text is None:
            assert unsubscribed_at is not None
            return Told(
                None, respondent, email, None, unsubscribed_at, unsubscribed_at=unsubscribed_at
            )
        self._check_survey(cells)
        comment = cells.text("comment")
        if comment is not None and len(comment) > MAX_COMMENT_LENGTH:
            raise ValueError(f"the comment has more than {MAX_COMMENT_LENGTH:,} characters")
        texts = {name: cells.short(name, longest) for name, longest in _LENGTHS.items()}
        return Told(
            source_id=cells.text("id"),
            respondent=respondent,
            email=email,
            score=self._score(score_text),
            at=self._instant(cells, "at"),
            comment=comment,
            journey_stage=_stage(cells),
            tags=_tags(cells),
            excluded=_excluded(cells),
            suspicion=_suspicion(cells),
            test=cells.truth("test"),
            traits=self._traits_of(cells),
            unsubscribed_at=unsubscribed_at,
            **texts,
        )

    def _check_survey(self, cells: Cells) -> None:
        """Raise ValueError for a row that names another survey, measure or scale than ours."""
        ours = self._survey.definition
        metric = (cells.text("metric") or ours.metric).lower()
        if _METRICS.get(metric, metric) != ours.metric:
            raise ValueError(f"it answers a survey of {metric!r}, not of {ours.metric!r}")
        key, scale = cells.text("survey"), cells.text("scale")
        if key not in {None, self._survey.key}:
            raise ValueError(f"it answers the survey {key!r}, not {self._survey.key!r}")
        if scale not in {None, ours.scale.name}:
            raise ValueError(
                f"it was given on the scale {scale!r}, the survey has {ours.scale.name!r}"
            )

    def _traits_of(self, cells: Cells) -> dict[str, str]:
        ours = self._columns.ours and "traits" in self._columns.places
        traits = dict(cells.document("traits", dict)) if ours else {}
        kept = Cells(self._traits, cells.row)
        for name in self._reading.traits:
            value = kept.text(name)
            if value is not None:
                traits[name] = value
        channel = cells.text("channel")
        if channel is not None:
            traits["import_channel"] = channel
        check_traits(traits)
        return traits

    def _score(self, text: str) -> int:
        number = text.removesuffix(".0")
        if not number.isdecimal():
            raise ValueError(f"score {text!r} is no whole number")
        score = int(number[-9:]) if not number[:-9].strip("0") else 10**9
        self._survey.definition.scale.check(score)
        return score

    def _unsubscribed_at(self, cells: Cells) -> datetime | None:
        if cells.text("unsubscribed_at") is not None:
            return self._instant(cells, "unsubscribed_at")
        if not cells.truth("unsubscribed"):
            return None
        return self._now if cells.text("at") is None else self._instant(cells, "at")

    def _instant(self, cells: Cells, name: str) -> datetime:
        text = cells.text(name)
        if text is None:
            raise ValueError(f"column {self.columns[name]!r} is empty")
        at = instant_of(text, self._zone, self._reading.date_format)
        if at > self._now:
            raise ValueError(f"{text!r} is in the future")
        return at


def _stage(cells: Cells) -> str | None:
    stage = cells.text("journey_stage")
    if stage is not None and stage not in JOURNEY_STAGES:
        raise ValueError(f"no journey stage {stage!r}: use {', '.join(JOURNEY_STAGES)}")
    return stage


def _tags(cells: Cells) -> tuple[str, ...]:
    if cells.columns.ours:
        tags = cells.document("tags", list) if "tags" in cells.columns.places else []
    else:
        tags = (cells.text("tags") or "").replace(";", ",").split(",")
    kept = tuple(dict.fromkeys(tag.strip() for tag in tags if tag.strip()))
    if len(kept) > _MAX_TAGS or any(len(tag) > 50 for tag in kept):
        raise ValueError(f"at most {_MAX_TAGS} tags of at most 50 characters")
    return kept


def _excluded(cells: Cells) -> str | None:
    """Return why it is left out of every figure; only our own export tells the reason."""
    if cells.columns.ours:
        return cells.short("excluded", _LONGEST_REASON)
    return "excluded before the import" if cells.truth("excluded") else None


def _suspicion(cells: Cells) -> Suspicion | None:
    text = cells.text("suspicion")
    found = next((one for one in _SUSPICIONS if one == text), None)
    if text is not None and found is None:
        raise ValueError(f"no suspicion {text!r}")
    return found
