"""What calls about tags and words take and answer."""

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields, validate

from feedback_service.domain.words.rules import MAX_PHRASE, MAX_PHRASES, TagRule
from feedback_service.usecases.reporting.words import MOST_TOP, USUAL_TOP, Said, Spoken
from feedback_service.web.api.replies import instant
from feedback_service.web.api.reply_shapes import DefinitionReply
from feedback_service.web.api.reporting.replies import of_change, of_period
from feedback_service.web.api.reporting.reply_shapes import ReportPeriodReply, ScoreChangeReply
from feedback_service.web.api.reporting.views import ReportQuery
from feedback_service.web.api.shapes import Strict, string

_PHRASES = fields.List(string(MAX_PHRASE), validate=validate.Length(max=MAX_PHRASES))


class RuleDocument(Strict):
    words = fields.Dict(
        keys=string(35),
        values=_PHRASES,
        required=True,
        metadata={
            "description": "language, or * for every one -> words and phrases; late* stands for "
            "all words that begin so"
        },
    )


class RuleReply(Schema):
    tag = fields.String(required=True)
    words = fields.Dict(required=True, keys=fields.String(), values=fields.List(fields.String()))


class RuleList(Schema):
    items = fields.List(fields.Nested(RuleReply), required=True)
    tagged_until = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "changes of answers up to this instant have been tagged"},
    )


class WordsQuery(ReportQuery):
    top = fields.Integer(
        load_default=USUAL_TOP,
        validate=validate.Range(1, MOST_TOP),
        metadata={"description": "how many words and tags of each band"},
    )


class SaidReply(Schema):
    """Comments of a band that hold a word, or have a tag."""

    comments = fields.Integer(required=True)
    percent = fields.Float(required=True, allow_none=True)
    interval = fields.List(fields.Float(), required=True, allow_none=True)
    comments_before = fields.Integer(required=True)
    change = fields.Nested(ScoreChangeReply, required=True)


class WordReply(SaidReply):
    word = fields.String(required=True)


class TagReply(SaidReply):
    tag = fields.String(required=True)


class BandWordsReply(Schema):
    band = fields.String(required=True)
    comments = fields.Integer(
        required=True, allow_none=True, metadata={"description": "null: too few to be shown"}
    )
    words = fields.List(fields.Nested(WordReply), required=True)
    tags = fields.List(fields.Nested(TagReply), required=True)


class DefinedWordsReply(Schema):
    definition = fields.Nested(DefinitionReply, required=True)
    bands = fields.List(fields.Nested(BandWordsReply), required=True)


class WordsReply(ReportPeriodReply):
    timezone = fields.String(required=True)
    before = fields.Nested(ReportPeriodReply, required=True)
    comments = fields.Integer(required=True)
    looked_at = fields.Integer(
        required=True, metadata={"description": "how many of them were counted, the newest"}
    )
    definitions = fields.List(fields.Nested(DefinedWordsReply), required=True)


def of_rules(rules: Sequence[TagRule], tagged_until: Any) -> dict[str, Any]:
    return {"items": [of_rule(rule) for rule in rules], "tagged_until": instant(tagged_until)}


def of_rule(rule: TagRule) -> dict[str, Any]:
    return {"tag": rule.tag, "words": {name: list(words) for name, words in rule.words.items()}}


def of_words(found: Spoken) -> dict[str, Any]:
    return {
        "timezone": found.timezone,
        **of_period(found.period),
        "before": of_period(found.before),
        "comments": found.comments,
        "looked_at": found.looked_at,
        "definitions": [
            {
                "definition": one.definition.carried(),
                "bands": [
                    {
                        "band": name,
                        "comments": band.comments,
                        "words": [{"word": said.what, **_said(said)} for said in band.words],
                        "tags": [{"tag": said.what, **_said(said)} for said in band.tags],
                    }
                    for name, band in one.bands.items()
                ],
            }
            for one in found.definitions
        ],
    }


def _said(found: Said) -> dict[str, Any]:
    rate = found.rate
    return {
        "comments": rate.hits,
        "percent": rate.percent,
        "interval": None if rate.interval is None else list(rate.interval),
        "comments_before": found.before.hits,
        "change": of_change(found.change),
    }
