"""What a model is made of: the data, the code, the packages and the person, each as something that can be compared."""

import getpass
import hashlib
import os
import platform
import subprocess
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

import trips

LEVEL = Path(__file__).parents[1]
UNKNOWN = "unknown"
PACKAGES = ("numpy", "pandas", "scikit-learn", "onnx", "onnxruntime", "mlflow")


def data_hash(rows: pd.DataFrame) -> str:
    """sha256 over cleaned trips, column by column: equal means that a model would see the same numbers."""
    total = hashlib.sha256()
    for column in ("pickup_at", "pickup_zone", "dropoff_zone", "distance_miles", trips.TARGET):
        total.update(column.encode())
        total.update(np.ascontiguousarray(rows[column].to_numpy()).tobytes())
    return total.hexdigest()


def code_hash() -> str:
    """sha256 over this level's Python files (tests and exercises aside) and those of trips: what makes a model."""
    trips_folder = Path(trips.__file__).parent
    files = [*LEVEL.glob("*.py"), *LEVEL.glob("taxi/**/*.py")]
    named = [(str(path.relative_to(LEVEL)), path) for path in files]
    named += [(f"trips/{path.relative_to(trips_folder)}", path) for path in trips_folder.glob("**/*.py")]
    return _hash_files(named)


def lock_hash() -> str:
    """sha256 of requirements.txt: every package, to the byte. "unknown" where the lock is not beside the code."""
    lock = LEVEL / "requirements.txt"
    return hashlib.sha256(lock.read_bytes()).hexdigest() if lock.is_file() else UNKNOWN


def git() -> dict[str, str]:
    """git_commit, and git_dirty ("true" when files of this level or of trips differ from it); "unknown" outside git."""
    commit = _git("rev-parse", "HEAD")
    if commit is None:
        return {"git_commit": UNKNOWN, "git_dirty": UNKNOWN}
    changed = _git("status", "--porcelain", "--", str(LEVEL), str(Path(trips.__file__).parent))
    return {"git_commit": commit, "git_dirty": str(bool(changed)).lower()}


def who() -> str:
    """The person or the machine that trains: TAXI_WHO, the actor of a workflow, or the login name."""
    named = os.environ.get("TAXI_WHO") or os.environ.get("GITHUB_ACTOR")
    try:
        return named or getpass.getuser()
    except (KeyError, OSError):  # a container's number without a name
        return f"uid {os.getuid()}"


def everything() -> dict[str, str]:
    """All of the above but the data, and the versions that matter: tags of a run."""
    packages = {f"version.{name}": version(name) for name in PACKAGES}
    hashes = {"code_hash": code_hash(), "lock_hash": lock_hash()}
    return {"who": who(), "version.python": platform.python_version(), **git(), **hashes, **packages}


def _hash_files(named: Iterable[tuple[str, Path]]) -> str:
    total = hashlib.sha256()
    for name, path in sorted(named):
        total.update(f"{name}\n{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def _git(*words: str) -> str | None:
    """What git prints, or None outside a repository or without git."""
    try:
        done = subprocess.run(["git", *words], cwd=LEVEL, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
