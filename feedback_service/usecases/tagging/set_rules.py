"""Set a project's tag rules, and have them applied to the comments there are."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from feedback_service.domain.errors import InvalidValue, NotFound
from feedback_service.domain.words.rules import MAX_PHRASES_IN_ALL, MAX_RULES, TagRule, rule_of
from feedback_service.storage import catalog
from feedback_service.storage.words import rules
from feedback_service.usecases.service import Service


def put_rules(
    service: Service,
    project_id: int,
    documents: Mapping[str, Mapping[str, Sequence[str]]],
    now: datetime,
) -> dict[str, str]:
    """Create or change rules, all or none; returns tag -> created, changed or unchanged.

    documents: tag -> language -> phrases. Comments that come from now on are tagged by them.
    Raises InvalidValue.
    """
    wanted = [rule_of(tag, words) for tag, words in documents.items()]
    with service.database.write() as connection:
        before = {rule.tag: rule for rule in rules.every(connection, project_id)}
        _check_size(before | {rule.tag: rule for rule in wanted})
        results = {rule.tag: _result(before.get(rule.tag), rule) for rule in wanted}
        for rule in wanted:
            if results[rule.tag] != "unchanged":
                rules.put(connection, project_id, rule, now)
        if set(results.values()) - {"unchanged"}:
            rules.begin(connection, project_id, now)
            catalog.bump(connection)
    return results


def remove_rule(service: Service, project_id: int, tag: str) -> None:
    """Remove a rule. What it tagged stays so until the rules are run again. Raises NotFound."""
    tag = " ".join(tag.split())
    with service.database.write() as connection:
        if not rules.remove(connection, project_id, tag):
            raise NotFound(f"this project has no rule for tag {tag!r}")
        catalog.bump(connection)


def run_again(service: Service, project_id: int) -> None:
    """Have the dispatcher apply the rules to all comments, the oldest first."""
    with service.database.write() as connection:
        rules.begin(connection, project_id, rules.BEGINNING, over=True)


def _check_size(after: Mapping[str, TagRule]) -> None:
    if len(after) > MAX_RULES:
        raise InvalidValue(f"a project has at most {MAX_RULES} tag rules", "/tag")
    phrases = sum(len(words) for rule in after.values() for words in rule.words.values())
    if phrases > MAX_PHRASES_IN_ALL:
        raise InvalidValue(
            f"all rules of a project have at most {MAX_PHRASES_IN_ALL:,} words together", "/words"
        )


def _result(before: TagRule | None, after: TagRule) -> str:
    if before is None:
        return "created"
    same = {name: tuple(words) for name, words in before.words.items()} == dict(after.words)
    return "unchanged" if same else "changed"
