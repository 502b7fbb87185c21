"""What a model sees of a source from day to day: the statistics that A/B tests and monitors are set by."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, TargetEncoder
from threadpoolctl import threadpool_limits

import trips

Floats = npt.NDArray[np.float64]
OLD, FRESH = "2021-01", "2021-03"  # the months that the two models learn from
SCORED = ("2021-02", "2021-03", "2021-04", "2021-05")
SPRING = {4: "April", 5: "May"}  # scored months after both
LARGE = {"max_iter": 300, "max_leaf_nodes": 63}


def day_statistics(source: trips.Source, learner_seed: int = 0) -> dict[str, float]:
    """Boosting on kept and servable trips: how its error moves from day to day, and what other models gain on it.

    The keys are those of `trips.city.calibration.REAL_DAYS`. About 8 s: five months, three fits.
    """
    with threadpool_limits(1):  # beside another process, OpenMP's threads wait for each other
        days = _errors_by_day({month: _month(source, month) for month in (OLD, *SCORED)}, learner_seed)
    spring = days[days.index.month.isin(SPRING)]
    bias = spring["bias"].groupby(spring.index.month).mean()
    return (
        _spread(days["old"])
        | _paired("fresh against old", spring["old"], spring["fresh"])
        | _paired("large against small", days["old"], days["large"])
        | {f"bias in {name}, minutes": float(bias[number]) for number, name in SPRING.items()}
    )


def mean(runs: Iterable[dict[str, float]]) -> dict[str, float]:
    """The mean of each figure over several runs."""
    return {str(name): float(value) for name, value in pd.DataFrame(list(runs)).mean().items()}


def ladder(source: trips.Source) -> dict[str, float]:
    """RMSE in minutes, 2021-01 to 2021-02, of four models from simple to good; the keys are those of REAL_LADDER.

    On all kept rows, servable or not: so the published check of the linear model (7.76) is made.
    """
    train, valid = (trips.clean(source.month(month), trips.KEPT)[0] for month in (OLD, SCORED[0]))
    target, truth = train[trips.TARGET].to_numpy(), valid[trips.TARGET].to_numpy()
    (x, pairs), (x_valid, pairs_valid) = ((features(part), _pairs(part)) for part in (train, valid))
    one_hot = make_column_transformer((OneHotEncoder(handle_unknown="ignore"), [2]), remainder="drop")
    linear = make_pipeline(make_column_transformer((one_hot, [0, 1, 2]), ("passthrough", [3])), LinearRegression())
    encoder = TargetEncoder(cv=KFold(shuffle=True, random_state=0))  # cross-fitted
    with threadpool_limits(1):
        encoded, encoded_valid = encoder.fit_transform(pairs, target), encoder.transform(pairs_valid)
        guesses = {
            "mean": np.full(len(truth), target.mean()),
            "linear on the pair": linear.fit(np.c_[pairs, x[:, 0]], target).predict(np.c_[pairs_valid, x_valid[:, 0]]),
            "boosting on ids": _boosting().fit(x, target).predict(x_valid),
            "boosting with encoding": _boosting().fit(np.c_[x, encoded], target).predict(np.c_[x_valid, encoded_valid]),
        }
    return {name: float(np.sqrt(np.mean((guess - truth) ** 2))) for name, guess in guesses.items()}


def features(frame: pd.DataFrame) -> Floats:
    """(n, 5) miles, pick-up zone, drop-off zone, hour, weekday (Monday 0)."""
    at = frame["pickup_at"].dt
    columns = (frame["distance_miles"], frame["pickup_zone"], frame["dropoff_zone"], at.hour, at.weekday)
    return np.column_stack(columns).astype(np.float64)


def _pairs(frame: pd.DataFrame) -> npt.NDArray[np.int64]:
    """(n, 3) pick-up zone, drop-off zone, and the pair as one number."""
    pick, drop = frame["pickup_zone"].to_numpy(), frame["dropoff_zone"].to_numpy()
    return np.column_stack([pick, drop, 1000 * pick + drop])


def _month(source: trips.Source, month: str) -> pd.DataFrame:
    """Kept and servable; a few rows carry the date of a clock that nobody set, and belong to no day."""
    frame, _ = trips.clean(source.month(month))
    return frame[frame["pickup_at"].dt.strftime("%Y-%m") == month]


def _boosting(seed: int = 0, **settings: Any) -> HistGradientBoostingRegressor:
    return HistGradientBoostingRegressor(random_state=seed, **settings)


def _errors_by_day(months: dict[str, pd.DataFrame], seed: int) -> pd.DataFrame:
    """One row a scored day: mean absolute error of each model in minutes, and the old one's bias."""

    def errors(train: str, **settings: Any) -> Floats:
        model = _boosting(seed, **settings).fit(features(months[train]), months[train][trips.TARGET])
        return np.asarray(model.predict(x) - scored[trips.TARGET])

    scored = pd.concat([months[month] for month in SCORED])
    x = features(scored)
    old = errors(OLD)
    columns = {"old": abs(old), "fresh": abs(errors(FRESH)), "large": abs(errors(OLD, **LARGE)), "bias": old}
    return pd.DataFrame(columns).groupby(scored["pickup_at"].dt.floor("D").to_numpy()).mean()


def _spread(mae: pd.Series) -> dict[str, float]:
    """How far a day's error lies from what one would expect of it, in % of the mean error."""
    weekday, month = mae.index.weekday, mae.index.month
    within_month = mae - mae.groupby([month, weekday]).transform("mean")
    return {
        "daily error, sd %": _percent(mae - mae.mean(), 1, mae),
        "daily error less weekday, sd %": _percent(mae - mae.groupby(weekday).transform("mean"), 7, mae),
        "daily error less month and weekday, sd %": _percent(within_month, 7 * len(SCORED), mae),
        "daily error less month and weekday, lag 1": _lag_1(within_month.to_numpy()),
    }


def _percent(rest: pd.Series, means: int, mae: pd.Series) -> float:
    """sd of `rest` in % of the mean error; each of the `means` taken out costs a degree of freedom."""
    return float(100 * np.sqrt((rest**2).sum() / (len(rest) - means)) / mae.mean())


def _paired(name: str, champion: pd.Series, challenger: pd.Series) -> dict[str, float]:
    gain = (100 * (champion - challenger) / champion.mean()).to_numpy()
    return {f"{name}, gain %": gain.mean(), f"{name}, day sd %": gain.std(ddof=1), f"{name}, lag 1": _lag_1(gain)}


def _lag_1(series: Floats) -> float:
    """Autocorrelation of neighbouring days."""
    centred = series - series.mean()
    return float((centred[1:] * centred[:-1]).sum() / (centred**2).sum())
