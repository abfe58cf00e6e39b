"""A site owner's web site on loopback: a plain page, one that changes its address, a strict one."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from string import Template
from typing import Any, Final

STRICT: Final = (
    "default-src 'none'; script-src 'nonce-x'; connect-src {host}; base-uri 'none'; "
    "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
_PAGE: Final = Template("""<!doctype html><html lang="$lang" dir="$dir"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Shop</title>$style
<script nonce="x" async src="$host/widget.js" data-key="$key"></script></head>
<body><header><a href="/">Shop</a> <button id="buy">Buy</button>
<button id="route">Cart</button></header><main><h1>Good things, fairly made</h1>
<p>Two chairs and a table of oak, oiled by hand. Delivered within a week.</p>
<div id="here"></div><p>Wood keeps. So do we: ten years of guarantee.</p></main>
<script nonce="x">window.found = []
addEventListener("securitypolicyviolation", (e) => found.push(e.violatedDirective))
addEventListener("error", (e) => found.push(e.message))
route.onclick = () => history.pushState(0, "", "/cart")</script></body></html>""")
# Strict pages get none: their policy would refuse it.
_STYLE: Final = """<style>:root{color-scheme:light dark}body{margin:0;font:17px/1.6 Georgia,serif}
header{display:flex;gap:1rem;padding:1rem 2rem;border-bottom:1px solid #8884}
main{max-width:720px;margin:auto;padding:1rem 2rem}</style>"""


def page(host: str, key: str, path: str, lang: str = "en") -> str:
    """Return the page at a path; everything on it is the owner's, but for the one tag."""
    return _PAGE.substitute(
        host=host,
        key=key,
        lang=lang,
        dir="rtl" if lang == "ar" else "ltr",
        style="" if path.startswith("/strict") else _STYLE,
    )


@contextmanager
def running_site(port: int, host: str, keys: Mapping[str, str]) -> Iterator[str]:
    """Serve the site: /KEY-NAME/LANG/… with the site key of that name, strict under /strict."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            is_strict = path.startswith("/strict")
            lang = next((name for name in ("ar", "ja") if f"/{name}/" in path), "en")
            key = keys["test" if "/test/" in path else "live"]
            body = page(host, key, path, lang).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html;charset=UTF-8")
            self.send_header("Content-Length", str(len(body)))
            if is_strict:
                self.send_header("Content-Security-Policy", STRICT.format(host=host))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
            """Stay silent: pages are not what is looked at."""

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
