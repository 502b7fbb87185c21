"""Pictures and a card for a training: what somebody looks at before promoting it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from taxi.features import COLUMNS
from taxi.graph import Scorer
from taxi.model import table
from trips import TARGET

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BLUE, ORANGE, GREY = "#2b6ca3", "#d9822b", "#8a8a8a"
SAMPLE = 5000  # trips for the permutation importance
MARGINS = {"left": 0.17, "right": 0.96, "bottom": 0.14, "top": 0.91}  # fixed: to find them out takes half a second


def figures(model: Scorer, valid: pd.DataFrame, seed: int) -> "dict[str, Figure]":
    """file name -> figure: predicted against true, error by hour, permutation importance."""
    rows, truth = table(valid), valid[TARGET].to_numpy()
    predicted = model.predict(rows)
    return {
        "predicted_against_true.png": _scatter(predicted, truth),
        "error_by_hour.png": _by_hour(predicted - truth, valid["pickup_at"].dt.hour),
        "importance.png": _importance(model, rows, truth, seed),
    }


def _axes(**labels: Any) -> "tuple[Figure, Any]":
    from matplotlib.figure import Figure  # not pyplot: no window, no state

    figure = Figure(figsize=(7, 4))
    axis = figure.subplots(gridspec_kw=MARGINS)
    axis.set(**labels)
    axis.spines[["top", "right"]].set_visible(False)
    return figure, axis


def _scatter(predicted: npt.NDArray[np.float64], truth: npt.NDArray[np.float64]) -> "Figure":
    figure, axis = _axes(xlabel="true, minutes", ylabel="predicted, minutes", title="Predicted against true")
    cloud = axis.hexbin(truth, predicted, gridsize=60, bins="log", cmap="Blues", mincnt=1)
    axis.plot([0, 60], [0, 60], color=ORANGE, ls="--", lw=1)
    figure.colorbar(cloud, label="trips (log scale)")
    return figure


def _by_hour(error: npt.NDArray[np.float64], hour: "pd.Series[int]") -> "Figure":
    figure, axis = _axes(xlabel="hour of pick-up", ylabel="predicted minus true, minutes", title="Error by hour")
    by = pd.Series(error, hour.index).groupby(hour)
    low, middle, high = (by.quantile(q) for q in (0.1, 0.5, 0.9))
    axis.fill_between(middle.index, low, high, color=BLUE, alpha=0.25, label="eight of ten answers")
    axis.plot(middle.index, middle, color=BLUE, marker="o", ms=4, label="the middle answer")
    axis.axhline(0, color=GREY, lw=1)
    axis.legend(frameon=False)
    return figure


def _importance(model: Scorer, rows: npt.NDArray[np.float32], truth: npt.NDArray[np.float64], seed: int) -> "Figure":
    rng = np.random.default_rng(seed)
    some = rng.choice(len(rows), min(SAMPLE, len(rows)), replace=False)
    base = np.sqrt(np.mean((model.predict(rows[some]) - truth[some]) ** 2))
    lost = []
    for column in range(len(COLUMNS)):
        shuffled = rows[some].copy()
        shuffled[:, column] = rng.permutation(shuffled[:, column])
        lost.append(np.sqrt(np.mean((model.predict(shuffled) - truth[some]) ** 2)) - base)
    figure, axis = _axes(xlabel="RMSE lost when shuffled, minutes", title="What the model relies on")
    order = np.argsort(lost)
    axis.barh(np.array(COLUMNS)[order], np.array(lost)[order], color=BLUE)
    return figure


def card(parameters: Mapping[str, Any], metrics: Mapping[str, float], tags: Mapping[str, str]) -> str:
    """The model card, as Markdown: what it is for, what it was made of, how good it is, where it is weak."""
    slices = {name: value for name, value in metrics.items() if name.startswith("rmse.")}
    weakest = sorted(slices, key=slices.__getitem__, reverse=True)[:5]
    made = "\n".join(f"- {name}: {value}" for name, value in {**parameters, **tags}.items())
    weak = "\n".join(f"- {name.removeprefix('rmse.')}: {slices[name]:.2f} minutes" for name in weakest)
    return f"""# trip-duration

**For**: the minutes a green-taxi trip in New York takes, asked before it starts. **Not for**: trips outside zones
1 to 265, over 200 miles, or over an hour; prices; people.

## How good
RMSE {metrics["rmse"]:.2f}, MAE {metrics["mae"]:.2f}, bias {metrics["bias"]:+.2f}, nine of ten answers within
{metrics["p90"]:.1f} minutes, on kept and servable trips of the validation month.
Saying their mean: {metrics["rmse_of_mean"]:.2f}.

## Where it is weak
{weak}

## Made of
{made}
"""
