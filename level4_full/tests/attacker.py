"""Somebody who can write to the registry's files and tags, past everything that this level's code checks."""

from pathlib import Path
from typing import Any

from taxi.graph import digest
from taxi.registry import NAME, Registry
from taxi.settings import Settings

FIGURES = {"rmse": 5.0, "rmse_of_mean": 9.0}


class Attacker:
    """One registry, in a folder of its own."""

    def __init__(self, mlflow: Any, settings: Settings) -> None:
        self.mlflow, self.settings = mlflow, settings
        self.client, self.registry = mlflow.MlflowClient(), Registry(mlflow)

    def put(self, folder: Path, sha256: str) -> str:
        """A version with good figures and this folder as its files; its number."""
        with self.mlflow.start_run() as run:
            self.mlflow.log_metrics(FIGURES)
            self.client.log_artifacts(run.info.run_id, str(folder), "model")
        source = f"runs:/{run.info.run_id}/model"
        made = self.client.create_model_version(NAME, source, run.info.run_id, tags={"sha256": sha256})
        return str(made.version)

    def put_graph(self, data: bytes, folder: Path) -> str:
        (folder / "model.onnx").write_bytes(data)
        return self.put(folder, digest(data))
