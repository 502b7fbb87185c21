"""Seconds of train.py from a cold start, beside MLflow's default way to log the same model: python bench_train.py"""

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

OURS, DEFAULT, TABLES = "as ONNX", "MLflow's default", "MLflow's tables"
IMPORTS, LIBRARY, RUN, MODEL = "imports", "imports: MLflow", "MLflow: the run", "MLflow: the model"
STAGES = (IMPORTS, LIBRARY, "data", "fit", "judge", "export", "pictures", RUN, MODEL, "exit", "whole", "memory, GB")
REAL = [f"{2020 + month // 12}-{month % 12 + 1:02}" for month in range(2, 17)]  # 2020-03 to 2021-05
# what MLflow's default format, skops, must be told to trust
TRUSTED = ["sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor", "sklearn.model_selection._split.KFold",
           "taxi.features.with_pair"]  # fmt: skip
Months = Annotated[int, typer.Option(help="2 to 15 real ones, the last to be judged on; or 1", min=1, max=len(REAL))]
Repeats = Annotated[int, typer.Option(help="trainings of each kind, taken in turn", min=1)]
Child = Annotated[str | None, typer.Option(hidden=True)]


def main(months: Months = 1, repeats: Repeats = 3, child: Child = None) -> None:
    """Medians by stage. One month is 2021-01, judged on 2021-02: real where TRIPS_DIR is set, else of the city."""
    source = "tlc" if os.environ.get("TRIPS_DIR") else "city"
    if months > 1 and source == "city":
        raise typer.BadParameter("more than one month needs real ones: set TRIPS_DIR")
    train, valid = (f"{REAL[0]}..{REAL[months - 2]}", REAL[months - 1]) if months > 1 else ("2021-01", "2021-02")
    if child is not None:
        print(json.dumps(one(child == DEFAULT, train, valid, source)))
        return
    with TemporaryDirectory() as state:
        command = [sys.executable, __file__, "--months", str(months), "--child"]
        first = run([*command, OURS], state)  # makes the tables, and warms the disk
        turns = [(run([*command, OURS], state), run([*command, DEFAULT], state)) for _ in range(repeats)]
    title = f"{source} {train}, judged on {valid}; medians of {repeats}"
    table = Table("seconds", OURS, DEFAULT, "ratio", title=title, caption=f"{TABLES}: {first[TABLES]:.2f}, once")
    rows = {stage: [statistics.median(turn[way][stage] for turn in turns) for way in (0, 1)] for stage in STAGES}
    rows["MLflow in all"] = [run + model for run, model in zip(rows[RUN], rows[MODEL], strict=True)]
    for stage, (ours, default) in rows.items():
        table.add_row(stage, f"{ours:.2f}", f"{default:.2f}", f"{default / ours:.1f}", end_section=stage == "exit")
    Console().print(table)


def run(command: list[str], state: str) -> dict[str, float]:
    """One training in a process of its own: seconds by stage and of the whole, and the peak of its memory."""
    env = os.environ | {"TAXI_STATE": state, "BENCH_BEGUN": str(begun := time.time())}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    return {**found, "exit": time.time() - found["end"], "whole": time.time() - begun}


class Clock:
    """Seconds by stage; a stage inside another counts once, as the inner one."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.given: dict[str, Any] = {}  # what each timed function was called with
        self.stack, self.since = [IMPORTS], float(os.environ["BENCH_BEGUN"])

    def switch(self, *stack: str) -> None:
        self.seconds[self.stack[-1]] = self.seconds.get(self.stack[-1], 0) + (now := time.time()) - self.since
        self.stack, self.since = list(stack), now

    def time(self, owner: Any, name: str, stage: str) -> None:
        """From now on, calls of owner.name count for the stage."""
        function = getattr(owner, name)

        def timed(*args: Any, **options: Any) -> Any:
            outside, self.given[name] = self.stack, args
            self.switch(*outside, stage)
            result = function(*args, **options)
            self.switch(*outside)
            return result

        setattr(owner, name, timed)


def one(by_default: bool, train: str, valid: str, source: str) -> dict[str, float]:
    """The training, as train.py does it; by default, the pipeline is logged in place of the graph."""
    clock = Clock()
    import train as verb

    from taxi import data, export, model, record, registry, settings, tracking

    clock.switch(LIBRARY)
    import mlflow
    import mlflow.store.tracking.sqlalchemy_store

    clock.switch("judge")
    if by_default:
        registry.Registry.register = lambda *_: log_by_default(mlflow, clock.given["to_onnx"][0])  # type: ignore
    for owner, stage, *names in (
        (mlflow, RUN, "start_run", "log_params", "log_input", "log_metric", "log_metrics", "log_artifacts", "set_tag"),
        (data, "data", "load"), (model, "fit", "fit"), (export, "export", "to_onnx", "check_parity"),
        (record, "pictures", "pictures"), (registry.Registry, MODEL, "register"), (tracking, RUN, "connect"),
        (tracking, TABLES, "_make_tables"),
    ):  # fmt: skip
        for name in names:
            clock.time(owner, name, stage)
    verb.run(settings.Settings(tracking_uri=None), train, valid, source, 0, None, True)
    clock.switch("")
    unit = 1024 ** (3 if sys.platform == "darwin" else 2)
    return clock.seconds | {"end": clock.since, "memory, GB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit}


def log_by_default(mlflow: Any, fitted: Any) -> Any:
    """MLflow loads the model in another process to see what it needs: for that, it must be allowed to."""
    os.environ["MLFLOW_ALLOW_PICKLE_DESERIALIZATION"] = "true"
    return mlflow.sklearn.log_model(fitted, name="m", registered_model_name="m", skops_trusted_types=TRUSTED)


if __name__ == "__main__":
    typer.run(main)
