"""Candidates: the recipe is judged, on days it has not seen; what is shipped is the same with the newest days."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.pipeline import Pipeline

from taxi import model
from taxi.watch.hindsight import each
from trips import TARGET

FOLDS = 2
Minutes = npt.NDArray[np.float64]
Fit = Callable[[Sequence[pd.DataFrame]], list[Pipeline]]
here: Fit = each  # in this process


def beside(workers: int) -> Fit:
    """A model of each, in processes of their own that stay: for a year that is lived in minutes."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    pool = ProcessPoolExecutor(workers, get_context("spawn"))
    return lambda parts: list(pool.map(model.fit, parts))


def on(address: str) -> Fit:
    """A model of each, on the workers of a Dask scheduler: the same learner, so the same models."""

    def there(parts: Sequence[pd.DataFrame]) -> list[Pipeline]:
        from dask.distributed import Client

        with Client(address, timeout="10s") as client:  # type: ignore[no-untyped-call]
            fitted: list[Pipeline] = client.gather(client.map(model.fit, parts, pure=False))  # type: ignore[no-untyped-call]
            return fitted

    return there


@dataclass(frozen=True)
class Walk:
    """A walk forward. gains: window -> on each day of the hold-out, what it saves of the champion's error, a share."""

    gains: dict[int, list[float]]
    models: dict[int, Pipeline]


def walk(days: Sequence[pd.DataFrame], windows: Sequence[int], holdout: int, champion: Any, fit: Fit = here) -> Walk:
    """Each window is learned from the days that end before the last `holdout` ones, and asked about those.

    days: cleaned trips a day, oldest first. champion: has `predict`; None where nothing serves, then no gain is known.
    """
    before, last = days[:-holdout], days[-holdout:]
    models = dict(zip(windows, fit([joined(before[-window:]) for window in windows]), strict=True))
    gains = {window: [gain(day, one, champion) for day in last] for window, one in models.items()}
    return Walk(gains, models)


def gain(day: pd.DataFrame, newer: Any, older: Any) -> float:
    """What the newer one saves of the older one's mean absolute error; 0 where there is no older one."""
    if older is None:
        return 0.0
    rows, truth = model.table(day), day[TARGET].to_numpy()
    return 1 - error(newer.predict(rows), truth) / error(older.predict(rows), truth)


def error(minutes: Minutes, truth: Minutes) -> float:
    """Mean absolute, minutes."""
    return float(np.abs(minutes - truth).mean())


def shipped(days: Sequence[pd.DataFrame], fit: Fit = here) -> tuple[Pipeline, list[pd.DataFrame]]:
    """The recipe on all of the days; and each day with `predicted` of a model that did not learn from it.

    The latter say what errors are usual for this recipe. Days are dealt to two folds in turn, so each fold has every
    part of the window.
    """
    fold = np.arange(len(days)) % FOLDS
    others = [[day for day, of in zip(days, fold, strict=True) if of != one] for one in range(FOLDS)]
    whole, *models = fit([joined(days), *map(joined, others)])
    return whole, [
        day.assign(predicted=models[of].predict(model.table(day))) for day, of in zip(days, fold, strict=True)
    ]


def joined(days: Sequence[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(list(days), ignore_index=True)
