"""What `doctor` asks the machine."""

import re
import stat
from pathlib import Path
from typing import Final

_MOUNTS: Final = Path("/proc/self/mounts")
_OCTAL: Final = re.compile(r"\\([0-7]{3})")


def file_system_of(path: Path, mounts: str | None = None) -> str | None:
    """Return the type of the file system a path lies on, None where that cannot be told.

    mounts: the text of Linux's list of mounts; read from this machine when not given.
    """
    if mounts is None:
        if not _MOUNTS.is_file():
            return None
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="replace")
    resolved = path.resolve()
    kind, depth = None, -1
    for line in mounts.splitlines():
        fields = line.split(" ")
        point = Path(_OCTAL.sub(lambda found: chr(int(found[1], 8)), fields[1]))
        # Of two mounts on one point the later one is seen.
        if resolved.is_relative_to(point) and len(point.parts) >= depth:
            kind, depth = fields[2], len(point.parts)
    return kind


def readable_by_others(path: Path) -> bool:
    """Tell whether every user of this machine may read a file or list a directory."""
    return bool(path.stat().st_mode & stat.S_IROTH)
