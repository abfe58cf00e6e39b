"""Language files as tests read them."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from feedback_service.locales import languages

FOLDER: Final = Path(languages.__file__).parent


def members(locale: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((FOLDER / f"{locale}.json").read_text(encoding="utf-8"))
    return read


def sentences(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield (path, sentence) of everything in a file."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from sentences(inner, f"{path}/{name}")
    else:
        for position, inner in enumerate(value):
            yield from sentences(inner, f"{path}/{position}")
