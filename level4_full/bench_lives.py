"""Servers that live for a moment, each loaded and weighed in the same way: for bench_peers.py."""

import asyncio
import itertools
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench_client import load

HERE = Path(__file__).parent
CONNECTIONS = (1, 8, 64)
Figures = dict[str, float]


@dataclass(frozen=True)
class Peer:
    """Somebody who serves. port: None where it says itself which one it took."""

    name: str
    command: list[str]
    asked: list[bytes]
    path: str = "/predict"
    port: int | None = None
    cwd: Path = HERE
    env: dict[str, str] = field(default_factory=dict)


def life(peer: Peer, seconds: float) -> Figures:
    """Started, asked once, loaded, weighed, stopped."""
    asked, begin = itertools.cycle(peer.asked), time.perf_counter()
    with started(peer) as (pid, port):
        first_answer(port, asked)
        figures = {"first answer, s": time.perf_counter() - begin}
        for connections in CONNECTIONS:
            asyncio.run(load(port, asked, connections, seconds / 4))
            before = time.perf_counter()
            answers = asyncio.run(load(port, asked, connections, seconds))
            figures[f"{connections} at once"] = answers / (time.perf_counter() - before)
        return figures | {"PSS, MiB": memory(pid)}


def first_answer(port: int, asked: Iterator[bytes]) -> None:
    """Asks until it is answered; for a minute."""
    until = time.perf_counter() + 60
    while True:
        try:
            asyncio.run(load(port, asked, 1, 0))
            return
        except (OSError, RuntimeError):
            if time.perf_counter() > until:
                raise
            time.sleep(0.02)


@contextmanager
def started(peer: Peer) -> Iterator[tuple[int, int]]:
    """Process id and port, as soon as it listens; it and its children are ended afterwards."""
    env = os.environ | peer.env
    talk = subprocess.PIPE if peer.port is None else subprocess.DEVNULL  # a pipe that nobody reads fills, and blocks
    with subprocess.Popen(peer.command, cwd=peer.cwd, env=env, stdout=talk, stderr=subprocess.DEVNULL,
                          text=True, start_new_session=True) as process:  # fmt: skip
        try:
            port = peer.port
            if port is None:  # it says so
                found = re.search(r" on http://127\.0\.0\.1:(\d+)", process.stdout.readline() if process.stdout else "")
                if found is None:
                    raise SystemExit(f"{peer.name} does not start")
                port = int(found[1])
            yield process.pid, port
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def memory(leader: int) -> float:
    """PSS of a process and all of its group: shared pages divided among those who share them."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(folder.name)) == leader:
                found = re.search(r"\nPss:\s+(\d+)", (folder / "smaps_rollup").read_text())
                total += int(found[1]) if found else 0
        except OSError:  # it has ended meanwhile
            continue
    return total / 1024
