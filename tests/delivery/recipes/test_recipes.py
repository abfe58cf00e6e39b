"""The receivers of docs/receivers.md, run as they stand there, against real deliveries."""

import json
import os
import shutil
import socket
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import Any

import pytest

from feedback_service.delivery.outbound import signing
from feedback_service.domain.surveys import Survey
from feedback_service.usecases.service import Service
from feedback_service.usecases.setup import configure_webhook
from tests.delivery.dispatching import all_settled, answered, dispatching, now, until
from tests.factories import NOW, make_project, make_survey, make_webhook, webhook

ROOT = Path(__file__).parents[3]
RECIPES = ROOT / "docs" / "receivers"
OFFICIAL = ROOT / "tests" / "delivery" / "official" / "node_modules"
SECRET = webhook().secrets[0].text
FOREIGN = "whsec_" + b64encode(bytes(range(32))).decode()


@dataclass(frozen=True, slots=True)
class Running:
    """A recipe at work. log: what it printed."""

    url: str
    log: Path

    def printed(self) -> list[str]:
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return [line for line in lines if line.startswith("alert.")]


@contextmanager
def running(folder: Path, command: list[str], port: int, **environment: str) -> Iterator[Running]:
    """Run a recipe until the block ends; it listens when the block begins."""
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "WEBHOOK_SECRET": SECRET, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        until(lambda: listens(port) or process.poll() is not None, 60)
        assert process.poll() is None, log.read_text()
        yield Running(f"http://127.0.0.1:{port}/feedback", log)
    finally:
        process.kill()
        process.wait()


def listens(port: int) -> bool:
    with socket.socket() as visitor:
        return visitor.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


@contextmanager
def flask_recipe(folder: Path) -> Iterator[Running]:
    port = free_port()
    recipe = str(RECIPES / "receiver.py")
    command = [sys.executable, "-m", "flask", "--app", recipe, "run", "--port", str(port)]
    with running(folder, command, port) as found:
        yield found


@contextmanager
def node_recipe(folder: Path) -> Iterator[Running]:
    port = free_port()
    # Node looks for packages beside the file.
    shutil.copy(RECIPES / "receiver.mjs", folder)
    (folder / "node_modules").symlink_to(OFFICIAL)
    with running(folder, [node(), "receiver.mjs"], port, PORT=str(port)) as found:
        yield found


def node() -> str:
    found = shutil.which("node")
    assert found, "Node.js is not on the PATH"
    return found


@pytest.fixture
def survey(service: Service) -> Survey:
    return make_survey(service, make_project(service), settle_s=0)


@pytest.mark.slow
@pytest.mark.parametrize("recipe", [flask_recipe, node_recipe], ids=["flask", "node"])
def test_a_receiver_acts_on_each_event_once_and_on_no_forged_one(
    service: Service, survey: Survey, tmp_path: Path, recipe: Any
) -> None:
    with recipe(tmp_path) as receiver:
        told = make_webhook(
            service, survey.project_id, url=receiver.url, events=("alert.detractor",)
        )
        answered(service, survey, 2, comment="naïve 😀", complete=True)
        with dispatching(service):
            until(lambda: all_settled(service))
            configure_webhook.replay(
                service, survey.project_id, told.id, NOW.replace(year=2020), now()
            )
            until(lambda: all_settled(service))
        until(receiver.printed)
        assert sent_by_curl(receiver.url, SECRET) == "204"
        assert sent_by_curl(receiver.url, FOREIGN) == "401"
        until(lambda: len(receiver.printed()) == 2)
    first, second = receiver.printed()
    assert first == "alert.detractor 2 naïve 😀"
    assert second == "alert.detractor 2 slow"


def sent_by_curl(url: str, secret: str) -> str:
    """Run the recipe that sends; returns the status it prints."""
    done = subprocess.run(
        ["sh", RECIPES / "send.sh", url],
        env={**os.environ, "WEBHOOK_SECRET": secret},
        capture_output=True,
        check=True,
        timeout=30,
    )
    return done.stdout.decode().strip()


# What Node-RED gives a function node, as far as ours asks for it.
HARNESS = """
import { readFileSync } from "node:fs"
import crypto from "node:crypto"
const { code, secret, requests } = JSON.parse(readFileSync(0, "utf8"))
const kept = new Map()
const flow = { get: (name) => kept.get(name), set: (name, value) => kept.set(name, value) }
const env = { get: () => secret }
const verify = new Function("msg", "env", "flow", "crypto", "Buffer", code)
const outcomes = requests.map(({ headers, body }) => {
  const msg = { req: { headers }, res: {}, payload: Buffer.from(body) }
  const [event, reply] = verify(msg, env, flow, crypto, Buffer)
  return { event: event?.payload ?? null, status: reply.statusCode }
})
console.log(JSON.stringify(outcomes))
"""


def node_red(*requests: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what the flow's function makes of requests, one after another."""
    flow = json.loads((RECIPES / "node-red.json").read_text(encoding="utf-8"))
    (function,) = [one for one in flow if one["type"] == "function"]
    assert function["libs"] == [{"var": "crypto", "module": "crypto"}]
    given = {"code": function["func"], "secret": SECRET, "requests": requests}
    done = subprocess.run(
        [node(), "--input-type=module", "-e", HARNESS],
        input=json.dumps(given).encode(),
        capture_output=True,
        check=True,
        timeout=30,
    )
    outcomes: list[dict[str, Any]] = json.loads(done.stdout)
    return outcomes


def signed(message_id: str, *secrets: str, age_s: int = 0) -> dict[str, Any]:
    """Return a request with a signature per secret, the flow's own when none is named."""
    body = json.dumps({"type": "alert.detractor", "data": {"comment": "naïve 😀"}})
    headers = signing.headers(secrets or [SECRET], message_id, int(time()) - age_s, body.encode())
    return {"headers": headers, "body": body}


def test_the_node_red_flow_lets_genuine_events_through_once() -> None:
    forged = signed("msg_2")
    forged["body"] += " "
    outcomes = node_red(
        signed("msg_1"),
        signed("msg_1"),
        forged,
        signed("msg_3", FOREIGN),
        signed("msg_4", age_s=600),
        signed("msg_5", FOREIGN, SECRET),
        {"headers": {}, "body": "{}"},
    )
    assert [one["status"] for one in outcomes] == [204, 204, 401, 401, 401, 204, 401]
    events = [one["event"] for one in outcomes]
    assert events[0]["data"]["comment"] == "naïve 😀"
    assert events[5] is not None
    assert [event for at, event in enumerate(events) if at not in {0, 5}] == [None] * 5


def test_the_node_red_flow_takes_the_body_unparsed_and_is_wired_to_its_end() -> None:
    flow = {
        one["id"]: one
        for one in json.loads((RECIPES / "node-red.json").read_text(encoding="utf-8"))
    }
    (entry,) = [one for one in flow.values() if one["type"] == "http in"]
    assert entry["skipBodyParsing"] is True
    wired = {end for one in flow.values() for port in one.get("wires", []) for end in port}
    assert wired == {one for one in flow if flow[one]["type"] not in {"tab", "http in"}}
