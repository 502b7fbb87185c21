"""Limits of calm months, each scored by a model of the month before it, as somebody who retrains would have one."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

import trips
from taxi import model
from taxi.watch import gather, limits
from taxi.watch.source import Seen, of_months
from trips.fetch import expand

CALM = {"tlc": "2020-08..2020-12", "city": "2020-09..2020-12"}  # months after the real year began: hindsight


def each(parts: Sequence[pd.DataFrame]) -> list[Any]:
    """A model of each, in this process."""
    return [model.fit(rows) for rows in parts]


def limits_of(path: Path, source: str, seed: int, calm: str,
              fit: Callable[[Sequence[pd.DataFrame]], list[Any]] = each) -> limits.Limits:  # fmt: skip
    """Those of a file, which is made where there is none yet. For a year that was calm later this is hindsight."""
    if path.exists():
        return limits.read(path)
    origin = trips.open_source(source, seed)
    months = [pd.Period(name) for name in sorted(expand(calm.split()))]
    models = fit([trips.clean(origin.month(str(month - 1)))[0] for month in months])
    days: list[Seen] = []
    for month, one in zip(months, models, strict=True):
        days += of_months(origin, one, str(month - 1), month.start_time.date(), month.end_time.date())
    limits.save(gather.limits_of(days, origin.boroughs(), f"{origin.name} {calm}"), path)
    return limits.read(path)
