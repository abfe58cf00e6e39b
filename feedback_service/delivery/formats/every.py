"""Every format there is: a new one is a file in vendors/, its words, and a line here."""

from collections.abc import Mapping
from typing import Final

from feedback_service.delivery.formats import cloudevents, standard, template
from feedback_service.delivery.formats.shape import Format
from feedback_service.delivery.formats.vendors import (
    freshdesk,
    hubspot,
    intercom,
    pipedrive,
    salesforce,
    slack,
    teams,
    zendesk,
)

FORMATS: Final[Mapping[str, Format]] = {
    one.FORMAT.name: one.FORMAT
    for one in (
        *(standard, slack, teams, hubspot, salesforce, zendesk, freshdesk, intercom, pipedrive),
        *(cloudevents, template),
    )
}
