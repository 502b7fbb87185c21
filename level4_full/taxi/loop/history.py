"""What a day is compared with: the days before it, each as the model that serves now would have had it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from taxi.watch import performance
from taxi.watch.days import Day

KEEPS = 75  # days that a detector looks back
NOISY = 4  # days within which an alarm is raised
Known = Mapping[str, Mapping[str, Any]]


def before(day: date, known: Known, reference: list[dict[str, Any]], champion: str | None) -> list[Day]:
    """The days before, in a row; nothing of before the champion's window.

    known: what is on record of each day. reference: the days of the champion's window, with the errors that its recipe
    makes on days it did not learn from. Where the champion was in the shadow, it is compared with itself.
    """
    window, found = {one["date"]: one for one in reference}, []
    first = min(window, default="")
    for back in range(KEEPS, 0, -1):
        when = day - timedelta(days=back)
        name, one = str(when), as_it_was(when, known)
        own = window.get(name) or known.get(name, {}).get("beside", {}).get(champion)
        if own:
            one = replace(of_json(own), counts=one.counts)
        elif name < first:
            one = Day(one.date, one.trips, counts=one.counts)
        found.append(one)
    return found


def as_it_was(day: date, known: Known) -> Day:
    """With the errors of what served then; empty for a day that is not known."""
    summary = known.get(str(day), {}).get("summary")
    return of_json(summary) if summary else Day(day, 0)


def noisy(days: list[Day], limit: float) -> list[str]:
    """Of the last days those whose own error is above the limit; a holiday may be poisoned, too."""
    errors = performance.errors_of(days)
    errors[-NOISY:] = [one.relative for one in days[-NOISY:]]
    steps = performance.over(errors)[-NOISY:]
    found = zip(days[-NOISY:], steps, strict=True)
    return [str(one.date) for one, step in found if np.isfinite(step) and step > limit]


def as_json(day: Day) -> dict[str, Any]:
    """A number that is not known is null."""
    known = {name: getattr(day, name) for name in ("trips", "labelled", "mae", "predicted", "level", "scatter")}
    plain = {name: None if value != value else value for name, value in known.items()}
    return plain | {"date": str(day.date), "counts": {name: of.tolist() for name, of in day.counts.items()}}


def of_json(values: Mapping[str, Any]) -> Day:
    known: dict[str, Any] = {name: float("nan") if value is None else value for name, value in values.items()}
    counts = {name: np.array(of) for name, of in values["counts"].items()}
    return Day(**known | {"date": date.fromisoformat(values["date"]), "counts": counts})
