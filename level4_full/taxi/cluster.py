"""A Dask cluster: found, joined, and its workers checked. Dask is imported when a cluster is asked for."""

import logging
import socket
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from taxi.errors import BadInput, ClusterLost
from taxi.settings import Settings

LOCAL = "local"
ANSWER_SECONDS = 5.0  # a scheduler that is there answers at once
PATIENCE_SECONDS = 120.0  # for a worker: LightGBM needs 60 to see that a member never came, and its process a restart
QUIET = "import os; os.dup2(os.open(os.devnull, os.O_WRONLY), 1)"  # a worker on this terminal: LightGBM's sockets talk
NEEDED = ("distributed", "lightgbm", "onnxmltools")


def distributed() -> Any:
    """The package of this name, at its first use. Half of it has types: for mypy it has none."""
    return import_module("distributed")


@contextmanager
def connect(address: str) -> Iterator[Any]:
    """A client of the scheduler at `address`; "local" starts one here, with two workers.

    Raises BadInput when none answers or its workers run other code, ClusterLost when all workers are lost on the way.
    """
    _check_installed()
    dask = distributed()
    for logger in ("distributed", "distributed.client"):  # what is lost is said in one line, here
        logging.getLogger(logger).setLevel(logging.CRITICAL)
    with _scheduler(address) as scheduler:
        try:
            _greet(address)
            client = dask.Client(scheduler)
        except Exception as error:  # whatever else listens there can make it raise anything, MemoryError included
            reason = " ".join(str(error).split())[:80]
            raise BadInput(f"no Dask scheduler answers at {address} ({reason}). Start one, or use {LOCAL}") from None
        with client:
            try:
                ready(client)
                yield client
            except (dask.KilledWorker, CancelledError, dask.comm.CommClosedError) as error:
                reason = f"{type(error).__name__}: {' '.join(str(error).split())[:120]}"
                raise ClusterLost(f"the cluster was lost on the way ({reason}). Look at its logs") from None


def run_there(address: str, settings: Settings, train: str, valid: str, source: str, seed: int,
              params: str | None, check: bool) -> str:  # fmt: skip
    """The story of train.py, told by workers: no trip comes here but a sample for pictures. Returns the version."""
    with connect(address) as client:
        from taxi import lineage, record, remote, tracking  # later: a wrong address is told at once
        from taxi.registry import Registry

        months = remote.load(client, source, seed, train, valid, check)
        mlflow = tracking.connect(settings)
        learner = record.learner_of(mlflow, params)
        parameters = {"train": train, "valid": valid, "source": source, "seed": seed, "checked": check, **learner}
        with tracking.run(mlflow, f"train {train}", parameters, lineage.everything()) as run_id:
            remote.log_data(mlflow, months)
            fitted = remote.fit(client, months, **learner)
            judged = remote.judge(client, months, fitted)
            made = remote.log_figures(mlflow, months, fitted, judged)
            record.pictures(mlflow, fitted.graph, judged.sample, parameters | made, judged.metrics)
            version = Registry(mlflow).register(fitted.graph, run_id, {"learner": remote.LEARNER})
    record.report(version, judged.metrics, train, valid)
    return version


def ready(client: Any) -> list[str]:
    """The addresses of the workers that answer; waits for one when there is none, and for those that are starting.

    Raises BadInput for a worker with other code than this machine's, ClusterLost when nobody answers in time.
    """
    from taxi import workers

    asked: dict[str, Any] = {}
    answered: list[str] = []
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        there = sorted(client.nthreads())
        for address in set(there) - set(asked):
            asked[address] = client.submit(workers.code, workers=[address], pure=False)
        answered = [address for address in there if asked[address].done()]
        if there and answered == there:
            break
        time.sleep(0.1)
    alike = [address for address in answered if _has_same_code(address, asked[address])]
    if not alike:
        raise nobody()
    return alike


def nobody() -> ClusterLost:
    """What to say when patience has ended."""
    return ClusterLost(f"no worker has answered for {PATIENCE_SECONDS:.0f} s. Start one: dask worker ADDRESS")


@contextmanager
def _scheduler(address: str) -> Iterator[Any]:
    if address != LOCAL:
        yield address
        return
    options = {"dashboard_address": None, "silence_logs": logging.CRITICAL, "preload": QUIET}
    with distributed().LocalCluster(n_workers=2, threads_per_worker=1, **options) as here:
        yield here


def _greet(address: str) -> None:
    """Raise OSError unless somebody there speaks first, as a scheduler does: Dask would wait for others for ever."""
    place = urlsplit(address if "//" in address else f"tcp://{address}")
    if place.scheme in ("tcp", "tls") and address != LOCAL:
        with socket.create_connection((place.hostname, place.port), ANSWER_SECONDS) as line:
            if place.scheme == "tcp":
                line.recv(1)


def _check_installed() -> None:
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise BadInput(
            f"a cluster needs {', '.join(missing)}. Install the group: uv pip install --group cluster (or make setup)"
        )


def _has_same_code(address: str, answer: Any) -> bool:
    """Would this worker do what this machine would do? The record says one code, one lock. False: it is gone again.

    Raises BadInput for another code.
    """
    from taxi import workers

    try:
        same = answer.result(timeout=ANSWER_SECONDS) == workers.code()
        reason = "runs other code, or other packages, than this machine"
    except TimeoutError:
        return False
    except Exception as error:  # whatever a stranger's environment makes of our question
        same, reason = False, f"cannot run this level ({' '.join(repr(error).split())[:120]})"
    if not same:
        raise BadInput(f"the worker {address} {reason}. Start it from this folder's environment")
    return True
