"""Write the links of a list to a file: killed at any moment, it goes on where it was."""

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final

from feedback_service.domain.errors import InvalidValue, NameTaken
from feedback_service.storage.asking import issued_lists, mailings
from feedback_service.storage.asking.mailings import Progress
from feedback_service.usecases.inviting.batch import PORTION, Batch, Link, Mailing, Tally
from feedback_service.usecases.inviting.csv_list import Columns, CsvList, Row
from feedback_service.usecases.inviting.merge_fields import Urls
from feedback_service.usecases.service import Service

# Each time it costs a sync of two files and a commit; a kill costs at most the work since then.
_KEEP_EVERY: Final = timedelta(milliseconds=250)
_ENDS: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Files:
    """source: the list. out: the links, complete or not there at all."""

    source: Path
    out: Path

    @property
    def part(self) -> Path:
        """The links while they are being written."""
        return self.out.with_name(self.out.name + ".part")

    @property
    def report(self) -> Path:
        """The rows that could not be used, and why; not there when all could."""
        return self.out.with_name(self.out.name + ".bad.csv")


@dataclass(frozen=True, slots=True)
class Reached:
    """How far the writing has come. resumed_at: the row at which it went on, None if it began.

    sent: how many links count as sent, once the file is complete; the others were counted before.
    """

    read_bytes: int
    tally: Tally
    id_column: str
    resumed_at: int | None
    sent: int | None = None


def write_links(  # what a mailing on files is made of
    service: Service,
    mailing: Mailing,
    columns: Columns,
    urls: Urls,
    files: Files,
    clock: Callable[[], datetime],
) -> Iterator[Reached]:
    """Write a link for every row of the list; yields after each portion, and at the end.

    Called again after an interruption, with everything as before, it goes on: no row is there twice
    and none is missing. The links are counted once, when the file is complete.
    Raises InvalidValue for a list without usable columns or encoding, NameTaken when the file is
    there or being written already.
    """
    _refuse_undecodable(files.source)
    digest = _digest(mailing, columns, urls, files)
    with service.database.read() as connection:
        kept = mailings.progress(connection, digest)
    if files.out.exists():
        if kept is None or files.part.exists():
            raise NameTaken(f"{files.out} is there already: move it, or choose another name")
        batch = _batch(service, mailing, kept)
        sent = _finish(service, batch, digest, clock())
        yield Reached(kept.read_bytes, batch.tally, columns.id or "", kept.rows, sent)
        return
    _refuse_header(files.source, columns, urls)
    with _opened(files) as (source, part, report):
        listed = CsvList(source, columns, urls)
        kept = _resumed(kept, listed, source, part, report)
        batch = _batch(service, mailing, kept)
        resumed_at = None if kept is None else kept.rows
        saved_at = clock()
        while rows := listed.read(PORTION):
            now = clock()
            _write(batch, listed, rows, part, report, now)
            if now - saved_at >= _KEEP_EVERY:
                _keep(service, batch, digest, _progress(listed, part, report, batch), now)
                saved_at = clock()
            yield Reached(listed.offset, batch.tally, listed.id_column, resumed_at)
        _keep(service, batch, digest, _progress(listed, part, report, batch), clock())
        if not batch.tally.bad:
            files.report.unlink()
        files.part.replace(files.out)
    sent = _finish(service, batch, digest, clock())
    yield Reached(listed.offset, batch.tally, listed.id_column, resumed_at, sent)


def _write(  # from one place to the other
    batch: Batch,
    listed: CsvList,
    rows: list[Row],
    part: BinaryIO,
    report: BinaryIO,
    now: datetime,
) -> None:
    bad_before = batch.tally.bad
    links = batch.links([row.person for row in rows], now)
    only_links = batch.mailing.reminder
    part.write(listed.written(rows, links, only_links=only_links))
    if batch.tally.bad > bad_before:
        report.write(b"".join(_bad(row, link) for row, link in zip(rows, links, strict=True)))


def _bad(row: Row, link: Link) -> bytes:
    if not link.is_bad:
        return b""
    why = link.skipped.partition(": ")[2].replace('"', '""')
    return f'{row.number},"{why}"\n'.encode(errors="replace")


def _progress(listed: CsvList, part: BinaryIO, report: BinaryIO, batch: Batch) -> Progress:
    """Return how far it has come, once that is on disk."""
    for file in (part, report):
        file.flush()
        os.fsync(file.fileno())
    tally = batch.tally
    return Progress(
        read_bytes=listed.offset,
        written_bytes=part.tell(),
        reported_bytes=report.tell(),
        rows=listed.position,
        issued=tally.issued,
        skipped=tally.skipped,
        bad=tally.bad,
        people=batch.people,
    )


def _keep(service: Service, batch: Batch, digest: str, reached: Progress, now: datetime) -> None:
    with service.database.write() as connection:
        mailings.keep(connection, batch.mailing.survey.project_id, digest, reached, now)


def _finish(service: Service, batch: Batch, digest: str, now: datetime) -> int:
    """Count the links and forget how far it was, both or neither; returns how many count."""
    with service.database.write() as connection:
        sent = issued_lists.count(connection, batch.issued(now), batch.digest, now)
        mailings.finish(connection, digest, now)
    return sent


def _resumed(
    kept: Progress | None, listed: CsvList, source: BinaryIO, part: BinaryIO, report: BinaryIO
) -> Progress | None:
    """Put all three files where the last run is known to have been; returns where that was."""
    sizes = [file.seek(0, os.SEEK_END) for file in (part, report)]
    if kept is None or sizes[0] < kept.written_bytes or sizes[1] < kept.reported_bytes:
        for file in (part, report):
            file.seek(0)
            file.truncate()
        part.write(listed.head())
        report.write(b"row,why\n")
        return None
    part.truncate(part.seek(kept.written_bytes))
    report.truncate(report.seek(kept.reported_bytes))
    source.seek(kept.read_bytes)
    listed.skip(kept.read_bytes, kept.rows)
    return kept


def _batch(service: Service, mailing: Mailing, kept: Progress | None) -> Batch:
    if kept is None:
        return Batch(service, mailing)
    rows = kept.issued + kept.skipped + kept.bad
    tally = Tally(rows=rows, issued=kept.issued, skipped=kept.skipped, bad=kept.bad)
    return Batch(service, mailing, tally, kept.people)


@contextmanager
def _opened(files: Files) -> Iterator[tuple[BinaryIO, BinaryIO, BinaryIO]]:
    """Open list, links and report; two processes never write the same links."""
    for path in (files.part, files.report):
        # Links are the right to answer: for nobody else's eyes.
        os.close(os.open(path, os.O_CREAT | os.O_CLOEXEC, 0o600))
    with (
        files.source.open("rb") as source,
        files.part.open("r+b") as part,
        files.report.open("r+b") as report,
    ):
        try:
            fcntl.flock(part, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NameTaken(f"another process is writing {files.part}") from None
        yield source, part, report


def _digest(mailing: Mailing, columns: Columns, urls: Urls, files: Files) -> str:
    """Return what tells this mailing into this file from every other one."""
    with files.source.open("rb") as source:
        size = source.seek(0, os.SEEK_END)
        source.seek(0)
        ends = hashlib.sha256(source.read(_ENDS))
        source.seek(max(0, size - _ENDS))
        ends.update(source.read())
    parts = [
        mailing.survey.id,
        mailing.channel,
        mailing.campaign,
        mailing.touchpoint,
        mailing.lifetime.total_seconds(),
        mailing.test,
        mailing.reminder,
        asdict(columns),
        asdict(urls),
        str(files.out.absolute()),
        size,
        ends.hexdigest(),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _refuse_header(source: Path, columns: Columns, urls: Urls) -> None:
    """Raise InvalidValue for a header without the columns, before any file is made."""
    with source.open("rb") as lines:
        CsvList(lines, columns, urls)


def _refuse_undecodable(source: Path) -> None:
    """Raise InvalidValue at the first row that is not UTF-8, before any link is made."""
    with source.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if number == 1 and line.startswith((b"\xff\xfe", b"\xfe\xff")):
                raise InvalidValue(f"{source} is UTF-16: save the list as CSV UTF-8")
            try:
                line.decode()
            except UnicodeDecodeError as error:
                raise InvalidValue(
                    f"line {number} of {source} is not UTF-8 (byte {error.start + 1}): "
                    "save the list as CSV UTF-8, or convert it: iconv -f WINDOWS-1252 -t UTF-8"
                ) from None
