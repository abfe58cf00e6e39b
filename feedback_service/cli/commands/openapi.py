"""feedback-service openapi."""

import json
from tempfile import TemporaryDirectory

import click

from feedback_service.app import create_app
from feedback_service.cli.output import print_json
from feedback_service.config import load_settings


@click.command()
def openapi() -> None:
    """Print the OpenAPI description of the HTTP API, as GET /openapi.json gives it.

    Needs neither settings nor a database.
    """
    with TemporaryDirectory() as folder:
        app = create_app(load_settings({"FEEDBACK_DATA_DIR": folder}))
        reply = app.test_client().get("/openapi.json")
        app.extensions["feedback"].database.dispose()
    if reply.status_code != 200:
        raise click.ClickException(f"/openapi.json answered {reply.status}")
    print_json(json.loads(reply.get_data()))
