"""Look for better parameters of the learner: python tune.py --train 2021-01 --trials 20; killed, it goes on."""

import os
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import optuna

    from taxi.settings import Settings

Months = Annotated[str, typer.Option(help="months to learn from; their last days are held out")]
Where = Annotated[str, typer.Option(help="city or tlc")]
Seed = Annotated[int, typer.Option(help="of the search, the learner, and the city")]
Trials = Annotated[
    int, typer.Option(help="how many parameter sets in all, those of an interrupted search included", min=1)
]
Cluster = Annotated[str | None, typer.Option(metavar="ADDRESS", help="of a Dask scheduler; local starts one")]


def main(train: Months = "2021-01", source: Where = "city", seed: Seed = 0, trials: Trials = 20,
         cluster: Cluster = None) -> None:  # fmt: skip
    """Search on the training months alone: the validation month is never looked at."""
    from taxi.errors import told
    from taxi.settings import Settings

    with told():
        run(Settings.given(), train, source, seed, trials, cluster)


def run(settings: "Settings", train: str, source: str, seed: int, trials: int, address: str | None = None) -> str:
    """The story of a search, here or on a cluster; returns the id of the best trial's run."""
    from taxi import cluster

    with cluster.connect(address) if address is not None else nullcontext() as client:
        from taxi import data, lineage, search, tracking  # later: a wrong address is told at once

        parts = None if client else search.split(data.load_months(source, seed, train))  # workers read for themselves
        mlflow = tracking.connect(settings)
        name = f"{source} {train} seed {seed} code {lineage.code_hash()[:12]}"
        parameters = {"train": train, "source": source, "seed": seed, "held_out_days": search.HELD_OUT_DAYS}
        opened = search.open_study(settings, name, seed)
        with opened as study, search.parent(mlflow, study, parameters, lineage.everything()):
            if client is None:
                search.run(study, trials, lambda trial: one(mlflow, trial, parts, seed))
            else:
                from taxi import spread

                spread.run(client, study, trials, (source, seed, train), partial(note, mlflow))
    best = study.best_trial
    run_id = str(best.user_attrs["run_id"])
    print(f"best of {len(search.done(study))}: {best.value:.3f} minutes on the held-out days of {train}, {best.params}")
    print(f"next: python train.py --train {train} --params {run_id}")
    return run_id


def one(mlflow: Any, trial: "optuna.Trial", parts: "Any", seed: int) -> float:
    """A trial: a nested run with its parameters and its error on the held-out days."""
    from taxi import model, search, tracking

    learner = search.suggest(trial)
    with tracking.run(mlflow, f"trial {trial.number}", learner, {}, nested=True) as run_id:
        fitted = model.fit(parts.learn, seed, **learner)
        error = model.evaluate(fitted, parts.held_out)["rmse"]
        mlflow.log_metric("rmse_held_out", error)
    trial.set_user_attr("run_id", run_id)
    return error


def note(mlflow: Any, trial: "optuna.Trial", learner: dict[str, float], error: float, worker: str) -> None:
    """The same record of a trial that a worker made."""
    from taxi import tracking

    with tracking.run(mlflow, f"trial {trial.number}", learner, {"worker": worker}, nested=True) as run_id:
        mlflow.log_metric("rmse_held_out", error)
    trial.set_user_attr("run_id", run_id)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # more would wait by spinning: beside other work, for minutes
    typer.run(main)
