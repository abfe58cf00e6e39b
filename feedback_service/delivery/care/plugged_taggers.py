"""Taggers that others plug in: entry points of the group feedback_service.comment_tagger."""

import threading
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import entry_points
from typing import Final

from feedback_service.delivery.trouble import report_fault
from feedback_service.domain.words.rules import check_tag
from feedback_service.storage.words.tagging import Words

GROUP: Final = "feedback_service.comment_tagger"
# comment, locale or None -> tags.
CommentTagger = Callable[[str, str | None], Iterable[str]]

# For one comment; a tagger that calls a model somewhere may well take seconds.
PATIENCE_S: Final = 30.0


def installed() -> list["PluggedTagger"]:
    """Load the taggers that are installed; one that cannot be loaded is reported and left out."""
    found = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        try:
            found.append(PluggedTagger(point.name, point.load()))
        except Exception as error:  # noqa: BLE001  # somebody else's code
            report_fault("comment tagger not loaded", error, tagger=point.name)
    return found


class PluggedTagger:
    """Somebody else's code, kept at arm's length: whatever it does, tagging goes on without it."""

    def __init__(self, name: str, tagger: CommentTagger, patience_s: float = PATIENCE_S) -> None:
        self._name = name
        self._tagger = tagger
        self._patience_s = patience_s
        self._hangs = False

    def tags(self, words: Sequence[Words]) -> list[tuple[str, ...] | None]:
        """Return the tags of each comment; None where it failed.

        One that hangs is given up until the process starts again.
        """
        found: list[tuple[str, ...] | None] = [None] * len(words)
        if self._hangs:
            return found
        done: list[None] = []
        # A thread of its own, which nobody waits for at the end of the process.
        thread = threading.Thread(target=self._fill, args=(words, found, done), daemon=True)
        thread.start()
        before = -1
        while thread.is_alive():
            if len(done) == before:
                self._hangs = True
                error = TimeoutError(f"no tags for a comment within {self._patience_s:g} s")
                report_fault("comment tagger given up", error, tagger=self._name)
                return [None] * len(words)
            before = len(done)
            thread.join(self._patience_s)
        return found

    def _fill(
        self, words: Sequence[Words], found: list[tuple[str, ...] | None], done: list[None]
    ) -> None:
        reported = False
        for at, one in enumerate(words):
            try:
                found[at] = _checked(self._tagger(one.comment or "", one.locale))
            except Exception as error:  # noqa: BLE001  # somebody else's code
                if not reported:
                    report_fault("comment tagger failed", error, tagger=self._name)
                reported = True
            done.append(None)


def _checked(tags: Iterable[str]) -> tuple[str, ...]:
    """Return what a tagger says as it is kept. Raises TypeError, InvalidValue."""
    if isinstance(tags, str):
        raise TypeError("return a list of tags, not a text")
    return tuple(check_tag(tag) for tag in tags)
