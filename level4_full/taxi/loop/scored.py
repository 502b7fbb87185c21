"""What a day's trips say of the models that were asked about them: each one's minutes, and its error."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

import trips
from taxi import model
from taxi.graph import Scorer
from taxi.loop.candidates import Minutes, error
from trips import TARGET

ANSWERED = 0.9  # of the trips, at least: else a model has no error to be proud of
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Scored:
    """rows: servable trips, cleaned. said: number -> (n,) minutes, the champion first. mae: of kept trips, minutes.

    kept: how many trips the errors are of.
    """

    rows: pd.DataFrame
    said: dict[str, Minutes]
    mae: dict[str, float]
    kept: int

    @property
    def champion(self) -> str:
        """Its number; empty where nothing serves."""
        return next(iter(self.said), "")

    def predicted(self, number: str) -> pd.DataFrame:
        """The rows with what this one said, as the detectors want them; not a number for one that was not asked."""
        return self.rows.assign(predicted=self.said.get(number, np.full(len(self.rows), np.nan)))


def score(raw: pd.DataFrame, serving: dict[str, Scorer]) -> Scored:
    """The day as the models would have it; a day of the log knows what riders were told, and nobody is asked again."""
    rows, _ = trips.clean(raw, trips.SERVABLE)
    if "champion" in raw:
        said, judged = _told(raw.loc[rows.index], list(serving))
    else:
        table = model.table(rows)
        said = {number: one.predict(table) if len(rows) else np.empty(0) for number, one in serving.items()}
        judged = np.ones(len(rows), bool)
    kept = trips.kept(rows) & judged
    truth = rows.loc[kept, TARGET].to_numpy()
    mae = {number: absolute(minutes[kept], truth) for number, minutes in said.items()} if kept.any() else {}
    return Scored(rows, said, mae, int(kept.sum()))


def _told(log: pd.DataFrame, numbers: list[str]) -> tuple[dict[str, Minutes], Mask]:
    """What each said, and the trips that are judged: those of hours in which just these models were before riders.

    A canary is placed in the morning: trips of the night before it were asked of others.
    """
    said = {
        number: log[name].to_numpy(float) for number, name in zip(numbers, ("champion", "challenger"), strict=False)
    }
    experiment = log["experiment_id"].fillna("").astype(str)
    if len(numbers) > 1:
        return said, experiment.str.startswith("-".join([*numbers, ""])).to_numpy(bool)
    alone = experiment.eq("") & log["model_version"].astype(str).isin(numbers)
    return said, (alone | experiment.str.split("-").str[0].isin(numbers)).to_numpy(bool)


def absolute(minutes: Minutes, truth: Minutes) -> float:
    """Mean absolute error; infinite for a model that left more than one trip in ten without an answer."""
    answered = np.isfinite(minutes)
    return error(minutes[answered], truth[answered]) if answered.mean() >= ANSWERED else float("inf")
