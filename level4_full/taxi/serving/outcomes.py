"""The log, read: predictions joined with what the trips really took; and closed segments compacted to parquet.

Joined by request id, again and again with the same result: of several outcomes of one trip the last one counts.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd

from taxi.serving.prediction_log import PATTERN, closed
from taxi.serving.record import Finished, Predicted

TEXT, NUMBER = "string", "float64"
TYPES = {
    Predicted: {
        "id": TEXT, "at": "int64", "rider": TEXT, "experiment_id": TEXT, "generation": "int64", "variant": TEXT,
        "by": TEXT, "model_version": TEXT, "pickup_zone": "int64", "dropoff_zone": "int64", "distance_miles": NUMBER,
        "pickup_at": TEXT, "champion": NUMBER, "challenger": NUMBER, "failed": TEXT, "share": NUMBER,
    },
    Finished: {"id": TEXT, "finished_at": "int64", "minutes": NUMBER},
}  # fmt: skip
READ = msgspec.json.Decoder(Predicted | Finished)


def lines(path: Path) -> Iterator[Predicted | Finished]:
    """What a segment holds; lines that a full disk cut in two are left out."""
    with path.open("rb") as file:
        for line in file:
            try:
                yield READ.decode(line)
            except msgspec.MsgspecError:
                continue


def joined(folder: Path) -> pd.DataFrame:
    """One row a prediction, in order of time: all that was written, and `minutes` and `finished_at`, empty so far.

    at, finished_at: UTC. revisions: how many outcomes came for the trip.
    """
    predicted, finished = tables(folder)
    last = finished.sort_values("finished_at", kind="stable").groupby("id")
    outcomes = last.tail(1).set_index("id")[["minutes", "finished_at"]]
    outcomes["revisions"] = last.size()
    rows = predicted.sort_values("at", kind="stable").merge(outcomes, left_on="id", right_index=True, how="left")
    rows["revisions"] = rows["revisions"].fillna(0).astype("int64")
    return rows.reset_index(drop=True)


def tables(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All predictions and all outcomes, from parquet and from lines."""
    predicted = [frame(Predicted, [])] + [pd.read_parquet(path) for path in sorted(folder.glob("*.predicted.parquet"))]
    finished = [frame(Finished, [])] + [pd.read_parquet(path) for path in sorted(folder.glob("*.finished.parquet"))]
    for path in sorted(folder.glob(PATTERN)):
        found = list(lines(path))
        predicted.append(frame(Predicted, [one for one in found if isinstance(one, Predicted)]))
        finished.append(frame(Finished, [one for one in found if isinstance(one, Finished)]))
    return tuple(pd.concat(parts, ignore_index=True).drop_duplicates() for parts in (predicted, finished))  # type: ignore


def frame(kind: type[Predicted] | type[Finished], found: list[Any]) -> pd.DataFrame:
    """A row a line, with the types that every segment has, also an empty one."""
    rows = pd.DataFrame([msgspec.to_builtins(one) for one in found], columns=list(TYPES[kind]))
    rows = rows.astype(TYPES[kind])
    for name in {"at", "finished_at"} & set(rows):
        rows[name] = pd.to_datetime(rows[name], unit="ms", utc=True).astype("datetime64[ms, UTC]")
    return rows


def compact(folder: Path) -> int:
    """Closed segments become parquet, a tenth of the size; how many. Written whole before the lines go."""
    done = 0
    for path in closed(folder):
        found = list(lines(path))
        for kind, name in ((Predicted, "predicted"), (Finished, "finished")):
            target = path.with_suffix(f".{name}.parquet")
            part = target.with_suffix(".part")
            frame(kind, [one for one in found if isinstance(one, kind)]).to_parquet(part)
            with part.open("rb") as file:
                os.fsync(file.fileno())
            part.replace(target)
        path.unlink()
        done += 1
    return done
