"""feedback-service demo-site: the demo's shop. `demo` starts this."""

import logging
import os
from typing import Final

import click
from werkzeug.serving import make_server

from feedback_service.cli.environment import settings_or_exit
from feedback_service.demo.keys import kept_keys, keys_path
from feedback_service.demo.places import NoPlace, places_of
from feedback_service.demo.site import create_site

_LOOK_AT_PARENT_S: Final = 1.0


@click.command()
@click.option("--parent", type=int, help="End when this process is gone.")
def demo_site(parent: int | None) -> None:
    """Run only the shop of the demo; `demo` starts this beside the service."""
    settings = settings_or_exit()
    try:
        places = places_of(settings)
    except NoPlace as error:
        raise click.ClickException(str(error)) from error
    keys = kept_keys(keys_path(settings.data_dir))
    if keys is None:
        raise click.ClickException("there is no demo yet: feedback-service demo")
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = make_server(places.host, places.port, create_site(places, keys), threaded=True)
    server.timeout = _LOOK_AT_PARENT_S
    while parent in {None, os.getppid()}:
        server.handle_request()
