"""The same error, cut by when, how far, where and for whom: an average hides a slice."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from trips import TARGET

HOURS = ([-1, 5, 9, 15, 19, 23], ["0-5", "6-9", "10-15", "16-19", "20-23"])
MILES = ([0, 1, 2, 5, 10, 200], ["0-1", "1-2", "2-5", "5-10", "10-200"])
FEWEST = 30  # a slice of fewer trips says nothing


def cuts(trips: pd.DataFrame, boroughs: npt.NDArray[np.str_]) -> dict[str, "pd.Series[Any]"]:
    """slice name -> (n,) value of each trip. boroughs: (266,) by zone id, as a source gives them."""
    return {
        "hour": pd.cut(trips["pickup_at"].dt.hour, HOURS[0], labels=HOURS[1]),
        "miles": pd.cut(trips["distance_miles"], MILES[0], labels=MILES[1]),
        "borough": pd.Series(boroughs[trips["pickup_zone"].to_numpy()], trips.index),
        "null_group": trips["null_group"].map({True: "yes", False: "no"}),
    }


def rmse_by_slice(
    predicted: npt.NDArray[np.float64], trips: pd.DataFrame, boroughs: npt.NDArray[np.str_]
) -> dict[str, float]:
    """rmse.<slice>.<value> in minutes, for slices of 30 trips or more. Names hold only what a metric's name may."""
    squares = pd.Series((predicted - trips[TARGET].to_numpy()) ** 2, trips.index)
    figures = {}
    for name, cut in cuts(trips, boroughs).items():
        by = squares.groupby(cut, observed=True).agg(["size", "mean"])
        for value, row in by[by["size"] >= FEWEST].iterrows():
            figures[f"rmse.{name}.{str(value).replace(' ', '_').replace('/', '')}"] = float(np.sqrt(row["mean"]))
    return figures
