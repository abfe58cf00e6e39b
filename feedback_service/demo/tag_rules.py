"""The demo's tag rules."""

from datetime import datetime
from typing import Final

from feedback_service.storage.words import rules
from feedback_service.usecases.service import Service
from feedback_service.usecases.tagging.set_rules import put_rules, run_again

_RULES: Final = {
    "delivery": {"en": ["deliver*", "parcel*", "arrived", "courier"], "de": ["liefer*", "paket*"]},
    "price": {"*": ["price*", "expensive", "cheap*", "cost*", "teuer", "preis*"]},
    "product": {"en": ["kettle", "product*", "quality", "manual"]},
    "service": {"en": ["support", "staff", "answered", "help*", "reply", "nobody told"]},
    "website": {"en": ["website", "site", "checkout", "search*", "page*"]},
}


def set_tag_rules(service: Service, project_id: int, now: datetime) -> None:
    """Set them where there are none, and have them applied to the past."""
    with service.database.read() as connection:
        if rules.every(connection, project_id):
            return
    put_rules(service, project_id, _RULES, now)
    run_again(service, project_id)
