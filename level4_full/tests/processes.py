"""Real processes of this level's verbs, quick to start and killed at chosen moments.

They are forked from a process that has imported everything, so a start takes a tenth of a second. Whoever is killed
here gets a SIGKILL, like one from a full memory: no handler runs, nothing is tidied up.
"""

import multiprocessing
import os
import shutil
import signal
import time
from collections.abc import Callable, Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path
from pkgutil import resolve_name
from types import MappingProxyType
from typing import Any, BinaryIO

from registry_place import LEVEL, Place, quick_space

IMPORTED = [
    "train", "tune", "promote", "mlflow", "mlflow.store.tracking.sqlalchemy_store", "optuna", "matplotlib.figure",
    "mlflow.store.model_registry.sqlalchemy_store", "taxi.data", "taxi.export", "taxi.record", "taxi.search",
]  # fmt: skip
PATIENCE = 300  # seconds; a training takes two, beside much else a minute


def start(work: Callable[..., object], *given: Any) -> BaseProcess:
    """A process that does `work`; it is not waited for."""
    os.environ["PYTHONPATH"] = os.pathsep.join([str(LEVEL), str(Path(__file__).parent)])
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(IMPORTED)
    process = forks.Process(target=work, args=given, daemon=True)
    process.start()
    return process


def end(process: BaseProcess) -> int | None:
    """Its exit code, waited for; minus nine when it was killed."""
    process.join(PATIENCE)
    return process.exitcode


def train(place: Place, moment: str | None = None, options: Mapping[str, Any] = MappingProxyType({})) -> None:
    """train.py's story; killed at a moment of MOMENTS."""
    if moment:
        MOMENTS[moment]()
    place.train(**options)


def tune(place: Place, trials: int, moment: str | None = None) -> None:
    """tune.py's story, its trials quick; killed at a moment of MOMENTS."""
    import tune as verb

    from taxi import search

    quick_space(search)
    if moment:
        MOMENTS[moment]()
    verb.run(place.settings, "2021-01", "city", 0, trials)


def tune_on_terminal(place: Place, trials: int, terminal: str) -> None:
    """The same, and what it prints goes to a terminal."""
    os.environ["TERM"] = "xterm"
    os.dup2(os.open(terminal, os.O_RDWR | os.O_NOCTTY), 1)
    tune(place, trials)


def promote(place: Place, moment: str | None, *words: str) -> None:
    """promote.py with its words; killed at a moment of MOMENTS."""
    if moment:
        MOMENTS[moment]()
    assert place.command("promote", *words).exit_code == 0


def die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(PATIENCE)


def dies_at(name: str, call: int = 1, after: bool = False) -> Callable[[], None]:
    """Arms the process: it dies at the n-th call of the function `module:name`, before or after its work."""

    def arm() -> None:
        owner, _, last = name.replace(":", ".").rpartition(".")
        home, work, left = resolve_name(owner), resolve_name(name), [call]

        def instead(*given: Any, **named: Any) -> Any:
            left[0] -= 1
            if left[0] == 0 and not after:
                die()
            result = work(*given, **named)
            if left[0] == 0:
                die()
            return result

        setattr(home, last, instead)

    return arm


def dies_half_way_through_the_file() -> None:
    """The graph is half copied into the registry's folder."""
    copy = shutil.copyfileobj

    def instead(source: BinaryIO, target: BinaryIO, length: int = 0) -> None:
        if source.name.endswith("model.onnx"):
            data = source.read()
            target.write(data[: len(data) // 2])
            target.flush()
            die()
        copy(source, target, length)

    shutil.copyfileobj = instead


def dies_before_the_commit() -> None:
    """The version is written, and its transaction not ended."""
    from mlflow.store.model_registry.dbmodels.models import SqlModelVersion
    from sqlalchemy import event
    from sqlalchemy.orm import Session

    @event.listens_for(Session, "after_flush")
    def stop(session: Session, _: Any) -> None:
        if any(isinstance(thing, SqlModelVersion) for thing in session.new):
            die()


def dies_half_way_through_a_line() -> None:
    """Of the search's journal; it is the twelfth time that something is written."""
    from optuna.storages.journal import JournalFileBackend

    append, left = JournalFileBackend.append_logs, [12]

    def instead(backend: Any, logs: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            with open(backend._file_path, "ab") as file:
                file.write(b'{"op_code":')
            die()
        append(backend, logs)

    JournalFileBackend.append_logs = instead


POINT, ALIAS = "taxi.registry:Registry.point", "mlflow:MlflowClient.set_registered_model_alias"
MOMENTS: dict[str, Callable[[], None]] = {
    "the run has begun": dies_at("taxi.record:data"),
    "before the fit": dies_at("taxi.model:fit"),
    "figures are logged": dies_at("taxi.record:judge", after=True),
    "half the file is copied": dies_half_way_through_the_file,
    "the file is there, the version not": dies_at("taxi.registry:Registry._ensure_name"),
    "the version is not committed": dies_before_the_commit,
    "the version is there, the run not ended": dies_at("taxi.registry:Registry.register", after=True),
    "the search has begun": dies_at("taxi.search:run"),
    "in the first trial": dies_at("taxi.model:fit"),
    "in the third trial": dies_at("taxi.model:fit", call=3),
    "the third trial is not told": dies_at("optuna:Trial.set_user_attr", call=3, after=True),
    "half a line is in the journal": dies_half_way_through_a_line,
    "before the second alias": dies_at(POINT, call=2),
    "after the second alias": dies_at(POINT, call=2, after=True),
    "after the third alias": dies_at(POINT, call=3, after=True),
}
