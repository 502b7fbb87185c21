"""Days as they come: months that a model scores, or what the service wrote down."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import trips
from taxi import checks, model
from taxi.serving import outcomes
from taxi.trial import cohorts
from trips import TARGET
from trips.schema import NEEDED

LOG_NAMES = {"at": "lpep_pickup_datetime", "pickup_zone": "PULocationID", "dropoff_zone": "DOLocationID",
             "distance_miles": "trip_distance"}  # fmt: skip
WEEKS = 60  # days that a day is compared with
JUMP_DAYS = 30  # without one trip: no pause, but a clock that was wrong


@dataclass(frozen=True)
class Seen:
    """A day. raw: what the rules of quality look at. trips: servable ones, with `predicted`; minutes may be unknown.

    model: what predicted, by name.
    """

    date: date
    raw: pd.DataFrame
    trips: pd.DataFrame
    model: str


def of_months(origin: trips.Source, scorer: Any, name: str, first: date, last: date) -> Iterator[Seen]:
    """Each day of a source, scored. scorer: has `predict` for features, as a graph or a pipeline has."""
    for day, raw in trips.days(origin, first, last):
        rows, _ = trips.clean(raw, trips.SERVABLE)
        predicted = scorer.predict(model.table(rows)) if len(rows) else np.empty(0)
        yield Seen(day, raw, rows.assign(predicted=predicted), name)


def of_log(folder: Path) -> list[Seen]:
    """Each whole day of the log, three hours after its end; a day without a trip comes too, empty.

    What is scored is what the champion of the time said, whoever answered.
    """
    rows = outcomes.joined(folder)
    if rows.empty:
        return []
    end = (cohorts.latest(rows) - pd.Timedelta(hours=cohorts.MATURE_HOURS)).floor("D")
    whole = rows[rows["at"] < end]
    if whole.empty:
        return []
    stamp = whole["at"].dt.tz_localize(None)
    names = {"champion": "predicted", "minutes": TARGET}
    scored = whole.rename(columns=names).assign(pickup_at=stamp)
    raw = whole.assign(at=stamp)[list(LOG_NAMES)].rename(columns=LOG_NAMES)
    date = stamp.dt.floor("D")
    days = pd.date_range(*stretch(date))
    return [_seen(day.date(), raw[date == day], scored[date == day]) for day in days]


def stretch(dates: "pd.Series[pd.Timestamp]") -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last day between which the log's clock did not jump by weeks: of several stretches the fullest."""
    trips = dates.value_counts().sort_index()
    jumps = trips.index.to_series().diff() > pd.Timedelta(days=JUMP_DAYS)
    number = jumps.cumsum().to_numpy()
    fullest = trips.groupby(number).sum().idxmax()
    kept = trips[number == fullest]
    if len(kept) < len(trips):
        print(f"the log's clock jumps: {trips.sum() - kept.sum():,} trips are left out, "
              f"{kept.index[0]:%Y-%m-%d} to {kept.index[-1]:%Y-%m-%d} is judged")  # fmt: skip
    return kept.index[0], kept.index[-1]


def _seen(day: date, raw: pd.DataFrame, scored: pd.DataFrame) -> Seen:
    versions = scored["experiment_id"].str.split("-").str[0].fillna(scored["model_version"])
    return Seen(day, raw, scored, f"version {versions.iloc[-1]}" if len(scored) else "")


def expected(source: str) -> tuple[str, ...]:
    """The columns that a day of this source must have."""
    return tuple(LOG_NAMES.values()) if source == "log" else NEEDED


def usual(days: list[Seen]) -> checks.Reference | None:
    """What the weeks before looked like: zones, and the miles of busy pairs. None of fewer than 28 days."""
    some = [day.trips for day in days[-WEEKS:] if len(day.trips)]
    if len(some) < 28:
        return None
    rows = pd.concat([day[["pickup_zone", "dropoff_zone", "distance_miles"]] for day in some], ignore_index=True)
    by_pair = rows.groupby(["pickup_zone", "dropoff_zone"])["distance_miles"]
    miles = by_pair.median()[by_pair.size() >= checks.PAIR_TRIPS]
    miles.index = miles.index.set_names(["PULocationID", "DOLocationID"])
    return checks.Reference(frozenset(rows["pickup_zone"]) | frozenset(rows["dropoff_zone"]), miles)
