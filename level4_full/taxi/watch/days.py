"""What is known of a day: a few dozen numbers, of trips with predictions. All that drift and performance look at."""

from dataclasses import dataclass, field
from datetime import date
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from trips import TARGET, VALID_MINUTES

Counts = npt.NDArray[np.float64]
BUSIEST = 30
FEWEST_LABELS = 50  # a mean of fewer errors says nothing
COLUMNS = ("pick-up borough", "drop-off borough", "hours", "distance", "zones")


@dataclass(frozen=True)
class Groups:
    """How trips are counted: few groups, for 263 zones differ by chance alone every day.

    boroughs: (266,) the number of each zone's borough. edges: (9,) miles between ten equal parts. zones: the busiest.
    """

    boroughs: npt.NDArray[np.int64]
    edges: npt.NDArray[np.float64]
    zones: npt.NDArray[np.int64]

    @classmethod
    def of(cls, trips: pd.DataFrame, boroughs: npt.NDArray[np.str_]) -> "Groups":
        """Those of reference trips. boroughs: (266,) names."""
        numbers = np.unique(boroughs, return_inverse=True)[1].astype(np.int64)
        edges = np.quantile(trips["distance_miles"], np.linspace(0.1, 0.9, 9))
        busy = trips["pickup_zone"].value_counts().index[:BUSIEST].to_numpy(np.int64)
        return cls(numbers, edges, np.sort(busy))

    def counts(self, trips: pd.DataFrame) -> dict[str, Counts]:
        """Of each column, how many trips are in each of its groups."""
        kinds, pickup = int(self.boroughs.max()) + 1, trips["pickup_zone"].to_numpy()
        place = np.searchsorted(self.zones, pickup).clip(0, len(self.zones) - 1)
        zone = np.where(self.zones[place] == pickup, place, len(self.zones))
        of = {
            "pick-up borough": (self.boroughs[pickup], kinds),
            "drop-off borough": (self.boroughs[trips["dropoff_zone"].to_numpy()], kinds),
            "hours": (trips["pickup_at"].dt.hour.to_numpy() // 2, 12),
            "distance": (np.searchsorted(self.edges, trips["distance_miles"].to_numpy()), 10),
            "zones": (zone, len(self.zones) + 1),
        }
        return {name: np.bincount(groups, minlength=most).astype(float) for name, (groups, most) in of.items()}


@dataclass(frozen=True)
class Day:
    """trips: asked about. labelled: whose minutes are known. mae, predicted: means, minutes. Nothing known is nan.

    level: median log of true over predicted minutes (the city's speed). scatter: log of the mean distance from it.
    """

    date: date
    trips: int
    labelled: int = 0
    mae: float = float("nan")
    predicted: float = float("nan")
    level: float = float("nan")
    scatter: float = float("nan")
    counts: dict[str, Counts] = field(default_factory=dict)

    @property
    def relative(self) -> float:
        """Log of the error as a share of the predicted minutes: days of long trips do not look bad."""
        known = self.labelled >= FEWEST_LABELS and self.mae > 0 and self.predicted > 0
        return float(np.log(self.mae / self.predicted)) if known else float("nan")


def summed_up(day: date, trips: pd.DataFrame, groups: Groups) -> Day:
    """A day's trips, servable, with the columns of `trips.clean` and `predicted`; minutes may be unknown."""
    if trips.empty:
        return Day(day, 0)
    known = trips[trips[TARGET].between(*VALID_MINUTES) & (trips["predicted"] > 0)]
    counts = groups.counts(trips)
    if known.empty:
        return Day(day, len(trips), counts=counts)
    truth, said = known[TARGET].to_numpy(float), known["predicted"].to_numpy(float)
    ratio = np.log(truth / said)
    level = float(np.median(ratio))
    with np.errstate(divide="ignore"):
        scatter = float(np.log(np.abs(ratio - level).mean()))
    return Day(
        day, len(trips), len(known), float(np.abs(truth - said).mean()), float(said.mean()), level, scatter, counts
    )


def skipped(day: date) -> bool:
    """Holidays, the weekend after Thanksgiving, and 23 December to 3 January: other people drive elsewhere."""
    if (day.month, day.day) >= (12, 23) or (day.month, day.day) <= (1, 3):
        return True
    return day in _holidays(day.year)


@cache
def _holidays(year: int) -> frozenset[date]:
    import pandas as pd
    from pandas.tseries.holiday import USFederalHolidayCalendar, USThanksgivingDay

    found = {when.date() for when in USFederalHolidayCalendar().holidays(f"{year}-01-01", f"{year}-12-31")}
    thanks = USThanksgivingDay.dates(f"{year}-01-01", f"{year}-12-31")[0]  # type: ignore[no-untyped-call]
    return frozenset(found | {(thanks + pd.Timedelta(days=after)).date() for after in range(4)})
