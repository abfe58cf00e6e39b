"""Sentences with {placeholders}."""

import re
from collections.abc import Mapping
from typing import Final

PLACEHOLDER: Final = re.compile(r"\{([a-z]+)\}")


def filled(text: str, values: Mapping[str, str]) -> str:
    """Put values into a sentence's {placeholders}, in one pass: a value may hold braces."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)
