"""The address of the page's stylesheet: it changes with the content, so it may be kept for ever."""

import hashlib
from pathlib import Path
from typing import Final

from flask import url_for

_FILE: Final = Path(__file__).parent / "static" / "page.css"
_DIGEST: Final = hashlib.sha256(_FILE.read_bytes()).hexdigest()[:12]


def stylesheet_url() -> str:
    return url_for("page.static", filename=_FILE.name, v=_DIGEST)
