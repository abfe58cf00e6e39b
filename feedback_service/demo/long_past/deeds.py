"""What the made-up people did after they answered: who was unhappy leaves more often."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from feedback_service.domain.measures.outcomes import LEAVES, Outcome, OutcomeKind
from feedback_service.domain.responses import Response
from feedback_service.domain.surveys import Survey

# How likely within half a year after an answer, by how content it was: bad, middle, good.
_LIKELY: Final[Mapping[OutcomeKind, tuple[float, float, float]]] = {
    "churned": (0.085, 0.045, 0.027),
    "complaint": (0.11, 0.03, 0.012),
    "return": (0.09, 0.06, 0.045),
    "purchase": (0.22, 0.33, 0.46),
}
_WORTH: Final[Mapping[OutcomeKind, float]] = {"churned": 180.0, "return": 45.0, "purchase": 62.0}
_HALF_A_YEAR_S: Final = 182 * 86_400


@dataclass(slots=True)
class Fates:
    """surveys: by their number. gone: who has left, which one does once."""

    rng: random.Random
    surveys: Mapping[int, Survey]
    gone: set[str] = field(default_factory=set)

    def of(self, made: Iterable[Response], now: datetime) -> list[Outcome]:
        """Return what became of those customers who are known."""
        found: dict[tuple[str, str, datetime], Outcome] = {}
        for one in made:
            definition = self.surveys[one.survey_id].definition
            if one.respondent is None or one.band is None or definition.audience != "customer":
                continue
            content = definition.bands.names.index(one.band)
            for kind, likely in _LIKELY.items():
                chance, delay_s = self.rng.random(), self.rng.random() * _HALF_A_YEAR_S
                at = one.created_at + timedelta(seconds=delay_s)
                if chance < likely[content] and at <= now and self._may(one.respondent, kind):
                    found[one.respondent, kind, at] = self._deed(one.respondent, kind, at)
        return list(found.values())

    def _may(self, respondent: str, kind: OutcomeKind) -> bool:
        if kind != LEAVES:
            return True
        stays = respondent not in self.gone
        self.gone.add(respondent)
        return stays

    def _deed(self, respondent: str, kind: OutcomeKind, at: datetime) -> Outcome:
        usual = _WORTH.get(kind)
        value = None if usual is None else round(usual * self.rng.lognormvariate(0, 0.6), 2)
        return Outcome(respondent, kind, at, value)
