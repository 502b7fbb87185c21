"""Processes of the levels, and the code they run."""

import ast
import os
import subprocess
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

from trips import Incident
from yardstick.tree import LESSON, TESTS, group_of, read

GIGABYTES_EACH = 2.5  # of a life that keeps a registry
LIVED = ("fits.py", "life.py", "lives.py", "office.py", "peers.py", "year.py")  # of yardstick; the rest only tells
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


class Failed(Exception):
    """A process of a level ended badly; its last words."""


def asked(level: Path, *words: object, incidents: Sequence[Incident] = ()) -> str:
    """What a command of a level says, run with its own python, in its folder. Raises Failed."""
    happens = " ".join(f"{one.kind}:{one.start}:{one.end}:{one.size}" for one in incidents)
    env = {name: value for name, value in os.environ.items() if not name.startswith("TAXI_")}
    env |= {"OMP_NUM_THREADS": "1", "TRIPS_INCIDENTS": happens}
    command = [str(level / ".venv" / "bin" / "python"), *map(str, words)]
    try:
        done = subprocess.run(command, cwd=level, env=env, capture_output=True, text=True, check=False)
    except OSError as error:
        raise Failed(f"{level.name} is not set up ({error.strerror}). Set it up: make setup") from None
    if done.returncode:
        raise Failed(f"{level.name}: {' '.join(done.stderr.split())[-400:]}")
    return done.stdout


def beside() -> int:
    """How many lives at once."""
    free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9 if hasattr(os, "sysconf") else 4
    return max(1, min(os.cpu_count() or 1, int(free / GIGABYTES_EACH)))


def code_of(level: Path) -> str:
    """sha256 of the code that a life depends on: the level's, without tests and lesson, trips, and the year.

    What only people and tools read does not count: comments, docstrings, the Makefile, pyproject.toml (the packages
    that a level runs with are in its requirements.txt).
    """
    here = Path(__file__).parent
    lived = {path: data for path, data in read(level).items() if group_of(path) not in (TESTS, LESSON)}
    for name in ("Makefile", "pyproject.toml"):
        lived.pop(name, None)
    homes = {
        "level": lived,
        "trips": read(here.parent / "trips"),
        "yardstick": {name: (here / name).read_bytes() for name in LIVED},
    }
    digest = sha256()
    for home, files in homes.items():
        for path, data in files.items():
            said = _without_words(data) if path.endswith(".py") else data
            digest.update(f"{home}/{path} {len(said)}\n".encode() + said)
    return digest.hexdigest()[:16]


@cache  # levels have most of their files in common, and each life asks again
def _without_words(source: bytes) -> bytes:
    """A module without comments and docstrings; as it is where it is none."""
    try:
        module = ast.parse(source)
    except (SyntaxError, ValueError):
        return source
    for node in ast.walk(module):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
    return ast.unparse(module).encode()
