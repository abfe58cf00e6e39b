"""Found a project: the tenant and its first keys, ready for a page and a back end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from feedback_service.domain.errors import InvalidValue, NameTaken
from feedback_service.domain.projects import Project, check_timezone, normal_origin, slug_of
from feedback_service.storage import catalog, projects
from feedback_service.usecases.service import Service
from feedback_service.usecases.setup.issue_key import KeyWish, minted

MAX_NAME_LENGTH: Final = 200


@dataclass(frozen=True, slots=True)
class Founded:
    """The keys' texts are shown this once; a site key stays readable, as every page has it."""

    project: Project
    secret_key: str
    site_key: str
    test_key: str


def found_project(
    service: Service, name: str, origins: Iterable[str], timezone: str, now: datetime
) -> Founded:
    """Create a project with a live, a test and a site key, all or nothing.

    origins: of pages that may use the site key, in any spelling; empty lets every page.
    Raises InvalidValue, NameTaken.
    """
    if not name.strip() or len(name) > MAX_NAME_LENGTH or not name.isprintable():
        raise InvalidValue(f"a project's name has 1 to {MAX_NAME_LENGTH} characters", "/name")
    slug = slug_of(name)
    check_timezone(timezone)
    allowed = list(dict.fromkeys(normal_origin(origin) for origin in origins))
    secret_key, site_key, test_key = keys = [
        minted(KeyWish("secret", name="first")),
        minted(KeyWish("site", name="first")),
        minted(KeyWish("secret", name="first", test=True)),
    ]
    with service.database.write() as connection:
        # First of all, as its row makes founders queue: of two with one name the second sees it.
        catalog.bump(connection)
        if projects.named(connection, slug) is not None:
            raise NameTaken(f"there is a project {slug!r} already: choose another name", "/name")
        number = projects.add(connection, slug, name.strip(), timezone, allowed, now)
        project = projects.numbered(connection, number)
        assert project is not None
        for _text, stored in keys:
            projects.add_key(connection, project_id=number, now=now, **stored)
    return Founded(project, secret_key[0], site_key[0], test_key[0])
