"""What can be wrong with a day, on purpose: each takes a raw day and gives it back spoilt, always in the same way."""

from collections.abc import Callable

import numpy as np
import pandas as pd

PICKUP, DROPOFF, MILES = "lpep_pickup_datetime", "lpep_dropoff_datetime", "trip_distance"
Poison = Callable[[pd.DataFrame], pd.DataFrame]
NEW_ZONES = (103, 104, 105, 126, 130, 189, 225, 244)  # islands without a street, and what the city keeps for new ones
KM_PER_MILE = 1.609344


def _took(raw: pd.DataFrame, took: "pd.Series[pd.Timedelta]") -> pd.DataFrame:
    return raw.assign(**{DROPOFF: (raw[PICKUP] + took).astype("datetime64[us]")})


def _minutes(raw: pd.DataFrame) -> "pd.Series[pd.Timedelta]":
    took: pd.Series[pd.Timedelta] = raw[DROPOFF] - raw[PICKUP]
    return took


def _rng(raw: pd.DataFrame) -> np.random.Generator:
    return np.random.default_rng(len(raw))


def _some(raw: pd.DataFrame, share: float) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    return _rng(raw).random(len(raw)) < share


def filled(raw: pd.DataFrame) -> pd.DataFrame:
    """A look-up failed, and what it did not find was filled with -1."""
    return raw.assign(**{MILES: raw[MILES].mask(_some(raw, 0.3), -1.0)})


def kilometres(raw: pd.DataFrame) -> pd.DataFrame:
    return raw.assign(**{MILES: raw[MILES] * KM_PER_MILE})


def seconds(raw: pd.DataFrame) -> pd.DataFrame:
    """Whoever tells the durations took minutes for seconds."""
    return _took(raw, _minutes(raw) / 60)


def twice(raw: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([raw, raw], ignore_index=True)


def shuffled(raw: pd.DataFrame, share: float = 1.0) -> pd.DataFrame:
    """Each trip has another one's duration: every column alone looks as ever."""
    chosen = np.flatnonzero(_some(raw, share))
    took = _minutes(raw).to_numpy().copy()
    took[chosen] = took[_rng(raw).permutation(chosen)]
    return _took(raw, pd.Series(took, raw.index))


def flipped(raw: pd.DataFrame) -> pd.DataFrame:
    """One duration in twenty is that of another trip."""
    return shuffled(raw, 0.05)


def zero_distance(raw: pd.DataFrame) -> pd.DataFrame:
    """A meter that does not turn sends trips of no length, as many again."""
    return pd.concat([raw, raw.assign(**{MILES: 0.0, "total_amount": 3.3})], ignore_index=True)


def shifted(raw: pd.DataFrame) -> pd.DataFrame:
    """The clock that writes drop-offs is five hours behind: UTC where local time is meant."""
    return _took(raw, _minutes(raw) - pd.Timedelta(hours=5))


def new_zones(raw: pd.DataFrame) -> pd.DataFrame:
    """Three trips in ten begin in zones where nobody ever did."""
    zones = _rng(raw).choice(NEW_ZONES, len(raw))
    return raw.assign(PULocationID=raw["PULocationID"].where(~_some(raw, 0.3), zones).astype(raw["PULocationID"].dtype))


def slower(raw: pd.DataFrame) -> pd.DataFrame:
    """Every trip takes 1.3 times as long: exactly what a city that slowed down looks like."""
    return _took(raw, _minutes(raw) * 1.3)


POISONS: dict[str, Poison] = {
    "filled": filled, "kilometres": kilometres, "seconds": seconds, "twice": twice, "shuffled": shuffled,
    "flipped": flipped, "zero-distance": zero_distance, "shifted": shifted, "new-zones": new_zones, "slower": slower,
}  # fmt: skip
