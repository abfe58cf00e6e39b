"""feedback-service tags: apply, list, run."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from feedback_service.cli.asking.progress import ProgressBar
from feedback_service.cli.documents import checked, read_document
from feedback_service.cli.opening import chosen_project, now, opened_service, project_option
from feedback_service.cli.output import json_option, print_json, print_table
from feedback_service.delivery.care.comment_tags import PORTION, finder
from feedback_service.delivery.care.plugged_taggers import installed
from feedback_service.storage.words import rules, tagging
from feedback_service.usecases.service import Service
from feedback_service.usecases.tagging.set_rules import put_rules, remove_rule
from feedback_service.web.api.words.shapes import RuleDocument, of_rule


@click.group()
def tags() -> None:
    """Tags by rule: a list of words for each tag, kept in a file beside your code."""


@tags.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--prune", is_flag=True, help="Remove the rules that are not in FILE.")
@project_option
@json_option
def apply(file: Path, slug: str | None, *, prune: bool, as_json: bool) -> None:
    """Create or change the tag rules described in FILE (.toml or .json).

    The file names tags, each with its words by language, or by * for every language:

    \b
      [delivery]
      en = ["deliver*", "parcel", "too late"]
      de = ["liefer*", "paket*"]

    A word that ends in * stands for all that begin so; case and accents do not matter. Comments
    that come from now on are tagged; `feedback-service tags run` does those that are there.
    """
    documents = _documents(file)
    with opened_service() as service:
        project_id = chosen_project(service, slug).id
        results = put_rules(service, project_id, documents, now())
        if prune:
            with service.database.read() as connection:
                there = rules.every(connection, project_id)
            for rule in there:
                if rule.tag not in results:
                    remove_rule(service, project_id, rule.tag)
                    results[rule.tag] = "removed"
    if as_json:
        print_json([{"tag": tag, "result": result} for tag, result in results.items()])
        return
    for tag, result in results.items():
        click.echo(f"{result:<9}  {tag}")


@tags.command(name="list")
@project_option
@json_option
def list_rules(slug: str | None, as_json: bool) -> None:
    """List the tag rules."""
    with opened_service() as service:
        project_id = chosen_project(service, slug).id
        with service.database.read() as connection:
            found = rules.every(connection, project_id)
    if as_json:
        print_json([of_rule(rule) for rule in found])
        return
    if not found:
        click.echo("There are no rules: feedback-service tags apply FILE")
        return
    print_table(
        ["TAG", "LANGUAGE", "WORDS"],
        [
            (rule.tag, language, ", ".join(words))
            for rule in found
            for language, words in rule.words.items()
        ],
    )


@tags.command()
@project_option
@json_option
def run(slug: str | None, as_json: bool) -> None:
    """Apply the rules to all comments there are, now.

    Tags that people set, or took away, stay as they are. Twice changes nothing.
    """
    with opened_service() as service:
        project_id = chosen_project(service, slug).id
        looked_at, changed = _tag_all(service, project_id)
    if as_json:
        print_json({"comments": looked_at, "changed": changed})
        return
    click.echo(f"{looked_at:,} comments looked at, {changed:,} tagged anew")


def _tag_all(service: Service, project_id: int) -> tuple[int, int]:
    """Tag everything that had changed when it began; returns (comments, changed)."""
    find = finder(service.catalog.current().tagger(project_id), installed())
    began, place = now(), (rules.BEGINNING, "")
    with service.database.read() as connection:
        total = tagging.how_many(connection, project_id)
    bar = ProgressBar(total, "comments")
    looked_at = changed = 0
    while True:
        with service.database.read() as connection:
            seen = tagging.changed_words(connection, project_id, place, PORTION)
        # What is tagged goes to the end of the order of changes: not round and round.
        seen = [one for one in seen if one.updated_at <= began]
        if not seen:
            break
        changed += tagging.tag(service.database, seen, find)
        looked_at += len(seen)
        place = (seen[-1].updated_at, seen[-1].id)
        bar.show(looked_at, looked_at)
    bar.close()
    return looked_at, changed


def _documents(file: Path) -> Mapping[str, Mapping[str, Sequence[str]]]:
    read: Any = read_document(file)
    if not isinstance(read, dict) or not read:
        raise click.ClickException(f"{file}: name at least one tag, with its words by language")
    return {
        tag: checked(RuleDocument, {"words": words}, f"{file}: tag {tag!r}")["words"]
        for tag, words in read.items()
    }
