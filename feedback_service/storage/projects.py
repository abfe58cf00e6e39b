"""Projects and the keys that speak for them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from feedback_service.domain.access.jwt import SigningKey
from feedback_service.domain.access.keys import ApiKey, KeyKind, KeyState
from feedback_service.domain.contact_policy import ContactPolicy, policy_of
from feedback_service.domain.projects import Project
from feedback_service.storage.engine.vault import Vault
from feedback_service.storage.tables.projects import api_keys, projects, signing_keys


def add(
    connection: Connection, slug: str, name: str, timezone: str, origins: list[str], now: datetime
) -> int:
    """Insert a project and return its number. The slug must be free."""
    number: int = connection.execute(
        insert(projects)
        .values(slug=slug, name=name, timezone=timezone, origins=origins, created_at=now)
        .returning(projects.c.id)
    ).scalar_one()
    return number


def every(connection: Connection) -> list[Project]:
    """Return all projects, oldest first."""
    return [_project(row) for row in connection.execute(select(projects).order_by(projects.c.id))]


def numbered(connection: Connection, project_id: int) -> Project | None:
    row = connection.execute(select(projects).where(projects.c.id == project_id)).first()
    return None if row is None else _project(row)


def named(connection: Connection, slug: str) -> Project | None:
    row = connection.execute(select(projects).where(projects.c.slug == slug)).first()
    return None if row is None else _project(row)


def set_origins(connection: Connection, project_id: int, origins: list[str]) -> None:
    connection.execute(update(projects).where(projects.c.id == project_id).values(origins=origins))


def set_contact_policy(connection: Connection, project_id: int, policy: ContactPolicy) -> None:
    connection.execute(
        update(projects).where(projects.c.id == project_id).values(contact_policy=policy.changed())
    )


def add_key(  # noqa: PLR0913  # a key is exactly these
    connection: Connection,
    *,
    project_id: int,
    kind: KeyKind,
    test: bool,
    name: str,
    text: str,
    digest: str,
    scopes: tuple[str, ...],
    now: datetime,
) -> int:
    """Insert an API key; only a site key, which is public anyway, keeps its text."""
    number: int = connection.execute(
        insert(api_keys)
        .values(
            project_id=project_id,
            kind=kind,
            test=test,
            name=name,
            digest=digest,
            last4=text[-4:],
            public_text=text if kind == "site" else None,
            scopes=list(scopes),
            created_at=now,
        )
        .returning(api_keys.c.id)
    ).scalar_one()
    return number


def key_of_digest(connection: Connection, digest: str) -> ApiKey | None:
    row = connection.execute(select(api_keys).where(api_keys.c.digest == digest)).first()
    return None if row is None else _key(row)


def keys(connection: Connection, project_id: int) -> list[ApiKey]:
    rows = connection.execute(
        select(api_keys).where(api_keys.c.project_id == project_id).order_by(api_keys.c.id)
    )
    return [_key(row) for row in rows]


def site_key_text(connection: Connection, project_id: int, *, test: bool = False) -> str | None:
    """Return the newest site key in force."""
    return connection.execute(
        select(api_keys.c.public_text)
        .where(
            api_keys.c.project_id == project_id,
            api_keys.c.kind == "site",
            api_keys.c.test == test,
            api_keys.c.revoked_at.is_(None),
        )
        .order_by(api_keys.c.id.desc())
    ).scalar()


def revoke_key(connection: Connection, project_id: int, key_id: int, now: datetime) -> bool:
    """Revoke a key; False when the project has no such key in force."""
    found = connection.execute(
        update(api_keys)
        .where(
            api_keys.c.project_id == project_id,
            api_keys.c.id == key_id,
            api_keys.c.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    return found.rowcount == 1


def add_signing_key(connection: Connection, key: SigningKey, vault: Vault) -> None:
    connection.execute(
        insert(signing_keys).values(
            kid=key.kid,
            project_id=key.project_id,
            algorithm=key.algorithm,
            material=vault.lock(key.material),
            state=key.state,
            test=key.test,
            created_at=key.created_at,
        )
    )


def signing_key(connection: Connection, kid: str, vault: Vault) -> SigningKey | None:
    row = connection.execute(select(signing_keys).where(signing_keys.c.kid == kid)).first()
    return None if row is None else _signing_key(row, vault)


def signing_key_list(connection: Connection, project_id: int, vault: Vault) -> list[SigningKey]:
    rows = connection.execute(
        select(signing_keys)
        .where(signing_keys.c.project_id == project_id)
        .order_by(signing_keys.c.created_at)
    )
    return [_signing_key(row, vault) for row in rows]


def set_signing_key_state(
    connection: Connection, project_id: int, kid: str, state: KeyState
) -> bool:
    """Change whether a signing key still counts; False when the project has no such key."""
    found = connection.execute(
        update(signing_keys)
        .where(signing_keys.c.project_id == project_id, signing_keys.c.kid == kid)
        .values(state=state)
    )
    return found.rowcount == 1


def _project(row: Row[Any]) -> Project:
    return Project(
        id=row.id,
        slug=row.slug,
        name=row.name,
        timezone=row.timezone,
        origins=tuple(row.origins),
        created_at=row.created_at,
        contact_policy=policy_of(row.contact_policy),
    )


def _key(row: Row[Any]) -> ApiKey:
    return ApiKey(
        id=row.id,
        project_id=row.project_id,
        kind=row.kind,
        test=row.test,
        name=row.name,
        last4=row.last4,
        scopes=tuple(row.scopes),
        created_at=row.created_at,
        revoked_at=row.revoked_at,
    )


def _signing_key(row: Row[Any], vault: Vault) -> SigningKey:
    return SigningKey(
        kid=row.kid,
        project_id=row.project_id,
        algorithm=row.algorithm,
        material=vault.unlock(row.material),
        state=row.state,
        test=row.test,
        created_at=row.created_at,
    )
