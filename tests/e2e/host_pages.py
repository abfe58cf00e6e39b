"""Web pages that embed the widget: a plain one, a strict one, a hostile one, one in Arabic."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

STRICT_CSP: Final = (
    "default-src 'none'; script-src 'nonce-x'; connect-src {host}; base-uri 'none'; "
    "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)

HOSTILE_CSS: Final = """<style>
button, input, textarea, label { display: none !important }
* { all: unset !important; color: red !important; font-size: 60px !important;
    direction: rtl !important; letter-spacing: 9px !important }
div { display: none !important; transform: rotate(9deg) !important; opacity: 0 !important }
</style>"""


@dataclass(frozen=True)
class Page:
    """One page as it is served. csp: the Content-Security-Policy header, or none."""

    html: str
    csp: str | None = None


EMPTY: Final = Page("<!doctype html><title>Empty</title>")


@dataclass
class HostSite:
    """A web site of pages by path, on an origin of its own."""

    url: str = ""
    pages: dict[str, Page] = field(default_factory=dict)


def page_html(script_src: str, *, attributes: str = "", head: str = "", lang: str = "en") -> str:
    """Return a small shop page with the widget's script tag in its head."""
    return f"""<!doctype html><html lang="{lang}" dir="{"rtl" if lang == "ar" else "ltr"}"><head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Shop</title>{head}
<script nonce="x" async src="{script_src}" data-key="fbp_test" {attributes}></script></head>
<body><main><h1>Shop</h1><p>Good things, fairly made.</p>
<button id="buy">Buy</button> <a href="/next">Next page</a><div id="here"></div></main></body>
</html>"""


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"

    def do_GET(self) -> None:
        page = self.server.site.pages.get(
            self.path.partition("?")[0], Page("<!doctype html><title>Empty</title>")
        )
        body = page.html.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html;charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        if page.csp:
            self.send_header("Content-Security-Policy", page.csp)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Stay silent: pages are not what is tested."""


class _Server(ThreadingHTTPServer):
    site: HostSite


@contextmanager
def running_site() -> Iterator[HostSite]:
    """Run an empty site on a free loopback port for the length of a with block."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        # Another name than the service's, so that the two are different sites, not just origins.
        server.site = HostSite(url=f"http://localhost:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.site
        finally:
            server.shutdown()
            thread.join()
