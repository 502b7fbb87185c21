"""What there is to look at: the days asked for, those before them, the model that is judged, and limits for it."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

import trips
from taxi import lineage, model
from taxi.errors import BadInput
from taxi.graph import Scorer
from taxi.serving import routing, shelf
from taxi.serving import source as place
from taxi.settings import Settings
from taxi.watch import limits, quality, source
from taxi.watch.days import Groups, summed_up
from taxi.watch.source import Seen
from trips.fetch import expand

WARM_DAYS = 75  # before the first day that is judged


def seen(settings: Settings, where: str, seed: int, begin: date, end: date) -> Iterable[Seen]:
    """The days, and those before that they are compared with. Raises BadInput for a log without a whole day."""
    if where == "log":
        found = [day for day in source.of_log(settings.serving / place.LOG) if day.date <= end]
        if not found:
            raise BadInput("the log has no whole day until then. Serve, or live a month: python replay.py 2021-03")
        return found
    origin = trips.open_source(where, seed)
    first = max(date.fromisoformat(min(origin.months()) + "-01"), begin - timedelta(days=WARM_DAYS))
    return source.of_months(origin, *champion(settings, origin, first), first, end)


def champion(settings: Settings, origin: trips.Source, begin: date) -> tuple[Any, str]:
    """What serves and its name, or a model of the first three weeks where nothing does: that is said."""
    routes = settings.serving / place.ROUTES
    if routes.exists():
        version = routing.read(routes).champion
        return Scorer(shelf.get(settings.serving / place.SHELF, version.sha256)), f"version {version.number}"
    print(f"nothing serves here: a model of the three weeks from {begin} is judged")
    weeks = trips.days(origin, begin, begin + timedelta(days=20))
    rows = pd.concat([trips.clean(raw)[0] for _, raw in weeks], ignore_index=True)
    return model.fit(rows), f"three weeks from {begin}"


def calibrated(settings: Settings, months: str, where: str, seed: int) -> limits.Limits:
    """The limits of calm months, computed and kept; the log's are of the city's months."""
    names = sorted(expand(months.split()))
    begin, end = pd.Period(names[0]).start_time.date(), pd.Period(names[-1]).end_time.date()
    origin = trips.open_source("city" if where == "log" else where, seed)
    days = list(source.of_months(origin, *champion(settings, origin, begin), begin, end))
    made = limits_of(days, origin.boroughs(), f"{origin.name} {months}")
    limits.save(made, settings.state / "monitor" / "limits.json")
    worst = ", ".join(f"{column} {limit:.3f}" for column, limit in made.drift.items())
    print(f"limits of {len(days)} calm days: error {np.expm1(made.error):.1%} above the usual; {worst}")
    return made


def limits_of(days: list[Seen], boroughs: npt.NDArray[np.str_], name: str) -> limits.Limits:
    """The limits of calm days in a row, scored."""
    whole = pd.concat([day.trips for day in days], ignore_index=True)
    groups = Groups.of(whole, boroughs)
    summed = [summed_up(day.date, day.trips, groups) for day in days]
    shares, usual = [], None
    for number, day in enumerate(days):
        usual = source.usual(days[:number]) if number % 7 == 0 else usual
        shares.append(quality.shares(day.raw, usual))
    return limits.calibrate(summed, shares, groups, name, lineage.data_hash(whole))
