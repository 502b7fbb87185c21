"""Where trips come from: real months or the simulated city, behind one small interface."""

import os
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Protocol

import numpy as np
import pandas as pd
import pyarrow as pa

from trips import city, spans
from trips.city.map import BOROUGHS, ZONES, streets
from trips.city.rides import EPOCH, MOOD_DAYS
from trips.errors import BadName, MonthUnavailable
from trips.schema import normalise
from trips.tlc import UNKNOWN_BOROUGH, Tlc, file_name

NAMES = ("city", "tlc")


class Source(Protocol):
    """Months of trips. `month` gives the same raw frame whatever the source: the columns and types of trips.schema."""

    @property
    def name(self) -> str: ...
    def months(self) -> list[str]: ...
    def month(self, month: str) -> pd.DataFrame: ...
    def boroughs(self) -> "np.ndarray[tuple[int], np.dtype[np.str_]]": ...


class City:
    """The source `city`: a seeded simulated city, with incidents whose truth is known."""

    name = "city"

    def __init__(self, seed: int = 0, incidents: Sequence[city.Incident] = ()) -> None:
        if seed < 0:
            raise BadName(f"seed {seed} is negative. Choose 0 or more")
        self.seed, self.incidents = seed, tuple(incidents)

    def months(self) -> list[str]:
        """Every month the city can simulate: 2018-01 to 2039-10."""
        end = (EPOCH + MOOD_DAYS).astype("M8[M]")
        return [str(month) for month in np.arange(EPOCH.astype("M8[M]"), end)]

    def month(self, month: str) -> pd.DataFrame:
        """The raw frame of a simulated month (about 0.1 s), or of days as "2021-03-22..2021-04-18".

        Raises BadName, or MonthUnavailable outside `months`.
        """
        if (days := spans.ends(month)) is not None:
            return spans.of_months(self.month, *days)
        file_name(month)
        if not self.months()[0] <= month <= self.months()[-1]:
            raise MonthUnavailable(f"the city has no {month}. It lives from {self.months()[0]} to {self.months()[-1]}")
        table = pa.Table.from_pandas(city.month(month, self.seed, self.incidents), preserve_index=False)
        return normalise(table, f"city {month}")

    def boroughs(self) -> "np.ndarray[tuple[int], np.dtype[np.str_]]":
        """(266,) the borough of each zone id."""
        names = np.full(266, UNKNOWN_BOROUGH, dtype="U16")
        names[1 : ZONES + 1] = np.array([name for name, *_ in BOROUGHS])[streets().borough]
        return names

    def truth(self, first: date, last: date) -> pd.DataFrame:
        """What was really going on, first to last day: one row a day, one column a kind of incident, its strength."""
        return city.truth(self.incidents, np.arange(np.datetime64(first, "D"), np.datetime64(last, "D") + 1))


def told() -> list[city.Incident]:
    """What TRIPS_INCIDENTS says happens to the city. Raises BadName."""
    return [city.Incident.parse(text) for text in os.environ.get("TRIPS_INCIDENTS", "").split()]


def open_source(name: str, seed: int = 0, incidents: Sequence[city.Incident] | None = None) -> Source:
    """The source called `name`, "city" or "tlc". Seed and incidents belong to the city. Raises BadName.

    Where none are said, not even (), they are those of TRIPS_INCIDENTS, as "lockdown:2021-03-01:2021-05-01:0.6", with a
    blank between two of them.
    """
    if name == "city":
        return City(seed, told() if incidents is None else incidents)
    if name == "tlc":
        if incidents:
            raise BadName("real months take no incidents. Use the source city, or leave the incidents out")
        return Tlc()
    raise BadName(f"no source is called {name!r}. Choose one of: {', '.join(NAMES)}")


def days(source: Source, first: date, last: date) -> Iterator[tuple[date, pd.DataFrame]]:
    """The source as a stream: each day from first to last with its raw rows, in order of pick-up.

    A day's rows are those of its own month that were picked up on it; a day without rows comes as an empty frame.
    """
    start, end = np.datetime64(first, "D"), np.datetime64(last, "D")
    for month in np.arange(start.astype("M8[M]"), end.astype("M8[M]") + 1):
        raw = source.month(str(month)).sort_values("lpep_pickup_datetime", kind="stable", ignore_index=True)
        day_starts = np.arange(max(start, month.astype("M8[D]")), min(end + 1, (month + 1).astype("M8[D]")) + 1)
        edges = raw["lpep_pickup_datetime"].searchsorted(day_starts.astype("M8[us]"))
        for day, low, high in zip(day_starts, edges, edges[1:], strict=False):
            yield day.item(), raw.iloc[low:high].reset_index(drop=True)
