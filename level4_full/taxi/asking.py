"""Asking the workers of a Dask cluster for something, and waiting for it: not for ever."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

from taxi import cluster
from taxi.errors import ClusterLost

ASK_SECONDS = 5.0  # an answer that is there has come by then, over a slow line too
LOOK_SECONDS = 0.5


def answers(client: Any, futures: Sequence[Any]) -> list[Any]:
    """The results, in order. Raises as `answer` does, for the first in order."""
    return [answer(client, future) for future in futures]


def answer(client: Any, future: Any) -> Any:
    """The result. Raises what the task raised, and ClusterLost when there is no worker that could do it."""
    patience = _Patience(client)
    while True:
        try:
            return future.result(timeout=ASK_SECONDS)
        except TimeoutError:
            if future.status == "error":  # the task itself ran into a time-out
                raise
            patience.check()


def finished(client: Any, futures: set[Any]) -> set[Any]:
    """Those that are done, at least one. Raises ClusterLost when there is no worker that could do them."""
    wait_for, patience = cluster.distributed().wait, _Patience(client)
    while True:
        try:
            return set(wait_for(list(futures), timeout=ASK_SECONDS, return_when="FIRST_COMPLETED").done)
        except TimeoutError:
            patience.check()


class _Patience:
    """Ends when there has been no worker for a while: as long as there is one, a task may take as long as it takes."""

    def __init__(self, client: Any) -> None:
        self._client, self._seen = client, time.monotonic()

    def check(self) -> None:
        if self._client.nthreads():
            self._seen = time.monotonic()
        elif time.monotonic() - self._seen > cluster.PATIENCE_SECONDS:
            raise cluster.nobody()


class WorkerLost(Exception):
    """One of the workers that work together is gone."""


def together(client: Any, members: Sequence[str], work: Callable[[Any], Any]) -> Any:
    """work(client), which needs all these workers. Raises what it raises, and WorkerLost as soon as one is gone.

    It has a client of its own: closing that lets go of whatever was asked of the others. (Dask's cancel does not do
    for tasks that depend on each other: the scheduler trips over them, and drops the client with all its results.)
    """
    own = cluster.distributed().Client(client.scheduler.address, security=client.security)
    with ThreadPoolExecutor(1) as thread:
        working = thread.submit(work, own)
        try:
            while not wait([working], timeout=LOOK_SECONDS).done:
                if gone := set(members) - set(client.nthreads()):
                    raise WorkerLost(", ".join(sorted(gone)))
        finally:
            own.close()
        return working.result()


def begin_anew(client: Any, members: Sequence[str]) -> None:
    """New processes for those of these workers that are still there, by their nannies. Raises ClusterLost without them.

    LightGBM keeps its lines to a worker that is gone, and may read from them for ever: only a new process is free of
    them. What else those workers held, Dask has made again.
    """
    try:
        there = set(client.nthreads())
        client.restart_workers([one for one in members if one in there], cluster.PATIENCE_SECONDS)
    except (ValueError, TimeoutError, AssertionError) as error:  # no nanny; or it does not get rid of its worker
        reason = " ".join(str(error).split())[:120]
        raise ClusterLost(f"a worker was lost, and the others do not begin anew ({reason}). Restart them") from None


def lent(client: Any, future: Any) -> Any:
    """Another client's future, as one of this client."""
    return cluster.distributed().Future(future.key, client)
