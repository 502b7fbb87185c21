"""A search that can be killed at any moment and goes on: trials on record, days held out, a parent run."""

import fcntl
import os
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.progress import Progress

from taxi import tracking
from taxi.errors import BadInput
from taxi.settings import Settings

if TYPE_CHECKING:
    import optuna

HELD_OUT_DAYS = 7
STRAY = 0.01  # a month with a smaller share of the trips is a clock that nobody set
DEFAULTS = {
    "learning_rate": 0.1,
    "max_iter": 100,
    "max_leaf_nodes": 31,
    "min_samples_leaf": 20,
    "l2_regularization": 0.0,
}


@dataclass(frozen=True)
class Parts:
    """Training trips in two: what a trial learns from, and the days it is judged on."""

    learn: pd.DataFrame
    held_out: pd.DataFrame


def split(train: pd.DataFrame, days: int = HELD_OUT_DAYS) -> Parts:
    """The last `days` days of the last month are held out: later than all that is learned, as in real life."""
    months = train["pickup_at"].dt.to_period("M").value_counts(normalize=True)
    end = months[months > STRAY].index.max().end_time
    late = train["pickup_at"] >= end.normalize() - pd.Timedelta(days=days - 1)
    return Parts(train[~late], train[late])


def suggest(trial: "optuna.Trial") -> dict[str, float]:
    """The space: what boosting gains from on these trips, from coarse and fast to fine and slow."""
    return {
        "learning_rate": trial.suggest_float("learning_rate", 0.03, 0.2, log=True),
        "max_iter": trial.suggest_int("max_iter", 100, 500, step=50),
        "max_leaf_nodes": trial.suggest_int("max_leaf_nodes", 15, 127, log=True),
        "min_samples_leaf": trial.suggest_int("min_samples_leaf", 5, 100, log=True),
        "l2_regularization": trial.suggest_float("l2_regularization", 1e-3, 30.0, log=True),
    }


@contextmanager
def open_study(settings: Settings, name: str, seed: int) -> Iterator["optuna.Study"]:
    """The search of this name, new or as it was left; a trial that a kill cut off is closed, and made up for.

    Raises BadInput while another search writes to the same folder.
    """
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)
    settings.state.mkdir(parents=True, exist_ok=True)
    with _alone(settings.state / "tune.journal") as (journal, lock):
        storage = JournalStorage(JournalFileBackend(str(journal), lock))
        study = optuna.create_study(study_name=name, storage=storage, load_if_exists=True)
        for trial in study.get_trials(states=(optuna.trial.TrialState.RUNNING,)):
            study.tell(trial.number, state=optuna.trial.TrialState.FAIL)
            study.enqueue_trial({**trial.system_attrs.get("fixed_params", {}), **trial.params})
        # a search that goes on must not repeat its first draws: the seed moves with what is done
        study.sampler = optuna.samplers.TPESampler(seed=seed + len(study.trials), n_startup_trials=6)
        if not study.trials:
            study.enqueue_trial(DEFAULTS | {"l2_regularization": 1e-3})
        yield study


class _Held:
    """Optuna's own lock is a file that a kill leaves behind, and the next search waits for: ours is held already."""

    def acquire(self) -> bool:
        return True

    def release(self) -> None:
        """Nothing: the lock is given back when the search ends, and by the system when it is killed."""


@contextmanager
def _alone(journal: Path) -> Iterator[tuple[Path, Any]]:
    """The journal, for this process alone, and without the half line that a kill may leave at its end."""
    with journal.open("a+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BadInput(f"another search writes to {journal}. Wait for its end, or set TAXI_STATE") from None
        file.seek(0)
        written = file.read()
        file.truncate(written.rfind(b"\n") + 1)
        yield journal, _Held()


def done(study: "optuna.Study") -> "list[optuna.trial.FrozenTrial]":
    """The trials with a result."""
    from optuna.trial import TrialState

    return study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))


def run(study: "optuna.Study", trials: int, objective: "Callable[[optuna.Trial], float]") -> None:
    """Trials one after the other until `trials` have a result, with a bar that says the best so far."""
    for _ in until(study, trials):
        study.optimize(objective, n_trials=1)


def until(study: "optuna.Study", trials: int) -> Iterator[int]:
    """How many results are missing, as long as any are; with a bar that says the best so far."""
    with Progress(disable=not os.isatty(1)) as progress:
        task = progress.add_task("trials", total=trials)
        while left := max(0, trials - len(done(study))):
            progress.update(task, completed=trials - left)
            yield left
            best = f"best so far {study.best_value:.3f} minutes"
            progress.update(task, completed=len(done(study)), description=best)


@contextmanager
def parent(
    mlflow: Any, study: "optuna.Study", parameters: Mapping[str, Any], tags: Mapping[str, str]
) -> Iterator[None]:
    """The run above the trials: a new one, or the one that the interrupted search had."""
    known = study.user_attrs.get("run_id")
    if known is None:
        with tracking.run(mlflow, f"tune {parameters['train']}", parameters, tags) as run_id:
            study.set_user_attr("run_id", run_id)
            yield
            _note_best(mlflow, study)
    else:
        _close(mlflow, study, known)
        with mlflow.start_run(run_id=known):
            yield
            _note_best(mlflow, study)


def _close(mlflow: Any, study: "optuna.Study", parent: str) -> None:
    """Runs of trials that a kill cut off are ended. Raises BadInput when the parent run is in another registry."""
    client = mlflow.MlflowClient()
    try:
        experiment = client.get_run(parent).info.experiment_id
    except mlflow.exceptions.MlflowException:
        raise BadInput(
            f"the search {study.study_name!r} was begun in another registry. Name that one (TAXI_TRACKING_URI), or "
            "remove var/tune.journal"
        ) from None
    cut = f"tags.mlflow.parentRunId = '{parent}' and attributes.status = 'RUNNING'"
    for run in client.search_runs([experiment], cut):
        client.set_terminated(run.info.run_id, "KILLED")


def _note_best(mlflow: Any, study: "optuna.Study") -> None:
    mlflow.log_metric("rmse_held_out", study.best_value)
    mlflow.set_tag("best_run", study.best_trial.user_attrs["run_id"])
