"""A month whole and in part, and what a fetch leaves in its folder."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from tlc_files import MONTH, parquet, table

NAME = f"green_tripdata_{MONTH}.parquet"
WHOLE = parquet(table(MONTH))
HALF = len(WHOLE) // 2


def leave_part(folder: Path, content: bytes) -> Path:
    folder.mkdir()
    part = folder / f"{NAME}.part"
    part.write_bytes(content)
    return part


def assert_whole(folder: Path) -> None:
    assert (folder / NAME).read_bytes() == WHOLE
    assert os.listdir(folder) == [NAME]


def size(path: Path) -> int:
    return path.stat().st_size if path.exists() else -1


def wait_for(happens: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not happens():
        assert time.monotonic() < end, "it did not happen in 20 s"
        time.sleep(0.01)
