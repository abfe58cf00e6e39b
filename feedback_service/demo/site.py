"""The demo shop: a customer's site on an origin of its own, with page, mail and webhook receiver.

It knows the service only as a customer does: a script tag, the HTTP API and signed webhooks.
"""

import secrets
import time
from typing import Any, Final

import requests
from flask import Blueprint, Flask, Response, current_app, jsonify, render_template, request

from feedback_service.demo.keys import DemoKeys
from feedback_service.demo.places import Places
from feedback_service.demo.receiving import KEPT, Received, is_authentic

_CALL_TIMEOUT_S: Final = 10
_MAX_BODY_BYTES: Final = 1_000_000


class _Unanswered(Exception):
    """The service gave no answer that a mail could be made of."""


blueprint = Blueprint("demo", __name__, template_folder="templates")


def create_site(places: Places, keys: DemoKeys) -> Flask:
    """Return the shop's app."""
    app = Flask("feedback_service.demo", static_folder=None, template_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = _MAX_BODY_BYTES
    app.extensions["places"] = places
    app.extensions["keys"] = keys
    app.extensions["received"] = Received()
    app.register_blueprint(blueprint)
    app.context_processor(lambda: {"places": places})
    return app


@blueprint.get("/")
def shop() -> str:
    """Show a product page with the widget."""
    return render_template("demo/shop.html", site_key=_keys().site_key)


@blueprint.get("/mail")
def mail() -> tuple[str, int]:
    """Show the mail a customer would get, with a link of its own at every visit."""
    wish = {
        "survey": "nps",
        "channel": "email",
        "campaign": "demo-mail",
        "respondent": f"customer-{secrets.token_hex(4)}",
    }
    shown: dict[str, Any] = {"wish": wish, "fault": None}
    try:
        issued = _called("POST", "/v1/tokens", json=wish).json()
        links = {"link": issued["url"], "unsubscribe": issued["unsubscribe_url"]}
        block = _called("GET", "/v1/surveys/nps/email", params=links).text
    except _Unanswered as fault:
        return render_template("demo/mail.html", **shown | {"fault": str(fault)}), 502
    return render_template("demo/mail.html", **shown, **issued, block=block), 200


@blueprint.get("/receiver")
def receiver() -> str:
    """Show the webhooks as they arrive."""
    return render_template("demo/receiver.html", kept=KEPT)


@blueprint.get("/receiver.json")
def received() -> Response:
    """Return the webhooks after the one whose number the page knows."""
    reply = jsonify(_received().after(request.args.get("after", 0, type=int)))
    reply.headers["Cache-Control"] = "no-store"
    return reply


@blueprint.post("/receiver")
def receive() -> tuple[str, int]:
    """Take a delivery in: 204 when it is from our feedback service, else 401."""
    body = request.get_data()
    headers = {name.lower(): value for name, value in request.headers.items()}
    authentic = is_authentic(_keys().webhook_secret, headers, body, time.time())
    _received().take(headers, body, authentic=authentic)
    return "", 204 if authentic else 401


def _called(method: str, path: str, **sent: Any) -> requests.Response:
    """Call the service as a back end does before it sends a mail. Raises _Unanswered."""
    authorization = {"Authorization": f"Bearer {_keys().secret_key}"}
    url = f"{_places().api}{path}"
    try:
        reply = requests.request(
            method, url, headers=authorization, timeout=_CALL_TIMEOUT_S, **sent
        )
    except requests.RequestException as error:
        raise _Unanswered(f"The service did not answer: {type(error).__name__}.") from error
    if not reply.ok:
        raise _Unanswered(f"The service answered {reply.status_code}: {reply.text}")
    return reply


def _places() -> Places:
    found: Places = current_app.extensions["places"]
    return found


def _keys() -> DemoKeys:
    found: DemoKeys = current_app.extensions["keys"]
    return found


def _received() -> Received:
    found: Received = current_app.extensions["received"]
    return found
