"""One training, on record: an MLflow run with all that a colleague would ask about it. mlflow is imported when used."""

import fcntl
import logging
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pandas as pd

from taxi import lineage
from taxi.errors import BadInput, NoAnswer

if TYPE_CHECKING:
    from taxi.settings import Settings

EXPERIMENT = "trip-duration"
DIGEST_CHARS = 36  # all that MLflow keeps; the whole hash is a tag
# of the first question to a server: it answers soon, or it is not there (MLflow's own patience is minutes)
IMPATIENT = {"MLFLOW_HTTP_REQUEST_TIMEOUT": "5", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"}


def connect(settings: "Settings") -> Any:
    """The mlflow module, pointed at the tracking server of the settings (by default a SQLite file under var/).

    Raises NoAnswer when it does not.
    """
    os.environ["MLFLOW_ALLOW_PICKLE_DESERIALIZATION"] = "false"  # from level 2 on no pickle is ever opened
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    import mlflow

    logging.getLogger("mlflow").setLevel(logging.WARNING)

    server = settings.tracking_uri
    if server is not None and not server.startswith(("http://", "https://")):
        raise BadInput("TAXI_TRACKING_URI is the address of an MLflow server, as http://127.0.0.1:5000. Set it so")
    try:
        with _environment(IMPATIENT):
            if server is None:
                _make_tables(mlflow, settings.state)
            mlflow.set_tracking_uri(server or local(settings.state))
            if mlflow.get_experiment_by_name(EXPERIMENT) is None:
                _create(mlflow, settings)
            mlflow.set_experiment(EXPERIMENT)
    except Exception as error:  # MLflow's, SQLAlchemy's and the disk's own kinds
        place = re.sub("//[^/@]*@", "//", server or str(settings.state))  # without a password
        remedy = "Start it, or unset TAXI_TRACKING_URI" if server else "Restore it, or begin anew: make clean"
        raise NoAnswer(f"the registry {place} does not answer ({type(error).__name__}). {remedy}") from error
    return mlflow


def failure() -> type[Exception]:
    """What MLflow raises, for a server that went away as well."""
    from mlflow.exceptions import MlflowException

    kind: type[Exception] = MlflowException
    return kind


def local(state: Path) -> str:
    """The address of the registry in this folder."""
    state.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{(state / 'mlflow.db').resolve()}"


def _make_tables(mlflow: Any, state: Path) -> None:
    """The registry's file with its tables: made beside and renamed, by one process at a time.

    MLflow makes the tables in place, step by step: killed meanwhile, or done twice at once, they never work again.
    """
    state.mkdir(parents=True, exist_ok=True)
    with (state / "mlflow.lock").open("w") as lock, TemporaryDirectory(dir=state, prefix=".tables-") as folder:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (state / "mlflow.db").exists():
            mlflow.MlflowClient(tracking_uri=local(Path(folder))).search_experiments()
            (Path(folder) / "mlflow.db").replace(state / "mlflow.db")


def _create(mlflow: Any, settings: "Settings") -> None:
    place = None if settings.tracking_uri else (settings.state / "artifacts").resolve().as_uri()
    try:
        mlflow.create_experiment(EXPERIMENT, artifact_location=place)
    except mlflow.exceptions.MlflowException:
        if mlflow.get_experiment_by_name(EXPERIMENT) is None:  # else another training was quicker
            raise


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """These variables, for a while."""
    before = {name: os.environ.pop(name, None) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name in values:
            del os.environ[name]
        os.environ.update({name: value for name, value in before.items() if value is not None})


@contextmanager
def run(
    mlflow: Any, name: str, parameters: Mapping[str, Any], tags: Mapping[str, str], nested: bool = False
) -> Iterator[str]:
    """A run with its parameters and lineage; yields its id. An exception ends it as FAILED, its reason a tag."""
    with mlflow.start_run(run_name=name, tags=dict(tags), nested=nested) as active:
        mlflow.log_params(dict(parameters))
        try:
            yield active.info.run_id
        except BaseException as error:
            mlflow.set_tag("failed", f"{type(error).__name__}: {str(error)[:500]}")
            raise


def log_data(mlflow: Any, month: str, source: str, rows: pd.DataFrame, context: str) -> None:
    """Which month, from which source, with which content: a dataset of the run (only its hash leaves this process)."""
    log_content(mlflow, month, source, lineage.data_hash(rows), context)


def log_content(mlflow: Any, month: str, source: str, digest: str, context: str) -> None:
    """The same where only the hash is known: the rows are on another machine."""
    from mlflow.data.code_dataset_source import CodeDatasetSource
    from mlflow.data.meta_dataset import MetaDataset

    place = CodeDatasetSource({"trips.source": source, "trips.month": month})
    dataset: Any = MetaDataset  # abstract to mypy, not to Python
    mlflow.log_input(dataset(place, name=f"{source} {month}", digest=digest[:DIGEST_CHARS]), context=context)
    mlflow.set_tag(f"data.{month}", digest)


def close_open(mlflow: Any, tag: str, value: str, status: str = "KILLED") -> None:
    """Runs with this tag that a kill left running end as what they are, half done or whole: nobody waits for them."""
    name = mlflow.get_experiment_by_name(EXPERIMENT)
    asked = f"tags.`{tag}` = '{value}' and attributes.status = 'RUNNING'"
    for one in mlflow.MlflowClient().search_runs([name.experiment_id], asked):
        mlflow.MlflowClient().set_terminated(one.info.run_id, status)
