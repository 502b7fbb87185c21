"""The simulated city: green-taxi months in TLC's raw schema, dirt included. Same seed, same rows.

Calibrated to aggregates of the real January 2021; no row of it is real. Read in this order: map, rides, dirt, money,
incidents; `month` below puts them together.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from trips.city.dirt import dirty
from trips.city.incidents import KINDS, Incident, truth
from trips.city.map import Floats
from trips.city.money import money
from trips.city.rides import Days, Rides, rides
from trips.schema import NULL_GROUP

__all__ = ["KINDS", "Incident", "month", "truth"]

SEATS = np.cumsum([0.0036, 0.9005, 0.0586, 0.0080, 0.0038, 0.0176, 0.0079])  # 0..6 passengers
KEEPS_AWAY = (1.1, 0.8)  # hails, app rides: how much of a lockdown's size


def month(name: str, seed: int = 0, incidents: Sequence[Incident] = ()) -> pd.DataFrame:
    """One month ("2021-01") as TLC publishes it: schema A, 20 columns; hails, then app rides, each in order of time.

    A pure function. A world with an incident equals the world without it, row for row, outside the incident's window:
    a slowdown's has no end, a lockdown's ends with its fading.
    """
    first = np.datetime64(name, "M")
    days: Days = np.arange(first, first + 1, np.timedelta64(1, "D"), dtype="M8[D]")
    hit = {kind: column.to_numpy() for kind, column in truth(incidents, days).items()}
    rode = rides(days, seed, hit)
    frame = _publish(rode, days, hit)
    away = np.where(rode.app, KEEPS_AWAY[1], KEEPS_AWAY[0]) * hit["lockdown"][rode.day]
    return frame[rode.u["stay"] >= away].reset_index(drop=True)  # last, so that a lockdown moves no other draw


def _publish(rode: Rides, days: Days, hit: dict[str, Floats]) -> pd.DataFrame:
    u, app = rode.u, rode.app
    records = dirty(rode, days, hit)
    columns = {
        "VendorID": np.where(app | (u["maker"] < 0.82), 2, 1),
        "lpep_pickup_datetime": records.start,
        "lpep_dropoff_datetime": records.end,
        "store_and_fwd_flag": pd.array(np.where(u["maker"] < 0.0066, "Y", "N"), dtype="str"),
        "RatecodeID": np.where(u["group"] < 0.034, 5.0, 1.0),
        "PULocationID": records.pick,
        "DOLocationID": records.drop,
        "passenger_count": np.searchsorted(SEATS, u["seats"] * SEATS[-1], "right").astype(float),
        "trip_distance": records.miles,
        "ehail_fee": np.full(len(app), None),
        "trip_type": np.where(u["group"] < 0.031, 2.0, 1.0),
        **money(rode, records),
    }
    frame = pd.DataFrame(columns)[list(SCHEMA_A)]
    frame.loc[app, list(NULL_GROUP)] = None
    return frame


SCHEMA_A = (
    "VendorID", "lpep_pickup_datetime", "lpep_dropoff_datetime", "store_and_fwd_flag", "RatecodeID", "PULocationID",
    "DOLocationID", "passenger_count", "trip_distance", "fare_amount", "extra", "mta_tax", "tip_amount", "tolls_amount",
    "ehail_fee", "improvement_surcharge", "total_amount", "payment_type", "trip_type", "congestion_surcharge",
)  # fmt: skip
