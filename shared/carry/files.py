"""Writing a file so that a reader, or a crash, meets the old one or the new one and nothing between."""

import os
import stat
from pathlib import Path


def write(path: Path, content: bytes, mode_of: Path | None = None) -> None:
    """Write `content` to `path`, whole or not at all, with the permissions of `mode_of` where it is named."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")  # beside it: a rename only holds within a file system
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if mode_of is not None:
            part.chmod(stat.S_IMODE(mode_of.stat().st_mode))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
