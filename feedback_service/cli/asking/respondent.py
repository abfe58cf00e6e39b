"""feedback-service respondent: show, explain, erase."""

from typing import Any

import click

from feedback_service.cli.opening import chosen_project, now, opened_service, project_option
from feedback_service.cli.output import json_option, print_json, print_pairs, print_table
from feedback_service.storage import surveys
from feedback_service.usecases.forget import forget_respondent
from feedback_service.usecases.inviting.explain import eligibility
from feedback_service.usecases.know import deeds, person
from feedback_service.web.api.asking.replies import of_eligibility
from feedback_service.web.api.replies import of_outcomes, of_respondent, of_response


@click.group()
def respondent() -> None:
    """People who are asked, by your own reference of them."""


@respondent.command()
@click.argument("ref")
@project_option
@json_option
def show(ref: str, slug: str | None, as_json: bool) -> None:
    """Show all that is held on the person REF."""
    with opened_service() as service:
        project_id = chosen_project(service, slug).id
        found, given = person(service, project_id, ref)
        done = of_outcomes(deeds(service, project_id, ref))
    known: dict[str, Any] = of_respondent(found) if found else {"ref": ref, "traits": {}}
    responses = [of_response(survey, response) for survey, response in given]
    if as_json:
        print_json({**known, "responses": responses, "outcomes": done})
        return
    traits = ", ".join(f"{name}={value}" for name, value in known.pop("traits").items())
    print_pairs([(name, value or "-") for name, value in {**known, "traits": traits}.items()])
    click.echo()
    print_table(
        ["WHEN", "SURVEY", "SCORE", "CHANNEL", "CAMPAIGN", "COMMENT"],
        [
            (
                one["created_at"],
                one["survey"],
                "declined" if one["score"] is None else one["score"],
                one["channel"],
                one["campaign"] or "-",
                _short(one["comment"] or "-"),
            )
            for one in responses
        ],
    )
    if done:
        click.echo()
        rows = [(one["at"], one["kind"], one["value"]) for one in done]
        shown = [(at, kind, "-" if value is None else f"{value:,.2f}") for at, kind, value in rows]
        print_table(["WHEN", "OUTCOME", "VALUE"], shown)


@respondent.command()
@click.argument("ref")
@click.option("--survey", "survey_key", metavar="KEY", help="Only this survey; else every one.")
@project_option
@json_option
def explain(ref: str, survey_key: str | None, slug: str | None, as_json: bool) -> None:
    """Say why the person REF is asked or not, and until when.

    It is the answer of the contact policy, the same for mails, API and widget.
    """
    with opened_service() as service:
        project_id = chosen_project(service, slug).id
        with service.database.read() as connection:
            keys = [one.key for one in surveys.every(connection, project_id)]
        wanted = keys if survey_key is None else [survey_key]
        told = [eligibility(service, project_id, ref, key, now()) for key in wanted]
    if as_json:
        print_json([of_eligibility(one) for one in told])
        return
    for one in told:
        answer = "may be asked" if one.verdict.allowed else "is not asked"
        click.echo(f"{one.survey}: {ref} {answer}: {one.verdict.words}")
    for override in told[0].overrides if told else ():
        click.echo(
            f"{override.at:%Y-%m-%d}: asked {override.survey} at {override.touchpoint} all the "
            f"same, in spite of {override.overridden}: {override.because}"
        )


@respondent.command()
@click.argument("ref")
@click.option("--yes", is_flag=True, help="Do not ask back.")
@project_option
@json_option
def erase(ref: str, yes: bool, slug: str | None, as_json: bool) -> None:
    """Erase the person REF: who they are and what they wrote.

    Bare scores stay in the figures, without a person. Who unsubscribed stays unsubscribed.
    """
    with opened_service() as service:
        project = chosen_project(service, slug)
        if not yes:
            click.confirm(
                f"Erase {ref} from {project.slug}? It cannot be undone", abort=True, err=True
            )
        touched = forget_respondent(service, project.id, ref, now())
    if as_json:
        print_json({"respondent": ref, "responses": touched})
    else:
        responses = "1 response" if touched == 1 else f"{touched} responses"
        click.echo(f"erased {ref}; {responses} lost their words and their person")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:59] + "…"
