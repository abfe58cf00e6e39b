"""Our signatures, judged by the official vectors and libraries (Python and Node)."""

import json
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from time import time

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from feedback_service.delivery.outbound.signing import headers, sign
from feedback_service.domain.access.keys import new_webhook_secret

OFFICIAL = Path(__file__).parents[1] / "official"

# Any 24 to 64 bytes are a key.
SHORTEST = "whsec_" + b64encode(bytes(range(24))).decode()
LONGEST = "whsec_" + b64encode(bytes(range(255, 191, -1))).decode()

BODIES = [
    pytest.param(b'{"test": 2432232314}', id="plain"),
    pytest.param('{"comment":"😀 naïve é \u2028 ﷽"}'.encode(), id="emoji, combining, U+2028"),
    pytest.param(json.dumps({"comment": "ß" * 20_000}, ensure_ascii=False).encode(), id="40 kB"),
    pytest.param(b'{"comment":"a.b\\n\\u0000.."}', id="dots and escapes"),
]


def python_verdict(secret: str, body: bytes, signed: Mapping[str, str]) -> str:
    try:
        Webhook(secret).verify(body, dict(signed))
    except WebhookVerificationError as error:
        return str(error)
    return "ok"


def node_verdicts(*cases: tuple[str, bytes, Mapping[str, str]]) -> list[str]:
    node = shutil.which("node")
    assert node, "Node.js is not on the PATH: the official npm library cannot judge"
    assert (OFFICIAL / "node_modules" / "standardwebhooks").is_dir(), (
        "the official npm library is not installed: run `npm ci` in tests/delivery/official"
    )
    sent = [
        {"secret": secret, "body": body.decode(), "headers": dict(signed)}
        for secret, body, signed in cases
    ]
    done = subprocess.run(
        [node, OFFICIAL / "verify.js"],
        input=json.dumps(sent).encode(),
        capture_output=True,
        check=True,
        timeout=30,
    )
    verdicts: list[str] = json.loads(done.stdout)
    return verdicts


def test_the_vector_of_the_specification() -> None:
    signature = sign(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1_614_265_330,
        b'{"test": 2432232314}',
    )
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(
    "secret", [SHORTEST, LONGEST, new_webhook_secret()], ids=["24", "64", "new"]
)
def test_both_official_libraries_accept(secret: str, body: bytes) -> None:
    signed = headers([secret], "msg_1", int(time()), body)
    assert python_verdict(secret, body, signed) == "ok"
    assert node_verdicts((secret, body, signed)) == ["ok"]


def test_both_official_libraries_refuse_what_was_changed() -> None:
    secret, body, now = new_webhook_secret(), b'{"a":1}', int(time())
    signed = headers([secret], "msg_1", now, body)
    changed = [
        (secret, body + b" ", signed),
        (secret, body, {**signed, "webhook-id": "msg_2"}),
        (secret, body, {**signed, "webhook-timestamp": str(now - 1)}),
        (new_webhook_secret(), body, signed),
        (secret, body, headers([secret], "msg_1", now - 302, body)),
        (secret, body, headers([secret], "msg_1", now + 302, body)),
    ]
    assert all(python_verdict(*case) != "ok" for case in changed)
    assert all(verdict != "ok" for verdict in node_verdicts(*changed))


def test_during_rotation_the_holder_of_either_secret_accepts() -> None:
    old, new, body = new_webhook_secret(), new_webhook_secret(), b"{}"
    signed = headers([new, old], "msg_1", int(time()), body)
    assert len(signed["webhook-signature"].split(" ")) == 2
    for secret in (old, new):
        assert python_verdict(secret, body, signed) == "ok"
    assert node_verdicts((old, body, signed), (new, body, signed)) == ["ok", "ok"]


def test_new_secrets_differ_and_hold_32_bytes() -> None:
    secrets = {new_webhook_secret() for _ in range(50)}
    assert len(secrets) == 50
    # 32 bytes in padded standard base64.
    assert {len(secret) for secret in secrets} == {len("whsec_") + 44}


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "whsec_",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa",
        "whsec_-_-_9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSé",
        "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_" + b64encode(bytes(23)).decode(),
        "whsec_" + b64encode(bytes(65)).decode(),
    ],
)
def test_a_malformed_secret_is_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(ValueError, match="24 to 64 bytes") as caught:
        sign([secret], "msg_1", 1, b"{}")
    assert len(secret) < 10 or secret not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("message_id", ["", "a.b", "a b", "a\nb", "é"])
def test_an_id_that_could_be_misread_is_refused(message_id: str) -> None:
    with pytest.raises(ValueError, match="message id"):
        sign([SHORTEST], message_id, 1, b"{}")


def test_nothing_is_sent_unsigned() -> None:
    with pytest.raises(ValueError, match="at least one secret"):
        headers([], "msg_1", 1, b"{}")
