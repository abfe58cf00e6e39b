"""Who wants to be asked no more: by reference, and under whatever name their address is known."""

from collections.abc import Sequence
from datetime import datetime

from feedback_service.storage.importing import batches
from feedback_service.usecases.importing.reading import Told
from feedback_service.usecases.service import Service


class Leaving:
    """Remembers addresses of the whole file: the wish and the person may be in two rows."""

    def __init__(self) -> None:
        self._refs: dict[str, set[str]] = {}
        self._since: dict[str, datetime] = {}

    def of_batch(
        self, service: Service, project_id: int, told: Sequence[Told]
    ) -> dict[str, datetime]:
        """Return reference -> since when. A person we know by an address is meant by it, too."""
        leaving: dict[str, datetime] = {}
        new: dict[str, datetime] = {}
        for one in told:
            if one.respondent is None:
                continue
            if one.email is not None and one.email != one.respondent:
                self._refs.setdefault(one.email.lower(), set()).add(one.respondent)
            if one.unsubscribed_at is not None:
                leaving[one.respondent] = one.unsubscribed_at
                if one.email is not None:
                    new[one.email.lower()] = one.unsubscribed_at
        self._since |= new
        if new:
            with service.database.read() as connection:
                known = batches.known_by(connection, project_id, list(new))
            leaving = {ref: new[address] for ref, address in known} | leaving
        for one in told:
            since = self._since.get((one.email or "").lower())
            if since is not None and one.email is not None:
                for ref in self._refs.get(one.email.lower(), ()):
                    leaving.setdefault(ref, since)
        return leaving
