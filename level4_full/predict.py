"""Predict the minutes of every trip in a file: python predict.py trips.parquet --out minutes.parquet"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import pandas as pd

ROWS_AT_ONCE = 50_000
File = Annotated[Path, typer.Argument(help="a month as TLC publishes it, or a parquet or CSV file of trips")]
Out = Annotated[Path, typer.Option(help="where the predictions go: .parquet or .csv")]
Model = Annotated[Path | None, typer.Option(help="the model's file  [default: TAXI_MODEL_PATH]")]
Like = Annotated[str | None, typer.Option(help="check against this month first, as in 2021-01")]
Where = Annotated[str, typer.Option(help="where --like takes its month from: city or tlc")]


def main(file: File, out: Out = Path("minutes.parquet"), model: Model = None, like: Like = None,
         source: Where = "city") -> None:  # fmt: skip
    """Read trips, predict how many minutes each takes, write them beside the trips.

    A trip that could not be asked for (no zone, distance 0 or over 200 miles) keeps its row and gets no minutes.
    """
    from taxi.errors import told

    with told():
        run(file, out, model, like, source)


def run(file: Path, out: Path, model_path: Path | None, like: str | None, source: str) -> None:
    from taxi import files, store
    from taxi.settings import Settings

    files.check_out(out, file)
    loaded = store.load(Settings.given(model_path=model_path).model_path)
    rows = files.read(file)
    if like is not None:
        import trips
        from taxi import checks  # only who checks waits for pandera

        reference = checks.learn(trips.open_source(source).month(like))
        checks.check_rows(rows, str(file), reference)
    rows = predict(loaded.model, rows)
    files.write(rows, out)
    minutes = rows["predicted_minutes"]
    print(f"{out}: {len(rows):,} trips, median {minutes.median():.1f} minutes, model {loaded.version}")
    if minutes.isna().any():
        print(f"{minutes.isna().sum():,} trips could not be asked for and have no minutes")


def predict(model: "object", rows: "pd.DataFrame") -> "pd.DataFrame":
    """rows with a column predicted_minutes; NaN where a trip is not servable."""
    from concurrent.futures import ThreadPoolExecutor

    import numpy as np
    from rich.progress import track

    import trips
    from taxi.model import table

    minutes = np.full(len(rows), np.nan)
    asked = np.flatnonzero(trips.servable(rows))
    parts = np.array_split(asked, max(1, -(-len(asked) // ROWS_AT_ONCE)))

    def score(part: "np.typing.NDArray[np.intp]") -> None:
        if len(part):
            minutes[part] = model.predict(table(rows.iloc[part]))  # type: ignore[attr-defined]

    with ThreadPoolExecutor(os.cpu_count()) as pool:  # the trees release the interpreter: one part a core
        for _ in track(pool.map(score, parts), total=len(parts), description="predicting"):
            pass
    return rows.assign(predicted_minutes=minutes)


def cli() -> None:
    """The command of the installed package: taxi-predict."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # a part a core already: more threads would wait by spinning
    typer.run(main)


if __name__ == "__main__":
    cli()
