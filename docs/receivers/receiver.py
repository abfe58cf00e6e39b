"""Receive webhooks with Flask: pip install flask standardwebhooks, then

WEBHOOK_SECRET=whsec_... flask --app receiver run --port 9000
"""

import os
import sqlite3

from flask import Flask, request
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

app = Flask(__name__)
webhook = Webhook(os.environ["WEBHOOK_SECRET"])
seen = sqlite3.connect(os.environ.get("SEEN_FILE", "seen.db"), check_same_thread=False)
seen.execute("CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY)")


@app.post("/feedback")
def feedback() -> tuple[str, int]:
    try:
        # The raw bytes: parsed and written again, JSON has another signature.
        event = webhook.verify(request.get_data(), dict(request.headers))
    except WebhookVerificationError:
        return "forged or too old\n", 401
    with seen:  # remembered only when what follows went well
        fresh = seen.execute(
            "INSERT OR IGNORE INTO seen VALUES (?)", (request.headers["webhook-id"],)
        )
        if fresh.rowcount:
            act_on(event)
    return "", 204


def act_on(event: dict) -> None:
    """Do what your CRM wants done."""
    response = event["data"].get("response") or {}
    print(event["type"], response.get("score"), response.get("comment"), flush=True)
