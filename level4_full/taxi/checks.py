"""The data contract: what a month must look like before anyone learns from it. All violations are reported at once.

Dirt is normal, up to a point; the limits are twice the worst of eighteen real months. What no clean-up can mend is a
month that means something else: kilometres for miles, zones nobody knows, a column that went missing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

import trips
from taxi.errors import ContractViolated

MOST = {  # of all rows: the largest share of each kind of dirt
    "no distance": 0.002,
    "distance zero or less": 0.12,
    "distance over 200 miles": 0.005,
    "pick-up zone outside 1..265": 0.001,
    "drop-off zone outside 1..265": 0.001,
    "no pick-up or drop-off time": 0.001,
    "shorter than 1 minute": 0.08,
    "longer than 60 minutes": 0.08,
}
UNSEEN_ZONES = 0.005  # of the trips may start or end where the reference month has none
PAIR_TRIPS = 20  # a pair of zones has a usual distance when the reference has this many trips
PAIR_RATIO = (0.8, 1.25)  # a month's distances against the usual ones; kilometres for miles would be 1.61
FEWEST = 1000


@dataclass(frozen=True)
class Reference:
    """What an earlier month looked like: the zones it had, and the median miles of its busy pairs."""

    zones: frozenset[int]
    miles: pd.Series  # by (pickup_zone, dropoff_zone)


def learn(raw: pd.DataFrame) -> Reference:
    """The reference of a raw month: what later months are compared with."""
    good, _ = trips.clean(raw)
    zones = frozenset(good["pickup_zone"]) | frozenset(good["dropoff_zone"])
    by_pair = good.groupby(["pickup_zone", "dropoff_zone"])["distance_miles"]
    return Reference(zones, by_pair.median()[by_pair.size() >= PAIR_TRIPS])


def check(raw: pd.DataFrame, where: str, reference: Reference | None = None) -> None:
    """Raise ContractViolated naming everything that is wrong with a raw month; return when nothing is.

    where: what to call it. reference: an earlier month, for the zones and distances; without one these are not checked.
    """
    check_rows(trips.as_trips(raw), where, reference, FEWEST)


def check_rows(rows: pd.DataFrame, where: str, reference: Reference | None = None, fewest: int = 1) -> None:
    """The same for trips under the service's names, which may lack a duration and be few."""
    found = violations(rows, reference, fewest)
    if found:
        raise ContractViolated(where, found)


def violations(rows: pd.DataFrame, reference: Reference | None = None, fewest: int = FEWEST) -> list[str]:
    """All that is wrong with trips (the columns of `trips.as_trips`), one line each, with the figure and the limit."""
    found = limits(reference, fewest)
    by_name = {limit.name: limit for limit in found}
    try:
        schema(found).validate(rows, lazy=True)
    except SchemaErrors as errors:
        lines = [_line(failure, by_name, rows) for failure in errors.failure_cases.to_dict("records")]
        return list(dict.fromkeys(lines))
    return []


@dataclass(frozen=True)
class Limit:
    """One figure of a month, and the range it must lie in; a figure that cannot be computed passes."""

    name: str
    figure: Callable[[pd.DataFrame], float]
    low: float
    high: float

    def value(self, rows: pd.DataFrame) -> float:
        try:
            return self.figure(rows)
        except (KeyError, TypeError):  # a column is missing or of a wrong type: the schema names it
            return float("nan")

    def holds(self, rows: pd.DataFrame) -> bool:
        value = self.value(rows)
        return bool(np.isnan(value) or self.low <= value <= self.high)


def limits(reference: Reference | None, fewest: int) -> list[Limit]:
    """Every figure of the contract; zones and distances only where there is a reference to compare with."""
    found = [Limit("trips", len, fewest, np.inf)]
    found += [Limit(f"share of rows, {name}", partial(_share, name), 0, most) for name, most in MOST.items()]
    if reference is not None:
        unseen = partial(_unseen, reference)
        found.append(Limit("share of trips with zones that the reference month lacks", unseen, 0, UNSEEN_ZONES))
        ratio = partial(pair_ratio, reference=reference)
        found.append(Limit("miles over the usual miles of the same pair of zones", ratio, *PAIR_RATIO))
    return found


def schema(limits: list[Limit]) -> pa.DataFrameSchema:
    """The contract as a pandera schema over the columns of `trips.as_trips`."""
    number = pa.Column(float, nullable=True, coerce=True)
    known_later = pa.Column(float, nullable=True, required=False)  # a trip to predict has no duration yet
    columns = {
        "pickup_at": pa.Column("datetime64[us]", nullable=True),
        "pickup_zone": number,
        "dropoff_zone": number,
        "distance_miles": number,
        trips.TARGET: known_later,
    }
    return pa.DataFrameSchema(columns, checks=[pa.Check(limit.holds, error=limit.name) for limit in limits])


def _share(name: str, rows: pd.DataFrame) -> float:
    return float((~trips.KEPT_AND_SERVABLE[name](rows)).mean()) if len(rows) else float("nan")


def _unseen(reference: Reference, rows: pd.DataFrame) -> float:
    known, good = list(reference.zones), rows[trips.servable(rows)]
    return float((~(good["pickup_zone"].isin(known) & good["dropoff_zone"].isin(known))).mean())


def pair_ratio(rows: pd.DataFrame, reference: Reference) -> float:
    """Median over the trips of miles driven over the pair's usual miles: 1 is usual, 1.61 kilometres, NaN unknown."""
    good = rows[trips.servable(rows) & (trips.kept(rows) if trips.TARGET in rows else True)]
    pairs = pd.MultiIndex.from_frame(good[["pickup_zone", "dropoff_zone"]])
    usual = reference.miles.reindex(pairs).to_numpy()
    return float(np.nanmedian(good["distance_miles"].to_numpy() / usual)) if np.isfinite(usual).any() else float("nan")


def _line(failure: dict[str, Any], by_name: dict[str, Limit], rows: pd.DataFrame) -> str:
    limit = by_name.get(failure["check"])
    if limit is None:  # a column of the schema
        column = failure["column"] or failure["failure_case"]
        wanted = "local times" if column == "pickup_at" else "numbers"
        return f"column {column} holds {rows[column].dtype}, not {wanted}" if column in rows else f"no column {column}"
    return f"{limit.name}: {limit.value(rows):.4g}, must be {limit.low:g} to {limit.high:g}"
