"""Registries to try things on: one made ready, one with three versions, and copies of them that a test may change."""

import os
import shutil
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import typer
from typer.testing import CliRunner, Result

from taxi.registry import Registry
from taxi.settings import Settings

LEVEL = Path(__file__).parents[1]
TRAIN, VALID = "2021-01", "2021-02"
FEW = {"max_iter": 8, "learning_rate": 0.5, "max_leaf_nodes": 15}  # fitted in no time, and better than the mean
OTHER = {"max_iter": 6, "learning_rate": 0.4, "max_leaf_nodes": 31, "min_samples_leaf": 7, "l2_regularization": 0.5}
HOMES = (("experiments", "artifact_location"), ("runs", "artifact_uri"), ("model_versions", "storage_location"))


@dataclass(frozen=True)
class Place:
    """A registry in a folder. few, other: runs that hold parameters of the learner, for `train.py --params`."""

    state: Path
    few: str = ""
    other: str = ""

    @property
    def settings(self) -> Settings:
        return Settings.given(state=self.state)

    @property
    def mlflow(self) -> Any:
        """The mlflow module, pointed here."""
        from taxi import tracking

        return tracking.connect(self.settings)

    @property
    def registry(self) -> Registry:
        return Registry(self.mlflow)

    @property
    def client(self) -> Any:
        return self.mlflow.MlflowClient()

    def train(self, **options: Any) -> str:
        """A training of January for February, quick unless `params` says otherwise; the version's number."""
        import train

        story = {"train": TRAIN, "valid": VALID, "source": "city", "seed": 0, "params": self.few, "check": True}
        return train.run(self.settings, **story | options)

    def copy(self, to: Path) -> "Place":
        """The same in another folder. MLflow notes whole paths, so those are rewritten."""
        shutil.copytree(self.state, to)
        with sqlite3.connect(to / "mlflow.db") as database:
            for table, column in HOMES:
                here, there = str(self.state.resolve()), str(to.resolve())
                database.execute(f"update {table} set {column} = replace({column}, ?, ?)", (here, there))
        database.close()
        return Place(to, self.few, self.other)

    def command(self, verb: str, *words: str) -> Result:
        """What `python <verb>.py <words>` does with this registry: its output and its exit code."""
        app = typer.Typer()
        app.command()(import_module(verb).main)
        return CliRunner().invoke(app, words, env={"TAXI_STATE": str(self.state), "COLUMNS": "80"})

    def stages(self) -> dict[str, str]:
        """version -> the tag as it is written, whatever the aliases say."""
        found = self.client.search_model_versions("name='trip-duration'")
        return {str(version.version): version.tags["stage"] for version in found}

    def model_file(self, number: str) -> Path:
        """Where the bytes of a version lie."""
        return self.state / "artifacts" / self.registry.version(number).run_id / "artifacts" / "model" / "model.onnx"


def note(mlflow: Any, name: str, parameters: Mapping[str, float]) -> str:
    """A run that holds parameters, as a trial of tune.py does; its id."""
    with mlflow.start_run(run_name=name) as run:
        mlflow.log_params(parameters)
    return str(run.info.run_id)


def complete(place: Place) -> list[str]:
    """The numbers of the versions, each tried: the file as recorded, ready to answer, with figures and parameters."""
    versions = place.registry.versions()
    for version in versions:
        place.registry.load(version)
        assert version.metrics["rmse"] < version.metrics["rmse_of_mean"]
        assert version.params["train"] == TRAIN
        assert {"data.2021-01", "data.2021-02", "code_hash", "sha256", "stage", "learner"} <= set(version.tags)
    return [version.number for version in versions]


def shell(place: Place, *words: str, **environment: str) -> Mapping[str, str]:
    """The environment in which a verb of this level is started as a process of its own."""
    return {**os.environ, "TAXI_STATE": str(place.state), "PYTHONPATH": str(LEVEL), **environment}


def quick_space(search: ModuleType) -> None:
    """Trials of a few boosting rounds: for tests of everything but the figures."""
    suggest = search.suggest
    search.suggest = lambda trial: suggest(trial) | {"max_iter": 3, "max_leaf_nodes": 7}
