"""What was answered, written down before the answer leaves: one line, one append, handed to the kernel.

A process that is killed loses nothing that it answered; a power cut may lose what the kernel had not written yet, some
seconds. Each process writes segments of its own, so lines never mix; a segment that is full is closed and a new one
begun; the oldest go when the folder is full. Riders are written as a keyed hash of their id, never by the id.
"""

import fcntl
import itertools
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

PATTERN = "*.jsonl"
NUMBERS = itertools.count()  # of the segments of this process


class PredictionLog:
    """The log of this process. lost: lines that could not be written. It never raises: an answer is worth more."""

    def __init__(self, folder: Path, segment_bytes: int, folder_bytes: int) -> None:
        self.lost, self.written = 0, 0
        self._folder, self._segment_bytes, self._folder_bytes = folder, segment_bytes, folder_bytes
        self._file, self._size, self._torn, self._retry = -1, 0, False, 0.0
        repair(folder)

    def append(self, line: bytes) -> bool:
        """Whether it was written. line: with its newline at the end."""
        done, data = 0, b"\n" + line if self._torn else line
        if self._file >= 0 or self._begin():
            with suppress(OSError):
                done = os.write(self._file, data)
        whole = done == len(data)
        self._torn = (self._torn and not done) or 0 < done < len(data)  # the next line begins on a line of its own
        self._size += done
        self.written, self.lost = self.written + whole, self.lost + (not whole)
        if self._size >= self._segment_bytes:
            self.close()
        return whole

    def close(self) -> None:
        """End the segment: it may be compacted now."""
        if self._file >= 0:
            os.close(self._file)
            self._file, self._size, self._torn = -1, 0, False

    def _begin(self) -> bool:
        if time.monotonic() < self._retry:
            return False
        name = f"{time.time_ns() // 1_000_000}-{os.getpid()}-{next(NUMBERS)}.jsonl"  # one of its own
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            bound(self._folder, self._folder_bytes)
            file = os.open(self._folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # says that somebody lives who writes here
        except OSError:
            self._retry = time.monotonic() + 1
            return False
        self._file = file
        return True


def closed(folder: Path) -> Iterator[Path]:
    """Segments that nobody writes to any more, oldest first."""
    for path in sorted(folder.glob(PATTERN)):
        with suppress(OSError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            yield path


def repair(folder: Path) -> int:
    """Cut what a killed process left half written, the end of a line; how many segments had such an end."""
    torn = 0
    for path in closed(folder):
        with suppress(OSError), path.open("r+b") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - (1 << 20)))
            tail = file.read()
            if tail and not tail.endswith(b"\n"):
                file.truncate(size - len(tail) + tail.rfind(b"\n") + 1)
                torn += 1
    return torn


def bound(folder: Path, folder_bytes: int) -> None:
    """Delete the oldest closed segments, and what they were compacted to, until the rest fits."""
    sizes = {path: path.stat().st_size for path in folder.iterdir() if path.suffix in (".jsonl", ".parquet")}
    alive = set(folder.glob(PATTERN)) - set(closed(folder))
    total = sum(sizes.values())
    for path in sorted(sizes, key=lambda path: path.name):
        if total <= folder_bytes:
            break
        if path not in alive:
            path.unlink(missing_ok=True)
            total -= sizes[path]
