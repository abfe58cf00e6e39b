"""What every use case works with: built once per process by `app.py` and `cli/`."""

from dataclasses import dataclass

from feedback_service.domain.access.signer import TokenSigner
from feedback_service.domain.alerting.addresses import OutboundPolicy
from feedback_service.storage.catalog import Catalog
from feedback_service.storage.counts import Counter
from feedback_service.storage.engine.database import Database
from feedback_service.storage.engine.vault import Vault
from feedback_service.storage.evidence.openings import Openings
from feedback_service.storage.saves import Saves


@dataclass(frozen=True, slots=True)
class Service:
    """outbound: where webhooks may lead."""

    database: Database
    catalog: Catalog
    saves: Saves
    counter: Counter
    openings: Openings
    signer: TokenSigner
    vault: Vault
    outbound: OutboundPolicy


def open_service(
    database_url: str,
    secret_keys: tuple[str, ...],
    outbound: OutboundPolicy,
    connections: int = 20,
) -> Service:
    """Connect. Call it after fork: connections must not be shared between processes."""
    database = Database(database_url, connections)
    vault = Vault(secret_keys)
    return Service(
        database=database,
        catalog=Catalog(database, vault),
        saves=Saves(database),
        counter=Counter(database),
        openings=Openings(database),
        signer=TokenSigner(secret_keys),
        vault=vault,
        outbound=outbound,
    )
