"""The widget's files as browsers and caches see them."""

import gzip
import re
from base64 import b64encode
from hashlib import sha384
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from feedback_service import __version__

FLOATING = "/widget.js"
PINNED = f"/w/{__version__}/widget.js"
PANEL = f"/w/{__version__}/panel.js"
EMBED = Path(__file__).parents[3] / "docs/embed.md"


@pytest.mark.parametrize("path", [FLOATING, PANEL])
def test_it_comes_packed_and_is_the_same_file(client: FlaskClient, path: str) -> None:
    plain = client.get(path)
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.get_data()) == plain.get_data()
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert plain.content_type == "text/javascript; charset=utf-8"
    assert plain.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, br", "br"), ("br;q=0, gzip", "gzip"), ("identity", None), ("zstd", None)],
)
def test_the_smallest_form_a_browser_takes_is_sent(
    client: FlaskClient, accepted: str, encoding: str | None
) -> None:
    reply = client.get(PANEL, headers={"Accept-Encoding": accepted})
    assert reply.headers.get("Content-Encoding") == encoding


def test_a_known_file_is_not_sent_again(client: FlaskClient) -> None:
    tag = client.get(FLOATING).headers["ETag"]
    assert client.get(FLOATING, headers={"If-None-Match": tag}).status_code == 304


def test_only_pinned_files_never_change(client: FlaskClient) -> None:
    for path in (PINNED, PANEL):
        assert "immutable" in client.get(path).headers["Cache-Control"]
    assert client.get(FLOATING).headers["Cache-Control"] == "public, max-age=300"
    assert client.get("/w/0.0.0-none/widget.js").status_code == 404


def test_a_loader_from_before_an_upgrade_gets_the_panel_there_is(client: FlaskClient) -> None:
    reply = client.get("/w/0.0.0-none/panel.js")
    assert reply.get_data() == client.get(PANEL).get_data()
    assert reply.headers["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize("path", [PINNED, PANEL])
def test_the_documented_hash_is_that_of_the_file(client: FlaskClient, path: str) -> None:
    text = EMBED.read_text(encoding="utf-8")
    named = re.search(rf'{re.escape(path)}"[^>\n]*?(sha384-[\w+/=]+)', text)
    assert named is not None
    digest = sha384(client.get(path).get_data()).digest()
    assert named[1] == "sha384-" + b64encode(digest).decode()


def test_the_types_come_with_the_service(client: FlaskClient) -> None:
    source = EMBED.parents[1] / "widget/feedback.d.ts"
    reply = client.get("/feedback.d.ts")
    assert reply.get_data() == source.read_bytes()
    assert reply.content_type == "text/plain; charset=utf-8"
