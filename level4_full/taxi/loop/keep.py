"""The loop's folder, saved and brought back: every file with its sha256, databases as one moment in time."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from taxi import store
from taxi.errors import BadInput
from taxi.graph import digest
from taxi.loop.ledger import FILE, Ledger

MANIFEST = "manifest.json"
FENCES = 1_000  # leases that may have been given since the copy: a service that still runs follows none of those
DATABASES = ("mlflow.db", f"loop/{FILE}")
FOLDERS = ("artifacts", "loop/batches", "loop/quarantine", "loop/runs", "serving/models", "monitor")
FILES = ("serving/routes.json", "serving/routes.last-good.json")
HOMES = (("experiments", "artifact_location"), ("runs", "artifact_uri"), ("model_versions", "storage_location"))


def save(state: Path, to: Path) -> int:
    """Copy what cannot be made again; how many files. The loop may run meanwhile: it is asked to wait a moment.

    Databases first: they never name a file that was not written before. Raises BadInput where there is no loop, or `to`
    holds something.
    """
    if not (state / "loop" / FILE).exists():
        raise BadInput(f"no loop was in {state} yet. Run one: python loop.py once")
    if to.exists() and any(to.iterdir()):
        raise BadInput(f"{to} holds something already. Name a new folder")
    ledger = Ledger(state / "loop")
    with ledger.lease():
        for name in DATABASES:
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(state / name)) as source, closing(sqlite3.connect(to / name)) as copy:
                source.backup(copy)
        for path in _files(state):
            target = to / path.relative_to(state)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    ledger.close()
    known = {str(path.relative_to(to)): digest(path.read_bytes()) for path in sorted(to.rglob("*")) if path.is_file()}
    store.save(json.dumps({"of": str(state.resolve()), "files": known}, indent=1).encode(), to / MANIFEST)
    return len(known)


def restore(saved: Path, state: Path) -> int:
    """Bring it back, into a folder that holds no loop; how many files, each as its manifest says.

    MLflow notes whole paths: those of another place are rewritten. Raises BadInput naming the first file that is wrong.
    """
    if (state / "loop").exists():
        raise BadInput(f"{state} holds a loop. Move it away first: mv {state} {state}.old")
    manifest = _manifest(saved)
    for name, recorded in manifest["files"].items():
        path = saved / name
        if not path.is_file() or digest(path.read_bytes()) != recorded:
            raise BadInput(f"{path} is not as it was saved. Take another copy")
    for name in manifest["files"]:
        target = state / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(saved / name, target)
    with closing(sqlite3.connect(state / "mlflow.db")) as registry, registry:
        for table, column in HOMES:
            moved = f"update {table} set {column} = replace({column}, ?, ?)"
            registry.execute(moved, (manifest["of"], str(state.resolve())))
    ledger = Ledger(state / "loop")
    ledger.verified()
    ledger.begin_again(FENCES)
    ledger.close()
    return len(manifest["files"])


def _files(state: Path) -> Iterator[Path]:
    for folder in FOLDERS:
        yield from (path for path in sorted((state / folder).rglob("*")) if path.is_file() and path.suffix != ".part")
    yield from (state / name for name in FILES if (state / name).is_file())


def _manifest(saved: Path) -> dict[str, dict[str, str]]:
    try:
        found: dict[str, dict[str, str]] = json.loads((saved / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise BadInput(f"{saved} was not saved by backup.py, or not to its end. Take another copy") from None
    return found
