"""Tell what people did later; telling it twice is telling it once."""

from collections.abc import Sequence
from datetime import datetime

from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.measures.outcomes import Outcome, check_outcome
from feedback_service.storage.outcomes import outcomes
from feedback_service.storage.outcomes.outcomes import Kept
from feedback_service.usecases.service import Service


def tell_outcomes(
    service: Service, project_id: int, told: Sequence[Outcome], now: datetime
) -> Kept:
    """Keep outcomes, all or none. Of two alike in one call the last one counts.

    Raises InvalidValue, whose field begins with the number of the outcome when there are several.
    """
    for number, one in enumerate(told):
        try:
            check_outcome(one, now)
        except InvalidValue as error:
            place = f"/{number}" if len(told) > 1 else ""
            raise InvalidValue(str(error), f"{place}{error.field}") from None
    alike = {(one.respondent, one.kind, one.at): one for one in told}
    with service.database.write() as connection:
        return outcomes.put(connection, project_id, list(alike.values()), now)
