"""Set how soon a project asks the same person again."""

from collections.abc import Mapping
from dataclasses import asdict

from feedback_service.domain.contact_policy import ContactPolicy, policy_of
from feedback_service.domain.errors import NotFound
from feedback_service.storage import catalog, projects
from feedback_service.usecases.service import Service


def set_contact_policy(
    service: Service, project_id: int, changes: Mapping[str, int], *, reset: bool = False
) -> ContactPolicy:
    """Change some rules of the contact policy, or none; returns the policy as it stands.

    changes: field of ContactPolicy -> its new value. reset: from the defaults instead of from what
    stands. Raises NotFound, InvalidValue.
    """
    with service.database.write() as connection:
        project = projects.numbered(connection, project_id)
        if project is None:
            raise NotFound("there is no such project")
        before = ContactPolicy() if reset else project.contact_policy
        after = policy_of({**asdict(before), **changes})
        if after != project.contact_policy:
            projects.set_contact_policy(connection, project_id, after)
            catalog.bump(connection)
    return after
