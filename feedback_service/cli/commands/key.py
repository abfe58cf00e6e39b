"""feedback-service key: create, list, revoke."""

from pathlib import Path
from typing import Any

import click

from feedback_service.cli.opening import chosen_project, now, opened_service, project_option
from feedback_service.cli.output import json_option, print_json, print_pairs, print_table
from feedback_service.domain.access.jwt import SigningKey
from feedback_service.domain.access.keys import SCOPES, ApiKey, KeyKind
from feedback_service.storage import projects
from feedback_service.usecases.service import Service
from feedback_service.usecases.setup import issue_key
from feedback_service.usecases.setup.issue_key import KeyWish


@click.group()
def key() -> None:
    """Keys: secret ones for back ends, site keys for pages, signing keys for your own JWTs."""


@key.command()
@project_option
@click.option("--test", is_flag=True, help="Answers given with it never count.")
@click.option("--site", is_flag=True, help="A publishable key for pages instead of a secret one.")
@click.option("--signing", is_flag=True, help="A key that signs JWTs your own back end mints.")
@click.option(
    "--public-key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="With --signing: your Ed25519 public key in PEM; the private one stays with you.",
)
@click.option("--name", default="", help="To tell keys apart, such as 'shop back end'.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    metavar="SCOPE",
    help=f"What a secret key may do; may be repeated; everything by default. {', '.join(SCOPES)}",
)
@json_option
def create(
    slug: str | None, signing: bool, public_key: Path | None, as_json: bool, **wish: Any
) -> None:
    """Create a key and print it, this once."""
    if public_key is not None and not signing:
        raise click.UsageError("--public-key goes with --signing")
    if signing and (wish["site"] or wish["scopes"] or wish["name"]):
        raise click.UsageError("--signing takes neither --site nor --scope nor --name")
    with opened_service() as service:
        project_id = chosen_project(service, slug).id
        if signing:
            shown = _signing_key(service, project_id, public_key, test=wish["test"])
        else:
            kind: KeyKind = "site" if wish["site"] else "secret"
            wanted = KeyWish(kind, wish["name"], wish["test"], wish["scopes"])
            shown = {f"{kind}_key": issue_key.issue_key(service, project_id, wanted, now())}
    if as_json:
        print_json(shown)
    else:
        print_pairs(list(shown.items()))


@key.command(name="list")
@project_option
@json_option
def list_keys(slug: str | None, as_json: bool) -> None:
    """List API keys and signing keys, without their texts."""
    with opened_service() as service:
        project_id = chosen_project(service, slug).id
        with service.database.read() as connection:
            api_keys = projects.keys(connection, project_id)
            signing = projects.signing_key_list(connection, project_id, service.vault)
    found = [*map(_api_key_row, api_keys), *map(_signing_key_row, signing)]
    if as_json:
        print_json(found)
        return
    print_table(
        ["KEY", "KIND", "MODE", "STATE", "NAME", "ENDS IN", "CREATED"],
        [
            (
                one["key"],
                one["kind"],
                "test" if one["test"] else "live",
                one["state"],
                one["name"] or "-",
                one["last4"] or "-",
                one["created_at"][:10],
            )
            for one in found
        ],
    )


@key.command()
@click.argument("key_id", metavar="KEY")
@project_option
def revoke(key_id: str, slug: str | None) -> None:
    """Withdraw KEY (its number or kid from `key list`), at once and for good."""
    with opened_service() as service:
        issue_key.revoke_key(service, chosen_project(service, slug).id, key_id, now())
    click.echo(f"revoked {key_id}", err=True)


def _signing_key(
    service: Service, project_id: int, public_key: Path | None, *, test: bool
) -> dict[str, str]:
    pem = None if public_key is None else public_key.read_text(encoding="utf-8", errors="replace")
    made = issue_key.issue_signing_key(service, project_id, pem, now(), test=test)
    shown = {"kid": made.kid, "algorithm": made.algorithm}
    return shown if public_key else {**shown, "secret": made.material}


def _api_key_row(one: ApiKey) -> dict[str, Any]:
    return {
        "key": str(one.id),
        "kind": one.kind,
        "test": one.test,
        "state": "revoked" if one.revoked_at else "active",
        "name": one.name,
        "last4": one.last4,
        "scopes": list(one.scopes),
        "created_at": one.created_at.isoformat(),
    }


def _signing_key_row(one: SigningKey) -> dict[str, Any]:
    return {
        "key": one.kid,
        "kind": f"signing {one.algorithm}",
        "test": one.test,
        "state": "revoked" if one.state == "retired" else one.state,
        "name": "",
        "last4": "",
        "scopes": [],
        "created_at": one.created_at.isoformat(),
    }
