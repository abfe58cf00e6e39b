"""The widget's file as browsers and caches see it."""

import gzip

from flask.testing import FlaskClient

from feedback_service import __version__

FLOATING = "/widget.js"
PINNED = f"/w/{__version__}/widget.js"


def test_it_comes_compressed_and_is_the_same_file(client: FlaskClient) -> None:
    plain = client.get(FLOATING)
    packed = client.get(FLOATING, headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.get_data()) == plain.get_data()
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert plain.content_type == "text/javascript; charset=utf-8"
    assert plain.headers["Access-Control-Allow-Origin"] == "*"


def test_a_known_file_is_not_sent_again(client: FlaskClient) -> None:
    tag = client.get(FLOATING).headers["ETag"]
    assert client.get(FLOATING, headers={"If-None-Match": tag}).status_code == 304


def test_only_the_pinned_file_never_changes(client: FlaskClient) -> None:
    assert "immutable" in client.get(PINNED).headers["Cache-Control"]
    assert client.get(FLOATING).headers["Cache-Control"] == "public, max-age=300"
    assert client.get("/w/0.0.0-none/widget.js").status_code == 404
