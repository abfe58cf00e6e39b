"""What storage tells its callers when the world, not the caller, is at fault."""


class StorageUnavailable(Exception):
    """The database is away, full, locked for too long or refuses writes: try again later."""


class StaleCatalog(Exception):
    """What this process remembers of the configuration changed since the save was prepared."""
