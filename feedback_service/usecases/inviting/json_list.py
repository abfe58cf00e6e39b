"""A list of people as NDJSON: one object a line; what it holds passes through."""

import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from feedback_service.usecases.inviting.batch import Link, Recipient
from feedback_service.usecases.inviting.csv_list import ID_NAMES, Columns
from feedback_service.usecases.inviting.lines import MAX_LINE_BYTES, Source
from feedback_service.usecases.inviting.merge_fields import Urls, added

_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


class Row(NamedTuple):
    """number: of the line, from 1. members: None when the line is no object; then it is raw."""

    number: int
    person: Recipient
    members: dict[str, Any] | None
    raw: str


class JsonList:
    """Reads objects in portions and writes them back with what was made for them."""

    content_type = "application/x-ndjson"

    def __init__(self, source: Source, columns: Columns, urls: Urls) -> None:
        self._source = source
        self._columns = columns
        self._urls = urls
        self._number = 0

    def head(self) -> bytes:
        """Return nothing: NDJSON has no header."""
        return b""

    def read(self, most: int) -> list[Row]:
        """Return the next rows, fewer at the end; empty lines are no rows."""
        found: list[Row] = []
        while len(found) < most:
            line = self._source.readline(MAX_LINE_BYTES)
            if not line:
                break
            self._number += 1
            if line.strip():
                found.append(self._row(line))
        return found

    def written(self, rows: Sequence[Row], links: Sequence[Link], *, only_links: bool) -> bytes:
        """Return rows with their links; only_links: leave skipped ones out."""
        lines = []
        for row, link in zip(rows, links, strict=True):
            if only_links and link.skipped and not link.is_bad:
                continue
            own = {"line": row.raw} if row.members is None else row.members
            ours = {name: value or None for name, value in added(link, self._urls).items()}
            lines.append(json.dumps({**own, **ours}, ensure_ascii=False, separators=(",", ":")))
        return "".join(f"{line}\n" for line in lines).encode(errors="replace")

    def _row(self, line: bytes) -> Row:
        raw = line.decode(errors="replace").rstrip("\r\n")
        try:
            members = json.loads(line.decode(), object_pairs_hook=_once)
        except (ValueError, RecursionError) as error:
            return Row(self._number, Recipient("", fault=f"no JSON: {error}"), None, raw)
        if not isinstance(members, dict):
            return Row(self._number, Recipient("", fault="no JSON object"), None, raw)
        return Row(self._number, self._person(members), members, raw)

    def _person(self, members: dict[str, Any]) -> Recipient:
        wanted = self._columns
        name = wanted.id or _id_member(members)
        ref = members.get(name) if name is not None else None
        if isinstance(ref, int) and not isinstance(ref, bool):
            ref = str(ref)
        if not isinstance(ref, str) or not ref.strip():
            return Recipient("", fault=f"no text in {name or 'respondent'!r}")
        locale = members.get(wanted.locale) if wanted.locale is not None else None
        if locale is not None and not (isinstance(locale, str) and _LOCALE.fullmatch(locale)):
            return Recipient("", fault=f"{str(locale)[:35]!r} is no language such as en or pt-BR")
        traits = [(name, members.get(name)) for name in wanted.traits]
        told = tuple((name, str(value)) for name, value in traits if value not in (None, ""))
        return Recipient(ref.strip(), locale, told)


def _id_member(members: dict[str, Any]) -> str | None:
    plain = {re.sub(r"[\s_-]", "", name).lower(): name for name in members}
    return next((plain[name] for name in ID_NAMES if name in plain), None)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands there twice")
    return members
