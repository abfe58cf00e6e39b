"""The page's stylesheet and script, inside the page: one request shows everything.

The policy admits exactly these by their hashes, so nothing else runs, whatever gets into a page.
"""

import hashlib
import re
from base64 import b64encode
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parent / "static"


def csp_hash(text: str) -> str:
    """Return the policy source that admits exactly this stylesheet or script."""
    digest = b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
    return f"'sha256-{digest}'"


def without_air(css: str) -> str:
    """Return a stylesheet without comments and needless space."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    return re.sub(r" ?([{};,>]) ?", r"\1", css).replace(": ", ":").replace(";}", "}").strip()


def _script(text: str) -> str:
    """Return the script without the comments and the indentation of its source."""
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith(("//", "*", "/*")))


STYLES: Final = without_air((_FOLDER / "page.css").read_text(encoding="utf-8"))
SCRIPT: Final = _script((_FOLDER / "page.js").read_text(encoding="utf-8"))
KIOSK_SCRIPT: Final = _script((_FOLDER / "kiosk.js").read_text(encoding="utf-8"))
STYLES_HASH: Final = csp_hash(STYLES)
SCRIPT_HASHES: Final = f"{csp_hash(SCRIPT)} {csp_hash(KIOSK_SCRIPT)}"
