"""What meters, clocks and people do to a record before TLC publishes it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from trips.city.map import OUTSIDE, UNKNOWN, Floats, Ints
from trips.city.rides import Days, Rides

KM_PER_MILE = 1.609344
CLOCK_NOBODY_SET = np.timedelta64(4383, "D")


@dataclass(frozen=True)
class Records:
    """(n,) each: the rides as their meters tell them."""

    start: npt.NDArray[np.datetime64]
    end: npt.NDArray[np.datetime64]
    pick: Ints  # zone ids from 1
    drop: Ints
    miles: Floats
    minutes: Floats  # before rounding, as the fare sees them


def dirty(rides: Rides, days: Days, hit: dict[str, Floats]) -> Records:
    """Turn rides into records. Shares are those measured on real months: CITY's calibration asserts them."""
    u, x = rides.u, rides.u["x"]
    minutes = _minutes(rides)
    miles = _miles(rides, {kind: hit[kind][rides.day] for kind in ("kilometres", "nulls", "minus_one")})
    whole = rides.app & (x < 0.995)  # an app writes whole minutes
    second = np.where(whole, rides.second // 60 * 60, rides.second)
    length = np.where(whole, 60 * np.rint(minutes), np.rint(60 * minutes))
    start = days.astype("M8[us]")[rides.day] + second.astype("m8[s]")
    start = np.where(x > 1 - 4e-5, start - CLOCK_NOBODY_SET, start)
    pick = np.where(u["place"] < 0.003, UNKNOWN, rides.pick + 1)
    drop = np.where(u["place"] < 0.0085, OUTSIDE, rides.drop + 1)
    return Records(start, start + length.astype("m8[s]"), pick, drop, miles, minutes)


def _stub(rides: Rides) -> npt.NDArray[np.bool_]:
    """Hails that ended within a minute: a mistake, or a meter tried out."""
    return np.asarray(~rides.app & (rides.u["fate"] < 0.0355))


def _minutes(rides: Rides) -> Floats:
    u, v, hail = rides.u, rides.u["v"], ~rides.app
    day_long = hail & (u["fate"] > 0.997)
    left_running = hail & (u["fate"] > 0.9895) & (u["fate"] <= 0.997)
    odd = [_stub(rides), day_long, left_running]
    minutes = np.select(odd, [0.02 + 0.98 * v**3, 1425 - 180 * v**3, 60 + 60 * v], rides.minutes)
    return np.where(hail & (u["x"] < 3e-5), -minutes, minutes)


def _miles(rides: Rides, hit: dict[str, Floats]) -> Floats:
    u, v, w = rides.u, rides.u["v"], rides.u["w"]
    miles = np.where(w < np.select([rides.app, _stub(rides)], [0.0145, 0.62], 0.030), 0, rides.miles)
    huge = np.where(u["huge"] < 0.2, 100 + 500 * v, 100 - 55000 * np.log1p(-v))
    miles = np.where(w > np.where(rides.app, 0.9983, 0.99995), huge, miles)
    miles = miles * np.where(u["kilometres"] < hit["kilometres"], KM_PER_MILE, 1)
    miles = np.where(u["minus_one"] < hit["minus_one"], -1, np.round(miles, 2))
    return np.where(u["nulls"] < hit["nulls"], np.nan, miles)
