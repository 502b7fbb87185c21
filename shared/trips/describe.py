"""A month in figures: the ones that the simulated city is calibrated on."""

import numpy as np
import pandas as pd

from trips.contract import KEPT, as_trips, kept

HOURS = range(24)


def figures(raw: pd.DataFrame) -> dict[str, float]:
    """The marginals of a raw month. Shares are of all rows; quantiles, zones, pairs, hours and speed of kept rows."""
    trips = as_trips(raw)
    minutes, miles = trips["duration_minutes"], trips["distance_miles"]
    good = trips[kept(trips)]
    out = {
        "rows": float(len(trips)),
        "kept (1 to 60 minutes), share": len(good) / len(trips),
        "null group, share": trips["null_group"].mean(),
        "distance 0, share": (miles == 0).mean(),
        "under 1 minute, share": (minutes < 1).mean(),
        "over 60 minutes, share": (minutes > 60).mean(),
        "over 1000 minutes, share": (minutes > 1000).mean(),
        "over 100 miles, share": (miles > 100).mean(),
    }
    for name, column in (("minutes", "duration_minutes"), ("miles", "distance_miles")):
        for q in (5, 50, 95):
            out[f"{name}, {q} % below"] = good[column].quantile(q / 100)
    return out | _places(good) | _hours(good)


def _places(good: pd.DataFrame) -> dict[str, float]:
    zones = good["pickup_zone"].value_counts(normalize=True)
    pairs = good.groupby(["pickup_zone", "dropoff_zone"]).size()
    return {
        "busiest pick-up zone, share": zones.iloc[0],
        "ten busiest pick-up zones, share": zones.iloc[:10].sum(),
        "pick-up zones": float(len(zones)),
        "pairs of zones": float(len(pairs)),
        "pairs seen once, share": (pairs == 1).mean(),
    }


def _hours(good: pd.DataFrame) -> dict[str, float]:
    hour = good["pickup_at"].dt.hour
    share = hour.value_counts(normalize=True).reindex(HOURS, fill_value=0.0)
    moving = good[good["distance_miles"] > 0]
    mph = 60 * moving["distance_miles"] / moving["duration_minutes"]
    speed = mph.groupby(hour[moving.index]).median().reindex(HOURS, fill_value=np.nan)
    shares = {f"hour {h:02d}, share": share[h] for h in HOURS}
    return shares | {f"hour {h:02d}, median mph": speed[h] for h in HOURS}


__all__ = ["KEPT", "figures"]
