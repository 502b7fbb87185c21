"""The only definition of the features. Notebook, training, service and monitor call this, and import nothing else.

Numpy in, numpy out: a service computes exactly what training computed, without pandas.
"""

import numpy as np
import numpy.typing as npt

COLUMNS = ("distance_miles", "pickup_zone", "dropoff_zone", "hour", "weekday")
DISTANCE, PICKUP_ZONE, DROPOFF_ZONE, HOUR, WEEKDAY = range(len(COLUMNS))
THURSDAY = 3  # 1 January 1970, day 0 of datetime64

Floats = npt.NDArray[np.float32]


def features(
    pickup_zone: npt.ArrayLike, dropoff_zone: npt.ArrayLike, distance_miles: npt.ArrayLike, pickup_at: npt.ArrayLike
) -> Floats:
    """(n, 5) the numbers known when a trip is asked for, in the order of COLUMNS.

    pickup_zone, dropoff_zone: (n,) zone ids. distance_miles: (n,) miles. pickup_at: (n,) local time, as datetime64 or
    ISO text. hour is 0..23, weekday Monday 0..Sunday 6. 32-bit: two decimals of a mile fit, and so does every id.
    """
    when = np.asarray(pickup_at, dtype="datetime64[s]")
    day = when.astype("datetime64[D]")
    table = np.empty((len(when), len(COLUMNS)), dtype=np.float32)
    table[:, DISTANCE] = distance_miles
    table[:, PICKUP_ZONE] = pickup_zone
    table[:, DROPOFF_ZONE] = dropoff_zone
    table[:, HOUR] = (when - day).astype("timedelta64[h]").astype(np.int64)
    table[:, WEEKDAY] = (day.astype(np.int64) + THURSDAY) % 7
    return table


def with_pair(zones: npt.NDArray[np.generic]) -> Floats:
    """(n, 3) from (n, 2) pick-up and drop-off zones: the two ids, and one id for the pair (1000 pick-up + drop-off)."""
    ids = np.asarray(zones, dtype=np.float32)
    return np.column_stack([ids, 1000 * ids[:, 0] + ids[:, 1]])  # up to 265,265: exact in 32 bits
