"""The errors a caller can cause. ``web/errors.py`` alone turns them into HTTP."""

from datetime import datetime
from typing import ClassVar


class FeedbackError(Exception):
    """Base of the errors a caller can cause.

    code: public and stable; never reuse one.
    field: JSON pointer of the offending field, or None when no single field is at fault.
    """

    code: ClassVar[str]

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class InvalidValue(FeedbackError):
    """A value breaks a rule; the message names the rule and the fix."""

    code = "invalid-value"


class ScoreOutOfRange(FeedbackError):
    code = "score-out-of-range"

    def __init__(self, score: int, low: int, high: int) -> None:
        super().__init__(
            f"score {score} is off the scale: send a whole number from {low} to {high}", "/score"
        )


class NotFound(FeedbackError):
    """The thing does not exist in this project; other projects' things look the same."""

    code = "not-found"


class NameTaken(FeedbackError):
    code = "name-taken"


class TokenInvalid(FeedbackError):
    """Forged, foreign, malformed or unknown: one error for all, so that nobody learns which."""

    code = "token-invalid"

    def __init__(self) -> None:
        super().__init__("this token was not issued by us, or was changed on the way", "/token")


class TokenExpired(FeedbackError):
    code = "token-expired"

    def __init__(self) -> None:
        super().__init__("this token has expired: ask for a new one", "/token")


class TokenRevoked(FeedbackError):
    code = "token-revoked"

    def __init__(self) -> None:
        super().__init__("this token was withdrawn by its sender", "/token")


class ResponseFinal(FeedbackError):
    """The response was completed and its edit window is over."""

    code = "final"

    def __init__(self) -> None:
        super().__init__("this response is complete and can no longer be changed")


class SurveyClosed(FeedbackError):
    code = "survey-closed"

    def __init__(self, key: str) -> None:
        super().__init__(f"survey {key!r} takes no answers now")


class OriginRefused(FeedbackError):
    code = "origin-refused"

    def __init__(self, origin: str | None) -> None:
        super().__init__(
            f"pages of {origin or 'an unknown origin'} may not use this site key: "
            "add the origin to the project"
        )


class ContactPolicyRefusal(FeedbackError):
    """The person must not be asked (again) now.

    reason: one of contact_policy.REASONS. until: when the person may be asked again, None when
    that is not known to come.
    """

    code = "contact-policy"

    def __init__(self, words: str, reason: str, until: datetime | None) -> None:
        super().__init__(words)
        self.reason = reason
        self.until = until


class KeyInvalid(FeedbackError):
    code = "key-invalid"

    def __init__(self) -> None:
        super().__init__("this API key is unknown, revoked or mistyped")


class ScopeMissing(FeedbackError):
    code = "scope-missing"

    def __init__(self, scope: str) -> None:
        super().__init__(f"this API key lacks the scope {scope!r}")


class CaseChanged(FeedbackError):
    """Somebody changed the case after the caller looked at it."""

    code = "case-changed"

    def __init__(self, revision: int) -> None:
        super().__init__(
            f"the case was changed meanwhile and is at revision {revision}: look at it again"
        )


class AddressBlocked(FeedbackError):
    """A webhook URL leads (or could lead) somewhere we do not send."""

    code = "address-blocked"
