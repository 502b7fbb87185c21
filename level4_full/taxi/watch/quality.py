"""Are a day's rows what they claim to be? Rules with a name, looked at first: on bad data nothing else can be judged.

A rule is a share of the rows. Where calm months have none of it, one row is too many; else the limit is a multiple of
the worst calm day, and at least what the rule says.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from taxi.checks import Reference
from trips import MAX_MILES, ZONE_IDS
from trips.schema import NEEDED, NULL_GROUP

Mask = npt.NDArray[np.bool_]
FEWEST_ROWS = 200  # a day of fewer is no day
CODES: dict[str, tuple[object, ...]] = {
    "VendorID": (1, 2, 6, 7), "store_and_fwd_flag": ("Y", "N"), "RatecodeID": (1, 2, 3, 4, 5, 6, 99),
    "payment_type": (0, 1, 2, 3, 4, 5, 6), "trip_type": (1, 2), "passenger_count": tuple(range(10)),
}  # fmt: skip
MONEY = ("fare_amount", "extra", "mta_tax", "tip_amount", "tolls_amount", "improvement_surcharge", "total_amount",
         "congestion_surcharge")  # fmt: skip
NEVER_NULL = ("lpep_pickup_datetime", "lpep_dropoff_datetime", "PULocationID", "DOLocationID", "trip_distance",
              "fare_amount", "total_amount")  # fmt: skip
LOG_COLUMNS = ("lpep_pickup_datetime", "PULocationID", "DOLocationID", "trip_distance")  # what the service writes down
PICKUP, DROPOFF = "lpep_pickup_datetime", "lpep_dropoff_datetime"


@dataclass(frozen=True)
class Rule:
    """rows: those that break it. needs: columns. least: the limit where calm days have less. fewest: rows, at least.

    compares: with the weeks before; not asked while there are none.
    """

    needs: tuple[str, ...]
    rows: Callable[[pd.DataFrame, Reference], Mask]
    least: float = 0.0
    fewest: int = 1
    compares: bool = False


@dataclass(frozen=True)
class Broken:
    """One rule, and by how much."""

    rule: str
    said: str


def _null(column: str) -> Rule:
    return Rule((column,), lambda raw, _: np.asarray(raw[column].isna()))


def _outside(column: str) -> Rule:
    return Rule((column,), lambda raw, _: np.asarray(raw[column].notna() & ~raw[column].between(*ZONE_IDS)))


def _unseen(column: str) -> Rule:
    def rows(raw: pd.DataFrame, before: Reference) -> Mask:
        return np.asarray(raw[column].between(*ZONE_IDS) & ~raw[column].isin(before.zones))

    return Rule((column,), rows, 0.0015, 4, compares=True)


def _code(column: str) -> Rule:
    return Rule((column,), lambda raw, _: np.asarray(raw[column].notna() & ~raw[column].isin(CODES[column])), 0.0025)


def _minus_one(column: str) -> Rule:
    return Rule((column,), lambda raw, _: (raw[column] == -1).to_numpy(), 0.0025)


def _minutes(raw: pd.DataFrame) -> "pd.Series[float]":
    minutes: pd.Series[float] = (raw[DROPOFF] - raw[PICKUP]).dt.total_seconds() / 60
    return minutes


def _partial(raw: pd.DataFrame, _: Reference) -> Mask:
    nulls = raw[list(NULL_GROUP)].isna().to_numpy().sum(axis=1)
    return np.asarray((nulls > 0) & (nulls < len(NULL_GROUP)))


RULES: dict[str, Rule] = {
    **{f"null in {name}": _null(name) for name in NEVER_NULL},
    **{f"zone outside 1..265 in {name}": _outside(name) for name in ("PULocationID", "DOLocationID")},
    **{f"unseen zone in {name}": _unseen(name) for name in ("PULocationID", "DOLocationID")},
    **{f"unknown code in {name}": _code(name) for name in CODES},
    **{f"minus one in {name}": _minus_one(name) for name in MONEY},
    "partial nulls": Rule(NULL_GROUP, _partial, 0.0015, 4),
    "negative distance": Rule(("trip_distance",), lambda raw, _: (raw["trip_distance"] < 0).to_numpy()),
    "distance zero": Rule(("trip_distance",), lambda raw, _: (raw["trip_distance"] == 0).to_numpy(), 0.02),
    "distance over 200 miles": Rule(("trip_distance",), lambda raw, _: (raw["trip_distance"] > MAX_MILES).to_numpy(),
                                    0.005),
    "ends before it begins": Rule((PICKUP, DROPOFF), lambda raw, _: (_minutes(raw) < 0).to_numpy(), 0.01),
    "under a minute": Rule((PICKUP, DROPOFF), lambda raw, _: _minutes(raw).between(0, 1, "left").to_numpy(), 0.02),
    "over 1,000 minutes": Rule((PICKUP, DROPOFF), lambda raw, _: (_minutes(raw) > 1000).to_numpy(), 0.02),
    "the same row twice": Rule((PICKUP, DROPOFF, "trip_distance", "total_amount"),
                               lambda raw, _: raw.duplicated().to_numpy(), 0.01),
}  # fmt: skip
UNITS, UNITS_LEAST = "distance against the pair's usual one", 0.10


def shares(raw: pd.DataFrame, before: Reference | None) -> dict[str, float]:
    """How much of each rule a day breaks: a share of the rows; for the units, the absolute median log of the ratio."""
    known = {name: rule for name, rule in RULES.items()
             if set(rule.needs) <= set(raw) and (before is not None or not rule.compares)}  # fmt: skip
    first = before or Reference(frozenset(), pd.Series(dtype=float))
    found = {name: float(rule.rows(raw, first).mean()) for name, rule in known.items()} if len(raw) else {}
    return found if before is None else found | {UNITS: _units(raw, before)}


def inspect(raw: pd.DataFrame, before: Reference | None, limits: dict[str, float],
            expected: tuple[str, ...] = NEEDED) -> list[Broken]:  # fmt: skip
    """The rules that a raw day breaks, none for a good one.

    before: what the weeks before looked like; None while there are none. limits: of `taxi.watch.limits`. expected:
    columns that must be there; a rule whose columns are not expected is not asked.
    """
    gone = [Broken(f"column {name} is gone", "it was always there") for name in expected if name not in raw]
    if len(raw) < FEWEST_ROWS:
        return [*gone, Broken("hardly any rows", f"{len(raw)} of a day, {FEWEST_ROWS} at least")]
    found = shares(raw, before)
    return [
        *gone,
        *(Broken(name, _said(name, share, limits.get(name, 0.0), len(raw))) for name, share in found.items()
          if share > limits.get(name, 0.0) and round(share * len(raw)) >= (RULES[name].fewest if name in RULES else 0)),
    ]  # fmt: skip


def _said(name: str, share: float, limit: float, rows: int) -> str:
    if name == UNITS:
        return f"{np.exp(share):.2f} times, {np.exp(limit):.2f} at most"
    return f"{share:.2%} of {rows:,} rows, {limit:.2%} at most"


def _units(raw: pd.DataFrame, before: Reference) -> float:
    """Kilometres for miles move every pair's median by ln 1.61."""
    if not {"trip_distance", "PULocationID", "DOLocationID"} <= set(raw):
        return 0.0
    good = raw[(raw["trip_distance"] > 0) & (raw["trip_distance"] <= MAX_MILES)]
    usual = good[["PULocationID", "DOLocationID"]].join(
        before.miles.rename("usual"), on=["PULocationID", "DOLocationID"]
    )
    ratio = np.log(good["trip_distance"] / usual["usual"]).dropna()
    return float(abs(ratio.median())) if len(ratio) >= FEWEST_ROWS / 4 else 0.0
