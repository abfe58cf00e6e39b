"""Who may call a route: every view carries one of these marks (a guard test looks for them).

Each mark is one authentication rule and one rate limit.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, TypeVar

from flask import current_app, g, request

from feedback_service.domain.access.keys import ApiKey, key_digest, looks_like_key
from feedback_service.domain.errors import FeedbackError, KeyInvalid
from feedback_service.domain.staff import Role
from feedback_service.usecases.service import Service
from feedback_service.web import limits
from feedback_service.web.dashboard import sessions
from feedback_service.web.idempotency import replayed
from feedback_service.web.problems import WireError

View = TypeVar("View", bound=Callable[..., Any])
AUDIENCES: Final = ("server", "public", "operator", "staff")


def service() -> Service:
    """Return the service of the running app."""
    found: Service = current_app.extensions["feedback"]
    return found


def for_servers(scope: str, *, replays: bool = True) -> Callable[[View], View]:
    """Mark a route of the server API: a secret key with this scope, limited per key.

    POSTs honour Idempotency-Key; replays: by keeping the reply, else the view sees to it itself.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            g.key = _secret_key()
            limits.spend(limits.API, "key", str(g.key.id))
            g.key.require(scope)
            if replays and request.method == "POST" and "Idempotency-Key" in request.headers:
                return replayed(service(), g.key, lambda: view(*args, **kwargs))
            return view(*args, **kwargs)

        guarded.audience = "server"  # type: ignore[attr-defined]  # read by the guard test
        guarded.scope = scope  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]  # wraps() keeps the signature

    return mark


def for_browsers(view: View) -> View:
    """Mark a public route: no secret, limited per client address."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        limits.spend(limits.PUBLIC, "public", limits.client())
        return view(*args, **kwargs)

    guarded.audience = "public"  # type: ignore[attr-defined]  # read by the guard test
    return guarded  # type: ignore[return-value]  # wraps() keeps the signature


def for_token_holders(view: View) -> View:
    """Mark a route whose token is the credential: only failures are limited, per address."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        limits.refuse_spent(limits.FAILURES, "token", limits.client())
        try:
            return view(*args, **kwargs)
        except FeedbackError:
            limits.spend(limits.FAILURES, "token", limits.client())
            raise

    guarded.audience = "public"  # type: ignore[attr-defined]  # read by the guard test
    return guarded  # type: ignore[return-value]  # wraps() keeps the signature


def for_operators(view: View) -> View:
    """Mark a route for whoever runs the service: probes and scrapers, not limited."""
    view.audience = "operator"  # type: ignore[attr-defined]  # read by the guard test
    return view


def for_staff(role: Role, *, by_hand: bool = True) -> Callable[[View], View]:
    """Mark a page of the dashboard: a session of this role or more, limited per client address.

    A <slug> in its path is the project, which the view finds with `sessions.project`. A POST must
    carry the session's proof. by_hand: False for what a page asks for by itself.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, slug: str | None = None, **kwargs: Any) -> Any:
            limits.spend(limits.PUBLIC, "public", limits.client())
            kept_out = sessions.enter(service(), role, slug, by_hand=by_hand)
            return view(*args, **kwargs) if kept_out is None else kept_out

        guarded.audience = "staff"  # type: ignore[attr-defined]  # read by the guard test
        guarded.role = role  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]  # wraps() keeps the signature

    return mark


def key() -> ApiKey:
    """Return the key of the running request."""
    found: ApiKey = g.key
    return found


def _secret_key() -> ApiKey:
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text:
        raise WireError("unauthorized", "send Authorization: Bearer and a secret API key (fbk_…)")
    limits.refuse_spent(limits.FAILURES, "key", limits.client())
    found = None
    if looks_like_key(text.strip()):
        found = service().catalog.current().key(key_digest(text.strip()))
    if found is None or found.kind != "secret" or found.revoked_at is not None:
        limits.spend(limits.FAILURES, "key", limits.client())
        raise KeyInvalid
    return found
