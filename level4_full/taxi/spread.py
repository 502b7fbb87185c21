"""A search on a Dask cluster: every worker has a trial of its own. What to try is decided here."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from taxi import asking, search, workers

if TYPE_CHECKING:
    import optuna

Note = Callable[["optuna.Trial", dict[str, float], float, str], None]


def run(client: Any, study: "optuna.Study", trials: int, named: tuple[str, int, str], note: Note) -> None:
    """As `search.run`: until `trials` have a result. A trial whose worker was lost is begun again by another.

    named: source, seed and training months. note: called here with each trial, its parameters, its error, its worker.
    """
    running: dict[Any, tuple[optuna.Trial, dict[str, float]]] = {}
    for left in search.until(study, trials):
        while len(running) < min(left, max(1, len(client.nthreads()))):
            trial = study.ask()
            learner = search.suggest(trial)
            running[client.submit(workers.trial, *named, learner, client.id, pure=False)] = trial, learner
        for future in asking.finished(client, set(running)):
            trial, learner = running.pop(future)
            error, worker = future.result()
            note(trial, learner, error, worker)
            study.tell(trial, error)
