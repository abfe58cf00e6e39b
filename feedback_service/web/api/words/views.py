"""/v1/tags and /v1/reports/words: what people talk about."""

from typing import Any

from flask import Response

from feedback_service.storage.words import rules, tagging
from feedback_service.usecases.reporting.words import top_words
from feedback_service.usecases.tagging.set_rules import put_rules, remove_rule, run_again
from feedback_service.web.api.reporting.views import asked_of
from feedback_service.web.api.reporting.writing import json_reply
from feedback_service.web.api.words.shapes import (
    RuleDocument,
    RuleList,
    RuleReply,
    WordsQuery,
    WordsReply,
    of_rule,
    of_rules,
    of_words,
)
from feedback_service.web.audiences import for_servers, key, service
from feedback_service.web.clock import now
from feedback_service.web.wire import ApiBlueprint

blueprint = ApiBlueprint(
    "words", __name__, url_prefix="/v1", description="What people talk about: tags and words"
)


@blueprint.route("/tags", methods=["GET"])
@for_servers("surveys:read")
@blueprint.response(200, RuleList)
def every() -> Any:
    """List the rules by which comments are tagged."""
    return _listed(key().project_id)


@blueprint.route("/tags/<tag>", methods=["PUT"])
@for_servers("surveys:write")
@blueprint.arguments(RuleDocument)
@blueprint.response(200, RuleReply)
@blueprint.alt_response(201, schema=RuleReply, description="The rule is new")
def put(document: dict[str, Any], tag: str) -> Any:
    """Create a tag's rule, or write over it: comments that hold one of its words get the tag.

    Comments that come from now on; for those that are there see POST /v1/tags/run. Case and
    accents do not matter.
    """
    project_id = key().project_id
    [(kept, result)] = put_rules(service(), project_id, {tag: document["words"]}, now()).items()
    with service().database.read() as connection:
        found = {rule.tag: rule for rule in rules.every(connection, project_id)}
    return of_rule(found[kept]), 201 if result == "created" else 200


@blueprint.route("/tags/<tag>", methods=["DELETE"])
@for_servers("surveys:write")
@blueprint.response(204)
def remove(tag: str) -> None:
    """Remove a tag's rule; comments keep the tag until the rules are run again."""
    remove_rule(service(), key().project_id, tag)


@blueprint.route("/tags/run", methods=["POST"])
@for_servers("surveys:write")
@blueprint.response(202, RuleList)
def run() -> Any:
    """Apply the rules to all comments there are, in the background; tagged_until says how far.

    Tags that people set, or took away, stay as they are.
    """
    run_again(service(), key().project_id)
    return _listed(key().project_id)


@blueprint.route("/reports/words", methods=["GET"])
@for_servers("reports:read")
@blueprint.arguments(WordsQuery, location="query")
@blueprint.response(200, WordsReply)
def show(query: dict[str, Any]) -> Response:
    """Show the words and tags that most comments of each band hold, and what changed.

    Words that say nothing (the, and) are left out, in 33 languages.
    """
    found = top_words(service(), key().project_id, asked_of(query), now(), query["top"])
    return json_reply(of_words(found))


def _listed(project_id: int) -> dict[str, Any]:
    with service().database.read() as connection:
        found = rules.every(connection, project_id)
        position = tagging.positions(connection).get(project_id)
    return of_rules(found, None if position is None else position[0])
