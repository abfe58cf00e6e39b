"""Respondents: people, by the customer's own id."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from feedback_service.domain.errors import InvalidValue

MAX_REF_LENGTH: Final = 200
MAX_TRAITS: Final = 50
MAX_TRAIT_LENGTH: Final = 200


@dataclass(frozen=True, slots=True)
class Respondent:
    """unsubscribed_at: since when the person wants no more invitations, or None."""

    id: int
    project_id: int
    ref: str
    email: str | None
    traits: Mapping[str, str] = field(default_factory=dict)
    locale: str | None = None
    unsubscribed_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


def check_ref(ref: str) -> None:
    """Raise InvalidValue unless the reference can name a person everywhere we use it."""
    if not 0 < len(ref) <= MAX_REF_LENGTH or not ref.isprintable() or ref != ref.strip():
        raise InvalidValue(
            f"a respondent reference has 1 to {MAX_REF_LENGTH} printable characters, "
            "none of them a space at either end",
            "/respondent",
        )


def check_traits(traits: Mapping[str, str]) -> None:
    """Raise InvalidValue for too many, too long or unprintable traits."""
    if len(traits) > MAX_TRAITS:
        raise InvalidValue(f"at most {MAX_TRAITS} traits", "/traits")
    for name, value in traits.items():
        if not 0 < len(name) <= 64 or not name.isprintable():
            raise InvalidValue("a trait's name has 1 to 64 printable characters", "/traits")
        if len(value) > MAX_TRAIT_LENGTH or not value.isprintable():
            raise InvalidValue(
                f"trait {name!r} may have at most {MAX_TRAIT_LENGTH} printable characters",
                "/traits",
            )
