"""A stream of days as they arrive, and what is true of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

import trips
from trips import Incident
from trips.sources import told

FAULTS = ("kilometres", "nulls", "minus_one")  # of the data: the world is as it was
KNOWN = 35  # days before the first morning, where there are so many


@dataclass
class Year:
    """first, last: mornings. incidents: of a city; none of real months. Raises what the source raises."""

    source: str
    seed: int
    first: date
    last: date
    incidents: Sequence[Incident] = ()
    _months: dict[str, dict[date, pd.DataFrame]] = field(default_factory=dict, repr=False)

    @cached_property
    def origin(self) -> trips.Source:
        """As every command of a level opens it."""
        return trips.open_source(self.source, self.seed, self.incidents)

    @cached_property
    def boroughs(self) -> npt.NDArray[np.str_]:
        return self.origin.boroughs()

    @cached_property
    def begin(self) -> date:
        """The first day that anybody knows of."""
        return max(self.first - timedelta(days=KNOWN), date.fromisoformat(min(self.origin.months()) + "-01"))

    def true(self) -> "Year":
        """The same without what only spoils the data."""
        world = [one for one in self.incidents if one.kind not in FAULTS]
        return Year(self.source, self.seed, self.first, self.last, world)

    def days(self) -> list[date]:
        """Every morning."""
        return [self.first + timedelta(days=ahead) for ahead in range((self.last - self.first).days + 1)]

    def raw(self, day: date) -> pd.DataFrame:
        """As it arrived."""
        month = f"{day:%Y-%m}"
        if month not in self._months:
            start, end = (edge.date() for edge in (pd.Period(month).start_time, pd.Period(month).end_time))
            self._months = {month: dict(trips.days(self.origin, start, end))}
        return self._months[month][day]

    def clean(self, day: date) -> pd.DataFrame:
        """The trips that a service can be asked about and that count: kept and servable, as they arrived."""
        return trips.clean(self.raw(day))[0]


def of_commands(source: str, seed: int, first: date, last: date) -> Year:
    """The year that a level's commands see in this process: a city's incidents are those of TRIPS_INCIDENTS."""
    return Year(source, seed, first, last, told() if source == "city" else ())


def before(day: date, count: int, back: int = 0) -> tuple[date, date]:
    """The first and the last of `count` days that end on the day before, or `back` days earlier."""
    last = day - timedelta(days=1 + back)
    return last - timedelta(days=count - 1), last


def span(first: date, last: date) -> str:
    """As commands take it."""
    return f"{first}..{last}"
