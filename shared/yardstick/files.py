"""Files: whole or not at all."""

import os
from pathlib import Path


def write(path: Path, data: bytes) -> None:
    """Beside, fsync, rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.part")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
