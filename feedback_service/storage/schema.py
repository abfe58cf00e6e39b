"""All tables in one place, as the newest migration leaves them (a guard test compares the two)."""

from feedback_service.storage.tables.base import metadata
from feedback_service.storage.tables.cases import (
    care,
    case_candidates,
    case_history,
    cases,
    sweeps,
)
from feedback_service.storage.tables.contacts import (
    issued_lists,
    mailings,
    policy_overrides,
    suppressions,
)
from feedback_service.storage.tables.evidence import openings
from feedback_service.storage.tables.outbox import (
    attempts,
    deliveries,
    heartbeats,
    webhook_health,
    webhooks,
)
from feedback_service.storage.tables.outcomes import outcomes
from feedback_service.storage.tables.projects import (
    api_keys,
    changes,
    idempotency,
    projects,
    signing_keys,
)
from feedback_service.storage.tables.reports import report_books, report_counts, report_marks
from feedback_service.storage.tables.responses import respondents, responses
from feedback_service.storage.tables.staff import (
    staff,
    staff_deeds,
    staff_links,
    staff_sessions,
    staff_tries,
)
from feedback_service.storage.tables.surveys import (
    link_sets,
    revocations,
    survey_versions,
    surveys,
    token_counts,
)
from feedback_service.storage.tables.tags import (
    response_tags,
    tag_rules,
    tag_sweeps,
    tagged_responses,
)

__all__ = [
    "api_keys",
    "attempts",
    "care",
    "case_candidates",
    "case_history",
    "cases",
    "changes",
    "deliveries",
    "heartbeats",
    "idempotency",
    "issued_lists",
    "link_sets",
    "mailings",
    "metadata",
    "openings",
    "outcomes",
    "policy_overrides",
    "projects",
    "report_books",
    "report_counts",
    "report_marks",
    "respondents",
    "response_tags",
    "responses",
    "revocations",
    "signing_keys",
    "staff",
    "staff_deeds",
    "staff_links",
    "staff_sessions",
    "staff_tries",
    "suppressions",
    "survey_versions",
    "surveys",
    "sweeps",
    "tag_rules",
    "tag_sweeps",
    "tagged_responses",
    "token_counts",
    "webhook_health",
    "webhooks",
]
