"""Schemas of what API calls answer with, for /openapi.json."""

from marshmallow import Schema, fields


class DefinitionReply(Schema):
    metric = fields.String(required=True)
    scale = fields.String(required=True)
    low = fields.Integer(required=True)
    high = fields.Integer(required=True)
    direction = fields.String(required=True)
    bands = fields.Dict(required=True)
    denominator = fields.String(required=True)


class SurveyReply(Schema):
    key = fields.String(required=True)
    version = fields.Integer(required=True)
    status = fields.String(required=True)
    metric = fields.String(required=True)
    scale = fields.String(required=True)
    bands = fields.Dict(required=True)
    audience = fields.String(required=True)
    subject = fields.String(required=True, allow_none=True)
    task = fields.String(required=True, allow_none=True)
    touchpoint = fields.String(required=True, allow_none=True)
    journey_stage = fields.String(required=True, allow_none=True)
    questions = fields.Dict(required=True)
    follow_up = fields.Dict(required=True)
    thanks = fields.Dict(required=True)
    thanks_links = fields.Dict(required=True)
    extra_questions = fields.List(fields.Dict(), required=True)
    display = fields.Dict(required=True)
    theme = fields.Dict(required=True)
    settle_s = fields.Integer(required=True)
    edit_window_s = fields.Integer(required=True)
    capture = fields.String(required=True)
    definition = fields.Nested(DefinitionReply, required=True)
    created_at = fields.String(required=True)
    updated_at = fields.String(required=True)


class SurveyList(Schema):
    items = fields.List(fields.Nested(SurveyReply), required=True)


class ResponseReply(Schema):
    id = fields.String(required=True)
    survey = fields.String(required=True)
    score = fields.Integer(required=True, allow_none=True)
    band = fields.String(required=True, allow_none=True)
    comment = fields.String(required=True, allow_none=True)
    answers = fields.Dict(required=True)
    tags = fields.List(fields.String(), required=True)
    channel = fields.String(required=True)
    touchpoint = fields.String(required=True, allow_none=True)
    journey_stage = fields.String(required=True, allow_none=True)
    campaign = fields.String(required=True, allow_none=True)
    respondent = fields.String(required=True, allow_none=True)
    traits = fields.Dict(required=True)
    locale = fields.String(required=True, allow_none=True)
    page_url = fields.String(required=True, allow_none=True)
    complete = fields.Boolean(required=True)
    test = fields.Boolean(required=True)
    excluded = fields.String(required=True, allow_none=True)
    unconfirmed = fields.Boolean(required=True)
    suspicion = fields.String(required=True, allow_none=True)
    token_id = fields.String(required=True)
    created_at = fields.String(required=True)
    updated_at = fields.String(required=True)
    scored_at = fields.String(required=True, allow_none=True)
    completed_at = fields.String(required=True, allow_none=True)
    dismissed_at = fields.String(required=True, allow_none=True)


class ResponsePage(Schema):
    items = fields.List(fields.Nested(ResponseReply), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class RespondentReply(Schema):
    ref = fields.String(required=True)
    email = fields.String(required=True, allow_none=True)
    traits = fields.Dict(required=True)
    locale = fields.String(required=True, allow_none=True)
    unsubscribed_at = fields.String(required=True, allow_none=True)
    created_at = fields.String(required=True)
    updated_at = fields.String(required=True)


class OutcomeReply(Schema):
    kind = fields.String(required=True)
    value = fields.Float(required=True, allow_none=True)
    at = fields.String(required=True)


class PersonReply(RespondentReply):
    responses = fields.List(fields.Nested(ResponseReply), required=True)
    outcomes = fields.List(fields.Nested(OutcomeReply), required=True)


class TokenReply(Schema):
    token = fields.String(required=True)
    token_id = fields.String(required=True)
    url = fields.String(required=True)
    unsubscribe_url = fields.String(required=True, allow_none=True)
    list_unsubscribe = fields.String(required=True, allow_none=True)
    list_unsubscribe_post = fields.String(required=True, allow_none=True)
    expires_at = fields.String(required=True)


class WebhookReply(Schema):
    id = fields.String(required=True)
    url = fields.String(required=True)
    events = fields.List(fields.String(), required=True)
    filter = fields.Dict(required=True)
    format = fields.String(required=True)
    headers = fields.List(fields.String(), required=True)
    template = fields.Dict(required=True, allow_none=True)
    description = fields.String(required=True, allow_none=True)
    status = fields.String(required=True)
    disabled_reason = fields.String(required=True, allow_none=True)
    rate_per_minute = fields.Integer(required=True, allow_none=True)
    failing_since = fields.String(required=True, allow_none=True)
    failures = fields.Integer(required=True)
    succeeded_at = fields.String(required=True, allow_none=True)
    held = fields.Integer(required=True)
    created_at = fields.String(required=True)
    updated_at = fields.String(required=True)


class NewWebhookReply(WebhookReply):
    secret = fields.String(required=True)


class WebhookList(Schema):
    items = fields.List(fields.Nested(WebhookReply), required=True)


class AttemptReply(Schema):
    number = fields.Integer(required=True)
    started_at = fields.String(required=True)
    elapsed_ms = fields.Float(required=True)
    status = fields.Integer(required=True, allow_none=True)
    error = fields.String(required=True, allow_none=True)
    reply = fields.String(required=True, allow_none=True)
    request = fields.Dict(required=True, allow_none=True)


class DeliveryReply(Schema):
    id = fields.String(required=True)
    webhook = fields.String(required=True)
    type = fields.String(required=True)
    response = fields.String(required=True, allow_none=True)
    status = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    event_at = fields.String(required=True)
    next_attempt_at = fields.String(required=True, allow_none=True)
    settled_at = fields.String(required=True, allow_none=True)
    attempts = fields.List(fields.Nested(AttemptReply), required=True)


class DeliveryInFull(DeliveryReply):
    body = fields.String(required=True, allow_none=True)


class DeliveryPage(Schema):
    items = fields.List(fields.Nested(DeliveryReply), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class Queued(Schema):
    delivery = fields.String(required=True)


class Replayed(Schema):
    queued = fields.Integer(required=True)
