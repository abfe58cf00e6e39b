"""The JSON about campaigns and about whom to ask: plain dicts, and the schemas that document it."""

from dataclasses import asdict
from typing import Any, Final

from marshmallow import Schema, fields

from feedback_service.domain.measures.intervals import share_interval
from feedback_service.domain.measures.metrics import verdict_of
from feedback_service.storage.asking.campaigns import Campaign
from feedback_service.usecases.inviting.explain import Eligibility
from feedback_service.web.api.replies import instant

RATE_DEFINITION: Final = (
    "100 * answered / sent; answered: responses with a score, without test, excluded and "
    "unconfirmed ones; sent: links issued, reminders not counted again; Wilson interval, 95 %"
)


def of_campaign(campaign: Campaign) -> dict[str, Any]:
    return {
        "campaign": campaign.name,
        "survey": campaign.survey,
        "sent": campaign.sent,
        "reminded": campaign.reminded,
        "opened": campaign.opened,
        "answered": campaign.answered,
        "completed": campaign.completed,
        "declined": campaign.declined,
        "unsubscribed": campaign.unsubscribed,
        "response_rate": _rate(campaign),
        "first_day": campaign.first_day.isoformat() if campaign.first_day else None,
        "last_day": campaign.last_day.isoformat() if campaign.last_day else None,
    }


def _rate(campaign: Campaign) -> dict[str, Any] | None:
    """Return the figure; None where it would be none: nothing sent by us, or answers beyond it."""
    interval = share_interval(campaign.answered, campaign.sent) if _is_share(campaign) else None
    if interval is None:
        return None
    return {
        "score": 100 * campaign.answered / campaign.sent,
        "n": campaign.sent,
        "interval": list(interval),
        "verdict": verdict_of(campaign.sent),
        "definition": RATE_DEFINITION,
    }


def _is_share(campaign: Campaign) -> bool:
    return campaign.answered <= campaign.sent


def of_eligibility(told: Eligibility) -> dict[str, Any]:
    return {
        "respondent": told.respondent,
        "survey": told.survey,
        "eligible": told.verdict.allowed,
        "reason": told.verdict.reason,
        "until": instant(told.verdict.until),
        "explanation": told.verdict.words,
        "unsubscribed_at": instant(told.unsubscribed_at),
        "contacts": [
            {
                "metric": one.metric,
                "did": "answered" if one.answered else "declined",
                "at": instant(one.at),
            }
            for one in told.contacts
        ],
        "overrides": [
            {
                "survey": one.survey,
                "touchpoint": one.touchpoint,
                "overridden": one.overridden,
                "because": one.because,
                "at": instant(one.at),
            }
            for one in told.overrides
        ],
        "policy": asdict(told.policy),
    }


class ResponseRateReply(Schema):
    score = fields.Float(required=True)
    n = fields.Integer(required=True)
    interval = fields.List(fields.Float(), required=True)
    verdict = fields.String(required=True)
    definition = fields.String(required=True)


class CampaignReply(Schema):
    campaign = fields.String(required=True)
    survey = fields.String(required=True)
    sent = fields.Integer(required=True)
    reminded = fields.Integer(required=True)
    opened = fields.Integer(required=True)
    answered = fields.Integer(required=True)
    completed = fields.Integer(required=True)
    declined = fields.Integer(required=True)
    unsubscribed = fields.Integer(required=True)
    response_rate = fields.Nested(ResponseRateReply, required=True, allow_none=True)
    first_day = fields.String(required=True, allow_none=True)
    last_day = fields.String(required=True, allow_none=True)


class CampaignList(Schema):
    items = fields.List(fields.Nested(CampaignReply), required=True)


class EligibilityReply(Schema):
    respondent = fields.String(required=True)
    survey = fields.String(required=True)
    eligible = fields.Boolean(required=True)
    reason = fields.String(required=True, allow_none=True)
    until = fields.String(required=True, allow_none=True)
    explanation = fields.String(required=True)
    unsubscribed_at = fields.String(required=True, allow_none=True)
    contacts = fields.List(fields.Dict(), required=True)
    overrides = fields.List(fields.Dict(), required=True)
    policy = fields.Dict(required=True)
