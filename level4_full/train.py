"""Train, judge and register a model: python train.py --train 2021-01 --valid 2021-02"""

import os
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from taxi.settings import Settings

Months = Annotated[str, typer.Option(help="months to learn from: 2021-01, or 2020-03..2021-01")]
Valid = Annotated[str, typer.Option(help="the month to be judged on")]
Where = Annotated[str, typer.Option(help="city or tlc")]
Seed = Annotated[int, typer.Option(help="of the learner, and of the city")]
Params = Annotated[str | None, typer.Option(help="take the learner's parameters from this run, as tune.py prints it")]
Cluster = Annotated[str | None, typer.Option(metavar="ADDRESS", help="of a Dask scheduler; local starts one")]
Unchecked = Annotated[bool, typer.Option("--no-check", help="skip the data contract (see the README: Break it)")]


def main(train: Months = "2021-01", valid: Valid = "2021-02", source: Where = "city", seed: Seed = 0,
         params: Params = None, cluster: Cluster = None, no_check: Unchecked = False) -> None:  # fmt: skip
    """Load, check, fit, judge, and put a new version into the registry. Nothing is deployed: promote.py does that."""
    from taxi.errors import told
    from taxi.settings import Settings

    with told():
        if cluster is None:
            run(Settings.given(), train, valid, source, seed, params, not no_check)
        else:  # the same story, told by workers
            from taxi.cluster import run_there

            run_there(cluster, Settings.given(), train, valid, source, seed, params, not no_check)


def run(settings: "Settings", train: str, valid: str, source: str, seed: int, params: str | None, check: bool) -> str:
    """The story of a training; returns the number of the version it made."""
    from taxi import data, export, lineage, model, record, tracking
    from taxi.registry import Registry

    months = data.load(source, seed, train, valid, check)
    mlflow = tracking.connect(settings)
    learner = record.learner_of(mlflow, params)
    parameters = {"train": train, "valid": valid, "source": source, "seed": seed, "checked": check, **learner}
    with tracking.run(mlflow, f"train {train}", parameters, lineage.everything()) as run_id:
        record.data(mlflow, months)
        fitted = model.fit(months.train, seed, **learner)
        rows = model.table(months.valid)
        predicted = fitted.predict(rows)
        metrics = record.judge(mlflow, months, predicted)
        graph = export.to_onnx(fitted)
        mlflow.log_metric("parity_minutes", export.check_parity(graph, rows, predicted))
        record.pictures(mlflow, graph, months, parameters, metrics)
        version = Registry(mlflow).register(graph, run_id, {"learner": model.LEARNER})
    record.report(version, metrics, train, valid)
    return version


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # more would wait by spinning: beside other work, for minutes
    typer.run(main)
