"""What calls about cases take and answer."""

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields, validate

from feedback_service.domain.following_up.cases import CASE_STATUSES, MAX_NOTE_LENGTH, Case, Entry
from feedback_service.domain.following_up.closing import Closing
from feedback_service.domain.responses import Response
from feedback_service.usecases.following_up.follow_case import Followed
from feedback_service.web.api.replies import instant, of_response
from feedback_service.web.api.reply_shapes import ResponseReply
from feedback_service.web.api.shapes import Strict, instant_field, one_of, string, whole
from feedback_service.web.clock import now


class CaseWish(Strict):
    """status: open, contacted, resolved. owner: null takes it off. by: who did it."""

    body_optional = True
    status = one_of(*CASE_STATUSES)
    owner = string(200, allow_none=True)
    due_at = instant_field()
    note = string(MAX_NOTE_LENGTH, allow_none=True)
    by = string(200)


class CaseQuery(Strict):
    status = one_of(*CASE_STATUSES)
    # An empty one asks for cases that nobody has.
    owner = fields.String(validate=validate.Length(max=200))
    overdue = one_of("true", "false")
    survey = string(64)
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))
    cursor = string(1000)


class CaseSummaryQuery(Strict):
    survey = string(64)
    days = fields.Integer(load_default=30, validate=validate.Range(1, 3650))


class CareWish(Strict):
    case_due_s = whole(1, 10**9)
    delivery_days = whole(1, 10**6)
    answer_days = whole(1, 10**6, allow_none=True)


class CaseReply(Schema):
    id = fields.String(required=True)
    status = fields.String(required=True)
    owner = fields.String(required=True, allow_none=True)
    opened_at = fields.String(required=True)
    due_at = fields.String(required=True)
    overdue = fields.Boolean(required=True)
    contacted_at = fields.String(required=True, allow_none=True)
    resolved_at = fields.String(required=True, allow_none=True)
    updated_at = fields.String(required=True)
    revision = fields.Integer(required=True)
    response = fields.Nested(ResponseReply, required=True)


class CaseEntryReply(Schema):
    at = fields.String(required=True)
    by = fields.String(required=True)
    changes = fields.Dict(required=True)
    note = fields.String(required=True, allow_none=True)


class FollowedReply(CaseReply):
    history = fields.List(fields.Nested(CaseEntryReply), required=True)


class CasePage(Schema):
    items = fields.List(fields.Nested(CaseReply), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class CaseClosingReply(Schema):
    days = fields.Integer(required=True)
    cases = fields.Integer(required=True)
    resolved = fields.Integer(required=True)
    decided = fields.Integer(required=True)
    in_time = fields.Integer(required=True)
    share = fields.Float(required=True, allow_none=True)
    interval = fields.List(fields.Float(), required=True, allow_none=True)
    median_s = fields.Float(required=True, allow_none=True)
    contact_median_s = fields.Float(required=True, allow_none=True)


class CaseCountsReply(Schema):
    open = fields.Integer(required=True)
    contacted = fields.Integer(required=True)
    resolved = fields.Integer(required=True)
    overdue = fields.Integer(required=True)


class CaseSummaryReply(Schema):
    counts = fields.Nested(CaseCountsReply, required=True)
    closing = fields.Nested(CaseClosingReply, required=True)


class CareReply(Schema):
    case_due_s = fields.Integer(required=True)
    delivery_days = fields.Integer(required=True)
    answer_days = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "names and words of older answers are forgotten; null: never"},
    )


def of_case(case: Case, survey_key: str, response: Response) -> dict[str, Any]:
    return {
        "id": case.id,
        "status": case.status,
        "owner": case.owner,
        "opened_at": instant(case.opened_at),
        "due_at": instant(case.due_at),
        "overdue": case.is_overdue(now()),
        "contacted_at": instant(case.contacted_at),
        "resolved_at": instant(case.resolved_at),
        "updated_at": instant(case.updated_at),
        "revision": case.revision,
        "response": of_response(survey_key, response),
    }


def of_followed(followed: Followed) -> dict[str, Any]:
    shown = of_case(followed.case, followed.survey.key, followed.response)
    return {**shown, "history": of_history(followed.history)}


def of_history(history: Sequence[Entry]) -> list[dict[str, Any]]:
    return [
        {
            "at": instant(entry.at),
            "by": entry.actor,
            "changes": {name: list(pair) for name, pair in entry.changes.items()},
            "note": entry.note,
        }
        for entry in history
    ]


def of_closing(found: Closing, days: int) -> dict[str, Any]:
    return {
        "days": days,
        "cases": found.cases,
        "resolved": found.resolved,
        "decided": found.decided,
        "in_time": found.in_time,
        "share": found.share,
        "interval": list(found.interval) if found.interval else None,
        "median_s": found.median_s,
        "contact_median_s": found.contact_median_s,
    }
