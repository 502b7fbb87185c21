"""What a training writes down, apart from the model itself."""

import ast
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt

import trips
from taxi import lineage, model, plots, slices, tracking
from taxi.data import Months
from taxi.errors import BadInput
from taxi.graph import Scorer

LEARNER = ("learning_rate", "max_iter", "max_leaf_nodes", "min_samples_leaf", "l2_regularization")


def data(mlflow: Any, months: Months) -> None:
    """Each month as a dataset of the run: source, name and content hash."""
    *train, valid = months.parts
    for month in train:
        tracking.log_data(mlflow, month, months.source, months.parts[month], "training")
    tracking.log_data(mlflow, valid, months.source, months.parts[valid], "validation")


def judge(mlflow: Any, months: Months, predicted: npt.NDArray[np.float64]) -> dict[str, float]:
    """All figures on the validation month, slices included, logged and returned."""
    valid = months.valid
    metrics = model.score(predicted, valid[trips.TARGET].to_numpy())
    metrics |= slices.rmse_by_slice(predicted, valid, months.boroughs)
    mlflow.log_metrics(metrics | {"train_trips": len(months.train), "valid_trips": len(valid)})
    return metrics


def pictures(
    mlflow: Any, graph: bytes, months: Months, parameters: Mapping[str, Any], metrics: Mapping[str, float]
) -> None:
    """Plots and the model card, as files of the run."""
    with TemporaryDirectory() as folder:
        for name, figure in plots.figures(Scorer(graph), months.valid, parameters["seed"]).items():
            figure.savefig(Path(folder) / name)
        card = plots.card(parameters, metrics, lineage.everything())
        (Path(folder) / "model_card.md").write_text(card, encoding="utf-8")
        mlflow.log_artifacts(folder)


def learner_of(mlflow: Any, run_id: str | None) -> dict[str, float]:
    """The learner's parameters of a run; none given, none set. Raises BadInput for a run that does not exist."""
    if run_id is None:
        return {}
    try:
        return learner_in(mlflow.get_run(run_id).data.params)
    except mlflow.exceptions.MlflowException:
        raise BadInput(f"there is no run {run_id}. Take one that tune.py printed") from None


def learner_in(params: Mapping[str, str]) -> dict[str, float]:
    """The learner's own among the recorded parameters, as numbers again."""
    return {name: ast.literal_eval(params[name]) for name in LEARNER if name in params}


def report(version: str, metrics: Mapping[str, float], train: str, valid: str) -> None:
    """What was made, and what to do with it."""
    print(f"trip-duration version {version}: {metrics['rmse']:.2f} minutes on {valid}, learned from {train}")
    print(f"next: python models.py, then python promote.py {version}")
