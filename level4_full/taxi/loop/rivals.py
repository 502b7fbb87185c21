"""Who else could have lived the year: nobody, a calendar, and somebody who knows what comes. All with the same learner.

Each is scored as the loop is: the absolute error of what served on a day, on that day's kept and servable trips.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from taxi import model
from taxi.loop.candidates import Fit, here
from trips import TARGET
from yardstick import peers

WINDOW = 28  # days
Days = Sequence[tuple[date, pd.DataFrame]]


@dataclass(frozen=True)
class Life:
    """errors: (n,) sum of absolute errors a day, minutes. fits: how many models were made."""

    errors: npt.NDArray[np.float64]
    fits: int


def never(days: Days, start: int, fit: Fit = here) -> Life:
    """The first model for ever. days: cleaned trips; those before `start` are what it learns from."""
    return scheduled(days, start, len(days), fit)


def scheduled(days: Days, start: int, every: int, fit: Fit = here) -> Life:
    """A new model every so many days, on the 28 before it, promoted whatever it is worth."""
    return on(days, start, list(range(start, len(days), every)), fit)


def on(days: Days, start: int, begins: Sequence[int], fit: Fit = here) -> Life:
    """A new model on each of these days, counted from the first of `days`; the first of them is `start`."""
    return _scored(days, start, peers.on(_trips(days), begins, WINDOW, fit))


def oracle(days: Days, start: int, fit: Fit = here) -> Life:
    """Each week with a model of the 14 days before and the 14 after it: no loop can know those."""
    return _scored(days, start, peers.knowing(_trips(days), start, fit))


def _trips(days: Days) -> list[pd.DataFrame]:
    return [rows for _, rows in days]


def _scored(days: Days, start: int, serving: peers.Serving) -> Life:
    models, who = serving
    errors = []
    for at, (_, rows) in enumerate(days[start:], start):
        said = who(at).predict(model.table(rows)) if len(rows) else np.empty(0)
        errors.append(float(np.abs(said - rows[TARGET].to_numpy()).sum()))
    return Life(np.array(errors), len(models))
