"""Tags comments as they arrive: by the rules of their project, and by taggers plugged in."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from feedback_service.delivery.care.plugged_taggers import PluggedTagger
from feedback_service.domain.words.rules import Tagger
from feedback_service.storage.engine import clock
from feedback_service.storage.words import rules, tagging
from feedback_service.storage.words.tagging import Finder, Position, Words
from feedback_service.usecases.service import Service

log = structlog.get_logger()

TAG_EVERY_S: Final = 5.0
# As for low answers: what changed this recently is looked at again.
_OVERLAP: Final = timedelta(seconds=120)
# What a restart looks at twice; remembering costs a commit.
_REMEMBER_AFTER: Final = timedelta(seconds=60)
PORTION: Final = 500


@dataclass(slots=True)
class _Reached:
    """saved: as the database has it. at: how far this process has come since."""

    saved: Position
    at: Position


class CommentTags:
    """For one thread of one dispatcher; what several do at once, they do alike."""

    def __init__(self, service: Service, plugged: Sequence[PluggedTagger] = ()) -> None:
        self._service = service
        self._plugged = plugged
        self._reached: dict[int, _Reached] = {}

    def run(self) -> bool:
        """Tag what changed, a portion of each project; returns whether there is more.

        Raises StorageUnavailable.
        """
        snapshot = self._service.catalog.current()
        with self._service.database.read() as connection:
            saved = tagging.positions(connection)
            now = clock.read(connection).at
        # A project whose last rule was removed goes on: a new run takes its tags away.
        wanted = {
            one.id: tagger
            for one in snapshot.projects()
            if (tagger := snapshot.tagger(one.id)) or self._plugged or one.id in saved
        }
        more = False
        for number, tagger in wanted.items():
            if number not in saved:
                self._begin(number, now)
                more = True
                continue
            reached = self._reached.get(number)
            if reached is None or reached.saved != saved[number]:
                reached = self._reached[number] = _Reached(saved[number], saved[number])
            more |= self._tag(number, reached, finder(tagger, self._plugged), now)
        return more

    def _begin(self, number: int, now: datetime) -> None:
        with self._service.database.write() as connection:
            rules.begin(connection, number, now - _OVERLAP)

    def _tag(self, number: int, reached: _Reached, find: Finder, now: datetime) -> bool:
        database = self._service.database
        with database.read() as connection:
            seen = tagging.changed_words(connection, number, reached.at, PORTION)
        tagged = tagging.tag(database, seen, find)
        if tagged:
            log.info("comments tagged", responses=tagged, project_id=number)
        is_full = len(seen) == PORTION
        # Once through, it goes back to what may still be on its way.
        reached.at = (seen[-1].updated_at, seen[-1].id) if is_full else (now - _OVERLAP, "")
        if reached.at[0] - reached.saved[0] >= _REMEMBER_AFTER:
            with database.write() as connection:
                tagging.move_on(connection, number, reached.saved, reached.at)
            reached.saved = reached.at
        return is_full


def finder(tagger: Tagger, plugged: Sequence[PluggedTagger]) -> Finder:
    """Return what finds tags by rules and plugged taggers together."""

    def find(words: Sequence[Words]) -> list[Collection[str]]:
        found: list[Collection[str]] = [tagger.tags(one.comment or "", one.locale) for one in words]
        for other in plugged if words else ():
            for at, tags in enumerate(other.tags(words)):
                # One that failed may have found these tags before: better old tags than none.
                kept = (tag for tag in words[at].tagged.by_rule if tag not in tagger.names)
                found[at] = (*found[at], *(kept if tags is None else tags))
        return found

    return find
