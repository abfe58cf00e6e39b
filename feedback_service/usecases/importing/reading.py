"""Reads another system's answers out of its CSV file, row by row, each checked by itself."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from feedback_service.domain.errors import FeedbackError, InvalidValue
from feedback_service.domain.respondents import check_ref, check_traits
from feedback_service.domain.responses import MAX_COMMENT_LENGTH
from feedback_service.domain.surveys import Survey
from feedback_service.usecases.importing.instants import instant_of
from feedback_service.usecases.importing.sources import SourceName, check_names, columns_of
from feedback_service.usecases.inviting.lines import Lines, Source

_BOM: Final = b"\xef\xbb\xbf"
_YES: Final = {"1", "true", "t", "yes", "y", "x"}
_NO: Final = {"", "0", "false", "f", "no", "n"}
_LENGTHS: Final = {"touchpoint": 64, "campaign": 100, "locale": 35, "page_url": 2000}
_MAX_TAGS: Final = 50


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
    campaign: str | None = None
    locale: str | None = None
    page_url: str | None = None
    tags: tuple[str, ...] = ()
    excluded: str | None = None
    traits: Mapping[str, str] = field(default_factory=dict)
    unsubscribed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """number: as a spreadsheet counts, the header being 1. fault: why it cannot be used."""

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
        header = _header_of(source)
        self._delimiter, self._names = header
        self._places = columns_of(reading.source, self._names, reading.named)
        self._traits = [(name, _place(self._names, name)) for name in reading.traits]
        self._source, self._reading = source, reading
        self._scale, self._zone, self._now = survey.definition.scale, zone, now
        self.columns = {name: self._names[place] for name, place in self._places.items()}

    def rows(self) -> Iterator[Row]:
        """Yield every row; empty lines are no rows."""
        lines = Lines(self._source)
        reader = csv.reader(lines, delimiter=self._delimiter)
        number = 1
        while True:
            lines.begin_row()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                number += 1
                yield Row(number, None, f"it cannot be read ({error})")
                continue
            number += 1
            if any(cell.strip() for cell in cells):
                yield self._row(number, cells, broken=lines.broken)

    def _row(self, number: int, cells: Sequence[str], *, broken: bool) -> Row:
        if broken:
            return Row(number, None, "it is not UTF-8")
        if any(cells[len(self._names) :]):
            return Row(number, None, f"{len(cells)} cells under {len(self._names)} column names")
        try:
            return Row(number, self._told(cells))
        except (FeedbackError, ValueError) as error:
            return Row(number, None, str(error))

    def _told(self, cells: Sequence[str]) -> Told:
        respondent = self._text(cells, "respondent") or self._text(cells, "email")
        if respondent is not None:
            check_ref(respondent)
        unsubscribed_at = self._unsubscribed_at(cells)
        score_text = self._text(cells, "score")
        if score_text is None and unsubscribed_at is None:
            raise ValueError("it has no score, and nobody unsubscribed")
        if unsubscribed_at is not None and respondent is None:
            raise ValueError("who unsubscribed? there is neither a person nor an address")
        if score_text is None:
            assert unsubscribed_at is not None
            email = self._text(cells, "email")
            return Told(
                None, respondent, email, None, unsubscribed_at, unsubscribed_at=unsubscribed_at
            )
        return self._answer(cells, score_text, respondent, unsubscribed_at)

    def _answer(
        self,
        cells: Sequence[str],
        score_text: str,
        respondent: str | None,
        unsubscribed_at: datetime | None,
    ) -> Told:
        traits = {name: _text_at(cells, place) or "" for name, place in self._traits}
        traits = {name: value for name, value in traits.items() if value}
        channel = self._text(cells, "channel")
        if channel is not None:
            traits["import_channel"] = channel
        check_traits(traits)
        comment = self._text(cells, "comment")
        if comment is not None and len(comment) > MAX_COMMENT_LENGTH:
            raise ValueError(f"the comment has more than {MAX_COMMENT_LENGTH:,} characters")
        tags = (self._text(cells, "tags") or "").replace(";", ",").split(",")
        kept = tuple(dict.fromkeys(tag.strip() for tag in tags if tag.strip()))
        if len(kept) > _MAX_TAGS or any(len(tag) > 50 for tag in kept):
            raise ValueError(f"at most {_MAX_TAGS} tags of at most 50 characters")
        texts = {name: self._short(cells, name, longest) for name, longest in _LENGTHS.items()}
        return Told(
            source_id=self._text(cells, "id"),
            respondent=respondent,
            email=self._text(cells, "email"),
            score=self._score(score_text),
            at=self._instant(self._text(cells, "at") or "", "at"),
            comment=comment,
            tags=kept,
            excluded="excluded before the import" if self._truth(cells, "excluded") else None,
            traits=traits,
            unsubscribed_at=unsubscribed_at,
            **texts,
        )

    def _score(self, text: str) -> int:
        number = text.removesuffix(".0")
        if not number.isdecimal():
            raise ValueError(f"score {text!r} is no whole number")
        self._scale.check(int(number[:9]))
        return int(number)

    def _unsubscribed_at(self, cells: Sequence[str]) -> datetime | None:
        text = self._text(cells, "unsubscribed_at")
        if text is not None:
            return self._instant(text, "unsubscribed_at")
        if not self._truth(cells, "unsubscribed"):
            return None
        at = self._text(cells, "at")
        return self._now if at is None else self._instant(at, "at")

    def _instant(self, text: str, name: str) -> datetime:
        if not text:
            raise ValueError(f"column {self.columns[name]!r} is empty")
        at = instant_of(text, self._zone, self._reading.date_format)
        if at > self._now:
            raise ValueError(f"{text!r} is in the future")
        return at

    def _truth(self, cells: Sequence[str], name: str) -> bool:
        text = (self._text(cells, name) or "").lower()
        if text not in _YES | _NO:
            raise ValueError(f"{text!r} in column {self.columns[name]!r} is neither yes nor no")
        return text in _YES

    def _short(self, cells: Sequence[str], name: str, longest: int) -> str | None:
        text = self._text(cells, name)
        if text is not None and len(text) > longest:
            raise ValueError(f"{name} has more than {longest} characters")
        return text

    def _text(self, cells: Sequence[str], name: str) -> str | None:
        return None if name not in self._places else _text_at(cells, self._places[name])


def _header_of(source: Source) -> tuple[str, list[str]]:
    first = source.readline(1 << 20)
    try:
        header = first.removeprefix(_BOM).decode()
    except UnicodeDecodeError:
        header = ""
    if not header.strip() or "\0" in header:
        raise InvalidValue("row 1 must name the columns, in UTF-8: save the file as CSV UTF-8", "/")
    delimiter = max(",;\t", key=header.count)
    try:
        [names] = csv.reader([header], delimiter=delimiter, strict=True)
    except (csv.Error, ValueError):
        raise InvalidValue("row 1 must name the columns, on one line", "/") from None
    return delimiter, [name.strip() for name in names]


def _text_at(cells: Sequence[str], place: int) -> str | None:
    """Return a cell without the spaces around it, or the NULs no database takes."""
    if place >= len(cells):
        return None
    return cells[place].replace("\0", "").strip() or None


def _place(names: Sequence[str], name: str) -> int:
    if name not in names:
        raise InvalidValue(f"the file has no column {name!r}; it has {', '.join(names)}", "/traits")
    return names.index(name)
