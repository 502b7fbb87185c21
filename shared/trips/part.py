"""A file on its way: its bytes gather in NAME.part, and get the name only when they are whole."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EDQUOT, ENOSPC
from io import FileIO
from pathlib import Path

from trips.errors import DownloadFailed


class Part:
    """The part file beside a target, open for appending. Raises DownloadFailed for all that the disk refuses."""

    def __init__(self, target: Path, path: Path, file: FileIO) -> None:
        self.target, self.path, self._file = target, path, file

    @property
    def size(self) -> int:
        """Bytes so far."""
        return os.fstat(self._file.fileno()).st_size

    @property
    def written_at(self) -> float:
        """When the last byte came, in seconds since 1970."""
        return os.fstat(self._file.fileno()).st_mtime

    def append(self, data: bytes) -> None:
        """Add to what is there."""
        with disk(self.path):
            left = memoryview(data)
            while left:
                left = left[self._file.write(left) :]

    def clear(self) -> None:
        """From the start again."""
        if self.size:
            with disk(self.path):
                self._file.truncate(0)

    def publish(self) -> None:
        """Give the part its target's name. A power cut leaves the old file or the new one, never a piece."""
        with disk(self.path):
            os.fsync(self._file)
            os.replace(self.path, self.target)
            folder = os.open(self.target.parent, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)


@contextmanager
def part_of(target: Path) -> Iterator[Part]:
    """The part file of a target, what an earlier attempt left included, for this process alone.

    Raises DownloadFailed when another process has it. Kept afterwards for the next attempt, unless it is empty.
    """
    path = target.with_name(target.name + ".part")
    with disk(path):
        file = FileIO(path, "ab")  # unbuffered: a kill loses nothing that came
    with file:
        part = Part(target, path, file)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            ours = os.path.samestat(os.fstat(file.fileno()), path.stat())
        except (BlockingIOError, FileNotFoundError):
            ours = False  # held by another; or it was renamed between our open and our lock
        if not ours:
            raise DownloadFailed(f"another process is writing {target.name}. Wait for it, or stop it")
        try:
            yield part
        finally:
            if part.size == 0:
                path.unlink(missing_ok=True)


@contextmanager
def disk(path: Path) -> Iterator[None]:
    """Turn what the disk refuses into DownloadFailed."""
    try:
        yield
    except OSError as error:
        cause = "the disk is full. Make room" if error.errno in (ENOSPC, EDQUOT) else f"{error.strerror}. Mend that"
        raise DownloadFailed(f"cannot write {path}: {cause}, then run the same command again") from error
