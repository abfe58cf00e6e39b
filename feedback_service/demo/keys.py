"""The demo's keys: kept in a file of mode 600, because the demo shop needs them to be a customer.

A real customer keeps them in its own secret store; the service itself stores only their hashes.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DemoKeys:
    """secret_key: the shop's back end calls the API with it. site_key: stands in its pages.

    webhook_secret: the shop's receiver verifies signatures with it.
    """

    secret_key: str
    site_key: str
    webhook_id: str
    webhook_secret: str


def keys_path(data_dir: Path) -> Path:
    return data_dir / "demo-keys.json"


def kept_keys(path: Path) -> DemoKeys | None:
    """Return the keys of an earlier run, None when there are none to be read."""
    try:
        return DemoKeys(**json.loads(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def keep_keys(path: Path, keys: DemoKeys) -> None:
    """Write the keys for this user's eyes only."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)  # an older file could have an older mode
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(asdict(keys), file, indent=2)
