"""QR codes of open links."""

from io import BytesIO
from typing import Final, Literal
from urllib.parse import quote, urlencode

import segno

Format = Literal["svg", "png"]
FORMATS: Final[tuple[Format, ...]] = ("svg", "png")
MIMETYPES: Final = {"svg": "image/svg+xml", "png": "image/png"}
# Pixels per module: a code of 37 modules with its border becomes 900 pixels wide, sharp in print.
_SCALE: Final = 20
# The quiet zone that the standard (ISO/IEC 18004) asks for.
_BORDER: Final = 4


def open_link_path(
    site_key: str,
    survey: str,
    *,
    touchpoint: str | None = None,
    campaign: str | None = None,
    kiosk: bool = False,
    locale: str | None = None,
) -> str:
    """Return the path of a survey's open link, with a slash at its start."""
    given = {"tp": touchpoint, "cmp": campaign, "locale": locale, "kiosk": "1" if kiosk else None}
    query = urlencode({name: value for name, value in given.items() if value})
    return f"/l/{quote(site_key)}/{quote(survey)}" + (f"?{query}" if query else "")


def qr_code(url: str, form: Format) -> bytes:
    """Draw a URL, dark on white: what a camera reads best. A quarter of it may be damaged (Q)."""
    out = BytesIO()
    code = segno.make(url, error="q", micro=False)
    if form == "svg":
        code.save(out, kind="svg", border=_BORDER, scale=_SCALE, light="#fff", omitsize=True)
    else:
        code.save(out, kind="png", border=_BORDER, scale=_SCALE, light="#fff")
    return out.getvalue()
