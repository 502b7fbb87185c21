"""What a trip is, stated once: the target, the rows a model learns from, and the rows a service can be asked for."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from trips.limits import MAX_MILES, TARGET, VALID_MINUTES, ZONE_IDS
from trips.schema import NULL_GROUP

Mask = npt.NDArray[np.bool_]
Rule = Callable[[pd.DataFrame], Mask]


def _between(column: str, low: float, high: float) -> Rule:
    return lambda trips: trips[column].between(low, high).to_numpy()


KEPT: dict[str, Rule] = {  # a rule names what is wrong with the rows it drops
    "no pick-up or drop-off time": lambda trips: trips[TARGET].notna().to_numpy(),
    "shorter than 1 minute": lambda trips: ~(trips[TARGET] < VALID_MINUTES[0]).to_numpy(),
    "longer than 60 minutes": lambda trips: ~(trips[TARGET] > VALID_MINUTES[1]).to_numpy(),
}
SERVABLE: dict[str, Rule] = {
    "no pick-up time": lambda trips: trips["pickup_at"].notna().to_numpy(),
    "no distance": lambda trips: trips["distance_miles"].notna().to_numpy(),
    "distance zero or less": lambda trips: ~(trips["distance_miles"] <= 0).to_numpy(),
    "distance over 200 miles": lambda trips: ~(trips["distance_miles"] > MAX_MILES).to_numpy(),
    "pick-up zone outside 1..265": _between("pickup_zone", *ZONE_IDS),
    "drop-off zone outside 1..265": _between("dropoff_zone", *ZONE_IDS),
}
KEPT_AND_SERVABLE = KEPT | SERVABLE


@dataclass(frozen=True)
class Report:
    """What cleaning did: rows in, rows out, and for each rule the rows it dropped (a row counts once, at the first)."""

    rows: int
    left: int
    dropped: dict[str, int]

    def __str__(self) -> str:
        reasons = ", ".join(f"{count:,} {name}" for name, count in self.dropped.items() if count)
        return f"{self.left:,} of {self.rows:,} trips left" + (f"; dropped: {reasons}" if reasons else "")


def as_trips(raw: pd.DataFrame) -> pd.DataFrame:
    """The raw frame's rows under the names every level uses; nothing dropped.

    Columns: pickup_at, pickup_zone, dropoff_zone, distance_miles, duration_minutes (drop-off minus pick-up), null_group
    (True where an app sent the ride, and all columns of the null group are missing).
    """
    pickup = raw["lpep_pickup_datetime"]
    return pd.DataFrame(
        {
            "pickup_at": pickup,
            "pickup_zone": raw["PULocationID"],
            "dropoff_zone": raw["DOLocationID"],
            "distance_miles": raw["trip_distance"],
            TARGET: (raw["lpep_dropoff_datetime"] - pickup).dt.total_seconds() / 60,
            "null_group": raw[list(NULL_GROUP)].isna().all(axis=1),
        }
    )


def clean(raw: pd.DataFrame, rules: dict[str, Rule] = KEPT_AND_SERVABLE) -> tuple[pd.DataFrame, Report]:
    """The rows of a raw month that pass every rule, and a report of what was dropped and why.

    rules: KEPT (what the published baseline uses), SERVABLE, or both, the default and what every level trains on.
    Columns are those of `as_trips`; the index is the row's number in the raw frame.
    """
    trips = as_trips(raw)
    passed = np.ones(len(trips), dtype=bool)
    dropped = {}
    for name, rule in rules.items():
        fails = passed & ~rule(trips)
        dropped[name] = int(fails.sum())
        passed &= ~fails
    kept = trips[passed]
    whole = {column: "int64" for column in ("pickup_zone", "dropoff_zone") if kept[column].notna().all()}
    return kept.astype(whole), Report(len(trips), len(kept), dropped)


def kept(trips: pd.DataFrame) -> Mask:
    """(n,) True where the trip took 1 to 60 minutes. trips: columns of `as_trips`."""
    return _all(KEPT, trips)


def servable(trips: pd.DataFrame) -> Mask:
    """(n,) True where a service could be asked for this trip. trips: columns of `as_trips`, the target not needed."""
    return _all(SERVABLE, trips)


def _all(rules: dict[str, Rule], trips: pd.DataFrame) -> Mask:
    return np.asarray(np.logical_and.reduce([rule(trips) for rule in rules.values()]), dtype=bool)
