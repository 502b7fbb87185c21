"""A month's turn of the loop beside the usual way: the same month, the same learner, in turns: make bench-loop"""

import os
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typer

TURNS, TRAIN, MONTH = 3, ("2020-12", "2021-01", "2021-02"), "2021-03"
COLUMNS = ["pickup_zone", "dropoff_zone", "distance_miles"]


def main(source: str = "city") -> None:
    """Seconds of both, in turns on this machine, and the ratio of the medians."""
    import trips
    from taxi.errors import told

    with told(), TemporaryDirectory() as folder:
        origin = trips.open_source(source)
        for name in (*TRAIN, MONTH):
            origin.month(name).to_parquet(Path(folder) / f"{name}.parquet")
        ours, usual = the_loop(Path(folder), origin), the_usual_way(Path(folder))
        seconds: dict[str, list[float]] = {"the usual way": [], "the loop": []}
        for turn in range(TURNS):
            for name, work in (("the usual way", usual), ("the loop", ours)):
                began = time.perf_counter()
                work(turn)
                seconds[name].append(time.perf_counter() - began)
        middle = {name: statistics.median(of) for name, of in seconds.items()}
        for name, of in seconds.items():
            print(f"{name:14} {middle[name]:6.2f} s  ({', '.join(f'{one:.2f}' for one in of)})")
        print(f"ratio          {middle['the usual way'] / middle['the loop']:6.1f}")


def the_usual_way(folder: Path) -> Callable[[int], Any]:
    """Load, drift report, retrain on three months, score, log, register, promote: all defaults, and no gate."""
    import mlflow
    import pandas as pd
    from evidently import DataDefinition, Dataset, Report
    from evidently.presets import DataDriftPreset
    from mlflow.models import infer_signature

    import trips
    from taxi import model

    def work(turn: int) -> None:
        mlflow.set_tracking_uri(f"sqlite:///{folder / 'usual.db'}")
        mlflow.set_experiment("usual")
        months = [trips.clean(pd.read_parquet(folder / f"{name}.parquet"))[0] for name in (*TRAIN, MONTH)]
        learned, new = pd.concat(months[:-1], ignore_index=True), months[-1]
        definition = DataDefinition(numerical_columns=["distance_miles"], categorical_columns=COLUMNS[:2])
        now, before = (Dataset.from_pandas(rows[COLUMNS], data_definition=definition) for rows in (new, months[-2]))
        Report([DataDriftPreset()]).run(now, before)
        fitted = model.fit(learned, turn)
        rows = model.table(new)
        with mlflow.start_run():
            mlflow.log_metrics(model.score(fitted.predict(rows), new[trips.TARGET].to_numpy()))
            signature = infer_signature(rows[:5], fitted.predict(rows[:5]))
            made = mlflow.sklearn.log_model(
                fitted, name="model", signature=signature, serialization_format="cloudpickle"
            )
        version = mlflow.register_model(made.model_uri, "usual")
        mlflow.MlflowClient().set_registered_model_alias("usual", "champion", version.version)

    return work


def the_loop(folder: Path, origin: Any) -> Callable[[int], Any]:
    """Take in a month of days at once, judge each, and try, gate, register and route a candidate of 28 of them."""
    from taxi import store
    from taxi.loop.batches import Months
    from taxi.loop.turn import Loop
    from taxi.settings import Settings
    from taxi.watch import hindsight

    bounds = folder / "limits.json"
    hindsight.limits_of(bounds, origin.name, 0, "2020-09..2020-12")
    began, loops = date(2021, 3, 1), []
    for turn in range(TURNS):
        settings = Settings(state=folder / f"turn-{turn}")
        store.save(bounds.read_bytes(), settings.state / "monitor" / "limits.json")
        loops.append((settings, Months(origin).day))
        Loop(settings, origin.name, bring=loops[-1][1]).once(began)

    def work(turn: int) -> list[str]:
        settings, bring = loops[turn]
        return Loop(settings, origin.name, bring=bring).once(began + timedelta(days=31))

    return work


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    typer.run(main)
