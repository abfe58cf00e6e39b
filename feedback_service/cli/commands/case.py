"""feedback-service case: what is being done about low answers."""

import getpass
import re
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

import click

from feedback_service.cli.opening import chosen_project, now, opened_service, project_option
from feedback_service.cli.output import json_option, print_json, print_pairs, print_table
from feedback_service.domain.following_up.cases import CASE_STATUSES
from feedback_service.storage.following_up import cases
from feedback_service.storage.following_up.cases import Wanted
from feedback_service.usecases.following_up.follow_case import Followed, case_of, follow_case
from feedback_service.usecases.following_up.look_after import care_of, set_care

_SPAN: Final = re.compile(r"(\d{1,5})([mhd])")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}


@click.group()
def case() -> None:
    """Cases: low answers that somebody follows up."""


@case.command(name="list")
@click.option("--status", type=click.Choice(CASE_STATUSES), help="Only these.")
@click.option("--owner", metavar="NAME", help='Only of one owner; "" for those nobody has.')
@click.option("--survey", metavar="KEY", help="Only of one survey.")
@click.option("--overdue", is_flag=True, help="Only those past their due time.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@project_option
@json_option
def list_cases(slug: str | None, as_json: bool, overdue: bool, limit: int, **given: Any) -> None:
    """List the cases, newest first."""
    wanted = Wanted(**given, overdue=True if overdue else None, overdue_at=now())
    with opened_service() as service:
        project_id = chosen_project(service, slug).id
        with service.database.read() as connection:
            found = cases.page(connection, project_id, wanted, limit)
    shown = [
        {
            "response": response.id,
            "survey": survey,
            "score": response.score,
            "status": one.status,
            "owner": one.owner,
            "due_at": _written(one.due_at),
            "overdue": one.is_overdue(now()),
            "comment": response.comment,
        }
        for one, survey, response in found
    ]
    if as_json:
        print_json(shown)
        return
    print_table(
        ["RESPONSE", "SURVEY", "SCORE", "STATUS", "OWNER", "DUE", "COMMENT"],
        [
            (
                one["response"],
                one["survey"],
                one["score"],
                one["status"] + (", overdue" if one["overdue"] else ""),
                one["owner"] or "-",
                one["due_at"],
                _cut(one["comment"]),
            )
            for one in shown
        ],
    )


@case.command()
@click.argument("response_id", metavar="RESPONSE")
@project_option
@json_option
def show(response_id: str, slug: str | None, as_json: bool) -> None:
    """Show the case of RESPONSE with its history."""
    with opened_service() as service:
        _print(case_of(service, chosen_project(service, slug).id, response_id), as_json)


@case.command(name="set")
@click.argument("response_id", metavar="RESPONSE")
@click.option("--status", type=click.Choice(CASE_STATUSES), help="Where it stands now.")
@click.option("--owner", metavar="NAME", help='Who follows it up; "" takes the owner off.')
@click.option("--due", metavar="SPAN", help="Due from now in: 90m, 12h, 3d.")
@click.option("--note", metavar="TEXT", help="What was said or done.")
@click.option("--by", metavar="NAME", help="Who does this; you by default.")
@project_option
@json_option
def set_case(slug: str | None, response_id: str, as_json: bool, **given: Any) -> None:
    """Move the case of RESPONSE on, or open one by hand where there is none."""
    wish = {name: given[name] for name in ("status", "note") if given[name] is not None}
    if given["owner"] is not None:
        wish["owner"] = given["owner"] or None
    if given["due"] is not None:
        wish["due_at"] = now() + _span(given["due"], "--due")
    wish["actor"] = (given["by"] or getpass.getuser())[:200]
    with opened_service() as service:
        project_id = chosen_project(service, slug).id
        _print(follow_case(service, project_id, response_id, wish, now()), as_json)


@case.command()
@click.option("--due", metavar="SPAN", help="How soon new cases are due: 90m, 12h, 3d.")
@click.option("--keep-deliveries", "days", type=int, metavar="DAYS", help="See docs/webhooks.md.")
@click.option(
    "--keep-answers",
    "kept",
    metavar="DAYS",
    help="Then answers lose names and words, and keep counting; 'ever' keeps them.",
)
@project_option
@json_option
def settings(
    due: str | None, days: int | None, kept: str | None, slug: str | None, as_json: bool
) -> None:
    """Show or set how soon cases are due, and how long deliveries and answers are kept."""
    document: dict[str, int | None] = {}
    if due is not None:
        document["case_due_s"] = int(_span(due, "--due").total_seconds())
    if days is not None:
        document["delivery_days"] = days
    if kept is not None:
        if kept != "ever" and not kept.isdecimal():
            raise click.BadParameter("give a number of days, or ever", param_hint="--keep-answers")
        document["answer_days"] = None if kept == "ever" else int(kept)
    with opened_service() as service:
        project_id = chosen_project(service, slug).id
        care = set_care(service, project_id, document) if document else care_of(service, project_id)
    shown = asdict(care)
    if as_json:
        print_json(shown)
    else:
        print_pairs(list(shown.items()))


def _print(followed: Followed, as_json: bool) -> None:
    one, response = followed.case, followed.response
    shown = {
        "case": one.id,
        "response": response.id,
        "survey": followed.survey.key,
        "score": response.score,
        "comment": response.comment,
        "status": one.status,
        "owner": one.owner,
        "due_at": _written(one.due_at),
        "overdue": one.is_overdue(now()),
    }
    history = [
        {
            "at": _written(entry.at),
            "by": entry.actor,
            "changes": {name: list(pair) for name, pair in entry.changes.items()},
            "note": entry.note,
        }
        for entry in followed.history
    ]
    if as_json:
        print_json({**shown, "history": history})
        return
    print_pairs([(name, "-" if value is None else value) for name, value in shown.items()])
    click.echo()
    print_table(
        ["WHEN", "WHO", "WHAT", "NOTE"],
        [(e["at"], e["by"], _changes(e["changes"]), _cut(e["note"])) for e in history],
    )


def _changes(changes: Any) -> str:
    return ", ".join(f"{name}: {after or 'none'}" for name, (_before, after) in changes.items())


def _cut(text: Any) -> str:
    words = " ".join(str(text or "").split())
    return words if len(words) <= 60 else words[:59] + "…"


def _written(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def _span(text: str, option: str) -> timedelta:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise click.BadParameter(f"{text!r} is no span: use 90m, 12h or 3d", param_hint=option)
    return timedelta(**{_UNITS[found[2]]: int(found[1])})
