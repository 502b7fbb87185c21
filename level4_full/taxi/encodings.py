"""What a zone or a pair usually takes, from sums alone: sums of many machines add up, and no trip has to travel.

The numbers are those of scikit-learn's TargetEncoder: shrunk towards the overall mean by as much as the data ask for
(empirical Bayes, equations 5 and 6 of Micci-Barreca, 2001).
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from taxi.export import WIDTH, ZONES
from taxi.features import DROPOFF_ZONE, PICKUP_ZONE, Floats, with_pair
from taxi.model import FOLDS

SIZES = (ZONES, ZONES, WIDTH * ZONES)  # ids of the pick-up zone, the drop-off zone, the pair

Ids = npt.NDArray[np.int64]
Tables = tuple[npt.NDArray[np.float64], ...]  # the encoding by id, for each of SIZES
Stored = tuple[Floats, ...]


def ids(rows: Floats) -> Ids:
    """(n, 3) what is encoded of (n, 5) features: pick-up zone, drop-off zone, pair."""
    return with_pair(rows[:, [PICKUP_ZONE, DROPOFF_ZONE]]).astype(np.int64)


def folds(count: int, month: str, seed: int) -> Ids:
    """(count,) the fold of each trip of a month: the same on every machine, and equally many in each."""
    return np.random.default_rng([seed, int(month.replace("-", ""))]).permutation(count) % FOLDS


def sums(rows: Floats, minutes: npt.NDArray[np.float64], fold: Ids) -> pd.DataFrame:
    """Trips, minutes and squared minutes by column, id and fold: all that an encoding is made of, and no trip."""
    ones = np.ones_like(minutes)
    by_column = [
        pd.DataFrame({"column": column, "id": of_trip, "fold": fold, "n": ones, "sum": minutes, "square": minutes**2})
        for column, of_trip in enumerate(ids(rows).T)
    ]
    return pd.concat(by_column).groupby(["column", "id", "fold"]).sum()


def add(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The sums of several months."""
    return pd.concat(parts).groupby(level=["column", "id", "fold"]).sum()


def learn(total: pd.DataFrame, without: int | None = None) -> Tables:
    """The encodings of all folds, or of all but one: for its trips, which must not meet their own durations."""
    some = total if without is None else total[total.index.get_level_values("fold") != without]
    every = some.loc[0].sum()
    mean = every["sum"] / every["n"]
    variance = every["square"] / every["n"] - mean**2
    tables = []
    for column, size in enumerate(SIZES):
        by_id = some.loc[column].groupby("id").sum()
        usual = by_id["sum"] / by_id["n"]
        within = (by_id["square"] / by_id["n"] - usual**2).clip(lower=0)
        trust = variance * by_id["n"] / (variance * by_id["n"] + within)
        table = np.full(size, mean)
        table[by_id.index] = (trust * usual + (1 - trust) * mean).fillna(mean)  # 0/0: every trip took the same time
        tables.append(table)
    return tuple(tables)


def cross_fitted(total: pd.DataFrame) -> list[Stored]:
    """The encodings for the trips of each fold, and last those of all trips, for everybody else."""
    return [stored(learn(total, fold)) for fold in range(FOLDS)] + [stored(learn(total))]


def stored(tables: Tables) -> Stored:
    """The tables as a graph holds them, in 32 bits."""
    return tuple(table.astype(np.float32) for table in tables)


def encoded(rows: Floats, tables: Stored) -> Floats:
    """(n, 8) the five features and the three encodings, as the exported graph computes them."""
    usual = [table[of_trip] for table, of_trip in zip(tables, ids(rows).T, strict=True)]
    return np.column_stack([rows, *usual])
